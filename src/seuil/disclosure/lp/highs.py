"""HiGHS, silent and on one thread: the same programme gives the same answer. Callers check what it says."""

from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
from highspy._core import _Highs  # highspy.Highs prints a banner on stdout, where results go
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Solution:
    """status: `stopped` where the limit of nodes was met; x: the best point then, or the optimum; None if none."""

    status: Literal["optimal", "infeasible", "unbounded", "stopped"]
    x: Floats | None


@dataclass(frozen=True)
class Programme:
    """Least cost x between low and high, with matrix x between row_low and row_high. integral: variables' kinds."""

    cost: Floats
    matrix: csr_array
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats
    integral: NDArray[np.bool_] | None = None

    def solve(self, nodes: int = 0) -> Solution:
        """Solve it; nodes: limit of the search over whole numbers."""
        highs = self.load()
        if self.integral is not None:
            highs.setOptionValue("mip_rel_gap", 0.0)
            highs.setOptionValue("mip_max_nodes", nodes)
        highs.run()
        return self._read(highs)

    def load(self) -> _Highs:
        """The programme in a solver of its own."""
        highs = _Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.passModel(self._model())
        return highs

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.row_low)
        model.col_cost_ = self.cost
        model.col_lower_, model.col_upper_ = self.low, self.high
        model.row_lower_, model.row_upper_ = self.row_low, self.row_high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = self.matrix.indptr
        model.a_matrix_.index_ = self.matrix.indices
        model.a_matrix_.value_ = self.matrix.data.astype(np.float64)
        if self.integral is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(k)] for k in self.integral]
        return model

    def _read(self, highs: _Highs) -> Solution:
        found = highs.getModelStatus()
        kinds = highspy.HighsModelStatus
        if found == kinds.kOptimal:
            return Solution("optimal", np.array(highs.getSolution().col_value))
        if found in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
            return Solution("unbounded", None)
        if found == kinds.kInfeasible:
            return Solution("infeasible", None)
        has_point = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return Solution("stopped", np.array(highs.getSolution().col_value) if has_point else None)
