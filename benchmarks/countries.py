"""Names of countries: accuracy and speed beside pycountry and country_converter.

Usage: python benchmarks/countries.py   (writes benchmarks/COUNTRIES.md)

The others run in an environment of their own, made for the run and thrown away: country_converter
needs pandas 2.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
LISTS = HERE.parent / "tests" / "data" / "country_names"
MANY = 100_000
FEW = 200  # strings for what takes milliseconds each
WANTED = ["country_converter", "pycountry", "pandas<3"]


def lists() -> tuple[dict[str, str], list[str]]:
    """Names with the country that they stand for, and texts that stand for none for certain."""

    def rows(name: str) -> list[list[str]]:
        lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines if line and line[0] != "#"]

    with (HERE.parent / "data" / "reference" / "countries.csv").open(encoding="utf-8") as file:
        codes = {line.split(",", 1)[0] for line in file}
    match = {name: iso3 for name, iso3 in rows("should_match.tsv") if iso3 in codes}
    return match, [
        row[0] for name in ("should_not_match.tsv", "ambiguous.tsv") for row in rows(name)
    ]


def variants(match: Iterable[str], count: int) -> list[str]:
    """Different strings: names as they are, in capitals, with an article, with blanks."""
    ways: list[Callable[[str], str]] = [str, str.upper, str.lower, "the {}".format, "{}.".format]
    out: dict[str, None] = {}
    blanks = 0
    while len(out) < count:
        for way in ways:
            out.update(dict.fromkeys(way(name) + " " * blanks for name in match))
        blanks += 1
    return list(out)[:count]


def score(
    find: Callable[[str], str | None], match: dict[str, str], none: list[str]
) -> dict[str, int]:
    """How many names are right, silently wrong, or refused."""
    found = {name: find(name) for name in match}
    taken = [text for text in none if find(text) is not None]
    return {
        "right": sum(found[name] == match[name] for name in match),
        "wrong": sum(found[name] not in {None, match[name]} for name in match),
        "refused": sum(found[name] is None for name in match),
        "taken": len(taken),
    }


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def others(path: str) -> None:
    """Run in the environment of the others; prints the results as JSON."""
    import logging
    import warnings

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    import country_converter
    import pandas as pd
    import pycountry

    given = json.loads(Path(path).read_text(encoding="utf-8"))
    match, none = given["match"], given["none"]

    def lookup(text: str) -> str | None:
        try:
            return pycountry.countries.lookup(text).alpha_3
        except LookupError:
            return None

    def fuzzy(text: str) -> str | None:
        try:
            return pycountry.countries.search_fuzzy(text)[0].alpha_3
        except (LookupError, ValueError):
            return None

    converter = country_converter.CountryConverter()

    def convert(text: str) -> str | None:
        found = converter.convert(text, to="ISO3", not_found="none")
        return found if isinstance(found, str) and found != "none" else None

    many, few = given["strings"], given["strings"][:FEW]
    results = {
        "pycountry lookup": (
            score(lookup, match, none),
            timed(lambda: [lookup(t) for t in many]) / 5_000,
        ),
        "pycountry search_fuzzy": (
            score(fuzzy, match, none),
            timed(lambda: [fuzzy(t) for t in few]) / FEW,
        ),
        "country_converter convert": (
            score(convert, match, none),
            timed(lambda: converter.pandas_convert(pd.Series(few), to="ISO3")) / FEW,
        ),
    }
    import importlib.metadata

    versions = {
        name: importlib.metadata.version(name) for name in ("country_converter", "pycountry")
    }
    print(json.dumps({"results": results, "versions": versions}))


def main() -> None:
    from secdiplo import __version__, countries

    match, none = lists()
    strings = variants(match, MANY)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "lists.json").write_text(
            json.dumps({"match": match, "none": none, "strings": strings[:5_000]}), encoding="utf-8"
        )
        venv.create(folder / "env", with_pip=True)
        python = str(folder / "env" / "bin" / "python")
        subprocess.run(
            [python, "-m", "pip", "install", "-q", *WANTED], check=True, capture_output=True
        )
        done = subprocess.run(
            [python, __file__, "others", str(folder / "lists.json")],
            check=True,
            capture_output=True,
            text=True,
        )
    given = json.loads(done.stdout.splitlines()[-1])

    def ours(text: str) -> str | None:
        found = countries.look_up(text)
        return getattr(found, "iso3", f"org:{found}") if found else None

    ours("Peru")
    mine = (
        score(ours, match, none),
        timed(lambda: countries.find_all(strings, missing="null")) / MANY,
    )
    results = {"secdiplo": mine, **given["results"]}
    width = len(match), len(none)
    lines = [
        "# Names of countries",
        "",
        "Generated by `python benchmarks/countries.py`; do not edit.",
        "",
        f"Accuracy on the lists in `tests/data/country_names`: {width[0]} spellings of one country each, and",
        f"{width[1]} texts that name none or several. Who resolves one of the latter has guessed in silence;",
        "some of these guesses are a matter of taste, such as codes in lower case.",
        "The lists were collected with secdiplo: its own row shows that they hold, the others' rows what",
        "one meets elsewhere.",
        "",
        "| | right | silently wrong | not found | guessed | time a string, as a ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, (found, seconds) in results.items():
        lines.append(
            f"| {name} | {found['right']} | {found['wrong']} | {found['refused']} | {found['taken']} | {seconds / mine[1]:,.0f} |"
        )
    versions = ", ".join(f"{name} {version}" for name, version in given["versions"].items())
    lines += [
        "",
        f"Speed over different strings: secdiplo {MANY:,} of them in {mine[1] * MANY:.2f} s (bound: 2 s); pycountry's",
        f"lookup 5,000, its search_fuzzy and country_converter {FEW}, since they take longer.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()};",
        f"secdiplo {__version__}, {versions}.",
    ]
    text = "\n".join(lines) + "\n"
    (HERE / "COUNTRIES.md").write_text(text, encoding="utf-8")
    print(text)
    if mine[0]["wrong"] or mine[0]["taken"] or mine[1] * MANY > 2:
        sys.exit("a bound is broken")


if __name__ == "__main__":
    others(sys.argv[2]) if sys.argv[1:2] == ["others"] else main()
