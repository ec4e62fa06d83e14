"""Rule 2: whether a proof is complete and well formed."""

from math import prod

import numpy as np

from seuil.disclosure.proof import Proof
from seuil.disclosure.verify.bounds import Base
from seuil.disclosure.verify.cells import CellLayout
from seuil.disclosure.verify.fault import Fault, index_faults
from seuil.disclosure.verify.inputs import Ints

LARGEST = 1 << 40  # of a number in a table and of a change
ALL = 1 << 60  # of the leaves of a table together, and of the changes of one move: the base and two moves, and two such
# tables beside each other, are safe
RULE = 2


def form_faults(base: Base, proof: Proof) -> list[Fault]:
    """Faults of form; where there are any, the proof can't be read further."""
    problem = _types(proof) or _lengths(base.layout, proof) or _numbers(base.layout, proof)
    return [Fault(RULE, base.name, "", problem)] if problem else _listed(base, proof.cells)


def _listed(base: Base, cells: Ints) -> list[Fault]:
    listed, times = np.unique(cells, return_counts=True)
    asked = base.to_prove
    wrong = {
        "to be proved, and not listed": np.setdiff1d(asked, listed),
        "listed, though it is not hidden": np.setdiff1d(listed, asked),
        "listed more than once": listed[times > 1],
    }
    return [f for found, index in wrong.items() for f in index_faults(base.layout, RULE, base.name, index, found)]


def _types(proof: Proof) -> str:
    for field, array in vars(proof).items():
        if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype != np.int64:
            return f"{field} is not a list of int64 numbers"
    return ""


def _lengths(layout: CellLayout, proof: Proof) -> str:
    variables = variable_count(layout)
    if len(proof.base) != variables:
        return f"a base table of {len(proof.base)} numbers; there are {variables} leaves"
    if not len(proof.cells) == len(proof.low) == len(proof.high):
        return "cells, low and high are not equally long"
    if len(proof.move_variable) != len(proof.move_change):
        return "move_variable and move_change are not equally long"
    start = proof.move_start
    if len(start) == 0 or start[0] != 0 or start[-1] != len(proof.move_variable) or (np.diff(start) < 0).any():
        return "move_start is not offsets into move_variable"
    if len(proof.move_from) != len(start) - 1:
        return "move_from does not say of every move where it starts"
    return ""


def _numbers(layout: CellLayout, proof: Proof) -> str:
    cells = layout.published.size + len(layout.overlaps) * (layout.published.size // layout.shape[0])
    for field, highest in (("move_variable", len(proof.base)), ("cells", cells)):
        if not _within(getattr(proof, field), 0, highest - 1):
            return f"{field} holds a number outside 0 to {highest - 1}"
    for field in ("low", "high"):
        if not _within(getattr(proof, field), 0, len(proof.move_start) - 1):
            return f"{field} holds the number of a table that does not exist"
    if not _earlier(proof.move_from):
        return "move_from holds another number than 0 or that of an earlier table that starts from the base"
    # A cell adds as many numbers as there are leaves, or changes in the longest move, at most.
    added = max(len(proof.base), int(np.diff(proof.move_start).max(initial=0)), 1)
    largest = min(LARGEST, ALL // added)
    for field in ("base", "move_change"):
        if not _within(getattr(proof, field), -largest, largest):
            return f"{field} holds a number beyond {largest:,}, and {added:,} of them might be added up"
    return ""


def _earlier(origin: Ints) -> bool:
    """Whether every move starts from the base, or from an earlier table that does."""
    if (origin < 0).any() or (origin > np.arange(len(origin))).any():
        return False
    return not origin[origin[origin > 0] - 1].any()


def _within(numbers: Ints, low: int, high: int) -> bool:
    return len(numbers) == 0 or (low <= int(numbers.min()) and int(numbers.max()) <= high)


def variable_count(layout: CellLayout) -> int:
    """How many leaves there are in all slices together."""
    return layout.shape[0] * prod(len(axis.leaves) for axis in layout.axes)
