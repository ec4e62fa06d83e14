"""How a figure is written in a table that was published elsewhere."""

import re
from dataclasses import dataclass

from seuil.figures.values import ND, NS, SHOWN

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]+)?")


@dataclass(frozen=True)
class Marks:
    """The texts that stand for a hidden figure and for one that there isn't."""

    hidden: tuple[str, ...]
    missing: tuple[str, ...]

    def read(self, text: str) -> tuple[float, int] | None:
        """Number and status of a figure, the number 0 where it isn't shown; None if the text is none of all that."""
        if text in self.hidden:
            return 0.0, NS
        if text in self.missing:
            return 0.0, ND
        return (float(text.replace(",", ".")), SHOWN) if _NUMBER.fullmatch(text) else None

    def __str__(self) -> str:
        hidden = " or ".join(map(repr, self.hidden)) or "nothing"
        missing = " or ".join(map(repr, self.missing)) or "nothing"
        return f"{hidden} where it is hidden, {missing} where there is none"
