"""What a deposit says of a dataset: licence, who made it, what it comes from."""

from __future__ import annotations

import re
from typing import Any

from secdiplo import query as queries
from secdiplo.cite import styles
from secdiplo.cite.references import of_folder
from secdiplo.export.contents import Contents

LICENCES = {
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution-ShareAlike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC0-1.0": (
        "Creative Commons Zero 1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    "ODbL-1.0": (
        "Open Data Commons Open Database License 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
    "ODC-BY-1.0": (
        "Open Data Commons Attribution License 1.0",
        "https://opendatacommons.org/licenses/by/1-0/",
    ),
}


def licence(name: str) -> dict[str, str]:
    """Name and title of a licence, and its address where it is a known one."""
    plain = re.sub(r"\s+", "-", name.strip()).casefold()
    for known, (title, path) in LICENCES.items():
        if plain == known.casefold():
            return {"name": known, "title": title, "path": path}
    return {"name": name, "title": name}


def makers(contents: Contents) -> list[str]:
    """Who made the dataset, as its folder says: nobody is made up."""
    return list(contents.built.dataset["authors"])


def sources(contents: Contents) -> list[dict[str, str]]:
    """What the dataset comes from: the paper and its data, and the texts of published values."""
    found = []
    for reference in of_folder(contents.built.dataset):
        path = f"https://doi.org/{reference.doi}" if reference.doi else reference.url
        found.append({"title": styles.apa_reference(reference)} | ({"path": path} if path else {}))
    cursor = contents.built.con.cursor().execute(
        "select coalesce(title, name), url from seeds order by name"
    )
    for title, url in cursor.fetchall():
        found.append({"title": title} | ({"path": url} if url else {}))
    return found


def covered(contents: Contents) -> tuple[str, str] | None:
    """The first and the last day on which an event of the dataset can have taken place."""
    cursor = contents.built.con.cursor().execute("select min(date_min), max(date_max) from events")
    row = cursor.fetchone()
    return (str(row[0]), str(row[1])) if row and row[0] and row[1] else None


GENERAL_KEYWORDS = ("diplomacy", "event data")


def keywords(contents: Contents) -> list[str]:
    """What a deposit is found by: the dataset's own keywords, else those of any such dataset."""
    return list(contents.built.dataset["keywords"] or GENERAL_KEYWORDS)


def described(contents: Contents) -> str:
    """One paragraph on what the dataset holds and what it does not claim."""
    dataset: dict[str, Any] = contents.built.dataset
    rows = {name: contents.count(name) for name in ("events", "interactions", "participations")}
    counts = ", ".join(f"{count:,} {name}" for name, count in rows.items())
    claims = "claims" if dataset["exhaustive"] else "does not claim"
    rows_are = "Attested rows name the page that says so; imputed rows are marked in row_status."
    if queries.is_synthetic(contents.built):
        rows_are = "Its rows are synthetic rows: made up, and evidence of nothing; see row_status."
    return (
        f"{dataset['title']}. {counts}. The dataset {claims} to hold every interaction in its "
        f"scope. {rows_are}"
    )
