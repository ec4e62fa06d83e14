"""Names of levels in the reader's language. Definitions choose them; common ones have a translation."""

from seuil.portal.pages.locale import Locale


def level_name(level: str, locale: Locale) -> str:
    """What the nodes of a level are called, in the plural; an uncommon level as the definition writes it."""
    known = {
        "total": locale.gettext("total"),
        "france": locale.gettext("whole country"),
        "region": locale.gettext("regions"),
        "departement": locale.gettext("departments"),
        "site": locale.gettext("sites"),
        "classe": locale.gettext("age bands"),
        "band": locale.gettext("age bands"),
        "sexe": locale.gettext("sexes"),
        "sex": locale.gettext("sexes"),
        "famille": locale.gettext("families of professions"),
        "profession": locale.gettext("professions"),
        "ensemble": locale.gettext("groups of professions"),
        "sous_ensemble": locale.gettext("sub-groups of professions"),
        "niveau_1": locale.gettext("level 1"),
        "niveau_2": locale.gettext("level 2"),
        "niveau_3": locale.gettext("level 3"),
        "unknown": locale.gettext("not stated"),
    }
    return known.get(level.casefold(), level.replace("_", " "))
