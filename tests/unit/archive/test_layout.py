from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.archive import clock, layout
from seuil.model.errors import ReleaseError

SHA256 = "ab" * 32


def test_file_lies_beside_those_of_its_dataset():
    assert layout.target_path("jeux/patients/data.parquet", SHA256) == f"targets/jeux/patients/{SHA256}.data.parquet"
    assert layout.target_path("catalogue.json", SHA256) == f"targets/{SHA256}.catalogue.json"


@pytest.mark.parametrize("sha256", ["", "AB" * 32, "ab" * 31, "../" * 21 + "x", SHA256 + "\n"])
def test_hash_of_another_form_is_refused(sha256):
    with pytest.raises(ReleaseError, match="not a SHA-256"):
        layout.target_path("catalogue.json", sha256)


@given(st.lists(st.text(st.sampled_from("ab.-_/\\=~ \n\0é"), max_size=6), max_size=4).map("/".join))
def test_no_name_leads_out_of_the_archive(name):
    try:
        path = PurePosixPath(layout.target_path(name, SHA256))
    except ReleaseError:
        return
    assert path.parts[0] == "targets"
    assert ".." not in path.parts
    assert str(path) == f"targets/{name.rpartition('/')[0]}/{SHA256}.{name.rpartition('/')[2]}".replace("//", "/")


def test_versions_are_those_whose_names_are_written_as_such(tmp_path):
    (tmp_path / "metadata").mkdir()
    for name in ("2.root.json", "10.root.json", "01.root.json", "x.root.json", "1.targets.json", "3.root.json.old"):
        (tmp_path / "metadata" / name).touch()
    assert layout.versions_present(tmp_path, "root") == [2, 10]


def test_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        clock.utc(clock.moment("2026-03-01T12:00:00Z").replace(tzinfo=None))
