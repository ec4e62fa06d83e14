"""Choose a pattern, publish the figures, and have them audited; hide more until all is proved (confidential).

The choice may use the truth to be thrifty and fast; the audit sees public figures alone and decides. What it can't
prove goes back as cells to be widened. So a fault of the choice costs figures, never safety.

Counts come first, since a sum is hidden wherever its count is. Bases are audited together, and widened together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.audit import Audit, audit, unproved
from seuil.disclosure.constraints.external import refusal
from seuil.disclosure.constraints.problem import COUNT
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress import Price, Suppression, suppress
from seuil.disclosure.suppress.true_table import TrueTable, count_truth, sum_truth

NOT_KNOWN = "the counts don't fit what is known, or declared empty"
THE_SAME = "figures of these very counts"
LEAVE_OUT = "to leave these cells out of the wishes"
ACCEPT = "not to publish them, or to list them as known with `legacy: true` (they stay hidden, without a proof)"

Auditor = Callable[[Figures], Audit]


@dataclass(frozen=True)
class Protected:
    """What is to be published and its audit; confidential beside it, by base: how many cells are small and hidden.

    narrow: hidden sums whose range does not reach `p_percent` below and above what they are. prices: what hiding cost.
    """

    figures: Figures
    audit: Audit
    small: Mapping[str, int]
    hidden: Mapping[str, int]
    narrow: Mapping[str, Ints]
    prices: Mapping[str, Price]

    @property
    def safe(self) -> bool:
        """Whether it may be published: every hidden cell is proved, and every hidden sum wide enough."""
        return self.audit.safe and not any(len(cells) for cells in self.narrow.values())


def protect(cube: Cube, secret: bytes, *, auditor: Auditor = audit, progress: Progress | None = None) -> Protected:
    """Protect one cube. Where the result is not `safe`, nothing of the cube may be published.

    auditor: sees the figures to be published and nothing else; `audit` itself, or one that runs it elsewhere. Raises
    DisclosureError where a wish asks for a small count to be shown, or where figures known from elsewhere don't fit the
    counts or disclose hidden ones.
    """
    truths: dict[str, TrueTable] = {COUNT: count_truth(cube)}
    _refuse(truths[COUNT])
    judge = partial(unproved, progress=progress)
    chosen = {COUNT: suppress(truths[COUNT], secret, judge=judge, progress=progress)}
    for name in cube.sums:
        truths[name] = sum_truth(cube, name, chosen[COUNT].hidden)
        chosen[name] = suppress_sum(truths[name], secret, progress)
    first, audits = chosen[COUNT].price, tuning.TUNING.suppress.audits
    for attempt in range(audits):
        hidden = {name: c.hidden for name, c in chosen.items()}
        figures = publish(cube, _pattern(cube, hidden))
        result = auditor(figures)
        if result.safe or attempt == audits - 1:
            break
        for name in chosen:
            if name != COUNT:  # what is newly hidden of the counts is small for the sums
                truths[name] = sum_truth(cube, name, chosen[COUNT].hidden)
            chosen[name] = suppress(
                truths[name],
                secret,
                hidden=hidden[name],
                unproved=np.concatenate([result.exposed[name], result.undecided[name]]),
                progress=progress,
            )
    prices = {name: pattern.price for name, pattern in chosen.items()}
    # A pattern that was widened is no bound for others.
    prices[COUNT] = replace(prices[COUNT], least_number=first.least_number, least_cost=first.least_cost)
    return Protected(
        figures,
        result,
        {name: int((truth.small & truth.grid.published.ravel()).sum()) for name, truth in truths.items()},
        {name: int(pattern.sum()) for name, pattern in hidden.items()},
        {name: chosen[name].unproved for name in cube.sums},
        prices,
    )


def suppress_sum(truth: TrueTable, secret: bytes, progress: Progress | None) -> Suppression:
    """The cheaper one of two patterns in which every sum is proved, if a few draws of the ties give any; else the last.

    What a sum's pattern hides depends on the draw far more than a count's: large sums are hard to move by p%, and where
    one is chosen that can't, all that is hidden for it is in vain.
    """
    t = tuning.TUNING.suppress
    wide: list[Suppression] = []
    for draw in range(t.draws_of_sums):
        found = suppress(truth, secret + bytes([draw]), progress=progress)
        if not len(found.unproved):
            wide.append(found)
        if len(wide) == t.good_draws_of_sums:
            break
    return min(wide, key=lambda one: one.price.cost) if wide else found


def _refuse(truth: TrueTable) -> None:
    """Raise DisclosureError where what is known or wished can't be reconciled with the counts or with the threshold."""
    grid, published = truth.grid, truth.grid.published.ravel()
    known = truth.problem(np.zeros(published.size, np.bool_)).implied.known
    shown, earlier = grid.asked("shown").ravel(), grid.elsewhere.hidden.ravel()
    zero_shown = grid.zeros_shown & (truth.values == 0)
    hidden = truth.small | ((grid.asked("hidden").ravel() | earlier) & ~zero_shown)
    for cells, found, expected in (
        ((truth.values < known.low) | (truth.values > known.high), NOT_KNOWN, THE_SAME),
        (shown & truth.small, "wishes ask for counts to be shown that are too small", LEAVE_OUT),
        (shown & earlier, "wishes ask for counts to be shown that an earlier release hides", LEAVE_OUT),
        (hidden & published & known.narrow & ~known.excused, "what is known tells too much of hidden counts", ACCEPT),
    ):
        if cells.any():
            raise refusal(grid, cells, found, expected)


def _pattern(cube: Cube, hidden: Mapping[str, Bools]) -> Pattern:
    sums = {name: h.reshape(cube.grid.grids[name].shape) for name, h in hidden.items() if name != COUNT}
    return Pattern(hidden[COUNT].reshape(cube.grid.shape), sums)
