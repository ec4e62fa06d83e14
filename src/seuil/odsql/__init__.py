"""ODSQL, the query language of the Explore API v2.1: grammar, tree, meaning, SQL. Pure: it reads and runs nothing.

compiled = compile_records(Request(where="ntop > 100"), schema, "effectifs")
cursor.execute(compiled.sql, compiled.parameters)
"""

from seuil.odsql.errors import (
    IncompatibleTypesError,
    InvalidParameterError,
    MalformedQueryError,
    QuerySyntaxError,
    RefusedQueryError,
)
from seuil.odsql.facet import Facet, disjunctive_fields
from seuil.odsql.facets import compile_declared_facets, compile_facets, declared_facets, is_hierarchical
from seuil.odsql.query import compile_export, compile_records
from seuil.odsql.refine import Refinement, read_refinements
from seuil.odsql.request import Compiled, OutputColumn, Partial, Request
from seuil.odsql.schema import Field, FieldType, Schema

__all__ = [
    "Compiled",
    "Facet",
    "Field",
    "FieldType",
    "IncompatibleTypesError",
    "InvalidParameterError",
    "MalformedQueryError",
    "OutputColumn",
    "Partial",
    "QuerySyntaxError",
    "Refinement",
    "RefusedQueryError",
    "Request",
    "Schema",
    "compile_declared_facets",
    "compile_export",
    "compile_facets",
    "compile_records",
    "declared_facets",
    "disjunctive_fields",
    "is_hierarchical",
    "read_refinements",
]
