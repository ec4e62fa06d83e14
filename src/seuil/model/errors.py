"""Errors for people. Each says what was found, where, and what is expected; none carries a confidential value.

The command line prints them and the API maps them to answers; nothing else catches them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MOST_TOLD = 50
"""How many errors of a definition are told."""


class SeuilError(Exception):
    """Whatever a person can put right. `exit_code` is what the command line returns for it."""

    exit_code = 1


class UsageError(SeuilError):
    """The command was asked for something that it can't do."""

    exit_code = 2


class DefinitionError(SeuilError):
    """A dataset definition or a file that it names is not valid.

    line: None of a file that can't be read. found, expected: as they follow these words, `found 7; expected 11`.
    """

    def __init__(self, file: Path | str, line: int | None, field: str, found: str, expected: str) -> None:
        self.file, self.line, self.field, self.found, self.expected = str(file), line, field, found, expected
        place = self.file if line is None else f"{self.file}:{line}"
        told = found if found.startswith("no such ") else f"found {found}"
        super().__init__(f"{place}: {field}: {told}; expected {expected}")


class CombinedDefinitionError(DefinitionError):
    """All that is wrong with a definition, one line each; what it says of itself is the first of them.

    Of many, as in a code list whose every line is spoilt, the first `MOST_TOLD` are told, and how many more there are.
    """

    def __init__(self, errors: Sequence[DefinitionError]) -> None:
        first = errors[0]
        super().__init__(first.file, first.line, first.field, first.found, first.expected)
        self.errors = tuple(errors)
        told = list(dict.fromkeys(str(error) for error in errors))
        more = [f"... and {len(told) - MOST_TOLD:,} more"] if len(told) > MOST_TOLD else []
        self.args = ("\n".join(told[:MOST_TOLD] + more),)


@contextmanager
def noted(wrong: list[DefinitionError]) -> Iterator[None]:
    """Add an error that is raised within to those that are wrong, so that others are looked for before all are told."""
    try:
        yield
    except DefinitionError as problem:
        wrong.append(problem)


def all_of(errors: Sequence[DefinitionError]) -> DefinitionError:
    """One error that tells them all."""
    return errors[0] if len(errors) == 1 else CombinedDefinitionError(errors)


class DataError(SeuilError):
    """Records or tables that don't fit their definition. The message never holds a value of theirs."""


class DisclosureError(SeuilError):
    """What the definition asks for can't be published under the guarantee."""


class ProofError(SeuilError):
    """A proof that doesn't hold."""


class ReleaseError(SeuilError):
    """A release that is altered, incomplete, unsigned or out of date."""


class QueryError(SeuilError):
    """A query that can't be answered. `position` is the 0-based character, where there is one."""

    def __init__(self, message: str, *, clause: str = "", position: int | None = None, expected: str = "") -> None:
        self.clause, self.position, self.expected = clause, position, expected
        super().__init__(message)
