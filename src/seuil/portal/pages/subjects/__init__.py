"""Pages on which readers get their answer: conditions, professions, territories. Made from the roles of dimensions."""
