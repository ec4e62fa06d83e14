"""Which datasets have pages of conditions or professions: those with one such dimension, and places."""

from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.definition import Role


def is_about(entry: Entry, role: Role) -> bool:
    """Whether a dataset is about conditions, or professions, in places."""
    roles = [d.role for d in entry.dimensions if d.facet]
    return roles.count(role) == roles.count("territory") == 1


def has_page(catalogue: Catalogue, role: Role) -> bool:
    """Whether a release has a page of that role."""
    return any(is_about(entry, role) for entry in catalogue.entries)
