"""How large a figure may be: limits of the arithmetic, named before any work is done."""

PARTS = 10_000
"""Amounts are read, added and compared in so many parts of their unit, and rounded to it once, when published."""
LARGEST_FIGURE = 1 << 40  # sums of such figures, and of their multiples in a proof, can't overflow
ABOVE_LIMIT = (
    f"the total is {LARGEST_FIGURE:,} (2^40) or more, and no figure may be; expected larger units, such as whole euros "
    "in place of cents (in records: `times` of the amount)"
)
