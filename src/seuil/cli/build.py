"""`seuil build`: the confidential way from records up to a proposal."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.output import Json, number, show

Workers = Annotated[int, typer.Option(min=1, help="Processes that protect periods at the same time.")]


def build(
    definitions: Annotated[list[Path], typer.Argument(help="Definitions of the datasets to build.", metavar="DEF...")],
    workspace: Annotated[Path, typer.Option(help="The confidential workspace; made if need be (mode 0700).")],
    records: Annotated[Path | None, typer.Option(help="The folder of the records.")] = None,
    archive: Annotated[
        Path | None, typer.Option(help="The archive, whose years stay as published; by default the workspace's.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="The publication policy to hold the definitions against.")] = None,
    workers: Workers = 2,
    json: Json = False,
) -> int:
    """Build datasets from records up to a proposal: count, protect, prove, verify.

    First every definition is held against the publication policy: that of --policy, the `policy.yaml` beside the
    definitions or in the folder above, that of the workspace, or the built-in one. The workspace keeps it.
    Only what is not done yet, or was made from something that has changed, is done; the others are reused. An
    interrupted build goes on where it stopped. Small counts and values are never printed: the report on rows that were
    set aside lies in the workspace (`datasets/<id>/leaves/report.json`).

    Example: seuil build definitions/patients/patients.yaml --records /secure/records --workspace /secure/workspace
    """
    from seuil.cli.screen import watching
    from seuil.workflow.build import Source
    from seuil.workflow.build import build as run

    with watching() as tell:
        built = run(
            [Source(path, records) for path in definitions],
            workspace,
            archive=archive,
            policy=policy,
            workers=workers,
            tell=tell,
        )
    content = [
        {"dataset": b.dataset, "proposal": str(b.folder), "made": b.made, "reused": b.reused} | asdict(b.written)
        for b in built
    ]
    lines = []
    for b in built:
        written = b.written
        counts = f"{number(written.cells)} figures, {number(written.hidden)} hidden"
        lines.append(f"{b.dataset}: {number(written.rows)} rows, {counts}")
        for period, summary in b.periods.items():
            lines += [f"  {period}: not proved, accepted as legacy: {cell}" for cell in summary.legacy]
        lines += [f"  {word}: {', '.join(steps)}" for word, steps in (("made", b.made), ("reused", b.reused)) if steps]
    lines.append(f"ready to be released: seuil release propose --workspace {workspace} --archive ARCHIVE")
    show(content, lines, as_json=json)
    return 0
