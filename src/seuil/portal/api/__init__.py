"""The Explore API v2.1 of a verified release, as existing re-users' scripts speak it (docs/reference/api.md)."""

from seuil.portal.api.routes import asked_most, router

__all__ = ["asked_most", "router"]
