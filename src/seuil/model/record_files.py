"""Where the confidential records are, as a definition says it: files, their columns, and what stands in these."""

from typing import Annotated

from pydantic import AfterValidator, Field

from seuil.model.delimited import Encoding, delimiter_of
from seuil.model.strict import Identifier, Strict

Delimiter = Annotated[str, AfterValidator(delimiter_of)]


class Value(Strict):
    """Where a dimension's code is found: a column; `values` maps what stands there to codes.

    A code list with bands (`low`, `high`) takes the whole part of a number. What fits nothing goes to the unknown leaf,
    or sets the row aside where there is none.
    """

    column: str
    values: dict[str, str] = Field(default_factory=dict)


class SecondUnitColumns(Strict):
    """Of a second unit, where it is found how many there are in a row, and the largest amount of one of them."""

    count: str
    largest: str


class Amount(Strict):
    """Where a sum's amounts are found; they are multiplied by `times` and rounded to whole units."""

    column: str
    times: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    second_unit: SecondUnitColumns | None = None

    @property
    def columns(self) -> list[str]:
        """All columns of the file that it needs."""
        return [self.column, *([self.second_unit.count, self.second_unit.largest] if self.second_unit else [])]


class RecordFile(Strict):
    """A file of records, each of a unit and a period.

    encoding, delimiter: of a CSV file; without a delimiter said it is found in the header.
    """

    file: str
    encoding: Encoding = "utf-8"
    delimiter: Delimiter | None = None
    identifier: str
    period: str


class People(RecordFile):
    """One row a unit and period: who is counted, and what doesn't depend on an overlapping dimension."""

    dimensions: dict[Identifier, Value]
    amounts: dict[Identifier, Amount] = Field(default_factory=dict)


class Memberships(RecordFile):
    """One row a unit, period and node of an overlapping dimension."""

    dimension: Identifier
    value: Value


class AmountRows(RecordFile):
    """Rows of one unit, period and kind of amount: a leaf of the dimension that a sum is split by (`kinds`).

    value: where the kind is found. amount: what there is of it; several rows of a unit and kind add up.
    """

    value: Value
    amount: Amount


class Records(Strict):
    """The confidential source. Files are CSV or Parquet, relative to the folder of records.

    amounts: of every sum that is split by kinds. least_units: how many units must count in every period that is built,
    the threshold by default. most_set_aside: per cent of a file's rows that may be set aside, those of other periods
    and repeated ones left out of account.
    """

    people: People
    memberships: Memberships | None = None
    amounts: dict[Identifier, AmountRows] = Field(default_factory=dict)
    least_units: int | None = Field(default=None, ge=0)
    most_set_aside: int = Field(default=50, ge=0, le=100)

    @property
    def files(self) -> dict[str, RecordFile]:
        """Every file by the field that names it."""
        found: dict[str, RecordFile] = {"records.people.file": self.people}
        found |= {"records.memberships.file": self.memberships} if self.memberships else {}
        return found | {f"records.amounts.{name}.file": rows for name, rows in self.amounts.items()}
