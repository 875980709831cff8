"""Read files of typed columns: Parquet, and the data of Stata, SPSS and R."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secdiplo.errors import UsageError
from secdiplo.importer.readers.source import (
    NESTED,
    SOURCE_BATCH,
    FileNotices,
    Record,
    Source,
    broken,
    clean,
    make_source,
)
from secdiplo.importer.readers.values import (
    clear_labels,
    guarded,
    labelled,
    plains,
    quiet,
    short,
)
from secdiplo.suggest import suggest

PARQUET = "Parquet (.parquet)"
DTA = "Stata data (.dta)"
SAV = "SPSS data (.sav)"
R_DATA = "R data (.rds, .RData)"
FIRST_UNICODE = 118
"""The first version of Stata's files whose texts are UTF-8; older ones do not say what they are."""


def parquet(path: Path) -> Source:
    """Open a Parquet file."""
    notices = FileNotices(path)
    flat: list[int] = []
    names: list[str] = []
    left_out: list[str] = []

    def look() -> Iterator[Record]:
        import pyarrow.parquet

        for place, field in enumerate(pyarrow.parquet.read_schema(path)):
            name = clean(field.name)
            if _is_nested(field.type):
                left_out.append(name)
                notices.add(f"`{name}` {NESTED}", 1, name)
            else:
                names.append(name)
                flat.append(place)
        yield from ()

    def records() -> Iterator[Record]:
        import pyarrow.parquet

        with pyarrow.parquet.ParquetFile(path) as file:
            yield 1, names
            line = 1
            for batch in file.iter_batches(SOURCE_BATCH):
                columns = [
                    _values(path, line, name, batch.column(place))
                    for name, place in zip(names, flat, strict=True)
                ]
                for values in zip(*columns, strict=True):
                    line += 1
                    yield line, plains(path, line, names, values)

    list(guarded(path, PARQUET, look()))
    return make_source(
        path,
        lambda: guarded(path, PARQUET, records()),
        notices=notices,
        left_out=tuple(left_out),
    )


def _is_nested(kind: Any) -> bool:
    """Return whether a type has fields of its own; a list of plain values is several values."""
    import pyarrow as pa

    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return bool(pa.types.is_nested(kind.value_type))
    return bool(pa.types.is_nested(kind))


def _values(path: Path, line: int, name: str, column: Any) -> list[Any]:
    """Return the values of an Arrow column; name one that Python has no type for."""
    import pyarrow as pa

    if pa.types.is_float32(column.type):
        return [None if value is None else short(value) for value in column.to_pylist()]
    try:
        values: list[Any] = column.to_pylist()
        return values
    except (ValueError, OverflowError):
        for place, value in enumerate(column, line + 1):
            try:
                value.as_py()
            except (ValueError, OverflowError):
                cells = value.values if pa.types.is_nested(value.type) else pa.array([value])
                texts = cells.drop_null().cast(pa.string()).to_pylist()
                shown = re.sub(r"<[^<>]*: (-?\d+)>", r"\1", "; ".join(texts))
                what = f"`{shown}` ({value.type}) is not between the years 1 and 9999; correct it"
                raise broken(path, what, place, name) from None
        raise


