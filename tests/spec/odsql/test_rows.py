"""Select, groups, orders and facets: what the rows are."""

from collections.abc import Callable

TABLE = """
    annee | dept  | sexe | ntop | taux
    2023  | Ain   | F    | 30   | 1.5
    2023  | Ain   | H    | -    | -
    2024  | Indre | F    | 12   | 2.5
    2024  | -     | F    | 18   | 0.5
"""


def test_rows_keep_the_order_of_the_file(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="sexe, ntop",
        order_by="sexe",
        limit=3,
        gives="""
        sexe | ntop
        F    | 30
        F    | 12
        F    | 18
        """,
        says="ties fall back to the row's position in the file, so that pages don't overlap",
    )


def test_missing_values_come_last_both_ways(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="ntop",
        order_by="ntop desc",
        gives="""
        ntop
        30
        18
        12
        -
        """,
        says="a missing value is neither small nor large",
    )


def test_an_aggregate_skips_missing_values(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="sum(ntop) as total, count(ntop) as shown, count(*) as lines",
        group_by="dept",
        gives="""
        dept  | total | shown | lines
        Ain   | 30    | 1     | 2
        Indre | 12    | 1     | 1
        -     | 18    | 1     | 1
        """,
        says="a sum is that of the shown values; a missing key is a group of its own; keys ascend",
    )


def test_keys_keep_their_spelling(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="COUNT( * ), Max(ntop)",
        group_by="sexe",
        gives="""
        sexe | COUNT( * ) | Max(ntop)
        F    | 3          | 30
        H    | 1          | -
        """,
        says="without a label the key is the text of the expression",
    )


def test_groups_by_an_aggregate_that_is_not_selected(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        group_by="dept",
        order_by="avg(taux) desc",
        gives="""
        dept
        Indre
        Ain
        -
        """,
        says="an order may use an aggregate that the select leaves out",
    )


def test_an_aggregate_without_groups_repeats(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="count(*)",
        where="sexe = 'F'",
        limit=2,
        gives="""
        count(*)
        3
        3
        """,
        says="without group_by the aggregate over all matching rows stands on each row of the page",
    )


def test_division_by_zero_is_missing(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="ntop / 0 as q",
        limit=1,
        gives="""
        q
        -
        """,
        says="a quotient that does not exist is a missing value",
    )


def test_refinements_of_a_disjunctive_field_add_up(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="ntop",
        refine=("sexe:F", "sexe:H", "annee:2023"),
        gives="""
        ntop
        30
        -
        """,
        says="OR within a disjunctive field, AND between fields",
    )


def test_refinements_of_another_field_narrow(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="ntop",
        refine=("dept:Ain", "dept:Indre"),
        gives="ntop",
        says="AND within a field that is not disjunctive: no row has two values",
    )


def test_exclude_keeps_rows_without_value(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        select="ntop",
        exclude=('dept:"Ain"',),
        gives="""
        ntop
        12
        18
        """,
        says="only the rows that hold the value are dropped",
    )


def test_facets_count_most_frequent_first(spec: Callable[..., None]) -> None:
    spec(
        TABLE,
        facet="sexe",
        refine=("sexe:H",),
        gives="""
        value | count
        F     | 3
        H     | 1
        """,
        says="a disjunctive facet goes on showing the values that can be added",
    )
