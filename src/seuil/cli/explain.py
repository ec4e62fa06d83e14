"""`seuil explain`: why one figure of a protected table is hidden (confidential)."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.by_hand import AddUp, Delimiter, Encoding, Open, Secret, chosen_secret, read_table
from seuil.cli.output import Json, show


def explain(
    cell: Annotated[str, typer.Argument(help="Codes by dimension: territory=D1,sex=f. What isn't named is a total.")],
    leaves: Annotated[Path, typer.Option(help="The confidential counts that were protected (CSV or Parquet).")],
    definition: Annotated[Path, typer.Option(help="The definition of the table.")],
    secret: Secret = None,
    open_: Open = False,
    period: Annotated[int | None, typer.Option(help="The period, where the definition has several.")] = None,
    add_up: AddUp = False,
    encoding: Encoding = "utf-8",
    delimiter: Delimiter = None,
    json: Json = False,
) -> int:
    """Say why a figure is hidden: by the rule, or to protect others, and then which. Confidential.

    The table is protected again, with the secret that it was protected with, so with the same result; then the attack
    of `audit` is made on it with this one figure shown. Where a code is that of several levels, name
    the level: territory=dept:01.

    Example: seuil explain territory=D1,sex=f --leaves leaves.csv --definition table.yaml
    """
    from seuil.cli.screen import watching
    from seuil.model.definition import Definition
    from seuil.model.reading import read_yaml
    from seuil.tables.protect import protect_given
    from seuil.tables.spec import spec_of
    from seuil.tables.why import why
    from seuil.workflow.progress import progress_of

    spec = spec_of(read_yaml(definition, Definition), definition, period)
    key = chosen_secret(secret, open_)
    with watching() as tell:
        given = read_table(leaves, spec, encoding, delimiter, public=False)
        table = protect_given(given, spec, key, progress_of(leaves.name, tell), add_up=add_up)
        found = why(table, cell)
    show(asdict(found), [f"{found.cell}: {found.status} (confidential)", *found.lines], as_json=json)
    return 0
