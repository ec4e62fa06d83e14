"""The guarantee by example: each table is drawn with what its reader can find out (docs/explanation/guarantee.md)."""

import numpy as np

from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import verify


def test_a_single_hidden_cell_is_the_total_less_the_rest(spec):
    spec(
        """
                | north | south | TOTAL
                |  NS!  |  40   |  47
        """,
        says="47 - 40 is 7",
    )


def test_two_hidden_cells_protect_each_other(spec):
    picture = spec(
        """
                | north | south | TOTAL
                |  NS   |  NS   |  57
        """,
        says="either may be small, and neither must",
    )
    assert set(picture.oracle.ranges.values()) == {(0, 57)}


def test_two_hidden_cells_of_a_small_sum_do_not(spec):
    spec(
        """
                | north | south | east | TOTAL
                |  NS!  |  NS!  |  40  |  49
        """,
        says="9 people are in the two, so each has fewer than 11",
    )


def test_a_hidden_square(spec):
    spec(
        """
              | north | south | east | TOTAL
        women |  NS   |  NS   |  20  |  50
        men   |  NS   |  NS   |  30  |  60
        TOTAL |  30   |  30   |  50  |  110
        """,
        says="what one corner loses its neighbours gain",
    )


def test_a_hidden_row_of_a_square_is_open(spec):
    spec(
        """
              | north | south | TOTAL
        women |  NS!  |  NS!  |  24
        men   |  20   |  30   |  50
        TOTAL |  25   |  49   |  74
        """,
        says="every column gives its hidden cell away",
    )


def test_a_lone_hidden_cell_with_its_total_is_small(spec):
    picture = spec(
        """
                |  A  |  B  | TOTAL
                | NS! | 40  |  NS!
        """,
        says="had A been 11 or more, nothing would have been hidden",
    )
    proof = Proof(  # A = 0 and A = 11: the total is 40 and 51
        base=np.array([0, 40]),
        move_start=np.array([0, 1]),
        move_variable=np.array([0]),
        move_change=np.array([11]),
        cells=np.sort([picture.cell("A"), picture.cell("TOTAL")]),
        low=np.array([0, 0]),
        high=np.array([1, 1]),
        move_from=np.array([0]),
    )
    faults = verify(picture.figures, {"count": proof})
    assert [(f.rule, f.found) for f in faults] == [(7, "no cell of its group is small in table 1")]


def test_the_same_is_plausible(spec):
    spec(
        """
                |  A  |  B  | TOTAL
                | NS  | 40  |  NS
        """,
        says="at this level the reader is not supposed to ask why",
        level="plausible",
    )


def test_a_rounded_10_means_11_to_14(spec):
    picture = spec(
        """
                | north | south | TOTAL
                |  10   |  NS   |  20
        """,
        says="11 to 14 from 15 to 24 leaves 1 to 13",
        rounding=10,
        level="plausible",
    )
    assert picture.oracle.ranges[picture.cell("south")] == (1, 13)


def test_two_rounded_10s_leave_nothing_of_20(spec):
    spec(
        """
                | north | south | east | TOTAL
                |  10   |  10   |  NS! |  20
        """,
        says="north and south are 22 at least, the total is 24 at most; had 10 meant 5 to 14, east could be 14",
        rounding=10,
        level="plausible",
    )


def test_equal_rounded_figures_leave_less_than_the_threshold(spec):
    spec(
        """
                | women | men | TOTAL
                |  NS!  | 20  |  20
        """,
        says="15 to 24 from 15 to 24 leaves 9 at most",
        rounding=10,
    )


def test_a_lone_hidden_cell_is_small_whatever_the_rounding(spec):
    spec(
        """
                | women | men | TOTAL
                |  NS!  | 40  |  50
        """,
        says="1 to 19 by the figures; but with 11 or more it would be shown",
        rounding=10,
    )


def test_rounded_figures_protect_two_hidden_cells(spec):
    spec(
        """
                | women | men | TOTAL
                |  NS   | NS  |  30
        """,
        says="one of the two is small, and nobody knows which",
        rounding=10,
    )


