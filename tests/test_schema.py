"""The declarations of tables and codes, and the Pandera models made from them."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import pandera.errors
import pytest

import secdiplo as sd
from secdiplo import schema
from secdiplo.schema.codes import LISTS
from secdiplo.schema.tables import SHEETS, SQL_TYPES, TABLES

ROOT = Path(__file__).resolve().parents[1]
DECLARED = {**SHEETS, **TABLES}
COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in DECLARED.values()
    for column in table.columns
]
DOMAIN = {"agency", "official_rank", "topic", "publisher_kind", "country"}


@pytest.fixture(scope="module")
def ds():
    return sd.load()


@pytest.fixture(scope="module")
def codes(ds):
    """The built-in dataset's code lists, as the models take them."""
    found = {"country": dict.fromkeys(ds.table("countries")["iso3"], "")}
    for row in ds.table("codes").itertuples():
        found.setdefault(row.list, {})[row.code] = row.label
    return found


# --- declarations ---------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_says_what_it_means(table, column):
    assert re.fullmatch(r"[A-Z`].+\.", column.meaning), column.meaning
    assert column.kind in SQL_TYPES
    assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
    assert len(column.name) <= 32


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_says_what_a_blank_means_where_one_is_allowed(table, column):
    if column.required:
        assert column.blank == ""
    else:
        assert re.fullmatch(r"[A-Z].+\.", column.blank), column.blank


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_refers_to_what_exists(table, column):
    if column.ref:
        other, name = column.ref.split(".")
        assert name in TABLES[other].key, column.ref
    if column.codes:
        assert column.codes in LISTS or column.codes in DOMAIN
    if column.kind == "code":
        assert column.codes
    if column.kind == "year":
        assert column.unit == "year"


@pytest.mark.parametrize("table", DECLARED.values(), ids=lambda table: table.name)
def test_a_table_has_a_grain_and_a_key(table):
    assert re.fullmatch(r"One row is .+\.", table.grain)
    assert table.key
    assert set(table.key) <= set(table.by_name)
    assert len(table.by_name) == len(table.columns)
    for columns, other, names in table.references:
        assert set(columns) <= set(table.by_name)
        assert set(names) <= set(TABLES[other].by_name)


@pytest.mark.parametrize("name", LISTS)
def test_a_code_list_says_what_its_codes_mean(name):
    for code, meaning in LISTS[name].items():
        assert re.fullmatch(r"[a-z][a-z_]*", code)
        assert re.fullmatch(r"[A-Z].+\.", meaning), meaning


def test_references_hold_in_the_built_tables(ds):
    for table in TABLES.values():
        frame = ds.table(table.name)
        single = [((c.name,), *c.ref.split(".")) for c in table.columns if c.ref]
        pairs = [(names, other, (name,)) for names, other, name in single]
        for names, other, keys in [*pairs, *table.references]:
            known = set(map(tuple, ds.table(other)[list(keys)].to_numpy().tolist()))
            used = frame[list(names)].dropna().to_numpy().tolist()
            assert set(map(tuple, used)) <= known, (table.name, names)


def test_every_code_of_the_built_tables_is_listed(ds, codes):
    for table in TABLES.values():
        frame = ds.table(table.name)
        for column in table.columns:
            if column.codes and not column.open_codes and column.kind == "code":
                assert set(frame[column.name].dropna()) <= set(codes[column.codes])


# --- models of built tables -------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_the_model_takes_the_built_table(ds, codes, name):
    frame = ds.table(name)
    assert sd.model(name).validate(frame, lazy=True).equals(frame)
    schema.model(name, codes).validate(frame, lazy=True)


@pytest.mark.parametrize("name", TABLES)
def test_the_model_describes_its_columns(name):
    model = sd.model(name)
    assert list(model.columns) == list(TABLES[name].by_name)
    assert model.description == TABLES[name].grain
    for column in TABLES[name].columns:
        described = model.columns[column.name]
        assert described.description == column.meaning
        assert described.metadata["unit"] == column.unit
        assert described.metadata["blank"] == column.blank


def spoil(frame, column, value):
    frame = frame.copy()
    frame[column] = frame[column].astype(object)
    frame.loc[frame.index[0], column] = value
    return frame


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("events", "event_id", None),
        ("events", "event_id", 7),
        ("events", "format", "bilatral"),
        ("events", "confidence", "High"),
        ("events", "date", "2024-02-30"),
        ("events", "date", "5 January"),
        ("events", "date_min", "soon"),
        ("events", "date_min", pd.Timestamp("2024-01-05 12:30")),
        ("events", "date_precision", None),
        ("events", "city", "=cmd|' /C calc'!A0"),
        ("sources", "url", "en.people.cn"),
        ("sources", "url", "https://a b"),
        ("forums", "year", 2024.5),
        ("forums", "year", "two thousand"),
        ("interaction_topics", "position", None),
        ("claims", "value", "five"),
        ("claims", "relation", "about"),
        ("claims", "start", 1.5),
        ("pledges", "kind", "said"),
        ("gsi_support", "form", "speech"),
        ("forum_participants", "level", "ministre"),
    ],
)
def test_the_model_refuses_a_corrupted_cell(ds, table, column, value):
    frame = spoil(ds.table(table), column, value)
    with pytest.raises((pandera.errors.SchemaErrors, pandera.errors.SchemaError)):
        sd.model(table).validate(frame, lazy=True)


