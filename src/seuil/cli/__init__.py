"""The command `seuil`. One file a command; heavy imports happen inside them, so that `--help` is quick."""

from seuil.cli.app import main, run

__all__ = ["main", "run"]
