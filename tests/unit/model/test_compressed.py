"""A compressed file that ends too soon is seen, wherever it ends, without what it holds being looked at."""

import gzip
import random
import struct
from pathlib import Path

import pytest
import zstandard

from seuil.model.compressed import BROKEN, check_whole, opened

ROWS = "".join(f"{k},{random.Random(k).randrange(10**9)}\n" for k in range(20_000)).encode()
MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPED = struct.pack("<II", 0x184D2A53, 5) + b"notes"


def packed(data: bytes, **how) -> bytes:
    return zstandard.ZstdCompressor(**how).compress(data)


def streamed(data: bytes, window_log: int) -> bytes:
    """As a pipe is packed: the size isn't known at the start, and a window is said."""
    parameters = zstandard.ZstdCompressionParameters(window_log=window_log, compression_level=3)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return stream.compress(data) + stream.flush()


DICTIONARY = zstandard.ZstdCompressionDict(ROWS[:4096], dict_type=zstandard.DICT_TYPE_RAWCONTENT)
FILES = {
    "rows.csv.zst": packed(ROWS),
    "checksum.csv.zst": packed(ROWS, write_checksum=True),
    "no-size.csv.zst": packed(ROWS, write_content_size=False),
    "streamed.csv.zst": streamed(ROWS, 20),
    "long.csv.zst": streamed(ROWS, 27),
    "short.csv.zst": packed(b"a\n"),
    "repeated.csv.zst": packed(b"0\n" * 300_000),
    "as-it-is.csv.zst": packed(random.Random(1).randbytes(300_000)),
    "nothing.csv.zst": packed(b""),
    "skipped.csv.zst": SKIPPED + packed(ROWS) + SKIPPED,
    "several.csv.zst": packed(ROWS[:60_000]) + packed(ROWS[60_000:], write_checksum=True),
    "rows.csv.gz": gzip.compress(ROWS),
    "several.csv.gz": gzip.compress(ROWS[:60_000]) + gzip.compress(ROWS[60_000:]),
}
BETWEEN = {  # where one of its parts ends, what is left is a whole file
    "skipped.csv.zst": {len(SKIPPED), len(SKIPPED) + len(packed(ROWS))},
    "several.csv.zst": {len(packed(ROWS[:60_000]))},
    "several.csv.gz": {len(gzip.compress(ROWS[:60_000]))},
}


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_whole(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(FILES[name])
    check_whole(tmp_path / name)
    with opened(tmp_path / name) as file:
        file.read()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_ends_too_soon_is_not(name: str, tmp_path: Path):
    content, path = FILES[name], tmp_path / name
    ends = random.Random(name).sample(range(1, len(content)), min(120, len(content) - 1))
    for end in {*ends, *range(max(1, len(content) - 12), len(content))} - BETWEEN.get(name, set()):
        path.write_bytes(content[:end])
        with pytest.raises(BROKEN):
            check_whole(path)


@pytest.mark.parametrize(
    "content",
    [b"plain text", MAGIC, packed(ROWS) + b"more", MAGIC + b"\x00\x00\x07\x00\x00"],
    ids=["text", "nothing but its beginning", "something after it", "a block of no type"],
)
def test_what_is_no_zstd_is_none(content: bytes, tmp_path: Path):
    path = tmp_path / "rows.csv.zst"
    path.write_bytes(content)
    with pytest.raises(BROKEN):
        check_whole(path)


def test_other_files_are_not_looked_at(tmp_path: Path):
    check_whole(tmp_path / "there-is-none.csv")
