"""Files that a definition names lie in its folder."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DefinitionError

TEXT = """\
id: d
title: T
unit: patient
threshold: 11
period: {values: [2022]}
dimensions:
  place:
    label: Place
    codes: CODES
measures: {n: {kind: count, label: N}}
records:
  people: {file: RECORDS, identifier: id, period: year, dimensions: {place: {column: p}}}
"""
PLACES = "code,parent,level,label_fr\nT,,total,Total\na,T,place,A\n"
Make = Callable[..., Dataset]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    folder = tmp_path / "folder"
    (folder / "codes").mkdir(parents=True)
    (folder / "codes" / "places.csv").write_text(PLACES)
    (tmp_path / "outside.csv").write_text(PLACES)

    def of(codes: str = "codes/places.csv", records: str = "people.csv", more: str = "") -> Dataset:
        text = TEXT.replace("CODES", f"'{codes}'").replace("RECORDS", f"'{records}'")
        (folder / "d.yaml").write_text(text + more)
        return read_dataset(folder / "d.yaml")

    return of


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("../outside.csv", "a path that leads out"), ("codes/../../outside.csv", "a path that leads out"),
        ("codes/../codes/places.csv", "a path that leads out"), ("/etc/passwd", "an absolute path"),
        ("~/x.csv", "an absolute path"), ("./codes/places.csv", "a path that isn't written plainly"),
        ("codes//places.csv", "a path that isn't written plainly"), ("codes\\places.csv", "can't be the name"),
        (" ", "can't be the name"), ("data.parquet", "that a release makes"),
        ("definition.yaml", "that a release makes"), ("proof/2022/count-base.parquet", "that a release makes"),
    ],
)  # fmt: skip
def test_name_that_leads_elsewhere_is_refused_where_it_stands(name: str, found: str, make: Make) -> None:
    with pytest.raises(DefinitionError) as raised:
        make(codes=name)
    assert found in str(raised.value)
    assert (raised.value.line, raised.value.field) == (9, "dimensions.place.codes")


@pytest.mark.parametrize("target", ["../outside.csv", "/etc/hostname"])
def test_link_that_leads_out_is_refused_and_one_that_stays_is_not(target: str, make: Make, tmp_path: Path) -> None:
    (tmp_path / "folder" / "link.csv").symlink_to(target)
    with pytest.raises(DefinitionError, match="a link that leads out"):
        make(codes="link.csv")
    (tmp_path / "folder" / "stays.csv").symlink_to("codes/places.csv")
    assert make(codes="stays.csv").id == "d"


def test_folder_that_is_itself_a_link_can_stand(make: Make, tmp_path: Path) -> None:
    make()
    (tmp_path / "other").symlink_to("folder")
    assert read_dataset(tmp_path / "other" / "d.yaml").id == "d"


def test_pipe_is_not_waited_for(make: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "folder" / "pipe")
    with pytest.raises(DefinitionError, match="what is no file"):
        make(codes="pipe")


@pytest.mark.parametrize("name", ["../people.csv", "/etc/passwd"])
def test_records_lie_in_their_folder(name: str, make: Make) -> None:
    with pytest.raises(DefinitionError, match="expected a file of the folder of records") as raised:
        make(records=name)
    assert (raised.value.line, raised.value.field) == (12, "records.people.file")


def test_what_is_known_lies_in_the_folder(make: Make) -> None:
    with pytest.raises(DefinitionError, match="an absolute path") as raised:
        make(more="known:\n  - file: /etc/passwd\n    reason: R\n")
    assert (raised.value.line, raised.value.field) == (14, "known.0.file")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 'https://x" onload="y', "ftp://x"])
def test_address_of_the_licence_is_one_of_the_web(url: str, make: Make) -> None:
    with pytest.raises(DefinitionError, match="licence_url"):
        make(more=f"licence_url: '{url}'\n")
