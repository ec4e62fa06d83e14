"""The search engine: from one table that fits the figures to others that differ enough at a cell."""
