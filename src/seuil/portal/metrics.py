"""`/metrics`: what the portal does, in the format of Prometheus, for those networks that the operator names.

Counted are requests, their time and their bytes by route and status, never by client; and the state of the store. By
default nobody is answered, and nothing is counted.
"""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_fastapi_instrumentator import Instrumentator

from seuil.portal.networks import Network, is_in
from seuil.portal.store import Store

PATH = "/metrics"


class _StoreState(Collector):
    """The state of the store when it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        served = self._store.served()
        for name, text, value in (
            ("release", "Number of the release that is served", served.number),
            ("release_expires_seconds", "When the release expires", served.release.expires.timestamp()),
            ("spool_bytes", "Files that are being sent or kept", self._store.spooled_bytes),
            ("exports_waiting", "Exports that wait for their turn", self._store.waiting_exports),
        ):
            yield GaugeMetricFamily(f"seuil_{name}", text, value)


def install_metrics(app: FastAPI, store: Store, readers: Sequence[Network]) -> None:
    """Count, and answer `readers`."""
    registry = CollectorRegistry()
    registry.register(_StoreState(store))
    Instrumentator(registry=registry, excluded_handlers=[PATH]).instrument(app)
    routes = APIRouter(include_in_schema=False)

    def metrics(request: Request) -> Response:
        if request.client is None or not is_in(request.client.host, readers):
            raise HTTPException(404)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes.add_api_route(PATH, metrics, methods=["GET"])
    app.include_router(routes)
