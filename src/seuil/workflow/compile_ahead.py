"""Compile what protects and proves, while other things are done.

Code is compiled where it first runs, for 40 seconds of one core, and kept for all runs after it. Processes that begin
side by side would each compile the same.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seuil.workflow.build import Source
from seuil.workflow.excerpt import write_excerpt
from seuil.workflow.lifeline import beside


@dataclass(frozen=True)
class Sample:
    """A period of a dataset that takes seconds, and in which most of the code has something to do."""

    source: Source
    period: int


@contextmanager
def compiling(sample: Sample, folder: Path) -> Iterator[None]:
    """Meanwhile build a sample in a process of its own, in `folder`; nothing of it is kept.

    At the end of the block it is told to end. Whether it came to its end makes no difference but of time.
    """
    with tempfile.TemporaryDirectory(prefix=".compiling-", dir=folder) as place:
        made = write_excerpt(sample.source.definition, Path(place) / "definition", periods=[sample.period])
        command = [sys.executable, "-I", "-m", "seuil", "build", str(made), "--workspace", str(Path(place) / "work")]
        command += ["--records", str(sample.source.records), "--workers", "1"]
        with beside(command, quiet=True):
            yield
