"""Pages of text that a search asks for: why a figure is NS, one's rights, how to cite, the licence, the API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from seuil.catalogue.entry import Catalogue
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.pictures import kinds_of
from seuil.portal.pages.terms import terms

_MOST, _MOST_DATASETS = 3, 12
_DATASET = "/jeux/{dataset}"
_PICTURES = f"{_DATASET}#pictures"
_ASKING = frozenset(
    terms(
        "comment how quoi what quel puis peut can faire do trouver find voir see chiffre figure meme moi myself tout "
        "all everything est is jeu dataset"
    )
)
"""Words of a question that say nothing of what is asked for."""

_WORDS: Mapping[str, str] = {
    "/secret": "ns non significatif significant secret secrecy cache masque hidden pourquoi why seuil "
    "threshold anonymat",
    "/vos-droits": "droit rights contacter contact ecrire write lettre letter caisse mes my donnees data personnelle "
    "personal effacement erasure acces rectification opposition dpo delegue officer rgpd gdpr cnil",
    "/protection-des-donnees": "politique policy protection privee privacy donnees data personnelle personal rgpd gdpr",
    "/preuve": "preuve proof prouve proved verifier verify verification signature certificat certificate cle key",
    "/publications": "publication release change changed changement nouveau nouvelle nouveaute neuf new news recent "
    "actualite flux rss atom feed calendrier calendar version vintage mise jour update updated derniere last",
    "/glossaire": "glossaire glossary definition mot vocabulaire standardise standardised arrondi rounding rounded "
    "prevalence densite density",
    "/accessibilite": "accessibilite accessibility rgaa wcag handicap",
    "/mentions-legales": "licence license reutilisation reuse mention legale legal editeur hebergeur",
    f"{_DATASET}#cite": "citer cite citation source reference",
    f"{_DATASET}#api": "api appel call curl python javascript",
    f"{_DATASET}#downloads": "telecharger telechargement download csv excel xlsx parquet fichier file",
    f"{_DATASET}#about": "methode methodologie methodology method variable colonne column dictionnaire dictionary "
    "nomenclature code metadonnee metadata origine origin documentation",
    _PICTURES: "integrer embed iframe image svg png graphique chart graph diagramme",
}


@dataclass(frozen=True)
class Guide:
    """A page, and what it answers."""

    address: str
    title: str


def guides(asked: str, catalogue: Catalogue, locale: Locale) -> tuple[Guide, ...]:
    """The pages whose words are asked, those first that answer the most words; none where half the words are others."""
    words = set(terms(asked)) - _ASKING
    known = {path: words & set(terms(text)) for path, text in _WORDS.items()}
    if not words or 2 * len(set().union(*known.values())) <= len(words) - 1:
        return ()
    best = max(map(len, known.values()))
    found = [path for path, said in known.items() if said and len(said) == best]
    return tuple(guide for path in found[:_MOST] for guide in _guides(path, catalogue, locale))


def _guides(path: str, catalogue: Catalogue, locale: Locale) -> Iterator[Guide]:
    """The page; of pages of datasets that of each."""
    if not path.startswith(_DATASET):
        yield Guide(locale.path(path), _title(path, "", locale))
        return
    entries = [entry for entry in catalogue.entries if path != _PICTURES or kinds_of(entry)]
    for entry in entries[:_MOST_DATASETS]:
        address = locale.path(path.format(dataset=quote(entry.id)))
        yield Guide(address, _title(path, locale.text(entry.title), locale))


def _title(path: str, dataset: str, locale: Locale) -> str:
    return {
        "/secret": locale.gettext("Why figures are NS: how secrecy is kept"),
        "/vos-droits": locale.gettext("Your rights: whom to write to, and a letter to print"),
        "/protection-des-donnees": locale.gettext("The data-protection policy, and its earlier versions"),
        "/preuve": locale.gettext("The proof: how to verify it yourself"),
        "/publications": locale.gettext("The releases, and what changed"),
        "/glossaire": locale.gettext("Glossary"),
        "/accessibilite": locale.gettext("Accessibility"),
        "/mentions-legales": locale.gettext("Legal notice: reuse and responsibility"),
        f"{_DATASET}#cite": locale.gettext("How to cite: %(title)s", title=dataset),
        f"{_DATASET}#api": locale.gettext("API, with calls to copy: %(title)s", title=dataset),
        f"{_DATASET}#downloads": locale.gettext("Downloads: %(title)s", title=dataset),
        f"{_DATASET}#about": locale.gettext("Columns, codes and origin: %(title)s", title=dataset),
        _PICTURES: locale.gettext("Charts to download or embed: %(title)s", title=dataset),
    }[path]
