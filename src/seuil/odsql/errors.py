"""Refused queries: what the Explore API v2.1 answers for each, with its error code and its message.

The API maps every one of them to status 400 and the body `{"error_code": ..., "message": ...}`. Codes and message
patterns are those of the vendor's live service, which re-users' scripts read; a pattern that nobody recorded is ours,
and so is what was expected, at the end.
"""

from typing import ClassVar

from seuil.model.errors import QueryError


class RefusedQueryError(QueryError):
    """A query that can't be answered. `error_code` is the API's word for the reason."""

    error_code: ClassVar[str] = "ODSQLError"


class QuerySyntaxError(RefusedQueryError):
    """The text of a clause isn't ODSQL."""

    error_code = "ODSQLSyntaxError"

    def __init__(self, unexpected: str, *, clause: str, text: str, position: int, expected: str = "") -> None:
        super().__init__(
            f"ODSQL syntax exception: unexpected {unexpected} at position {position} in {text}. "
            f"{_named(clause)}{_hint(expected)}",
            clause=clause,
            position=position,
            expected=expected,
        )


class MalformedQueryError(RefusedQueryError):
    """The text is ODSQL, but means nothing for this dataset: an unknown field, an alias used twice, a sum of texts.

    hint: whether the message tells what was expected, beyond the vendor's own words.
    """

    error_code = "ODSQLError"

    def __init__(
        self, problem: str, *, clause: str, position: int | None = None, expected: str = "", hint: bool = True
    ) -> None:
        super().__init__(
            f"ODSQL query is malformed: {problem}. {_named(clause)}{_hint(expected) if hint else ''}",
            clause=clause,
            position=position,
            expected=expected,
        )


class IncompatibleTypesError(RefusedQueryError):
    """A comparison of things of unlike types, such as `annee = 2024` on a date."""

    error_code = "IncompatibleTypesInComparisonFilter"

    def __init__(self, left: str, right: str, *, clause: str, position: int | None = None, expected: str = "") -> None:
        hint = f"; expected {expected}" if expected else ""
        place = "" if position is None else f" at position {position}"
        super().__init__(
            "Incompatible types in comparison filter. "
            f"Found {left} compared with {right}{place}{hint}. {_named(clause)}",
            clause=clause,
            position=position,
            expected=expected,
        )


class InvalidParameterError(RefusedQueryError):
    """A parameter of the URL that isn't ODSQL (limit, offset, refine, exclude) has a value that it can't have."""

    error_code = "InvalidRESTParameterError"

    def __init__(self, parameter: str, found: object, expected: str) -> None:
        super().__init__(
            f"Invalid value for {parameter} API parameter: {found} was found but {expected} is expected.",
            clause=parameter,
            expected=expected,
        )


def _named(clause: str) -> str:
    return f"Clause(s) containing the error(s): {clause}."


def _hint(expected: str) -> str:
    return f" Expected {expected}." if expected else ""
