"""Extra columns of the coding sheet with a type: checked, built, described and summed up."""

import csv
import datetime
import io
import json
import shutil

import duckdb
import pandas as pd
import pytest

import secdiplo as sd
from folders import bare_mini
from secdiplo import codebook, store
from secdiplo.errors import DataError, UsageError
from secdiplo.store import integrity

SETTINGS = """
[extra_columns.goldstein]
type = "number"
label = "Intensity of the event on the Goldstein scale."
unit = "point"

[extra_columns.delegates]
type = "integer"
label = "Members of the foreign delegation."
unit = "person"

[extra_columns.published]
type = "boolean"

[extra_columns.seen]
type = "date"
label = "The day on which the page was seen."

[extra_columns.channel]
codes = "channel"
label = "How the meeting came about."

[extra_columns.themes]
type = "list"
codes = "channel"

[extra_columns.remark]
"""
CODES = "channel,invited,Invited,By invitation.,\nchannel,routine,Routine,On a calendar.,\n"
# Row by row: SCO event with IND, RUS and SCO (2023); MMR (January 2024); GPSCFL without a counterpart
# (September 2024); FJI (September 2024); RUS of the CPLC and of the MSS (November 2024).
CELLS = {
    "goldstein": ["1.5", "-0.5", "", "3", "", "0.1", "0.2", "7"],
    "delegates": ["4", "", "2", "", "10", "3", "5", "5"],
    "published": ["true", "false", "", "true", "", "", "", "false"],
    "seen": ["2025-01-02", "", "", "", "", "", "", "2025-03-04"],
    "channel": ["invited", "routine", "", "", "", "", "", "invited"],
    "themes": ["invited; routine", "", "", "", "", "", "", "routine"],
    "remark": ["fine", "", "", "", "", "", "", "007"],
}


