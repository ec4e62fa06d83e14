"""How the codes of dimensions are written in rows: columns of levels, and codes that stand for the total."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.disclosure.arrays import Ints
from seuil.model.definition import TOTAL
from seuil.model.hints import date_of, is_whole_date, look_alike
from seuil.tables.frame_input import InputTable
from seuil.tables.totals import with_totals


@dataclass(frozen=True)
class Paths:
    """The distinct rows of the columns of a dimension's levels, each down to its finest code that is no total.

    number: (rows,) which path a row is. totals: codes of the total that were found.
    """

    paths: list[tuple[str, ...]]
    number: Ints
    totals: tuple[str, ...]


def paths_of(columns: Sequence[pa.StringArray]) -> tuple[list[tuple[str, ...]], Ints]:
    """The distinct rows of some columns of text, and which of them each row is."""
    encoded = [c.dictionary_encode() for c in columns]
    codes = np.stack([np.asarray(e.indices.to_numpy(), dtype=np.int64) for e in encoded])
    shape = tuple(max(len(e.dictionary), 1) for e in encoded)
    found, number = np.unique(np.ravel_multi_index(tuple(codes), shape), return_inverse=True)
    words = [e.dictionary.to_pylist() for e in encoded]
    split = np.unravel_index(found, shape)
    paths = [tuple(words[k][int(i)] for k, i in enumerate(row)) for row in zip(*split, strict=True)]
    return paths, np.asarray(number, dtype=np.int64)


def level_paths(given: InputTable, levels: Sequence[str], totals: Sequence[str]) -> Paths:
    """The paths of a dimension that is written in a column a level. totals: codes that stand for its total.

    Raises DataError where a code stands below a total.
    """
    for level in levels:
        refuse_unlike(given, level, given.texts(level))
    read = [coded(given, level, totals) for level in levels]
    paths, number = paths_of([texts for texts, _ in read])
    cut = [path[: path.index(TOTAL)] if TOTAL in path else path for path in paths]
    for path, kept in zip(paths, cut, strict=True):
        if any(code != TOTAL for code in path[len(kept) :]):
            raise given.fail(", ".join(levels), f"a code below {TOTAL}", f"{TOTAL} at every finer level too")
    return Paths(cut, number, tuple(dict.fromkeys(code for _, found in read for code in found)))


def coded(given: InputTable, column: str, totals: Sequence[str]) -> tuple[pa.StringArray, tuple[str, ...]]:
    """A column of codes with `TOTAL` for the total, and the codes of the total that were found."""
    texts = given.texts(column)
    refuse_dates(given, column, texts)
    codes = set(pc.unique(texts).to_pylist())
    return with_totals(texts, totals), tuple(code for code in totals if code in codes)


def refuse_dates(given: InputTable, column: str, texts: pa.StringArray) -> None:
    """Raise DataError for a code that a spreadsheet made a date of, among ranges such as 00-04."""
    codes = pc.unique(texts).to_pylist()
    among_ranges = any(re.fullmatch(r"\d+-\d+", code) for code in codes)
    for code in codes:
        date = date_of(code, codes) or ("a range of numbers" if among_ranges and is_whole_date(code) else None)
        if date is not None:
            right = f"{date}, which a spreadsheet took for a date: write it back, as text"
            raise given.fail(column, f"in {given.places(_rows(texts, code))} {code!r}", right)


def refuse_unlike(given: InputTable, column: str, texts: pa.StringArray) -> None:
    """Raise DataError for codes that are probably one, in a column that no code list tells the codes of.

    One department in two would be published as two, each with its own small counts. Control characters are no part of
    any code.
    """
    codes = pc.unique(texts).to_pylist()
    strange = next((code for code in codes if any(unicodedata.category(c) == "Cc" for c in code)), None)
    if strange is not None:
        found = f"in {given.places(_rows(texts, strange))} a code with a control character, {strange!r}"
        raise given.fail(column, found, "text that can be seen")
    pair = look_alike(codes)
    if pair is not None:
        places = " and ".join(f"{code!r} in {given.place(int(_rows(texts, code)[0]))}" for code in pair)
        right = "one way to write each code, or a code list (`codes`) with both"
        raise given.fail(column, f"{places}, which look like one code", right)


def _rows(texts: pa.StringArray, code: str) -> Ints:
    return np.flatnonzero(pc.equal(texts, code).to_numpy(zero_copy_only=False))
