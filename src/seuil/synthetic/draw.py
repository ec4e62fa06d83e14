"""Random numbers without a state: what is drawn for a person depends on who it is and on what is drawn, not on order.

So a person keeps a chronic condition from year to year, and files can be made chunk by chunk.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
STEP, MIX_1, MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def stream_of(seed: int, name: str) -> np.uint64:
    """Where the numbers of a name begin."""
    return np.uint64(int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "little"))


def uniform(ids: Ids, seed: int, stream: str) -> Floats:
    """One number in [0, 1) for each id: the finaliser of SplitMix64 over the id, moved by seed and stream."""
    x = ids.astype(np.uint64)
    x *= STEP
    x += stream_of(seed, stream)
    for shift, factor in ((30, MIX_1), (27, MIX_2)):
        x ^= x >> np.uint64(shift)
        x *= factor
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(ids: Ids, seed: int, stream: str) -> Floats:
    """One standard normal number for each id."""
    numbers: Floats = ndtri(uniform(ids, seed, stream) + 2.0**-54)
    return numbers
