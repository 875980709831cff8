"""The pages that a dataset cites: what they are used for, and which are archived.

Archived copies are kept in ``curated/archived.csv`` of the dataset folder: one row per address,
with the address of the copy, the day on which it was made and the SHA-256 of what was saved. The
file is optional and is not part of the built tables.
"""

from __future__ import annotations

import csv
import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from secdiplo.errors import DataError, Problem, UsageError
from secdiplo.files import csv_rows, written_whole
from secdiplo.folder import reading
from secdiplo.folder.reading import ARCHIVED_FILE
from secdiplo.output.csv_injection import guarded, unguarded
from secdiplo.schema.cell_rules import PATTERNS, is_date
from secdiplo.sql.hosts import host_of

if TYPE_CHECKING:
    from secdiplo.engine.frames import ResultFrame
    from secdiplo.store import Built

ARCHIVED = ("url", "archive_url", "retrieved", "sha256")
SOURCES = (
    "url",
    "host",
    "publisher",
    "kind",
    "events",
    "rows",
    "archived",
    "archive_url",
    "retrieved",
)
DUPLICATES = ("page", "url", "events", "rows")
HOSTS = ("kind", "host", "publisher", "addresses", "events", "archived")
SINGLE = ("event_id", "date", "format", "url", "kind", "archived")
UNITS = {
    "sources": "address",
    "not_archived": "address",
    "duplicates": "address",
    "hosts": "host",
    "single": "event",
}
VIEWS = tuple(UNITS)
TRACKING = re.compile(r"utm_.*|fbclid|gclid|yclid|msclkid|igshid|mc_[ce]id|spm|_ga|_gl|ref_src")
"""Parameters of an address that tell who followed a link, and not which page it is."""

_USED = f"""
with used as (
    select source_id, count(distinct event_id) as events from event_sources group by source_id
),
counted as (
    select e.source_id, count(distinct p.participation_id) as rows
    from event_sources as e join participations as p using (event_id) group by e.source_id
)
select s.url, {host_of("s.url")} as host, s.publisher, s.publisher_kind,
    coalesce(u.events, 0), coalesce(c.rows, 0), s.archive_url
from sources as s left join used as u using (source_id) left join counted as c using (source_id)
order by s.url
"""
_CITED = """
select e.event_id, v.date, v.format, s.url, s.publisher_kind
from event_sources as e join sources as s using (source_id) join events as v using (event_id)
order by e.event_id, s.url
"""


@dataclass(frozen=True)
class ArchivedPage:
    """An archived copy of a page.

    Attributes
    ----------
    archive_url : str
        The address of the copy.
    retrieved : str
        The day on which it was made.
    sha256 : str
        The SHA-256 of what was saved; may be blank.
    """

    archive_url: str
    retrieved: str
    sha256: str


def source_rows(
    built: Built, folder: Path | None, view: str = "sources"
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return the columns and rows of one list of the cited pages.

    Parameters
    ----------
    built : Built
        The open dataset.
    folder : Path or None
        Its dataset folder, for the archived copies.
    view : {"sources", "not_archived", "duplicates", "hosts", "single"}
        One row per address; addresses without a copy, with blank columns to fill in; addresses
        that lead to the same page; one row per host; events that have a single source.

    Returns
    -------
    (tuple of str, list of tuple)

    Raises
    ------
    UsageError
        There is no such list.
    DataError
        ``curated/archived.csv`` has invalid cells.
    """
    if view not in VIEWS:
        raise UsageError(f"no list of sources `{view}`; use {', '.join(VIEWS)}")
    built.need(["sources", "event_sources", "participations", "events"])
    copies = read_archived(folder / ARCHIVED_FILE) if folder else {}
    pages = []
    for *known, given in built.con.cursor().execute(_USED).fetchall():
        copy = copies.get(known[0])
        address, day = (copy.archive_url, copy.retrieved) if copy else (given, None)
        pages.append((*known, address is not None, address, day))
    if view == "not_archived":
        return ARCHIVED, [(page[0], None, None, None) for page in pages if not page[6]]
    if view == "duplicates":
        return DUPLICATES, _duplicates(pages)
    if view == "hosts":
        return HOSTS, _hosts(built, pages)
    if view == "single":
        return SINGLE, _single(built, {page[0] for page in pages if page[6]})
    return SOURCES, pages


def sources_frame(built: Built, folder: Path | None, view: str = "sources") -> ResultFrame:
    """Return one list of the cited pages as a DataFrame: `Dataset.sources`."""
    import pandas as pd

    from secdiplo.engine.frames import described
    from secdiplo.query.frames import label

    columns, rows = source_rows(built, folder, view)
    frame = pd.DataFrame(rows, columns=list(columns))
    return described(frame, {"unit": UNITS[view], "dataset": label(built)})


def same_page(url: str) -> str:
    """Return an address without what does not change the page.

    Parameters
    ----------
    url : str

    Returns
    -------
    str
        Without scheme, ``www.``, trailing slash, fragment, and parameters that track readers; the
        other parameters are sorted. Different pages keep different texts unless a site tells
        them apart by a fragment.

    Examples
    --------
    >>> same_page("http://www.example.org/a/?utm_source=x&id=1#top")
    'example.org/a?id=1'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.fullmatch(name.lower())
    )
    text = f"{host}{port}{unquote(parts.path).rstrip('/')}"
    if parts.fragment.startswith("!"):  # an address of a page that a script loads
        text += f"#{parts.fragment}"
    return f"{text}?{urlencode(query)}" if query else text


