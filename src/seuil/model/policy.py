"""The publication policy: the least that any definition must ask for, whoever wrote it. One public file, `policy.yaml`.

Rules, in the order in which they are checked, for the unit of a definition and for the second unit of its sums:
 1. the policy names the unit, or has limits for all others;
 2. the threshold is at least that of the unit;
 3. the level is the policy's or the stricter one, and zeros are shown only where the policy lets them be;
 4. `dominance` is at most, `p_percent` and `p_percent_up_to` at least, the policy's;
 5. a wish asks only for what the policy lets wishes ask for.
What breaks a rule is a violation, unless a public reason is written for that very field: under `exceptions` of the
policy (which also names the dataset and the value) or of the definition. There is no exception to rule 1.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from seuil.model.definition import Definition, Level, Sum
from seuil.model.errors import SeuilError
from seuil.model.reading import Key, lines_of, read_yaml
from seuil.model.strict import DatasetId, Identifier, Strict
from seuil.model.text import Text

Asking = Literal["shown", "hidden", "cost"]
Value = int | str
ALL_TOTALS = "all totals"
"""What a `p_percent_up_to` that isn't written says."""

BUILT_IN = Path(__file__).parent / "default_policy.yaml"
POLICY = "policy.yaml"
"""Name of the file in a release, in a workspace, and beside definitions."""


class Limits(Strict):
    """The least that a definition of one unit must ask for. Fields are those of a definition.

    dominance is the largest that may be asked for; all others are the smallest. p_percent_up_to: None where p% is to be
    asked of totals of every size. zeros: `shown` lets definitions show them. wishes: what they may ask for.
    """

    threshold: int = Field(ge=2)
    dominance: int = Field(default=85, ge=1, le=100)
    p_percent: int = Field(default=10, ge=0, le=100)
    p_percent_up_to: int | None = Field(default=None, ge=1)
    level: Level = "justified"
    zeros: Literal["hidden", "shown"] = "hidden"
    wishes: tuple[Asking, ...] = ("shown", "hidden", "cost")
    reason: Text = Text()


class PrivacyText(Strict):
    """How many days the text of the data-protection policy may be old, and when it was last read again."""

    days: int = Field(default=366, ge=1)
    reviewed: date | None = None

    def too_old(self, day: date) -> bool:
        """Whether it is too old on that day, as far as the policy says when it was reviewed."""
        return self.reviewed is not None and (day - self.reviewed).days > self.days


class PolicyException(Strict):
    """What a dataset may ask for all the same: this very value of a field, for a public reason."""

    dataset: DatasetId
    field: str
    value: int | str
    reason: Text

    @field_validator("reason")
    @classmethod
    def _said(cls, value: Text) -> Text:
        if not value.fr:
            raise ValueError("the public reason of the exception")
        return value


class Policy(Strict):
    """A publication policy. Fields are named as in docs/reference/policy.md. others: limits of units not named."""

    title: Text = Text()
    units: dict[Identifier, Limits]
    others: Limits | None = None
    privacy_text: PrivacyText = PrivacyText()
    exceptions: tuple[PolicyException, ...] = ()

    def of(self, unit: str) -> tuple[Limits | None, Key]:
        """The limits of a unit, and where they stand."""
        if unit in self.units:
            return self.units[unit], ("units", unit)
        return self.others, ("others",)


@dataclass(frozen=True)
class PolicyFile:
    """A policy and the file that it was read from, for messages."""

    policy: Policy
    path: Path

    @property
    def is_built_in(self) -> bool:
        """Whether no file was named or found."""
        return self.path == BUILT_IN

    @property
    def content(self) -> bytes:
        """The bytes that are signed with a release."""
        return self.path.read_bytes()

    def place(self, key: Key) -> str:
        """File and line of a field, or of the closest one above it that is written."""
        return "the built-in policy" if self.is_built_in else f"{self.path}:{line_of(key, self.path)}"


