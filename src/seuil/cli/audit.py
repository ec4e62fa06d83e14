"""`seuil audit`: whether any released table can be proved safe, from public files alone."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seuil.cli.output import Json, number, show

NAMED = 20


def audit(
    table: Annotated[Path, typer.Argument(help="A released table (Parquet).")],
    definition: Annotated[Path, typer.Option(help="The dataset's definition, with its code lists beside it.")],
    period: Annotated[int | None, typer.Option(help="One period of the table; all by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the proofs, in a folder a period.")] = None,
    json: Json = False,
) -> int:
    """Prove that every hidden figure of a released table is safe, or say which is not.

    Reads the table and the definition and nothing else: whoever has a release can run this. The verdict is one a base
    (the count, and every sum). A cell is *exposed* if what is published holds it in a range narrower than the
    threshold, and *undecided* if no proof was found. Exit code 1 if any cell is not proved.

    Example: seuil audit data.parquet --definition definition.yaml --period 2023 --out proof
    """
    from seuil.cli.screen import watching
    from seuil.workflow.auditing import audit_table

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
            open_ = {kind: result[kind] for kind in ("exposed", "undecided") if result[kind]}
            words = ", ".join(f"{number(len(cells))} {kind}" for kind, cells in open_.items()) or "safe"
            counts = f"{number(result['hidden'])} hidden figures, {number(result['proved'])} proofs"
            lines.append(f"{period}, {base}: {counts}: {words}")
            for kind, cells in open_.items():
                lines += [f"  {kind}: {cell['name']}" for cell in cells[:NAMED]]
                lines += [f"  and {number(len(cells) - NAMED)} more {kind}"] if len(cells) > NAMED else []
    return [*lines, "every hidden figure is proved safe" if safe else "NOT safe: not every hidden figure is proved"]
