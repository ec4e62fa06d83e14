"""Other values of tuning constants while a test runs."""

from dataclasses import replace

import pytest

from seuil.disclosure import tuning


def tune(monkeypatch: pytest.MonkeyPatch, section: str, **values: object) -> None:
    """Put other values into a section of `TUNING`, by the names of their fields."""
    there = tuning.TUNING
    monkeypatch.setattr(tuning, "TUNING", replace(there, **{section: replace(getattr(there, section), **values)}))