@dataclass(frozen=True)
class Violation:
    """A field of a definition that asks for less than the policy. limit: where in the policy that stands.

    found: what is asked for. allowed: what the policy says. expected: the same in words.
    """

    field: Key
    found: Value
    allowed: Value
    expected: str
    limit: Key


@dataclass(frozen=True)
class Excused:
    """A violation for which a public reason is written, and in which of the two files."""

    violation: Violation
    reason: Text
    written_in: Literal["policy", "definition"]


@dataclass(frozen=True)
class Judgement:
    """What a policy says of a definition."""

    violations: tuple[Violation, ...]
    excused: tuple[Excused, ...]


class PolicyError(SeuilError):
    """A definition that asks for less than the publication policy."""


def read_policy(path: Path | None) -> PolicyFile:
    """The policy of a file, or the built-in one. Raises DefinitionError with file, line and field."""
    place = BUILT_IN if path is None else path
    return PolicyFile(read_yaml(place, Policy), place)


def policy_beside(definition: Path) -> Path | None:
    """The `policy.yaml` in the definition's folder or the one above it; None where there is none."""
    for folder in (definition.parent, definition.parent / ".."):
        if (folder / POLICY).is_file():
            return Path(os.path.normpath(folder / POLICY))
    return None


def judge(definition: Definition, policy: Policy, *, own_exceptions: bool = True) -> Judgement:
    """Hold a definition against a policy. own_exceptions: whether those that the definition claims count."""
    claimed = {e.field: e.reason for e in definition.exceptions} if own_exceptions else {}
    granted = {(e.field, str(e.value)): e.reason for e in policy.exceptions if e.dataset == definition.id}
    violations, excused = [], []
    for violation in _violations(definition, policy):
        name = ".".join(violation.field)
        if (name, str(violation.found)) in granted:
            excused.append(Excused(violation, granted[name, str(violation.found)], "policy"))
        elif name in claimed:
            excused.append(Excused(violation, claimed[name], "definition"))
        else:
            violations.append(violation)
    return Judgement(tuple(violations), tuple(excused))


def hold(definition: Definition, path: Path, policy: PolicyFile) -> Judgement:
    """`judge` a definition of a file. Raises PolicyError that names each field below the policy, with both values."""
    judgement = judge(definition, policy.policy)
    if judgement.violations:
        raise PolicyError("\n".join(described(judgement.violations, path, policy)))
    return judgement


def described(violations: tuple[Violation, ...], path: Path, policy: PolicyFile) -> list[str]:
    """Each violation in words: file, line, field, what was found, what was expected, and where that is written."""
    return [
        f"{path}:{line_of(v.field, path)}: {'.'.join(v.field)}: found {v.found}; "
        f"expected {v.expected} ({policy.place(v.limit)}: {'.'.join(v.limit)})"
        for v in violations
    ]


def lowered(now: Policy, before: Policy) -> Iterator[str]:
    """The limits that were stricter before, as `unit.field: before -> now`."""
    for unit in sorted(now.units.keys() | before.units.keys() | {"others"}):
        old, new = (p.others if unit == "others" else p.of(unit)[0] for p in (before, now))
        if new is None or old == new:
            continue
        if old is None:
            yield f"{unit}: none -> threshold {new.threshold}"
            continue
        for field in Limits.model_fields:
            if field == "wishes":
                more = [wish for wish in new.wishes if wish not in old.wishes]
                if more:
                    yield f"{unit}.wishes: {', '.join(old.wishes) or 'none'} -> {', '.join(new.wishes)}"
            elif field != "reason" and _expected(_Limited((), unit, field, getattr(new, field)), old):
                yield f"{unit}.{field}: {_written(old, field)} -> {_written(new, field)}"
    if now.privacy_text.days > before.privacy_text.days:
        yield f"privacy_text.days: {before.privacy_text.days} -> {now.privacy_text.days}"


