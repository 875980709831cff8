"""The generated blocks of the Markdown files: each function returns the text of one block."""

from __future__ import annotations

import functools
import re
import textwrap
from pathlib import Path

import secdiplo as sd
from secdiplo.figures import available
from secdiplo.output import render

PLAIN = {
    "official_rank": "rank",
    "host_country": "host country",
    "forum": "forum (free labels)",
    "counterpart_person": "name of the person met",
    "counterpart_office": "office of the person met",
    "inferred": "`inferred`",
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
    alpha = rows[rows["distance"] != "days"].set_index("column")["alpha"].dropna()
    alpha = alpha.drop("counterpart")  # rows are matched on it
    whole = [PLAIN.get(name, name) for name in alpha.index if alpha[name] == 1]
    less = [f"{PLAIN.get(name, name)} {alpha[name]:.2f}" for name in alpha.index if alpha[name] < 1]
    return folded(
        "A second coder coded a random sample of events without seeing the first coding. "
        f"{found.summary()} Krippendorff's alpha over the matched pairs: {', '.join(whole)} 1.00; "
        f"{', '.join(less)}. Topics and `inferred` are compared by the overlap of the lists, other "
        "columns as equal or not. `secdiplo reliability` prints the intervals, the rows without a "
        "partner and the cells that differ; the codebook describes the measures."
    )


def figures() -> str:
    """Return the table of the figures of the built-in dataset."""
    rows = [
        (
            f"`{spec.name}`",
            spec.paper,
            spec.about,
            ", ".join(f"`{name}`" for name, _ in spec.queries) or "every claim's",
        )
        for spec in available(dataset()._built.dataset).values()
    ]
    return render.render(("figure", "in the paper", "what it shows", "queries"), rows, "markdown")


def figure_settings(*names: str) -> str:
    """Return the tables of these figures in the built-in dataset.toml."""
    text = (Path(__file__).parents[1] / "data" / "dataset.toml").read_text(encoding="utf-8")
    tables = re.findall(r"^\[figures\..*?(?=\n\[|\Z)", text, flags=re.M | re.S)
    wanted = [table.strip() for table in tables if re.split(r"[.\]]", table)[1] in names]
    return "```toml\n" + "\n\n".join(wanted) + "\n```\n"
