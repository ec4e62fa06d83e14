"""Has the allocators of a server give back what its requests are done with, rather than keep it for later ones."""

import ctypes
from contextlib import suppress

import pyarrow as pa

_OPTIONS = {
    -8: 2,  # M_ARENA_MAX
    -3: 1 << 20,  # M_MMAP_THRESHOLD, bytes: arrays are given back as soon as they are done with
    -1: 2 << 20,  # M_TRIM_THRESHOLD, bytes
}
"""Of glibc's malloc.h. What is said of thresholds stays; what isn't grows with what is asked for."""


def give_back_memory() -> None:
    """To be called before there are threads.

    A server has forty, and glibc would keep a heap for each of many: together a fifth of what the portal took after
    some load.
    """
    with suppress(AttributeError, OSError):  # a system whose malloc isn't glibc's has no such options
        for option, value in _OPTIONS.items():
            ctypes.CDLL(None).mallopt(option, value)
    with suppress(NotImplementedError):  # an Arrow that was built without jemalloc goes on with what it has
        pa.set_memory_pool(pa.jemalloc_memory_pool())
        pa.jemalloc_set_decay_ms(0)


def give_back_now() -> None:
    """Give back what is free between things that stay, too: after work that takes far more than an answer does."""
    with suppress(AttributeError, OSError):  # as above: only glibc's malloc has it
        ctypes.CDLL(None).malloc_trim(0)
