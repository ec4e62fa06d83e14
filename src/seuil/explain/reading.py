"""What was read of a table: the first line of every verdict, so that a misreading is seen before the verdict is."""

from collections.abc import Mapping
from dataclasses import dataclass

NAMED = 5


@dataclass(frozen=True)
class Reading:
    """What was found in the rows of a table.

    leaves: combinations of finest codes with a row of their own. totals: by dimension the codes that were read as its
    total, as they are written; total_rows: rows that stand at one, or at a code that others are below. added_up: rows
    that share their combination with another one. shown, hidden: figures of the published table.
    """

    rows: int
    leaves: int
    totals: Mapping[str, tuple[str, ...]]
    total_rows: int
    added_up: int
    shown: int
    hidden: int

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        counts = {"rows": self.rows, "leaves": self.leaves, "total_rows": self.total_rows, "added_up": self.added_up}
        totals = {name: list(codes) for name, codes in self.totals.items()}
        return counts | {"totals": totals, "shown": self.shown, "hidden": self.hidden}

    def __str__(self) -> str:
        totals = ", ".join(f"{name} {_codes(codes)}" for name, codes in self.totals.items())
        return (
            f"read: {_number(self.rows, 'row')}, {_number(self.leaves, 'leaf', 'leaves')}, "
            f"{_number(self.total_rows, 'row')} of totals ({totals}), {_number(self.added_up, 'row')} added up; "
            f"{_number(self.shown, 'figure')} shown, {self.hidden:,} hidden"
        )


def _number(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def _codes(codes: tuple[str, ...]) -> str:
    return ("/".join(codes[:NAMED]) + ("..." if len(codes) > NAMED else "")) if codes else "none"
