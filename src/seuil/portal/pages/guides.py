"""Pages of text that a search asks for: why a figure is NS, one's rights, how to cite, the licence, the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from seuil.catalogue.entry import Catalogue
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.terms import terms

_MOST = 3
_DATASET = "/jeux/{first}"
_WORDS: Mapping[str, str] = {
    "/secret": "ns non significatif significant secret secrecy cache masque hidden pourquoi why seuil "
    "threshold anonymat",
    "/vos-droits": "droit rights contacter contact ecrire write lettre letter caisse mes my donnees data personnelle "
    "personal effacement erasure acces rectification opposition dpo delegue officer rgpd gdpr cnil",
    "/protection-des-donnees": "politique policy protection privee privacy donnees data personnelle personal rgpd gdpr",
    "/preuve": "preuve proof prouve proved verifier verify verification signature certificat certificate cle key",
    "/publications": "publication release change changed changement nouveau nouveaute version vintage mise jour update "
    "updated derniere last",
    "/glossaire": "glossaire glossary definition mot vocabulaire",
    "/accessibilite": "accessibilite accessibility rgaa wcag handicap",
    "/mentions-legales": "licence license reutilisation reuse mention legale legal editeur hebergeur",
    f"{_DATASET}#cite": "citer cite citation source reference",
    f"{_DATASET}#api": "api appel call curl python javascript",
    f"{_DATASET}#downloads": "telecharger download csv excel xlsx parquet fichier file",
}


@dataclass(frozen=True)
class Guide:
    """A page, and what it answers."""

    address: str
    title: str


def guides(asked: str, catalogue: Catalogue, locale: Locale) -> tuple[Guide, ...]:
    """The pages whose words are asked, those first that answer the most words; none where half the words are others."""
    words = set(terms(asked))
    known = {path: words & set(terms(text)) for path, text in _WORDS.items()}
    if not words or 2 * len(set().union(*known.values())) <= len(words) - 1:
        return ()
    best = max(map(len, known.values()))
    found = [path for path, said in known.items() if said and len(said) == best]
    first = next((entry.id for entry in catalogue.entries), "")
    titles = _titles(locale)
    return tuple(Guide(locale.path(path.format(first=first)), titles[path]) for path in found[:_MOST])


def _titles(locale: Locale) -> dict[str, str]:
    return {
        "/secret": locale.gettext("Why figures are NS: how secrecy is kept"),
        "/vos-droits": locale.gettext("Your rights: whom to write to, and a letter to print"),
        "/protection-des-donnees": locale.gettext("The data-protection policy, and its earlier versions"),
        "/preuve": locale.gettext("The proof: how to verify it yourself"),
        "/publications": locale.gettext("The releases, and what changed"),
        "/glossaire": locale.gettext("Glossary"),
        "/accessibilite": locale.gettext("Accessibility"),
        "/mentions-legales": locale.gettext("Legal notice: reuse and responsibility"),
        f"{_DATASET}#cite": locale.gettext("How to cite a dataset; each figure has a page that says how to cite it"),
        f"{_DATASET}#api": locale.gettext("The API, with calls to copy"),
        f"{_DATASET}#downloads": locale.gettext("Downloads of a dataset"),
    }
