"""Before more is hidden than cuts ask for, the audit is asked whether it can prove the pattern as it is.

Of both tables more was hidden once: rule 2e locks a small cell in the true table, so that another could not be moved
from there, and candidates were hidden for cells that an audit proves from other tables. The optima are proved.
"""

import pyarrow as pa
import pytest

from seuil.tables.api import protect

ONLY_CHILDREN = """
sec,div,grp,sex,n
A,12,1200,f,4
A,12,1200,m,50
A,13,1310,f,30
A,13,1310,m,41
A,13,1320,f,25
A,13,1320,m,18
B,20,2000,f,60
B,20,2000,m,7
"""
THREE_REGIONS = """
region,place,age,n
R,01,young,6
R,01,old,40
R,07,young,60
R,07,old,41
S,99,young,30
S,99,old,9
T,75,young,22
T,75,old,33
"""


@pytest.mark.parametrize(
    ("rows", "dimensions", "optimum"),
    [
        (ONLY_CHILDREN, {"act": ["sec", "div", "grp"], "sex": ["sex"]}, 12),
        (THREE_REGIONS, {"place": ["region", "place"], "age": ["age"]}, 8),
    ],
)
def test_a_small_table_hides_no_more_than_the_optimum(rows: str, dimensions: dict[str, list[str]], optimum: int):
    head, *lines = [line.split(",") for line in rows.split()]
    columns = dict(zip(head, map(list, zip(*lines, strict=True)), strict=True))
    table = pa.table({**columns, "n": [int(n) for n in columns["n"]]})
    assert protect(table, dimensions, "n").loss.hidden <= optimum
