"""The console of the API: a page that shows its operations, made from `/openapi.json`, and runs a call from a form.

It stands where the vendor's console stands. Without scripts the form leads to the answer itself: `run` sends the reader
on to the address of the call. A script shows the answer in the page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup, escape
from starlette.datastructures import QueryParams

from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.site import Site

API = "/api/explore/v2.1/"
CONSOLE = f"{API}console"
_RUN = f"{CONSOLE}/run"
_OPERATION, _DATASET = "operation", "dataset_id"
_FIRST = "catalog/datasets/{dataset_id}/records"
_CODE = re.compile(r"`([^`]+)`")
_PLACE = re.compile(r"\{(\w+)\}")
_READ = ["GET", "HEAD"]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation. choices: the values that it can have, if they are few. repeated: one a line."""

    name: str
    description: Markup
    in_path: bool
    choices: tuple[str, ...] = ()
    number: bool = False
    repeated: bool = False


@dataclass(frozen=True)
class Operation:
    """An address of the API. path: below its base, with the names of what stands in it."""

    path: str
    summary: str
    parameters: tuple[Parameter, ...]

    @property
    def of_file(self) -> bool:
        """Whether it answers with a file."""
        return "/exports/" in self.path

    @property
    def of_dataset(self) -> bool:
        """Whether it is about one dataset."""
        return _DATASET in self.path

    def address(self, values: QueryParams) -> str | None:
        """The address of a call, None where something that stands in the path isn't said."""
        said = {name: values.get(name, "").strip() for name in _PLACE.findall(self.path)}
        if not all(said.values()):
            return None
        path = _PLACE.sub(lambda place: quote(said[place[1]], safe=""), self.path)
        query = [
            (parameter.name, value)
            for parameter in self.parameters
            if not parameter.in_path
            for text in values.getlist(parameter.name)
            for value in (text.splitlines() if parameter.repeated else [text])
            if value.strip()
        ]
        return f"{API}{path}?{urlencode(query)}" if query else f"{API}{path}"


def console_router(site: Site) -> APIRouter:
    """The page in every language. Its addresses lie below the API's, so they have to be there before it."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        page = _Console(site, locale).page
        for path in (CONSOLE, f"{CONSOLE}/"):
            router.add_api_route(locale.path(path), page, methods=_READ)
    router.add_api_route(_RUN, run, methods=_READ)
    return router


class _Console:
    def __init__(self, site: Site, locale: Locale) -> None:
        self.site, self.locale = site, locale

    def page(self, request: Request) -> Response:
        """The operations, and the form of the one that is chosen."""
        source, operations = self.site.current(), operations_of(request, self.locale)
        chosen = _chosen(operations, request.query_params.get(_OPERATION) or _FIRST)
        return self.site.page(
            "console.html",
            request,
            self.locale,
            source,
            operations=list(operations.values()),
            chosen=chosen,
            address=chosen.address(request.query_params),
            values=request.query_params,
            datasets=source.catalogue.entries,
            console=self.locale.path(CONSOLE),
            run=_RUN,
            fictitious=False,
        )


def run(request: Request) -> Response:
    """Send the reader on to the call that the form asks for; back to the form where it says too little."""
    chosen = _chosen(operations_of(request, locales()["fr"]), request.query_params.get(_OPERATION, ""))
    address = chosen.address(request.query_params)
    back = f"{CONSOLE}?{urlencode({_OPERATION: chosen.path})}"
    return RedirectResponse(address or back, 303, headers={"Cache-Control": "no-store"})


def operations_of(request: Request, locale: Locale) -> dict[str, Operation]:
    """The operations that the application describes, by their paths, in the words of a language."""
    described: Mapping[str, Mapping[str, Any]] = request.app.openapi()["paths"]
    found = (
        Operation(path.removeprefix(API), _summary(path, get, locale), tuple(_parameters(get, locale)))
        for path, methods in described.items()
        if path.startswith(API) and (get := methods.get("get"))
    )
    return {operation.path: operation for operation in found}


def _chosen(operations: Mapping[str, Operation], path: str) -> Operation:
    """Raises HTTPException with status 404 where there is no such operation."""
    if path not in operations:
        raise HTTPException(404)
    return operations[path]


def _summary(path: str, operation: Mapping[str, Any], locale: Locale) -> str:
    address, _, fmt = path.rpartition("/exports/")
    if not address:
        return locale.gettext(str(operation["description"]))
    if _DATASET in address:
        return locale.gettext("Rows as %(format)s.", format=fmt.upper())
    return locale.gettext("The catalogue as %(format)s.", format=fmt)


def _parameters(operation: Mapping[str, Any], locale: Locale) -> Iterator[Parameter]:
    for one in operation.get("parameters", ()):
        # A blank parameter is allowed everywhere; what else it may be is the first of the two.
        kinds: Sequence[Mapping[str, Any]] = one["schema"].get("anyOf") or [one["schema"]]
        kind = kinds[0]
        boolean = ("true", "false") if kind.get("type") == "boolean" else ()
        yield Parameter(
            one["name"],
            Markup(_CODE.sub(r"<code>\1</code>", str(escape(_said(one, locale))))),
            one["in"] == "path",
            choices=boolean or tuple(map(str, kind.get("enum", ()))),
            number=kind.get("type") == "integer",
            repeated=kind.get("type") == "array",
        )


def _said(parameter: Mapping[str, Any], locale: Locale) -> str:
    said = str(parameter.get("description", ""))
    return locale.gettext(said) if said else ""  # the text of nothing is the head of the catalogue
