"""The classes of python-tuf's metadata that are used here.

`tuf.api.metadata` offers them, but without declaring that it passes them on, which a strict type checker refuses. So
this is the one place that reaches behind it.
"""

from tuf.api._payload import MetaFile, Root, Signed, Snapshot, T, TargetFile, Targets, Timestamp, VerificationResult
from tuf.api.metadata import Metadata

__all__ = [
    "MetaFile",
    "Metadata",
    "Root",
    "Signed",
    "Snapshot",
    "T",
    "TargetFile",
    "Targets",
    "Timestamp",
    "VerificationResult",
]
