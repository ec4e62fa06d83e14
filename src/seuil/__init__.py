"""From confidential health records to open data that is proved safe, signed and served.

`protect`, `audit` and `verify` take and give frames (docs/reference/python.md); they are loaded when they are first
used, so that importing this package costs nothing.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_FROM_TABLES = ("audit", "protect", "verify")


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in _FROM_TABLES:
        raise AttributeError(f"module 'seuil' has no attribute {name!r}")
    found: Callable[..., Any] = getattr(import_module("seuil.tables.api"), name)
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_FROM_TABLES])
