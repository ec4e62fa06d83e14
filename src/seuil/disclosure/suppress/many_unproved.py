"""What is done when very many hidden cells stay unproved (confidential; docs/decisions/0013-crowds.md).

In tables that are mostly hidden, what holds a cell is spread over too many others to be found by a certificate, and
hidden counts of 1 and 2 have little room to fall. But what is hidden for some cells lets most others go too. So
candidates are hidden for a random sample of the unproved cells, all are looked at again, and so on, at falling prices.

Cost: one look at the pattern for each sample; with all 33 linked professions some minutes to an hour.
"""

import math
from collections.abc import Callable

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Ints
from seuil.disclosure.tuning import PriceLevel


def are_many(unproved: int, cells: int, share: float, *, few: bool = False) -> bool:
    """Whether so many of the cells to be proved are unproved that to ask of each what holds it takes too long.

    few: it does in this table, though they may be few.
    """
    t = tuning.TUNING.suppress
    return unproved > max(t.sample_least if few else t.many_unproved, share * cells)


def stop(unproved: int, before: float, *, few: bool = False) -> bool:
    """Whether greater efforts are not made for cells that an effort left unproved. before: how many it began with.

    few: as of `are_many`.
    """
    t = tuning.TUNING.suppress
    return unproved > min(t.very_many, max(t.sample_least if few else t.many_unproved, t.stop_share * before))


def hide_for_samples(
    unproved: Ints,
    random: np.random.Generator,
    hide_for: Callable[[Ints, PriceLevel, int], None],
    look: Callable[[Ints], Ints],
) -> Ints:
    """Hide candidates for a sample of very many unproved cells at a time until few are left; returns these.

    hide_for: hides what some of them need, at a price level and its number. look: what is unproved of some cells now.
    """
    t = tuning.TUNING.suppress
    for number, level in enumerate(t.price_levels_of_many):
        freed, sample = math.inf, unproved[:0]
        # A level is left as soon as what it hides frees few others: then candidates at a lower price are found for
        # cells that found none, where more of the same would only hide more.
        while len(unproved) > t.sample_least and freed >= t.freed_share * len(sample):
            before = len(unproved)
            share = t.sample_share_of_very_many if before > t.very_many else t.sample_share
            sample = random.permutation(unproved)[: max(t.sample_least, int(share * before))]
            hide_for(sample, level, number)
            unproved = look(unproved)
            freed = before - len(unproved)
    return unproved
