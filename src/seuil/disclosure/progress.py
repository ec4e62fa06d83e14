"""How long work tells of its progress."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and how much there is at all."""
