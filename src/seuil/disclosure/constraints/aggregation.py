"""Make a system smaller without losing a table: variables that one row ties to each other become one.

*Doubleton aggregation and parallel rows*, as in the presolve of linear programmes (E. Andersen and K. Andersen,
Presolving in linear programming, Mathematical Programming 1995). A row with two variables left, both with coefficient 1
or -1, says what one is when the other is known. Put in, it may leave other rows with two; rows that say the same are
kept once. On tables of counts this halves the search. Here, with shown cells and totals as numbers,

    x  y  4 | 10      x + y = 6    so  y = 6 - x
    z  w  7 | 12      z + w = 5        w = 5 - z      one variable is left, x, from 0 to 5,
    5  6  9 | 20      x + z = 5        z = 5 - x      and the row y + w = 6 says 6 = 6: it goes

The reduction:

- *accepts* rows that are an equation of two variables of coefficient 1 or -1, neither of which stays apart, and that
  are no watched cell;
- *applies* x = sign * root + offset, the same to all members of a class (union-find with signs and offsets), and takes
  the bounds that all members leave the root; again, until no such row is left;
- *inverts* by `System.members`, which says for every variable which cells it stands for and how.

Cost: near linear in the entries, for every pass.
"""

from dataclasses import replace

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.system import Members, Sparse, System, common_bounds


def contract(system: System, rank: Ints, apart: Bools) -> System:
    """The contracted system. A class keeps the `cell` of its member of least rank, as it is.

    rank: (variables,). apart: (variables,) those that stay on their own. Rows that are a watched cell stay too.
    """
    # What is put in can leave another row with two variables: again until nothing is tied.
    while True:
        parent, sign, offset = _tied(system, rank, apart)
        root = parent == np.arange(system.variables)
        if root.all():
            return system
        system = _put_in(system, parent, sign, offset)
        rank, apart = rank[root], apart[root]


def _tied(system: System, rank: Ints, apart: Bools) -> tuple[Ints, Ints, Ints]:
    """For every variable the one that stands for it: x = sign * x[parent] + offset."""
    e = system.entries
    two = np.diff(e.row_start) == 2
    usable = two & (system.row_low == system.row_high) & (system.row_cell < 0)
    rows = np.flatnonzero(usable)
    at = e.row_start[rows]
    first, second = e.row_variable[at], e.row_variable[at + 1]
    a, b = e.row_coefficient[at], e.row_coefficient[at + 1]
    whole = (abs(a) == 1) & (abs(b) == 1) & ~apart[first] & ~apart[second]
    right = (system.row_low - system.row_fixed)[rows]
    return _unite(first[whole], second[whole], a[whole], b[whole], right[whole], rank)


@compiled
def _find(parent: Ints, sign: Ints, offset: Ints, variable: int) -> tuple[int, int, int]:
    """The root of a variable, and the variable in terms of it."""
    s, o = 1, 0
    while parent[variable] != variable:
        o += s * offset[variable]
        s *= sign[variable]
        variable = parent[variable]
    return variable, s, o


@njit(cache=True)
def _unite(first: Ints, second: Ints, a: Ints, b: Ints, right: Ints, rank: Ints) -> tuple[Ints, Ints, Ints]:
    """Union-find over equations a x + b y = right."""
    n = len(rank)
    parent, sign, offset = np.arange(n), np.ones(n, np.int64), np.zeros(n, np.int64)
    for k in range(len(first)):
        x, sx, ox = _find(parent, sign, offset, first[k])
        y, sy, oy = _find(parent, sign, offset, second[k])
        if x == y:
            continue  # tied already: the row follows from others, or stays as a row of the root alone
        # a (sx X + ox) + b (sy Y + oy) = right
        rest = right[k] - a[k] * ox - b[k] * oy
        cx, cy = a[k] * sx, b[k] * sy
        # Whoever ranks first is the root, whose number the class keeps; the position decides between equals.
        if rank[x] > rank[y] or (rank[x] == rank[y] and x > y):
            x, y, cx, cy = y, x, cy, cx
        parent[y], sign[y], offset[y] = x, -cx * cy, cy * rest
    for v in range(n):  # all paths end at their root now: whoever uses them needs one look
        parent[v], sign[v], offset[v] = _find(parent, sign, offset, v)
    return parent, sign, offset


def _put_in(system: System, parent: Ints, sign: Ints, offset: Ints) -> System:
    """The system in terms of the roots."""
    n = system.variables
    roots = np.flatnonzero(parent == np.arange(n))
    number = np.full(n, -1, np.int64)
    number[roots] = np.arange(len(roots))
    of = number[parent]
    low, high = common_bounds(system.low, system.high, of, sign, offset, len(roots))
    e = system.entries
    # In matrices: A x with x = S z + o is (A S) z + A o.
    matrix = csr_array((e.row_coefficient, e.row_variable, e.row_start), shape=(len(system.row_low), n))
    into = csr_array((sign, of, np.arange(n + 1)), shape=(n, len(roots)))
    fixed = system.row_fixed + matrix @ offset
    smaller = csr_array(matrix @ into)
    smaller.eliminate_zeros()
    smaller.sort_indices()
    kept = _different(smaller, system.row_low - fixed, system.row_high - fixed, system.row_cell)
    return System(
        low=low,
        high=high,
        row_low=system.row_low[kept],
        row_high=system.row_high[kept],
        row_fixed=fixed[kept],
        entries=Sparse.of(smaller[kept]),
        cell=system.cell[roots],
        row_cell=system.row_cell[kept],
        members=_members(system.members, of, sign, offset, len(roots)),
    )


def _different(matrix: csr_array, low: Ints, high: Ints, row_cell: Ints) -> Ints:
    """Rows that say something of their own: watched ones, and one of those with the same entries and bounds.

    Rows are compared by a random weight of every variable; a row and its negative are the same.
    """
    # Equal rows have equal marks; that different ones do is as likely as a collision of 40 random bits.
    weight = np.random.default_rng(0).integers(1, 1 << 40, matrix.shape[1])
    filled = np.diff(matrix.indptr) > 0
    lead = np.zeros(matrix.shape[0], np.int64)
    lead[filled] = np.sign(matrix.data[matrix.indptr[:-1][filled]])
    mark = lead * (matrix @ weight)
    one, other = np.where(lead < 0, -high, low), np.where(lead < 0, -low, high)
    mark = np.where(row_cell >= 0, -1 - np.arange(len(mark)), mark)  # no two watched rows are the same
    _, first = np.unique(np.stack([mark, one, other, np.diff(matrix.indptr)]), axis=1, return_index=True)
    keep = np.zeros(len(mark), np.bool_)
    keep[first] = True
    return np.flatnonzero(keep & (filled | (row_cell >= 0)))


def _members(members: Members, of: Ints, sign: Ints, offset: Ints, roots: int) -> Members:
    """The cells of all variables of a class: s (sign z + offset) + o."""
    size = np.diff(members.start)
    variable = np.repeat(np.arange(len(size)), size)
    order = np.argsort(of[variable], kind="stable")
    variable = variable[order]
    s, o = members.sign[order], members.offset[order]
    start = np.searchsorted(of[variable], np.arange(roots + 1)).astype(np.int64)
    return replace(
        members,
        start=start,
        cell=members.cell[order],
        atom=members.atom[order],
        sign=s * sign[variable],
        offset=s * offset[variable] + o,
    )
