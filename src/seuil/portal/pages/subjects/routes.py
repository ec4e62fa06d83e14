"""The addresses of the pages of conditions, professions and territories."""

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from seuil.catalogue.entry import Dimension, Node
from seuil.model.definition import Role
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.addresses import (
    CONDITION,
    CONDITIONS,
    PLACES,
    PROFESSION,
    PROFESSIONS,
    card_of,
    code_of,
    dataset_query,
    page_of,
)
from seuil.portal.pages.subjects.answer import Told
from seuil.portal.pages.subjects.choice import (
    DATASET,
    MEASURE,
    MOST_BESIDE,
    WITH,
    Choice,
    choosable,
    parameter,
    read_choice,
)
from seuil.portal.pages.subjects.conditions import ConditionPage, read_conditions
from seuil.portal.pages.subjects.places import locator, read_place, territory_of
from seuil.portal.pages.subjects.professions import ProfessionPage, read_professions
from seuil.portal.pages.subjects.profile import read_profile
from seuil.portal.pages.subjects.spread import Departments
from seuil.portal.pages.subjects.subject import subjects
from seuil.portal.pages.view import levels_of, node_of, total_of
from seuil.portal.pages.words import level_name

_READ = ["GET", "HEAD"]


def subjects_router(site: Site) -> APIRouter:
    """Every page of a subject in every language."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        pages = SubjectPages(site, locale)
        for path, answer in (
            (CONDITIONS, pages.conditions),
            (PROFESSIONS, pages.professions),
            (PLACES, pages.places),
            (f"{PLACES}{{name}}", pages.place),
            (f"{CONDITION}{{name}}", pages.condition),
            (f"{PROFESSION}{{name}}", pages.profession),
        ):
            router.add_api_route(locale.path(path), answer, methods=_READ)
    return router


class SubjectPages:
    """The pages in one language."""

    def __init__(self, site: Site, locale: Locale) -> None:
        self.site = site
        self.locale = locale

    def conditions(self, request: Request) -> Response:
        """Conditions: a view as a sentence, its figures, and what stands beside them."""
        source = self.site.current()
        found = subjects(source.catalogue, "condition")
        if not found:
            raise HTTPException(404)
        choice = read_choice(found, request.query_params, request.query_params.getlist(WITH))
        path = self.locale.path(CONDITIONS)
        page = read_conditions(source, choice, path, self.locale)
        return self.site.page(
            "subjects/conditions.html",
            request,
            self.locale,
            source,
            page=page,
            card=_card(choice, page.departments, self.locale),
            choice=choice,
            subject=choice.subject,
            entry=choice.subject.entry,
            path=path,
            more=len(choice.beside) < MOST_BESIDE,
            choosable=choosable,
            names={"with": WITH, "dataset": DATASET, "measure": MEASURE},
            page_of=lambda node: page_of(CONDITION, node, self.locale),
            place_page=self._place_page,
            dataset_query=dataset_query,
            fictitious=choice.subject.entry.fictitious,
        )

    def professions(self, request: Request) -> Response:
        """Professions: a view as a sentence, and a tile for every measure that the release has of it."""
        source = self.site.current()
        found = subjects(source.catalogue, "profession")
        if not found:
            raise HTTPException(404)
        choice = read_choice(found, request.query_params)
        path = self.locale.path(PROFESSIONS)
        page = read_professions(source, found, choice, path, self.locale)
        return self.site.page(
            "subjects/professions.html",
            request,
            self.locale,
            source,
            page=page,
            card=_card(page.ranked_by, page.departments, self.locale),
            choice=choice,
            subject=choice.subject,
            entry=choice.subject.entry,
            path=path,
            choosable=choosable,
            names={"with": WITH, "dataset": DATASET, "measure": MEASURE},
            dataset_query=dataset_query,
            page_of=lambda node: page_of(PROFESSION, node, self.locale),
            place_page=self._place_page,
            fictitious=any(tile.entry.fictitious for tile in page.tiles),
        )

    def condition(self, name: str, request: Request) -> Response:
        """A condition in the whole country: its figures, regions, sexes, finer lines and departments."""
        source = self.site.current()
        choice = self._named(source, "condition", name)
        own = page_of(CONDITION, choice.main, self.locale)
        if request.url.path != own:
            return RedirectResponse(own, 308)
        page = read_conditions(source, choice, self.locale.path(CONDITIONS), self.locale)
        return self._profile(request, source, choice, (CONDITION, CONDITIONS), page.figures, page)

    def profession(self, name: str, request: Request) -> Response:
        """A profession in the whole country: every measure of it, its regions, finer lines and departments."""
        source = self.site.current()
        found = subjects(source.catalogue, "profession")
        choice = self._named(source, "profession", name)
        own = page_of(PROFESSION, choice.main, self.locale)
        if request.url.path != own:
            return RedirectResponse(own, 308)
        page = read_professions(source, found, choice, self.locale.path(PROFESSIONS), self.locale)
        figures = [tile.told for tile in page.tiles]
        return self._profile(request, source, choice, (PROFESSION, PROFESSIONS), figures, page)

    def _named(self, source: DataSource, role: Role, name: str) -> Choice:
        """The view of the whole country of what an address names. Raises HTTPException with status 404."""
        found = subjects(source.catalogue, role)
        codes = {node.code for node in choosable(found[0].main)} if found else set()
        code = code_of(name, codes)
        if not code:
            raise HTTPException(404)
        return read_choice(found, {parameter(found[0].main): code})

    def _profile(
        self,
        request: Request,
        source: DataSource,
        choice: Choice,
        addresses: tuple[str, str],
        figures: Sequence[Told],
        of: ConditionPage | ProfessionPage,
    ) -> Response:
        """addresses: of the pages of single nodes, and of the sentence."""
        main, path = choice.subject.main, self.locale.path(addresses[1])
        conditions = of if isinstance(of, ConditionPage) else None
        ranked_by = of.ranked_by if isinstance(of, ProfessionPage) else choice
        return self.site.page(
            "subjects/profile.html",
            request,
            self.locale,
            source,
            choice=choice,
            subject=choice.subject,
            entry=choice.subject.entry,
            path=path,
            figures=figures,
            sentence=of.sentence,
            definition=None if conditions is None else conditions.definition,
            trend=None if conditions is None else conditions.trend,
            departments=of.departments,
            ranked_by=ranked_by,
            card=_card(ranked_by, of.departments, self.locale),
            fictitious=any(tile.entry.fictitious for tile in of.tiles)
            if isinstance(of, ProfessionPage)
            else choice.subject.entry.fictitious,
            profile=read_profile(source, choice, path, self.locale),
            above=next((n for n in main.nodes if n.code == choice.main.parent and n.code != main.total), None),
            page_of=lambda node: page_of(addresses[0], node, self.locale),
            dataset_query=dataset_query,
        )

    def places(self, request: Request) -> Response:
        """Every territory that has a page."""
        source = self.site.current()
        territory = _territory(source)
        return self.site.page(
            "subjects/places.html",
            request,
            self.locale,
            source,
            map=locator(territory, total_of(territory), self.locale),
            levels=[
                (level_name(level, self.locale), [n for n in territory.nodes if n.level == level])
                for level in levels_of(territory)
            ],
            place_page=self._place_page,
            fictitious=False,
        )

    def place(self, name: str, request: Request) -> Response:
        """A territory: its main figures beside its region, its neighbours and the country."""
        source = self.site.current()
        territory = _territory(source)
        node = node_of(territory, code_of(name, {n.code for n in choosable(territory)}))
        if node is None:
            raise HTTPException(404)
        if request.url.path != self._place_page(node):
            return RedirectResponse(self._place_page(node), 308)
        page = read_place(source, territory, node, self.locale)
        return self.site.page(
            "subjects/place.html",
            request,
            self.locale,
            source,
            page=page,
            place_page=self._place_page,
            fictitious=any(section.entry.fictitious for section in page.sections),
        )

    def _place_page(self, node: Node) -> str:
        return page_of(PLACES, node, self.locale)


def _card(choice: Choice | None, found: Departments | None, locale: Locale) -> str:
    return card_of(choice, None if found is None else found.measure, locale)


def _territory(source: DataSource) -> Dimension:
    """Raises HTTPException with status 404 where the release has no places."""
    found = territory_of(source.catalogue)
    if found is None:
        raise HTTPException(404)
    return found
