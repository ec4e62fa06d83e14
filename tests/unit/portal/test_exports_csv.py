"""CSV downloads."""

import csv
import io

import pytest
from tests.helpers.portal_release import TRAP, Reader, client_of, patients_rows, shared_office, tarifs_rows

from seuil.portal.store import Limits, Store

reader = Reader()
CSV = "/patients/exports/csv"
TARIFS = "/reel-tarifs/exports/csv"
BOM = "\ufeff"


def read(content: bytes, delimiter: str = ";") -> list[list[str]]:
    text = content.decode().removeprefix(BOM)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def lines(path: str, **parameters) -> list[list[str]]:
    response = reader.get(path, **parameters)
    assert response.status_code == 200, response.text
    return read(response.content)


def written(row: dict[str, object]) -> list[str]:
    """A row as CSV has it: a measure without a value reads what its status says."""
    return [
        str(row.get(f"{name}_statut") or "")
        if value is None
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
        for name, value in row.items()
    ]


@pytest.mark.parametrize(("path", "rows"), [(CSV, patients_rows()), (TARIFS, tarifs_rows())])
def test_whole_dataset(path, rows):
    assert lines(path) == [list(rows[0]), *map(written, rows)]


def test_hidden_reads_ns_missing_nd_and_shown_statuses_nothing():
    header, *rows = lines(TARIFS)
    measure, status = header.index("tarif"), header.index("tarif_statut")
    assert [(row[measure], row[status]) for row in rows] == [
        ("20.5", ""), ("NS", "NS"), ("22.5", ""), ("20.5", ""), ("21.5", ""), ("ND", "ND"),
    ]  # fmt: skip


def test_hidden_reads_ns_where_its_status_was_not_selected():
    where = "territoire = \"2A\" and annee = date'2022'"
    assert lines(CSV, select="pathologie, ntop as n, ntop * 2 as d", where=where) == [
        ["pathologie", "n", "d"], ["ALL", "400", "800"], ["DIA", "NS", "NS"], ["CAN", "NS", "NS"],
    ]  # fmt: skip


def test_text_is_what_a_spreadsheet_expects():
    content = reader.get(CSV, limit=1, select="annee, territoire").content
    assert content == b"\xef\xbb\xbfannee;territoire\r\n2022;FR\r\n"
    assert reader.get(CSV, limit=0, select="annee").content == b"\xef\xbb\xbfannee\r\n"
    assert reader.get(CSV, limit=1, select="annee", with_bom="false").content == b"annee\r\n2022\r\n"


def test_texts_that_need_quotes_have_them():
    content = reader.get(CSV, select="territoire_libelle", limit=1, where='territoire = "22"', with_bom="false").content
    assert content.decode() == 'territoire_libelle\r\n"' + TRAP.replace('"', '""') + '"\r\n'


@pytest.mark.parametrize(("sent", "delimiter"), [(";", ";"), (",", ","), ("\t", "\t"), ("\\t", "\t"), ("|", "|")])
def test_delimiters(sent, delimiter):
    expected = [list(patients_rows()[0]), *map(written, patients_rows())]
    assert read(reader.get(CSV, delimiter=sent).content, delimiter) == expected


def test_quote_all_quotes_texts_and_no_numbers():
    where = "territoire = \"2A\" and annee = date'2022'"
    content = reader.get(CSV, select="territoire, ntop", where=where, quote_all="true", with_bom="false").content
    assert content == b'"territoire";"ntop"\r\n"2A";400\r\n"2A";"NS"\r\n"2A";"NS"\r\n'


def test_a_lone_empty_cell_is_a_line_that_readers_see():
    assert reader.get(CSV, select="ntop_statut", limit=2, with_bom="false").content == b'ntop_statut\r\n""\r\n""\r\n'


def test_labels():
    assert lines(CSV, select="annee, ntop, ntop * 2 as d", use_labels="true", limit=0) == [["Année", "Patients", "d"]]
    assert lines(CSV, select="annee", use_labels="true", lang="en", limit=0) == [["Year"]]


def test_clauses_apply():
    expected = sorted(
        (row for row in patients_rows() if row["annee"] == 2023 and row["territoire"] != "FR" and row["ntop"]),
        key=lambda row: row["ntop"],
    )
    found = lines(
        CSV,
        where="ntop > 0", refine="annee:2023", exclude="territoire:FR", order_by="ntop", limit=4,
        select="territoire,ntop",
    )  # fmt: skip
    assert found == [["territoire", "ntop"], *([row["territoire"], str(row["ntop"])] for row in expected[:4])]
    assert lines(CSV, group_by="annee", select="count(*) as n") == [["annee", "n"], ["2022", "12"], ["2023", "12"]]


@pytest.mark.parametrize("batch_rows", [1, 5, 1000])
def test_pieces_don_t_show(batch_rows):
    client = client_of(Store.open(shared_office().archive, limits=Limits(batch_rows=batch_rows)))
    url = f"/api/explore/v2.1/catalog/datasets{CSV}"
    assert client.get(url).content == reader.get(CSV).content


def test_headers_say_what_it_is_and_whose_fault_it_isn_t():
    headers = reader.get(CSV).headers
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="patients.csv"'
    assert headers["seuil-disclaimer"].startswith("The publisher is not liable for harm")
    assert headers["seuil-release"] == "1"
    base = "http://portail.example"
    assert headers["link"] == (
        f'<{base}/api/explore/v2.1/catalog/datasets/patients>; rel="describedby"; type="application/json", '
        f'<{base}/protection-des-donnees>; rel="terms-of-service", '
        '<https://example.org/licence?v=2>; rel="license"'
    )
