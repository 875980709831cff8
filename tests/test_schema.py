"""The declarations of tables and codes, and the Pandera models made from them."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pyarrow
import pytest

import secdiplo as sd
from secdiplo import schema
from secdiplo.schema import generate
from secdiplo.schema.codes import LISTS
from secdiplo.schema.frictionless import from_core_schema, to_core_schema
from secdiplo.schema.table_model import declaration
from secdiplo.schema.tables import SHEETS, SQL_TYPES, TABLES, Column, Table

ROOT = Path(__file__).resolve().parents[1]
DECLARED = {**SHEETS, **TABLES}
MODELS = {
    model.to_schema().name: model for model in (*generate.TABLE_MODELS, *generate.SHEET_MODELS)
}
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
    assert re.fullmatch(r"One row per .+\.", table.grain)
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
def test_the_model_takes_the_built_table(ds, name):
    frame = ds.table(name)
    assert sd.model(name).validate(frame, lazy=True).equals(frame)
    assert MODELS[name].validate(frame, lazy=True).equals(frame)


def test_the_models_of_a_dataset_take_its_tables(ds):
    assert set(ds.tables().index) > set(TABLES)
    for name in ds.tables().index:
        ds.model(name).validate(ds.table(name), lazy=True)
    ds.model("interactions_sheet").validate(ds.flat(), lazy=True)


@pytest.mark.parametrize("name", [*TABLES, *SHEETS])
def test_the_model_describes_its_columns(name):
    model, table = sd.model(name), DECLARED[name]
    assert list(model.columns) == list(table.by_name)
    assert model.description == table.grain
    for column in table.columns:
        described = model.columns[column.name]
        assert described.description == column.meaning
        assert described.metadata["unit"] == column.unit
        assert described.metadata["blank"] == column.blank


# --- the classes ------------------------------------------------------------------------------


def test_the_file_of_declarations_is_what_the_classes_give():
    assert generate.TABLES_JSON.read_text(encoding="utf-8") == generate.text()


@pytest.mark.parametrize("name", MODELS)
def test_a_class_becomes_the_declaration_and_back(name):
    declared = declaration(MODELS[name])
    assert declared == DECLARED[name]
    assert from_core_schema(json.loads(json.dumps(to_core_schema(declared)))) == declared
    model, made = MODELS[name].to_schema(), sd.model(name)
    assert (model.name, model.unique) == (made.name, made.unique)
    for column, described in made.columns.items():
        of_class = model.columns[column]
        assert of_class.metadata == described.metadata
        assert of_class.nullable == described.nullable
        assert [str(check) for check in of_class.checks] == [str(c) for c in described.checks]


def test_every_declaration_has_a_class_of_the_package():
    assert set(MODELS) == set(DECLARED)
    for model in MODELS.values():
        assert getattr(schema, model.__name__) is model
        assert model.__name__ in schema.__all__
    with pytest.raises(AttributeError, match="no attribute `Event`"):
        schema.Event  # noqa: B018


def test_the_classes_are_imported_when_they_are_used_and_without_warnings():
    code = (
        "import sys, secdiplo.schema\n"
        "from secdiplo.schema.tables import TABLES\n"
        "heavy = ('pandas', 'pandera', 'numpy', 'pyspark')\n"
        "assert not [name for name in heavy if name in sys.modules]\n"
        "from secdiplo.schema import Events\n"
        "assert 'pandera' in sys.modules\n"
        "import secdiplo\n"
        "Events.validate(secdiplo.load().table('events'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_declarations_are_written_where_the_file_is_broken(tmp_path, monkeypatch):
    file = tmp_path / "tables.json"
    monkeypatch.setattr(generate, "TABLES_JSON", file)
    assert not generate.is_current()
    assert generate.write()
    assert generate.is_current() and not generate.write()
    assert file.read_bytes() == (ROOT / "src/secdiplo/schema/tables.json").read_bytes()
    file.write_text("<<<<<<< ours", encoding="utf-8")
    assert not generate.is_current()


def test_a_user_extends_a_class(ds):
    class Scored(schema.Interactions):
        score: float = pa.Field(ge=0)

    frame = ds.table("interactions").assign(score=1.0)
    Scored.validate(frame)
    with pytest.raises(pandera.errors.SchemaError, match="score"):
        Scored.validate(frame.assign(score=-1.0))
    with pytest.raises(pandera.errors.SchemaError, match="counterpart_type"):
        Scored.validate(frame.assign(counterpart_type="land"))


def test_the_examples_of_the_docs_run(monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert "score" in names["ScoredInteractions"].to_schema().columns


# --- how pandas stores a frame ----------------------------------------------------------------


def categorical(frame):
    return frame.astype(dict.fromkeys(frame.select_dtypes(exclude="number"), "category"))


STORED = {
    "numpy": lambda frame: frame.astype(object).where(frame.notna(), None),
    "arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "arrow file": lambda frame: pyarrow.Table.from_pandas(frame).to_pandas(
        types_mapper=pd.ArrowDtype
    ),
    "nullable": lambda frame: frame.convert_dtypes(dtype_backend="numpy_nullable"),
    "categorical": categorical,
}


@pytest.mark.parametrize("stored", STORED)
def test_every_storage_of_a_frame_gives_the_same_verdicts(ds, stored):
    for name in TABLES:
        frame = STORED[stored](ds.table(name))
        ds.model(name).validate(frame, lazy=True)
        MODELS[name].validate(frame, lazy=True)
    events = ds.table("events").head(20)
    for column, value in [("format", "bilatral"), ("event_id", None), ("date", "2024-02-30")]:
        bad = events.astype({column: object})
        bad.loc[3, column] = value
        with pytest.raises(pandera.errors.SchemaErrors) as raised:
            schema.Events.validate(STORED[stored](bad), lazy=True)
        cases = raised.value.failure_cases
        assert set(zip(cases["column"], cases["index"], strict=True)) == {(column, 3)}
    twice = STORED[stored](pd.concat([events, events.head(1)], ignore_index=True))
    with pytest.raises(pandera.errors.SchemaError, match="event_id"):
        schema.Events.validate(twice)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("date", [datetime.date(2024, 1, 5), pd.Timestamp("2024-01-05"), None, pd.NaT],
         [pd.Timestamp("2024-01-05 00:00:00.000000001"), "2024-01-05", 20240105, True]),
        ("year", [2024, 2024.0, Decimal(1816), None, float("nan"), pd.NA],
         [24, 20245, "2024", 2024.5, True, float("inf")]),
        ("integer", [-5, 5.0, 0, None], [1.5, "5", True, float("-inf"), 10**9, [1]]),
        ("number", [1.5, 2, Decimal("0.1"), 1e-300, None], ["1", float("inf"), False, {}]),
        ("boolean", [True, False, None], [1, "true", 0.0, "True"]),
        ("text", ["x", None], ["", 5, True, b"x", ["x"]]),
    ],
)  # fmt: skip
def test_the_type_of_a_value_counts_not_that_of_its_column(kind, good, bad):
    table = Table("t", "One row per value.", (), (Column("c", kind, "One."),))
    model = sd.model(table)
    model.validate(pd.DataFrame({"c": pd.Series(good, dtype=object)}))
    for value in bad:
        with pytest.raises(pandera.errors.SchemaError, match="'c'"):
            model.validate(pd.DataFrame({"c": pd.Series([good[0], value], dtype=object)}))


def test_days_of_arrow_and_numpy_are_days():
    model = sd.model(Table("t", "One row per day.", (), (Column("c", "date", "One."),)))
    days = pd.Series([datetime.date(2024, 1, 5), None])
    for dtype in (pd.ArrowDtype(pyarrow.date32()), "datetime64[ns]", "datetime64[s]", "category"):
        model.validate(pd.DataFrame({"c": days.astype(dtype)}))


def test_further_keys_and_unique_columns_are_checked():
    columns = (
        Column("a", "text", "A.", limits=(("unique", True),)),
        Column("b", "text", "B."),
        Column("c", "text", "C."),
    )
    model = sd.model(Table("t", "One row per.", ("a", "b"), columns, unique=(("b", "c"),)))
    fine = pd.DataFrame({"a": ["x", "y", None, None], "b": ["1", "3", None, "2"],
                         "c": ["p", "p", "r", "r"]})  # fmt: skip
    model.validate(fine)
    for cells in ({"a": ["x", "x", None, None]}, {"b": ["1", "1", None, "2"]}):
        with pytest.raises(pandera.errors.SchemaError, match="of its own|no two rows"):
            model.validate(fine.assign(**cells))


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
        ("participations", "agency", "KGB"),
        ("events", "host_country", "VIE"),
    ],
)
def test_the_model_refuses_a_corrupted_cell(ds, table, column, value):
    frame = spoil(ds.table(table), column, value)
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        ds.model(table).validate(frame, lazy=True)
    assert set(raised.value.failure_cases["column"]) == {column}
    with pytest.raises(pandera.errors.SchemaError, match=column):
        ds.model(table).validate(frame)


def test_only_the_model_of_a_dataset_knows_its_codes(ds, codes):
    frame = spoil(ds.table("participations"), "agency", "KGB")
    schema.Participations.validate(frame)
    sd.model("participations").validate(frame)
    for model in (ds.model("participations"), sd.model("participations", codes)):
        with pytest.raises(pandera.errors.SchemaError, match="agency.*one of|a code of MPS"):
            model.validate(frame)


def test_the_model_refuses_a_key_twice_and_a_missing_column(ds):
    frame = ds.table("events")
    with pytest.raises(pandera.errors.SchemaError):
        sd.model("events").validate(pd.concat([frame, frame.head(1)], ignore_index=True))
    with pytest.raises(pandera.errors.SchemaError):
        sd.model("events").validate(frame.drop(columns="city"))


def test_an_unknown_table_is_refused():
    for model in (sd.model, sd.load().model):
        with pytest.raises(sd.UsageError, match="no table `event`; did you mean `events`"):
            model("event")


# --- models of sheets -------------------------------------------------------------------------


EMPTY_HERE = {"nonstate_actors", "decisions"}  # sheets that the built-in dataset lacks
WRITTEN = [table for table in SHEETS.values() if table.name not in EMPTY_HERE]


@pytest.mark.parametrize("table", WRITTEN, ids=lambda table: table.name)
def test_the_model_takes_the_sheet(codes, table):
    file = ROOT / "data" / table.sheet
    if "/" not in table.sheet and table.sheet != "codes.csv":
        seeds = ROOT / "seeds"
        file = seeds / table.sheet if table.name == "seeds" else seeds / "annotations" / table.sheet
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame = frame.astype(object).where(frame != "", None)
    schema.sheet_model(table, codes).validate(frame, lazy=True)
    if table.name not in TABLES:
        MODELS[table.name].validate(frame.fillna(""), lazy=True)


def test_one_bad_cell_is_named_once(codes):
    table = SHEETS["interactions_sheet"]
    frame = pd.read_csv(ROOT / "data" / table.sheet, dtype=str, keep_default_na=False)
    frame = frame.astype(object).where(frame != "", None).head(9)
    frame.loc[3, "agency"] = "MPX"
    frame.loc[5, "date"] = None
    frame.loc[5, "source_url"] = "=1"
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        schema.sheet_model(table, codes).validate(frame, lazy=True)
    cases = raised.value.failure_cases
    found = {*zip(cases["index"], cases["column"], strict=True)}
    assert found == {(3, "agency"), (5, "date"), (5, "source_url")}
    with duckdb.connect() as con:
        con.register(
            "frame", frame.assign(row_status=None, date_min=None, date_max=None, home=None)
        )
        con.execute("create table raw as select * from frame")
        flags = con.execute(schema.flags(table, "raw", codes)).fetchall()
    assert {(row - 1, column) for row, column, *_ in flags} == found


def test_imputed_rows_have_rules_of_their_own(codes):
    table = SHEETS["interactions_sheet"]
    row = pd.read_csv(ROOT / "data" / table.sheet, dtype=str, keep_default_na=False).head(1)
    row = row.assign(date="", source_url="", confidence="", row_status="imputed")
    schema.sheet_model(table, codes, imputed=True).validate(row)
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        schema.CodingSheet.validate(row, lazy=True)
    assert {"date", "source_url", "confidence"} == set(raised.value.failure_cases["column"])
    with pytest.raises(pandera.errors.SchemaError, match="counterpart_type"):
        schema.sheet_model(table, codes, imputed=True).validate(row.assign(counterpart_type=""))


def test_cells_of_a_sheet_are_text():
    frame = pd.DataFrame({"forum": ["A 2024"], "start": [2024], "end": ["2024"], "source": ["x"]})
    with pytest.raises(pandera.errors.SchemaError, match="start"):
        schema.SessionsSheet.validate(frame)
    twice = pd.concat([frame, frame], ignore_index=True).assign(start="2024")
    with pytest.raises(pandera.errors.SchemaError, match="forum"):
        schema.SessionsSheet.validate(twice)


# --- wording ----------------------------------------------------------------------------------


COMMA_NAMES = {
    "BDI": "Burundi",
    "COD": "DR Congo; CD; Democratic Republic of the Congo",
    "COG": "Congo; CG",
    "TZA": "Tanzania; TZ; United Republic of Tanzania",
}


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
        ("fishing", "topic", {"GSI": "Initiative"}, "add it there, or correct it"),
        (
            "x",
            "country",
            dict.fromkeys("abcdefghijklmn", ""),
            "use an ISO 3166-1 alpha-3 code (`secdiplo country NAME` looks it up)",
        ),
        ("x, y", "topic", {"GSI": ""}, "separate topics with `; `, or add it there (known: GSI)"),
        (
            "x",
            "series",
            {},
            "add it there (header: `series,level,region,first_year,convener,note`), or correct it",
        ),
        ("Tanzania, United Republic of", "country", COMMA_NAMES, "did you mean `TZA`?"),
        ("Congo, Dem. Rep.", "country", COMMA_NAMES, "did you mean `COD` or `COG`?"),
        ("Tanzania, Burundi", "country", COMMA_NAMES, "did you mean `BDI` or `TZA`?"),
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
        if row[4] != "Burma":  # of BUR, and another name of MMR
            assert schema.nearest(row[4], known, "country") == f"did you mean `{row.iso3}`?"
