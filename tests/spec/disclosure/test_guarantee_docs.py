"""The tables of docs/explanation/guarantee.md are those of the spec, so that the page can't say what isn't so."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def rows(text: str) -> set[tuple[str, ...]]:
    """Rows of drawn tables without marks, spaces and names."""
    found = set()
    for line in text.splitlines():
        cells = [re.sub(r"[!?+\s]", "", cell) for cell in line.split("|")[1:]]
        if "NS" in cells:
            found.add(tuple("0" if cell == "." else cell for cell in cells))
    return found


def test_every_table_of_the_page_is_in_the_spec():
    page = (ROOT / "docs/explanation/guarantee.md").read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"```\n(.*?)```", page, flags=re.DOTALL))
    side_by_side = blocks.replace("ill   |  95          ill   |  NS", "ill   |  NS")
    spec = (Path(__file__).parent / "test_guarantee.py").read_text(encoding="utf-8")
    assert len(rows(side_by_side)) > 10
    assert rows(side_by_side) <= rows(spec)
