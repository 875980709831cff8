"""The tables [figures.NAME] of dataset.toml: settings of figures, and a dataset's own figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from secdiplo.errors import Problem
from secdiplo.figures.catalogue import FIGURE_KINDS, FIGURES, paper_key
from secdiplo.folder import toml
from secdiplo.folder.own_files import OWN_NAME
from secdiplo.suggest import hint

FIGURE_KEYS: dict[str, type] = {"paper": str, "note": str, "parameters": dict}
OWN_FIGURE_KEYS: dict[str, type] = {
    "kind": str,
    "query": str,
    "title": str,
    "lacks": str,
    "remedy": str,
    **FIGURE_KEYS,
}
KEY_TYPES: dict[str, type] = {
    "finding": str,
    "colour_by": str,
    "legend": dict,
    "published": str,
}
OWN_FIGURE_NEEDS = ("kind", "query", "title")


def listed(figures: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the settings of figures in their order, which a sorted manifest would not keep."""
    found = []
    for name, body in figures.items():
        settings = {"name": name, **body}
        if "legend" in settings:
            settings["legend"] = [[code, label] for code, label in settings["legend"].items()]
        found.append(settings)
    return tuple(found)


def figure_problems(report: toml.Report, figures: Any, queries: Collection[str]) -> list[Problem]:
    """Return what is wrong with the figures of a dataset.

    Parameters
    ----------
    report : callable
        Make the problem of a key.
    figures : object
        The table `figures` of dataset.toml.
    queries : collection of str
        The names of the queries of the toolkit and of the folder.
    """
    problems: list[Problem] = []
    papers: dict[str, str] = {}
    for name, body in figures.items() if isinstance(figures, dict) else ():
        if len(problems) > toml.MAX_PROBLEMS:
            break
        path = ("figures", name)
        if not isinstance(body, dict):
            problems.append(report(path, f"`figures.{name}` is not {toml.TOML_TYPES[dict]}"))
            continue
        problems += _one(report, name, body, queries)
        paper = body.get("paper")
        if isinstance(paper, str) and paper:
            other = papers.setdefault(paper_key(paper), name)
            if other != name:
                what = f"`{paper}` is `{other}` already; choose another figure of the paper"
                problems.append(report((*path, "paper"), what))
    return problems


def _one(
    report: toml.Report, name: str, body: dict[str, Any], queries: Collection[str]
) -> list[Problem]:
    """Return what is wrong with one figure."""
    path = ("figures", name)
    if name in FIGURES and "kind" in body:
        return [report(path, f"`{name}` is a figure of the toolkit; give yours another name")]
    if name in FIGURES:
        problems = toml.check_table(report, body, FIGURE_KEYS, path)
        return problems + _default_problems(report, name, body.get("parameters"))
    if "kind" not in body:
        remedy = hint(name, FIGURES) or "add `kind`, `query` and `title` for a figure of your own"
        return [report(path, f"no figure `{name}`; {remedy}")]
    problems = [] if OWN_NAME.fullmatch(name) else [report(path, _cannot_name(name))]
    return problems + _own_problems(report, path, body, queries)


def _cannot_name(name: str) -> str:
    return f"`{name}` cannot name a figure; use up to 32 small letters, digits and `_`"


def _default_problems(report: toml.Report, name: str, parameters: Any) -> list[Problem]:
    """Return what is wrong with the defaults that a dataset gives to a figure of the toolkit."""
    if not isinstance(parameters, dict):
        return []  # said already
    path = ("figures", name, "parameters")
    if not FIGURES[name].open:
        what = f"`{name}` has no parameter for which a dataset sets a default; remove the table"
        return [report(path, what)]
    known = dict.fromkeys(FIGURES[name].open, (str, int))
    return toml.check_table(report, parameters, known, path)


def _own_problems(
    report: toml.Report, path: toml.KeyPath, body: dict[str, Any], queries: Collection[str]
) -> list[Problem]:
    """Return what is wrong with a figure of the dataset's own."""
    kind, legend = body.get("kind"), body.get("legend")
    known = FIGURE_KINDS.get(kind) if isinstance(kind, str) else None
    further = known.keys if known else tuple(KEY_TYPES)
    keys = {**OWN_FIGURE_KEYS, **{key: KEY_TYPES[key] for key in further}}
    problems = toml.check_table(report, body, keys, path, needed=OWN_FIGURE_NEEDS)
    if isinstance(kind, str) and kind and not known:
        remedy = hint(kind, FIGURE_KINDS) or f"write one of {', '.join(FIGURE_KINDS)}"
        problems.append(report((*path, "kind"), f"no kind `{kind}`; {remedy}"))
    for key in ("query", "published"):
        name = body.get(key)
        if isinstance(name, str) and name and name not in queries:
            remedy = hint(name, queries) or f"name another one, or add queries/{name}.sql"
            problems.append(report((*path, key), f"no query `{name}`; {remedy}"))
    if isinstance(legend, dict):
        if "colour_by" not in body:
            what = "a legend without `colour_by`; add that key, or remove the legend"
            problems.append(report((*path, "legend"), what))
        problems += toml.check_table(report, legend, dict.fromkeys(legend, str), (*path, "legend"))
    parameters = body.get("parameters")
    if isinstance(parameters, dict):
        types = dict.fromkeys(parameters, (str, int))
        problems += toml.check_table(report, parameters, types, (*path, "parameters"))
    return problems
