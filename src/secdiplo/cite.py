"""How to cite a dataset, the paper that it replicates and the toolkit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secdiplo import __version__

PAPER = (
    "Greitens, Sheena Chestnut, Isaac Kardon and Cameron Waltz (2025). A New World Cop on the "
    "Beat? China's Internal Security Outreach Under the Global Security Initiative. Carnegie "
    "Endowment for International Peace."
)
AUTHORS_DATASET = (
    "Greitens, Sheena Chestnut, Isaac Kardon and Cameron Waltz (2025). China's Internal Security "
    "Diplomacy Dataset, Version 1.0. https://doi.org/10.7910/DVN/DBZIUW"
)
TOOLKIT = f"The secdiplo developers (2026). secdiplo (version {__version__}) [software]."


def text(dataset: Mapping[str, Any]) -> str:
    """The references in order: the paper and its data first, then this dataset, the toolkit."""
    own = dataset["citation"] or f"{dataset['title']}, version {dataset['version']}."
    if dataset["name"] == "secdiplo":
        parts = [PAPER, AUTHORS_DATASET, own, TOOLKIT]
    else:
        parts = [own, TOOLKIT]
    return "\n\n".join(parts)
