"""Make the generated rows of the sheets beside this file; the toolkit only reads the sheets.

Usage:
    python data/countries/make.py names [UN.csv]    (needs Babel)
    python data/countries/make.py spells COW.csv GW.csv

`names` writes anew the rows of country_names.csv whose source is CLDR (and UN, given a file with
the columns country, un.name.en, un.name.fr, ...), and keeps those entered by hand. `spells` writes
country_spells.csv anew, of the Correlates of War's statelist2024.csv and a Gleditsch-Ward list
with the columns gwcode, gw_name, start and end.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from secdiplo.countries import text

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parent / "reference" / "countries.csv"
LANGUAGES = ("en", "zh", "fr", "es", "ru", "ar")
NAMES = ("iso3", "language", "name", "kind", "source")
SPELLS = ("system", "code", "iso3", "state", "start", "end", "source")
LAST = {"cow": "2024-12-31", "gw": "2020-12-31"}
"""The last day of each list: a spell that ends on it goes on."""
SOURCES = {
    "cow": "Correlates of War, State System Membership List, v2024",
    "gw": "Gleditsch and Ward, list of independent states, as of 2020",
}
OTHERS = {  # codes that a country of today has had beside its present one
    ("cow", "260"): "DEU",
    ("cow", "678"): "YEM",
    ("gw", "255"): "DEU",
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows")


def names(un: Path | None) -> None:
    """Write the names anew: what is entered by hand goes before what is generated."""
    import babel
    from babel import Locale

    countries = read(REFERENCE)
    sheet = HERE / "country_names.csv"
    fresh = {"CLDR", "UN"} if un else {"CLDR"}
    kept = [row for row in read(sheet) if row["source"].split()[0] not in fresh]
    refused = {text.key(row["name"]) for row in read(HERE / "doubtful_names.csv")
               if row["verdict"] == "refused"}  # fmt: skip
    owner: dict[str, set[str]] = {}
    rows: list[dict[str, str]] = []
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        for country in countries:
            if country["state_to"]:  # ended states have no names in CLDR; theirs are kept
                continue
            name = territories[country["iso2"]]
            source = f"CLDR (Babel {babel.__version__})"
            cells = (country["iso3"], language, name, "short", source)
            rows.append(dict(zip(NAMES, cells, strict=True)))
    rows += _un(un, countries) if un else []
    for row in [*kept, *rows]:
        owner.setdefault(text.key(row["name"]), set()).add(row["iso3"])
    seen: set[tuple[str, str]] = set()
    out = []
    for row in [*rows, *kept]:
        key = text.key(row["name"])
        clashes = key in refused or len(owner[key]) > 1
        if row["kind"] != "short" and (clashes or (row["language"], key) in seen):
            if clashes:
                print(f"left out, it could be another: {row['iso3']} {row['name']}")
            continue
        seen.add((row["language"], key))
        out.append(row)
    order = {"short": 0, "formal": 1, "other": 2, "former": 3}
    out.sort(key=lambda r: (r["iso3"], LANGUAGES.index(r["language"]), order[r["kind"]], r["name"]))
    write(sheet, NAMES, out)


def _un(path: Path, countries: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of the names of the United Nations, told apart by the English one."""
    known = {text.key(row["name"]): row["iso3"] for row in read(HERE / "country_names.csv")
             if row["language"] == "en"}  # fmt: skip
    known |= {text.key(row["name"]): row["iso3"] for row in countries}
    rows = []
    for row in read(path):
        iso3 = next((known[key] for key in map(text.key, text.forms(row["un.name.en"]))
                     if key in known), None)  # fmt: skip
        if iso3 is None:
            print(f"unknown: {row['un.name.en']}")
            continue
        for language in LANGUAGES:
            name = row[f"un.name.{language}"].strip()
            if name:
                rows.append(dict(zip(NAMES, (iso3, language, name, "other", "UN"), strict=True)))
    return rows


def spells(cow: Path, gw: Path) -> None:
    """Write the spells anew; what ends on the last day of its list goes on."""
    countries = read(REFERENCE)
    found = []
    for row in read(cow):
        start, end = (
            "-".join(f"{int(row[edge + part]):02}" for part in ("year", "month", "day"))
            for edge in ("st", "end")
        )
        found.append(("cow", row["ccode"], row["statenme"], start, end))
    found += [
        ("gw", str(int(float(row["gwcode"]))), row["gw_name"], row["start"], row["end"])
        for row in read(gw)
    ]
    rows = []
    for system, code, state, start, end in found:
        owner = {row[system]: row["iso3"] for row in countries
                 if row[system] and not row["state_to"]}  # fmt: skip
        iso3 = OTHERS.get((system, code)) or owner.get(code, "")
        ended = [row for row in countries if row["state_to"] and row[system] == code]
        parts = [(iso3, start, end)]
        if state == "Yugoslavia" or (ended and not iso3):
            parts = list(_parts(ended, start, end))
        for mine, first, last in parts:
            shown = "" if last == LAST[system] else last
            cells = (system, code, mine, state, first, shown, SOURCES[system])
            rows.append(dict(zip(SPELLS, cells, strict=True)))
    rows.sort(key=lambda row: (row["system"], int(row["code"]), row["start"]))
    write(HERE / "country_spells.csv", SPELLS, rows)


def _parts(ended: list[dict[str, str]], start: str, end: str) -> Iterator[tuple[str, str, str]]:
    """Divide a spell between the ended states that had its code; blank for days before them."""
    for row in sorted(ended, key=lambda row: row["state_from"]):
        if start < row["state_from"] <= end:
            eve = date.fromisoformat(row["state_from"]) - timedelta(days=1)
            yield "", start, eve.isoformat()
            start = row["state_from"]
        if row["state_from"] <= start <= row["state_to"]:
            last = min(end, row["state_to"])
            yield row["iso3"], start, last
            start = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    if start <= end:
        yield "", start, end


if __name__ == "__main__":
    if sys.argv[1:2] == ["names"]:
        names(Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    elif sys.argv[1:2] == ["spells"] and len(sys.argv) == 4:
        spells(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(__doc__)
