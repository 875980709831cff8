"""Values as TOML."""

from __future__ import annotations

import json
import re
from typing import Any


def text(value: Any) -> str:
    r"""Write a text, truth value, list or table as TOML on one line.

    Examples
    --------
    >>> print(text('a "b"'), text(["x"]), text(True), text({"MPS": ["minister"]}))
    "a \"b\"" ["x"] true { MPS = ["minister"] }
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        pairs = ", ".join(f"{key(name)} = {text(inner)}" for name, inner in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """Write a key, quoted where it has to be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def comment(words: str) -> str:
    """Make a text fit for a comment: on one line, without control characters."""
    return "".join(char if char.isprintable() else " " for char in words)
