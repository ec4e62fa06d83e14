"""Linear and mixed-integer programs in HiGHS. This is the only file that knows the solver.

    minimise    cost x
    subject to  row_low <= A x <= row_high,  low <= x <= high,  some x whole

`LinearProgram` is solved once. `Solver` holds a program that grows and changes between runs: the simplex method starts
each run from the basis of the last one, which is what makes generating rows (cuts) cheap.

HiGHS (Huangfu and Hall 2018, Mathematical Programming Computation 10) runs silent and on one thread, so that the same
calls give the same answer. It works in floating point: callers check in whole numbers whatever they conclude from it.
"""

from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
from highspy._core import _Highs  # highspy.Highs prints a banner on stdout, where results go
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Bools, Floats, Ints

Status = Literal["optimal", "infeasible", "unbounded", "stopped"]
_STATUS: dict[highspy.HighsModelStatus, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded",
}
_DUAL_RAY = "getDualRay"  # which the solver has, and its declared types leave out


class Solver:
    """A linear program that can be changed and solved again. Columns and rows are numbered from 0.

    program: what it begins with, nothing if not given. presolve: False where a dual ray is asked for, since a program
    that presolve has done away with has none.
    """

    def __init__(self, program: "LinearProgram | None" = None, *, presolve: bool = True) -> None:
        self._highs = _silent()
        if not presolve:
            self._highs.setOptionValue("presolve", "off")
        self._highs.passModel(highspy.HighsLp() if program is None else _model(program))

    def add_columns(self, cost: Floats, low: Floats, high: Floats) -> None:
        """Add (columns,) variables that are in no row yet."""
        nothing = np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
        self._highs.addCols(len(cost), cost, low, high, 0, *nothing)

    def add_rows(self, low: Floats, high: Floats, start: Ints, column: Ints, value: Floats) -> None:
        """Add (rows,) rows. start: (rows,) where the entries of each begin in column and value, (entries,) each."""
        self._highs.addRows(len(low), low, high, len(column), start.astype(np.int32), column.astype(np.int32), value)

    def delete_rows(self, rows: Ints) -> None:
        """Take rows out; those behind them move up."""
        self._highs.deleteRows(len(rows), rows.astype(np.int32))

    def set_costs(self, columns: Ints, costs: Floats) -> None:
        """Change the costs (columns,) of some columns."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), costs)

    def set_bounds(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Change the bounds (columns,) of some columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), low, high)

    def set_row_bounds(self, row: int, low: float, high: float) -> None:
        """Change the bounds of one row; infinite where it has none."""
        self._highs.changeRowBounds(row, low, high)

    def forget_basis(self) -> None:
        """Let the next run start anew rather than from where the last one ended."""
        self._highs.clearSolver()

    def run(self, iterations: int | None = None) -> Status:
        """Solve it as it stands. iterations: of the simplex method, after which it is `stopped`."""
        if iterations is not None:
            self._highs.setOptionValue("simplex_iteration_limit", iterations)
        self._highs.run()
        return _STATUS.get(self._highs.getModelStatus(), "stopped")

    @property
    def work(self) -> int:
        """What the last run took: iterations of the simplex method, times entries of the program."""
        return int(self._highs.getInfo().simplex_iteration_count) * self.entries

    @property
    def entries(self) -> int:
        """Numbers in the rows of the program."""
        return int(self._highs.getNumNz())

    @property
    def objective(self) -> float:
        """Cost of the last solution."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def values(self) -> Floats:
        """(columns,) the last solution."""
        return np.array(self._highs.getSolution().col_value)

    @property
    def row_duals(self) -> Floats:
        """(rows,) multipliers of the rows in the last solution."""
        return np.array(self._highs.getSolution().row_dual)

    def dual_ray(self) -> Floats | None:
        """(rows,) multipliers by which the rows contradict each other, after `infeasible`; None if HiGHS has none.

        By the lemma of Farkas there are some wherever no solution is.
        """
        _, there, ray = getattr(self._highs, _DUAL_RAY)()
        return np.array(ray) if there else None


