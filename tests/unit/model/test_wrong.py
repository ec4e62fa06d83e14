"""What is wrong with a field is told in words of definitions, not in those of a library."""

from pathlib import Path

import pytest

from seuil.model.definition import Definition
from seuil.model.errors import DefinitionError
from seuil.model.reading import read_yaml

TABLE = "unit: patient\nthreshold: 11\ncount: n\ndimensions:\n  dept: {levels: [dept]}\n"
LONG = """id: visits
title: Visits
unit: patient
threshold: 11
period: {values: [2024]}
dimensions:
  place: {label: Place, codes: places.csv}
measures:
  people: {kind: count, label: People}
  rate: {kind: ratio, label: Rate, of: people, to: people}
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        (TABLE, "11", "eleven", "threshold: found 'eleven'; expected a whole number"),
        (TABLE, "11", "", "threshold: found nothing; expected a whole number"),
        (TABLE, "11", "true", "threshold: found true; expected 2 or more"),
        (TABLE, "11", "9999999999", "threshold: found 9999999999; expected at most 1,000,000,000"),
        (TABLE, "[dept]", "dept", "dimensions.dept.levels: found 'dept'; expected a list: [a, b]"),
        (TABLE, "[dept]", "[2024]", "expected a text; in quotes where it would be read as a number"),
        (TABLE, "levels:", "lvls:", "dimensions.dept.lvls: found ['dept']; no such field; expected one that there is"),
        (TABLE, "  dept:", "  Dept:", "expected small letters without accents, digits and _, a letter first"),
        (TABLE, "threshold", "thresold", "did you mean threshold?"),
        (TABLE, "unit", "zeros: yes\nunit", "zeros: found 'yes'; expected hidden or shown"),
        (LONG, "kind: ratio", "kind: rate", "expected as `kind` one of count, sum, total, mean, ratio, external"),
        (LONG, "to: people", "to: people, decimal: 2", "did you mean decimals?"),
        (LONG, "values: [2024]", "values: ['2024-01']", "found '2024-01'; expected a whole number"),
    ],
)
def test_found_and_expected_are_told(tmp_path: Path, text: str, old: str, new: str, said: str):
    assert old in text
    path = tmp_path / "d.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DefinitionError) as caught:
        read_yaml(path, Definition)
    assert said in str(caught.value)
    for library in ("Input should", "inputs are not", "Value error", "Field required", "after validation"):
        assert library not in str(caught.value)
