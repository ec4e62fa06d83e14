"""What travels with the data: licence, purpose, and whose fault harm from other uses isn't (row 5 of the policy)."""

from urllib.parse import quote

from seuil.catalogue.entry import Entry
from seuil.model.text import Text

POLICY_PAGE = "/protection-des-donnees"
_HEADER_DISCLAIMER = (
    "The publisher is not liable for harm that comes from using these data for other purposes than those they are "
    "published for."
)
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"


def disclaimer(entry: Entry) -> Text:
    """The disclaimer of a dataset, in its publisher's name."""
    return Text(
        fr=f"{entry.publisher.fr or 'Le producteur'} n’est pas responsable des dommages qui résulteraient d’une "
        "réutilisation de ces données à d’autres fins que celles pour lesquelles elles sont publiées.",
        en=f"{entry.publisher.en or 'The publisher'} is not liable for harm that comes from using these data for other "
        "purposes than those they are published for.",
    )


def notice_headers(entry: Entry, release: int, origin: str, described: str) -> dict[str, str]:
    """Headers of a download, for CSV and JSON have no place for metadata.

    origin: scheme and host of the portal. described: address of the dataset's metadata.
    """
    links = [
        f'<{described}>; rel="describedby"; type="application/json"',
        f'<{origin}{POLICY_PAGE}>; rel="terms-of-service"',
    ]
    if entry.licence_url:
        links.append(f'<{quote(entry.licence_url, safe=_URL_CHARACTERS)}>; rel="license"')
    return {"Link": ", ".join(links), "Seuil-Disclaimer": _HEADER_DISCLAIMER, "Seuil-Release": str(release)}


def notice_metadata(entry: Entry, release: int) -> dict[str, str]:
    """The metadata of a Parquet file."""
    return {
        "seuil.dataset": entry.id,
        "seuil.release": str(release),
        "seuil.title": entry.title.fr,
        "seuil.publisher": entry.publisher.fr,
        "seuil.licence": entry.licence,
        "seuil.licence_url": entry.licence_url,
        "seuil.purpose": entry.purpose.fr,
        "seuil.disclaimer": disclaimer(entry).fr,
    }
