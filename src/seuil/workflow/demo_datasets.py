"""What the demo publishes: datasets of made-up records, a real experiment, and tables that were published elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import seuil
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import UsageError
from seuil.model.parts import protection_part
from seuil.model.policy import POLICY
from seuil.model.text import Text
from seuil.synthetic.patients import write_patients
from seuil.synthetic.professionals import FILES, write_professionals
from seuil.workflow.build import Source
from seuil.workflow.compile_ahead import Sample
from seuil.workflow.excerpt import write_excerpt
from seuil.workflow.progress import Event, Tell

Write = Callable[[Dataset, Path, Sequence[int], float, Tell], None]
"""Writes the records of some years: the dataset, a folder, the years, the share of the country, who is told."""


@dataclass(frozen=True, eq=False)
class MadeUp:
    """A definition whose records are made up. families: what is taken of its code lists, by dimension (`excerpt`)."""

    definition: Path
    write: Write
    families: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The collection, whose definition is named after it."""
        return self.definition.stem

    @cached_property
    def _dataset(self) -> Dataset:
        """Read once a run: each stage asks for its years several times."""
        return read_dataset(self.definition)

    def periods(self, first: int) -> tuple[int, ...]:
        """Its years from `first` on."""
        return tuple(year for year in sorted(self._dataset.definition.period.values) if year >= first)

    def excerpt(self, folder: Path, first: int) -> Dataset:
        """The definition that is built, with its years from `first` on."""
        periods = self.periods(first)
        return read_dataset(write_excerpt(self.definition, folder, periods=periods, families=self.families, note=_note))

    def lines(self) -> object:
        """What its published years are laid out by, but for the years: what JSON can say."""
        families = {name: list(codes) for name, codes in self.families.items()}
        return [self.id, families, protection_part(self._dataset, max(self._dataset.definition.period.values))]


@dataclass(frozen=True)
class Contents:
    """All that a demo publishes. policy: what every definition is held against. sample: what code is compiled with."""

    made_up: tuple[MadeUp, ...]
    others: tuple[Source, ...]
    policy: Path
    sample: Sample | None = None

    def read_again(self) -> "Contents":
        """The same, of which no definition has been read yet: they may have changed since."""
        return replace(self, made_up=tuple(replace(one) for one in self.made_up))

    def years(self) -> tuple[int, ...]:
        """Every year that records are made of, the newest first."""
        return tuple(sorted({year for one in self.made_up for year in one.periods(0)}, reverse=True))


def contents_of_checkout(*, whole: bool = False) -> Contents:
    """What `seuil demo` publishes. whole: every line of every code list. Raises UsageError outside a checkout."""
    home = _checkout()
    definitions = home / "definitions"
    patients = MadeUp(
        definitions / "effectifs" / "effectifs.yaml", _patients, {} if whole else {"condition": CONDITIONS}
    )
    # Of all professions fees by kind have no pattern, and a year of the fund's other tables takes half an hour or more
    # to protect (decisions 25, 27): then it is one dataset.
    professionals = (
        MadeUp(definitions / "professionals" / "professionals.yaml", _professionals)
        if whole
        else MadeUp(definitions / "professionnels" / "professionnels.yaml", _professionals, {"profession": PROFESSIONS})
    )
    made_up = (patients, professionals)
    rand = Source(home / "examples" / "rand" / "rand.yaml", home / "examples" / "rand" / "records")
    elsewhere = (Source(path) for path in sorted(definitions.glob("reel-*/reel-*.yaml")))
    return Contents(made_up, (rand, *elsewhere), definitions / POLICY, Sample(rand, SAMPLE_PERIOD))


SAMPLE_PERIOD = 3
"""The study year of the experiment for which most ways of choosing and proving are taken."""

CONDITIONS = (
    "CAN_SEI_CAT",
    "CAN_PRO_CAT",
    "DIA_CAT_CAT",
    "MCV_SCO_CAT",
    "maladies-psychiatriques",
    "TPS_CAT_EXC",
    "RES_CAT_EXC",
    "maternite",
)
"""Families of conditions that a few minutes suffice for: cancers of the breast and the prostate, diabetes, coronary and
psychiatric diseases, psychotropic treatments, respiratory diseases, maternity."""

PROFESSIONS = (
    "medecins-generalistes-hors-mep",
    "dermatologues",
    "chirurgiens-dentistes-hors-odf",
    "infirmiers",
)
"""Professions: large ones, which many readers look for, and a small one, of which much is hidden."""


def _patients(dataset: Dataset, folder: Path, years: Sequence[int], scale: float, tell: Tell) -> None:
    nodes = [node.code for node in dataset.hierarchies["condition"].nodes]

    def progress(text: str) -> None:
        tell(Event("records", f"patients, {text}"))

    write_patients(folder, scale=scale, nodes=nodes, years=years, progress=progress)


def _professionals(dataset: Dataset, folder: Path, years: Sequence[int], _scale: float, tell: Tell) -> None:
    """Those of the professions that are taken, and all of these at any scale: they are few."""
    professions = dataset.hierarchies["profession"]
    only = [professions.nodes[leaf].code for leaf in professions.leaves]

    def progress(text: str) -> None:
        tell(Event("records", f"professionals, {text}"))

    spec = dataset.definition.records
    assert spec is not None
    asked = {one.file for one in spec.files.values()}
    files = [name for name in FILES if name in asked]
    write_professionals(folder, files=files, years=years, only=only, progress=progress)


def _note(lines: int, whole: int) -> Text:
    return Text(
        fr=f"La démonstration publie {lines} des {whole} lignes.",
        en=f"The demonstration publishes {lines} of the {whole} lines.",
    )


def _checkout() -> Path:
    """The checkout that holds the demo's definitions."""
    for place in (Path.cwd(), Path(seuil.__file__).parents[2]):
        if (place / "definitions" / "effectifs").is_dir() and (place / "examples" / "rand").is_dir():
            return place
    raise UsageError("the demo needs the folders definitions/ and examples/ of a checkout; run it there")
