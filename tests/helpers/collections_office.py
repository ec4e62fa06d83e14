"""A small office whose definitions are written in the tests: visits of professionals by territory, age and sex."""

from datetime import datetime
from pathlib import Path

from tests.helpers.tiny_chain import NOON, SEXES, TERRITORIES, Chain, set_secret, some_records, write_records

from seuil.publish.keys import create_keys, load_signer
from seuil.publish.repository import create_archive
from seuil.workflow.build import Source, build
from seuil.workflow.work import Built

AGES = "code,parent,level,label_fr,low,high\nall,,total,Tous,,\nyoung,all,band,Jeunes,0,39\nold,all,band,Vieux,40,120\n"


class Office(Chain):
    """An office with other definitions."""

    def define(self, name: str, text: str) -> Path:
        path = self.folder / name / f"{name}.yaml"
        (path.parent / "codes").mkdir(parents=True, exist_ok=True)
        for codes, rows in (("territories", TERRITORIES), ("age", AGES), ("sex", SEXES)):
            if f"codes/{codes}.csv" in text:
                (path.parent / "codes" / f"{codes}.csv").write_text(rows, encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        return path

    def make(self, *definitions: Path, archive: Path | None = None) -> tuple[Built, ...]:
        return build([Source(d, self.records) for d in definitions], self.workspace, archive=archive, workers=1)


def open_collections_office(folder: Path, now: datetime = NOON) -> Office:
    """An office with records, keys, an empty archive and a secret of its own."""
    office = Office(folder)
    write_records(office.records, some_records())
    create_archive(office.archive, create_keys(office.keys), load_signer(office.keys, "root"), now=now)
    set_secret(office, b"s" * 32)
    return office
