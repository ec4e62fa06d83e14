"""Confidential: from records to leaf counts and sums, by Ibis. Nothing of it leaves the workspace."""
