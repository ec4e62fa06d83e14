"""`seuil check`: a definition and its code lists, and records or a published table against them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from seuil.cli.output import Json, number, show


def check(
    definition: Annotated[Path, typer.Argument(help="The definition of a dataset.", metavar="DEF")],
    records: Annotated[Path | None, typer.Option(help="The folder of the records, to be checked too.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The publication policy to hold it against.")] = None,
    scratch: Annotated[Path | None, typer.Option(help="Confidential folder for what is counted, then deleted.")] = None,
    json: Json = False,
) -> int:
    """Check a definition with its code lists and against the publication policy, and the records that it is made from.

    Errors name file, line and field. The policy is the `policy.yaml` beside the definition or in the folder above, or
    the built-in one, unless --policy names another. With --records the rows are counted: which are set aside and why,
    which go to an unknown leaf, and which combinations have nobody and may be declared empty, if there is a public
    reason. The output is then as confidential as the records. A table that was published elsewhere is read as `build`
    will read it. Exit code 1 if rows don't count or the definition can't stand.

    Example: seuil check definitions/patients/patients.yaml --records /secure/records
    """
    from seuil.cli.screen import watching
    from seuil.workflow.dataset_check import check_dataset

    with watching() as tell:
        checked = check_dataset(definition, records, policy=policy, scratch=scratch, tell=tell)
    problems = any(finding.kind == "problem" for finding in checked.findings)
    content = asdict(checked) | {"ok": not problems}
    cells = ", ".join(f"{number(cells)} in {period}" for period, cells in checked.cells.items())
    lines = [f"{checked.dataset}: definition and code lists are valid; figures to publish: {cells}"]
    lines.append(f"  keeps {checked.policy or 'the built-in publication policy'}")
    lines += [f"  exception to it, for a public reason: {field}" for field in checked.exceptions]
    lines += [f"  {finding.kind}: {finding.where}: {finding.what}" for finding in checked.findings]
    if checked.read and not checked.findings:
        lines.append(f"  nothing to say of {checked.read}")
    show(content, lines, as_json=json)
    return 1 if problems else 0
