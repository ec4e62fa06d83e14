"""Names of levels in the reader's language. Definitions choose them; common ones have a translation."""

from seuil.portal.pages.voice import Voice


def level_name(level: str, voice: Voice) -> str:
    """What the nodes of a level are called, in the plural; an uncommon level as the definition writes it."""
    known = {
        "total": voice.gettext("total"),
        "france": voice.gettext("whole country"),
        "region": voice.gettext("regions"),
        "departement": voice.gettext("departments"),
        "site": voice.gettext("sites"),
        "classe": voice.gettext("age bands"),
        "band": voice.gettext("age bands"),
        "sexe": voice.gettext("sexes"),
        "sex": voice.gettext("sexes"),
        "famille": voice.gettext("families of professions"),
        "profession": voice.gettext("professions"),
        "ensemble": voice.gettext("groups of professions"),
        "sous_ensemble": voice.gettext("sub-groups of professions"),
        "niveau_1": voice.gettext("level 1"),
        "niveau_2": voice.gettext("level 2"),
        "niveau_3": voice.gettext("level 3"),
        "unknown": voice.gettext("not stated"),
    }
    return known.get(level.casefold(), level.replace("_", " "))
