"""What a text probably was: codes that spreadsheets spoil, and numbers that are none."""

import pytest

from seuil.model.hints import date_of, did_you_mean, look_alike, meant, why_no_count

CODES = ["01", "02", "2A", "971", "05-09", "10-14", "00-04", "1-4"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "01"),
        ("2.0", "02"),
        ("2a", "2A"),
        ("05-sept", "05-09"),
        ("5-sept.", "05-09"),
        ("9-May", "05-09"),
        ("oct-14", "10-14"),
        ("14-oct", "10-14"),
        ("0-4", "00-04"),
        ("01-avr", "1-4"),
        ("3", None),
        ("01", None),
        ("", None),
        ("99-sept", None),
        ("sept", None),
    ],
)
def test_the_code_that_was_meant(text: str, code: str | None) -> None:
    assert meant(text, CODES) == code
    assert did_you_mean(text, CODES) == (f" (did you mean {code}?)" if code else "")


def test_no_code_is_proposed_where_several_could_be_meant() -> None:
    assert meant("1", ["01", "001"]) is None


def test_a_date_is_one_only_among_ranges() -> None:
    assert date_of("05-sept", ["00-04", "05-sept"]) == "05-09"
    assert date_of("oct-14", ["00-04"]) == "10-14"
    assert date_of("05-sept", ["mars", "avril"]) is None
    assert date_of("05-09", ["00-04", "05-09"]) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing"),
        ("-3", "a negative number"),
        ("−3,5", "a negative number"),
        ("1,5", "a decimal comma"),
        ("1 234", "a space within a number"),
        ("1\u202f234", "a space within a number"),
        ("1\u00a0234,5", "a decimal comma"),
        ("1.5", "a number that is not whole"),
        ("nan", "a text that is no number"),
        ("50 (p)", "a text that is no number"),
        ("94*", "a text that is no number"),
        ("٣", "a text that is no number"),
    ],
)
def test_why_a_text_is_no_count(text: str, why: str) -> None:
    assert why_no_count(text) == why


@pytest.mark.parametrize(
    ("codes", "pair"),
    [
        (["01", "02", "1"], ("01", "1")),
        (["2A", "2a"], ("2A", "2a")),
        (["2A", "2A\u200b"], ("2A", "2A\u200b")),
        (["e\u0301", "\u00e9"], ("e\u0301", "\u00e9")),
        (["05-09", "5-9"], ("05-09", "5-9")),
        (["1", "10", "100", "0", "A1", "A", "B-1", "B1"], None),
    ],
)
def test_codes_that_were_probably_one_are_found(codes: list[str], pair: tuple[str, str] | None):
    assert look_alike(codes) == pair