def test_the_model_refuses_domain_codes_where_it_is_given_them(ds, codes):
    frame = spoil(ds.table("participations"), "agency", "KGB")
    sd.model("participations").validate(frame)
    with pytest.raises(pandera.errors.SchemaError):
        schema.model("participations", codes).validate(frame)


def test_the_model_refuses_a_key_twice_and_a_missing_column(ds):
    frame = ds.table("events")
    with pytest.raises(pandera.errors.SchemaError):
        sd.model("events").validate(pd.concat([frame, frame.head(1)], ignore_index=True))
    with pytest.raises(pandera.errors.SchemaError):
        sd.model("events").validate(frame.drop(columns="city"))


def test_an_unknown_table_is_refused():
    with pytest.raises(sd.UsageError, match="no table `event`"):
        sd.model("event")


# --- models of sheets -------------------------------------------------------------------------


@pytest.mark.parametrize("table", SHEETS.values(), ids=lambda table: table.name)
def test_the_model_takes_the_sheet(codes, table):
    file = ROOT / "data" / table.sheet
    if "/" not in table.sheet and table.sheet != "codes.csv":
        seeds = ROOT / "seeds"
        file = seeds / table.sheet if table.name == "seeds" else seeds / "annotations" / table.sheet
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame = frame.astype(object).where(frame != "", None)
    schema.model(table, codes).validate(frame, lazy=True)


def test_one_bad_cell_is_named_once(codes):
    table = SHEETS["interactions_sheet"]
    frame = pd.read_csv(ROOT / "data" / table.sheet, dtype=str, keep_default_na=False)
    frame = frame.astype(object).where(frame != "", None).head(9)
    frame.loc[3, "agency"] = "MPX"
    frame.loc[5, "date"] = None
    frame.loc[5, "source_url"] = "=1"
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        schema.model(table, codes).validate(frame, lazy=True)
    cases = raised.value.failure_cases
    found = {*zip(cases["index"], cases["column"], strict=True)}
    assert found == {(3, "agency"), (5, "date"), (5, "source_url")}
    with duckdb.connect() as con:
        con.register("frame", frame.assign(row_status=None, date_min=None, date_max=None))
        con.execute("create table raw as select * from frame")
        flags = con.execute(schema.flags(table, "raw", codes)).fetchall()
    assert {(row - 1, column) for row, column, *_ in flags} == found


# --- wording ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "known", "said"),
    [
        ("MPX", "agency", {"MPS": "Ministry", "MSS": "State"}, "did you mean `MPS`?"),
        ("ministry ", "agency", {"MPS": "Ministry", "MSS": "State"}, "did you mean `MPS`?"),
        (
            "MP\uff33",
            "agency",
            {"MPS": "Ministry"},
            "did you mean `MPS`, with U+0053 (latin capital letter s) instead of U+FF33 (fullwidth "
            "latin capital letter s) at place 3?",
        ),
        ("zzz", "agency", {"MPS": "Ministry", "MSS": "State"}, "known: MPS, MSS"),
        ("Burma", "country", {"MMR": "Myanmar; MM; Burma"}, "did you mean `MMR`?"),
        (
            "NA",
            "country",
            {"NAM": "Namibia; NA"},
            "leave the cell blank, or write `NAM` for Namibia",
        ),
        ("N/A", "country", {"NAM": "Namibia; NA"}, "leave the cell blank"),
        ("fishing", "topic", {"GSI": "Initiative"}, "add it there, or mend it"),
        (
            "x",
            "country",
            dict.fromkeys("abcdefghijklmn", ""),
            "take a code of reference/countries.csv",
        ),
        (
            "x",
            "claim",
            dict.fromkeys("abcdefghijklmn", ""),
            "known: a, b, c, d, e, f, g, h, i, j, k, l, ...",
        ),
    ],
)
def test_the_nearest_code(value, kind, known, said):
    assert schema.nearest(value, known, kind) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x", "`x`"),
        ("a\nb\tc", "`a b c`"),
        ("two  blanks", "`two  blanks`"),
        ("x" * 61, "`" + "x" * 57 + "...`"),
    ],
)
def test_a_value_is_shown_on_one_line(value, said):
    assert schema.shown(value) == said


def test_every_country_is_found_by_its_names(ds):
    frame = ds.table("countries")
    known = {
        row.iso3: "; ".join(filter(None, [row.name_, row.iso2, row.aliases]))
        for row in frame.rename(columns={"name": "name_"})
        .astype(object)
        .where(lambda cells: cells.notna(), None)
        .itertuples()
    }
    for row in frame.itertuples():
        assert schema.nearest(row[4], known, "country") == f"did you mean `{row.iso3}`?"
