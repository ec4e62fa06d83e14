"""Confidential: from records to leaf counts and sums, by Ibis on DuckDB. Nothing of it leaves the workspace."""
