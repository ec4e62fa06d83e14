"""What an attack on a published table finds: a verdict for every hidden cell, and why those that fail do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from seuil.disclosure.arrays import Ints
from seuil.disclosure.proof import Proof
from seuil.explain.bounds import BoundPair
from seuil.explain.contradictions import Contradiction
from seuil.explain.facts import Facts
from seuil.explain.likelihood import Guess, guess
from seuil.explain.reading import Reading
from seuil.model.cells import CellNames

Reason = Literal["shown", "follows", "alone", "sum", "cases", "whole numbers", "lines"]


@dataclass(frozen=True)
class Exposure:
    """Why a target is exposed, and the range that it is held in.

    held: the sum that does it. cases: for each cell that may be the small one, the range that it leaves.
    """

    target: int
    reason: Reason
    low: int
    high: int | None
    held: BoundPair | None = None
    cases: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Interval:
    """Feasible bounds of a hidden target; high is None where nothing limits it. by: how they were found."""

    target: int
    low: int
    high: int | None
    by: Literal["LP", "whole numbers"]


@dataclass(frozen=True)
class Verdict:
    """What was found. safe, undecided: targets (numbered as in a proof). exposed, intervals: by target.

    proof: of what `disclosure.audit` proved, for `verify`; empty where the table doesn't keep to its rules.
    reading: what was found in the rows of a table by hand. left_out: lines that contradict each other.
    """

    facts: Facts
    safe: Ints
    exposed: Mapping[int, Exposure]
    undecided: Ints
    intervals: Mapping[int, Interval]
    proof: Mapping[str, Proof]
    reading: Reading | None = None
    left_out: tuple[Contradiction, ...] = ()

    @property
    def layout(self) -> CellNames:
        """How cells are written."""
        return self.facts.names

    @property
    def is_safe(self) -> bool:
        """Whether every hidden cell is proved or accepted as legacy, no small one shown, and all lines add up."""
        return not self.exposed and not len(self.undecided) and not self.left_out and not self.facts.misfits

    @cached_property
    def guess(self) -> Guess:
        """What a fit to the shown figures says of the hidden ones."""
        return guess(self.facts.figures)

    @cached_property
    def verdicts(self) -> dict[int, str]:
        """Verdict by target, in the order of rows."""
        found = dict.fromkeys(self.safe.tolist(), "safe")
        found |= dict.fromkeys(self.facts.legacy.tolist(), "legacy")
        found |= dict.fromkeys(self.undecided.tolist(), "undecided") | dict.fromkeys(self.exposed, "exposed")
        size = self.facts.size
        order = {t: (0, self.layout.nodes(t)) if t < size else (1, (t,)) for t in found}
        return dict(sorted(found.items(), key=lambda item: order[item[0]]))
