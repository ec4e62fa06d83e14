"""Whatever OpenAPI allows, and what it doesn't, is answered as OpenAPI says: no fault of the server, no other shape."""

import schemathesis
from fastapi import FastAPI
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.helpers.portal_release import shared_store

from seuil.portal.api import router

app = FastAPI(docs_url=None, redoc_url=None)
app.include_router(router(shared_store()))
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
    assert sorted(app.openapi()["paths"]) == [
        f"/api/explore/v2.1/catalog/datasets{path}"
        for path in (
            "",
            "/{dataset_id}",
            "/{dataset_id}/exports",
            "/{dataset_id}/exports/csv",
            "/{dataset_id}/exports/json",
            "/{dataset_id}/exports/parquet",
            "/{dataset_id}/facets",
            "/{dataset_id}/records",
        )
    ]
