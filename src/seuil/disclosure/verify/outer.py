"""Rule 9: the outer bounds that a release tells of its hidden cells, held against bounds found anew."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from seuil.disclosure.proof import UNKNOWN, OuterBounds
from seuil.disclosure.verify.bounds import ANY, Base
from seuil.disclosure.verify.cells import NO_LIMIT
from seuil.disclosure.verify.fault import Fault, index_faults
from seuil.disclosure.verify.inputs import Ints
from seuil.disclosure.verify.known import draw_together

RULE = 9


def outer_faults(base: Base, told: OuterBounds) -> list[Fault]:
    """Faults of the bounds by themselves: of their form, of what they list, and of what the figures don't say."""
    problem = _form(base, told)
    if problem:
        return [Fault(RULE, base.name, "", problem)]
    hidden = np.flatnonzero(base.hidden)
    wrong = {
        "hidden, and no bounds are told": np.setdiff1d(hidden, told.cells),
        "bounds of a cell that is not hidden": np.setdiff1d(told.cells, hidden),
    }
    found = [f for words, index in wrong.items() for f in index_faults(base.layout, RULE, base.name, index, words)]
    return found or list(_too_narrow(base, told))


def within(base: Base, told: OuterBounds) -> Base:
    """The base with these bounds for its tables: none of a proof may be outside."""
    low, high = base.told_low.copy(), base.told_high.copy()
    low.reshape(-1)[told.cells] = told.low
    high.reshape(-1)[told.cells] = _highest(told, ANY)
    return replace(base, told_low=low, told_high=high)


def _form(base: Base, told: OuterBounds) -> str:
    for field, array in vars(told).items():
        if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype != np.int64:
            return f"{field} of the bounds is not a list of int64 numbers"
    if not len(told.cells) == len(told.low) == len(told.high):
        return "cells, low and high of the bounds are not equally long"
    if len(told.cells) and (told.cells[0] < 0 or told.cells[-1] >= base.layout.published.size):
        return "the bounds name a cell that does not exist"
    if (np.diff(told.cells) <= 0).any():
        return "the cells of the bounds are not in ascending order"
    if ((told.high < told.low) & (told.high != UNKNOWN)).any() or (told.low < 0).any():
        return "bounds of which the lowest is negative or above the highest"
    return ""


def _too_narrow(base: Base, told: OuterBounds) -> Iterator[Fault]:
    low, high = implied_bounds(base)
    lowest, highest = low.reshape(-1)[told.cells], high.reshape(-1)[told.cells]
    narrow = (told.low > lowest) | (_highest(told, NO_LIMIT) < highest)
    found = "bounds that do not follow from the published figures, line by line"
    return index_faults(base.layout, RULE, base.name, told.cells[narrow], found)


def implied_bounds(base: Base) -> tuple[Ints, Ints]:
    """(cells) what the published figures leave of every cell, line by line; `NO_LIMIT`: no upper bound."""
    low, high = base.low.copy(), np.minimum(base.high, NO_LIMIT)
    if base.least and not base.layout.zeros_shown:
        # A small implied cell whose figures are all shown would have been protected: readers know the rule.
        low = np.where(base.implied.fixed_cells, np.maximum(low, base.least), low)
    draw_together(base.layout, low, high)
    return low, high


def _highest(told: OuterBounds, none: int) -> Ints:
    return np.where(told.high == UNKNOWN, none, told.high)
