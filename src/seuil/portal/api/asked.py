"""A request to the API as its answers are made from it, and an answer before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.datastructures import QueryParams

from seuil.portal.store.served import ServedRelease

Json = dict[str, object]


@dataclass(frozen=True)
class Asked:
    """origin: scheme and host under which readers reach the portal. base: address of the API's version. path: asked."""

    served: ServedRelease
    query: QueryParams
    origin: str
    base: str
    path: str

    @property
    def catalogue(self) -> str:
        """Address of the catalogue."""
        return f"{self.origin}{self.base}/catalog"

    def dataset(self, dataset_id: str) -> str:
        """Address of a dataset."""
        return f"{self.catalogue}/datasets/{quote(dataset_id, safe='')}"


@dataclass(frozen=True)
class Reply:
    """The content of an answer in JSON, and headers of its own."""

    content: object
    headers: dict[str, str] = field(default_factory=dict)


Prepared = Callable[[], Reply]
"""An answer whose question has been found to be sound, and that is still to be made."""
