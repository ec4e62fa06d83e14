"""One office whose release is built once, the slow way: audits in processes of their own."""

from pathlib import Path

import pytest
from tests.helpers.collections_office import Office, open_collections_office
from tests.helpers.tiny_chain import Chain, open_office

from seuil.disclosure.audit import Audit, audit
from seuil.figures.periods import read_period
from seuil.model.dataset import Dataset


@pytest.fixture(scope="session")
def released_once(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    chain = open_office(tmp_path_factory.mktemp("office") / "office")
    chain.build()
    chain.publish(chain.propose())
    return chain


@pytest.fixture
def released(released_once: Chain, tmp_path: Path) -> Chain:
    """A copy that a test may spoil."""
    return released_once.copy(tmp_path / "office")


@pytest.fixture
def office(tmp_path: Path) -> Chain:
    """An office before its first build."""
    return open_office(tmp_path / "new")


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office whose definitions a test writes."""
    return open_collections_office(tmp_path)


@pytest.fixture
def audits_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits in this process, from the same file: quicker. That it makes no difference has a test of its own."""

    def audit_here(table: Path, dataset: Dataset, period: int, out: Path) -> Audit:
        assert not out.exists()
        return audit(read_period(dataset, period, table))

    monkeypatch.setattr("seuil.workflow.period.audit_apart", audit_here)
