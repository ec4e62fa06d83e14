"""The arithmetic of what is published. Whole numbers in, decimals out; nothing else of the project rounds."""

from fractions import Fraction

MOST_DIGITS = 18
"""More are above every 64-bit number; Python itself refuses to read some thousands."""


MOST_DECIMALS = 9
"""How many decimals a figure can have."""


def whole_number(text: str) -> int | None:
    """The number that plain digits write, at most 18 of them; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def round_half_up(value: int, base: int | None) -> int:
    """`value` to the nearest multiple of `base`, halves up: with base 10, 15 to 24 give 20. None leaves it exact."""
    return value if base is None else (value + base // 2) // base * base


def interval(published: int, base: int | None) -> tuple[int, int]:
    """The whole numbers that `round_half_up` turns into `published`: lowest and highest."""
    return (published, published) if base is None else (published - base // 2, published - base // 2 + base - 1)


def quotient(numerator: int, denominator: int, decimals: int, times: int = 1, significant: int = 0) -> float | None:
    """`times` x numerator / denominator of *published* figures, halves away from 0; None where the denominator is 0.

    significant: with fewer significant digits than these it has more decimals, up to `MOST_DECIMALS`. The double that
    is nearest to the exact decimal: whole numbers all the way, so that no size of figures misleads.
    """
    if denominator == 0:
        return None
    for places in range(decimals, MOST_DECIMALS + 1):
        scale = 10**places
        whole, rest = divmod(abs(numerator) * times * scale, abs(denominator))
        size = whole + (2 * rest >= abs(denominator))
        if not significant or numerator == 0 or size * 10 >= 10**significant:
            break
    return float(Fraction(size if (numerator < 0) == (denominator < 0) else -size, scale))
