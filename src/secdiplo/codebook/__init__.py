"""The codebook: declarations, code lists, counts and queries as files that other tools read.

``<table>.json`` is a Frictionless Table Schema (version 2) of each table; ``codebook.md``,
``codebook.html`` and ``codebook.csv`` describe every variable, and ``codebook_values.csv`` every
code with the rows that have it. All are generated and compared, so that they cannot drift.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.codebook import pages, variables
from secdiplo.codebook.pages import filters_markdown, queries_markdown
from secdiplo.schema.codes import LISTS
from secdiplo.schema.frictionless import to_table_schema

if TYPE_CHECKING:
    from secdiplo.coding import Reliability
    from secdiplo.store import Built

__all__ = ["domain_codes", "files", "filters_markdown", "queries_markdown", "stale", "write"]


def domain_codes(built: Built) -> dict[str, dict[str, str]]:
    """The code lists of the dataset itself: code to label, in their order."""
    lists = variables.code_lists(built)
    return {
        name: {code: label for code, (label, _) in items.items()}
        for name, items in lists.items()
        if name not in LISTS
    }


def files(built: Built, folder: Path | None = None) -> dict[str, str]:
    """The content of every generated file, by name.

    Parameters
    ----------
    built : Built
        Open tables, whose rows are counted.
    folder : Path, optional
        The dataset folder, for the coding rules of its curated/CODING.md.

    Returns
    -------
    dict of str to str
    """
    codes = domain_codes(built)
    out = {
        f"{table.name}.json": json.dumps(
            to_table_schema(table, codes), indent=2, ensure_ascii=False
        )
        + "\n"
        for table in built.tables.values()
    }
    found = variables.collect(built, variables.coding_rules(folder))
    agreed = _reliability(built, folder)
    dataset = built.dataset
    about = f"{dataset['title']}, version {dataset['version']}.{_defaults(dataset)}"
    out["codebook.md"] = pages.markdown(found, about, variables.code_lists(built), dataset, agreed)
    out["codebook.html"] = pages.page(found, f"Codebook of {dataset['name']}", about, agreed)
    out["codebook.csv"] = pages.variables_csv(found)
    out["codebook_values.csv"] = pages.values_csv(found)
    return out


def _defaults(dataset: Mapping[str, Any]) -> str:
    """Return the sentence about the values that no cell of the sheet has; blank without any."""
    defaults = dataset.get("defaults") or {}
    if not defaults:
        return ""
    listed = ", ".join(f"`{name}` is `{value}`" for name, value in defaults.items())
    return f" Where a cell of the sheet is blank, the default of dataset.toml counts: {listed}."


def _reliability(built: Built, folder: Path | None) -> Reliability | None:
    """Return how far the second coding of the folder agrees, if it has one."""
    from secdiplo import coding

    if folder is None or not (folder / coding.FOLDER).is_dir():
        return None
    return coding.reliability(built, folder)


def write(target: Path, wanted: dict[str, str]) -> list[str]:
    """Write generated files; return the names of those that changed."""
    target.mkdir(parents=True, exist_ok=True)
    changed = stale(target, wanted)
    for name, text in wanted.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    return changed


def stale(target: Path, wanted: dict[str, str]) -> list[str]:
    """The names of the files that are missing or differ from what would be written."""
    odd = [
        name
        for name, text in wanted.items()
        if not (target / name).is_file() or (target / name).read_text(encoding="utf-8") != text
    ]
    if target.is_dir():
        odd += sorted(f.name for f in target.glob("*.json") if f.name not in wanted)
    return odd
