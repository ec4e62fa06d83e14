"""What a release changes of the one before: counted, signed, verified, and told on the page of releases."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.helpers.small_release import office_now, publish_now
from tests.helpers.tiny_chain import Chain

from seuil.archive import clock
from seuil.archive.open import open_release
from seuil.catalogue.changes import CHANGES, read_changes, write_changes
from seuil.portal.app import create_app
from seuil.portal.settings import Settings
from seuil.publish.keys import RELEASE_SIGNERS
from seuil.workflow import release
from seuil.workflow.verify import verify_folder

YEAR = "values: [2022, 2023]"


def change(chain: Chain, old: str, new: str) -> None:
    definition = chain.definitions[0]
    text = definition.read_text()
    assert old in text
    definition.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """One year; a second one; a dataset withdrawn."""
    chain = office_now(tmp_path_factory.mktemp("three") / "office")
    change(chain, YEAR, "values: [2022]")
    publish_now(chain)
    change(chain, "values: [2022]", YEAR)
    publish_now(chain)
    now = clock.utc(None)
    proposal = release.withdraw(chain.archive, chain.workspace, "illness", now=now, note="Retiré", workers=1).folder
    for role in RELEASE_SIGNERS:
        release.sign_as(proposal, chain.keys, role)
    release.publish(chain.archive, proposal, chain.keys, now=now)
    return chain


def test_each_release_says_what_is_new_and_what_is_gone(chain: Chain) -> None:
    client = TestClient(create_app(Settings(archive=chain.archive)))
    files = client.get("/archive/fichiers.txt").text.split()
    found = {}
    for address in files:
        if address.endswith(f".{CHANGES}"):
            changes = read_changes(client.get(address).content)
            found[changes.release] = changes
    assert sorted(found) == [1, 2, 3]
    told = {
        number: {
            one.id: (one.kind, [(p.period, p.kind, p.revised) for p in one.periods]) for one in changes.collections
        }
        for number, changes in found.items()
    }
    assert told == {
        1: {"visits": ("new", [(2022, "new", 0)]), "illness": ("new", [(2023, "new", 0)])},
        2: {"visits": ("changed", [(2023, "new", 0)]), "illness": ("same", [])},
        3: {"visits": ("same", []), "illness": ("gone", [(2023, "gone", 0)])},
    }
    rows = {p.added for one in found[2].collections for p in one.periods}
    assert rows == {72}, "8 territories, 3 ages, 3 sexes"


def test_the_page_tells_it_in_words(chain: Chain) -> None:
    client = TestClient(create_app(Settings(archive=chain.archive)))
    page = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", client.get("/publications").text)))
    first = page.index("Publication n° 1")
    second, third = page.index("Publication n° 2"), page.index("Publication n° 3 ")
    assert third < second < first
    assert "Retiré" in page[third:second]
    assert "Affections : retiré ; 2023 retirée" in page[third:second]
    assert "Visites : 2023 ajoutée (72 lignes)" in page[second:first]
    assert "inchangé : Affections" in page[second:first]
    english = client.get("/en/publications").text
    assert "2023 added (72 rows)" in english


def test_verify_makes_the_changes_anew(chain: Chain, tmp_path: Path) -> None:
    """A release whose `changes.json` says something else is not verified, though both have signed it."""
    assert verify_folder(chain.archive, workers=1).problems == ()
    spoilt = chain.copy(tmp_path / "office")
    now = clock.utc(None)
    served = open_release(spoilt.archive)
    changes = read_changes(served.read_bytes(CHANGES))
    false = tmp_path / CHANGES
    false.write_bytes(write_changes(changes.model_copy(update={"collections": ()})))
    from seuil.publish.propose import propose

    proposal = propose(spoilt.archive, dict(served.files) | {CHANGES: false}, tmp_path / "releases", now=now).folder
    for role in RELEASE_SIGNERS:
        release.sign_as(proposal, spoilt.keys, role)
    release.publish(spoilt.archive, proposal, spoilt.keys, now=now)
    assert CHANGES in {problem.file for problem in verify_folder(spoilt.archive, workers=1).problems}


def test_counts_are_of_public_figures_alone(chain: Chain) -> None:
    content = json.loads(open_release(chain.archive).read_bytes(CHANGES))
    assert set(content) == {"release", "previous", "collections"}
    for one in content["collections"]:
        for period in one["periods"]:
            assert set(period) == {"period", "kind", "added", "left_out", "hidden", "shown", "revised"}