def test_shown_cells_do_not_join_groups(spec):
    picture = spec(
        """
            | west | west.a | west.b | east | east.c | east.d | TOTAL
            |  13  |   NS   |   NS   |  13  |   NS   |   NS   |  26
        """,
        says="in each region one of the two is small",
    )
    assert len(picture.oracle.groups) == 2


def test_a_hidden_line_up_to_its_top_joins_groups(spec):
    picture = spec(
        """
            | west | west.a | west.b | east | TOTAL
            |  NS  |   NS   |   NS   |  NS  |  40
        """,
        says="one small cell among the four is enough",
    )
    assert len(picture.oracle.groups) == 1


def test_a_sole_child_is_its_parent(spec):
    spec(
        """
            | west | west.a | west.b | east | east.c | TOTAL
            |  40  |   20   |   20   |  30  |  NS!   |  70
        """,
        says="east is c",
        level="plausible",
    )


def test_nothing_small_could_have_been_hidden(spec):
    spec(
        """
            | west | west.a | west.b | east | east.c | TOTAL
            |  40  |   20   |   20   |  30  |   NS   |  70
        """,
        says="c is 30: nothing would have hidden it",
        impossible=True,
    )


def test_the_unknown_leaf_is_implied(spec):
    spec(
        """
            | north | south | (unknown) | TOTAL
            |  40   |  30   |           |  75
        """,
        says="5 people are nowhere: a small cell that the shown figures fix",
        impossible=True,
        refused=5,
    )


def test_the_unknown_leaf_is_to_be_proved(spec):
    spec(
        """
            | north | south | (unknown) | TOTAL
            |  NS   |  30   |     ?     |  75
        """,
        says="north and the unknown are 45 together",
    )


def test_the_unknown_leaf_can_be_in_danger(spec):
    spec(
        """
            | north | south | (unknown) | TOTAL
            |  NS!  |  30   |     ?!    |  38
        """,
        says="8 people are left for both",
    )


def test_rounded_figures_imply_nothing(spec):
    spec(
        """
            | north | south | (unknown) | TOTAL
            |  40   |  30   |           |  80
        """,
        says="0 to 15 are nowhere",
        rounding=10,
    )


def test_a_declared_zero_protects_nobody(spec):
    spec(
        """
                 | women | men | TOTAL
                 |   .   | NS! |  NS!
        """,
        says="men are the total; one of the two is small, so both are",
    )


def test_a_declared_zero_holds_nobody(spec):
    picture = spec(
        """
              | north | south | TOTAL
        women |   .   |  NS   |  NS
        men   |  NS   |  NS   |  NS
        TOTAL |  NS   |  NS   |  90
        """,
        says="the other cells protect one another",
    )
    oracle = picture.oracle
    assert not (oracle.tables @ oracle.rows[picture.cell("north", "women")]).any()


def test_shown_zeros_leave_at_least_one_in_hidden_cells(spec):
    spec(
        """
                | north | south | east | TOTAL
                |   0   |  NS!  |  NS! |   6
        """,
        says="1 to 5: a range of 4",
        threshold=5,
        zeros="shown",
    )
    spec(
        """
                | north | south | east | TOTAL
                |   0   |  NS   |  NS  |   7
        """,
        says="1 to 6",
        threshold=5,
        zeros="shown",
    )


def test_a_shown_zero_without_leave_is_refused(spec):
    spec(
        """
                | north | south | TOTAL
                |   0   |  40   |  40
        """,
        says="zero is small",
        impossible=True,
        refused=1,
    )


def test_all_but_a_few_is_implied(spec):
    spec(
        """
              | TOTAL
        all   | 100
        ill   |  95
        """,
        says="5 are not ill",
        overlap=True,
        impossible=True,
        refused=1,
    )


def test_hidden_nearly_all_reads_as_hidden_nearly_none(spec):
    picture = spec(
        """
              | TOTAL
        all   | 100
        ill   |  NS
        """,
        says="fewer than 11 are ill, or fewer than 11 are not: nobody can tell",
        overlap=True,
    )
    oracle = picture.oracle
    values = set((oracle.tables @ oracle.rows[picture.cell("TOTAL", "ill")]).tolist())
    assert values == {*range(11), *range(90, 101)}


