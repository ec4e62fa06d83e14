"""What `verify` takes: figures of any make that have these attributes, and the arrays that they consist of."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seuil.model.dataset import Dataset

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Place(Protocol):
    """What figures are of. The layout of their cells follows from these two; whatever else it says isn't looked at."""

    @property
    def dataset(self) -> Dataset: ...

    @property
    def period(self) -> int: ...


class Column(Protocol):
    """Published figures of one base. `values` as published (rounded), 0 where `hidden` or not published."""

    @property
    def values(self) -> Ints: ...

    @property
    def hidden(self) -> Bools: ...


class Figures(Protocol):
    """All that a release tells of one dataset and period: the count, and every sum by name."""

    @property
    def grid(self) -> Place: ...

    @property
    def count(self) -> Column: ...

    @property
    def sums(self) -> Mapping[str, Column]: ...