def _frame_rows(frame: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a frame; numbers of single precision as they are written."""
    columns = []
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        columns.append(map(short, column) if str(column.dtype) == "float32" else column)
    return zip(*columns, strict=True)


# --- Stata ----------------------------------------------------------------------------------


def stata(path: Path, encoding: str) -> Source:
    """Open Stata data; labelled numbers are read as their labels."""
    notices = FileNotices(path)
    letters = _Letters(path, _stata_version(path), encoding)

    def records() -> Iterator[Record]:
        with _open_stata(path, chunksize=SOURCE_BATCH, convert_categoricals=False) as reader:
            line = 1
            periods = [_stata_period(str(item)) for item in reader._fmtlist]
            names = [clean(str(name)) for name in reader.variable_labels()]
            sets = reader.value_labels()
            found = dict(zip(names, reader._lbllist, strict=True))
            found = {name: sets[label] for name, label in found.items() if label in sets}
            clear = clear_labels(found, notices)
            yield 1, names
            for chunk in quiet(iter(reader), UnicodeWarning):
                for values in _frame_rows(chunk):
                    line += 1
                    row = tuple(
                        labelled(value, clear.get(name, {}), notices, line, name)
                        for value, name in zip(values, names, strict=True)
                    )
                    texts = plains(path, line, names, row)
                    yield (
                        line,
                        [
                            in_period(letters.read(text, line, name), period)
                            for text, name, period in zip(texts, names, periods, strict=True)
                        ],
                    )

    def guarded_records() -> Iterator[Record]:
        try:
            yield from records()
        except UnicodeWarning:
            what = "texts that are not UTF-8, as they are in this version of Stata's files"
            raise broken(path, f"{what}; translate them in Stata, or save as CSV") from None

    return make_source(path, lambda: guarded(path, DTA, guarded_records()), notices=notices)


class _Letters:
    """The texts of a file whose version does not say how they are encoded."""

    def __init__(self, path: Path, version: int, encoding: str) -> None:
        self._path = path
        self._is_old = version < FIRST_UNICODE
        self._version = version
        self._encoding = encoding
        if encoding and not self._is_old:
            raise UsageError(f"{path} names its encoding itself, UTF-8; remove `encoding`")

    def read(self, text: str, line: int, column: str) -> str:
        if text.isascii() or not self._is_old:
            return text
        raw = text.encode("latin-1")  # as pandas reads it, which loses nothing
        if not self._encoding:
            what = (
                f"a text that is not ASCII ({raw[:20]!r}), in a file of version {self._version}, "
                "which does not name its encoding; name it by `--encoding`, or `encoding` in the "
                'map, such as "cp1252" (Western Europe), "gbk" (East Asia) or "utf-8"'
            )
            raise broken(self._path, what, line, column)
        try:
            return raw.decode(self._encoding)
        except UnicodeError:
            what = f"bytes that are not {self._encoding} ({raw[:20]!r}); name another encoding"
            raise broken(self._path, what, line, column) from None


def _stata_version(path: Path) -> int:
    """Return the version of a Stata file: a number after its mark, or its first byte."""
    with path.open("rb") as file:
        start = file.read(64)
    found = re.search(rb"<release>(\d+)</release>", start)
    return int(found[1]) if found else start[0]


def _open_stata(path: Path, **options: Any) -> Any:
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader: Any = pd.read_stata(path, **options)
        reader.variable_labels()  # reads the head of the file, where its formats are
        return reader


def _stata_period(display: str) -> str:
    """Return what a variable shows of a date: `m` for a month, `y` for a year, blank for a day.

    `%tm` is a month. The reader turns it into its first day; only the format says how fine it
    is. So is `%tdMonth_CCYY`, a day of which the month is shown.
    """
    if found := re.match(r"%-?t([wmqhy])", display):
        return found[1]
    found = re.match(r"%-?(?:t?d|tc|tC)(.+)", display)
    parts = re.sub("!.", "", found[1]) if found else ""
    if not parts or re.search("[DdJj]", parts):
        return ""
    if re.search("[Mm]on|[Nn]{2}|M" if display.lstrip("%-").startswith("tc") else "[MmNn]", parts):
        return "m"
    return "y" if re.search("[Yy]", parts) else ""


def in_period(text: str, period: str) -> str:
    """Shorten a date to what its column shows: a month, a year or another period."""
    if not text or not period:
        return text
    if period == "m":
        return text[:7]
    month = int(text[5:7])
    named = {"q": f" Q{(month + 2) // 3}", "h": f" H{(month + 5) // 6}", "w": f" week of {text}"}
    return text[:4] + named.get(period, "")


# --- SPSS and R -----------------------------------------------------------------------------

SPSS_PERIODS = {"MOYR": "m", "QYR": "q", "WKYR": "w"}
SPSS_DAY_0 = datetime.datetime(1582, 10, 14)


def _needed(path: Path, package: str) -> Any:
    """Import a package of the extra `import`.

    Raises
    ------
    UsageError
        It is not installed.
    """
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError:
        what = f"reading {path.suffix} needs {package}; pip install '.[import]'"
        raise UsageError(f"{path}: {what}, or save the file as CSV") from None


def spss(path: Path, encoding: str) -> Source:
    """Open SPSS data; labelled numbers are read as their labels."""
    pyreadstat = _needed(path, "pyreadstat")
    notices = FileNotices(path)

    def records() -> Iterator[Record]:
        line, offset = 1, 0
        while True:
            frame, meta = pyreadstat.read_sav(
                str(path), encoding=encoding or None, row_offset=offset, row_limit=SOURCE_BATCH
            )
            if not offset:
                names = [clean(name) for name in meta.column_names]
                clear = clear_labels(
                    {clean(name): set_ for name, set_ in meta.variable_value_labels.items()},
                    notices,
                )
                kinds = [meta.original_variable_types[name] for name in meta.column_names]
                periods = [SPSS_PERIODS.get(kind.rstrip("0123456789."), "") for kind in kinds]
                yield 1, names
            for values in _frame_rows(frame):
                line += 1
                row = tuple(
                    _spss_day(value, period) or labelled(value, clear.get(n, {}), notices, line, n)
                    for value, n, period in zip(values, names, periods, strict=True)
                )
                texts = plains(path, line, names, row)
                yield line, [in_period(t, p) for t, p in zip(texts, periods, strict=True)]
            offset += len(frame)
            if len(frame) < SOURCE_BATCH:
                return

    return make_source(path, lambda: guarded(path, SAV, records()), notices=notices)


def _spss_day(value: Any, period: str) -> datetime.date | None:
    """Return the first day of a period, which SPSS stores as seconds."""
    if not period or value is None or value != value:  # noqa: PLR0124 - missing
        return None
    return (SPSS_DAY_0 + datetime.timedelta(seconds=value)).date()


def r_data(path: Path, sheet: str, encoding: str) -> Source:
    """Open the data of R: one object, or one data frame of several, named like a sheet."""
    pyreadr = _needed(path, "pyreadr")
    notices = FileNotices(path)
    frames: dict[str, Any] = {}

    def read() -> Iterator[Record]:
        found = pyreadr.read_r(str(path), encoding=encoding or None)
        frames.update({str(name or path.stem): frame for name, frame in found.items()})
        yield from ()

    list(guarded(path, R_DATA, read()))
    if not frames:
        raise broken(path, "no data frame; save one with saveRDS(frame, file)")
    if sheet and sheet not in frames:
        raise UsageError(f"{path}: no data frame `{sheet}`; {suggest(sheet, list(frames))}")
    chosen = sheet or next(iter(frames))
    frame = frames[chosen]
    names = [clean(str(name)) for name in frame.columns]
    for name, dtype in zip(names, frame.dtypes, strict=True):
        if str(dtype).startswith("datetime64"):
            notices.add("the file does not give the zone of these times; they are UTC", 1, name)
    times = [str(dtype).startswith("datetime64") for dtype in frame.dtypes]

    def records() -> Iterator[Record]:
        yield 1, names
        for line, values in enumerate(_frame_rows(frame), 2):
            texts = plains(path, line, names, values)
            yield line, [_utc(t) if is_time else t for t, is_time in zip(texts, times, strict=True)]

    rest = [name for name in frames if name != chosen]
    sheets = (chosen, *rest) if rest else ()
    return make_source(
        path, lambda: guarded(path, R_DATA, records()), notices=notices, sheets=sheets
    )


def _utc(text: str) -> str:
    """Write a time of R, which is in UTC, with its offset."""
    if not text:
        return ""
    return f"{text}+00:00" if " " in text else f"{text} 00:00:00+00:00"
