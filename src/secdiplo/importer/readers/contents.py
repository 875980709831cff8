"""Tell what a file is, by its name and its first bytes, and unpack one that is compressed."""

from __future__ import annotations

import bz2
import lzma
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from secdiplo.errors import DataError, UsageError
from secdiplo.importer.readers.columnar import DTA, PARQUET, R_DATA, SAV
from secdiplo.importer.readers.ods import ODS
from secdiplo.importer.readers.source import broken, reason
from secdiplo.importer.readers.workbook import XLSX
from secdiplo.ingest import scan
from secdiplo.ingest.workbook import MAX_UNPACKED

FILE_KINDS = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".tab": "tab",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".ods": "ods",
    ".dta": "dta",
    ".sav": "sav",
    ".zsav": "sav",
    ".rds": "r",
    ".rdata": "r",
    ".rda": "r",
    ".parquet": "parquet",
    ".pq": "parquet",
}
PACKED_ENDINGS = (".gz", ".zst", ".bz2", ".xz")
"""Endings of compressed files."""
START_BYTES = 4_096
DELIMITED_KINDS = {"text", "tab", "jsonl"}
TYPED_NAMES = {
    "xlsx": XLSX,
    "ods": ODS,
    "parquet": PARQUET,
    "dta": DTA,
    "sav": SAV,
    "r": R_DATA,
    "jsonl": "JSON lines (.jsonl)",
}
EXPORT_TABLE = "export its table as CSV"
CONTENT_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "parquet", ""),
    (b"<stata_dta>", "dta", ""),
    (b"$FL2", "sav", ""),
    (b"$FL3", "sav", ""),
    (b"RDX2\n", "r", ""),
    (b"RDX3\n", "r", ""),
    (b"%PDF", "a PDF document", "copy its table into a spreadsheet, and save that as CSV"),
    (b"\x89PNG", "a PNG image", "type its table into a spreadsheet"),
    (b"\xff\xd8\xff", "a JPEG image", "type its table into a spreadsheet"),
    (b"GIF8", "a GIF image", "type its table into a spreadsheet"),
    (b"II*\0", "a TIFF image", "type its table into a spreadsheet"),
    (b"MM\0*", "a TIFF image", "type its table into a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "an old or protected Excel or Word file", "save its table as .xlsx"),
    (b"{\\rtf", "an RTF document", EXPORT_TABLE),
    (b"SQLite format 3\0", "an SQLite database", EXPORT_TABLE),
    (b"ARROW1", "an Arrow or Feather file", "save it as Parquet"),
    (b"\x1f\x8b", "a gzip file", "give it an ending such as .csv.gz"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "give it an ending such as .csv.zst"),
    (b"BZh", "a bzip2 file", "give it an ending such as .csv.bz2"),
    (b"\xfd7zXZ\0", "an xz file", "give it an ending such as .csv.xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, and import the table in it"),
    (b"Rar!", "a RAR archive", "unpack it, and import the table in it"),
    (b"\x00" * 12 + b"\xc2\xea\x81\x60", "SAS data", EXPORT_TABLE),
)
ZIPPED = (
    ("xl/workbook.xml", "xlsx", ""),
    ("word/", "a Word document", "copy its table into a spreadsheet, and save that as CSV"),
    ("ppt/", "a PowerPoint document", "copy its table into a spreadsheet, and save that as CSV"),
    ("Index/", "an Apple document", EXPORT_TABLE),
)
ODF = {b"spreadsheet": "ods", b"text": "an OpenDocument text", b"": "an OpenDocument file"}


def kind_of(path: Path, name: str) -> str:
    """Return the kind of a file by its ending; refuse it if its bytes are of another kind.

    Parameters
    ----------
    path : Path
        The file, unpacked.
    name : str
        How its user calls it.

    Raises
    ------
    UsageError
        An ending that is not read.
    DataError
        The file is empty, or is not what its ending says.
    """
    kind = FILE_KINDS.get(path.suffix.lower())
    if path.stat().st_size == 0:
        raise broken(path, "an empty file; give one with a header and rows")
    with path.open("rb") as file:
        start = file.read(START_BYTES)
    found, remedy = content_of(path, start)
    if kind is None:
        known = " ".join(FILE_KINDS)
        what = f"by its content this is {TYPED_NAMES.get(found, found)}"
        if found in TYPED_NAMES or found == "text":
            what = f"by its content this is {TYPED_NAMES.get(found, 'text')}"
            remedy = "give it the ending of its kind"
        raise UsageError(
            f"{name}: not a supported kind of file; {what}; {remedy}. Supported: {known}"
        )
    if found == kind or (found == "text" and kind in DELIMITED_KINDS):
        return kind
    if kind == "r" and start.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"X\n", b"A\n")):
        return kind
    if kind == "dta" and start[0] in range(102, 116):  # files before Stata 13 have no other mark
        return kind
    if found in TYPED_NAMES:
        what = f"by its content this is {TYPED_NAMES[found]}"
        raise broken(path, f"{what}; give it the ending of its kind")
    if found in {"text", "binary"} and kind not in DELIMITED_KINDS:
        whole = "" if found == "text" else "; it may be cut off"
        name = TYPED_NAMES[kind]
        raise broken(path, f"by its content this is not {name}{whole}: save it again")
    if found == "binary":
        what = "by its content this is not a text file; save the table as CSV"
        raise broken(path, what)
    raise broken(path, f"by its content this is {found}, not a table; {remedy}")


