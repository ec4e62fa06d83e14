"""The API beside the pages, in the portal as it is served."""

from fastapi.testclient import TestClient
from tests.helpers.portal_release import DATASETS, patients_rows, shared_office

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

client = TestClient(create_app(Settings(archive=shared_office().archive, public_url="https://donnees.example")))


def test_pages_and_api_show_the_same_release():
    assert "Patients pris en charge" in client.get("/").text
    assert "Corse-du-Sud" in client.get("/jeux/patients").text
    assert client.get(f"{DATASETS}/patients/records").json()["total_count"] == len(patients_rows())
    assert len(client.get(f"{DATASETS}/patients/exports/json").json()) == len(patients_rows())


def test_downloads_of_a_page_are_there():
    page = client.get("/jeux/patients").text
    for fmt in ("csv", "json", "parquet"):
        address = f"{DATASETS}/patients/exports/{fmt}"
        assert address in page
        assert client.get(address).status_code == 200


def test_api_errors_are_no_pages():
    response = client.get(f"{DATASETS}/nope/records")
    assert response.json()["error_code"] == "NotFoundResource"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_links_name_the_public_address():
    link = client.get(f"{DATASETS}/patients/exports/csv").headers["link"]
    assert f"<https://donnees.example{DATASETS}/patients>" in link
