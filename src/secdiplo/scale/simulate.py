"""Synthetic dataset folders of any size, shaped like the built-in one; every row says what it is.

A synthetic event takes over the shape of one real event: its rows, agency, officials, format,
forum, place, month, topics and blanks. Its names, pages and (of bilateral meetings) days are made
up, and one who was met alone is exchanged for another counterpart of the same agency and format.
Numbers that look random are made from the seed and the number of the event in whole-number
arithmetic, so that they are the same with any number of threads and any version of DuckDB.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.errors import DataError, UsageError
from secdiplo.folder import reading as folders
from secdiplo.folder import resources, toml
from secdiplo.folder.reading import Folder
from secdiplo.ingest.staging import MACROS
from secdiplo.schema.plain_values import is_integer
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.sql.quoting import literal
from secdiplo.store import connected, replacing

if TYPE_CHECKING:
    import duckdb

SHEET_FORMATS = {
    "csv": "format csv, header, delimiter ','",
    "csv.gz": "format csv, header, delimiter ',', compression gzip",
    "csv.zst": "format csv, header, delimiter ',', compression zstd",
    "parquet": "format parquet, compression zstd, row_group_size 122880",
}
"""What the sheet can be written as, by the ending of its file."""

MAX_SIMULATED_ROWS = 1_000_000_000
MAX_SEED = 2**63 - 1
SIMULATED_YEARS = (1900, 2099)
"""Those that a sheet may have, without the last: a page can be of the year after its event."""
NAME = "synthetic"
BLOCK_EVENTS = 3_000  # of a block, after which the sizes of events come in the same order again
SIMULATION_MEMORY = "512MB"
REFERENCE_SHEETS = ("countries.csv", "forums.csv", "organizations.csv", "regions.csv")

MIXED = """
create macro stirred(x, factor) as xor(x, x >> 15) * factor & 4294967295::ubigint;
create macro mixed(x) as xor(x, x >> 16);
-- A whole number from 0 to below `many`, for an event; 32 bits times 32 bits fit in 64.
create macro drawn(event, salt, many) as (mixed(stirred(stirred(xor(stirred(
    event::ubigint + salt::ubigint & 4294967295::ubigint,
    {0}::ubigint), salt::ubigint), {1}::ubigint), {2}::ubigint)) * many::ubigint >> 32)::bigint
