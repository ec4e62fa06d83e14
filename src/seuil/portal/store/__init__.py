"""The verified release that the portal serves: its catalogue, and queries on its tables in a locked DuckDB."""

from seuil.portal.store.limits import Limits
from seuil.portal.store.store import Store

__all__ = ["Limits", "Store"]
