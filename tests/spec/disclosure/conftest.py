"""`spec`: a drawn table must be exactly as safe as it is drawn, to enumeration, to the auditor and to verify."""

from collections.abc import Callable

import pytest
from tests.helpers.pictures import Picture, draw

from seuil.disclosure.audit import audit
from seuil.disclosure.verify import verify
from seuil.model.errors import DisclosureError

Spec = Callable[..., Picture]


@pytest.fixture
def spec() -> Spec:
    """Check a drawing.

    differences: differences of overlaps that the reader can place too well. refused: the rule under which verify
    refuses the figures as such. impossible: no table has these figures.
    """

    def check(
        text: str,
        *,
        says: str,
        differences: tuple[str, ...] = (),
        refused: int = 0,
        impossible: bool = False,
        **rules: object,
    ) -> Picture:
        picture = draw(text, **rules)
        oracle = picture.oracle
        if impossible or refused:
            _no_proof(picture, refused, says)
            return picture
        assert len(oracle.tables), f"no table has these figures: {says}"
        size = len(oracle.cells)
        assert {k for k in oracle.exposed if k < size} == picture.exposed, says
        assert {k for k in oracle.to_prove if k < size and not picture.figures.count.hidden.flat[k]} == picture.implied
        faults = verify(picture.figures, {"count": oracle.proof()})
        assert {f.rule for f in faults} == ({8} if oracle.exposed else set()), says
        assert {f.cell.split(",")[0].removeprefix("row=") for f in faults if " - " in f.cell} == set(differences), says
        _audit(picture, says)
        return picture

    return check


def _no_proof(picture: Picture, refused: int, says: str) -> None:
    assert not len(picture.oracle.tables), says
    try:
        result = audit(picture.figures)
    except DisclosureError:
        return
    faults = verify(picture.figures, result.proofs)
    assert faults and (not refused or refused in {f.rule for f in faults}), says


def _audit(picture: Picture, says: str) -> None:
    result = audit(picture.figures)
    exposed, undecided = (set(x["count"].tolist()) for x in (result.exposed, result.undecided))
    assert exposed <= set(picture.oracle.exposed), says
    assert result.safe == (not picture.oracle.exposed), f"{says}; undecided: {undecided}"
    if result.safe:
        assert verify(picture.figures, result.proofs) == (), says
