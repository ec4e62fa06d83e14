"""Where the pictures of a view are, as files and for frames."""

from typing import Literal

from seuil.catalogue.entry import Entry
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.pictures import Kind
from seuil.portal.pages.view import OVER, View

NAMES: dict[Kind, str] = {"map": "carte", "ages": "ages", "periods": "periodes"}
CHART = "graphique"
"""The name of the chart that a reader builds."""

Format = Literal["svg", "png"]


def image_address(view: View, kind: Kind, fmt: Format, locale: Locale) -> str:
    """Where a picture of a view is, as a file."""
    return f"{locale.path(f'/jeux/{view.entry.id}')}/images/{NAMES[kind]}.{fmt}?{view.query()}"


def embed_address(view: View, kind: Kind, locale: Locale) -> str:
    """Where a picture of a view is, for a frame."""
    return f"{locale.path(f'/jeux/{view.entry.id}')}/integrer/{NAMES[kind]}?{view.query()}"


def chart_image_address(entry: Entry, query: str, fmt: Format, locale: Locale) -> str:
    """Where the chart that a reader built is, as a file. query: asks for it."""
    return f"{locale.path(f'/jeux/{entry.id}')}/images/{CHART}.{fmt}?{query}"


def chart_embed_address(entry: Entry, query: str, locale: Locale) -> str:
    """Where the chart that a reader built is, for a frame."""
    return f"{locale.path(f'/jeux/{entry.id}')}/integrer/{CHART}?{query}"


def spec_address(view: View, kind: Kind, locale: Locale) -> str:
    """Where a picture of a view is in Vega-Lite."""
    base = locale.path(f"/jeux/{view.entry.id}")
    if kind == "map":
        return f"{base}/carte.json?{view.query()}"
    return f"{base}/graphique.json?{view.query(**{OVER: NAMES[kind]})}"
