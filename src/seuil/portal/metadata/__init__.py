"""What machines are told of a dataset: schema.org, Croissant and Frictionless, all from its entry in the catalogue."""
