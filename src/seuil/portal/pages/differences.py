"""What changed between two versions of a text: its paragraphs, with the words that went and those that came."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True)
class Change:
    """A paragraph that changed, under the title it stands below: its words in order, each kept, gone or new."""

    section: str
    words: tuple[tuple[Kind, str], ...]


def changes_between(old: str, new: str) -> tuple[Change, ...]:
    """The paragraphs that differ between two texts in Markdown, in the order of the newer one.

    A paragraph counts as changed, not as gone and come, where at least half of it stayed.
    """
    before, after = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, [p for _, p in before], [p for _, p in after], autojunk=False)
    found: list[Change] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "equal":
            found += _changed(before[a:b], after[c:d])
    return tuple(found)


def _paragraphs(text: str) -> list[tuple[str, str]]:
    """Every paragraph or line of a list, with the title above it."""
    section, found = "", []
    for line in text.splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ").strip()
        if line.strip():
            found.append((section, line.strip().lstrip("#- ").strip()))
    return found


def _changed(gone: Sequence[tuple[str, str]], come: Sequence[tuple[str, str]]) -> Iterator[Change]:
    left = list(gone)
    for section, new in come:
        near = max(left, key=lambda pair: _likeness(pair[1], new), default=None)
        if near is not None and _likeness(near[1], new) >= 0.5:
            left.remove(near)
            yield Change(section, _words(near[1], new))
        else:
            yield Change(section, (("new", new),))
    yield from (Change(section, (("gone", old),)) for section, old in left)


def _likeness(old: str, new: str) -> float:
    return SequenceMatcher(None, _split(old), _split(new), autojunk=False).ratio()


def _words(old: str, new: str) -> tuple[tuple[Kind, str], ...]:
    before, after = _split(old), _split(new)
    found: list[tuple[Kind, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [("same", word) for word in before[a:b]]
        else:
            found += [("gone", word) for word in before[a:b]] + [("new", word) for word in after[c:d]]
    return tuple((kind, "".join(word for _, word in words)) for kind, words in groupby(found, key=lambda pair: pair[0]))


def _split(text: str) -> list[str]:
    """Words, each with the spaces after it."""
    return re.findall(r"\S+\s*", text)
