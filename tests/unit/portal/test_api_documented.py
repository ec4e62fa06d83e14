"""docs/reference/api.md names every address, parameter, limit and error code."""

import re
from pathlib import Path

from fastapi import FastAPI
from tests.helpers.portal_release import shared_store

import seuil
from seuil.portal.api import router
from seuil.portal.store import Limits

TEXT = (Path(seuil.__file__).parents[2] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


def operations() -> dict[str, dict[str, object]]:
    app = FastAPI()
    app.include_router(router(shared_store()))
    return {path: methods["get"] for path, methods in app.openapi()["paths"].items()}


def test_addresses_and_parameters():
    for path, operation in operations().items():
        assert f"`{path.removeprefix('/api/explore/v2.1/')}`" in TEXT
        for parameter in operation["parameters"]:
            assert parameter["in"] == "path" or f"| `{parameter['name']}` |" in TEXT


def test_limits_with_their_defaults():
    for name, field in Limits.model_fields.items():
        default = field.default if isinstance(field.default, int) else f"{field.default:g}"
        assert f"| `SEUIL_{name.upper()}` | {default} |" in TEXT


def test_error_codes():
    package = Path(seuil.__file__).parent
    code = [*(package / "portal" / "api").glob("*.py"), package / "odsql" / "errors.py"]
    texts = [path.read_text(encoding="utf-8") for path in code]
    refusals = {found for text in texts for found in re.findall(r'refusal\(\d+, "(\w+)"', text)}
    codes = refusals | {found for text in texts for found in re.findall(r'error_code(?:: .*)? = "(\w+)"', text)}
    assert {"NotFoundResource", "ODSQLError", "IncompatibleTypesInComparisonFilter"} <= codes
    for found in codes:
        assert f"| `{found}` |" in TEXT
