"""Made-up records that look real: drawn from public figures, seeded, of nobody."""
