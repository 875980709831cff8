"""Start a dataset: write a small folder, with comments, that `check` accepts."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from secdiplo import countries
from secdiplo.errors import UsageError
from secdiplo.files import reason
from secdiplo.folder import toml
from secdiplo.folder.reading import CODING_SHEET_FILE
from secdiplo.schema.tables import CODING_SHEET

TEMPLATE = Path(__file__).parent / "template"
WRITTEN_FILES = {  # file of the folder -> file of the template
    "README.md": "README.md",
    ".gitattributes": "gitattributes",
    "codes.csv": "codes.csv",
    "tables/agreements.json": "agreements.json",
    "curated/agreements.csv": "agreements.csv",
    "queries/agreements_by_country.sql": "agreements_by_country.sql",
    ".github/workflows/check.yml": "check.yml",
    "dataset.toml": "dataset.toml",  # the last one: with it, the folder is a dataset
}
UNDECIDED = "not decided"  # the licence, until its owner writes one
ANY_HOME = "FRA"
CHANGE_HOME = ": CHANGE IT if it is another"


def init(
    folder: Path | str,
    *,
    name: str | None = None,
    title: str | None = None,
    home: str | None = None,
) -> Path:
    """Write a new dataset folder, as `secdiplo init` does.

    It has settings with comments, code lists with examples, a coding sheet without rows, an example
    of a table and of a query of one's own, a workflow for GitHub that checks the folder, and
    ``.gitattributes``, by which Git keeps the line endings of sheets and does not merge workbooks.

    Parameters
    ----------
    folder : path
        The folder to make. It may exist if it is empty.
    name : str, optional
        The short name of the dataset; by default, the name of the folder.
    title : str, optional
        The title; by default it names the country.
    home : str, optional
        The country whose diplomacy it is, as a code or name. Without one, ``FRA`` is written with
        a comment that says to change it.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    UsageError
        The folder is not empty or cannot be written, or a name or country is not accepted.

    Examples
    --------
    >>> import secdiplo as sd, tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     (found,) = sd.check(sd.init(f"{place}/my_dataset", home="KEN"))
    >>> found.level, found.what
    ('notice', 'no rows yet; add one row per event, official and counterpart')
    """
    return write_folder(Path(folder), name=name, title=title, home=home)


def write_folder(
    folder: Path,
    *,
    name: str | None = None,
    title: str | None = None,
    home: str | None = None,
    changed: Callable[[dict[str, str]], dict[str, str]] = dict,
) -> Path:
    """Write a new dataset folder; `changed` may change the texts of its files, by their paths."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not empty; name a new folder")
    country = _country(home)
    settings = {
        "name": toml.text(_name(folder, name)),
        "title": toml.text(_title(title, country)),
        "home": toml.text(country.iso3),
        "mark": "" if home else CHANGE_HOME,
        "licence": toml.text(UNDECIDED),
        "heading": _title(title, country),
    }
    texts = {file: _filled(source, settings) for file, source in WRITTEN_FILES.items()}
    _write(folder, changed({CODING_SHEET_FILE: _header(), **texts}))
    return folder


def _country(given: str | None) -> countries.Country:
    try:
        found = countries.find(ANY_HOME if given is None else given)
    except countries.CountryError as error:
        raise UsageError(f"home: {error}") from None
    if not isinstance(found, countries.Country):
        what = "an organization; name a country by its ISO 3166-1 alpha-3 code"
        raise UsageError(f"home: `{given}` is {what}")
    return found


def _name(folder: Path, given: str | None) -> str:
    """Return the name of the dataset: what is given, or the name of the folder made fit."""
    if given is None:
        return re.sub(r"[^A-Za-z0-9]+", "_", folder.resolve().name).strip("_") or "my_dataset"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", given):
        what = "cannot name a dataset; use letters without accents, digits, `_` and `-`"
        raise UsageError(f"`{given}` {what}")
    return given


def _title(given: str | None, country: countries.Country) -> str:
    if given is None:
        return f"Diplomacy of {country.name}"
    if not given.strip() or not given.isprintable():
        raise UsageError("the title is blank or has control characters; write one line of text")
    return given


def _filled(source: str, settings: dict[str, str]) -> str:
    """Return a file of the template with the settings in their places."""
    text = (TEMPLATE / source).read_text(encoding="utf-8")
    return re.sub(r"<<(\w+)>>", lambda match: settings[match[1]], text)


def _header() -> str:
    """Return the coding sheet without rows; columns that few datasets need are left out."""
    text = io.StringIO()
    names = [column.name for column in CODING_SHEET.columns if not column.optional]
    csv.writer(text, lineterminator="\n").writerow(names)
    return text.getvalue()


def _write(folder: Path, texts: dict[str, str]) -> None:
    """Write the files of a new folder, or nothing."""
    existed = folder.exists()
    try:
        for file, text in texts.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        for place in folder.glob("*") if existed else [folder]:
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
        what = f"{folder} cannot be written ({reason(error)}); choose another"
        raise UsageError(what) from None
