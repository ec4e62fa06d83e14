"""Totals in the rows of a table: codes that a definition says to be totals, and codes that look like one unsaid.

A total that is taken for a leaf is added to its own parts: twice the people, and small figures told as large ones. So a
code that nothing is said of is refused where

- it is called as totals are (`Ensemble`, `Tous`); or
- it is always the sum of its sisters, more often than chance would have it: see `Evidence`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.disclosure.arrays import Bools, Ints
from seuil.model.definition import TOTAL, Dimension

_SURE = re.compile(
    r"(grand |sous )?(total(e?s)?|totaux|tot)( general| global)?|ens(emble)?|overall|somme|sum|gesamt|insgesamt|"
    r"(tou(s|tes?|t)|all|both|two)( (les |the )?(deux )?(sex|gender|genre|age|categorie|region|departement)e?s?)?|"
    r"(les )?(2|deux)( sexe| genre)s|france entiere"
)
_MAYBE = re.compile(r"0+|9+|t|_t|all|fr|france( .*)?|(total|ensemble|tou(s|tes?|t)|all) .*|.* (total|ensemble)")
LEAST = {"maybe": log(3), "like": log(20), "unlike": log(100)}
"""How strong evidence must be for one candidate, by what its name and its place say; measured as in `evidence`."""


def totals_of(dimension: Dimension, root: str = TOTAL) -> tuple[str, ...]:
    """Codes that stand for a dimension's total in rows. root: the code list's own code of it."""
    return tuple(dict.fromkeys((TOTAL, root, *dimension.total)))


def with_totals(texts: pa.StringArray, codes: Sequence[str]) -> pa.StringArray:
    """A column of codes in which all that stand for the total are `TOTAL`."""
    if tuple(codes) == (TOTAL,):
        return texts
    return pc.if_else(pc.is_in(texts, value_set=pa.array(codes, pa.string())), TOTAL, texts)


def called_a_total(code: str) -> bool:
    """Whether a code is called as totals are, whatever its figures."""
    return _SURE.fullmatch(_plain(code)) is not None


def may_be_called_a_total(code: str) -> bool:
    """Whether a code is called as totals often are, but other things too (9 is `unknown` as well)."""
    return called_a_total(code) or _MAYBE.fullmatch(_plain(code)) is not None


def _plain(code: str) -> str:
    """A code in small letters, without accents, brackets, and what else joins words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", code.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\s\-:/.,;()\[\]*+&]+", " ", bare).strip()


