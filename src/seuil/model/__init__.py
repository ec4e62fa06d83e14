"""What can be said: dimensions, hierarchies, measures, datasets, formulas, code lists. Pure: no clock, no network."""
