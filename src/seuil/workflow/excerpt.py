"""A definition that asks for less than another one: some families of a code list, some years.

The demo builds the fund's dataset from the definition that is there to be copied; a copy by hand would drift from it.
A family is a node with all that is below it. What the definition says of nothing but what is gone is left out.

overlapping   What a family is part of stays, and the code list says there that the children don't cover it.
additive      The total is the sum of the families that are taken, which stand right below it: a group in between would
              be less than its name says. The records must be of these families alone.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import yaml

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import UsageError
from seuil.model.hierarchy import UNKNOWN, Hierarchy
from seuil.model.rows import read_rows
from seuil.model.text import Text
from seuil.model.yaml12 import compose, value_of
from seuil.workflow.fingerprint import dataset_files


def write_excerpt(
    definition: Path,
    folder: Path,
    *,
    periods: Sequence[int],
    families: Mapping[str, Sequence[str]] | None = None,
    note: Callable[[int, int], Text] | None = None,
) -> Path:
    """Write the excerpt and the files that it names into `folder`, and give the path of the definition.

    periods: the years that are published. families: by dimension the codes that are taken with all that is below them;
    of other dimensions all is taken. note: what is added to the description of one that takes families, told how many
    nodes it has and how many there were. Raises UsageError for a dimension or code that isn't there, DefinitionError if
    what is left can't stand by itself.
    """
    dataset = read_dataset(definition)
    kept = {name: _kept(dataset, name, codes) for name, codes in (families or {}).items()}
    content = _content(definition)
    content["period"]["values"] = list(periods)
    _leave_out(content, kept)
    for name, parents in kept.items():
        _leave_out_levels(content, name, {n.level for n in dataset.hierarchies[name].nodes if n.code in parents})
        if content["dimensions"][name].get("first") not in parents:
            content["dimensions"][name].pop("first", None)
    if note is not None and kept:
        said = dataset.definition.description
        more = note(sum(map(len, kept.values())), sum(len(dataset.hierarchies[name].nodes) for name in kept))
        content["description"] = {"fr": f"{said.fr} {more.fr}", "en": f"{said.en} {more.en}"}
    lists = {dataset.definition.dimensions[name].codes: name for name in kept}
    path = folder / definition.name
    for name, source in dataset_files(dataset).items():
        if source == definition:
            _write(path, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120))
        else:
            of = lists.get(name)
            text = source.read_text("utf-8") if of is None else _code_list(source, dataset.hierarchies[of], kept[of])
            _write(folder / name, text)
    read_dataset(path)
    return path


def _kept(dataset: Dataset, dimension: str, codes: Sequence[str]) -> dict[str, str]:
    """The codes of a dimension that are taken, and the parent that each has then."""
    hierarchy = dataset.hierarchies.get(dimension)
    if hierarchy is None:
        raise UsageError(
            f"{dataset.path}: no dimension {dimension!r}; expected one of {', '.join(dataset.hierarchies)}"
        )
    for code in codes:
        if code not in hierarchy.index:
            raise UsageError(f"{dataset.path}: {code!r} is no code of {dimension}")
    parents = {node.code: node.parent for node in hierarchy.nodes}
    root, taken = hierarchy.root.code, set(codes)
    for node in hierarchy.nodes:  # parents stand above their children
        if node.parent in taken or (hierarchy.kind == "additive" and node.level == UNKNOWN):
            taken.add(node.code)
    if hierarchy.kind == "additive":
        kept = taken | {root}
        return {
            code: parents[code] if parents[code] in kept or code == root else root for code in parents if code in kept
        }
    for node in reversed(hierarchy.nodes):
        if node.code in taken and node.parent:
            taken.add(node.parent)
    return {code: parent for code, parent in parents.items() if code in taken}


def _content(definition: Path) -> dict[str, Any]:
    node = compose(definition)
    assert node is not None  # it has been read
    content = value_of(definition, node)
    assert isinstance(content, dict)
    return content


def _leave_out(content: dict[str, Any], kept: Mapping[str, Mapping[str, str]]) -> None:
    """What the rules name that isn't kept; a rule that names nothing else of a dimension goes."""
    holders = [(content, field) for field in ("empty", "wishes")]
    holders += [(measure, "instead") for measure in content["measures"].values()]
    for holder, field in holders:
        rules = []
        for rule in holder.get(field, ()):
            where = {
                name: [code for code in codes if name not in kept or code in kept[name]]
                for name, codes in rule["where"].items()
            }
            if all(where.values()):
                rules.append(rule | {"where": where})
        if field in holder:
            holder[field] = rules


def _leave_out_levels(content: dict[str, Any], dimension: str, left: Set[str]) -> None:
    """The levels of a dimension that tables name and that no node has any more."""
    for holder in (content, *content.get("datasets", ())):
        for table in holder.get("tables", ()):
            levels = table["levels"].get(dimension)
            if isinstance(levels, list):
                table["levels"][dimension] = [level for level in levels if level in left]


def _code_list(path: Path, hierarchy: Hierarchy, kept: Mapping[str, str]) -> str:
    """The rows of a code list that are kept, below the parents that they have now."""
    rows = read_rows(path, "codes", ())
    columns, robbed = list(rows.columns), set[str]()
    if hierarchy.kind == "overlapping":
        columns += {"complete"} - set(columns)
        robbed = {node.parent for node in hierarchy.nodes if node.code not in kept}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        code = row["code"]
        if code in kept:
            line = {name: row[name] for name in rows.columns} | {"parent": kept[code]}
            writer.writerow(line | ({"complete": "no"} if code in robbed else {}))
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    """A file, unless it is so already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
