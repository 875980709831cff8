"""How to cite a dataset, the paper that it replicates, the seed texts and the toolkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secdiplo import __version__
from secdiplo.folder import BUILTIN

if TYPE_CHECKING:
    from secdiplo.store import Built

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


def text(built: Built) -> str:
    """The references in order: the paper and its data, this dataset, the texts, the toolkit."""
    dataset = built.dataset
    own = dataset["citation"] or f"{dataset['title']}, version {dataset['version']}."
    if dataset["name"] != BUILTIN:
        return "\n\n".join([own, *_texts(built), TOOLKIT])
    own = f"The secdiplo developers (2026). {dataset['title']}. Version {dataset['version']}."
    return "\n\n".join([PAPER, AUTHORS_DATASET, own, *_texts(built), TOOLKIT])


def _texts(built: Built) -> list[str]:
    """The texts whose published figures the dataset holds, under their short names."""
    built.need(["seeds"])
    columns = "name, author, date, title, publisher, url"
    cursor = built.con.cursor().execute(f"select {columns} from seeds order by name")
    found = []
    for name, author, date, title, publisher, url in cursor.fetchall():
        parts = [author or publisher, f"({date})" if date else "(no date seen)"]
        parts += [f"{title}." if title else "(title not seen)."]
        parts += [f"{publisher}." if publisher and author else "", url or ""]
        found.append(f"[{name}] " + " ".join(filter(None, parts)))
    return ["Published figures are taken from:\n" + "\n".join(found)] if found else []
