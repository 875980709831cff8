"""Since which version of a dataset a variable exists, and when it was changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CHANGE_KINDS = ("added", "renamed", "recoded", "removed")
CHANGE = re.compile(rf"({'|'.join(CHANGE_KINDS)}): (.+\.)")
VARIABLE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")

Changes = Mapping[str, Mapping[str, str]]
"""By version: what changed of each ``table.column``, as ``kind: What changed.``"""


def since(dataset: Mapping[str, Any], table: str, column: str) -> str:
    """The version of a dataset that first has a variable; blank where the dataset does not say."""
    for version, kind, _ in _of(dataset["changes"], table, column):
        if kind == "added":
            return version
    return str(dataset["first_version"])


def history(dataset: Mapping[str, Any], table: str, column: str) -> str:
    """The changes of a variable in the order of the versions, in words."""
    found = _of(dataset["changes"], table, column)
    return " ".join(f"{version}: {kind}. {what}" for version, kind, what in found)


def _of(changes: Changes, table: str, column: str) -> list[tuple[str, str, str]]:
    """The version, kind and words of the changes of a variable."""
    found = []
    for version in sorted(changes, key=lambda text: [int(part) for part in text.split(".")]):
        change = CHANGE.fullmatch(changes[version].get(f"{table}.{column}", ""))
        if change:
            found.append((version, change[1], change[2]))
    return found
