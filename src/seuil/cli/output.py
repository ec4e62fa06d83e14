"""What commands print: results on stdout, as text or as JSON and nothing else; errors and progress on stderr."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines; nothing else on stdout.")]


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` was asked for, known before the arguments are parsed."""
    return "--json" in arguments


def show(content: object, lines: Sequence[str], *, as_json: bool) -> None:
    """Print a result: `content` as JSON, or `lines` for people."""
    print(json.dumps(content, ensure_ascii=False, indent=1) if as_json else "\n".join(lines), flush=True)


def say_error(message: str, *, as_json: bool, code: int, hint: str = "") -> None:
    """Print an error in plain words, and for machines as JSON as well.

    Where nobody can read it any more, as on a terminal that was closed, nothing is printed.
    """
    with suppress(OSError):
        if as_json:
            print(json.dumps({"error": message, "exit_code": code}, ensure_ascii=False), flush=True)
        print(f"seuil: {message}", file=sys.stderr)
        if hint:
            print(f"see: {hint}", file=sys.stderr)


def number(value: int) -> str:
    """A count for people: 12,345."""
    return f"{value:,}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right."""
    cells = [list(head), *[list(row) for row in rows]]
    widths = [max(len(row[k]) for row in cells) for k in range(len(head))]
    return [
        "  ".join(
            text.ljust(w) if k == 0 else text.rjust(w) for k, (text, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
