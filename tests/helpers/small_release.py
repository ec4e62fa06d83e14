"""A release from records, with proofs, that is in date: what the portal's own store can open."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.helpers.tiny_chain import Chain, open_office

from seuil.archive import clock
from seuil.portal.store import Store
from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.repository import create_archive
from seuil.workflow import release


def publish_now(chain: Chain) -> int:
    """Build, propose, sign and publish what the workspace's records give."""
    now = clock.utc(None)
    chain.build()
    proposal = release.propose(chain.archive, chain.workspace, now=now, workers=1).folder
    for role in RELEASE_SIGNERS:
        release.sign_as(proposal, chain.keys, role)
    return release.publish(chain.archive, proposal, chain.keys, now=now)


def office_now(folder: Path) -> Chain:
    """Definitions, records, and an empty archive whose root is in date."""
    chain = open_office(folder)
    shutil.rmtree(chain.archive)
    shutil.rmtree(chain.keys)
    create_archive(chain.archive, create_keys(chain.keys), load_signer(chain.keys, "root"), now=clock.utc(None))
    return chain


@cache
def small_release() -> Chain:
    """One release of both datasets, for tests that only read it."""
    folder = Path(tempfile.mkdtemp(prefix="seuil-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    chain = office_now(folder / "office")
    publish_now(chain)
    return chain


@cache
def small_store() -> Store:
    """The store of `small_release`."""
    return Store.open(small_release().archive)
