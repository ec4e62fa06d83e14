"""The figures of a run as a page of Markdown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kit.measure import machine
from kit.ratios import Ratio

Line = Mapping[str, Any]
RATIO_HEAD = ("part", "what", "seuil", "beside", "figure", "ratio")
NAMED = ("table", "setting", "nodes", "jobs", "zeros", "level", "scale", "question")
LEFT_OUT = ("naive", "tau_argus", "published", "load")
INTRODUCTION = """\
Written by `{command}` on {date}. Machine: {machine}.
Load average at the start {before}; at the end {after}: where it is above the number of cores, look at CPU seconds (all
threads of the process) rather than wall seconds.

A ratio above 1 is more than beside it. "Unsafe" are hidden cells of another pattern that our audit shows to be exposed,
or can't prove. How the parts are measured, and what the figures say: `docs/explanation/performance.md`.
"""


def page(
    command: str,
    load: tuple[str, str],
    lines: Mapping[str, Sequence[Line]],
    remarks: Iterable[str],
    ratios: Iterable[Ratio],
) -> str:
    """The whole page. load: at the start, at the end. remarks: what did not run."""
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [
        "# Results\n",
        INTRODUCTION.format(command=command, date=date, machine=machine(), before=load[0], after=load[1]),
    ]
    parts += [f"- {remark}\n" for remark in remarks]
    parts += ["\n## Ratios\n", _table(RATIO_HEAD, [r.texts() for r in ratios])]
    for part, told in lines.items():
        parts += [f"\n## {part}\n", *_figures(told)]
    return "\n".join(parts)


def kept(earlier: str, owned: Iterable[str]) -> str:
    """The sections of an earlier page that were written by hand: all but the ratios and those of the parts."""
    sections = re.split(r"^(?=## )", earlier, flags=re.MULTILINE)[1:]
    made = {"Ratios", *owned}
    return "".join(one for one in sections if one.partition("\n")[0].removeprefix("## ").strip() not in made)


def _figures(lines: Sequence[Line]) -> list[str]:
    if not lines:
        return ["Nothing.\n"]
    flat = [dict(_flat(line)) for line in lines]
    head = list(dict.fromkeys(name for line in flat for name in line))
    head.sort(key=lambda name: name not in NAMED)
    return [_table(head, [[line.get(name, "") for name in head] for line in flat])]


def _flat(line: Line, before: str = "") -> Iterable[tuple[str, str]]:
    for name, value in line.items():
        if name in LEFT_OUT:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name.replace('_', ' ')} ")
        else:
            yield f"{before}{name}" if name in NAMED else f"{before}{name.replace('_', ' ')}", _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
