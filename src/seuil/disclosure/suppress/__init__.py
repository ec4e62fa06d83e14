"""The choice of what to hide (confidential). See `strategy` for the order of its steps."""

from seuil.disclosure.suppress.strategy import Price, Suppression, suppress

__all__ = ["Price", "Suppression", "suppress"]
