"""docs/how-to/audit-real-tables.md: its figures are those of the extracts, worked out again here."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from seuil.explain.contradictions import consistent
from seuil.explain.facts import facts_of
from seuil.explain.words import derived_json, derived_words
from seuil.model.definition import Definition
from seuil.model.reading import read_yaml
from seuil.tables.frame_input import read_given
from seuil.tables.published import Published, read_published
from seuil.tables.spec import spec_of

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "audit-real-tables.md").read_text(encoding="utf-8")
EXTRACT = ROOT / "definitions" / "reel-effectifs-2020"


@pytest.fixture(scope="module")
def published() -> Published:
    path = EXTRACT / "audit.yaml"
    spec = spec_of(read_yaml(path, Definition), path, with_derived=True)
    return read_published(read_given(EXTRACT / "effectifs_2020_extrait.csv", spec.columns, public=True), spec, ("NS",))


def test_what_means_tell_is_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (said,) = re.findall(r"```\n(\(\{.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(ROOT)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    assert out.getvalue() == said


def test_what_was_read_and_what_the_prevalence_tells(published: Published) -> None:
    assert str(published.reading) in PAGE
    facts = facts_of(published.figures, published.layout.names, published.quotients)
    assert derived_words(facts) in PAGE
    assert derived_json(facts)["exactly"] > 8_900
    assert not facts.misfits


def test_lines_that_do_not_add_up_without_the_prevalence(published: Published) -> None:
    facts = facts_of(published.figures, published.layout.names)
    _, left_out = consistent(facts, "extract")
    alone = [one for one in left_out if one.beyond]
    assert len(alone) == 4
    assert all("R94" in str(facts.names.name(one.cells[0][0]).values()) for one in alone)
