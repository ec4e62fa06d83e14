"""`seuil check`: a definition and its code lists, and records or a published table against them."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seuil.cli.engine import Engine, Memory, Threads
from seuil.cli.output import Json, number, show, table

if TYPE_CHECKING:
    from seuil.workflow.dataset_check import CheckedDataset


def check(
    definition: Annotated[Path, typer.Argument(help="The definition of a dataset.", metavar="DEF")],
    records: Annotated[Path | None, typer.Option(help="The folder of the records, to be checked too.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The publication policy to hold it against.")] = None,
    scratch: Annotated[Path | None, typer.Option(help="Confidential folder for what is counted, then deleted.")] = None,
    engine: Engine = None,
    memory: Memory = None,
    threads: Threads = None,
    json: Json = False,
) -> int:
    """Check a definition with its code lists and against the publication policy, and the records that it is made from.

    Errors name file, line and field. The policy is the `policy.yaml` beside the definition or in the folder above, or
    the built-in one, unless --policy names another. With --records the rows are counted: which are set aside and why,
    which go to an unknown leaf, which combinations have nobody and may be declared empty, if there is a public reason,
    and how many figures will be hidden at least, by level and threshold. The output is then as confidential as the
    records. A table that was published elsewhere is read as `build` will read it. Exit code 1 if rows don't count or
    the definition is not valid.

    Example: seuil check definitions/effectifs/effectifs.yaml --records /secure/records
    """
    from seuil.cli.screen import watching
    from seuil.workflow.counting import counting_of
    from seuil.workflow.dataset_check import check_dataset

    how = counting_of(engine, memory, threads)
    with watching() as tell:
        checked = check_dataset(definition, records, policy=policy, scratch=scratch, how=how, tell=tell)
    problems = any(finding.kind == "problem" for finding in checked.findings)
    content = asdict(checked) | {"ok": not problems}
    lines = [f"{checked.dataset}: definition and code lists are valid; figures to publish: {_cells(checked.cells)}"]
    lines.append(f"  keeps {checked.policy or 'the built-in publication policy'}")
    lines += [f"  exception to it, for a public reason: {field}" for field in checked.exceptions]
    lines += [f"  {finding.kind}: {finding.where}: {finding.what}" for finding in checked.findings]
    lines += _small(checked)
    if checked.read and not checked.findings:
        lines.append(f"  nothing to say of {checked.read}")
    show(content, lines, as_json=json)
    return 1 if problems else 0


def _cells(cells: Mapping[int, int]) -> str:
    """How many figures there are in each period; periods one after the other that have as many are told together."""
    told = []
    for count, group in groupby(cells, key=cells.__getitem__):
        periods = list(group)
        several = f"each of {number(len(periods))} periods, {periods[0]} to {periods[-1]}"
        told.append(f"{number(count)} in {periods[0] if len(periods) == 1 else several}")
    return ", ".join(told)


def _below(threshold: int, checked: "CheckedDataset") -> str:
    """The head of a threshold's column; the definition's own stands between those that it might be."""
    return f"hidden if below {threshold}" + (" (the threshold)" if threshold == checked.threshold else "")


def _small(checked: "CheckedDataset") -> list[str]:
    """A table for each base: how many figures are small by themselves, in each period and at each level in the last."""
    last = max((one.period for one in checked.small), default=0)
    lines = []
    for base in dict.fromkeys(one.base for one in checked.small):
        told = [one for one in checked.small if one.base == base and (one.period == last or not one.level)]
        told.sort(key=lambda one: one.period)
        head = [base, "figures", *(_below(threshold, checked) for threshold in told[0].hidden)]
        rows = []
        for one in told:
            shares = [f"{number(n)} ({100 * n / one.cells:.1f} %)" if one.cells else "0" for n in one.hidden.values()]
            rows.append(
                [f"  {one.dimension} {one.level}" if one.level else str(one.period), number(one.cells), *shares]
            )
        lines += ["", *table(head, rows)]
    return [*lines, "", "At least these are hidden: they are small. What protects them comes on top."] if lines else []
