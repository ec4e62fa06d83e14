"""Clients of the Explore API, unchanged but for the address, on the portal as a server."""

import io
import socket
import threading
import time
from collections.abc import Iterator

import pandas as pd
import portalkit
import pytest
import rdflib
import uvicorn
from odsclient import ODSClient, ODSException
from tests.helpers.portal_release import patients_rows, shared_office

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

EXPORTS = "api/explore/v2.1/catalog/datasets/patients/exports"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(Settings(archive=shared_office().archive))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    for _ in range(300):
        if server.started:
            break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


def client(address: str) -> ODSClient:
    return ODSClient(platform_id=None, base_url=address, use_keyring=False)


def test_odsclient_reads_a_dataset(address):
    frame = client(address).get_whole_dataframe("patients")
    assert len(frame) == len(patients_rows())
    assert frame.columns[0] == "Année"
    names = client(address).get_whole_dataset("patients", format="csv", use_labels_for_header=False)
    assert pd.read_csv(io.StringIO(names), sep=";").columns.tolist() == list(patients_rows()[0])


def test_odsclient_understands_a_refusal(address):
    with pytest.raises(ODSException, match="nope does not exist"):
        client(address).get_whole_dataframe("nope")


def test_portalkit_finds_out_what_the_portal_speaks(address):
    portal = portalkit.open(address, cache=False)
    assert [found.id for found in portal.search("diabete")] == ["patients"]
    frame = portal.dataset("patients").to_pandas()
    assert len(frame) == len(patients_rows())
    assert frame["ntop"].sum() == sum(int(str(row["ntop"])) for row in patients_rows() if row["ntop"] is not None)
    with pytest.raises(portalkit.DatasetNotFound):
        portal.dataset("nope").to_pandas()


def test_pandas_reads_numbers(address):
    frame = pd.read_csv(f"{address}/{EXPORTS}/csv?hidden=empty&where=territoire%3D%222A%22", sep=";")
    assert frame["ntop"].dtype == "float64"
    assert frame["ntop"].isna().sum() == 4


def test_a_harvester_reads_the_catalogue(address):
    graph = rdflib.Graph().parse(f"{address}/api/explore/v2.1/catalog/exports/ttl", format="turtle")
    assert len(list(graph.subjects(rdflib.RDF.type, rdflib.DCAT.Dataset))) == 2


def test_arrow_reads_a_filtered_export(address):
    frame = pd.read_parquet(f"{address}/{EXPORTS}/parquet?where=ntop%20%3E%20900")
    assert sorted(frame["ntop"]) == sorted(row["ntop"] for row in patients_rows() if (row["ntop"] or 0) > 900)
