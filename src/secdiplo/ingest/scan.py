"""The bytes of a sheet: plain or compressed, hashed, UTF-8 without control characters, bounded."""

from __future__ import annotations

import codecs
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from secdiplo.errors import Problem
from secdiplo.ingest.problem_collector import ProblemCollector

CHUNK_BYTES = 1 << 20
COUNTED_BYTES = 1 << 28  # bytes up to which further lines of another encoding are counted
PIECE = 1 << 24  # bytes of a line that are looked at in one go
CONTROL = bytes(sorted({*range(32), 127} - {9, 10, 13}))
BOMS = {  # the mark of UTF-32 starts with that of UTF-16
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
COMPRESSED = {".gz": "gzip", ".zst": "zstd"}
BOMB = (1 << 30, 300)  # bytes, and times its own size, above which a compressed file is refused


@dataclass(frozen=True)
class Scanned:
    """What one pass over the bytes of a file tells.

    Attributes
    ----------
    sha256 : str
        The digest of the file as it lies there.
    newlines : int
        Ends of lines in the text, the last one counted where it lacks its mark.
    size : int
        Bytes of the text.
    is_long : bool
        Whether a line may be longer than DuckDB reads one for certain.
    """

    sha256: str
    newlines: int
    size: int
    is_long: bool = False


def compression(path: Path) -> str | None:
    """How a file is compressed, by the end of its name."""
    return COMPRESSED.get(path.suffix.lower())


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The text of a file as bytes, decompressed on the way.

    Raises
    ------
    OSError
        It cannot be read, or is not compressed in the way that its name says.
    """
    kind = compression(path)
    with path.open("rb") as raw:
        if kind == "gzip":
            try:
                yield io.BufferedReader(_Gzip(raw), CHUNK_BYTES)
            except (EOFError, zlib.error) as error:
                raise OSError(0, f"a damaged gz file: {str(error).lower()}") from None
        elif kind == "zstd":
            import pyarrow as pa

            with pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd") as stream:
                yield io.BufferedReader(_Stream(stream), CHUNK_BYTES)
        else:
            yield raw


class _Gzip(io.RawIOBase):
    """The text of gz members one after the other, and of nothing that only looks like them."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._member = zlib.decompressobj(wbits=31)
        self._data = b""
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while True:
            if not self._data:
                self._data = self._raw.read(CHUNK_BYTES)
                if not self._data:
                    if self._begun or not self._raw.tell():
                        raise EOFError("it ends too early")
                    return 0
            self._begun = True
            text = self._member.decompress(self._data, len(buffer))
            self._data = self._member.unconsumed_tail
            if self._member.eof:
                self._data = self._member.unused_data
                self._member = zlib.decompressobj(wbits=31)
                self._begun = False
                self._skip_padding()
            if text:
                buffer[: len(text)] = text
                return len(text)

    def _skip_padding(self) -> None:
        """Tapes fill up their blocks with zeros; more of them are something else."""
        for _ in range(2):
            self._data = self._data.lstrip(b"\0") or self._raw.read(CHUNK_BYTES)
        if self._data.startswith(b"\0"):
            raise zlib.error("zeros after its end")


class _Stream(io.RawIOBase):
    """A stream of Arrow as one that Python buffers."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        read = self._stream.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


def scan(path: Path, label: str, collector: ProblemCollector) -> Scanned | None:
    """Hash a file and see that it is UTF-8 text without control characters.

    Parameters
    ----------
    path, label : Path, str
        Where it lies, and what messages call it.
    collector : ProblemCollector
        Takes the problems of the text.

    Returns
    -------
    Scanned or None
        None where the text has problems.
    """
    try:
        scanned = _scanned(path, label)
        if not isinstance(scanned, Scanned):
            collector.add(scanned)
            return None
        return scanned
    except OSError as error:
        what = f"cannot be read ({error.strerror or error}); allow reading it"
        if compression(path) and error.errno in {0, None}:
            what = f"cannot be decompressed ({error.strerror or error}); compress it again"
        collector.add([Problem(label, 1, "1", what)])
        return None


def _scanned(path: Path, label: str) -> Scanned | Iterable[Problem]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    digest = hashlib.sha256()
    packed = path.stat().st_size if compression(path) else 0
    seen = newlines = 0
    is_long = False
    last = b""
    with opened(path) as file:
        while chunk := file.read(CHUNK_BYTES):
            if not seen:
                for bom, name in BOMS.items():
                    if chunk.startswith(bom):
                        return [Problem(label, 1, "1", f"{name}; save the file as UTF-8")]
            if not packed:
                digest.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return encoding_problems(path, label)
            if len(chunk.translate(None, CONTROL)) != len(chunk):
                return _control_problems(path, label)
            seen += len(chunk)
            lines = chunk.count(b"\n")
            newlines += lines
            is_long = is_long or (not lines and len(chunk) == CHUNK_BYTES)
            last = chunk[-1:]
            if packed and seen > BOMB[0] and seen > BOMB[1] * packed:
                what = f"grows to more than {BOMB[1]} times its size; provide the uncompressed text"
                return [Problem(label, 1, "1", what)]
    if not seen:
        return [Problem(label, 1, "1", "an empty file; write the header and the rows")]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return encoding_problems(path, label)
    sha256 = file_digest(path) if packed else digest.hexdigest()
    return Scanned(sha256, newlines + (last != b"\n"), seen, is_long)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers; one without an end comes in pieces."""
    number = 1
    while line := file.readline(PIECE):
        yield number, line
        number += line.endswith(b"\n")


def encoding_problems(path: Path, label: str) -> list[Problem]:
    """Return the first byte that is not UTF-8; the file has one encoding, so one message."""
    first, others, seen = None, 0, 0
    with opened(path) as file:
        for number, line in _lines(file):
            seen += len(line)
            if first and seen > COUNTED_BYTES:
                break
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                others += first is not None
                first = first or (number, error.start + 1, line[error.start])
    line_number, place, byte = first or (1, 1, 0)
    more = f", nor are bytes of {others:,} more line{'s' * (others != 1)}" if others else ""
    what = f"byte 0x{byte:02X} is not UTF-8{more} (Latin-1 or the like?); save the file as UTF-8"
    return [Problem(label, line_number, str(place), what)]


def _control_problems(path: Path, label: str) -> Iterator[Problem]:
    with opened(path) as file:
        for number, line in _lines(file):
            if line.count(0) > len(line) / 3:
                what = (
                    "NUL bytes between the letters (UTF-16 without a mark?); save the file as UTF-8"
                )
                yield Problem(label, number, str(line.index(0) + 1), what)
                return
            if len(line.translate(None, CONTROL)) != len(line):
                place = next(place for place, byte in enumerate(line) if byte in CONTROL)
                byte = line[place]
                what = f"{'a NUL byte' if byte == 0 else f'control byte 0x{byte:02X}'}; remove it"
                yield Problem(label, number, str(place + 1), what, kind="control bytes")
