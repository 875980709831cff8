"""A dataset folder: dataset.toml read and checked, and the files that it names."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secdiplo import resources
from secdiplo.errors import DataError, Problem

KEYS = {
    "name": str,
    "title": str,
    "version": str,
    "licence": str,
    "citation": str,
    "complete": bool,
    "annotations": str,
    "default_scope": str,
    "home": dict,
    "scopes": dict,
    "extra_columns": list,
}
NEEDED = ("name", "title", "version", "licence", "home")
HOME_KEYS = {"country": str, "not_foreign": list}
SCOPE_KEYS = {"title": str, "start": str, "end": str, "ranks": dict}
MAX_TOML = 1_000_000


@dataclass(frozen=True)
class Scope:
    """A named scope: a window of days, and the ranks of each agency that it takes in."""

    name: str
    title: str
    start: str
    end: str
    ranks: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Folder:
    """What dataset.toml says, with the paths of the sheets.

    Attributes
    ----------
    path : Path
        The folder.
    annotations : Path or None
        Where manifest.csv, claims.csv and the other seed sheets lie.
    owns_annotations : bool
        Whether the mentions of the annotations are about this dataset's events.
    complete : bool
        Whether the sheet claims to hold every interaction in its scope.
    """

    path: Path
    name: str
    title: str
    version: str
    licence: str
    citation: str
    complete: bool
    home: str
    not_foreign: tuple[str, ...]
    scopes: tuple[Scope, ...]
    default_scope: str
    extra_columns: tuple[str, ...]
    annotations: Path | None
    owns_annotations: bool

    def sheet(self, relative: str) -> tuple[Path, str]:
        """The path of a sheet and the name by which messages call it.

        Countries that a folder does not bring are those that come with the toolkit.
        """
        if "/" not in relative and relative != "codes.csv":
            return self._annotation(relative)
        path = self.path / relative
        if relative == "reference/countries.csv" and not path.exists():
            return resources.shipped("data") / relative, f"(secdiplo)/{relative}"
        return path, relative

    def _annotation(self, file: str) -> tuple[Path, str]:
        if self.annotations is None:
            return self.path / "annotations" / file, f"annotations/{file}"
        folder = self.annotations
        if (folder / "annotations").is_dir() and file != "manifest.csv":
            folder = folder / "annotations"
        return folder / file, f"{folder.name}/{file}"


def read(path: Path | str) -> Folder:
    """Read and check a folder's dataset.toml.

    Parameters
    ----------
    path : path
        The dataset folder.

    Returns
    -------
    Folder

    Raises
    ------
    DataError
        With every problem of the file at once.
    """
    path = Path(path)
    file = path / "dataset.toml"
    if not file.is_file():
        what = f"no dataset.toml in {path}; name a dataset folder, or make one"
        raise DataError([Problem("dataset.toml", 1, "1", what)])
    text, data = _parse(file)
    problems = _check(text, data, path)
    if problems:
        raise DataError(sorted(problems))
    home = data["home"]
    scopes = tuple(_scope(name, body) for name, body in data.get("scopes", {}).items())
    annotations, owns = _annotations(path, data.get("annotations", "annotations"))
    default = data.get("default_scope") or (scopes[0].name if scopes else "all")
    return Folder(
        path=path,
        name=data["name"],
        title=data["title"],
        version=data["version"],
        licence=data["licence"],
        citation=data.get("citation", ""),
        complete=data.get("complete", False),
        home=home["country"],
        not_foreign=tuple(home.get("not_foreign", ())),
        scopes=scopes,
        default_scope=default,
        extra_columns=tuple(data.get("extra_columns", ())),
        annotations=annotations,
        owns_annotations=owns,
    )


def _parse(file: Path) -> tuple[str, dict[str, Any]]:
    if file.stat().st_size > MAX_TOML:
        raise DataError([Problem("dataset.toml", 1, "1", "over a megabyte; it holds settings")])
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        what = "not UTF-8; save the file as UTF-8"
        raise DataError([Problem("dataset.toml", line, "1", what)]) from None
    try:
        return text, tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = place.groups() if place else ("1", "1")
        reason = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
        what = f"not valid TOML: {reason}; mend the line"
        raise DataError([Problem("dataset.toml", int(line), column, what)]) from None


def _check(text: str, data: dict[str, Any], path: Path) -> list[Problem]:
    def at(key: str, what: str) -> Problem:
        return Problem("dataset.toml", _line_of(text, key), key, what)

    problems = _types(at, data, KEYS, "")
    problems += [at(key, f"`{key}` is missing; add it") for key in NEEDED if key not in data]
    if isinstance(data.get("home"), dict):
        problems += _types(at, data["home"], HOME_KEYS, "home.")
        if "country" not in data["home"]:
            problems.append(at("home", "`country` is missing under [home]; add its ISO3 code"))
    scopes = data.get("scopes", {})
    for name, body in scopes.items() if isinstance(scopes, dict) else ():
        problems += _scope_problems(at, name, body)
    if isinstance(scopes, dict) and data.get("default_scope", "all") not in {"all", *scopes}:
        problems.append(at("default_scope", "no such scope; name one of [scopes], or `all`"))
    version = data.get("version", "1.0")
    if isinstance(version, str) and not re.fullmatch(r"\d+\.\d+", version):
        problems.append(at("version", f"`{version}` is not a version; write it as `1.0`"))
    return problems + _path_problems(at, data, path)


def _types(at: Any, data: dict[str, Any], known: dict[str, type], prefix: str) -> list[Problem]:
    problems = []
    for key, value in data.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else "known: " + ", ".join(known)
            problems.append(at(key, f"unknown key `{prefix}{key}`; {hint}"))
        elif not isinstance(value, known[key]):
            kind = {str: "text", bool: "true or false", dict: "a table", list: "a list"}[known[key]]
            problems.append(at(key, f"`{prefix}{key}` is not {kind}; mend it"))
        elif isinstance(value, list) and not all(isinstance(item, str) for item in value):
            problems.append(at(key, f"`{prefix}{key}` is not a list of texts; mend it"))
    return problems


def _scope_problems(at: Any, name: str, body: Any) -> list[Problem]:
    if not isinstance(body, dict):
        return [at(name, f"[scopes.{name}] is not a table; mend it")]
    problems = _types(at, body, SCOPE_KEYS, f"scopes.{name}.")
    if name == "all":
        problems.append(at(name, "`all` is the scope that leaves nothing out; rename yours"))
    for edge in ("start", "end"):
        value = body.get(edge)
        if isinstance(value, str) and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
            problems.append(at(edge, f"`{value}` is not a date; write `2022-06-01` or `2022-06`"))
    ranks = body.get("ranks", {})
    for agency, codes in ranks.items() if isinstance(ranks, dict) else ():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            problems.append(at(agency, f"`ranks.{agency}` is not a list of ranks; mend it"))
    return problems


def _path_problems(at: Any, data: dict[str, Any], path: Path) -> list[Problem]:
    """Nothing that a folder names may lie outside it, links included."""
    value = data.get("annotations", "annotations")
    problems = []
    if isinstance(value, str) and value != "builtin":
        target = (path / value).resolve()
        if not target.is_relative_to(path.resolve()):
            problems.append(at("annotations", f"`{value}` leaves the folder; keep it inside"))
        elif "annotations" in data and not target.is_dir():
            problems.append(at("annotations", f"no folder `{value}`; make it, or drop the key"))
    for part in ("codes.csv", "curated", "reference", "annotations"):
        for file in sorted([path / part, *(path / part).glob("*.csv")]):
            if file.is_symlink() and not file.resolve().is_relative_to(path.resolve()):
                name = file.relative_to(path).as_posix()
                problems.append(Problem(name, 1, "1", "a link out of the folder; copy the file"))
    return problems


def _line_of(text: str, key: str) -> int:
    """The line on which a key or the head of a table stands; 1 where it does not."""
    word = re.escape(key)
    pattern = rf"^[ \t]*(\[[^\]]*\b{word}\]|[\w.\"-]*\b{word}\"?\s*=|\[{word})"
    found = re.search(pattern, text, re.MULTILINE)
    return text[: found.start()].count("\n") + 1 if found else 1


def _scope(name: str, body: dict[str, Any]) -> Scope:
    return Scope(
        name,
        body.get("title", name),
        body.get("start", ""),
        body.get("end", ""),
        body.get("ranks", {}),
    )


def _annotations(path: Path, value: str) -> tuple[Path | None, bool]:
    if value == "builtin":
        seeds = resources.shipped("seeds")
        return seeds, path.resolve() == resources.shipped("data").resolve()
    folder = path / value
    return (folder, True) if folder.is_dir() else (None, True)
