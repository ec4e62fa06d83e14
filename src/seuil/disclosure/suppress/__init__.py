"""The choice of what to hide (confidential): secondary cell suppression. `strategy` tells its steps in their order."""

from seuil.disclosure.suppress.strategy import Price, Suppression, suppress

__all__ = ["Price", "Suppression", "suppress"]
