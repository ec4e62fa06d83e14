"""The arithmetic of what is published. Whole numbers in, decimals out; nothing else of the project rounds."""

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: int, base: int | None) -> int:
    """`value` to the nearest multiple of `base`, halves up: with base 10, 15 to 24 give 20. None leaves it exact."""
    return value if base is None else (value + base // 2) // base * base


def interval(published: int, base: int | None) -> tuple[int, int]:
    """The whole numbers that `round_half_up` turns into `published`: lowest and highest."""
    return (published, published) if base is None else (published - base // 2, published - base // 2 + base - 1)


def quotient(numerator: int, denominator: int, decimals: int, times: int = 1) -> float | None:
    """`times` x numerator / denominator of *published* figures, halves up; None where the denominator is 0."""
    if denominator == 0:
        return None
    exact = Decimal(numerator) * times / Decimal(denominator)
    return float(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
