"""The text that goes with what a reader takes away: what it is, how it was filtered, licence, how to verify it."""

from seuil.catalogue.entry import Entry
from seuil.portal.exports.notice import disclaimer
from seuil.portal.pages.breaks import notes
from seuil.portal.pages.figure_address import fixed_query
from seuil.portal.pages.links import api_call
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import rounding_example
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import View
from seuil.portal.pages.words import level_name

PACKAGE = "vue.zip"
DATA = "donnees.csv"


def package_address(view: View, locale: Locale) -> str:
    """Where a view is as a ZIP: its data with this text."""
    return f"{locale.path(f'/jeux/{view.entry.id}')}/{PACKAGE}?{view.query()}"


def readme(source: DataSource, view: View, locale: Locale, *, publisher: str, origin: str) -> str:
    """The text. publisher: of datasets that name none. origin: scheme and host of the portal."""
    entry, release, _ = view.entry, source.release, locale.gettext

    def said(name: str, what: str) -> str:
        return f"{name}{_(': ')}{what}"

    number, day = release.number, locale.date(release.published)
    address = f"{origin}{locale.path(f'/jeux/{entry.id}')}?{fixed_query(view, source)}"
    published = locale.text(entry.publisher) or publisher
    parts = [
        [locale.text(entry.title), "=" * len(locale.text(entry.title)), "", locale.text(entry.description)],
        [
            _("What is in it"),
            *_chosen(view, locale),
            said(DATA, _("UTF-8, columns apart by ;, decimal sign .")),
        ],
        [_("Columns"), *(f"- {line}" for line in _columns(entry, locale))],
        [_("How to read it"), *_signs(entry, locale)],
        *([[_("Breaks in the series"), *notes(entry.breaks, locale)]] if entry.breaks else []),
        [
            _("Where it is from"),
            said(_("Publisher"), published),
            said(_("Origin"), locale.text(entry.origin)),
            _("Release no. %(number)s of %(day)s", number=number, day=day),
            said(_("This view"), address),
            said(_("The same by the API"), origin + api_call(view, 1, 100)),
            said(_("Licence"), f"{entry.licence} {entry.licence_url}".rstrip()),
            locale.text(disclaimer(entry)),
        ],
        [
            _("Secrecy and proof"),
            _("Every hidden figure is proved: nobody can work out whether it is small. Anyone can verify it.")
            if entry.guarantee.proved
            else _("These tables were published elsewhere; this site proves nothing about what they hide."),
            f"{origin}{locale.path('/preuve')}",
        ],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _chosen(view: View, locale: Locale) -> list[str]:
    """What every row has in common, and what there is a row for."""
    entry, colon = view.entry, locale.gettext(": ")
    period = locale.gettext("all") if view.period is None else str(view.period)
    lines = [f"- {locale.text(entry.period_label)}{colon}{period}"]
    for choice in view.choices:
        if choice.codes:
            nodes = (node for node in choice.dimension.nodes if node.code in choice.codes)
            told = ", ".join(f"{locale.text(node.label)} ({node.code})" for node in nodes)
        elif choice.level:
            told = locale.gettext("each of: %(level)s", level=level_name(choice.level, locale))
        else:
            told = locale.gettext("everything")
        lines.append(f"- {locale.text(choice.dimension.label)}{colon}{told}")
    return lines


def _columns(entry: Entry, locale: Locale) -> list[str]:
    colon = locale.gettext(": ")
    return [f"{locale.text(m.label)}{colon}{locale.text(m.unit_label) or '–'}" for m in entry.measures]


def _signs(entry: Entry, locale: Locale) -> list[str]:
    """What stands in a place of the table that is no number, and what a rounded number stands for."""
    colon = locale.gettext(": ")
    lines = [
        "NS" + colon + locale.gettext("not significant: hidden, to protect people"),
        "ND" + colon + locale.gettext("not available: there is no figure"),
    ]
    rounded = rounding_example(entry)
    if rounded is not None:
        told = locale.gettext("rounded: stands for %(low)s to %(high)s", low=rounded[1], high=rounded[2])
        lines.append(f"{rounded[0]}{colon}{told}")
    return lines