@dataclass(frozen=True)
class Solution:
    """status: `stopped` where the limit of nodes was met; x: the best point then, or the optimum; None if none."""

    status: Status
    x: Floats | None


@dataclass(frozen=True)
class Incumbent:
    """Where a branch and bound ended. x: (columns,) the best whole point seen, None if none was.

    bound: no whole point costs less. iterations: of the simplex method, in all.
    """

    x: Floats | None
    bound: float
    iterations: int


@dataclass(frozen=True)
class LinearProgram:
    """One program as a whole. integral: (columns,) that are to be whole, if any are.

    matrix: (rows, columns) csr.
    """

    cost: Floats
    matrix: csr_array
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats
    integral: Bools | None = None

    def solve(self, nodes: int = 0) -> Solution:
        """Solve it. nodes: limit of the branch and bound over whole numbers; not a time, so that the result is always
        the same.
        """
        highs = _silent()
        highs.passModel(_model(self))
        if self.integral is not None:
            highs.setOptionValue("mip_rel_gap", 0.0)
            highs.setOptionValue("mip_max_nodes", nodes)
        highs.run()
        return _solution(highs)

    def solve_inside(self, iterations: int = 200) -> Solution:
        """Solve it by the interior point method, and stay among the best points as far from all bounds as that ends.

        iterations: after which it is `stopped`; some 20 are usual.
        """
        highs = _silent()
        highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("ipm_iteration_limit", iterations)
        highs.setOptionValue("run_crossover", "off")
        highs.setOptionValue("presolve", "off")  # it would set what it takes out to a bound afterwards
        highs.passModel(_model(self))
        highs.run()
        return _solution(highs)

    def branch_and_bound(
        self, nodes: int, *, gap: float, relative_gap: float = 0.0, start: Floats | None = None, dive: bool = True
    ) -> Incumbent:
        """Look for the best whole point until it is within a gap of the bound, or for so many nodes.

        start: (columns,) a whole point to begin with. dive: look for points by smaller programs of their own too;
        without them the bound is the same, in a third of the time.
        """
        highs = _silent()
        # Presolve, restarts and cuts at nodes took longer than they saved (docs/explanation/performance.md).
        options: dict[str, bool | int | float | str] = {
            "presolve": "off",
            "mip_allow_restart": False,
            "mip_allow_cut_separation_at_nodes": False,
            "mip_heuristic_run_rins": dive,
            "mip_heuristic_run_rens": dive,
            "mip_heuristic_run_root_reduced_cost": dive,
            "random_seed": 1,
            "mip_max_nodes": nodes,
            "mip_abs_gap": gap,
            "mip_rel_gap": relative_gap,
        }
        for name, value in options.items():
            highs.setOptionValue(name, value)
        highs.passModel(_model(self))
        if start is not None:
            highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
        highs.run()
        info = highs.getInfo()
        return Incumbent(_solution(highs).x, float(info.mip_dual_bound), int(info.simplex_iteration_count))


def _silent() -> _Highs:
    highs = _Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    return highs


def _model(program: LinearProgram) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_low)
    model.col_cost_ = program.cost
    model.col_lower_, model.col_upper_ = program.low, program.high
    model.row_lower_, model.row_upper_ = program.row_low, program.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.matrix.indptr
    model.a_matrix_.index_ = program.matrix.indices
    model.a_matrix_.value_ = program.matrix.data.astype(np.float64)
    if program.integral is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(k)] for k in program.integral]
    return model


def _solution(highs: _Highs) -> Solution:
    status = _STATUS.get(highs.getModelStatus(), "stopped")
    if status in ("infeasible", "unbounded"):
        return Solution(status, None)
    feasible = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status == "stopped" and not feasible:
        return Solution(status, None)
    return Solution(status, np.array(highs.getSolution().col_value))
