"""What the solver is asked and answers, by programs whose solutions are known."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Floats
from seuil.disclosure.lp.highs import LinearProgram, Solver


def floats(*values: float) -> Floats:
    return np.array(values, np.float64)


def knapsack(*, whole: bool) -> LinearProgram:
    """As much value as fits: 2 x + 3 y <= 5 for values 3 and 4, each at most 1.5."""
    matrix = csr_array(np.array([[2.0, 3.0]]))
    integral = np.ones(2, np.bool_) if whole else None
    return LinearProgram(floats(-3, -4), matrix, floats(-np.inf), floats(5), floats(0, 0), floats(1.5, 1.5), integral)


def test_a_program_is_solved_in_fractions_and_in_whole_numbers():
    fractions, whole = knapsack(whole=False).solve(), knapsack(whole=True).solve(nodes=100)
    assert (fractions.status, whole.status) == ("optimal", "optimal")
    assert fractions.x == pytest.approx([1.5, 2 / 3])
    assert whole.x == pytest.approx([1, 1])


def test_the_interior_point_method_stays_in_the_middle_where_nothing_is_asked():
    """Of x + y = 6 with x up to 4 and y up to 8 the simplex method gives a corner."""
    matrix = csr_array(np.array([[1.0, 1.0]]))
    program = LinearProgram(floats(0, 0), matrix, floats(6), floats(6), floats(0, 0), floats(4, 8))
    corner, middle = program.solve(), program.solve_inside()
    assert corner.x is not None and middle.x is not None
    assert middle.x.sum() == pytest.approx(6) and corner.x.sum() == pytest.approx(6)
    assert (middle.x > 0.5).all() and middle.x[0] < 3.5
    assert corner.x[0] in (0, 4) or corner.x[1] == 0


def test_a_solver_goes_on_from_where_it_stands_as_rows_come_and_go():
    solver = Solver()
    solver.add_columns(floats(1, 2), floats(0, 0), floats(1, 1))
    solver.add_rows(floats(1), floats(np.inf), np.array([0]), np.array([0, 1]), floats(1, 1))
    assert solver.run() == "optimal" and solver.values == pytest.approx([1, 0]) and solver.objective == 1
    solver.add_rows(floats(1), floats(np.inf), np.array([0]), np.array([1]), floats(1))
    assert solver.run() == "optimal" and solver.values == pytest.approx([0, 1]) and solver.objective == 2
    solver.delete_rows(np.array([1]))
    solver.set_costs(np.array([0, 1]), floats(3, 1))
    solver.set_bounds(np.array([1]), floats(0), floats(0.25))
    assert solver.run() == "optimal" and solver.values == pytest.approx([0.75, 0.25])
    solver.set_row_bounds(0, -np.inf, np.inf)
    solver.forget_basis()
    assert solver.run() == "optimal" and solver.objective == 0


def test_the_duals_of_rows_say_what_their_bounds_cost():
    program = LinearProgram(floats(2), csr_array(np.eye(1)), floats(3), floats(np.inf), floats(0), floats(9))
    solver = Solver(program)
    assert solver.run() == "optimal" and solver.row_duals == pytest.approx([2])


def test_rows_that_contradict_each_other_have_a_ray_that_says_so():
    solver = Solver(presolve=False)
    solver.add_columns(floats(1), floats(-np.inf), floats(np.inf))
    solver.add_rows(floats(3, -np.inf), floats(np.inf, 2), np.array([0, 1]), np.array([0, 0]), floats(1, 1))
    assert solver.run() == "infeasible"
    ray = solver.dual_ray()
    assert ray is not None and abs(ray[0]) == pytest.approx(abs(ray[1])) and ray[0] * ray[1] < 0


def test_a_program_without_an_end_or_without_a_solution_is_told():
    one, free = csr_array(np.eye(1)), (floats(-np.inf), floats(np.inf))
    assert LinearProgram(floats(1), one, *free, *free).solve().status == "unbounded"
    nothing = LinearProgram(floats(1), one, floats(2), floats(3), floats(0), floats(1)).solve()
    assert nothing.status == "infeasible" and nothing.x is None
