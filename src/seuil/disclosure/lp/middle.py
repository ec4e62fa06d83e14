"""A table with fractions in the middle of all that fit the figures: where the search for a whole one can begin.

Repair from a corner of what is allowed fails where most figures are hidden and small: cells have no room there, and
thousands of rows go on breaking each other. The interior point method ends far from all bounds if nothing is asked of
it (without a crossover to a corner), near what is called the analytic centre of the program (Y. Ye, Interior Point
Algorithms, 1997). Rounded, that is nearly a table, and one whose cells have room to move.
"""

import numpy as np
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.constraints.system import System
from seuil.disclosure.lp.highs import LinearProgram


def middle_of(system: System) -> Ints | None:
    """(variables,) such a table, rounded to the nearest whole numbers, which rows may break; None if there is none.

    Cost: some ten iterations, each of which solves equations as large as the system: 0.4 s for 11,000 variables.
    """
    e = system.entries
    matrix = csr_array((e.row_coefficient, e.row_variable, e.row_start), shape=(len(system.row_low), system.variables))
    row_low, row_high = (bound - system.row_fixed for bound in (system.row_low, system.row_high))
    program = LinearProgram(
        cost=np.zeros(system.variables),
        matrix=matrix,
        row_low=np.where(system.row_low <= -UNBOUNDED, -np.inf, row_low),
        row_high=np.where(system.row_high >= UNBOUNDED, np.inf, row_high),
        low=np.where(system.low <= -UNBOUNDED, -np.inf, system.low),
        high=np.where(system.high >= UNBOUNDED, np.inf, system.high),
    )
    found = program.solve_inside()
    return None if found.x is None else np.rint(found.x).astype(np.int64)
