"""Linear and integer programs. `highs` alone knows the solver."""
