"""The outlines of the departments: which codes they have, and where the browser finds them. Light to import."""

import json
from functools import cache
from importlib.resources import files

ASSET = "geo/departements.topojson"
OBJECT = "departements"


@cache
def names() -> dict[str, str]:
    """Code to name of every department that can be drawn (101 of them), by code."""
    topology = json.loads(files("seuil.portal").joinpath("assets", ASSET).read_text(encoding="utf-8"))
    properties = (shape["properties"] for shape in topology["objects"][OBJECT]["geometries"])
    return dict(sorted((found["code"], found["nom"]) for found in properties))
