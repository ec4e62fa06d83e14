"""`seuil protect`: a table of counts into one that is proved safe, without a workspace."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seuil.cli.by_hand import (
    AddUp,
    Delimiter,
    Encoding,
    Open,
    Secret,
    box,
    check_outputs,
    chosen_secret,
    forbid,
    is_by_hand,
    read_table,
    require,
    write_whole,
)
from seuil.cli.output import Json, number, show

REPEATABLE = "--open: anybody can repeat this choice, and learn from it more about hidden figures than the others tell"

if TYPE_CHECKING:
    from seuil.tables.alternatives import Alternative
    from seuil.tables.protect import ProtectedTable


def protect(
    leaves: Annotated[Path, typer.Argument(help="Confidential counts or leaves (CSV or Parquet).")],
    definition: Annotated[Path, typer.Option(help="The definition of the table or dataset.")],
    out: Annotated[Path | None, typer.Option(help="The protected table (CSV); or, with --period, a folder.")] = None,
    proof: Annotated[Path | None, typer.Option(help="Folder for the proof, for `verify`.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Add the column `status`. Confidential.")] = False,
    report: Annotated[Path | None, typer.Option(help="HTML report for the reviewer. Confidential.")] = None,
    try_: Annotated[bool, typer.Option("--try", help="Compare choices in one table; --out isn't needed.")] = False,
    period: Annotated[int | None, typer.Option(help="The period of a dataset's leaves.")] = None,
    secret: Secret = None,
    open_: Open = False,
    add_up: AddUp = False,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    json: Json = False,
) -> int:
    """Choose what to hide in a table of counts, and prove that what is shown does not tell it.

    A table given by hand: a row a leaf, or with --add-up finer. Rows of totals (`TOTAL`, the code list's own code, or
    what the definition says by `total`) are compared with the sums of their leaves, and made from them again.
    PROTECTED.csv has a row a cell: for every dimension its code (`TOTAL` for the total) and `<dimension>_level`, and
    `n` (the count, or NS). The same rows and secret give the same bytes. The secret is your own, made at first use and
    kept among your data; with `--open` there is none, and who runs this on every table that fits can tell from the
    choice more than the figures tell.

    A dataset with code lists, and --period: LEAVES has a column a dimension (codes of leaves; of every node for an
    overlapping dimension), `n`, and for every sum its total, `_contributors`, `_largest` and `_second` (with a second
    unit also `_second_unit` and `_second_unit_largest`). In the folder `out` lie then `table.parquet`, `proof/`, and
    `summary.json`, which is confidential.

    Exit code 1, and nothing written, where not every hidden figure can be proved.

    Example: seuil protect leaves.csv --definition table.yaml --out protected.csv --proof proof
    """
    key = chosen_secret(secret, open_)
    by_hand = is_by_hand(definition, out) or try_
    # Of a dataset the result is a folder, as a proof is.
    files, folders = {"--report": report}, {"--proof": proof}
    (files if by_hand else folders)["--out"] = out
    check_outputs((leaves, definition, secret), files, folders)
    if by_hand:
        return _by_hand(
            leaves, definition, out, proof, reveal, report, try_, period, key, add_up, encoding, delimiter, json
        )
    forbid(
        {"--proof": proof, "--reveal": reveal, "--report": report, "--add-up": add_up},
        "a dataset with --period and a folder as --out",
    )
    require({"--period": period, "--out": out}, "a dataset with code lists")
    assert period is not None and out is not None
    return _of_dataset(leaves, definition, period, out, key, json)


def _of_dataset(leaves: Path, definition: Path, period: int, out: Path, secret: bytes | None, json: bool) -> int:
    from seuil.cli.screen import watching
    from seuil.tables.loss import legacy_words
    from seuil.tables.protect import tie_secret
    from seuil.workflow.apart import protect_alone

    with watching() as tell:
        summary = protect_alone(leaves, definition, period, out, tie_secret(secret), tell)
    # How many are small is for nobody's screen
    public = {name: value for name, value in asdict(summary).items() if name != "small"}
    counts = f"{number(summary.cells)} figures, {number(summary.hidden)} hidden"
    line = f"{number(summary.rows)} rows, {counts}, {legacy_words('all proved', summary.legacy)}: {out}"
    show({"period": period, "out": str(out)} | public, [line], as_json=json)
    return 0


def _by_hand(
    leaves: Path,
    definition: Path,
    out: Path | None,
    proof: Path | None,
    reveal: bool,
    report: Path | None,
    try_: bool,
    period: int | None,
    key: bytes | None,
    add_up: bool,
    encoding: Encoding,
    delimiter: Delimiter,
    json: bool,
) -> int:
    from seuil.cli.screen import watching
    from seuil.model.definition import Definition
    from seuil.model.reading import read_yaml
    from seuil.tables.protect import protect_given
    from seuil.tables.spec import spec_of
    from seuil.workflow.progress import progress_of

    if not try_:
        require({"--out": out}, "a table given by hand")
    spec = spec_of(read_yaml(definition, Definition), definition, period)
    given = read_table(leaves, spec, encoding, delimiter, public=False)
    with watching() as tell:
        progress = progress_of(leaves.name, tell)
        if try_:
            from seuil.tables.alternatives import compare

            return _tried(compare(given, spec, key, progress, add_up=add_up), json)
        table = protect_given(given, spec, key, progress, add_up=add_up)
        table.check()
    return _written(table, out or leaves, proof, report, reveal, key == b"", json)


def _written(
    table: "ProtectedTable",
    out: Path,
    proof: Path | None,
    report: Path | None,
    reveal: bool,
    repeatable: bool,
    json: bool,
) -> int:
    from seuil.tables.loss import legacy_words

    write_whole(out, table.csv(reveal=reveal), private=reveal)
    if proof is not None:
        table.write_proofs(proof)
    if report is not None:
        write_whole(report, table.report.html.encode(), private=True)
    cells, hidden = table.loss.cells, table.loss.hidden
    content: dict[str, Any] = {
        "read": table.reading.as_json(),
        "out": str(out),
        "cells": cells,
        "hidden": hidden,
        "seconds": round(table.seconds, 3),
    }
    if table.legacy:
        content["legacy"] = list(table.legacy)
    content["gap"] = round(table.loss.gap, 2)
    counts = f"{number(cells)} figures, {number(hidden)} hidden"
    lines = [str(table.reading)]
    lines.append(f"{counts}, {legacy_words('all proved', table.legacy)} in {table.seconds:.1f} s: {out}")
    lines.append(f"of those hidden to protect others, at most {table.loss.gap:.1f} % might be spared (proved bound)")
    if proof is not None:
        lines.append(f"proof: {proof}")
        content["proof"] = str(proof)
    if report is not None:
        lines.append(f"report, confidential: {report}")
        content["report"] = str(report)
    lines += [REPEATABLE] if repeatable else []
    lines += ["the column `status` is confidential: this file is not to be published"] if reveal else []
    show(content, lines, as_json=json)
    return 0


def _tried(found: "list[Alternative]", json: bool) -> int:
    head = ["choice", "figures", "hidden", "small", "secondary", "at least", "loss, %", "seconds"]
    rows, content = [], []
    for tried in found:
        loss = tried.loss
        if loss is None:
            rows.append([tried.name, "", "can't be published", "", "", "", "", ""])
            content.append({"choice": tried.name, "possible": False})
            continue
        least = loss.price.least_number
        counts = [number(n) for n in (loss.cells, loss.hidden, loss.primary, loss.secondary, least)]
        rows.append([tried.name, *counts, f"{loss.secondary_share:.1f}", f"{loss.seconds:.1f}"])
        content.append(
            {
                "choice": tried.name,
                "possible": True,
                "cells": loss.cells,
                "hidden": loss.hidden,
                "primary": loss.primary,
                "secondary": loss.secondary,
                "least": least,
                "loss": round(loss.secondary_share, 2),
                "seconds": round(loss.seconds, 3),
            }
        )
    note = "confidential; at least: no safe pattern has fewer secondary ones; loss: those, per cent of all figures"
    show(content, [*box(head, rows, "Choices side by side"), note], as_json=json)
    return 0