def _duplicates(pages: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return the addresses that lead to one page, page by page."""
    by_page: dict[str, list[Sequence[Any]]] = {}
    for page in pages:
        by_page.setdefault(same_page(page[0]), []).append(page)
    return [
        (name, page[0], page[4], page[5])
        for name, found in sorted(by_page.items())
        if len(found) > 1
        for page in found
    ]


def _hosts(built: Built, pages: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return one row per host: addresses, events, and how many addresses are archived."""
    host_by_url = {page[0]: page[1] for page in pages}
    cited = {
        (event, host_by_url[url])
        for event, _, _, url, _ in built.con.cursor().execute(_CITED).fetchall()
    }
    events = Counter(host for _, host in cited)
    groups: dict[tuple[str, str], list[Sequence[Any]]] = {}
    for page in pages:
        groups.setdefault((page[3] or "", page[1]), []).append(page)
    rows = []
    for (kind, host), members in sorted(groups.items()):
        name = Counter(page[2] or "" for page in members).most_common(1)[0][0]
        archived = sum(page[6] for page in members)
        rows.append((kind or None, host, name or None, len(members), events[host], archived))
    return rows


def _single(built: Built, archived: set[str]) -> list[tuple[Any, ...]]:
    """Return the events that have a single source."""
    rows = built.con.cursor().execute(_CITED).fetchall()
    number = Counter(row[0] for row in rows)
    return [(*row, row[3] in archived) for row in rows if number[row[0]] == 1]


# --- archived copies ------------------------------------------------------------------------


def read_archived(path: Path) -> dict[str, ArchivedPage]:
    """Read the archived copies of a dataset folder.

    Parameters
    ----------
    path : Path
        A CSV file with the columns `ARCHIVED`.

    Returns
    -------
    dict of str to ArchivedPage
        By address; empty if there is no such file. Rows without an `archive_url` are skipped.

    Raises
    ------
    DataError
        The file has invalid cells; with every problem.
    """
    if not path.is_file():
        return {}
    found, problems = _checked(path, f"{path.parent.name}/{path.name}")
    if problems:
        raise DataError(problems)
    return found


def _checked(path: Path, label: str) -> tuple[dict[str, ArchivedPage], list[Problem]]:
    """Return the copies that a file lists, and what is wrong with its cells."""
    found: dict[str, ArchivedPage] = {}
    lines: dict[str, int] = {}
    problems = []
    for line, raw in csv_rows(path, ARCHIVED, label):
        row = {name: unguarded(raw[name].strip()) for name in ARCHIVED}
        if not any(row[name] for name in ARCHIVED[1:]):
            continue
        problems += [Problem(label, line, name, what) for name, what in _wrong_cells(row)]
        if row["url"] in lines:
            what = f"this address is in line {lines[row['url']]} too; remove one of them"
            problems.append(Problem(label, line, "url", what))
        lines.setdefault(row["url"], line)
        found[row["url"]] = ArchivedPage(
            row["archive_url"], row["retrieved"], row["sha256"].lower()
        )
    return found, problems


def _wrong_cells(row: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield the column and words of each invalid cell of a row."""
    address = PATTERNS["url"][1]
    for name in ("url", "archive_url"):
        if not row[name]:
            yield name, "no address; fill it in, or leave the whole row blank after `url`"
        elif not address.fullmatch(row[name]):
            yield name, f"`{row[name]}` is not a web address; write it with https://"
    if row["archive_url"] and row["archive_url"] == row["url"]:
        yield "archive_url", "the address of the page itself; give that of its archived copy"
    if len(row["retrieved"]) != 10 or not is_date(row["retrieved"]):
        yield "retrieved", f"`{row['retrieved']}` is not a day; write it as YYYY-MM-DD"
    if row["sha256"] and not re.fullmatch(r"[0-9a-fA-F]{64}", row["sha256"]):
        yield "sha256", f"`{row['sha256'][:70]}` is not 64 hexadecimal digits; correct it"


def add_archived(
    built: Built, folder: Path | None, given: Path | str, *, force: bool = False
) -> tuple[int, int]:
    """Add archived copies to ``curated/archived.csv`` of a dataset folder.

    Parameters
    ----------
    built : Built
        The open dataset.
    folder : Path or None
        The dataset folder; the built-in one is never written.
    given : path
        A CSV file with the columns `ARCHIVED`. Rows that have only an address are skipped.
    force : bool
        Whether a copy replaces another one of the same page.

    Returns
    -------
    (int, int)
        How many copies are new or replaced, and how many the folder has now.

    Raises
    ------
    UsageError
        There is no such file, or no folder to write to.
    DataError
        Invalid cells, addresses that the dataset does not cite, or other copies of the same page;
        with every problem.
    """
    path = Path(given)
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name a CSV file with {', '.join(ARCHIVED)}")
    if folder is None:
        raise UsageError("built tables have no `curated` folder; name the dataset folder instead")
    if fnmatch.fnmatchcase(ARCHIVED_FILE, reading.read(folder).interactions or ""):
        what = f"`interactions` of dataset.toml also matches {ARCHIVED_FILE}"
        raise UsageError(f"{what}; make the pattern narrower")
    known = read_archived(folder / ARCHIVED_FILE)
    found, problems = _checked(path, str(path))
    problems += _conflicts(built, path, found, {} if force else known)
    if problems:
        raise DataError(sorted(problems))
    merged = {**known, **found}
    changed = sum(known.get(url) != copy for url, copy in found.items())
    if changed:
        _write(folder / ARCHIVED_FILE, merged)
    return changed, len(merged)


def _conflicts(
    built: Built, path: Path, found: Mapping[str, ArchivedPage], known: Mapping[str, ArchivedPage]
) -> list[Problem]:
    """Return addresses that are not cited, and pages that have another copy."""
    cited = {page[0] for page in source_rows(built, None)[1]}
    by_page = {same_page(url): url for url in sorted(cited)}
    problems = []
    for line, row in csv_rows(path, ARCHIVED, str(path)):
        url = unguarded(row["url"].strip())
        if url not in found or not PATTERNS["url"][1].fullmatch(url):
            continue
        if url not in cited:
            other = by_page.get(same_page(url))
            remedy = f"use `{other}`" if other else "check it, or remove the row"
            what = f"the dataset does not cite `{url}`; {remedy}"
            problems.append(Problem(str(path), line, "url", what))
        elif url in known and known[url] != found[url]:
            what = f"{ARCHIVED_FILE} has another copy of this page ({known[url].archive_url})"
            problems.append(Problem(str(path), line, "archive_url", f"{what}; --force replaces it"))
    return problems


def _write(target: Path, copies: Mapping[str, ArchivedPage]) -> None:
    """Write the archived copies, sorted by address."""
    target.parent.mkdir(exist_ok=True)
    with written_whole(target) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ARCHIVED)
        for url, copy in sorted(copies.items()):
            cells = (url, copy.archive_url, copy.retrieved, copy.sha256)
            writer.writerow([guarded(cell) for cell in cells])