def content_of(path: Path, start: bytes) -> tuple[str, str]:
    """Return what a file seems to be by its first bytes, and what to do with it.

    It is a kind that is read, ``text``, ``binary``, or words for a message.
    """
    for mark, found, remedy in CONTENT_MARKS:
        if start.startswith(mark):
            return found, remedy
    if start.startswith(b"PK\x03\x04"):
        return _zipped(path, start)
    if start[8:12] in {b"WEBP"} or start[4:8] == b"ftyp":
        return "an image or a film", "type its table into a spreadsheet"
    if any(start.startswith(bom) for bom in scan.BOMS):
        return "text", ""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    head = text[:200].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<table")):
        return "a web page (HTML)", "open it in a browser, and copy its table into a spreadsheet"
    if head.startswith((b"<?xml", b"<!doctype")):
        return "an XML file", EXPORT_TABLE
    if _is_json(text):
        return "JSON that is not one object a line", "save it as JSON lines (.jsonl), or as CSV"
    if text.startswith(b'{"'):
        return "jsonl", ""
    strange = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b" for byte in start)
    # UTF-16 without a mark has a NUL in each letter, which the reader of texts names.
    if strange > len(start) / 20 and not start.count(0) > len(start) / 3:
        return "binary", ""
    return "text", ""


def _is_json(text: bytes) -> bool:
    """Return whether a text is one JSON value over several lines, or a list of objects."""
    first = text.partition(b"\n")[0]
    if text.startswith(b"["):
        return text[1:].lstrip()[:1] in {b"{", b"["}
    return first.strip() == b"{" or (text.startswith(b'{"') and not first.strip().endswith(b"}"))


def _zipped(path: Path, start: bytes) -> tuple[str, str]:
    if start[30:38] == b"mimetype":
        for part, found in ODF.items():
            if b"application/vnd.oasis.opendocument." + part in start[38:120]:
                return found, EXPORT_TABLE
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        kind = FILE_KINDS.get(path.suffix.lower(), "")
        if kind in {"xlsx", "ods"}:
            return kind, ""  # its reader says that it is damaged
        return "a zip archive that is cut off", "get it anew"
    for beginning, found, remedy in ZIPPED:
        if any(name.startswith(beginning) for name in names):
            return found, remedy
    return "a zip archive", "unpack it, and import the table in it"


# --- compressed files -----------------------------------------------------------------------


def unpacked(path: Path) -> tuple[Path, Path | None]:
    """Return the file to read for a compressed one, and the folder to remove afterwards.

    Raises
    ------
    UsageError
        It unpacks to too much.
    DataError
        It is damaged.
    """
    packing = path.suffix.lower()
    inner = Path(path.stem)
    if packing not in PACKED_ENDINGS:
        return path, None
    if inner.suffix.lower() not in FILE_KINDS:
        raise UsageError(f"{path}: name it by what is in it, such as theirs.csv{packing}")
    folder = Path(tempfile.mkdtemp(prefix="secdiplo-"))
    try:
        target = folder / inner.name
        with _stream(path, packing) as packed, target.open("wb") as file:
            left = MAX_UNPACKED
            while part := packed.read(1 << 20):
                left -= len(part)
                if left < 0:
                    raise UsageError(f"{path}: over 2 GiB when unpacked; split it")
                file.write(part)
    except (UsageError, DataError):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except Exception as error:  # each kind of compression has its own
        shutil.rmtree(folder, ignore_errors=True)
        what = f"not readable as a {packing} file ({reason(error)}); get it again"
        raise broken(path, what) from None
    return target, folder


@contextmanager
def _stream(path: Path, packing: str) -> Iterator[IO[bytes] | Any]:
    if packing in scan.COMPRESSED:
        with scan.opened(path) as stream:
            yield stream
    else:
        opener = bz2.open if packing == ".bz2" else lzma.open
        with opener(path, "rb") as stream:
            yield stream
