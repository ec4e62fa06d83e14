"""How to cite what a page shows: as a sentence, as BibTeX and as RIS."""

import re
from dataclasses import dataclass
from datetime import date

_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {sign: f"\\{sign}" for sign in "{}%&$#_"}


@dataclass(frozen=True)
class Citation:
    """key: of the entry in a bibliography. title: of the figure or the dataset. value: what it says, with its unit.

    address: fixed to the release. day: of the release.
    """

    key: str
    publisher: str
    title: str
    value: str
    release: str
    site: str
    day: date
    address: str
    language: str

    @property
    def bibtex(self) -> str:
        """An entry of type `misc`, which every style knows."""
        fields = {
            "author": "{" + _tex(self.publisher) + "}",
            "title": "{" + _tex(self.title) + "}",
            "year": str(self.day.year),
            "month": f"{self.day:%m}",
            "howpublished": _tex(f"{self.site}, {self.release}"),
            "note": _tex(self.value),
            "url": self.address.replace("{", "%7B").replace("}", "%7D"),
            "langid": {"fr": "french", "en": "english"}.get(self.language, self.language),
        }
        told = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@misc{{{re.sub('[^A-Za-z0-9:-]', '-', self.key)},\n{told}\n}}\n"

    @property
    def ris(self) -> str:
        """A record of type DATA."""
        fields = (
            ("TY", "DATA"),
            ("AU", self.publisher),
            ("TI", self.title),
            ("PY", str(self.day.year)),
            ("DA", f"{self.day:%Y/%m/%d}"),
            ("PB", self.site),
            ("ET", self.release),
            ("N1", self.value),
            ("UR", self.address),
            ("LA", self.language),
            ("ER", ""),
        )
        return "".join(f"{tag}  - {_line(text)}\r\n" for tag, text in fields if text or tag == "ER")


def _line(text: str) -> str:
    return " ".join(text.split())


def _tex(text: str) -> str:
    """A text in which BibTeX finds no signs of its own."""
    return "".join(_TEX.get(sign, sign) for sign in _line(text))
