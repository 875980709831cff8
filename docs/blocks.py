"""The generated blocks of the Markdown files: each function returns the text of one block."""

from __future__ import annotations

import functools
import textwrap

import secdiplo as sd

PLAIN = {
    "official_rank": "rank",
    "host_country": "host country",
    "confidence": "confidence",
    "forum": "forum (free labels)",
}


@functools.cache
def dataset() -> sd.Dataset:
    """Return the built-in dataset."""
    return sd.load()


def folded(text: str) -> str:
    """Return a paragraph as lines of at most 98 characters."""
    return textwrap.fill(text, 98, break_on_hyphens=False, break_long_words=False) + "\n"


def reliability() -> str:
    """Return one paragraph: how far the second coder agrees with the first."""
    found = dataset().reliability()
    rows = found.frame()
    nominal = rows[(rows["distance"] == "nominal")].set_index("column")["alpha"]
    whole = [name for name in nominal.index if nominal[name] == 1]
    less = ["format", "date", "city", "confidence", "forum"]
    sets = rows[rows["column"] == "topic"].iloc[0]
    listed = ", ".join(f"{PLAIN.get(name, name)} {nominal[name]:.2f}" for name in less)
    return folded(
        f"A second coder coded {found.units} random events without seeing the first coding; "
        f"{found.matched} rows match by event and counterpart. Krippendorff's alpha (nominal): "
        f"{', '.join(PLAIN.get(name, name) for name in whole)} 1.00; {listed}. For topics, with a "
        f"distance of sets (MASI), alpha is {sets['alpha']:.2f}. "
        "`secdiplo reliability` prints all columns with their intervals."
    )
