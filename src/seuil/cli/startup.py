"""What makes a command start quickly: it is run for small tables too, and is then mostly the loading of libraries."""

import gc
import os
import sys

LEFT_OUT = frozenset({"pandas", "coverage", "cffi"})
"""Libraries that others import where they find them, and that no command needs: Arrow imports pandas to see whether the
first value that it is given is one of pandas'; Numba a tool of tests, and callers of C functions that we don't have."""

OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Python's own 700 look for garbage a hundred times while libraries load, and find none: everything loaded stays."""


class _LeftOut:
    """A finder that comes before all others, and finds none of them."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        if fullname in LEFT_OUT:
            raise ModuleNotFoundError(f"{fullname} is not used by commands", name=fullname)


def start_quickly() -> None:
    """Spare this process what it doesn't need: in all a second of CPU before the first row is read.

    What is loaded already stays. One thread for NumPy's linear algebra: there is no work for it in sums of whole
    numbers and sparse programmes, and its idle threads spin.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.meta_path.insert(0, _LeftOut())
