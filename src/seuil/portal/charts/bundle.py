"""Vega, Vega-Lite and vega-embed in one script for the browser, out of vl-convert: no CDN, no Node."""

from functools import cache
from importlib.metadata import version

_GLOBAL = "window.vegaEmbed = vegaEmbed;"
"""What the script leaves behind for assets/js/pictures.js."""


def name() -> str:
    """File name of the script; it changes with the version, so that browsers may keep it for good. Costs nothing."""
    return f"vega-{version('vl-convert-python')}.js"


@cache
def script() -> bytes:
    """The script (0.9 MB). Takes about a second the first time."""
    import vl_convert

    return str(vl_convert.javascript_bundle(_GLOBAL)).encode()
