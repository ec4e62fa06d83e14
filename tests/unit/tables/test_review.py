"""The reviewer's report: one file, and its numbers and tables are right."""

import re

import pyarrow as pa
from tests.unit.tables.conftest import DIMENSIONS, LEAVES

from seuil.tables.api import protect


def test_it_is_one_confidential_file_with_the_figures_of_loss(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")
    page = table.report.html
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page)
    assert "Confidential" in page
    assert str(table.loss) in page
    assert re.search(r"guesses rightly of \d+ of \d+ hidden figures whether they are small", page)
    cells = [re.findall(r"<td[^>]*>([^<]*)</td>", line) for line in page.splitlines()]
    rows = {r[0]: r[1:] for r in cells if len(r) == 7}
    for levels in table.loss.levels.values():
        for level, tally in levels.items():
            if level != "total":  # stands once a dimension
                assert rows[level][:4] == [str(x) for x in (tally.cells, tally.hidden, tally.primary, tally.secondary)]
    assert rows["territory: region; sex: sex"][0] == "4"


def test_the_two_tables_of_a_hidden_cell_are_both_possible_and_far_apart(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")
    true = {(d, s): int(n) for _, d, s, n in (line.split(",") for line in LEAVES.splitlines()[1:])}
    sections = re.findall(r'<div class="sum"><h3>([^<]*)</h3>.*?</table></div></div>', table.report.html, re.DOTALL)
    assert len(sections) == min(10, table.loss.hidden)
    for section in re.findall(r'<div class="sum">.*?</table></div></div>', table.report.html, re.DOTALL):
        (_, *rows) = re.findall(r"<tr.*?</tr>", section)
        cells = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows]
        (name, low, high), *mates = cells
        assert abs(int(high) - int(low)) >= 11, name
        department, sex = name.split(", ")
        known = (department, sex) in true
        assert known
        # A figure's line keeps its sum: with the hidden figures of the same department, and with those of the same sex
        for same in (0, 1):
            line = [c for c in mates if c[0].split(", ")[same] == name.split(", ")[same]]
            assert int(low) + sum(int(c[1]) for c in line) == int(high) + sum(int(c[2]) for c in line)
