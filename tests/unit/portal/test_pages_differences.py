"""What changed between two versions of a text."""

from hypothesis import given
from hypothesis import strategies as st

from seuil.portal.pages.differences import Change, changes_between

WORDS = st.lists(st.sampled_from(["un", "deux", "trois", "quatre", "cinq", "six"]), min_size=1, max_size=8)
TEXTS = st.lists(WORDS.map(" ".join), max_size=6).map("\n\n".join)


def sides(change: Change) -> tuple[str, str]:
    """A changed paragraph as it was, and as it is."""
    was = "".join(words for kind, words in change.words if kind != "new")
    now = "".join(words for kind, words in change.words if kind != "gone")
    return was.strip(), now.strip()


def test_a_paragraph_that_mostly_stayed_is_shown_word_by_word() -> None:
    (found,) = changes_between("# T\n\n## A\n\nle chat est noir", "# T\n\n## A\n\nle chat est blanc")
    assert found == Change("A", (("same", "le chat est "), ("gone", "noir"), ("new", "blanc")))


def test_another_paragraph_is_gone_or_new() -> None:
    found = changes_between("## A\n\nun deux trois\n\n## B\n\nquatre", "## A\n\n## B\n\nquatre\n\nsix sept huit")
    assert found == (Change("A", (("gone", "un deux trois"),)), Change("B", (("new", "six sept huit"),)))


def test_no_change_is_none() -> None:
    assert changes_between("## A\n\nun", "## A\n\nun\n\n") == ()


@given(TEXTS, TEXTS)
def test_all_that_went_and_came_is_told(old: str, new: str) -> None:
    found = [sides(change) for change in changes_between(old, new)]
    was, now = ([p.strip() for p in text.split("\n\n") if p.strip()] for text in (old, new))
    for paragraph in set(was) - set(now):
        assert any(paragraph == before for before, _ in found)
    for paragraph in set(now) - set(was):
        assert any(paragraph == after for _, after in found)
    assert bool(found) == (was != now)
