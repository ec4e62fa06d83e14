"""Protect one period of leaves that were counted elsewhere, without a workspace."""

from pathlib import Path

from seuil.figures.periods import of_period
from seuil.model.dataset import read_dataset
from seuil.model.errors import UsageError
from seuil.model.parts import protection_part
from seuil.workflow import fingerprint as fingerprints
from seuil.workflow.period import SUMMARY, Summary, protect_period
from seuil.workflow.progress import Tell


def protect_alone(leaves: Path, definition: Path, period: int, out: Path, secret: bytes, tell: Tell) -> Summary:
    """Protect, audit and verify a period into the folder `out`. Raises as `protect_period` does.

    UsageError if the dataset was published elsewhere, or if `out` is a folder that holds something else.
    """
    dataset = of_period(read_dataset(definition), period)
    if dataset.definition.source != "records":
        raise UsageError(f"{dataset.id} was published elsewhere: there is nothing to protect")
    if out.exists() and any(out.iterdir()) and not (out / SUMMARY).exists():
        raise UsageError(f"{out}: holds something else; expected a new folder, or that of an earlier run")
    fingerprint = fingerprints.fingerprint(
        definition=protection_part(dataset, period), leaves=fingerprints.file_hash(leaves)
    )
    return protect_period(definition, period, leaves, secret, out.absolute(), fingerprint, None, tell)
