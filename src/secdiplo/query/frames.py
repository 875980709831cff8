"""Results as pandas DataFrames or Arrow tables, with attributes that say what they count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from secdiplo.errors import UsageError
from secdiplo.files import enough_memory
from secdiplo.query.packaged import source_of
from secdiplo.query.params import in_words
from secdiplo.query.params import text as text_of
from secdiplo.query.running import prepare, used
from secdiplo.query.status import basis
from secdiplo.query.table_rows import rows_query
from secdiplo.query.user_sql import check_statement, short_error
from secdiplo.schema.plain_values import column_of, is_single, plain, plain_text
from secdiplo.schema.tables import CODING_SHEET, SHEETS, Table, carrying, extra_columns
from secdiplo.store.opening import engine_of
from secdiplo.suggest import suggest

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

    from secdiplo.store import Built

As = Literal["pandas", "arrow"]


def check_as(as_: str) -> None:
    """Raise an error unless the form of a result is pandas or arrow."""
    if as_ not in ("pandas", "arrow"):
        raise UsageError(f"`as_` is pandas or arrow, not `{as_}`")


def as_arrow(frame: pd.DataFrame) -> Any:
    """Return a frame as an Arrow table, with its attributes as metadata."""
    import pyarrow

    table: pyarrow.Table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    return table.replace_schema_metadata({k: str(v) for k, v in frame.attrs.items()})


def label(built: Built) -> str:
    """Return the name and version of a dataset."""
    return f"{built.dataset['name']} {built.dataset['version']}"


def run_query(built: Built, name: str, params: Mapping[str, Any], as_: As) -> pd.DataFrame:
    """Run a packaged query: `Dataset.query`."""
    query, values = prepare(built, name, params)
    asked = used(query, values)
    attrs = {
        "query": query.name,
        "title": query.title,
        "unit": query.unit,
        "grain": query.grain,
        "after": source_of(query, built.dataset),
        "scope": in_words(query.of_scope(asked)),
        "params": ", ".join(
            f"{key}={text_of(val, ',')}" for key, val in asked.items() if val is not None
        ),
        "dataset": label(built),
        "content": built.content,
        "status": f"counted over {basis(built)}",
    }
    check_as(as_)
    engine = engine_of(built)
    if as_ == "arrow":
        table = engine.arrow(query, asked).replace_schema_metadata(attrs)
        return cast("pd.DataFrame", table)
    from secdiplo.engine.frames import described

    return described(engine.frame(query, asked), attrs)


def read_table(
    built: Built, name: str, as_: As, filters: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Read a table, or the rows that pass filters: `Dataset.table`."""
    name = plain_text(name)
    query, values = rows_query(built, name, filters or {})
    table, asked = built.tables[name], used(query, values)
    attrs = _attrs(built, table)
    if values:
        attrs["scope"] = in_words(query.of_scope(asked))
    return select(built, query.sql, asked, as_, attrs)


def table_model(built: Built, name: str) -> pa.DataFrameSchema:
    """Return the Pandera model of a table with the codes of the dataset: `Dataset.model`."""
    from secdiplo.schema import model

    name, known = plain_text(name), {**SHEETS, **built.tables}
    known[CODING_SHEET.name] = carrying(CODING_SHEET, extra_columns(built.dataset))
    if name not in known:
        raise UsageError(f"no table `{name}`; {suggest(name, list(known))}")
    built.need(["codes", "countries"])
    rows = built.con.cursor().execute(
        "select list, code, coalesce(label, code) from codes "
        "union all select 'country', iso3, name from countries"
    )
    codes = {kind: dict(listed) for kind, listed in known[name].lists.items()}
    for kind, code, text in rows.fetchall():
        codes.setdefault(kind, {})[code] = text
    return model(known[name], codes)


def read_coding_sheet(built: Built, as_: As) -> pd.DataFrame:
    """Make the coding sheet again from the tables: `Dataset.flat`."""
    from secdiplo.store import coding_sheet

    statement = coding_sheet.statement(extra_columns(built.dataset))
    return read_as(built, CODING_SHEET, statement, coding_sheet.SHEET_TABLES, as_)


def read_as(
    built: Built, table: Table, statement: str, needed: Iterable[str], as_: As
) -> pd.DataFrame:
    """Run a statement of the toolkit whose rows are those of a declared table.

    Parameters
    ----------
    built : Built
    table : Table
        The declaration: its grain, unit and key go into the attributes.
    statement : str
    needed : iterable of str
        The tables that the statement reads.
    as_ : {"pandas", "arrow"}

    Returns
    -------
    DataFrame or pyarrow.Table
    """
    built.need(needed)
    return select(built, statement, {}, as_, _attrs(built, table))


def _attrs(built: Built, table: Table) -> dict[str, str]:
    return {
        "table": table.name,
        "grain": table.grain,
        "unit": table.unit,
        "key": ", ".join(table.key),
        "dataset": label(built),
        "content": built.content,
    }


def run_sql(
    built: Built, statement: str, params: Mapping[str, Any], as_: As, *, unsafe: bool
) -> pd.DataFrame:
    """Run one statement of a user: `Dataset.sql`."""
    attrs = {"dataset": label(built), "content": built.content}
    if unsafe:
        from secdiplo import store

        built = store.open_unsafe(built)
    check_statement(built, statement, unsafe=unsafe)
    given = {name: _bindable(str(name), value) for name, value in params.items()}
    return select(built, statement, given, as_, attrs)


def _bindable(name: str, value: Any) -> Any:
    """Return a value as DuckDB takes it: Python's own types, and lists of them."""
    if isinstance(value, dict) or type(value).__module__ in {"datetime", "decimal", "uuid"}:
        return value
    if is_single(value):
        return value if type(value).__module__ == "builtins" else plain(value)
    return [_bindable(name, each) for each in column_of(name, value)]


def select(
    built: Built, statement: str, params: Mapping[str, Any], as_: As, attrs: Mapping[str, Any]
) -> pd.DataFrame:
    """Run a statement on DuckDB.

    Parameters
    ----------
    built : Built
        Its tables are open.
    statement : str
    params : mapping
    as_ : {"pandas", "arrow"}
    attrs : mapping
        The attributes of the result.

    Returns
    -------
    DataFrame or pyarrow.Table

    Raises
    ------
    UsageError
        DuckDB refuses the statement.
    """
    import duckdb

    from secdiplo.engine.frames import described, fetched

    check_as(as_)
    try:
        con = built.con.cursor()  # of its own, so that threads do not meet
        with enough_memory(str(built.dataset["name"])):
            if as_ == "arrow":
                found = con.sql(statement, params=params)
                if found is None:
                    raise UsageError("the statement gives no rows")
                table = found.to_arrow_table()
                built.unchanged()
                return cast("pd.DataFrame", table.replace_schema_metadata(attrs))
            frame = fetched(con.execute(statement, params))
    except duckdb.Error as error:
        built.unchanged()
        raise UsageError(short_error(error)) from None
    built.unchanged()
    return described(frame, attrs)
