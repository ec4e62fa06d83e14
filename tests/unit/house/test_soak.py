"""The line that `make soak` writes of a run."""

from pathlib import Path

from tests.soak import HEAD, main, summary, with_line

RESULTS = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" timestamp="2026-11-28T10:00:00+00:00" time="400">
<testcase classname="tests.property.test_a" name="test_one[1]" time="120.4"/>
<testcase classname="tests.property.test_a" name="test_two" time="0.2"><failure message="no">text</failure></testcase>
<testcase classname="tests.property.test_a" name="test_left_out" time="9"><skipped message="no browser"/></testcase>
<testcase classname="tests.attack.test_b" name="test_three" time="240"/>
</testsuite></testsuites>
"""
LINE = (
    "| 2026-11-28 | abc1234 | 2 | 2 | 6 | `attack.test_b.test_three` 240, `property.test_a.test_one[1]` 120, "
    "`property.test_a.test_left_out` 9 |"
)


def test_a_run_is_a_line_of_what_passed_what_did_not_and_what_took_longest():
    assert summary(RESULTS, "abc1234") == LINE
    assert summary(RESULTS, "").startswith("| 2026-11-28 | unknown |")


def test_a_line_takes_the_place_of_that_of_the_same_day_and_the_newest_day_is_first():
    before, after = LINE.replace("-28", "-27"), LINE.replace("-28", "-29")
    page = with_line(with_line(with_line("", LINE), after), before)
    assert page == HEAD + f"{after}\n{LINE}\n{before}\n"
    again = LINE.replace("abc1234", "def5678")
    assert with_line(page, again) == HEAD + f"{after}\n{again}\n{before}\n"


def test_a_run_in_which_anything_failed_or_nothing_ran_ends_in_1(tmp_path: Path):
    results, out = tmp_path / "soak.xml", tmp_path / "SOAK.md"
    passed = RESULTS.replace('<failure message="no">text</failure>', "").replace('<skipped message="no browser"/>', "")
    none = RESULTS[: RESULTS.index("<testcase")] + "</testsuite></testsuites>"
    for text, code in ((RESULTS, 1), (passed, 0), (none, 1)):
        results.write_text(text, encoding="utf-8")
        assert main(results, out) == code
    assert out.read_text(encoding="utf-8").count("2026-11-28") == 1


def test_the_page_is_as_the_program_writes_it(root: Path):
    page = (root / "tests" / "SOAK.md").read_text(encoding="utf-8")
    assert with_line(page, page.splitlines()[-1]) == page
