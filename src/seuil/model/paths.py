"""Files that a definition names: they lie in its folder, whatever is written.

A definition may come from elsewhere, and what it names is read, copied into the workspace and released. So a name can't
lead out of the folder, nor take the place of a file that a release makes itself.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from seuil.model.definition import Definition, External
from seuil.model.errors import DefinitionError, all_of
from seuil.model.reading import lines_of
from seuil.model.vintages import FOLDER, VINTAGES

RESERVED = ("definition.yaml", "data.parquet", "figures.parquet", VINTAGES)
"""Files of a dataset in a release that aren't the definition's to name; nor is anything in these folders."""
RESERVED_FOLDERS = ("proof", FOLDER)
PUBLISHED = "published.file"


def check_paths(definition: Definition, path: Path) -> None:
    """Check every file that a definition names. path: of the definition.

    Raises DefinitionError, which tells everything that is wrong with line and field.
    """
    lines = lines_of(path) if path.is_file() else {}
    wrong = [
        DefinitionError(path, lines.get(tuple(field.split("."))), field, f"{name!r}, {found}", expected)
        for field, name, found, expected in _faults(definition, path)
        if found
    ]
    if wrong:
        raise all_of(wrong)


def _faults(definition: Definition, path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Every file: the field that names it, the name, what is wrong with it if anything is, and what is expected."""
    for field, name in _named(definition):
        found = _fault(path.parent, name)
        # What is published is read when it is built, and then stays behind; a definition without a file may name what
        # isn't read at all.
        if not found and field != PUBLISHED and path.is_file() and not (path.parent / name).exists():
            found = "no such file"
        yield field, name, found, "a file of the definition's folder, such as codes/places.csv"
    for field, spec in definition.records.files.items() if definition.records else ():
        yield field, spec.file, _leads_out(spec.file), "a file of the folder of records, such as people.csv"


def _named(definition: Definition) -> Iterator[tuple[str, str]]:
    for name, dimension in definition.dimensions.items():
        if dimension.codes:
            yield f"dimensions.{name}.codes", dimension.codes
    for k, known in enumerate(definition.known):
        if known.file:
            yield f"known.{k}.file", known.file
    for name, measure in definition.measures.items():
        if isinstance(measure, External):
            yield f"measures.{name}.file", measure.file
    if definition.published is not None:
        yield PUBLISHED, definition.published.file


def _fault(folder: Path, name: str) -> str:
    """What is wrong with a name, nothing if it can stand."""
    found = _leads_out(name)
    if found:
        return found
    parts = PurePosixPath(name).parts
    if name in RESERVED or parts[0] in RESERVED_FOLDERS:
        return "the name of a file that a release makes itself"
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return "a link that leads out of the folder"
    if path.is_dir():
        return "a folder"
    if path.exists() and not path.is_file():
        return "what is no file"
    return ""


def _leads_out(name: str) -> str:
    """What is wrong with a name as it is written."""
    if not name.strip() or "\0" in name or "\\" in name:
        return "what can't be the name of a file"
    parts = name.split("/")
    if name.startswith(("/", "~")):
        return "an absolute path"
    if ".." in parts:
        return "a path that leads out of the folder"
    if "." in parts or "" in parts:
        return "a path that isn't written plainly"
    return ""
