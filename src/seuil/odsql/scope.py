"""Where a clause is read: what its names mean, which day it is, and how its mistakes are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from seuil.odsql import tree
from seuil.odsql.errors import MalformedQueryError, QuerySyntaxError
from seuil.odsql.meaning import Column, Value
from seuil.odsql.schema import Schema


@dataclass(frozen=True)
class Setting:
    """What a request says beside its clauses. now: UTC. zone: of dates. language: of names of days and months."""

    now: datetime
    zone: str = "UTC"
    language: str = "fr"


@dataclass(frozen=True)
class Scope:
    """names: labels of the query, which go before fields. aggregates: whether the clause may aggregate."""

    schema: Schema
    setting: Setting
    clause: str
    text: str
    names: Mapping[str, Value] = field(default_factory=dict)
    aggregates: bool = False

    def refusal(self, problem: str, node: tree.Node, expected: str = "") -> MalformedQueryError:
        """The error that says `problem` at the place of `node`, to be raised."""
        return MalformedQueryError(problem, clause=self.clause, position=node.span[0], expected=expected)

    def unknown(self, node: tree.Call, known: str) -> QuerySyntaxError:
        """What the live service says of a function that it doesn't know: a syntax error at its parenthesis."""
        return QuerySyntaxError("(", clause=self.clause, text=self.text, position=node.parenthesis, expected=known)

    def written(self, node: tree.Node) -> str:
        """The text of `node` as the query writes it."""
        return self.text[slice(*node.span)]

    def column(self, name: tree.FieldName) -> Column:
        """The column that a field's name means, never a label."""
        return Column(self.schema.field(name.name, clause=self.clause, position=name.span[0]))


Read = Callable[[tree.Argument], Value]
"""How a function reads the meaning of an argument: `values.value_of` in the function's scope."""
