"""The JSON of doccano (one document per line) and of Label Studio (a list of tasks).

Both count code points, and both contain the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from secdiplo.claims.standoff.spans import Span
from secdiplo.errors import DataError, Problem

REGION = ("labels", "hypertextlabels")  # the kinds of results that mark a span
TEXT_KEYS = ("text", "Text", "content")


def _refuse(label: str, line: int, what: str) -> DataError:
    return DataError([Problem(label, line, "1", what)])


# --- doccano --------------------------------------------------------------------------------


def read_doccano(text: str, label: str) -> list[Span]:
    """Return the spans of all documents; fields of a document are attributes of its spans.

    Raises
    ------
    DataError
        A line is not JSON, or has no text or labels.
    """
    spans: list[Span] = []
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            document = json.loads(content)
            body = next(str(document[key]) for key in TEXT_KEYS if key in document)
            spans += [_doccano_span(each, document, body, line) for each in _labels(document)]
        except json.JSONDecodeError as error:
            raise _refuse(label, line, f"not JSON ({error.msg}); export JSONL again") from None
        except (KeyError, TypeError, ValueError, IndexError, StopIteration):
            what = "not a document of doccano: it needs `text`, and `label` or `entities`"
            raise _refuse(label, line, f"{what}; export it again") from None
    return spans


def _labels(document: Mapping[str, Any]) -> Sequence[Any]:
    """Return the spans of a document, under any of the names that doccano has used."""
    for key in ("entities", "label", "labels"):
        if key in document:
            found: Sequence[Any] = document[key]
            return found
    raise KeyError("label")


def _doccano_span(given: Any, document: Mapping[str, Any], body: str, line: int) -> Span:
    if isinstance(given, Mapping):
        start, end, name = given["start_offset"], given["end_offset"], given["label"]
    else:
        start, end, name = given
    used = {*TEXT_KEYS, "id", "entities", "label", "labels", "relations", "Comments", "meta"}
    attributes = {
        key: _cell(value)
        for key, value in document.items()
        if key not in used and isinstance(value, str | int | float) and _cell(value)
    }
    ident = str(given.get("id", "")) if isinstance(given, Mapping) else ""
    return Span(str(name), ((int(start), int(end)),), attributes, ident, None, line, body)


def write_doccano(text: str, spans: Sequence[Span]) -> str:
    """Return one document with its spans; doccano has no attributes of spans."""
    labels = [[*span.pieces[0], span.label] for span in spans]
    return json.dumps({"text": text, "label": labels}, ensure_ascii=False) + "\n"


# --- Label Studio ---------------------------------------------------------------------------


def read_label_studio(text: str, label: str) -> list[Span]:
    """Return the regions of all tasks, with the results of the same region as attributes.

    Raises
    ------
    DataError
        The file is not an export of Label Studio, or a task has several annotations.
    """
    try:
        tasks = json.loads(text)
        spans: list[Span] = []
        for place, task in enumerate(tasks, 1):
            done = [each for each in task["annotations"] if not each.get("was_cancelled")]
            if len(done) > 1:
                what = f"task {place} has {len(done)} annotations; export only the reviewed one"
                raise _refuse(label, 0, what)
            body = next((str(task["data"][k]) for k in TEXT_KEYS if k in task["data"]), None)
            for annotation in done:
                spans += _regions(annotation["result"], body)
    except json.JSONDecodeError as error:
        raise _refuse(label, error.lineno, f"not JSON ({error.msg}); export it again") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        what = "not a JSON export of Label Studio: it needs `data` and `annotations` with `result`"
        raise _refuse(label, 0, f"{what}; export the project as JSON") from None
    return spans


def _regions(results: Sequence[Mapping[str, Any]], body: str | None) -> Iterator[Span]:
    """Yield the spans of one annotation."""
    details: dict[str, dict[str, str]] = {}
    for result in results:
        if result["type"] not in REGION and "id" in result:
            value = result["value"]
            found = next((value[key] for key in ("choices", "text", "number") if key in value), "")
            items = found if isinstance(found, list) else [found]
            details.setdefault(result["id"], {})[result["from_name"]] = "; ".join(map(_cell, items))
    for result in results:
        if result["type"] in REGION:
            value = result["value"]
            place = (int(value["start"]), int(value["end"]))
            name = str(value[result["type"]][0])
            given = details.get(result.get("id", ""), {})
            ident = str(result.get("id", ""))
            yield Span(name, (place,), dict(given), ident, value.get("text"), 0, body)


def write_label_studio(text: str, spans: Sequence[Span]) -> str:
    """Return one task with its regions; each attribute is a text area of its region."""
    results: list[dict[str, Any]] = []
    for number, span in enumerate(spans, 1):
        start, end = span.pieces[0]
        common = {"id": f"r{number}", "to_name": "text"}
        place: dict[str, Any] = {"start": start, "end": end, "text": text[start:end]}
        value = {**place, "labels": [span.label]}
        results.append({**common, "from_name": "label", "type": "labels", "value": value})
        for name, cell in span.attributes.items():
            given = {"start": start, "end": end, "text": [cell]}
            results.append({**common, "from_name": name, "type": "textarea", "value": given})
    tasks = [{"id": 1, "data": {"text": text}, "annotations": [{"id": 1, "result": results}]}]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
