"""Files that a definition names: they lie in its folder, whatever is written.

A definition may come from elsewhere, and what it names is read, copied into the workspace and released. So a name can't
lead out of the folder, nor take the place of a file that a release makes itself.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from seuil.model.definition import Definition, External
from seuil.model.errors import DefinitionError
from seuil.model.reading import lines_of
from seuil.model.vintages import FOLDER, VINTAGES

RESERVED = ("definition.yaml", "data.parquet", "figures.parquet", VINTAGES)
"""Files of a dataset in a release that aren't the definition's to name; nor is anything in these folders."""
RESERVED_FOLDERS = ("proof", FOLDER)
_EXPECTED = "expected a file of the definition's folder, such as codes/places.csv"


def check_paths(definition: Definition, path: Path) -> None:
    """Check every file that a definition names. path: of the definition. Raises DefinitionError with line and field."""
    for field, name in _named(definition):
        found = _fault(path.parent, name)
        if found:
            line = lines_of(path).get(tuple(field.split("."))) if path.is_file() else None
            raise DefinitionError(path, line, field, f"{name!r}, {found}", _EXPECTED)
    if definition.records is None:
        return
    for field, spec in definition.records.files.items():
        found = _leads_out(spec.file)
        if found:
            line = lines_of(path).get(tuple(field.split("."))) if path.is_file() else None
            expected = "expected a file of the folder of records, such as people.csv"
            raise DefinitionError(path, line, field, f"{spec.file!r}, {found}", expected)


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
        yield "published.file", definition.published.file


def _fault(folder: Path, name: str) -> str:
    """What is wrong with a name, nothing if it can stand. A file that isn't there is for its reader to tell."""
    found = _leads_out(name)
    if found:
        return found
    parts = PurePosixPath(name).parts
    if name in RESERVED or parts[0] in RESERVED_FOLDERS:
        return "the name of a file that a release makes itself"
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return "a link that leads out of the folder"
    if path.exists() and not path.is_file() and not path.is_dir():
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
