"""The arithmetic of what is published. Whole numbers in, decimals out; nothing else of the project rounds."""

from fractions import Fraction


def round_half_up(value: int, base: int | None) -> int:
    """`value` to the nearest multiple of `base`, halves up: with base 10, 15 to 24 give 20. None leaves it exact."""
    return value if base is None else (value + base // 2) // base * base


def interval(published: int, base: int | None) -> tuple[int, int]:
    """The whole numbers that `round_half_up` turns into `published`: lowest and highest."""
    return (published, published) if base is None else (published - base // 2, published - base // 2 + base - 1)


def quotient(numerator: int, denominator: int, decimals: int, times: int = 1) -> float | None:
    """`times` x numerator / denominator of *published* figures, halves away from 0; None where the denominator is 0.

    The double that is nearest to the exact decimal: whole numbers all the way, so that no size of figures misleads.
    """
    if denominator == 0:
        return None
    scale = 10**decimals
    whole, rest = divmod(abs(numerator) * times * scale, abs(denominator))
    size = whole + (2 * rest >= abs(denominator))
    return float(Fraction(size if (numerator < 0) == (denominator < 0) else -size, scale))
