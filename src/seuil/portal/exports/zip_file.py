"""A ZIP as it is made: files of text, and one that comes in pieces. The same content gives the same bytes."""

from collections.abc import Generator, Iterator, Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DAY = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP can name: it says nothing of when the file was made."""


class _Sink:
    """Takes what is written, to be given on. It can't be gone back in, and `ZipFile` notes what it needs at the end."""

    def __init__(self) -> None:
        self._taken = bytearray()

    def write(self, piece: bytes, /) -> int:
        """Take a piece."""
        self._taken += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def give(self) -> bytes:
        """What was written since the last time."""
        given = bytes(self._taken)
        self._taken.clear()
        return given


def zip_chunks(texts: Mapping[str, str], name: str, pieces: Iterator[bytes]) -> Generator[bytes, None, None]:
    """The ZIP. texts: whole files by name, in UTF-8. name, pieces: the first file, which is made as it is sent."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as whole:
        with whole.open(_entry(name), "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                yield sink.give()
        for other, text in texts.items():
            whole.writestr(_entry(other), text.encode())
    yield sink.give()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _DAY)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