def evidence(sums: Ints, widths: Ints | int = 0, unit: int = 1) -> float:
    """How unlikely it is that figures equal given sums by chance, as the logarithm of one over the likelihood.

    sums: of the sisters, in every combination of the other dimensions. widths: how far from a sum the figure may be
    and still count as equal. unit: what all figures are multiples of. A figure of about the size of s that has nothing
    to do with it is within w of it in about w + 1 of s + 1 cases; where nobody is, 0 equals 0 and tells nothing.
    """
    s, w = np.maximum(sums // unit, 0), np.maximum(widths, 0) // unit
    return float(np.maximum(np.log1p(s) - np.log1p(w), 0).sum())


@dataclass(frozen=True)
class Candidates:
    """Among sisters (at least three), those that always are the sum of others.

    figures: (sisters, combinations of the other dimensions) whole numbers; there: where a sister has a row. codes,
    parent: of the sisters, as they are written. first_seen: their places in the order of rows.
    """

    codes: tuple[str, ...]
    parent: str
    figures: Ints
    there: Bools
    first_seen: Ints

    def of_all(self) -> int | None:
        """The sister that is the sum of all others wherever it has a row; None if there is none, or chance would do."""
        if len(self.codes) < 3:
            return None
        whole = self.figures.sum(axis=0)
        unit = _unit(self.figures)
        some: Bools = np.any(self.figures > 0, axis=1)
        for k in range(len(self.codes)):
            here: Bools = np.asarray(self.there[k], np.bool_)
            own = self.figures[k, here]
            rest = (whole - self.figures[k])[here]
            if np.any(own != rest) or int(some.sum()) - int(some[k]) < 2:
                continue
            found = evidence(rest, 0, unit)
            if self._is_named(k) and evidence(rest) >= LEAST["maybe"]:
                return k
            # A total mostly stands before or after its parts, a code that is one by chance anywhere.
            at_an_end = int(self.first_seen[k]) in (int(self.first_seen.min()), int(self.first_seen.max()))
            if found >= LEAST["unlike"] + log(2 if at_an_end else len(self.codes)):
                return k
        return None

    def of_some(self) -> tuple[int, list[int]] | None:
        """The first sister that is the sum of two or more others that stand together, and which these are.

        In the order of rows, or in that of their codes. What speaks for several such sisters is put together, for
        where there is one region among its departments there are mostly more.
        """
        n = len(self.codes)
        if not 4 <= n <= MOST_SISTERS:
            return None
        unit = _unit(self.figures)
        strength = [evidence(figures, 0, unit) for figures in self.figures]
        for order in (np.argsort(self.first_seen, kind="stable"), np.arange(n)):
            place = np.argsort(order)
            found, surplus = [], 0.0
            for sister, run in self._runs(order, strength):
                beside = place[sister] + 1 == place[run[0]] or place[sister] - 1 == place[run[-1]]
                gained = strength[sister] - (log(2) + 2 * log(n) if beside else 3 * log(n))
                if gained > 0:
                    found.append((sister, run))
                    surplus += gained
            if found and surplus >= LEAST["unlike"]:
                return found[0]
        return None

    def _runs(self, order: Ints, strength: Sequence[float]) -> Iterator[tuple[int, list[int]]]:
        """Sisters that are the sum of a run of others in some order, each with the first such run.

        Prefix sums under a random weight for each combination find runs of equal sum; these are compared in full.
        """
        weight = np.random.default_rng(0).integers(1, 1 << 40, self.figures.shape[1], dtype=np.uint64)
        value = self.figures.astype(np.uint64) @ weight
        before = np.concatenate([[np.uint64(0)], np.cumsum(value[order], dtype=np.uint64)])
        for sister in (k for k in order.tolist() if strength[k] > 0):
            for start in np.flatnonzero(np.isin(before + value[sister], before)).tolist():
                ends = np.flatnonzero(before == before[start : start + 1] + value[sister]).tolist()
                run = next((r for end in ends if self._is_sum(sister, r := order[start:end].tolist())), None)
                if run is not None:
                    yield sister, run
                    break

    def _is_sum(self, sister: int, run: list[int]) -> bool:
        if sister in run or len(run) < 2:
            return False
        some = int((self.figures[run] > 0).any(axis=1).sum())
        return some > 1 and bool((self.figures[run].sum(axis=0) == self.figures[sister]).all())

    def _is_named(self, sister: int) -> bool:
        return may_be_called_a_total(self.codes[sister]) or self.codes[sister] == self.parent


def total_among(codes: Sequence[str], low: Ints, high: Ints, shown: Bools, first_seen: Ints) -> int | None:
    """Among published sisters the one that may well be the total of the others; None if there is none.

    low, high: (sisters, combinations) bounds of what is shown; shown: which are. first_seen: places in the order of
    rows. One that is called as totals often are needs only to be no less than the others together; one that stands
    before or after them all to be about as much; any other needs evidence that no chance would give.
    """
    total_low, total_high = np.where(shown, low, 0).sum(axis=0), np.where(shown, high, 0).sum(axis=0)
    for k, code in enumerate(codes):
        here = shown[k] & (shown.sum(axis=0) > 1)
        least, most = (total_low - low[k])[here], (total_high - high[k])[here]
        whole = shown[:, here].all(axis=0)
        fits = (high[k][here] >= least) & (~whole | (low[k][here] <= most))
        if called_a_total(code):
            return k
        if len(codes) < 3 or not here.any() or not fits.all() or not (least > 0).any():
            continue
        if may_be_called_a_total(code):
            return k
        width = np.where(whole, most - least + high[k][here] - low[k][here], high[k][here] - least)
        at_an_end = int(first_seen[k]) in (int(first_seen.min()), int(first_seen.max()))
        asked = LEAST["like"] if at_an_end else LEAST["unlike"] + log(len(codes))
        if evidence(least, width, _unit(low[shown])) >= asked:
            return k
    return None


MOST_SISTERS = 2_000  # among more, sums of some of them are not looked for


def _unit(figures: Ints) -> int:
    """What all figures are multiples of: counts that are rounded, or made up, equal each other more often."""
    return max(int(np.gcd.reduce(figures.ravel())), 1) if figures.size else 1
