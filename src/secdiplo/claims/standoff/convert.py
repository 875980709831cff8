"""Spans of other tools as rows with offsets and quotes, and rows as files of these tools."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from secdiplo.claims.annotations import SPAN
from secdiplo.claims.standoff import brat, json_files, webanno
from secdiplo.claims.standoff.spans import (
    OFFSETS,
    Span,
    code_point,
    edges,
    squeezed,
    without_returns,
)
from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.suggest import hint

MAX_ANNOTATED = 50_000_000  # bytes of a text or of a file of annotations
Row = dict[str, str]
Place = tuple[int, int]


@dataclass(frozen=True)
class StandoffFormat:
    """A format of another tool.

    Attributes
    ----------
    read, write : callable
        A text to spans, in the unit of the tool; a text and spans in code points to a text.
    offsets : str
        The unit in which the tool counts.
    has_attributes : bool
        Whether a span can have values beside its label.
    """

    read: Callable[[str, str], list[Span]]
    write: Callable[[str, Sequence[Span]], str]
    offsets: str
    has_attributes: bool = True


TOOL_FORMATS = {
    "brat": StandoffFormat(brat.read, brat.write, "code_points"),
    "webanno": StandoffFormat(webanno.read, webanno.write, "utf16"),
    "doccano": StandoffFormat(
        json_files.read_doccano, json_files.write_doccano, "code_points", has_attributes=False
    ),
    "label-studio": StandoffFormat(
        json_files.read_label_studio, json_files.write_label_studio, "code_points"
    ),
}


def import_spans(
    file: Path | str,
    kind: str,
    text: Path | str,
    table: str,
    columns: Sequence[str],
    *,
    label_column: str | None = None,
    offsets: str | None = None,
) -> list[Row]:
    """Read the annotations of another tool as rows.

    Parameters
    ----------
    file : path
        The file of the tool, in UTF-8.
    kind : {"brat", "webanno", "doccano", "label-studio"}
        Its format.
    text : path
        The annotated text, in UTF-8; its name becomes `seed_file`.
    table : str
        The table that the rows are for. Spans with its name as their label need no label column.
    columns : sequence of str
        The columns of the table, its key first; attributes of spans have their names.
    label_column : str, optional
        The column that gets the label of a span.
    offsets : {"code_points", "utf16", "bytes"}, optional
        What the offsets count; by default what the tool counts.

    Returns
    -------
    list of dict of str to str
        One per span, in the order of the text, with every column. `start` and `end` count code
        points, and `quote` is the text between them.

    Raises
    ------
    UsageError
        Unknown format, or a file that does not exist.
    DataError
        Spans whose offsets or text do not agree with the text, and attributes or labels that are
        in no column; with every problem.
    """
    chosen = _format(kind)
    _check_import(table, columns, label_column, offsets)
    file, text = Path(file), Path(text)
    body = _read(text, "utf-8")
    spans = chosen.read(_read(file, "utf-8-sig"), file.name)
    places = _places(spans, body, offsets or chosen.offsets, file.name, text.name)
    placed = sorted(zip(spans, places, strict=True), key=lambda each: each[1])
    problems: list[Problem] = []
    rows = []
    for span, place in placed:
        cells = _cells(span, table, columns, label_column, file.name, problems)
        rows.append(_row(columns, cells, span, text.name, body, place))
    problems += _keys(rows, columns[0], file.name)
    if problems:
        raise DataError(sorted(set(problems)))
    return rows


def _check_import(
    table: str, columns: Sequence[str], label_column: str | None, offsets: str | None
) -> None:
    if offsets is not None and offsets not in OFFSETS:
        raise UsageError(f"offsets are {', '.join(OFFSETS)}, not `{offsets}`")
    if label_column is not None and label_column not in columns:
        raise UsageError(f"no column `{label_column}` in {table}; {_near(label_column, columns)}")


def _row(
    columns: Sequence[str], cells: Row, span: Span, seed_file: str, text: str, place: Place
) -> Row:
    """Return the row of a span: every column, with its cells and place."""
    row = dict.fromkeys(columns, "") | cells
    row |= {"seed_file": seed_file, "start": str(place[0]), "end": str(place[1])}
    row["quote"] = text[slice(*place)]
    row[columns[0]] = row[columns[0]] or span.ident
    return row


def _keys(rows: Sequence[Row], key: str, label: str) -> list[Problem]:
    """Number the rows without a key, and return the keys that several rows have."""
    used = Counter(row[key] for row in rows if row[key])
    free = (str(number) for number in itertools.count(1) if str(number) not in used)
    for row in rows:
        row[key] = row[key] or next(free)
    return [
        Problem(label, 0, key, f"several spans have the {key} `{value}`; give each its own")
        for value, number in used.items()
        if number > 1
    ]


def _format(kind: str) -> StandoffFormat:
    if kind not in TOOL_FORMATS:
        raise UsageError(f"no format `{kind}`; use {', '.join(TOOL_FORMATS)}")
    return TOOL_FORMATS[kind]


def _near(name: str, columns: Iterable[str]) -> str:
    return hint(name, list(columns)) or f"its columns are {', '.join(columns)}"


def _read(path: Path, encoding: str) -> str:
    """Return a file with its line ends as they are."""
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name an existing one")
    if path.stat().st_size > MAX_ANNOTATED:
        raise UsageError(f"{path}: more than {MAX_ANNOTATED:,} bytes; divide it")
    try:
        return path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        what = "not UTF-8; save the file as UTF-8"
        raise DataError([Problem(path.name, 1, "1", what)]) from None


def _cells(
    span: Span,
    table: str,
    columns: Sequence[str],
    label_column: str | None,
    label: str,
    problems: list[Problem],
) -> Row:
    """Return what the label and attributes of a span are as cells."""
    cells = {}
    if label_column:
        if span.label != table:
            cells[label_column] = span.label
    elif span.label.lower() not in (table.lower(), table.lower().removesuffix("s")):
        what = f"label `{span.label}` is not {table}; name the column for labels"
        problems.append(Problem(label, span.line, "label", f"{what} with --label-column"))
    for name, value in span.attributes.items():
        if name in columns and name not in SPAN:
            cells[name] = value
        else:
            what = f"no column `{name}` in {table}; {_near(name, columns)}"
            problems.append(Problem(label, span.line, name, what))
    return cells


# --- places ---------------------------------------------------------------------------------


def _places(spans: Sequence[Span], text: str, unit: str, label: str, text_name: str) -> list[Place]:
    """Return where each span is in the text, in code points.

    Raises
    ------
    DataError
        Spans that are not in the text, or have other words than it.
    """
    found, problems = _placed(spans, text, unit, label, text_name)
    if not problems:
        return found
    for other in OFFSETS:
        if other != unit and not _placed(spans, text, other, label, text_name)[1]:
            what = f"the quotes agree if offsets count {other}; add --offsets {other}"
            problems.append(Problem(label, 0, "offsets", what))
    raise DataError(problems)


def _placed(
    spans: Sequence[Span], text: str, unit: str, label: str, text_name: str
) -> tuple[list[Place], list[Problem]]:
    """Return the places of spans and problems; CR LF may count as one letter, if all agree."""
    views = [(text, list(range(len(text) + 1)))]
    if "\r\n" in text:
        views.append(without_returns(text))
    first: tuple[list[Place], list[Problem]] | None = None
    for view in views:
        placed = _in_view(spans, text, view, unit, (label, text_name))
        if not placed[1]:
            return placed
        first = first or placed
    return first or ([], [])


def _in_view(
    spans: Sequence[Span],
    text: str,
    view: tuple[str, list[int]],
    unit: str,
    names: tuple[str, str],
) -> tuple[list[Place], list[Problem]]:
    """Return the places of spans if the tool saw this view of the text."""
    shown, origin = view
    places: list[Place] = []
    problems: list[Problem] = []
    known: dict[str | None, tuple[int, list[int]] | None] = {}
    for span in spans:
        if span.text not in known:
            known[span.text] = _piece(span.text, shown, unit)
        piece = known[span.text]
        what = ""
        if piece is None:
            what = f"its text is not in {names[1]}; name the text that was annotated"
        else:
            place, what = _place(span, piece, shown, origin)
            if not what and span.quote is not None:
                what = _other_words(text[slice(*place)], span.quote, span.pieces[0][0])
            places.append(place)
        if what:
            problems.append(Problem(names[0], span.line, span.ident or span.label, what))
    return places, problems


def _piece(piece: str | None, shown: str, unit: str) -> tuple[int, list[int]] | None:
    """Return where the text of a file is in the whole one, and the offsets of its letters."""
    if piece is None or piece == shown:
        return 0, edges(shown, unit)
    if piece and shown.count(piece) == 1:
        return shown.index(piece), edges(piece, unit)
    return None


def _place(
    span: Span, piece: tuple[int, list[int]], shown: str, origin: Sequence[int]
) -> tuple[Place, str]:
    """Return the place of a span in the text, or what is wrong with it."""
    shift, offsets = piece
    points = [tuple(code_point(offsets, edge) for edge in each) for each in sorted(span.pieces)]
    numbers = [point for pair in points for point in pair if point is not None]
    start, end = span.pieces[0][0], span.pieces[-1][1]
    if len(numbers) < 2 * len(points) or numbers != sorted(numbers) or numbers[0] == numbers[-1]:
        what = f"offsets {start} to {end} are not in the text, or within a letter; correct them"
        return (0, 0), what
    gaps = [
        shown[shift + a : shift + b] for a, b in zip(numbers[1::2], numbers[2::2], strict=False)
    ]
    if any(gap.strip() for gap in gaps):
        return (0, 0), "a span with several parts; mark it as one span, or as several"
    return (origin[shift + numbers[0]], origin[shift + numbers[-1] - 1] + 1), ""


def _other_words(words: str, quote: str, start: int) -> str:
    """Return what to do if the text has other words than the tool has for a span."""
    if squeezed(words) == squeezed(quote):
        return ""
    return f"at {start} the text has `{words[:40]}`, the annotation `{quote[:40]}`; correct one"


# --- the other way --------------------------------------------------------------------------


def export_spans(
    rows: Iterable[Mapping[str, str]],
    kind: str,
    text: Path | str,
    table: str,
    *,
    label_column: str | None = None,
) -> tuple[str, int]:
    """Return rows as a file of another tool.

    Parameters
    ----------
    rows : iterable of mapping
        With `seed_file`, `start`, `end` and `quote`; those of other texts are skipped.
    kind : {"brat", "webanno", "doccano", "label-studio"}
        The format.
    text : path
        The annotated text.
    table : str
        The name of the table, which is the label of the spans.
    label_column : str, optional
        The column whose values are the labels instead (for WebAnno, it stays a feature).

    Returns
    -------
    (str, int)
        The file, in the tool's own unit of offsets, and how many spans it has.

    Raises
    ------
    UsageError
        Unknown format, or a text that does not exist.
    DataError
        Quotes that are not at their offsets, or that the format cannot contain.
    """
    chosen, text = _format(kind), Path(text)
    body = _read(text, "utf-8")
    spans: list[Span] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, 1):
        if row["seed_file"] != text.name:
            continue
        what = _unwritable(row, body, kind)
        if what:
            problems.append(Problem(table, number, "quote", what))
            continue
        cells = {name: cell for name, cell in row.items() if cell and name not in SPAN}
        label = table
        if label_column and kind != "webanno":
            label = cells.pop(label_column, "") or table
        if kind == "brat" and any(set(cell) & {"\n", "\r"} for cell in cells.values()):
            what = "a cell with a line break, which brat cannot contain; write it on one line"
            problems.append(Problem(table, number, "1", what))
        spans.append(Span(label, ((int(row["start"]), int(row["end"])),), cells))
    if problems:
        raise DataError(problems)
    spans.sort(key=lambda span: span.pieces)
    return chosen.write(body, spans), len(spans)


def _unwritable(row: Mapping[str, str], text: str, kind: str) -> str:
    """Return why a row cannot be written, or nothing."""
    if not (row["start"].isdecimal() and row["end"].isdecimal()):
        return "`start` and `end` are not whole numbers; correct them"
    if not row["quote"] or text[int(row["start"]) : int(row["end"])] != row["quote"]:
        return "the text at these offsets is not the quote; run `secdiplo seeds verify`"
    if kind in ("brat", "webanno") and row["quote"] != row["quote"].strip():
        return f"the quote begins or ends with white space, which {kind} drops; trim it"
    return ""
