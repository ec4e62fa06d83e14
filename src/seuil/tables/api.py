"""`seuil.protect`, `seuil.audit` and `seuil.verify`: tables as frames, in a notebook, without files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from narwhals.typing import IntoDataFrame
from pydantic import ValidationError

from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import Fault
from seuil.explain.table_audit import TableAudit
from seuil.model.definition import Definition
from seuil.model.errors import DefinitionError, UsageError
from seuil.model.reading import read_yaml
from seuil.model.wrong import expected_words, found_words
from seuil.tables.audit import audit_given, verify_given
from seuil.tables.frame_input import given
from seuil.tables.protect import ProtectedTable, protect_given
from seuil.tables.spec import TableSpec, spec_of

Dimensions = Sequence[str] | Mapping[str, Sequence[str] | str]
Totals = Mapping[str, str | int | Sequence[str | int]]
BY_HAND = Path("the definition")


def protect(
    frame: IntoDataFrame,
    dimensions: Dimensions | None = None,
    count: str | None = None,
    *,
    threshold: int = 11,
    rounding: int | None = None,
    level: Literal["justified", "plausible"] = "justified",
    zeros: Literal["hidden", "shown"] = "hidden",
    unit: str = "patient",
    definition: Definition | Path | str | None = None,
    period: int | None = None,
    totals: Totals | None = None,
    add_up: bool = False,
    secret: bytes | None = None,
) -> ProtectedTable:
    """Choose what to hide in a table of counts, and prove it.

    frame: a row a leaf; rows of totals are compared with the sums of their leaves. dimensions: names of columns, or
    dimension: columns coarse to fine. count: the column of counts. Or a `definition`, a file or as read, in place of
    all these. totals: dimension: the code that stands for its total, or several. add_up: rows are finer than leaves,
    and are added up. secret: breaks ties; by default the user's own, kept where the system keeps a user's data. With
    b"" anybody can repeat the choice, and learn from it what the figures alone don't tell. Raises SeuilError.
    """
    spec = _spec(definition, dimensions, count, period, threshold, rounding, level, zeros, unit, totals)
    return protect_given(given(frame), spec, secret, add_up=add_up)


def audit(
    frame: IntoDataFrame,
    dimensions: Dimensions | None = None,
    count: str = "n",
    *,
    threshold: int = 11,
    rounding: int | None = None,
    level: Literal["justified", "plausible"] = "justified",
    zeros: Literal["hidden", "shown"] = "hidden",
    unit: str = "patient",
    definition: Definition | Path | str | None = None,
    period: int | None = None,
    totals: Totals | None = None,
    hidden: str | Sequence[str] = "NS",
    flag: str | None = None,
    codes: IntoDataFrame | None = None,
    intervals: bool = False,
) -> TableAudit:
    """Attack a published table, whatever it was protected with.

    frame: a row a cell, as `ProtectedTable.frame` gives it or with the columns of all levels; totals are `TOTAL`, or
    as `totals` says (dimension: code, or several). Cells without a row are not published. hidden: how a hidden figure
    is written, a text or several (null and empty are hidden too). flag: a column that flags hidden figures, or
    `COLUMN=VALUES` with the values that hide. codes: a frame that tells which code is under which. Raises SeuilError.
    """
    spec = _spec(
        definition, dimensions, count, period, threshold, rounding, level, zeros, unit, totals, with_derived=True
    )
    tree = None if codes is None else given(codes, "the codes")
    return audit_given(
        given(frame, public=True),
        spec,
        (hidden,) if isinstance(hidden, str) else hidden,
        flag=flag,
        codes=tree,
        intervals=intervals,
    )


def verify(
    frame: IntoDataFrame,
    proof: Mapping[str, Proof],
    dimensions: Dimensions | None = None,
    count: str = "n",
    *,
    threshold: int = 11,
    rounding: int | None = None,
    level: Literal["justified", "plausible"] = "justified",
    zeros: Literal["hidden", "shown"] = "hidden",
    unit: str = "patient",
    definition: Definition | Path | str | None = None,
    period: int | None = None,
    totals: Totals | None = None,
    codes: IntoDataFrame | None = None,
) -> tuple[Fault, ...]:
    """Check the proof of a protected table by multiplication alone: whatever is wrong, nothing if it holds.

    proof: `ProtectedTable.proof`. The other arguments are those of `audit`. Raises SeuilError.
    """
    spec = _spec(definition, dimensions, count, period, threshold, rounding, level, zeros, unit, totals)
    tree = None if codes is None else given(codes, "the codes")
    return verify_given(given(frame, public=True), spec, proof, codes=tree)


def _spec(
    definition: Definition | Path | str | None,
    dimensions: Dimensions | None,
    count: str | None,
    period: int | None,
    threshold: int,
    rounding: int | None,
    level: str,
    zeros: str,
    unit: str,
    totals: Totals | None,
    *,
    with_derived: bool = False,
) -> TableSpec:
    """The definition that the arguments say, or the one that is given; with the totals that are said."""
    if isinstance(definition, Definition):
        return _with_totals(spec_of(definition, BY_HAND, period, with_derived=with_derived), totals)
    if definition is not None:
        path = Path(definition)
        return _with_totals(spec_of(read_yaml(path, Definition), path, period, with_derived=with_derived), totals)
    fields: dict[str, Any] = {"threshold": threshold, "rounding": rounding, "level": level, "zeros": zeros}
    fields |= {"unit": unit, "count": count or "", "dimensions": _dimensions(dimensions or {})}
    try:
        return _with_totals(spec_of(Definition.model_validate(fields), BY_HAND, period), totals)
    except ValidationError as problem:
        error = problem.errors(include_url=False)[0]
        place = ".".join(str(x) for x in error["loc"]) or "the arguments"
        raise DefinitionError(BY_HAND, None, place, found_words(error), expected_words(error, Definition)) from None


def _with_totals(spec: TableSpec, totals: Totals | None) -> TableSpec:
    """A definition in which dimensions say what stands for their total."""
    known = spec.definition.dimensions
    strange = [name for name in totals or {} if name not in known]
    if strange:
        raise UsageError(f"totals: no dimension {strange[0]!r}; expected one of {', '.join(known)}")
    said = {name: _codes_of(name, codes) for name, codes in (totals or {}).items()}
    dimensions = {n: d.model_copy(update={"total": said[n]}) if n in said else d for n, d in known.items()}
    return replace(spec, definition=spec.definition.model_copy(update={"dimensions": dimensions}))


def _codes_of(name: str, codes: object) -> tuple[str, ...]:
    """The codes that stand for a total: one or several texts, or whole numbers as they are written."""
    several = codes if isinstance(codes, (list, tuple, set, frozenset)) else [codes]
    if not all(isinstance(code, (str, int)) and not isinstance(code, bool) and str(code) for code in several):
        raise UsageError(f"totals: found {codes!r} for {name!r}; expected a code or a list of codes")
    return tuple(str(code) for code in several)


def _dimensions(dimensions: Dimensions) -> dict[str, dict[str, list[str]]]:
    if isinstance(dimensions, str):
        raise UsageError(f"dimensions: found the text {dimensions!r}; expected a list of columns: [{dimensions!r}]")
    named = dimensions if isinstance(dimensions, Mapping) else {name: name for name in dimensions}
    return {name: {"levels": [levels] if isinstance(levels, str) else list(levels)} for name, levels in named.items()}
