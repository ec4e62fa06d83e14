"""The files that the portal gives out are enough to verify what it shows, by the steps of its own page."""

import hashlib
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.helpers.small_release import office_now, publish_now
from tests.helpers.tiny_chain import Chain

from seuil.portal.app import create_app
from seuil.portal.settings import Settings
from seuil.workflow.verify import verify_folder


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Two releases: another title in the second."""
    chain = office_now(tmp_path_factory.mktemp("two") / "office")
    publish_now(chain)
    definition = chain.definitions[0]
    definition.write_text(
        definition.read_text().replace("title: Visites", "title: Visites médicales"), encoding="utf-8"
    )
    assert publish_now(chain) == 2
    return chain


@pytest.fixture(scope="module")
def reader(chain: Chain) -> TestClient:
    return TestClient(create_app(Settings(archive=chain.archive)))


def test_the_steps_of_the_page_verify_the_release(reader: TestClient, tmp_path: Path) -> None:
    page = unescape(reader.get("/preuve").text)
    (listed,) = set(re.findall(r"wget -x -nH -i (\S+)", page))
    for address in reader.get(listed).text.split():
        answer = reader.get(address)
        assert answer.status_code == 200, address
        path = tmp_path / urlsplit(address).path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.content)
    archive = tmp_path / "archive"
    root = (archive / "root.json").read_bytes()
    assert hashlib.sha256(root).hexdigest() in page
    verdict = verify_folder(archive, trusted_root=root, workers=1)
    assert verdict.problems == ()
    assert (verdict.release, set(verdict.proved)) == (2, {"visits", "illness"})


def test_files_are_kept_for_good_and_read_in_parts(reader: TestClient) -> None:
    addresses = reader.get("/archive/fichiers.txt").text.split()
    data = next(address for address in addresses if address.endswith("data.parquet"))
    whole = reader.get(data)
    assert "immutable" in whole.headers["cache-control"]
    assert whole.headers["etag"].strip('"') == hashlib.sha256(whole.content).hexdigest()
    part = reader.get(data, headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.content) == (206, whole.content[4:10])
    again = reader.get(data, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    timestamp = reader.get("/archive/metadata/timestamp.json")
    assert timestamp.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["metadata/../../keys/root.pem", "targets/nothing", "metadata/9.targets.json", "..%2fkeys%2froot.pem", "keys", ""],
)
def test_nothing_else_is_given_out(reader: TestClient, path: str) -> None:
    assert reader.get(f"/archive/{path}").status_code == 404


def test_an_altered_file_of_an_earlier_release_is_not_given_out(chain: Chain, tmp_path: Path) -> None:
    spoilt = chain.copy(tmp_path / "office")
    reader = TestClient(create_app(Settings(archive=spoilt.archive)), raise_server_exceptions=False)
    served = {urlsplit(a).path for a in reader.get("/archive/fichiers.txt").text.split()}
    earlier = next(p for p in sorted(served) if p.endswith("certificate.json") and _is_earlier(spoilt, p))
    file = spoilt.folder / earlier.lstrip("/")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    assert reader.get(earlier).status_code == 503


def _is_earlier(chain: Chain, path: str) -> bool:
    newest = (chain.archive / "metadata" / "2.targets.json").read_text()
    return path.rpartition("/")[2].partition(".")[0] not in newest
