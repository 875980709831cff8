"""Open a file of rows, whatever its kind: CSV, TSV, xlsx, dta or Parquet."""

from __future__ import annotations

from pathlib import Path

from secdiplo.errors import UsageError
from secdiplo.importer.readers import text, typed
from secdiplo.importer.readers.source import ReadOptions, Source, broken
from secdiplo.importer.readers.typed import FILE_TYPE_NAMES

__all__ = ["ReadOptions", "Source", "open_source"]

MAX_BYTES = 2 << 30

FILE_KINDS = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".tab": "tab",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".dta": "dta",
    ".parquet": "parquet",
    ".pq": "parquet",
}
CONTENTS = {
    b"PK\x03\x04": "xlsx",
    b"PAR1": "parquet",
    b"<stata_dta>": "dta",
    b"\xd0\xcf\x11\xe0": "xls",
}


def open_source(path: Path | str, sheet: str = "", options: ReadOptions | None = None) -> Source:
    """Open a file of rows and read its header.

    Parameters
    ----------
    path : path
        The file; its ending says what it is.
    sheet : str
        The sheet of a workbook; the first one that is visible if blank.
    options : ReadOptions, optional
        The sheet, encoding, delimiter and header.

    Returns
    -------
    Source

    Raises
    ------
    UsageError
        No such file, a kind or size that is not read, or no such sheet.
    DataError
        The file is damaged, or holds something else than its name says.
    """
    path = Path(path)
    options = options or ReadOptions(sheet)
    kind = _kind(path)
    if options.sheet and kind != "xlsx":
        raise UsageError(f"{path} has no sheets; remove `sheet` from the map")
    if options.encoding and kind not in {"text", "tab"}:
        raise UsageError(f"{path} is no text; remove `encoding`")
    if options.delimiter and kind != "text":
        raise UsageError(f"{path} has no delimiter to choose; remove `delimiter`")
    if options.header is False and kind in {"parquet", "dta"}:
        raise UsageError(f"{path} names its columns itself; remove `header`")
    if kind == "xlsx":
        return typed.workbook(path, options.sheet, has_header=options.header is not False)
    if kind in {"text", "tab"}:
        return {"text": text.delimited, "tab": text.tab}[kind](path, options)
    return {"parquet": typed.parquet, "dta": typed.stata}[kind](path)


def _kind(path: Path) -> str:
    """Return the kind of a file by its ending; refuse it if its first bytes are of another kind."""
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name a CSV, TSV, xlsx, dta or Parquet file")
    kind = FILE_KINDS.get(path.suffix.lower())
    if kind is None:
        known = " ".join(FILE_KINDS)
        raise UsageError(f"{path}: not a kind of file that is read; save it as one of {known}")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise UsageError(f"{path}: over 2 GiB; split it, or leave out columns")
    if size == 0:
        raise broken(path, "an empty file; give one with a header and rows")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); choose another") from None
    for mark, found in CONTENTS.items():
        if start.startswith(mark) and found != kind:
            mend = "save it as .xlsx" if found == "xls" else "give it the ending of its kind"
            raise broken(path, f"by its content this is {FILE_TYPE_NAMES[found]}; {mend}")
    if kind in {"xlsx", "parquet"} and not any(
        start.startswith(mark) for mark, found in CONTENTS.items() if found == kind
    ):
        raise broken(path, f"by its content this is not {FILE_TYPE_NAMES[kind]}; save it anew")
    return kind
