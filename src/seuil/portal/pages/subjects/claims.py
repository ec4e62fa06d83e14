"""What published figures prove of two of them: which is higher, and by how much at least and at most.

A claim is made only if it holds for every pair of values in the two ranges. Its numbers are rounded outwards: the least
down, the most up.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from seuil.portal.pages.locale import Locale
from seuil.portal.pages.subjects.phrasing import as_in, than
from seuil.portal.pages.subjects.ranges import Range

Relation = Literal["more", "less", "same", "unclear"]
_MANY = 2
"""From this factor on a multiple is easier to read than per cent."""


@dataclass(frozen=True)
class Claim:
    """How one figure lies to another.

    least, most: bounds of the first divided by the second; None where there is none.
    """

    relation: Relation
    least: Fraction
    most: Fraction | None

    @property
    def proved(self) -> bool:
        """Whether something is known of which is higher."""
        return self.relation != "unclear"


def compare(one: Range, other: Range) -> Claim:
    """What is sure about `one` beside `other`."""
    least = Fraction(0) if not other.high else one.low / other.high
    most = None if one.high is None or other.low == 0 else one.high / other.low
    if one.above(other):
        return Claim("more", least, most)
    if other.above(one):
        return Claim("less", least, most)
    if one.exact and one == other:
        return Claim("same", least, most)
    return Claim("unclear", least, most)


def by_how_much(claim: Claim, locale: Locale) -> str:
    """The size of a proved difference: `12 to 15 % more`, `2.1 to 2.3 times as much`; empty where none is known."""
    if claim.relation == "more":
        if claim.most is not None and claim.least >= _MANY:
            low, high = _tenths(claim.least, up=False, locale=locale), _tenths(claim.most, up=True, locale=locale)
            if low == high:
                return locale.gettext("%(times)s times as much", times=low)
            return locale.gettext("%(low)s to %(high)s times as much", low=low, high=high)
        return _percent(claim.least - 1, None if claim.most is None else claim.most - 1, locale, more=True)
    if claim.relation == "less" and claim.most is not None:
        return _percent(1 - claim.most, 1 - claim.least, locale, more=False)
    return ""


def _percent(least: Fraction, most: Fraction | None, locale: Locale, *, more: bool) -> str:
    low = math.floor(least * 100)
    if most is None:
        text = locale.gettext("at least %(low)s %%", low=locale.number(low))
    else:
        high = math.ceil(most * 100)
        if low == high:
            text = locale.gettext("%(much)s %%", much=locale.number(low))
        elif low == 0:
            text = locale.gettext("at most %(high)s %%", high=locale.number(high))
        else:
            text = locale.gettext("%(low)s to %(high)s %%", low=locale.number(low), high=locale.number(high))
    return locale.gettext("%(much)s more", much=text) if more else locale.gettext("%(much)s less", much=text)


def _tenths(value: Fraction, *, up: bool, locale: Locale) -> str:
    tenths = math.ceil(value * 10) if up else math.floor(value * 10)
    return locale.number(tenths / 10, 1)


def beside(claim: Claim, other: str, locale: Locale) -> str:
    """A figure beside that of another place or condition, as a sentence. other: as it is named, `in France`."""
    match claim.relation:
        case "more":
            return locale.gettext(
                "Higher %(than)s: %(much)s.", than=than(other, locale), much=by_how_much(claim, locale)
            )
        case "less":
            return locale.gettext(
                "Lower %(than)s: %(much)s.", than=than(other, locale), much=by_how_much(claim, locale)
            )
        case "same":
            return locale.gettext("The same %(as_there)s.", as_there=as_in(other, locale))
        case "unclear":
            return locale.gettext(
                "Rounding does not tell whether it is higher or lower %(than)s.", than=than(other, locale)
            )


def since(claim: Claim, period: str, locale: Locale) -> str:
    """A figure beside what it was, as a sentence. period: the earlier one."""
    match claim.relation:
        case "more":
            return locale.gettext("Up since %(period)s: %(much)s.", period=period, much=by_how_much(claim, locale))
        case "less":
            return locale.gettext("Down since %(period)s: %(much)s.", period=period, much=by_how_much(claim, locale))
        case "same":
            return locale.gettext("The same as in %(period)s.", period=period)
        case "unclear":
            return locale.gettext("Rounding does not tell whether it rose or fell since %(period)s.", period=period)
