"""The demo: the last years first, then a release for each earlier year; stopped, resumed, and run again."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import AGES, SEXES, TERRITORIES, VISITS, some_records, write_records

from seuil.archive.open import open_release
from seuil.catalogue.build import read_catalogue
from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.policy import BUILT_IN
from seuil.workflow.demo import Demo, demo
from seuil.workflow.demo_datasets import Contents, MadeUp
from seuil.workflow.progress import Event, Tell, silent


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    """Visits of three years, and calls of other people of the last one; counts alone."""
    return some_contents(tmp_path, "2021, 2022, 2023")


def some_contents(tmp_path: Path, years_of_visits: str) -> Contents:
    made_up = []
    for name, unit, years in (("visits", "professional", years_of_visits), ("calls", "caller", "2023")):
        path = tmp_path / name / f"{name}.yaml"
        (path.parent / "codes").mkdir(parents=True)
        text = "\n".join(line for line in VISITS.replace("2022, 2023", years).split("\n") if "fees" not in line)
        text = text.replace("id: visits", f"id: {name}")
        if unit != "professional":
            own = f"unit: {{name: {unit}, label: Appelant, plural: Appelants}}"
            text = text.replace("unit: professional", own).replace("threshold: 5", "threshold: 11")
        path.write_text(text, "utf-8")
        for file, rows in {"territories": TERRITORIES, "ages": AGES, "sexes": SEXES}.items():
            (path.parent / "codes" / f"{file}.csv").write_text(rows, "utf-8")
        made_up.append(MadeUp(path, write))
    return Contents(tuple(made_up), (), BUILT_IN)


def write(_dataset: Dataset, folder: Path, years: Sequence[int], _scale: float, _tell: Tell) -> None:
    rows = []
    for year in years:
        rows += [(name, year, *row) for name, y, *row in some_records(seed=year)["people"] if y == 2022]
    write_records(folder, {"people": rows})


def run(folder: Path, contents: Contents, years: int | None, tell: Tell = silent) -> Demo:
    return demo(folder, scale=1, years=years, contents=contents, workers=1, tell=tell)


def served(made: Demo) -> tuple[int, dict[str, tuple[int, ...]]]:
    release = open_release(made.archive)
    entries = read_catalogue(release.read_bytes("catalogue.json")).entries
    return release.number, {entry.id: entry.periods for entry in entries}


def proofs(made: Demo) -> dict[str, str]:
    return {name: t.sha256 for name, t in open_release(made.archive).targets.items() if "/proof/" in name}


def test_last_years_come_first_and_each_earlier_year_is_a_release(tmp_path: Path, contents: Contents) -> None:
    news: list[Event] = []
    first = run(tmp_path / "demo", contents, 1)
    assert served(first) == (1, {"visits": (2023,), "calls": (2023,)})
    before = proofs(first)
    made = run(tmp_path / "demo", contents, None, news.append)
    assert [(stage.release, stage.years) for stage in made.stages] == [(1, ()), (2, (2022,)), (3, (2021,))]
    assert served(made) == (3, {"visits": (2021, 2022, 2023), "calls": (2023,)})
    assert made.years == (2023, 2022, 2021)
    assert made.verdict is not None and made.verdict.ok
    assert before and before.items() <= proofs(made).items()  # to the byte
    (told,) = (event.text for event in news if event.subject == "demo" and event.text.startswith("2022"))
    assert told.startswith("2022 in release 2, took ") and "; 1 earlier year to go, about " in told
    assert not [*(tmp_path / "demo" / "records").iterdir()]
    third = run(tmp_path / "demo", contents, 1)  # takes the year that was published last from the archive
    assert {step for built in third.built for step in built.made} == {"2021", "proposal"}
    again = run(tmp_path / "demo", contents, 1)
    assert [(stage.release, stage.years) for stage in again.stages] == [(3, ())]
    assert (served(again)[1]["visits"], again.verdict) == ((2021, 2022, 2023), None)
    assert all(built.made == () for built in again.built)


def test_stopped_run_goes_on_where_it_was(tmp_path: Path, contents: Contents) -> None:
    def stop(event: Event) -> None:
        if event.subject == "visits 2023":  # 2022 is done
            raise StoppedError

    with pytest.raises(StoppedError):
        run(tmp_path / "demo", contents, None, stop)
    news: list[Event] = []
    made = run(tmp_path / "demo", contents, 2, news.append)
    assert (served(made)[0], [stage.years for stage in made.stages]) == (1, [(2022, 2023)])
    reused = {event.text for event in news if event.state == "reused"}
    assert {"records of visits", "leaves 2022", "leaves 2023", "2022"} <= reused


def test_two_years_are_prepared_side_by_side_and_a_run_that_goes_on_finds_the_second(tmp_path: Path) -> None:
    contents = some_contents(tmp_path, "2020, 2021, 2022, 2023")

    def stop(event: Event) -> None:
        if event.text == "release 2 published":
            raise StoppedError

    with pytest.raises(StoppedError):
        run(tmp_path / "demo", contents, None, stop)
    news: list[Event] = []
    made = run(tmp_path / "demo", contents, None, news.append)
    assert [(stage.release, stage.years) for stage in made.stages] == [(2, ()), (3, (2020,))]
    assert made.verdict is not None and made.verdict.ok
    reused = {event.text for event in news if event.state == "reused"}
    assert {"records of visits", "leaves 2020", "2020"} <= reused
    assert not [*(tmp_path / "demo" / "records").iterdir()]


def test_folder_of_another_demo_is_refused(tmp_path: Path, contents: Contents) -> None:
    made = run(tmp_path / "demo", contents, 1)
    with pytest.raises(UsageError, match="holds a demo of another scale"):
        demo(tmp_path / "demo", scale=0.5, contents=contents)
    path = contents.made_up[0].definition
    path.write_text(path.read_text("utf-8").replace("title: Visites", "title: Venues"), "utf-8")
    assert served(run(tmp_path / "demo", contents, 1))[0] == 2  # a text may change
    path.write_text(path.read_text("utf-8").replace("threshold: 5", "threshold: 6"), "utf-8")
    with pytest.raises(UsageError, match="of other lines"):
        run(tmp_path / "demo", contents, 1)
    (made.archive.parent / "kind.txt").unlink()
    with pytest.raises(UsageError, match="an earlier version"):
        run(tmp_path / "demo", contents, 1)
