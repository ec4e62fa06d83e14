"""The address of the page of one figure: dataset, period, the code of every dimension, measure.

publication: the release that a reader saw it in. Without it the address lives: it shows the release that is served.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from seuil.catalogue.entry import Entry, Measure
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import MEASURE, View

FIGURE = "/jeux/{dataset_id}/chiffre"
RELEASE = "publication"


def figure_query(entry: Entry, row: Mapping[str, object], measure: Measure, **more: str | int) -> str:
    """The query of the address. row: has the period and the columns of all dimensions."""
    asked = {entry.period: str(row[entry.period])}
    asked |= {dimension.name: str(row[dimension.column]) for dimension in entry.dimensions}
    return urlencode(asked | {MEASURE: measure.name} | {name: str(value) for name, value in more.items()})


def figure_address(entry: Entry, row: Mapping[str, object], measure: Measure, locale: Locale, **more: str | int) -> str:
    """The address below the site."""
    path = locale.path(FIGURE.format(dataset_id=quote(entry.id)))
    return f"{path}?{figure_query(entry, row, measure, **more)}"


def asked_release(entry: Entry, asked: Mapping[str, str]) -> str:
    """The release that an address names, as it is written there; empty where it names none.

    A dataset may have a dimension of that very name: there the word is the dimension's.
    """
    names = {entry.period, *(dimension.name for dimension in entry.dimensions)}
    return "" if RELEASE in names else asked.get(RELEASE, "")


def fixed_query(view: View, source: DataSource) -> str:
    """The query of a view, fixed to the release that is served."""
    return view.query(**{RELEASE: source.release.number})
