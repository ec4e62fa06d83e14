"""Where the pages of subjects are."""

from urllib.parse import urlencode

from seuil.catalogue.entry import Measure, Node
from seuil.portal.pages.documents import anchor_of
from seuil.portal.pages.image_address import NAMES
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.subjects.choice import Choice
from seuil.portal.pages.view import MEASURE

CONDITIONS = "/pages/data-pathologies/"
PROFESSIONS = "/pages/data-professionnels-sante-liberaux/"
PLACES = "/territoires/"
CONDITION = "/pathologies/"
PROFESSION = "/professions/"


def page_of(folder: str, node: Node, locale: Locale) -> str:
    """The address of the page of a place, a condition or a profession: `/territoires/33-gironde`."""
    return locale.path(f"{folder}{node.code}-{anchor_of(node.label.fr)}")


def code_of(address: str, codes: set[str]) -> str:
    """The code that the last part of such an address begins with, the longest that there is; empty where none is."""
    return max((code for code in codes if f"{address}-".startswith(f"{code}-")), key=len, default="")


def dataset_query(choice: Choice, **more: str) -> str:
    """The query of the same view on the page of its dataset."""
    entry = choice.subject.entry
    asked = {entry.period: str(choice.period)}
    asked |= {d.name: choice.node(d).code for d in entry.dimensions if d.facet}
    return urlencode(asked | more)


def card_of(choice: Choice | None, measure: Measure | None, locale: Locale) -> str:
    """The picture of a page where it is shared: the map of its view; empty where it has none."""
    if choice is None or measure is None or not choice.subject.departments:
        return ""
    dataset = locale.path(f"/jeux/{choice.subject.entry.id}")
    return f"{dataset}/images/{NAMES['map']}.png?{dataset_query(choice, **{MEASURE: measure.name})}"