def line_of(field: Key, path: Path) -> int:
    """1-based line of a field of a YAML file, or of the closest one above it that is written."""
    lines = lines_of(path)
    while field not in lines:
        field = field[:-1]
    return lines[field]


def limited_fields(definition: Definition) -> tuple[str, ...]:
    """The fields of a definition for which an exception can be claimed."""
    return tuple(".".join(limited.field) for limited in _limited(definition))


@dataclass(frozen=True)
class _Limited:
    """A field that policies limit: its place, the unit that it is of, the field of `Limits`, and what is asked for."""

    field: Key
    unit: str
    limit: str
    found: Value


def _limited(definition: Definition) -> Iterator[_Limited]:
    unit = definition.unit.name
    for name in ("threshold", "level", "zeros"):
        yield _Limited((name,), unit, name, getattr(definition, name))
    for name, measure in definition.measures.items():
        if not isinstance(measure, Sum):
            continue
        field = ("measures", name)
        yield _Limited((*field, "dominance"), unit, "dominance", measure.dominance)
        yield _Limited((*field, "p_percent"), unit, "p_percent", measure.p_percent)
        up_to = ALL_TOTALS if measure.p_percent_up_to is None else measure.p_percent_up_to
        yield _Limited((*field, "p_percent_up_to"), unit, "p_percent_up_to", up_to)
        if (second := measure.second_unit) is not None:
            yield _Limited((*field, "second_unit", "threshold"), second.unit, "threshold", second.threshold)
            yield _Limited((*field, "second_unit", "dominance"), second.unit, "dominance", second.dominance)
    for k, wish in enumerate(definition.wishes):
        if wish.ask is not None:
            yield _Limited(("wishes", str(k), "ask"), unit, "wishes", wish.ask)
        if wish.cost != 1:
            yield _Limited(("wishes", str(k), "cost"), unit, "wishes", "cost")


def _violations(definition: Definition, policy: Policy) -> Iterator[Violation]:
    units: dict[Key, str] = {("unit",): definition.unit.name}
    for name, measure in definition.measures.items():
        if isinstance(measure, Sum) and measure.second_unit is not None:
            units["measures", name, "second_unit", "unit"] = measure.second_unit.unit
    for field, unit in units.items():
        if policy.of(unit)[0] is None:
            expected = f"a unit of the policy, or an entry `{unit}: {{threshold: ...}}` in it"
            yield Violation(field, unit, ", ".join(policy.units), expected, ("units",))
    for asked in _limited(definition):
        limits, place = policy.of(asked.unit)
        if limits is not None and (expected := _expected(asked, limits)):
            allowed = _written(limits, asked.limit)
            yield Violation(asked.field, asked.found, allowed, expected, (*place, asked.limit))


def _written(limits: Limits, field: str) -> Value:
    """A limit as messages write it."""
    value: int | str | tuple[str, ...] | None = getattr(limits, field)
    if isinstance(value, tuple):
        return ", ".join(value)
    return ALL_TOTALS if value is None else value


def _expected(asked: _Limited, limits: Limits) -> str:
    """What the policy asks for instead of what was found; empty if that is kept."""
    found = asked.found
    match asked.limit:
        case "threshold" | "p_percent":
            least = int(getattr(limits, asked.limit))
            return f"{least} or more" if int(found) < least else ""
        case "p_percent_up_to":
            least_total = limits.p_percent_up_to
            if not isinstance(found, int):
                return ""
            if least_total is None:
                return f"p_percent of {ALL_TOTALS}: no `p_percent_up_to`"
            return f"{least_total} or more" if found < least_total else ""
        case "dominance":
            return f"{limits.dominance} or less" if int(found) > limits.dominance else ""
        case "level":
            return limits.level if (found, limits.level) == ("plausible", "justified") else ""
        case "zeros":
            return limits.zeros if (found, limits.zeros) == ("shown", "hidden") else ""
        case _:
            allowed = ", ".join(limits.wishes) or "no wish at all"
            return allowed if found not in limits.wishes else ""
