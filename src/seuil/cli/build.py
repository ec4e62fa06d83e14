"""`seuil build`: the confidential way from records up to a proposal."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.engine import Engine, Memory, Threads
from seuil.cli.output import Json, number, show

Workers = Annotated[int, typer.Option(min=1, help="Processes that protect periods at the same time.")]


def build(
    definitions: Annotated[list[Path], typer.Argument(help="Definitions of the datasets to build.", metavar="DEF...")],
    workspace: Annotated[Path, typer.Option(help="The confidential workspace; made if need be (mode 0700).")],
    records: Annotated[
        Path | None, typer.Option(help="The folder of the records; of PostgreSQL, their schema.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="The archive, whose years stay as published; by default the workspace's.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="The publication policy to hold the definitions against.")] = None,
    reissue: Annotated[
        list[int] | None, typer.Option(help="A published year to make anew, as a new vintage; may be repeated.")
    ] = None,
    workers: Workers = 2,
    engine: Engine = None,
    memory: Memory = None,
    threads: Threads = None,
    json: Json = False,
) -> int:
    """Build datasets from records up to a proposal: count, protect, prove, verify.

    First every definition is held against the publication policy: that of --policy, the `policy.yaml` beside the
    definitions or in the folder above, that of the workspace, or the built-in one. The workspace keeps it.
    Only what is not done yet, or was made from something that has changed, is done; the others are reused. An
    interrupted build goes on where it stopped. Small counts and values are never printed: the report on rows that were
    set aside lies in the workspace (`datasets/<id>/leaves/<period>/report.json`).
    --engine counts the records elsewhere: on a Spark cluster (spark://HOST:PORT), in PostgreSQL
    (postgresql://USER@HOST/DATABASE, where they are tables of the schema that --records names), or as a profile of the
    file `profiles.yaml` beside the definition says. The figures are the same to the byte.
    Years that the archive holds are taken from there. With --reissue YEAR one is made anew from the records: it hides
    what any earlier vintage hid, and is refused where both together would tell more.

    Example: seuil build definitions/effectifs/effectifs.yaml --records /secure/records --workspace /secure/workspace
    """
    from seuil.cli.screen import watching
    from seuil.workflow.build import Source
    from seuil.workflow.build import build as run
    from seuil.workflow.counting import counting_of

    with watching() as tell:
        built = run(
            [Source(path, records) for path in definitions],
            workspace,
            archive=archive,
            policy=policy,
            reissue=reissue or (),
            workers=workers,
            how=counting_of(engine, memory, threads),
            tell=tell,
        )
    content = [
        {"dataset": b.dataset, "proposal": str(b.folder), "made": b.made, "reused": b.reused, "reissued": b.reissued}
        | asdict(b.tables.whole)
        | {"datasets": {name: asdict(written) for name, written in b.tables.datasets.items()}}
        for b in built
    ]
    lines = []
    for b in built:
        told = [("", b.dataset, b.tables.whole)]
        told += [("  dataset ", name, one) for name, one in b.tables.datasets.items() if len(b.tables.datasets) > 1]
        for before, name, one in told:
            counts = f"{number(one.cells)} figures, {number(one.hidden)} hidden"
            lines.append(f"{before}{name}: {number(one.rows)} rows, {counts}")
        for period, summary in b.periods.items():
            lines += [f"  {period}: not proved, accepted as legacy: {cell}" for cell in summary.legacy]
        lines += [f"  {word}: {', '.join(steps)}" for word, steps in (("made", b.made), ("reused", b.reused)) if steps]
        lines += [f"  {period}: a new vintage, to be proposed with a public reason" for period in b.reissued]
    reason = " --new-vintage REASON" if any(b.reissued for b in built) else ""
    lines.append(f"ready to be released: seuil release propose --workspace {workspace} --archive ARCHIVE{reason}")
    show(content, lines, as_json=json)
    return 0
