"""`seuil audit`: whether any published table can be proved safe, from public files alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seuil.cli.by_hand import (
    Delimiter,
    Encoding,
    check_outputs,
    forbid,
    is_by_hand,
    is_released,
    read_table,
    require,
    write_whole,
)
from seuil.cli.output import Json, number, show

if TYPE_CHECKING:
    from seuil.explain.table_audit import TableAudit

NAMED = 20


def audit(
    table: Annotated[Path, typer.Argument(help="A published table (CSV or Parquet).")],
    definition: Annotated[Path, typer.Option(help="Its definition; code lists lie beside it.")],
    hidden: Annotated[
        list[str] | None,
        typer.Option(help="How a hidden figure is written, NS by default; may be repeated. Nothing is hidden too."),
    ] = None,
    flag: Annotated[
        str | None, typer.Option(help="A column that flags hidden figures, or COLUMN=VALUES: those that hide.")
    ] = None,
    codes: Annotated[
        Path | None, typer.Option(help="A file with the columns of all levels: what is under what.")
    ] = None,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Bounds of every hidden figure, and how they were found.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="HTML report.")] = None,
    period: Annotated[int | None, typer.Option(help="One period of the table; all by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the proofs (of a dataset: a folder a period).")] = None,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    json: Json = False,
) -> int:
    """Prove that every hidden figure of a published table is safe, or say which is not, and how it can be worked out.

    Reads the table and the definition and nothing else: whoever has the table can run this, whatever it was protected
    with. A row is a cell; rows that are missing are not published. A figure is *exposed* if what is published holds it
    in a range narrower than the threshold: the shortest sum that does it is told. It is *undecided* if nothing was
    found. Exit code 1 if any figure is exposed or undecided.

    Of a dataset the released table is read as a release holds it (Parquet) or as the portal gives it (CSV).

    Example: seuil audit protected.csv --definition table.yaml --html audit.html
    """
    check_outputs((table, definition, codes), {"--html": html}, {"--out": out})
    if is_by_hand(definition, table) and not is_released(definition, table):
        return _told(
            _by_hand(table, definition, hidden or ["NS"], flag, codes, intervals, period, encoding, delimiter),
            html,
            out,
            json,
        )
    forbid({"--flag": flag, "--codes": codes}, "a released table of a dataset")
    if html is None and not intervals:
        return _of_dataset(table, definition, period, out, json)
    require({"--period": period}, "a report or bounds of a dataset")
    found = _explained(table, definition, period or 0, intervals)
    return _told(found, html, out, json)


def _by_hand(
    table: Path,
    definition: Path,
    hidden: list[str],
    flag: str | None,
    codes: Path | None,
    intervals: bool,
    period: int | None,
    encoding: Encoding,
    delimiter: Delimiter,
) -> "TableAudit":
    from seuil.cli.screen import watching
    from seuil.model.definition import Definition
    from seuil.model.reading import read_yaml
    from seuil.tables.audit import audit_given
    from seuil.tables.frame_input import read_given
    from seuil.tables.spec import spec_of
    from seuil.workflow.progress import progress_of

    spec = spec_of(read_yaml(definition, Definition), definition, period, with_derived=True)
    tree = read_given(codes, public=True) if codes is not None else None
    with watching() as tell:
        return audit_given(
            read_table(table, spec, encoding, delimiter, public=True),
            spec,
            hidden,
            flag=flag,
            codes=tree,
            intervals=intervals,
            progress=progress_of(table.name, tell),
        )


def _explained(table: Path, definition: Path, period: int, intervals: bool) -> "TableAudit":
    """The counts of one period of a dataset, as those of a table given by hand: with sums, bounds and a page."""
    from seuil.cli.screen import watching
    from seuil.workflow.isolated_audit import explain_table

    with watching() as tell:
        return explain_table(table, definition, period, intervals=intervals, tell=tell)


def _told(found: "TableAudit", html: Path | None, out: Path | None, json: bool) -> int:
    if html is not None:
        write_whole(html, found.report.html.encode())
    if out is not None:
        found.write_proofs(out)
    show(found.as_json() if json else {}, [] if json else found.lines(NAMED), as_json=json)
    return 0 if found.is_safe else 1


def _of_dataset(table: Path, definition: Path, period: int | None, out: Path | None, json: bool) -> int:
    from seuil.cli.screen import watching
    from seuil.workflow.isolated_audit import audit_table

    with watching() as tell:
        verdicts = audit_table(table, definition, period=period, out=out, tell=tell)
    found = {str(one): verdict.as_json() for one, verdict in verdicts.items()}
    safe = all(verdict.audit.safe for verdict in verdicts.values())
    show({"safe": safe, "periods": found}, _lines(found, safe), as_json=json)
    return 0 if safe else 1


def _lines(found: dict[str, dict[str, Any]], safe: bool) -> list[str]:
    lines = []
    for period, verdict in found.items():
        for base, result in verdict["bases"].items():
            open_ = {kind: result[kind] for kind in ("exposed", "undecided", "legacy") if result.get(kind)}
            words = ", ".join(f"{number(len(cells))} {kind}" for kind, cells in open_.items()) or "safe"
            counts = f"{number(result['hidden'])} hidden figures, {number(result['proved'])} proofs"
            lines.append(f"{period}, {base}: read {number(result['figures'])} figures: {counts}: {words}")
            for kind, cells in open_.items():
                lines += [f"  {kind}: {cell['name']}" for cell in cells[:NAMED]]
                lines += [f"  and {number(len(cells) - NAMED)} more {kind}"] if len(cells) > NAMED else []
    return [*lines, "every hidden figure is proved safe" if safe else "NOT safe: not every hidden figure is proved"]
