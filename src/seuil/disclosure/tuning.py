"""Every constant that trades effort against what is found: name, unit, and where it was measured.

None of them decides what is safe: a proof is checked with other code, and with other values the program finds more or
less, sooner or later. They do decide bytes: with another value the same figures have another pattern and proof.

One section for each room, and `TUNING`, which holds them. A module reads `tuning.TUNING` when it works, so that
tests and benchmarks can put other values there; only what compiled code reads (`RepairTuning`) is fixed on import.
A decision is a file in docs/decisions, found by its number; where none is named, nobody has measured the value alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class Effort(NamedTuple):
    """How hard a round of the search tries.

    steps: at most, of one repair. stall: steps in a row after which a repair gives up, if no fewer rows are broken than
    before them. tries: up and down, of a cell. units: once a cell can't go all the way, how often by one unit more.
    """

    steps: int
    stall: int
    tries: int
    units: int


@dataclass(frozen=True)
class ConstraintTuning:
    """What is worked out before any search."""

    propagation_sweeps: int = 50
    """Sweeps over all rows. Bounds are valid after any number; tables of benchmarks/ come to rest within ten or so.
    Not measured."""

    known_sweeps: int = 10_000
    """Sweeps where the bounds of what is known from elsewhere must come to rest: far more than that takes. Not
    measured."""

    smallest_aggregated_group: int = 24
    """Cells of a group in which one cell may stand for another. In smaller ones each is watched for being small, since
    it may be the only one. Not measured."""


@dataclass(frozen=True)
class RepairTuning:
    """The steps of a repair and of a push. Compiled code holds these from its import on."""

    broken_rows_sampled: int = 24
    """Broken rows, of which the shortest is taken up (half of the time). Not measured."""

    variables_looked_at: int = 1024
    """Variables of a longer row that are looked at. With 256, 60 of 4,000 cells of a national year were left after two
    rounds, with these 14 (decision 10)."""

    steps_compared: int = 256
    """Possible steps in one row, of which the best is taken. With all of a thousand compared, tables of two million
    cells took twice the time for the same loss (docs/explanation/performance.md)."""

    sample_run: int = 8
    """Variables next to each other in the sample of a long row: they share a line of the processor's cache. Not
    measured alone."""

    tabu_steps: int = 2
    """Steps before a variable may go back. Not measured."""

    priced_attempts: int = 3
    """Attempts for every broken row that has a price, none of which lowered what is paid, before the rest stay broken.
    Not measured."""

    companions_tried: int = 64
    """Members of a group that are looked at for one that is to stay small during a push. Not measured."""

    plenty_small: int = 3
    """Small cells of a group beyond which none is asked to stay small: some other one will. Not measured."""


@dataclass(frozen=True)
class WitnessTuning:
    """The base table, the rounds over all cells, and the other tables that a search moves on to."""

    repair_steps: int = 50_000
    """Steps of one call of the compiled repair, and room for its trail. Rows keep their weights from call to call,
    without which 600 of 87,000 rows went on breaking each other (decision 14)."""

    inside_width: int = 2
    """Values between the bounds of a variable beyond which the first base table keeps off them, by one unit. From such
    a base all 23,849 variables of L are proved in 10 s, from one on the bounds all but 982 in 48 s (decision 10). The
    width itself is not measured."""

    steps_inside: int = 16
    """Steps a variable, to bring the base off its bounds as far as that goes. Not measured alone."""

    steps_held: int = 4
    """Steps a variable, to repair what can be around held cells. Not measured alone."""

    steps_whole: int = 64
    """Steps a variable, for a repair that has to succeed. Not measured alone."""

    steps_first: int = 4_000_000
    """Steps for the first table, if that is more. Not measured."""

    group_attempts: int = 20
    """Times that groups without a small cell are asked for one. Not measured."""

    block_cells: int = 2048
    """Cells of a block, one thread's piece of a round; it decides bytes, so it doesn't depend on the number of cores.
    Not measured alone."""

    wave_blocks: int = 8
    """Blocks that start from the same ranges: no more threads than that are of use. Not measured alone."""

    held_share: float = 0.3
    """Share of the open cells that are held where they would be proved, to move on to another table (decision 14; other
    ways to move on are compared there, the share is not)."""

    parallel_tables: int = 4
    """Tables looked for side by side where more than one block of cells is open (decision 14)."""

    share_left: float = 0.6
    """Share of its cells that a round leaves open, beyond which moving on helps more than greater efforts (decision 14:
    too soon is worse, in L it left 6,494 instead of 982 in twice the time)."""

    tables_in_a_row: int = 300
    """Tables at most. All 33 linked professions took 69 (decision 14)."""

    share_worth_it: float = 0.002
    """Share of the open cells that a table and the round from it must prove, for another one to be looked for. To go on
    for longer gave no less (decision 13)."""


@dataclass(frozen=True)
class AuditTuning:
    """How long an audit tries. Nothing here is a time: the same figures give the same bytes on any machine."""

    rounds: tuple[Effort, ...] = (
        Effort(steps=400, stall=100, tries=1, units=0),
        Effort(steps=2_000, stall=400, tries=2, units=0),
        Effort(steps=10_000, stall=2_000, tries=1, units=0),
        Effort(steps=50_000, stall=10_000, tries=2, units=0),
        Effort(steps=40_000, stall=8_000, tries=3, units=12),
        Effort(steps=50_000, stall=25_000, tries=12, units=12),
    )
    """Most cells are proved by the first two, within seconds (decision 4); what each of the others still proves of the
    hardest tables stands in decision 14."""

    refutation_rows: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({3: 300, 4: 2000}))
    """By the number of a round: before it, what is open is asked for proofs of exposure, in programmes of at most so
    many rows. Small programmes before long rounds, large ones after the first of them (decision 10)."""

    questions_at_once: int = 16
    """Cells that are asked for such a proof before progress is told. Not measured."""

    cells_all_asked: int = 1_000
    """Open cells up to which all are asked; of more, a sample first (decision 14)."""

    cells_sampled: int = 64
    """Cells of that sample: where none of them is held, the others aren't asked (decision 14)."""


@dataclass(frozen=True)
class Tuning:
    """All of it."""

    constraints: ConstraintTuning = ConstraintTuning()
    repair: RepairTuning = RepairTuning()
    witness: WitnessTuning = WitnessTuning()
    audit: AuditTuning = field(default_factory=AuditTuning)


TUNING = Tuning()