def test_a_sole_complete_child_is_no_secret(spec):
    spec(
        """
              | TOTAL
        all+  | 100
        ill   | 100
        """,
        says="equal by definition is not implied",
        overlap=True,
    )


def test_everybody_is_a_difference_of_nobody(spec):
    spec(
        """
              | TOTAL
        all   | 100
        ill   | 100
        """,
        says="nobody is not ill: zero is small",
        overlap=True,
        impossible=True,
        refused=1,
    )


def test_a_hidden_cell_below_a_narrow_cap(spec):
    spec(
        """
              | TOTAL
        all   |  10
        ill   |  NS!
        """,
        says="14 at most are ill, and alone in its group it must be small",
        overlap=True,
        rounding=10,
    )


def test_a_sole_complete_child_tells_its_parent(spec):
    spec(
        """
              | TOTAL
        all+  |  NS!
        ill   |  10
        """,
        says="11 to 14",
        overlap=True,
        rounding=10,
        level="plausible",
    )


def test_shown_parts_hold_the_parent_in(spec):
    spec(
        """
              | TOTAL
        all+  |  NS
        ill   |  10
        lame  |  10
        """,
        says="11 if all the ill are lame, 28 if none is",
        overlap=True,
        rounding=10,
        level="plausible",
    )


def test_a_parent_above_a_shown_child_is_not_small(spec):
    spec(
        """
              | TOTAL
        all+  |  NS
        ill   |  10
        lame  |  10
        """,
        says="nothing would have hidden it",
        overlap=True,
        rounding=10,
        impossible=True,
    )


def known(cell: str, **bounds: object) -> dict[str, object]:
    """What is known of one cell of a table with one row."""
    return {"where": {"column": [cell]}, "reason": "it was published before", **bounds}


def test_a_total_known_from_elsewhere(spec):
    drawn = """
        rounded | north | south | east | TOTAL
                |  NS   |  NS   |  40  |  50
    """
    spec(drawn, says="north and south are 1 to 19 together", rounding=10)
    spec(
        drawn.replace("NS ", "NS!"),
        says="45 less 35 to 44 leaves 10 at most",
        rounding=10,
        known=[known("TOTAL", value=45)],
    )


def test_a_figure_of_an_earlier_release(spec):
    spec(
        """
                | north | south | (unknown) | TOTAL
                |  NS!  |  30   |           |  75
        """,
        says="38 were nowhere, as was said before, so 7 are in the north",
        known=[known("unknown", value=38)],
    )


def test_an_earlier_rounding_to_5_and_one_to_10(spec):
    spec(
        """
        rounded | north | south | TOTAL
                |  10   |  NS!  |  20
        """,
        says="8 to 12 and 11 to 14 are 11 or 12; the total is 18 to 22; 6 to 11 are left",
        rounding=10,
        level="plausible",
        known=[known("north", low=8, high=12), known("TOTAL", low=18, high=22)],
    )


def test_what_is_known_already_can_not_be_protected(spec):
    drawn = """
                | north | south | east | TOTAL
                |  NS!  |  NS   |  NS  |  75
    """
    spec(drawn, says="known to be 3 to 8", known=[known("north", low=3, high=8)])
    picture = spec(
        drawn.replace("!", " "),
        says="accepted as legacy, it is not proved; it is why cells are hidden, and any others may be large",
        known=[known("north", low=3, high=8, legacy=True)],
    )
    assert picture.cell("north") not in picture.oracle.to_prove
    assert picture.oracle.ranges[picture.cell("south")] == (0, 72)


def test_an_implied_cell_in_a_known_range(spec):
    spec(
        """
                | north | south | (unknown) | TOTAL
                |  NS   |  NS   |           |  75
        """,
        says="5 to 9 are nowhere, which is not told exactly; nobody can protect it better",
        known=[known("unknown", low=5, high=9)],
    )
