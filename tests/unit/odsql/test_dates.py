"""Date literals as spans of time."""

from datetime import UTC, datetime

import pytest

from seuil.odsql.dates import read_date


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2017", moment(2017, 1, 1), moment(2018, 1, 1)),
        ("2017-01", moment(2017, 1, 1), moment(2017, 2, 1)),
        ("2017-12", moment(2017, 12, 1), moment(2018, 1, 1)),
        ("2018/04/01", moment(2018, 4, 1), moment(2018, 4, 2)),
        ("2017-04-03T08:02", moment(2017, 4, 3, 8, 2), moment(2017, 4, 3, 8, 3)),
        ("2017-04-03T08:02:11Z", moment(2017, 4, 3, 8, 2, 11), moment(2017, 4, 3, 8, 2, 12)),
        ("2017-04-03T08:02:11.5Z", moment(2017, 4, 3, 8, 2, 11, 500_000), moment(2017, 4, 3, 8, 2, 11, 501_000)),
        ("2017-01-01T00:30+01:00", moment(2016, 12, 31, 23, 30), moment(2016, 12, 31, 23, 31)),
    ],
)
def test_a_literal_is_as_long_as_its_last_part(text: str, start: datetime, end: datetime) -> None:
    span = read_date(text)
    assert (span.start, span.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2017", 2017, 2018),
        ("2017-01", 2017, 2018),
        ("2017-01-01", 2017, 2018),
        ("2017-01-02", 2018, 2018),
        ("2017-12", 2018, 2018),
        ("9999", 9999, 10_000),
        ("9999-12-31T23:59:59.999Z", 10_000, 10_000),
    ],
)
def test_what_a_year_is_compared_with(text: str, first: int, after: int) -> None:
    span = read_date(text)
    assert (span.first_year, span.year_after) == (first, after)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17",
        "2017-13",
        "2017-02-29",
        "2017-04/03",
        "2017-04-03T25:00",
        "0000",
        "0001-01-01T00:00+23:00",
        "hier",
        "٢٠١٧",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        read_date(text)
