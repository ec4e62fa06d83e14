"""Linear and whole-number programmes. `highs` alone knows the solver."""