def with_columns(folder, cells=CELLS, settings=SETTINGS, codes=CODES):
    """Give the coding sheet of a folder further columns, and dataset.toml what it says of them."""
    sheet = folder / "curated" / "interactions.csv"
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, values in cells.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with (folder / "dataset.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    with (folder / "codes.csv").open("a", encoding="utf-8") as file:
        file.write(codes)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return with_columns(bare_mini(tmp_path_factory.mktemp("typed") / "mini"))


@pytest.fixture(scope="module")
def tables(folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("typed_tables") / "built"
    sd.build(folder, target)
    return target


@pytest.fixture(scope="module", params=["folder", "tables"])
def ds(request, folder, tables):
    return sd.load(folder if request.param == "folder" else tables)


def test_cells_have_their_types(ds):
    table = ds.table("participations", as_="arrow")
    rows = {
        (row["event_id"][:10], row["agency"], row["interaction_id"]): row
        for row in table.to_pylist()
    }
    (row,) = (row for key, row in rows.items() if str(key[2]).endswith("/IND"))
    assert {name: row[name] for name in CELLS} == {
        "goldstein": 1.5,
        "delegates": 4,
        "published": True,
        "seen": datetime.date(2025, 1, 2),
        "channel": "invited",
        "themes": "invited; routine",
        "remark": "fine",
    }
    types = {field.name: str(field.type) for field in table.schema if field.name in CELLS}
    assert types == {
        "goldstein": "double",
        "delegates": "int32",
        "published": "bool",
        "seen": "date32[day]",
        "channel": "string",
        "themes": "string",
        "remark": "string",
    }


def test_the_model_of_a_dataset_checks_them(ds):
    frame = ds.table("participations")
    model = ds.model("participations")
    model.validate(frame)
    frame.loc[0, "channel"] = "by chance"
    with pytest.raises(Exception, match="channel"):
        model.validate(frame)
    assert model.columns["goldstein"].description.startswith("Intensity")
    assert model.columns["goldstein"].metadata["unit"] == "point"


def test_the_sheet_made_again_builds_the_same_tables(ds, folder, tmp_path):
    again = bare_mini(tmp_path / "again")
    with_columns(again, {})
    ds.flat().to_csv(again / "curated" / "interactions.csv", index=False)
    found = sd.load(again).table("participations")
    pd.testing.assert_frame_equal(found, sd.load(folder).table("participations"))


@pytest.mark.parametrize("cell", ["0.0000000001", "-0.00002", "999999999999999", "0", "12.50"])
def test_a_number_stays_the_same_from_sheet_to_sheet(tmp_path, cell):
    settings = '\n[extra_columns.goldstein]\ntype = "number"\n'
    cells = {"goldstein": [cell, *[""] * 7]}
    first = with_columns(bare_mini(tmp_path / "first"), cells, settings)
    second = with_columns(bare_mini(tmp_path / "second"), {}, settings)
    sd.load(first).flat().to_csv(second / "curated" / "interactions.csv", index=False)
    values = sd.load(second).table("participations")["goldstein"].dropna().tolist()
    assert values == [float(cell)]


def test_bad_cells_are_named_by_the_rules_of_every_table(tmp_path):
    cells = {
        "goldstein": ["1,5", "1e3", *CELLS["goldstein"][2:]],
        "delegates": ["4.0", "many", *CELLS["delegates"][2:]],
        "published": ["yes", *CELLS["published"][1:]],
        "seen": ["2025-01", "2025-02-30", *CELLS["seen"][2:]],
        "channel": ["invitd", *CELLS["channel"][1:]],
        "themes": ["invited; other", *CELLS["themes"][1:]],
        "remark": ["=1+1", *CELLS["remark"][1:]],
    }
    bad = with_columns(bare_mini(tmp_path / "mini"), cells)
    with pytest.raises(DataError) as caught:
        sd.load(bad)
    assert sorted((p.file, p.line, p.column) for p in caught.value.problems) == sorted(
        ("curated/interactions.csv", line, column)
        for column, lines in {
            "goldstein": (2, 3),
            "delegates": (2, 3),
            "published": (2,),
            "seen": (2, 3),
            "channel": (2,),
            "themes": (2,),
            "remark": (2,),
        }.items()
        for line in lines
    )
    said = {p.column: p.what for p in caught.value.problems if p.line == 2}
    assert said["goldstein"] == "`1,5` is not a number; correct it"
    assert said["channel"] == "unknown code `invitd`; did you mean `invited`?"


@pytest.mark.parametrize(
    ("settings", "column", "what"),
    [
        ('[extra_columns.x]\ntype = "float"', "extra_columns.x.type", "no type `float`; write one of "
         "string, integer, number, boolean, date, list"),
        ('[extra_columns.x]\ntype = "dates"', "extra_columns.x.type", "no type `dates`; did you "
         "mean `date`?"),
        ('[extra_columns.x]\nunits = "point"', "extra_columns.x.units", "unknown key "
         "`extra_columns.x.units`; did you mean `unit`?"),
        ('[extra_columns.x]\nunit = "point"', "extra_columns.x.unit", "a column of type `string` has "
         "no unit; drop the key, or write `integer` or `number` as its type"),
        ('[extra_columns.x]\ntype = "number"\ncodes = "topic"', "extra_columns.x.codes", "a column "
         "of type `number` has no codes; drop the key, or write `string` or `list` as its type"),
        ('[extra_columns.Note]', "extra_columns.Note", "`Note` is already in use; drop it here, or "
         "rename yours"),
        ('[extra_columns]\nx = "number"', "extra_columns.x", "`extra_columns.x` is not a table; "
         "write `[extra_columns.x]` and its keys below"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_named(tmp_path, settings, column, what):
    bad = with_columns(bare_mini(tmp_path / "mini"), {}, f"\n{settings}\n")
    with pytest.raises(DataError) as caught:
        sd.load(bad)
    (problem,) = caught.value.problems
    text = (bad / "dataset.toml").read_text(encoding="utf-8").splitlines()
    assert (problem.file, problem.column, problem.what) == ("dataset.toml", column, what)
    assert text[problem.line - 1] == settings.splitlines()[-1]


def test_a_list_of_codes_that_is_not_there(tmp_path):
    bad = with_columns(bare_mini(tmp_path / "mini"), {}, codes="")
    with pytest.raises(DataError) as caught:
        sd.load(bad)
    assert [(p.file, p.column, p.what) for p in caught.value.problems] == [
        ("dataset.toml", f"extra_columns.{name}.codes", "no code of the list `channel` in "
         "codes.csv; add its codes there")
        for name in ("channel", "themes")
    ]  # fmt: skip


WHOLE = [  # by hand: 1.5 - 0.5 + 3 + 0.1 + 0.2 + 7 = 11.3 over six rows; 4 + 2 + 10 + 3 + 5 + 5 = 29
    ("delegates", "person", "all", 8, 2, 29.0, 29 / 6, 2.0, 10.0),
    ("goldstein", "point", "all", 8, 2, 11.3, 11.3 / 6, -0.5, 7.0),
]
BY_AGENCY = [
    ("CPLC", 1, 0, 0.2, 0.2, 0.2, 0.2),
    ("MPS", 6, 2, 4.1, 4.1 / 4, -0.5, 3.0),
    ("MSS", 1, 0, 7.0, 7.0, 7.0, 7.0),
]
BY_COUNTERPART = [
    ("FJI", 1, 0, 0.1, 0.1, 0.1, 0.1),
    ("IND", 1, 0, 1.5, 1.5, 1.5, 1.5),
    ("MMR", 1, 0, 3.0, 3.0, 3.0, 3.0),
    ("RUS", 3, 0, 6.7, 6.7 / 3, -0.5, 7.0),
    ("SCO", 1, 1, None, None, None, None),
    (None, 1, 1, None, None, None, None),
]
BY_COUNTRY = [*BY_COUNTERPART[:4], (None, 2, 2, None, None, None, None)]
BY_MONTH = [
    ("2023-03", 3, 1, 1.0, 0.5, -0.5, 1.5),
    ("2024-01", 1, 0, 3.0, 3.0, 3.0, 3.0),
    ("2024-09", 2, 1, 0.1, 0.1, 0.1, 0.1),  # with the one that is known to the month
    ("2024-11", 2, 0, 7.2, 3.6, 0.2, 7.0),
]


def rows_of(ds, **params):
    return ds.query("column_summary", as_="arrow", **params).to_pylist()


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request, tables):
    if request.param == "spark":
        pytest.importorskip("pyspark")
        return sd.load(tables, engine="spark")
    return sd.load(tables)


def test_the_summary_of_the_whole_scope(engine):
    assert [tuple(row.values()) for row in rows_of(engine)] == WHOLE


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("agency", BY_AGENCY),
        ("counterpart", BY_COUNTERPART),
        ("country", BY_COUNTRY),
        ("month", BY_MONTH),
    ],
)
def test_the_summary_by_group(engine, by, expected):
    rows = rows_of(engine, by=by, extra_column="goldstein")
    assert {row["extra_column"] for row in rows} == {"goldstein"}
    assert [tuple(row.values())[2:] for row in rows] == [
        tuple(pytest.approx(cell) if isinstance(cell, float) else cell for cell in row)
        for row in expected
    ]


def test_the_summary_keeps_to_the_filters(engine):
    rows = rows_of(engine, by="year", extra_column="delegates", agency="MPS", start="2024")
    # 2024: MMR has no value, the forum of September has 10 and FJI has 3.
    assert [tuple(row.values())[2:7] for row in rows] == [("2024", 3, 1, 13.0, 6.5)]


def test_the_summary_names_the_columns_that_there_are(ds):
    with pytest.raises(UsageError, match="did you mean `goldstein`"):
        ds.query("column_summary", extra_column="goldstien")
    assert sd.load().query("column_summary").empty


def test_values_in_long_form_are_a_view_of_user_sql(ds):
    found = ds.sql(
        "select extra_column, unit, count(*) as rows, sum(value) as total "
        "from participation_values group by all order by all",
        as_="arrow",
    ).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("delegates", "person", 8, 29.0),
        ("goldstein", "point", 8, pytest.approx(11.3)),
    ]


MEASURES = [
    f"{statistic}_{name}"
    for name in ("goldstein", "delegates")
    for statistic in ("sum", "mean", "min", "max", "missing")
]


def test_a_panel_has_them_as_measures(ds):
    frame = ds.panel("agency", "year", measures=MEASURES, start="2022-06", end="2025-06")
    cells = {(row.agency, row.year): row for row in frame.itertuples()}
    seen = cells["MPS", 2024]  # MMR 3 and no delegates; the forum: none and 10; FJI is of a month
    assert (seen.sum_goldstein, seen.mean_goldstein) == (pytest.approx(3.1), pytest.approx(1.55))
    assert (seen.min_goldstein, seen.max_goldstein, seen.missing_goldstein) == (0.1, 3.0, 1)
    assert (seen.sum_delegates, seen.mean_delegates) == (13, 6.5)
    assert (seen.min_delegates, seen.max_delegates, seen.missing_delegates) == (3, 10, 1)
    first = cells["MPS", 2023]
    assert (first.sum_goldstein, first.mean_goldstein, first.missing_goldstein) == (1.0, 0.5, 1)
    assert (first.sum_delegates, first.missing_delegates) == (6, 1)
    nothing = cells["MSS", 2023]
    assert nothing.status == "zero" and nothing.missing_goldstein == 0
    for name in MEASURES:
        if not name.startswith("missing"):
            assert pd.isna(getattr(nothing, name)), name
    assert str(frame["sum_delegates"].dtype) == "Int64"
    assert "sum_goldstein: point (participation)" in frame.attrs["unit"]


def test_a_panel_of_countries_counts_each_participation_once(ds):
    frame = ds.panel("country", "year", measures=["sum_goldstein", "events", "missing_goldstein"])
    row = frame[(frame["country"] == "RUS") & (frame["year"] == 2024)].iloc[0]
    assert (row["sum_goldstein"], row["events"], row["missing_goldstein"]) == (7.2, 1, 0)


def test_a_cell_of_rows_without_values_has_no_sum(tmp_path):
    cells = {**CELLS, "goldstein": [""] * 8}
    blank = sd.load(with_columns(bare_mini(tmp_path / "mini"), cells))
    frame = blank.panel("agency", "year", measures=["sum_goldstein", "missing_goldstein"])
    row = frame[(frame["agency"] == "MSS") & (frame["year"] == 2024)].iloc[0]
    assert row["status"] == "observed" and row["missing_goldstein"] == 1
    assert pd.isna(row["sum_goldstein"])


def test_only_numeric_columns_have_measures(ds):
    with pytest.raises(UsageError, match="no measure `mean_remark`"):
        ds.panel(measures=["mean_remark"])


def test_codebook_and_exports_describe_them(tables, tmp_path):
    schemas = codebook.files(sd.store.open_any(tables)[0])
    fields = json.loads(schemas["participations.json"])["fields"]
    (field,) = (field for field in fields if field["name"] == "goldstein")
    assert field == {
        "name": "goldstein",
        "type": "number",
        "description": "Intensity of the event on the Goldstein scale.",
        "unit": "point",
        "blank": "The cell of the sheet is blank.",
        "optional": True,
    }
    values = csv.DictReader(io.StringIO(schemas["codebook_values.csv"]))
    found = {row["code"]: row["rows"] for row in values if row["variable"] == "channel"}
    assert found == {"invited": "2", "routine": "1"}
    sd.load(tables).export(tmp_path / "dta", "dta")
    with pd.read_stata(tmp_path / "dta" / "participations.dta", iterator=True) as reader:
        labels, coded = reader.variable_labels(), reader.value_labels()
    assert labels["delegates"] == "Members of the foreign delegation."
    assert {"invited", "routine"} in [set(names.values()) for names in coded.values()]


def test_tables_with_other_types_are_refused(tables, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(tables, damaged)
    file = damaged / "participations.parquet"
    duckdb.sql(
        f"copy (select * replace (goldstein::varchar as goldstein) from '{file}') "
        f"to '{tmp_path / 'new.parquet'}'"
    )
    (tmp_path / "new.parquet").replace(file)
    with pytest.raises(sd.SecdiploError, match="goldstein"):
        sd.load(damaged).table("participations")


def test_rows_are_added_to_tables_that_have_them(tables, tmp_path):
    target, sheet = tmp_path / "tables", tmp_path / "more.csv"
    shutil.copytree(tables, target)
    flat = sd.load(tables).flat()
    new = flat[flat["agency"] == "CPLC"].assign(goldstein="-2.25", event_key="new-event")
    new.to_csv(sheet, index=False)
    sd.append(target, sheet, tmp_path / "added")
    added = sd.load(tmp_path / "added").table("participations")
    assert added["goldstein"].sum() == pytest.approx(11.3 - 2.25)
    assert len(added) == 9


def test_verify_knows_countries_and_lists_of_codes(tmp_path):
    cells = {
        "mediator": ["NOR", "", "OMN", "", "", "", "", "QAT"],
        "themes": ["invited; routine", "", "", "routine", "", "", "", ""],
        "how": ["in_person; phone", "", "", "", "", "", "", "phone"],
    }
    settings = (
        '[extra_columns.mediator]\ncodes = "country"\n[extra_columns.themes]\ntype = "list"\n'
        'codes = "channel"\n[extra_columns.how]\ntype = "list"\ncodes = "mode"\n'
    )
    folder = with_columns(bare_mini(tmp_path / "mini"), cells, settings)
    assert not [p for p in sd.check(folder) if p.level == "error"]
    sd.build(folder, tmp_path / "tables")
    built = store.open_tables(tmp_path / "tables")
    assert integrity.check(built) == []
    names = [rule.name for rule in integrity.rules(built.tables.values())]
    assert "reference(mediator)" in names
