"""Queries that are put together by chance, and sound ones that are damaged: each is answered or refused.

They go through the whole API as a reader's do: rows, facets, files, the catalogue, older addresses. Whatever they say,
an answer is 200, or 400 with a reason, which scripts of every site may read. It has no more rows than one may have,
takes no longer than a query may, and names nothing but what the dataset has.
"""

import random
import re
import time
from collections.abc import Callable

import pytest
from tests.helpers.portal_release import DATASETS, client_of, patients_rows, shared_store

from seuil.portal.api.catalogue_exports import CATALOGUE_MEDIA_TYPES
from seuil.portal.exports.export import FORMATS

SECONDS = 12.0
"""A query's time limit, and what it takes to refuse and to send."""
SELECTS = (
    "*", "ntop, npop", "sum(ntop) as n", "count(*)", "avg(taux), max(ntop)", "ntop * 2 + 1 as d", "territoire, -ntop",
    "percentile(ntop, 90)", "include(n*)", "exclude(*_statut)", "date_format(annee, 'YYYY')", "now(days=-7) as t",
    "distance(geo_point_2d, geom'POINT(2 48)') as m", "geo_shape", "envelope(geo_point_2d)",
    "count(distinct territoire)", "sum(ntop) / sum(npop) * 100", "lower(territoire_libelle)", "stddev(ntop)",
    "`ntop` as `é`", "length(pathologie)",
)  # fmt: skip
WHERES = (
    "ntop > 100", "territoire = '75' and annee = date'2022'", "search('diabete')", "suggest('par')",
    "'paris' or not ntop is null",
    "ntop in [10..500]", "pathologie in ('DIA', \"CAN\")", "startswith(territoire, '2')", "year(annee) >= 2022",
    "within_distance(geo_point_2d, geom'POINT(2.35 48.85)', 50km)", "intersects(geo_shape, geom'POINT(2.35 48.85)')",
    "in_bbox(geo_shape, 41, -5, 51, 9)", "territoire_libelle like 'par*'",
    "(ntop + npop) / 2 > 3 and (taux < 5 or taux is null)",
    "within(geo_point_2d, geom'POLYGON((0 40, 9 40, 9 60, 0 60))')", "annee > now(years=-10)", "ntop_statut = 'NS'",
)  # fmt: skip
GROUPS = (
    "annee", "territoire, annee as a", "range(ntop, 100)", "range(annee, 1 year)", "year(annee)", "lower(territoire)",
    "range(ntop, *, 20, 500, *)", "geo_cluster(geo_point_2d, 5)", "date_format(annee, 'YYYY')", "range(taux, 0.5) as r",
)  # fmt: skip
ORDERS = (
    "ntop desc",
    "-ntop",
    "territoire, annee desc",
    "random(3)",
    "count(*) desc",
    "sum(ntop), territoire",
    "ntop * 2",
)
WORDS = """
    ntop annee taux territoire `x` * , ( ) [ ] .. = != >= < : + - / and or not in is like null true as asc desc to '' "
    ` \\ ; -- /* */ $1 ? {} select drop table union _row _min_ntop donnees information_schema read_csv('/etc/passwd')
    99999999999999999999 1e999 0 -1 'a' "b*" date'2024' date'99' geom'POINT(1 2)' geom'x' search( sum( count( range(
    now( 10km 1day days=-1 \0 é 💥 %s
"""
LEGACY = "/api/records/1.0/search/"
FIRST = tuple(
    f"/api/records/1.0/{name}/" for name in ("analyze", "geocluster", "boundingbox", "geopreview", "download")
)
CATALOGUE = tuple(f"{DATASETS.removesuffix('datasets')}exports/{name}" for name in CATALOGUE_MEDIA_TYPES)
OPTIONS = {
    "lang": "en", "timezone": "Europe/Paris", "include_links": "true", "hidden": "columns", "delimiter": ",",
    "include_app_metas": "true", "compressed": "true", "epsg": "2154", "use_labels": "true", "quote_all": "true",
    "list_separator": "|", "with_bom": "false", "parquet_compression": "zstd", "name_field": "territoire",
    "description_field_list": "ntop, taux", "use_extension": "true", "include_exports": "csv,json",
    "disjunctive.territoire": "true",
}  # fmt: skip
FIRST_OPTIONS = {
    "x": "territoire", "y.n.func": "SUM", "y.n.expr": "ntop", "y.n.cumulative": "true", "sort": "-n", "maxpoints": "3",
    "precision": "year", "periodic": "month", "clusterprecision": "6", "clusterdistance": "50", "shapeprecision": "1",
    "clustermode": "heatmap", "geofilter.distance": "48.85,2.35,50000", "geofilter.bbox": "41,-5,51,9", "format": "csv",
    "geofilter.polygon": "(40,0),(40,9),(60,9),(60,0)", "rows": "5", "start": "2", "facet": "annee",
    "refine.territoire": "75", "exclude.pathologie": "DIA", "q": "ntop > 100", "fields": "ntop, territoire",
    "callback": "f", "pretty_print": "true", "csv_separator": ";", "use_labels_for_header": "true",
}  # fmt: skip
BESIDE = {"_links", "_id", "_timestamp", "_size"}
Chance = random.Random


