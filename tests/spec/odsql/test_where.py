"""Filters: which rows match."""

from collections.abc import Callable

HEAD_COUNTS = """
    dept  | ntop
    Ain   | 30
    Aisne | -
    Indre | 12
"""
YEARS = """
    annee | ntop
    2022  | 30
    2023  | 12
    2024  | 18
"""
PLACES = """
    dept
    Côte-d'Or
    Côtes-d'Armor
    Hauts-de-Seine
    -
"""


def test_a_comparison_with_a_missing_value_is_no_match(spec: Callable[..., None]) -> None:
    spec(
        HEAD_COUNTS,
        select="dept",
        where="ntop != 12",
        gives="""
        dept
        Ain
        """,
        says="a missing value is neither equal nor unequal to anything",
    )


def test_not_is_the_complement(spec: Callable[..., None]) -> None:
    spec(
        HEAD_COUNTS,
        select="dept",
        where="NOT ntop = 12",
        gives="""
        dept
        Ain
        Aisne
        """,
        says="NOT matches all rows that its condition doesn't, those with a missing value too",
    )


def test_double_negation_changes_nothing(spec: Callable[..., None]) -> None:
    spec(
        HEAD_COUNTS,
        select="dept",
        where="NOT (NOT ntop = 12)",
        gives="""
        dept
        Indre
        """,
        says="truth has two values",
    )


def test_and_binds_tighter_than_or(spec: Callable[..., None]) -> None:
    spec(
        HEAD_COUNTS,
        select="dept",
        where="dept = 'Ain' OR dept = 'Indre' AND ntop > 20",
        gives="""
        dept
        Ain
        """,
        says="a OR b AND c is a OR (b AND c)",
    )


def test_brackets_turned_outwards_leave_the_bounds_out(spec: Callable[..., None]) -> None:
    spec(
        HEAD_COUNTS,
        select="dept",
        where="ntop IN ]12..30]",
        gives="""
        dept
        Ain
        """,
        says="]low..high] is without low and with high",
    )


def test_a_date_literal_is_the_whole_year(spec: Callable[..., None]) -> None:
    spec(
        YEARS,
        select="annee",
        where="annee > date'2022' AND annee <= date'2023'",
        gives="""
        annee
        2023
        """,
        says="after a year is from the next one on; up to a year is with it",
    )


def test_a_year_is_its_first_day(spec: Callable[..., None]) -> None:
    spec(
        YEARS,
        select="annee",
        where="annee IN [date'2023-01-01'..date'2023-12-31']",
        gives="""
        annee
        2023
        """,
        says="a field of year precision stands for the first moment of its year",
    )


def test_years_as_numbers(spec: Callable[..., None]) -> None:
    spec(
        YEARS,
        select="annee",
        where="year(annee) >= 2023",
        gives="""
        annee
        2023
        2024
        """,
        says="year(field) is a number",
    )


def test_like_matches_words_without_case_and_accents(spec: Callable[..., None]) -> None:
    spec(
        PLACES,
        where="dept LIKE 'OR cote'",
        select="dept",
        gives="""
        dept
        Côte-d'Or
        """,
        says="all words must occur, in any order; case and accents don't count",
    )


def test_a_star_ends_a_prefix(spec: Callable[..., None]) -> None:
    spec(
        PLACES,
        where='"cote*"',
        select="dept",
        gives="""
        dept
        Côte-d'Or
        Côtes-d'Armor
        """,
        says="a word with * matches the words that begin with it",
    )


def test_a_search_without_words_matches_all(spec: Callable[..., None]) -> None:
    spec(
        PLACES,
        where="search(*, ' - ')",
        select="dept",
        gives=PLACES,
        says="nothing to search for is no restriction",
    )


def test_startswith_is_letter_for_letter(spec: Callable[..., None]) -> None:
    spec(
        PLACES,
        where="startswith(dept, 'Côtes-d')",
        select="dept",
        gives="""
        dept
        Côtes-d'Armor
        """,
        says="the value begins with the very text, case, accents and signs included",
    )


def test_words_of_a_search_may_stand_in_several_fields(spec: Callable[..., None]) -> None:
    spec(
        """
        dept  | sexe
        Ain   | F
        Indre | H
        """,
        where="'ain f'",
        select="dept",
        gives="""
        dept
        Ain
        """,
        says="each word has to be found in one of the text fields",
    )
