"""Compressed files: how they are opened, and whether they are whole.

A file whose transfer broke off must not be counted as if it were all. Readers don't see that: DuckDB and Python read of
a zstd file what there is of it, and DuckDB of a gzip file, too, where the text happens to end with a field.

zstd: every frame is a header and blocks that say how long they are, so that the end is found without unpacking anything
(RFC 8878, section 3). gzip (RFC 1952) has lengths nowhere but at its end: it is read through.
"""

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

COMPRESSED = (".gz", ".zst")
"""Endings of the names of compressed files, which are read as what they hold."""
BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError)
"""What is raised while a file is read that is none of its kind, is altered, or ends too soon."""

CHUNK = 1 << 20  # bytes
_FRAME, _SKIPPED = 0xFD2FB528, 0x184D2A50  # magic numbers; the last four bits of the other are free
_DICTIONARY, _SIZE = (0, 1, 2, 4), (0, 2, 4, 8)  # bytes of these fields in a frame's header
_RLE, _RESERVED = 1, 3  # types of blocks: one byte repeated, and what isn't used yet
_CHECKSUM = 4  # bytes


def opened(path: Path) -> BinaryIO:
    """What a file holds, unpacked where its name says that it is compressed. Raises one of `BROKEN`."""
    match path.suffix.lower():
        case ".gz":
            return cast(BinaryIO, gzip.open(path, "rb"))
        case ".zst":
            check_whole(path)
            return cast(BinaryIO, zstandard.open(path, "rb"))
        case _:
            return path.open("rb")


def check_whole(path: Path) -> None:
    """Raise one of `BROKEN` for a compressed file that ends too soon."""
    match path.suffix.lower():
        case ".gz":
            with gzip.open(path, "rb") as file:
                while file.read(CHUNK):
                    pass
        case ".zst":
            with path.open("rb", buffering=0) as raw:
                size = path.stat().st_size
                while raw.tell() < size:
                    _pass_frame(cast(BinaryIO, raw), size)


def _pass_frame(file: BinaryIO, size: int) -> None:
    """Go on to the end of a frame. size: of the file."""
    magic = _number(file, 4)
    if magic & ~0xF == _SKIPPED:
        return _pass(file, _number(file, 4), size)
    if magic != _FRAME:
        raise zstandard.ZstdError("no frame")
    flags = _number(file, 1)
    single = flags >> 5 & 1  # one segment: no window is said, but always a size
    _pass(file, (1 - single) + _DICTIONARY[flags & 3] + (_SIZE[flags >> 6] or single), size)
    last = 0
    while not last:
        block = _number(file, 3)
        last, kind = block & 1, block >> 1 & 3
        if kind == _RESERVED:
            raise zstandard.ZstdError("no block")
        _pass(file, 1 if kind == _RLE else block >> 3, size)
    return _pass(file, _CHECKSUM if flags & 4 else 0, size)


def _number(file: BinaryIO, width: int) -> int:
    content = file.read(width)
    if len(content) < width:
        raise EOFError
    return int.from_bytes(content, "little")


def _pass(file: BinaryIO, width: int, size: int) -> None:
    if file.seek(width, 1) > size:
        raise EOFError
