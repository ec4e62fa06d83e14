"""Refusals: the status, code and message that re-users' scripts know."""

import pytest
from tests.helpers.portal_release import Reader, shared_store

from seuil.model.errors import QueryError, ReleaseError
from seuil.portal.api.answers import error_answer

reader = Reader()
RECORDS = "/patients/records"
EXPORT = "/patients/exports/csv"


def clause(name: str) -> str:
    return f"Clause(s) containing the error(s): {name}."


@pytest.mark.parametrize("path", [RECORDS, EXPORT])
@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        (
            {"where": "nope(ntop) > 1"},
            "ODSQLSyntaxError",
            f"ODSQL syntax exception: unexpected ( at position 4 in nope(ntop) > 1. {clause('where')}",
        ),
        ({"select": "x"}, "ODSQLError", f"ODSQL query is malformed: Unknown field: x. {clause('select')}"),
        ({"where": "_row > 1"}, "ODSQLError", f"ODSQL query is malformed: Unknown field: _row. {clause('where')}"),
        (
            {"select": "sum(territoire)"},
            "ODSQLError",
            "ODSQL query is malformed: StatAggregation only supports numeric or date expression. " + clause("select"),
        ),
        (
            {"select": "ntop as y, npop as y"},
            "ODSQLError",
            f"ODSQL query is malformed: Alias 'y' is declared several times. {clause('select')}",
        ),
        ({"limit": "-2"}, "InvalidRESTParameterError", "Invalid value for limit API parameter: -2 was found but -1 <="),
        ({"limit": "ten"}, "InvalidRESTParameterError", "Invalid value for limit API parameter: ten was found but a"),
        (
            {"offset": "-1"},
            "InvalidRESTParameterError",
            "Invalid value for offset API parameter: -1 was found but 0 <=",
        ),
        (
            {"limit": ["1", "", "2"]},
            "InvalidRESTParameterError",
            "Invalid value for limit API parameter: 1 and 2 was found but one value is expected.",
        ),
        ({"refine": "annee"}, "InvalidRESTParameterError", "Invalid value for refine API parameter: annee was found"),
    ],
)
def test_refused_query(path, parameters, code, message):
    status, found_code, found = reader.error(path, **parameters)
    assert (status, found_code) == (400, code)
    assert found.startswith(message)


@pytest.mark.parametrize("where", ["annee = 2024", 'annee = "2024"', "annee >= '2024'", 'ntop = "12"'])
def test_unlike_types(where):
    status, code, message = reader.error(RECORDS, where=where)
    assert (status, code) == (400, "IncompatibleTypesInComparisonFilter")
    assert message.startswith("Incompatible types in comparison filter.")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"limit": 200}, "Invalid value for limit API parameter: 200 was found but -1 <= limit <= 100 is expected."),
        (
            {"limit": 20001, "group_by": "annee"},
            "Invalid value for limit API parameter: 20001 was found but -1 <= limit <= 20000 is expected.",
        ),
        (
            {"limit": 50, "offset": 10000},
            "Invalid value for sum of offset + limit API parameter: 10050 was found but <= 10000 is expected.",
        ),
    ],
)
def test_limits_of_records(parameters, message):
    assert reader.error(RECORDS, **parameters) == (400, "InvalidRESTParameterError", message)


def test_last_row_that_can_be_asked_for():
    assert reader.json(RECORDS, limit=100, offset=9900) == {"total_count": 24, "results": []}


@pytest.mark.parametrize(
    "path", ["", "/records", "/facets", "/exports", "/exports/csv", "/exports/json", "/exports/parquet"]
)
def test_unknown_dataset(path):
    assert reader.error(f"/nope{path}") == (404, "NotFoundResource", "The requested dataset nope does not exist.")


@pytest.mark.parametrize("path", ["/patients/nope", "/patients/exports/xml", "/patients/records/1/2"])
def test_unknown_resource(path):
    status, code, message = reader.error(path)
    assert (status, code) == (404, "NotFoundResource")
    assert path in message


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (EXPORT, {"delimiter": "::"}),
        (EXPORT, {"with_bom": "perhaps"}),
        (EXPORT, {"quote_all": "1"}),
        (EXPORT, {"use_labels": "x"}),
        ("/patients/exports/parquet", {"parquet_compression": "gzip"}),
    ],
)
def test_options_of_exports(path, parameters):
    ((name, value),) = parameters.items()
    status, code, message = reader.error(path, **parameters)
    assert (status, code) == (400, "InvalidRESTParameterError")
    assert message.startswith(f"Invalid value for {name} API parameter: {value} was found but ")


@pytest.mark.parametrize(
    "injected",
    [
        "1; DROP VIEW jeu_0",
        "ntop FROM jeu_0; --",
        "(SELECT 1)",
        "ntop UNION SELECT * FROM read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "getenv('HOME')",
        '"; SELECT 1; --',
        '`ntop" , _row`',
        "current_setting('temp_directory')",
        "/* */ ntop",
        "$1",
        "ntop\0",
    ],
)
@pytest.mark.parametrize("parameter", ["select", "where", "group_by", "order_by"])
def test_sql_is_no_odsql(parameter, injected):
    status, code, message = reader.error(RECORDS, **{parameter: injected})
    assert (status, code in ("ODSQLError", "ODSQLSyntaxError")) == (400, True)
    assert "root:" not in message
    assert shared_store().rows("patients", equal={}).total == 24


def test_texts_are_compared_not_run():
    for text in ("' OR 1=1 --", "75' UNION SELECT 1", "$1", "%s"):
        assert reader.json(RECORDS, where=f'territoire = "{text}"')["total_count"] == 0
        assert reader.json(RECORDS, refine=f"territoire:{text}")["total_count"] == 0


def test_labels_are_keys_and_nothing_else():
    label = 'x"; DROP VIEW jeu_0; --'
    assert reader.json(RECORDS, select=f"npop as `{label}`", limit=1)["results"] == [{label: 10_000}]


def test_faults_of_the_server_tell_nothing(caplog):
    response = error_answer(ReleaseError("targets/x: is altered"))
    assert response.status_code == 500
    assert response.body == b'{"error_code":"ServerError","message":"An error occurred on the server."}'
    assert "targets/x: is altered" in caplog.text
    assert error_answer(QueryError("no")).status_code == 400
