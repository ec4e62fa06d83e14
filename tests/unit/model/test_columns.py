"""Names of the released table's columns."""

from collections.abc import Callable

from seuil.model.columns import HIDDEN, MISSING, column_names
from seuil.model.dataset import Dataset


def test_columns_follow_the_definition(read: Callable[..., Dataset]) -> None:
    assert column_names(read().definition) == (
        "annee",
        *("site", "site_niveau", "site_libelle", "condition", "condition_niveau", "condition_libelle"),
        *("ntop", "ntop_statut", "npop", "npop_statut", "fees", "fees_statut"),
        *("rate", "rate_statut", "mean", "mean_statut"),
    )


def test_hidden_and_missing_are_two_things() -> None:
    assert (HIDDEN, MISSING) == ("NS", "ND")
