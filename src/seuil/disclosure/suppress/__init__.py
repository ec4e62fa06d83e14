"""The choice of what to hide (confidential): secondary cell suppression. `strategy` tells its steps in their order."""

from seuil.disclosure.suppress.price import Price
from seuil.disclosure.suppress.strategy import Suppression, suppress

__all__ = ["Price", "Suppression", "suppress"]
