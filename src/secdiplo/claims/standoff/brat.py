"""The standoff format of brat: ``.ann`` files with one annotation per line.

See https://brat.nlplab.org/standoff.html. Offsets count code points. Attributes (A) have one word;
other values are notes (#) with the name of the column as their type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from secdiplo.claims.standoff.spans import Span
from secdiplo.errors import DataError, Problem

_WORD = re.compile(r"[^\s]+")
_NOTE = "AnnotatorNotes"
IGNORED = ("R", "E", "*", "M", "N")  # relations, events, equivalences, references: no columns


def read(text: str, label: str) -> list[Span]:
    """Return the text-bound annotations of a file, with their attributes and notes.

    Raises
    ------
    DataError
        Lines that are not in the format, and attributes of annotations that do not exist.
    """
    spans: dict[str, Span] = {}
    details: list[tuple[int, str, str, str]] = []
    problems: list[Problem] = []
    for line, raw in enumerate(text.split("\n"), 1):
        content = raw.rstrip("\r")
        kind = content[:1]
        if not content.strip() or kind in IGNORED:
            continue
        found = _span(content, line) if kind == "T" else None
        detail = _detail(content) if kind in ("A", "#") else None
        if found is not None:
            spans[found.ident] = found
        elif detail is not None:
            details.append((line, *detail))
        else:
            what = "not a line of the format of brat; correct it, or remove it"
            problems.append(Problem(label, line, "1", what))
    for line, name, owner, value in details:
        if owner in spans:
            spans[owner].attributes["note" if name == _NOTE else name] = value
        elif owner.startswith("T"):
            what = f"no annotation `{owner}`; add it, or remove this line"
            problems.append(Problem(label, line, "1", what))
    if problems:
        raise DataError(problems)
    return list(spans.values())


def _span(content: str, line: int) -> Span | None:
    """Return the annotation of a line such as ``T1<tab>Label 0 5;8 12<tab>words``."""
    ident, _, rest = content.partition("\t")
    body, tab, quote = rest.partition("\t")
    found = re.fullmatch(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)", body)
    if not tab or not found:
        return None
    numbers = [piece.split(" ") for piece in found[2].split(";")]
    pieces = tuple((int(start), int(end)) for start, end in numbers)
    return Span(found[1], pieces, {}, ident, quote, line)


def _detail(content: str) -> tuple[str, str, str] | None:
    """Return name, owner and value of an attribute or note."""
    ident, _, rest = content.partition("\t")
    body, tab, note = rest.partition("\t")
    words = body.split(" ")
    if ident.startswith("#"):
        return (words[0], words[1], note) if tab and len(words) == 2 else None
    if len(words) == 2:
        return words[0], words[1], "true"
    return (words[0], words[1], words[2]) if len(words) == 3 else None


def write(text: str, spans: Sequence[Span]) -> str:
    """Return the text of a file with these spans. Their offsets count code points."""
    lines: list[str] = []
    attributes = notes = 0
    for number, span in enumerate(spans, 1):
        pieces = [piece for each in span.pieces for piece in _lines_of(text, *each)]
        where = ";".join(f"{start} {end}" for start, end in pieces)
        quote = " ".join(text[start:end] for start, end in pieces)
        lines.append(f"T{number}\t{span.label} {where}\t{quote}")
        for name, value in span.attributes.items():
            if _WORD.fullmatch(value):
                attributes += 1
                lines.append(f"A{attributes}\t{name} T{number} {value}")
            else:
                notes += 1
                kind = _NOTE if name == "note" else name
                lines.append(f"#{notes}\t{kind} T{number}\t{value}")
    return "".join(f"{line}\n" for line in lines)


def _lines_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the pieces of a span on each line: brat has no span over a line break."""
    inside = re.finditer(r"[^\r\n]+", text[start:end])
    return [(start + piece.start(), start + piece.end()) for piece in inside]
