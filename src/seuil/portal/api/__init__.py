"""The Explore API v2.1 of a verified release, as existing re-users' scripts speak it (docs/reference/api.md)."""

from seuil.portal.api.routes import router

__all__ = ["router"]
