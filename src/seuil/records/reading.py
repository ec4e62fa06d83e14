"""A file of records: looked through once, then read period by period, each row as one of its unit.

Who a unit is stands in `_unit`. Where all that is kept is in the memory of this process, that is the identifier itself.
Anywhere else it is a pseudonym, made in the first statement that touches a row: this does nothing but select, neither
join nor group, nothing that the engine could write down before the identifier is gone.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from pathlib import Path

import ibis.expr.types as ir

from seuil.model.record_files import RecordFile
from seuil.records import reasons
from seuil.records.door import is_known, pseudonym
from seuil.records.engines.engine import Engine
from seuil.records.values import as_text, is_period, is_tidy


@dataclass(frozen=True)
class Reading:
    """What was seen of a file, and its rows that have an identifier.

    rows: how many it has. set_aside: those without an identifier, and those of other periods. table: `_unit`,
    `_period` and the columns that were asked for. keep: makes a table of rows, where they are better not read again.
    """

    rows: int
    set_aside: Counter[str]
    table: ir.Table
    keep: Callable[[ir.Table], ir.Table]

    def of(self, period: int) -> ir.Table:
        """The rows of a period, without `_period`."""
        return self.keep(self.table.filter(is_period(self.table["_period"], period)).drop("_period"))


def read(
    engine: Engine, folder: Path, name: str, spec: RecordFile, raw: Mapping[str, str], periods: Sequence[int], door: str
) -> Reading:
    """Look through a file. name: what the engine may call its rows. raw: the file's columns by our names.

    Raises DataError where the file or a column is missing, or can't be read.
    """
    opened = engine.open(folder, spec, [spec.identifier, spec.period, *raw.values()])
    source = opened.table
    identifier, known = source[spec.identifier], is_known(source[spec.identifier])
    ours = reduce(or_, (is_period(source[spec.period], period) for period in periods)).fill_null(False)
    aside: Counter[str] = Counter()
    with engine.no_values_in_errors(engine.place(folder, spec), lambda: engine.find_fault(folder, spec)):
        tidy = is_tidy(identifier)
        n, untidy, other = engine.numbers(source, source.count(), (~tidy).sum(), (~ours).sum())
        # In most files all identifiers are tidy: then no statement looks again, row by row, for what isn't there.
        if untidy:
            nobody, other = engine.numbers(source, (~known).sum(), (known & ~ours).sum())
            aside[reasons.NO_IDENTIFIER] = nobody
            source = source.filter(known)
        aside[reasons.OTHER_PERIOD] = other
        unit = as_text(source[spec.identifier], tidy=not untidy)
        if not engine.in_memory:
            unit = pseudonym(unit, door)
        columns = {ours: source[column] for ours, column in raw.items()}
        table = source.select(_unit=unit, _period=source[spec.period], **columns)
    again = opened.cheap and engine.in_memory
    return Reading(n, +aside, table, (lambda rows: rows) if again else partial(engine.keep, f"entered_{name}"))
