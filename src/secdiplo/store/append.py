"""Rows added to built tables, or put in place of those with their keys."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import Problems, StoreError, UsageError
from secdiplo.files import replacing
from secdiplo.folder import reading as folders
from secdiplo.folder.reading import SUFFIXES, Folder
from secdiplo.schema.tables import CODING_SHEET, extra_columns
from secdiplo.sql.quoting import quoted
from secdiplo.store import coding_sheet, verify, writing
from secdiplo.store.content import Content
from secdiplo.store.manifest import (
    MANIFEST,
    SHEETS_FOLDER,
    describe,
    is_whole,
    load,
    stamp_of,
    unchanged,
)
from secdiplo.store.opening import relation
from secdiplo.store.target import Derive, refuse_foreign, write_manifest
from secdiplo.store.workspace import open_workspace
from secdiplo.store.writing import Writer, Written

if TYPE_CHECKING:
    import duckdb

    from secdiplo.ingest.sheet_files import SourceTable

FORMER = "(tables)"  # what messages call the rows that were there before


@dataclass(frozen=True)
class ExistingTables:
    """The rows of built tables, to which the rows of new sheets are added.

    Attributes
    ----------
    tables : Path
        The built tables.
    manifest : dict
        Their manifest.
    """

    tables: Path
    manifest: dict[str, Any]

    def join(self, con: duckdb.DuckDBPyConnection, sheet: SourceTable) -> SourceTable:
        """Add the former rows to the raw table, without those whose key a new row has.

        The table ``touched`` takes the events that have a new row or have lost one, and
        ``touched_years`` the years in which these began before.
        """
        from secdiplo.ingest.sheet_files import SheetFile

        extra = extra_columns(self.manifest["dataset"])
        names = (*CODING_SHEET.by_name, *(column.name for column in extra))
        con.execute("create schema former")
        for name in coding_sheet.SHEET_TABLES:
            source = relation(self.tables, name, self.manifest)
            con.execute(f"create view former.{name} as from {source}")
        con.execute("set schema = 'former'")
        cells = ", ".join(f"{quoted(name)}::varchar as {quoted(name)}" for name in names)
        rows = coding_sheet.statement(extra, ordered=False)
        con.execute(f"create table main.former_rows as select {cells} from ({rows})")
        con.execute("set schema = 'main'")
        same = " and ".join(
            f"n.{quoted(name)} is not distinct from f.{quoted(name)}" for name in CODING_SHEET.key
        )
        con.execute(
            f"create table touched as select distinct event_key from {sheet.raw} "
            "where event_key is not null"
        )
        con.execute(
            "create table touched_years as select distinct "
            "try_cast(left(coalesce(date, date_min), 4) as integer) as event_year from former_rows "
            "where event_key in (from touched)"
        )
        con.execute(f"alter table {sheet.raw} rename to new_rows")
        con.execute(f"create table {sheet.raw} as from new_rows limit 0")
        con.execute(
            f"insert into {sheet.raw} by name select * from former_rows as f "
            f"where not exists (select 1 from new_rows as n where {same})"
        )
        ((before,),) = con.execute(f"select count(*) from {sheet.raw}").fetchall()
        con.execute(f"insert into {sheet.raw} by name from new_rows")
        old = SheetFile(self.tables, FORMER, names, "", header_line=0, rows=before)
        new = (replace(part, before=part.before + before) for part in sheet.parts)
        return replace(
            sheet,
            parts=(old, *new),
            columns=tuple(dict.fromkeys((*sheet.columns, *names))),
            broken=frozenset(row + before for row in sheet.broken),
            checked=before,
        )


def append_rows(
    tables: Path | str,
    files: Path | str | Sequence[Path | str],
    out: Path | str | None = None,
    derive: Derive | None = None,
    *,
    memory: str | None = None,
    threads: int | None = None,
    problems: Path | str | None = None,
) -> tuple[dict[str, Any], Problems]:
    """Add rows to built tables or replace them: `secdiplo.append`, without what is derived.

    Parameters
    ----------
    derive : function, optional
        As of `build`.
    tables, files, out, memory, threads, problems
        As of `secdiplo.append`, and so are what is returned and raised.
    """
    tables = Path(tables).resolve()
    stamp = stamp_of(tables)
    former = ExistingTables(tables, load(tables / MANIFEST))
    folder = _settings(tables)
    sheets = _named(files)
    target = Path(out).resolve() if out else tables
    if not is_whole(former.manifest):  # it says which files are whose
        what = "the content differs from what was written; build the tables again"
        raise StoreError(f"{tables / MANIFEST}: {what}")
    refuse_foreign(target, problems)
    _refuse_damaged(former)
    with replacing(target) as fresh:
        also = [path for path, _ in sheets]
        with open_workspace(tables, fresh, memory, threads, also) as con:
            new, notices = _joined(con, former, folder, sheets, problems)
            kept = _kept(con, former, fresh)
            Writer(con, fresh, new).all(kept)
        shutil.copytree(tables / SHEETS_FOLDER, fresh / SHEETS_FOLDER)
        names = [file.file for files_of_year in kept.values() for file in files_of_year]
        before = former.manifest["files"]
        write_manifest(fresh, new, derive, {name: before[name] for name in names if name in before})
        unchanged(tables, stamp)  # another run may have built them anew in the meantime
    return new, notices


def _refuse_damaged(former: ExistingTables) -> None:
    """Damage would be given digests of its own and pass for what was written."""
    damage = list(verify.files(former.tables, former.manifest))
    if damage:
        others = (
            f", and {len(damage) - 1} more that differ from what was written" if damage[1:] else ""
        )
        what = f"{damage[0].what}{others}; build the tables again"
        raise StoreError(f"{former.tables / damage[0].file}: {what}")


def _joined(
    con: duckdb.DuckDBPyConnection,
    former: ExistingTables,
    folder: Folder,
    sheets: Sequence[tuple[Path, str]],
    problems: Path | str | None,
) -> tuple[dict[str, Any], Problems]:
    """Check the new rows among the former ones; the manifest without tables, and the notices."""
    from secdiplo.ingest import ingest
    from secdiplo.ingest.problem_collector import collected

    with collected(problems) as collector:
        ingested = ingest(
            con, folder, make="view", collector=collector, files=sheets, former=former.join
        )
    new = describe(con, ingested)
    inputs = dict(former.manifest["inputs"])
    for label, digest in new["inputs"].items():
        if label != FORMER:
            inputs[_unlike(label, digest, inputs)] = digest
    new["inputs"] = inputs
    sheet = ingested.sheets[CODING_SHEET.name]
    rows = sum(part.rows for part in sheet.parts) - (sheet.checked or 0)
    replaced = former.manifest["tables"]["participations"]["rows"] - (sheet.checked or 0)
    new["appended"] = {"added": rows - replaced, "replaced": replaced}
    return new, ingested.notices


def _unlike(label: str, digest: str, inputs: Mapping[str, str]) -> str:
    """A name for an input that no other one has."""
    names = itertools.chain([label], (f"{label} ({number})" for number in itertools.count(2)))
    return next(name for name in names if inputs.get(name, digest) == digest)


def _settings(tables: Path) -> Folder:
    """The settings and reference sheets that tables were built from."""
    if not (tables / SHEETS_FOLDER / "dataset.toml").is_file():
        raise StoreError(f"{tables}: the sheets behind them are missing; build the tables again")
    return folders.read(tables / SHEETS_FOLDER)


def _named(files: Path | str | Sequence[Path | str]) -> list[tuple[Path, str]]:
    """The new sheets and what messages call them: their own names, or all that tell them apart."""
    try:
        paths = [Path(file) for file in ([files] if isinstance(files, str | Path) else files)]
    except TypeError:
        raise UsageError(f"new rows are given by the paths of sheets, not by `{files}`") from None
    for path in paths:
        if not path.is_file():
            missing = " is a pipe or device; name a sheet" if path.exists() else ": no such file"
            what = " is a folder; name its sheet" if path.is_dir() else missing
            raise UsageError(f"{path}{what}")
        if not path.name.endswith(SUFFIXES):
            raise UsageError(f"{path}: no supported extension; use {', '.join(SUFFIXES)}")
    if not paths:
        raise UsageError("no sheet of new rows; name one or more")
    if twice := [path for place, path in enumerate(paths) if path in paths[:place]]:
        raise UsageError(f"{twice[0]} is named twice; name it once")
    names = [path.name for path in paths]
    labels = names if len(set(names)) == len(names) else [path.as_posix() for path in paths]
    return list(zip(paths, labels, strict=True))


def _kept(
    con: duckdb.DuckDBPyConnection, former: ExistingTables, fresh: Path
) -> dict[int, list[Written]]:
    """The files of years in which nothing has changed, linked or copied into the new folder."""
    changed = {year for (year,) in con.execute("from touched_years").fetchall()}
    new = con.execute(
        "select distinct event_year from rows where event_key in (select event_key from touched)"
    )
    changed |= {year for (year,) in new.fetchall()}
    ((rows,),) = con.execute("select count(*) from raw_interactions_sheet").fetchall()
    kept: dict[int, list[Written]] = {}
    for name, body in former.manifest["tables"].items():
        for part in body.get("parts", ()) if rows > writing.PARTED else ():
            if part["year"] in changed:
                continue
            target = fresh / part["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(former.tables / part["file"], target)
            sums = Content(body["columns"], part["rows"], int(part["low"]), int(part["high"]))
            days = (part["first"], part["last"])
            kept.setdefault(part["year"], []).append(
                Written(name, part["file"], part["year"], sums, days)
            )
    return kept


def _link(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy where the system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
