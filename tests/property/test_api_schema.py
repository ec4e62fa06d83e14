"""Whatever OpenAPI allows, and what it doesn't, is answered as OpenAPI says: no fault of the server, no other shape."""

import json
import re

import schemathesis
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.helpers.portal_release import shared_store

from seuil.portal.api import router
from seuil.portal.api.catalogue_exports import CATALOGUE_MEDIA_TYPES
from seuil.portal.api.openapi import install_openapi
from seuil.portal.exports.export import FORMATS

app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
app.include_router(router(shared_store()))
install_openapi(app, shared_store(), "http://portail.example")
# What a schema allows may still be no query: a language is more than a schema can say.
MORE_THAN_A_SCHEMA = [positive_data_acceptance]
schema = schemathesis.openapi.from_asgi("/openapi.json", app)


@schema.parametrize()
@settings(max_examples=15, derandomize=True, deadline=None)
def test_operations_answer_as_documented(case):
    case.call_and_validate(excluded_checks=MORE_THAN_A_SCHEMA)


@schema.parametrize()
@settings(max_examples=15, derandomize=True, deadline=None)
def test_operations_on_a_dataset_that_is_there(case):
    if "dataset_id" in case.path_parameters:
        case.path_parameters["dataset_id"] = "patients"
    case.call_and_validate(excluded_checks=MORE_THAN_A_SCHEMA)


def test_every_operation_is_documented():
    exports = sorted(FORMATS)
    assert sorted(app.openapi()["paths"]) == [
        "/api/explore/v2.1/catalog/datasets",
        *(
            f"/api/explore/v2.1/catalog/datasets/{{dataset_id}}{path}"
            for path in ("", "/attachments", "/exports", *(f"/exports/{fmt}" for fmt in exports))
        ),
        "/api/explore/v2.1/catalog/datasets/{dataset_id}/facets",
        "/api/explore/v2.1/catalog/datasets/{dataset_id}/records",
        "/api/explore/v2.1/catalog/datasets/{dataset_id}/records/{record_id}",
        "/api/explore/v2.1/catalog/exports",
        *(f"/api/explore/v2.1/catalog/exports/{fmt}" for fmt in sorted(CATALOGUE_MEDIA_TYPES)),
        "/api/explore/v2.1/catalog/facets",
    ]


def test_the_description_is_whole():
    told = app.openapi()
    assert told["servers"] == [{"url": "http://portail.example"}]
    assert told["info"]["license"] == {"name": "Licence Ouverte 2.0", "url": "https://example.org/licence?v=2"}
    referred = set(re.findall(r'"#/components/schemas/([A-Za-z]+)"', json.dumps(told)))
    assert referred
    assert referred <= set(told["components"]["schemas"])
    OpenAPI.model_validate(told)