"""


def simulate(
    out: Path | str,
    rows: int,
    *,
    seed: int = 0,
    kind: str = "csv",
    first: int | None = None,
    last: int | None = None,
    replace: bool = False,
    like: Path | str | None = None,
) -> Path:
    """Write a synthetic dataset folder that has the shape of a real one.

    Parameters
    ----------
    out : path
        The folder to write.
    rows : int
        Rows of the sheet, from 1 to 1,000,000,000; the last event is cut to fit.
    seed : int
        The same rows, seed, kind and years give the same bytes.
    kind : str
        The file of the sheet: ``csv``, ``csv.gz``, ``csv.zst`` or ``parquet``, where every column
        is text and a blank is null.
    first, last : int, optional
        The first and last year of events; those of the built-in sheet where they are left out.
        Other years repeat its years, months and forums in turn.
    replace : bool
        Whether an earlier synthetic folder there is replaced.
    like : path, optional
        The folder whose shape is repeated, with one sheet in CSV; by default the built-in one.

    Returns
    -------
    Path
        The sheet: ``curated/interactions.<kind>`` in the folder.

    Raises
    ------
    UsageError
        A number out of its range, an unknown kind, or `out` exists and may not be replaced.
    StoreError
        The folder cannot be written; nothing is left of it.

    Notes
    -----
    Every row has ``synthetic`` in `row_status`, and `secdiplo check` refuses a sheet that mixes
    such rows with others.

    Examples
    --------
    >>> import tempfile, secdiplo as sd
    >>> with tempfile.TemporaryDirectory() as place:
    ...     sheet = sd.simulate(f"{place}/made_up", 300, seed=1)
    ...     ds = sd.load(f"{place}/made_up")
    >>> len(ds["participations"]), ds.query("dataset_totals").attrs["status"]
    (300, 'counted over synthetic rows (invented; not evidence of any meeting)')
    """
    _refuse(Path(out), rows, seed, kind, replace)
    shape = folders.read(like or resources.shipped("data"))
    return _written(Path(out), rows, seed, kind, (first, last), shape)


def _written(
    out: Path, rows: int, seed: int, kind: str, asked: tuple[int | None, int | None], like: Folder
) -> Path:
    """Write the folder beside its place, then put it there."""
    source = like.sheet("curated/interactions.csv")[0]
    _refuse_shape(like, source)
    years = _years(source, *asked)
    with replacing(out) as fresh:
        (fresh / "curated").mkdir()
        (fresh / "reference").mkdir()
        _settings(fresh, like, rows, seed, years, asked)
        shutil.copyfile(like.sheet("codes.csv")[0], fresh / "codes.csv")
        for name in REFERENCE_SHEETS:
            if (sheet := like.sheet(f"reference/{name}")[0]).is_file():
                shutil.copyfile(sheet, fresh / "reference" / name)
        with _connected() as con:
            _shape(con, source, like.home, years)
            _officials(con, fresh)
            _sheet(con, fresh / "curated" / f"interactions.{kind}", rows, seed)
    return out / "curated" / f"interactions.{kind}"


def _refuse(out: Path, rows: int, seed: int, kind: str, replace: bool) -> None:
    """Refuse what cannot be made, and a folder that is not ours to replace."""
    if not is_integer(rows) or not 1 <= rows <= MAX_SIMULATED_ROWS:
        raise UsageError(f"{rows} rows cannot be made; choose from 1 to {MAX_SIMULATED_ROWS:,}")
    if not is_integer(seed) or not 0 <= seed <= MAX_SEED:
        raise UsageError(f"{seed} is not a seed; choose from 0 to {MAX_SEED}")
    if kind not in SHEET_FORMATS:
        raise UsageError(f"no kind `{kind}` of sheet; choose from {', '.join(SHEET_FORMATS)}")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not replace:
        what = "name a new folder, or replace it (--force, replace=True)"
        raise UsageError(f"{out} exists and is not empty; {what}")
    try:
        mine = folders.read(out).name == NAME
    except (DataError, UsageError):
        mine = False
    if not mine:
        raise UsageError(f"{out} is not a synthetic folder, so it is not replaced; name another")
    known = {"dataset.toml", "codes.csv", "reference/officials.csv"}
    known |= {f"reference/{name}" for name in REFERENCE_SHEETS}
    known |= {f"curated/interactions.{ending}" for ending in SHEET_FORMATS}
    files = (file.relative_to(out).as_posix() for file in out.rglob("*") if not file.is_dir())
    foreign = sorted(set(files) - known)
    if foreign:
        raise UsageError(f"{out} also contains {foreign[0]}, so it is not replaced; move it away")


def _refuse_shape(like: Folder, source: Path) -> None:
    """Refuse a dataset whose rows cannot be repeated: many files, few columns, many homes."""
    if like.interactions or source.suffix != ".csv":
        raise UsageError(f"{like.path}: its rows are not in curated/interactions.csv; name another")
    with source.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file), [])
    lacking = [c.name for c in CODING_SHEET.columns if not c.optional and c.name not in names]
    if lacking:
        what = f"its sheet has no column `{lacking[0]}`, which synthetic rows need"
        raise UsageError(f"{like.path}: {what}; add it, or name another dataset")
    if not like.home or "home" in names:
        what = "its rows have home countries of their own"
        raise UsageError(f"{like.path}: {what}; name a dataset with one home country")


def _years(sheet: Path, first: int | None, last: int | None) -> tuple[int, int]:
    """The first and last year to make: those asked for, else those of the sheet."""
    with sheet.open(encoding="utf-8", newline="") as file:
        found = [int(row["date"][:4]) for row in csv.DictReader(file) if row["date"]]
    if not found:
        raise UsageError(f"{sheet}: no dated rows to be like; name another dataset")
    start = min(found) if first is None else first
    end = max(found) if last is None else last
    whole = is_integer(start) and is_integer(end)
    if not whole or not SIMULATED_YEARS[0] <= start <= end <= SIMULATED_YEARS[1]:
        low, high = SIMULATED_YEARS
        raise UsageError(f"no years from {start} to {end}; choose from {low} to {high}, in order")
    return start, end


def _settings(
    fresh: Path,
    like: Folder,
    rows: int,
    seed: int,
    years: tuple[int, int],
    asked: tuple[int | None, int | None],
) -> None:
    """Write dataset.toml: the home country and scopes of the real one, under another name."""
    head = {
        "name": NAME,
        "title": f"SYNTHETIC, made up by secdiplo simulate ({rows:,} rows, seed {seed}, years "
        f"{years[0]}-{years[1]}): nothing in it took place; shaped like: {like.title}",
        "version": "1.0",
        "licence": like.licence,
        "citation": f"SYNTHETIC rows made by secdiplo simulate, {rows:,} rows, seed {seed}; "
        "they are not evidence of any meeting.",
    }
    lines = [f'{key} = "{value}"' for key, value in head.items()]
    lines += ["exhaustive = false", f'default_scope = "{like.default_scope}"']
    if like.default_forum and asked == (None, None):  # other years have other sessions
        lines += [f"default_forum = {toml.text(like.default_forum)}"]
    lines += ["", "[home]", f'country = "{like.home}"']
    lines += [f"not_foreign = {toml.text(list(like.not_foreign))}"] if like.not_foreign else []
    for scope in like.scopes:
        if asked != (None, None):  # the real window would leave out most of other years
            title = f"Events of {years[0]} to {years[1]} with the ranks of `{scope.name}`"
            window = {"title": title, "start": str(years[0]), "end": str(years[1])}
        else:
            window = {"title": scope.title, "start": scope.start, "end": scope.end}
        lines += ["", f"[scopes.{toml.key(scope.name)}]"]
        lines += [f"{key} = {toml.text(value)}" for key, value in window.items() if value]
        lines += [f"ranks.{toml.key(a)} = {toml.text(r)}" for a, r in scope.ranks.items()]
    text = "\n".join(lines) + "\n"
    (fresh / "dataset.toml").write_text(text, encoding="utf-8", newline="\n")


def _connected() -> duckdb.DuckDBPyConnection:
    con = connected()
    con.execute(f"set memory_limit = '{SIMULATION_MEMORY}'; set temp_directory = ''")
    # The rows keep their order only where the many rows run past the few of the other tables.
    con.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
    con.execute(MACROS)
    con.execute(MIXED.format(*(_number("factor", i) | 1 for i in range(3))))
    return con


def _number(*words: object) -> int:
    """32 bits that belong to these words."""
    text = " ".join(map(str, words))
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:4], "big")


def _sql(name: str) -> str:
    return (resources.sql("simulate") / f"{name}.sql").read_text(encoding="utf-8")


def _shape(con: duckdb.DuckDBPyConnection, sheet: Path, home: str, years: tuple[int, int]) -> None:
    """Make the tables of shapes and of counterparts from the real sheet."""
    given: dict[str, Any] = {"sheet": str(sheet), "home": home}
    given |= {"first": years[0], "last": years[1]}
    con.execute(f"create table shape as {_sql('shape')}", given)
    con.execute(
        "create table partner as select partner_id as id, counterpart_type, counterpart "
        "from shape order by id"
    )
    if con.execute("select count(*) from shape").fetchone() == (0,):
        raise UsageError(f"nothing to repeat in the years {years[0]} to {years[1]}; choose others")


def _officials(con: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """Write reference/officials.csv: the made-up officials and nothing else of them."""
    con.execute(
        "copy (select distinct official, agency, official_rank, null as name_zh, "
        "null as tenure_start, null as tenure_end, null as source_url from shape "
        "where official is not null order by official, agency, official_rank) "
        f"to {literal(str(fresh / 'reference' / 'officials.csv'))} (format csv, header)"
    )


def _sheet(con: duckdb.DuckDBPyConnection, file: Path, rows: int, seed: int) -> None:
    """Write the sheet row by row, as the shapes give it."""
    given: dict[str, int] = {"rows": rows} | _layout(con, seed)
    for name in ("shape", "day", "partner"):
        given[f"{name}_salt"] = _number(name, seed)
    kind = SHEET_FORMATS[file.name.removeprefix("interactions.")]
    con.execute(f"copy ({_sql('rows')}) to {literal(str(file))} ({kind})", given)


def _layout(con: duckdb.DuckDBPyConnection, seed: int) -> dict[str, int]:
    """The sizes of events in the order of a block: every place of it has an event and a slot.

    As every block has as many events of each size as the shapes, the event of a row follows from
    the number of the row, and the rows need no count of those before.
    """
    sizes = con.execute("select size, many, base from shape group by all order by size").fetchall()
    events = [size for size in sizes for _ in range(size[1])]
    events *= max(1, BLOCK_EVENTS // len(events))
    order = sorted(range(len(events)), key=lambda place: (_number("layout", seed, place), place))
    places = [
        (event, base, many, size, slot)
        for event, (size, many, base) in enumerate(events[place] for place in order)
        for slot in range(size)
    ]
    columns = [list(column) for column in zip(*places, strict=True)]
    con.execute(
        "create table layout as select unnest(range(len($1))) as place, unnest($1) as event, "
        "unnest($2) as base, unnest($3) as many, unnest($4) as size, unnest($5) as slot",
        columns,
    )
    return {"places": len(places), "block": len(events)}
