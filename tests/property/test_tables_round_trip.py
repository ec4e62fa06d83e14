"""Random tables given by hand, there and back: protected, written, read, verified and audited."""

import io
from collections import Counter
from random import Random

import pandas as pd
import pytest

from seuil.model.errors import DisclosureError
from seuil.tables.api import audit, protect, verify

SOME, ALL = range(20), range(20, 400)


def random_leaves(draw: Random) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Counts over one to three dimensions, one of them with two levels; codes may be those of both levels."""
    places = [
        (str(r), str(k)) for r in range(draw.choice([1, 2, 3])) for k in range(10 * r, 10 * r + draw.choice([1, 2, 3]))
    ]
    dimensions = {"place": ["region", "dept"]} | {n: [n] for n in draw.sample(["age", "sex"], draw.choice([0, 1, 2]))}
    ages, sexes = range(draw.choice([2, 3])), "fm"
    rows = [
        {
            "region": r,
            "dept": d,
            "age": f"{5 * a}-{5 * a + 4}",
            "sex": s,
            "n": draw.choice([0, 1, 3, 9, 11, 12, 40, 200]),
        }
        for r, d in places
        for a in ages
        for s in sexes
    ]
    return pd.DataFrame(draw.sample(rows, len(rows))), dimensions


def check(seed: int) -> str:
    draw = Random(seed)
    leaves, dimensions = random_leaves(draw)
    options = {"threshold": draw.choice([5, 11]), "rounding": draw.choice([None, None, 10])}
    options |= {"level": draw.choice(["justified", "plausible"]), "zeros": draw.choice(["hidden", "shown"])}
    try:
        table = protect(leaves, dimensions, "n", add_up=True, **options)
    except DisclosureError:
        return "not published"
    again = protect(leaves.sample(frac=1, random_state=seed), dimensions, "n", add_up=True, **options)
    assert again.csv() == table.csv(), seed
    for frame in (table.frame(), pd.read_csv(io.BytesIO(table.csv()), dtype=str)):
        assert verify(frame, table.proof, dimensions, **options) == (), seed
    found = audit(frame, dimensions, **options)
    assert found.is_safe, f"seed {seed}: {found}"
    shown = table.frame(reveal=True)
    assert set(shown.loc[shown["n"].isna(), "status"]) <= {"primary", "secondary"}
    assert set(shown.loc[shown["n"].notna(), "status"]) <= {"published"}
    return "hidden" if table.loss.hidden else "nothing hidden"


def test_what_is_protected_can_be_read_verified_and_audited() -> None:
    found = Counter(check(seed) for seed in SOME)
    assert found["hidden"] > 7, found


@pytest.mark.soak
@pytest.mark.parametrize("seed", ALL)
def test_more_of_them(seed: int) -> None:
    check(seed)
