"""Random numbers without a state: what is drawn for a person depends on who it is and on what is drawn, not on order.

So a person keeps a chronic condition from year to year, and files can be made chunk by chunk.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def uniform(ids: Ids, seed: int, stream: str) -> Floats:
    """One number in [0, 1) for each id: the finaliser of SplitMix64 over the id, moved by seed and stream."""
    digest = hashlib.sha256(f"{seed}:{stream}".encode()).digest()
    x = ids.astype(np.uint64)
    x *= np.uint64(0x9E3779B97F4A7C15)
    x += np.uint64(int.from_bytes(digest[:8], "little"))
    for shift, factor in ((30, _MIX_1), (27, _MIX_2)):
        x ^= x >> np.uint64(shift)
        x *= factor
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) * 2.0**-53


def rounded(expected: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Whole numbers whose mean is `expected`: rounded up with the chance of the fraction."""
    return np.floor(expected + rng.random(expected.shape)).astype(np.int64)
