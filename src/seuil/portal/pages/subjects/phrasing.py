"""How the sentence of a view says its nodes: `chez les femmes`, `de 70 à 74 ans`, `dans les Landes`.

French needs the preposition of each place: those of the departments and regions are listed, other places take `à`.
"""

from functools import cache

from seuil.catalogue.entry import Dimension, Node
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.charts.outlines import names
from seuil.portal.pages.locale import Locale

_DANS_LE = frozenset(
    (
        "Calvados", "Cantal", "Cher", "Doubs", "Finistère", "Gard", "Gers", "Jura", "Loir-et-Cher", "Loiret", "Lot",
        "Lot-et-Garonne", "Maine-et-Loire", "Morbihan", "Nord", "Pas-de-Calais", "Puy-de-Dôme", "Bas-Rhin", "Haut-Rhin",
        "Rhône", "Tarn", "Tarn-et-Garonne", "Var", "Vaucluse", "Territoire de Belfort", "Val-de-Marne", "Val-d'Oise",
        "Grand Est",
    )
)  # fmt: skip
_DANS_L = frozenset(
    (
        "Ain", "Aisne", "Allier", "Aube", "Aude", "Aveyron", "Essonne", "Eure", "Hérault", "Indre", "Isère", "Oise",
        "Orne", "Yonne",
    )
)  # fmt: skip
_DANS_LES = frozenset(
    (
        "Alpes-de-Haute-Provence", "Hautes-Alpes", "Alpes-Maritimes", "Ardennes", "Bouches-du-Rhône", "Côtes-d'Armor",
        "Landes", "Hautes-Pyrénées", "Pyrénées-Atlantiques", "Pyrénées-Orientales", "Deux-Sèvres", "Vosges", "Yvelines",
        "Hauts-de-Seine", "Hauts-de-France", "Pays de la Loire",
    )
)  # fmt: skip
_DANS_LA = frozenset(("Creuse", "Drôme", "Loire", "Manche", "Marne", "Meuse", "Nièvre", "Sarthe", "Somme", "Vienne"))
_A = frozenset(("Paris", "La Réunion", "Mayotte"))
_EN = frozenset(
    (
        "France", "Guadeloupe", "Martinique", "Guyane", "Île-de-France", "Centre-Val de Loire",
        "Bourgogne-Franche-Comté", "Normandie", "Bretagne", "Nouvelle-Aquitaine", "Occitanie", "Auvergne-Rhône-Alpes",
        "Provence-Alpes-Côte d'Azur", "Corse",
    )
)  # fmt: skip
_VOWELS = "aàâeéèêiîoôuûy"


def in_place(node: Node, locale: Locale) -> str:
    """The place with its preposition: `en Gironde`, `in Gironde`."""
    label = locale.text(node.label)
    if node.level == UNKNOWN:
        return f"({label})"
    if locale.language != "fr":
        return locale.gettext("in %(place)s", place=label)
    plain = label.replace("’", "'")
    for preposition, places in (
        ("dans le ", _DANS_LE),
        ("dans l’", _DANS_L),
        ("dans les ", _DANS_LES),
        ("dans la ", _DANS_LA),
        ("à ", _A),
        ("en ", _en()),
    ):
        if plain in places:
            return f"{preposition}{label}"
    return f"à {label}"


@cache
def _en() -> frozenset[str]:
    """What takes `en`, departments without another preposition among them."""
    return _EN | {name.replace("’", "'") for name in names().values()}


def of_age(dimension: Dimension, node: Node, locale: Locale) -> str:
    """The age as the sentence says it: `de 70 à 74 ans`, `aged 70 to 74 years`."""
    if node.code == dimension.total:
        return locale.gettext("of all ages")
    label = locale.text(node.label)
    label = label[:1].lower() + label[1:]
    if locale.language != "fr":
        return locale.gettext("aged %(age)s", age=label)
    return label if label.startswith("de ") else f"de {label}"


def people(dimension: Dimension, node: Node, locale: Locale) -> str:
    """Whom the sentence is about: `les femmes`, `people`."""
    if node.code == dimension.total:
        return locale.gettext("people")
    label = locale.text(node.label).lower()
    return f"les {label}" if locale.language == "fr" else label


def than(other: str, locale: Locale) -> str:
    """What a comparison leads on with: `qu’en France`, `que dans les Landes`, `than in France`."""
    if locale.language != "fr":
        return f"than {other}"
    return f"qu’{other}" if other[:1].lower() in _VOWELS else f"que {other}"


def as_in(other: str, locale: Locale) -> str:
    """The same of what is alike: `qu’en France`, `as in France`."""
    return than(other, locale) if locale.language == "fr" else f"as {other}"
