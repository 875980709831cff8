"""The texts that people read, by where they are, and what plain English avoids in them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
MAX_WORDS = 30  # of a sentence; most are much shorter

AVOIDED = {
    r"\bmend(s|ed|ing)?\b": "fix, correct",
    r"\bheal(s|ed)?\b": "resolve",
    r"\bjudg(e|es|ed|ing)\b": "check",
    r"\b(stand|stands|stood) (in|on|under|beside|there|below|above|alone|before|after)\b": "is in",
    r"\b(lie|lies|lay) (in|on|under|beside|beyond|outside|within|side)\b": "is in, fall within",
    r"\bhold(s)? together\b": "is consistent",
    r"\bcome(s)? out\b": "add up",
    r"\breach(es)? over\b": "extends beyond",
    r"\bhand(s|ed)? on\b": "export, pass",
    r"\bhanded_on\b": "exported",
    r"\b(takes|taken|took) in\b": "include",
    r"\bworked out\b": "computed",
    r"\bnot so that\b": "say what is wrong",
    r"\bat hand\b": "available",
    r"\banchors?\b": "quote",
    r"\bfiner\b": "more precise",
    r"\bcoarse(ly|r|ness)?\b": "imprecise",
    r"\bsaid (by|of|to)\b": "active voice",
    r"\bof which\b": "a new sentence",
    r"\b(published|these|those|such|its|the) figures? (of|is|are|was) \d": "a number is no figure",
    r"\boffending\b": "that break the rule",
    r"\bbears?\b": "has",
    r"\bmade up in the shape\b": "synthetic",
    r"\bthe least (confidence|value|count|place|number)\b": "minimum, lowest",
    r"\basks no host\b": "makes no network requests",
    r"\bone row an? (actor|claim|event|unit)\b": "one row per",
}
"""What to avoid, as patterns, and what to write."""

SQL = ("select ", "with ", "create ", "insert ", "copy ", "from ", "and ", "union ")

EXCEPTIONS: dict[str, str] = {
    "CHANGELOG.md": "entries of released versions keep their words",
}
"""Files that are not checked, with the reason."""


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of Markdown with their first line, without code, tables and comments."""
    text = re.sub(r"<!--.*?-->", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    text = re.sub(r"^ *```.*?^ *```", lambda m: "\n" * m[0].count("\n"), text, flags=re.S | re.M)
    text = re.sub(
        r"^---\n.*?^---\n", lambda m: "\n" * m[0].count("\n"), text, count=1, flags=re.S | re.M
    )
    lines, start = [], 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        is_end = not line.strip() or re.match(r"\s*([-*#>|]|\d+\.|: )", line)
        if is_end and lines:
            yield start, " ".join(lines)
            lines = []
        if line.strip() and not line.lstrip().startswith(("|", "#", ":::")):
            start = number if not lines else start
            lines.append(re.sub(r"^\s*([-*>]|\d+\.|:)\s+", "", line).strip())


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph at full stops and colons that end a sentence."""
    plain = re.sub(r"`[^`]*`", "x", paragraph)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    return [part for part in re.split(r"(?<=[.:;?!])\s+", plain) if part]


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page that people read, by its path."""
    for path in [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        ROOT / "data/curated/CODING.md",
    ]:
        if "_site" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def helps(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Yield the help of a command, of its options and of its own commands."""
    yield name, re.sub(r"\n\s+", " ", command.help or "")
    for param in command.params:
        if isinstance(param, click.Option) and param.help:
            yield f"{name} {param.opts[0]}", param.help
    if isinstance(command, click.Group):
        for each in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), each)
            if inner is not None:
                yield from helps(inner, f"{name} {each}")


def headers() -> Iterator[tuple[str, str]]:
    """Yield the headers of queries and parts."""
    for folder in ("src/secdiplo/sql", "data/queries", "examples"):
        for path in sorted((ROOT / folder).rglob("*.sql")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if found := re.match(r"-- \w+: ?(.*)", line):
                    yield str(path.relative_to(ROOT)), found[1]


def declared() -> Iterator[tuple[str, str]]:
    """Yield the texts of the declarations, which the codebook prints."""

    def texts(value: object, where: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from texts(inner, f"{where}.{key}")
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner, where)
        elif isinstance(value, str) and " " in value:
            yield where, value

    path = ROOT / "src/secdiplo/schema/tables.json"
    yield from texts(json.loads(path.read_text(encoding="utf-8")), "tables.json")


def messages() -> Iterator[tuple[str, str]]:
    """Yield the texts in the code, without docstrings: messages, captions and labels."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for path in sorted((ROOT / "src/secdiplo").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        described = {
            id(each.value)  # a docstring, or the text below an assignment
            for node in ast.walk(tree)
            if isinstance(node, owners)
            for each in node.body
            if isinstance(each, ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in described:
                text = node.value if isinstance(node.value, str) else ""
                if " " in text.strip() and not text.lstrip().lower().startswith(SQL):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield what Python shows as help: the docstrings of public functions, classes and modules."""
    for path in sorted((ROOT / "src/secdiplo").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "name", "")
            owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
            if isinstance(node, owners) and not name.startswith("_"):
                yield f"{path.relative_to(ROOT)}:{name}", ast.get_docstring(node) or ""
