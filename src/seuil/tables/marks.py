"""Which rows of a published table are hidden: by the text in place of the figure, or by a column of flags."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.disclosure.arrays import Bools
from seuil.model.errors import DataError
from seuil.tables.frame_input import LONGEST, InputTable

SHOWS = ("0", "false", "no", "non", "n", "published", "shown")
HIDES = ("1", "true", "yes", "oui", "y", "o", "hidden", "suppressed", "primary", "secondary", "ns")
"""Values of a flag, in small letters, that show and that hide where nothing else is said. Nothing at all shows."""
NAMED_VALUES = 10


def marked(given: InputTable, column: str, words: Sequence[str]) -> Bools:
    """(rows,) where a column holds nothing, or one of `words`."""
    texts = given.words(column)
    is_word = pc.is_in(texts, value_set=pa.array([word.strip() for word in words], pa.string()))
    return np.asarray(pc.or_(pc.is_null(texts), is_word).to_numpy(zero_copy_only=False), dtype=np.bool_)


def flagged(given: InputTable, flag: str) -> Bools:
    """(rows,) that a flag hides. flag: `COLUMN=VALUES` with those that hide, commas between them, or `COLUMN` alone.

    Raises DataError, with the values that were found, where they don't say what is hidden.
    """
    column, equals, said = (flag, "", "") if flag in given.columns else flag.partition("=")
    texts = given.words(column)
    values = sorted(value for value in pc.unique(texts).to_pylist() if value is not None)
    if equals:
        hides = [value.strip() for value in said.split(",")]
        strange = [value for value in hides if value not in values]
        if strange:
            raise _fail(given, column, f"no row is {', '.join(map(repr, strange))}", values)
    else:
        strange = [value for value in values if value.lower() not in (*SHOWS, *HIDES)]
        if strange:
            raise _fail(given, column, "values of which it is not known whether they hide", values)
        hides = [value for value in values if value.lower() in HIDES]
    found = np.asarray(pc.is_in(texts, value_set=pa.array(hides, pa.string())).to_numpy(zero_copy_only=False))
    if len(found) and found.all():
        raise _fail(given, column, "a flag that hides every row", values)
    return np.asarray(found, dtype=np.bool_)


def _fail(given: InputTable, column: str, found: str, values: Sequence[str]) -> DataError:
    told = ", ".join(value[:LONGEST] for value in values[:NAMED_VALUES]) or "nothing"
    told += ", ..." if len(values) > NAMED_VALUES else ""
    return given.fail(column, f"{found} (it holds {told})", f"--flag {column}=VALUES, with those that hide")