def asked(chance: Chance) -> tuple[str, dict[str, str]]:
    """An address and its parameters."""
    query: dict[str, str] = {}
    for name, sound in (("select", SELECTS), ("where", WHERES), ("group_by", GROUPS), ("order_by", ORDERS)):
        if chance.random() < (0.7 if name == "where" else 0.35):
            query[name] = clause(chance, sound)
    if chance.random() < 0.3:
        query["limit"] = chance.choice(["0", "1", "-1", "100", "101", "20000", "x", "1.5", "", "99999999999999999999"])
    if chance.random() < 0.2:
        query["offset"] = chance.choice(["0", "5", "9990", "10001", "-1", "é"])
    for name in ("refine", "exclude"):
        if chance.random() < 0.15:
            query[name] = damaged(chance, chance.choice(["territoire:75", 'annee:"2022"', "ntop:10", "nope:1", "x"]))
    if chance.random() < 0.1:
        name = chance.choice(tuple(OPTIONS))
        query[name] = chance.choice([OPTIONS[name], damaged(chance, OPTIONS[name])])
    path = chance.choice(
        [f"{DATASETS}/patients/records"] * 8
        + [f"{DATASETS}/patients/facets", f"{DATASETS}/patients/exports/{chance.choice(FORMATS)}"] * 2
        + [DATASETS, chance.choice(CATALOGUE), LEGACY, chance.choice(FIRST), chance.choice(FIRST)]
        + ["/api/explore/v2.0/catalog/datasets/patients/aggregates"]
    )
    if path == LEGACY:
        query |= {"dataset": "patients", "q": query.pop("where", "")}
    if path in FIRST:
        chosen = chance.sample(tuple(FIRST_OPTIONS), chance.randint(0, 6))
        query = {
            name: FIRST_OPTIONS[name] for name in (*chosen, "x", "y.n.func", "clusterprecision", "clusterdistance")
        }
        query |= {name: damaged(chance, query[name]) for name in query if chance.random() < 0.1}
        query["dataset"] = "patients"
    if path.endswith("/facets") and chance.random() < 0.5:
        query["facet"] = damaged(chance, 'facet(name="territoire", sort="-count", limit=3)')
    return path, query


def clause(chance: Chance, sound: tuple[str, ...]) -> str:
    kind = chance.random()
    text = chance.choice(sound)
    if kind < 0.35:
        return text
    if kind < 0.75:
        return damaged(chance, text)
    if kind < 0.85:
        joined = chance.choice([" and ", " or ", ", ", " - ", " "])
        return joined.join(chance.choice(sound) for _ in range(chance.randint(2, 12)))
    if kind < 0.9:
        return "(" * (depth := chance.randint(1, 80)) + text + ")" * depth
    return " ".join(chance.choice(WORDS.split()) for _ in range(chance.randint(1, 14)))


def damaged(chance: Chance, text: str) -> str:
    """A text with a few letters or words less, more, twice, or elsewhere."""
    for _ in range(chance.randint(1, 3)):
        at, to = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        change: Callable[[], str] = chance.choice(
            [
                lambda a=at, t=to, x=text: x[:a] + x[min(t, a + 3) :],
                lambda a=at, x=text: x[:a] + chance.choice(WORDS.split()) + x[a:],
                lambda a=at, t=to, x=text: x[:t] + x[a:t] + x[t:],
                lambda a=at, x=text: x[:a] + chr(chance.choice([*range(32, 127), 0, 0x2028, 0xFFFF, 0x1F600])) + x[a:],
                lambda a=at, x=text: x[:a].upper() + x[a:],
            ]
        )
        text = change()
    return text


def hold(chance: Chance, count: int) -> dict[int, int]:
    """Ask so many; how often which status came."""
    client, found = client_of(shared_store()), dict[int, int]()
    known = {name for row in patients_rows() for name in row}
    for _ in range(count):
        path, query = asked(chance)
        begun = time.monotonic()
        answer = client.get(path, params=query)
        assert time.monotonic() - begun < SECONDS, (path, query)
        assert answer.status_code in (200, 400, 404), (path, query, answer.text)
        assert answer.headers["access-control-allow-origin"] == "*", (path, query)
        found[answer.status_code] = found.get(answer.status_code, 0) + 1
        if answer.status_code != 200:
            assert {"error_code", "message"} <= answer.json().keys(), (path, query)
            continue
        if path.endswith("/records"):
            content = answer.json()
            assert len(content["results"]) <= (20_000 if query.get("group_by", "").strip() else 100), query
            if "select" not in query and "group_by" not in query:
                assert all(row.keys() - BESIDE == known for row in content["results"]), query
        assert not re.search(r"root:x:0|information_schema\.|_cachees|_bornes", answer.text), (path, query)
    return found


def test_queries_by_chance_are_answered_or_refused():
    found = hold(Chance(1), 400)
    assert found[200] > 60
    assert found[400] > 100


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100))
def test_a_million_of_them_too(seed):
    hold(Chance(1_000 + seed), 10_000)
