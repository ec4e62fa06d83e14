"""How a search weighs moving on to another table against pushing single cells (`WitnessSearch.walk`)."""

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.progress import Progress
from seuil.disclosure.tuning import TUNING, Effort
from seuil.disclosure.witness.search import WitnessSearch
from seuil.disclosure.witness.state import Counters, State

CELLS = 10_000
EFFORT = Effort(steps=400, stall=100, tries=1, units=0)  # a round over all cells is reckoned as 1,000,000 steps


class Scripted(WitnessSearch):
    """Every table and every round proves as many cells as the script says; what was done stands in `done`."""

    def __init__(self, tables: list[tuple[int, int]], rounds: list[int]) -> None:
        """tables: cells proved and steps taken by each, one after the other; rounds: cells proved by each."""
        self.tables, self.rounds, self.done = tables, rounds, ""
        self.left_open = CELLS
        arrays = {name: np.zeros(1, np.int64) for name in State._fields}
        self.state = State(**arrays | {"counters": Counters.at(0)})

    def open_of(self, among: Ints | None) -> Ints:
        assert among is None
        return np.arange(self.left_open)

    def move_on(self, cells: Ints) -> bool:
        assert len(cells) == self.left_open
        if not self.tables:
            return False
        proved, steps = self.tables.pop(0)
        self.left_open -= proved
        self.state.counters.clock[0] += steps
        self.done += "t"
        return True

    def widen(self, effort: Effort, cells: Ints | None = None, progress: Progress | None = None) -> None:
        assert (effort, progress) == (EFFORT, None)
        assert cells is not None
        assert len(cells) == self.left_open
        self.left_open -= self.rounds.pop(0)
        self.done += "r"


def walked(tables: list[tuple[int, int]], rounds: list[int]) -> str:
    search = Scripted(tables, rounds)
    search.walk(EFFORT)
    return search.done


def test_a_search_stops_where_a_table_proves_less_than_it_is_asked_for() -> None:
    search = Scripted([(400, 10_000)] * 3, [500])
    search.walk(EFFORT, worth=0.05)
    assert search.done == "trt"  # 400 of 9,100 is less


def test_a_round_follows_the_first_table_and_then_none_that_promises_less() -> None:
    assert walked([(1_000, 10_000)] * 3, [500]) == "trtt"


def test_a_round_follows_as_soon_as_a_table_proves_less_for_its_steps_than_the_last_one_did() -> None:
    slow, quick = (200, 1_000_000), (200, 1_000)
    assert walked([quick, quick, slow, quick], [900, 900]) == "trttrt"


def test_it_goes_no_further_than_a_table_that_hardly_proves_any() -> None:
    assert walked([(1_000, 10_000), (1, 10_000), (1_000, 10_000)], [500, 1]) == "trtr"


def test_a_round_can_make_up_for_such_a_table() -> None:
    assert walked([(1_000, 10_000), (1, 10_000), (1_000, 10_000)], [500, 500]) == "trtrt"


def test_it_ends_where_all_is_proved_and_where_there_have_been_enough_tables() -> None:
    assert walked([(CELLS, 10_000), (1, 1)], [0]) == "tr"
    most = TUNING.witness.tables_in_a_row
    assert walked([(25, 1)] * 2 * most, [1]) == "tr" + "t" * (most - 1)
