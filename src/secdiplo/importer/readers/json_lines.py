"""Read JSON lines: one object on each line, whose keys are the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secdiplo.errors import UsageError
from secdiplo.importer.readers.source import (
    MAX_SOURCE_COLUMNS,
    NESTED,
    FileNotices,
    Record,
    Source,
    broken,
    clean,
    make_source,
)
from secdiplo.importer.readers.values import plain

MAX_JSON_LINE = 10_000_000


def json_lines(path: Path) -> Source:
    """Open a file of JSON lines; its columns are the keys of all its objects."""
    notices = FileNotices(path)
    columns: dict[str, None] = {}
    nested: dict[str, None] = {}
    for line, row in _objects(path):
        columns |= dict.fromkeys(row)
        for name, value in row.items():
            if name not in nested and _is_nested(value):
                nested[name] = None
                notices.add(f"`{name}` {NESTED}", line, name)
        if len(columns) > MAX_SOURCE_COLUMNS:
            what = f"over {MAX_SOURCE_COLUMNS:,} different keys; leave out what is not needed"
            raise UsageError(f"{path}: {what}")
    names = [name for name in columns if name not in nested]

    def records() -> Iterator[Record]:
        yield 0, [clean(name) for name in names]
        for line, row in _objects(path):
            yield line, [plain(row.get(name), path, line, name) for name in names]

    return make_source(path, records, notices=notices, left_out=tuple(nested))


def _is_nested(value: Any) -> bool:
    """Return whether a value has fields of its own; a list of plain values is several values."""
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, (dict, list)) for item in items)


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_JSON_LINE), ""), 1):
                if len(line) == MAX_JSON_LINE:
                    what = f"a line of over {MAX_JSON_LINE:,} characters; write one object a line"
                    raise broken(path, what, number)
                if line.strip():
                    yield number, _object(path, number, line)
    except UnicodeDecodeError:
        raise broken(path, "bytes that are not UTF-8; save the file as UTF-8") from None


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            raise broken(path, "a key that is there twice; give each key one value", number)
        return made

    try:
        # A number stays as it is written: 2024.10 is a month.
        row = json.loads(
            line, object_pairs_hook=once, parse_float=_number, parse_constant=lambda _: None
        )
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (character {error.pos + 1})" if isinstance(error, json.JSONDecodeError) else ""
        what = f"not a JSON object{where}; write one object on each line"
        raise broken(path, what, number) from None
    except ValueError:
        raise broken(path, "a number of too many digits; write it as text", number) from None
    if "\\ud" in line.lower() and not _is_text(row):
        raise broken(path, "half of a letter (a lone surrogate); write the text again", number)
    if not isinstance(row, dict):
        raise broken(path, "no JSON object; write one object on each line", number)
    return row


def _number(text: str) -> str:
    whole, _, fraction = text.partition(".")
    return whole if fraction and not fraction.strip("0") else text


def _is_text(row: Any) -> bool:
    try:
        json.dumps(row, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
