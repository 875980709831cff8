"""The tab-separated format of WebAnno and INCEpTION, versions 3.0 to 3.3.

One line per token, one column per feature of a layer. Offsets count UTF-16 code units. A span of
several tokens has the same number in brackets at each of them. Relations and chains are skipped.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from secdiplo.claims.standoff.spans import Span, edges
from secdiplo.errors import DataError, Problem

TSV_VERSION = "#FORMAT=WebAnno TSV 3.2"
LAYER = "webanno.custom."
_RESERVED = re.compile(r"([\\\[\]|_;*]|->)")
_VALUE = re.compile(r"(?P<value>(?:\\.|[^\\\[\]])*)(?:\[(?P<number>\d+)\])?", re.S)
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class _Layer:
    """The columns of a layer: where they begin, and the features that they have."""

    name: str
    features: tuple[str, ...]
    start: int
    width: int
    is_span: bool


def read(text: str, label: str) -> list[Span]:
    """Return the spans of all layers, with their features.

    Raises
    ------
    DataError
        The file has another format, or lines that are not in it.
    """
    lines = text.split("\n")
    if not lines[0].startswith("#FORMAT=WebAnno TSV 3"):
        what = "not WebAnno TSV 3; export the annotations as WebAnno TSV v3"
        raise DataError([Problem(label, 1, "1", what)])
    layers = list(_layers(lines))
    problems: list[Problem] = []
    found: dict[tuple[str, str], _Parts] = {}
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        place = re.fullmatch(r"(\d+)-(\d+)", cells[1]) if len(cells) > 2 else None
        if not re.fullmatch(r"\d+-\d+(\.\d+)?", cells[0]) or not place:
            what = "not a token line; export the file again, or remove the line"
            problems.append(Problem(label, number, "1", what))
            continue
        start, end = int(place[1]), int(place[2])
        for layer in layers:
            if layer.is_span:
                part = cells[3 + layer.start : 3 + layer.start + layer.width]
                _add(found, layer, part, (start, end), number, cells[2])
    if problems:
        raise DataError(problems)
    return [parts.span() for parts in found.values()]


def _layers(lines: Iterable[str]) -> Iterator[_Layer]:
    start = 0
    for raw in lines:
        kind, _, rest = raw.rstrip("\r").partition("=")
        if kind not in ("#T_SP", "#T_CH", "#T_RL"):
            continue
        name, *features = rest.split("|")
        features = [each for each in features if each]
        # a slot is named by the column of its role, and followed by that of its target
        width = 2 if kind == "#T_CH" else max(1, len(features))
        yield _Layer(name, tuple(features), start, width, kind == "#T_SP")
        start += width


@dataclass
class _Parts:
    """What the lines of one span have so far."""

    label: str
    start: int
    end: int
    attributes: dict[str, str]
    ident: str
    line: int
    tokens: list[str]

    def span(self) -> Span:
        """Return the span."""
        place, quote = ((self.start, self.end),), " ".join(self.tokens)
        return Span(self.label, place, self.attributes, self.ident, quote, self.line)


def _add(
    found: dict[tuple[str, str], _Parts],
    layer: _Layer,
    cells: Sequence[str],
    place: tuple[int, int],
    line: int,
    token: str,
) -> None:
    """Add what one line has of a layer: one value of each feature per span that covers it."""
    columns = [re.split(r"(?<!\\)\|", cell) for cell in cells]
    for values in zip(*columns, strict=False):
        parsed = [_VALUE.fullmatch(value) for value in values]
        if all(value == "_" for value in values) or not all(parsed):
            continue
        number = next((each["number"] for each in parsed if each and each["number"]), None)
        ident = number or f"line {line}"
        key = (layer.name, ident)
        if key in found:
            found[key].end = max(found[key].end, place[1])
            found[key].tokens.append(unescaped(token))
            continue
        attributes = {
            name: unescaped(each["value"])
            for name, each in zip(layer.features, parsed, strict=False)
            if each and each["value"] not in ("*", "_")
        }
        label = layer.name.rpartition(".")[2]
        found[key] = _Parts(label, *place, attributes, number or "", line, [unescaped(token)])


def escaped(value: str) -> str:
    """Return a value with the reserved characters of the format escaped."""
    marked = _RESERVED.sub(r"\\\1", value)
    return marked.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")


def unescaped(value: str) -> str:
    """Return a value without the escapes of the format."""
    names = {"t": "\t", "r": "\r", "n": "\n"}
    return re.sub(r"\\(->|.)", lambda found: names.get(found[1], found[1]), value, flags=re.S)


def write(text: str, spans: Sequence[Span]) -> str:
    """Return the text of a file with spans of one label. Their offsets count code points.

    Tokens are words and signs, divided where a span begins or ends; lines are the sentences.
    """
    features = list(dict.fromkeys(name for span in spans for name in span.attributes))
    label = spans[0].label if spans else "Span"
    cuts = {edge for span in spans for piece in span.pieces for edge in piece}
    offsets = edges(text, "utf16")
    head = "|".join([f"{LAYER}{label}", *features])
    lines = [TSV_VERSION, f"#T_SP={head}", "", ""]
    for sentence, found in enumerate(re.finditer(r"[^\r\n]*\S[^\r\n]*", text), 1):
        lines.append(f"#Text={_text_line(found[0])}")
        for place, (start, end) in enumerate(_tokens(text, found.start(), found.end(), cuts), 1):
            cells = [f"{sentence}-{place}", f"{offsets[start]}-{offsets[end]}", text[start:end]]
            over = [
                (number, span)
                for number, span in enumerate(spans, 1)
                if span.pieces[0][0] <= start and end <= span.pieces[0][1]
            ]
            for name in features or [""]:
                values = [f"{_value(span, name)}[{number}]" for number, span in over]
                cells.append("|".join(values) or "_")
            lines.append("\t".join([*cells, ""]))
        lines.append("")
    return "\n".join(lines)


def _text_line(line: str) -> str:
    return line.replace("\\", "\\\\").replace("\t", "\\t")


def _value(span: Span, name: str) -> str:
    return escaped(span.attributes[name]) if span.attributes.get(name) else "*"


def _tokens(text: str, start: int, end: int, cuts: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the words and signs of a line, divided at the edges of spans."""
    for token in _TOKEN.finditer(text, start, end):
        inside = [edge for edge in sorted(cuts) if token.start() < edge < token.end()]
        bounds = [token.start(), *inside, token.end()]
        yield from itertools.pairwise(bounds)
