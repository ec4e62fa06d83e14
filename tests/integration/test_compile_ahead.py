"""Code is compiled ahead by building a sample, which leaves nothing behind."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import Chain

from seuil.workflow import compile_ahead
from seuil.workflow.build import Source
from seuil.workflow.compile_ahead import Sample, compiling
from seuil.workflow.demo_datasets import contents_of_checkout
from seuil.workflow.workspace import open_workspace


def test_a_period_of_the_sample_is_built_and_thrown_away(
    released: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[list[int]] = []

    @contextmanager
    def to_its_end(command: Sequence[str], **_: bool) -> Iterator[None]:
        subprocess.run(command, capture_output=True, check=True)
        periods = open_workspace(Path(command[command.index("--workspace") + 1])).period("visits", 2023).parent
        built.append([int(folder.name) for folder in periods.iterdir()])
        yield

    monkeypatch.setattr(compile_ahead, "beside", to_its_end)
    sample = Sample(Source(released.definitions[0], released.records), 2023)
    folder = tmp_path / "demo"
    folder.mkdir()
    with compiling(sample, folder):
        assert built == [[2023]]
        assert list(folder.iterdir())
    assert not list(folder.iterdir())


def test_the_sample_of_the_demo_is_there() -> None:
    sample = contents_of_checkout().sample
    assert sample is not None and sample.source in contents_of_checkout().others
