"""Where the rows of a built table lie: in one Parquet file, or in one a year of a large table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def files_of(name: str, manifest: Mapping[str, Any]) -> list[str]:
    """The files of a table, relative to the folder of the tables.

    Examples
    --------
    >>> part = {"file": "events/event_year=2024/part-0.parquet"}
    >>> manifest = {"tables": {"events": {"parts": [part]}, "sources": {}}}
    >>> files_of("events", manifest)
    ['events/event_year=2024/part-0.parquet']
    >>> files_of("sources", manifest)
    ['sources.parquet']
    """
    parts = manifest["tables"][name].get("parts")
    return [part["file"] for part in parts] if parts else [f"{name}.parquet"]
