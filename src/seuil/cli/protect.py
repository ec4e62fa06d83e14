"""`seuil protect`: one table of leaves into a table that is proved safe, without a workspace."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.output import Json, number, show


def protect(
    leaves: Annotated[Path, typer.Argument(help="Confidential leaves of one period (Parquet or CSV).")],
    definition: Annotated[Path, typer.Option(help="The dataset's definition, with its code lists beside it.")],
    period: Annotated[int, typer.Option(help="The period of the leaves.")],
    out: Annotated[Path, typer.Option(help="Folder for the result, replaced if it is one already.")],
    secret: Annotated[Path, typer.Option(help="A file of 32 random bytes, mode 0600: it breaks ties.")],
    json: Json = False,
) -> int:
    """Choose what to hide in one period, and prove it: for tables that were counted elsewhere.

    LEAVES has a column a dimension (codes of leaves; of every node for an overlapping dimension), `n`, and for every
    sum its total, `_contributors`, `_largest` and `_second`. In the folder `out` lie then `table.parquet`, the released
    table of the period, `proof/`, and `summary.json`, which is confidential. The same leaves and secret give the same
    bytes. Exit code 1, and nothing written, where not every hidden figure can be proved.

    Example: seuil protect leaves.csv --definition d.yaml --period 2023 --out protected --secret secret.key
    """
    from seuil.cli.screen import watching
    from seuil.workflow.apart import protect_alone

    with watching() as tell:
        summary = protect_alone(leaves, definition, period, out, secret, tell)
    # How many are small is for nobody's screen
    public = {name: value for name, value in asdict(summary).items() if name != "small"}
    counts = f"{number(summary.cells)} figures, {number(summary.hidden)} hidden"
    line = f"{number(summary.rows)} rows, {counts}, all proved: {out}"
    show({"period": period, "out": str(out)} | public, [line], as_json=json)
    return 0
