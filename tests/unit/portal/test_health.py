"""What an operator is told of a release that is or will soon be out of date."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_release import PortalOffice

from seuil.portal.app import create_app
from seuil.portal.settings import Settings
from seuil.portal.store import Store
from seuil.portal.store.expiry import ExpiryLog, validity_of


@pytest.fixture
def office(tmp_path) -> PortalOffice:
    return PortalOffice(tmp_path).start()


def published(office: PortalOffice, days_ago: float) -> PortalOffice:
    office.release(office.contents(("patients",)), now=datetime.now(UTC) - timedelta(days=days_ago))
    return office


@pytest.mark.parametrize(("days_ago", "status", "left"), [(0, "ok", 29), (20.5, "expiring", 9), (29.5, "expiring", 0)])
def test_health_says_how_long_the_release_can_be_opened(office, days_ago, status, left):
    client = TestClient(create_app(Settings(archive=published(office, days_ago).archive)))
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    content = answer.json()
    assert (content["status"], content["days_left"], content["release"]) == (status, left, 1)
    assert content["expires"].endswith("Z")


@pytest.mark.parametrize(("seconds", "status", "days"), [(1, "expiring", 0), (0, "expired", 0), (-90000, "expired", 0)])
def test_the_moment_of_expiry(office, seconds, status, days):
    release = Store.open(published(office, 0).archive).release
    found = validity_of(release, release.expires - timedelta(seconds=seconds), 10)
    assert (found.status, found.days) == (status, days)


def test_log_warns_once_a_day_before_and_after(office, caplog):
    release = Store.open(published(office, 0).archive).release
    log = ExpiryLog(10)
    with caplog.at_level(logging.WARNING):
        log.look(release, release.expires - timedelta(days=11))
        assert not caplog.records
        for hours in (100, 99.9, 50, -1, -30):
            log.look(release, release.expires - timedelta(hours=hours))
    levels = [record.levelname for record in caplog.records]
    assert levels in (["WARNING", "WARNING", "ERROR", "ERROR"], ["WARNING", "WARNING", "WARNING", "ERROR", "ERROR"])
    assert "can be opened until" in caplog.records[0].getMessage()
    assert "is out of date since" in caplog.records[-1].getMessage()
    assert "seuil archive refresh" in caplog.records[-1].getMessage()


def test_log_warns_at_the_start(office, caplog):
    with caplog.at_level(logging.WARNING):
        Store.open(published(office, 25).archive)
    assert ["can be opened until" in record.getMessage() for record in caplog.records] == [True]
