"""Values and frames of NumPy, pandas, Polars and Arrow, wherever values and frames are taken."""

import datetime
import types
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

import secdiplo as sd
from secdiplo.audit import full_audit
from secdiplo.audit.grid import conditions
from secdiplo.coding import diff
from secdiplo.importer.readers import open_source
from secdiplo.schema.plain_values import column_of, is_single, plain

polars = pytest.importorskip("polars")
DAY = datetime.date(2024, 1, 1)
MISSING = [np.nan, pd.NA, pd.NaT, np.datetime64("NaT"), pa.scalar(None), Decimal("NaN")]


@pytest.fixture(scope="module")
def ds():
    return sd.load()


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        *((each, None) for each in [None, *MISSING]),
        (np.int64(3), 3),
        (np.array(3), 3),
        (np.float32(0.5), 0.5),
        (2024.0, 2024),
        (Decimal("2024.00"), 2024),
        (float("inf"), float("inf")),
        (np.str_("KEN"), "KEN"),
        (np.bool_(True), True),
        (pa.scalar("KEN"), "KEN"),
        (pd.Timestamp("2024-01-01"), DAY),
        (pa.scalar(DAY), DAY),
        (np.datetime64("2024-01-01T00:00:00", "ns"), "2024-01-01"),
        (np.datetime64("2024-01"), "2024-01"),
        (pd.Timestamp("2024-01-01 10:00"), pd.Timestamp("2024-01-01 10:00")),
    ],
    ids=repr,
)
def test_a_value_is_plain(given, wanted):
    assert plain(given) == wanted and is_single(given)
    assert plain(given) is None or type(plain(given)) is type(wanted)


def columns(*cells):
    """A column of cells in the forms that libraries have."""
    own = pd.Series(cells)
    yield from (list(cells), tuple(cells), iter(cells), np.array(cells), own, pd.Index(cells))
    yield from (own.astype("category"), pd.Categorical(cells), own.convert_dtypes())
    yield from (own.convert_dtypes(dtype_backend="pyarrow"), polars.Series(cells))
    yield from (pa.array(cells), pa.chunked_array([cells]), pa.array(cells).dictionary_encode())


def test_columns_are_parameters(ds):
    wanted = ds.query("country_totals", country=["KEN", "TZA"], start="2024-01-01")
    assert set(wanted["country"]) == {"KEN", "TZA"}
    for given in columns("KEN", "TZA"):
        found = ds.query("country_totals", country=given, start=DAY)
        assert found.equals(wanted) and found.attrs == wanted.attrs


@pytest.mark.parametrize(
    "day",
    [
        DAY, datetime.datetime(2024, 1, 1), pd.Timestamp("2024-01-01"),
        pd.Timestamp("2024-01-01", tz="Asia/Shanghai"), np.datetime64("2024-01-01"),
        np.datetime64("2024-01-01T00:00:00", "ns"), np.datetime64("2024"), pd.Period("2024-01"),
        np.int64(2024), 2024.0, pa.scalar(DAY),
    ],
    ids=repr,
)  # fmt: skip
def test_days_are_parameters(ds, day):
    wanted = ds.query("country_totals", country="KEN", start="2024-01-01")
    assert ds.query("country_totals", country=np.array("KEN"), start=day).equals(wanted)
    panel = ds.panel(country=np.array(["KEN"]), start=day, end=np.int64(2025))
    assert panel.equals(ds.panel(country="KEN", start="2024-01-01", end="2025-12-31"))


@pytest.mark.parametrize("value", MISSING, ids=repr)
def test_a_missing_value_is_no_filter(ds, value):
    """Else a blank in a table of countries would select all of them."""
    for name in ("country", "start"):
        with pytest.raises(sd.UsageError, match=f"`{name}` is a missing value; drop it"):
            ds.query("country_totals", **{name: value})
    with pytest.raises(sd.UsageError, match="`country` has a missing value; drop it"):
        ds.query("country_totals", country=["KEN", value])


def test_what_is_no_column_is_refused(ds):
    for table in (
        pd.DataFrame({"a": ["KEN"]}),
        polars.DataFrame({"a": ["KEN"]}),
        np.array([["KEN"]]),
    ):
        with pytest.raises(sd.UsageError, match="`country` is a table; give one column of it"):
            ds.query("country_totals", country=table)
    with pytest.raises(sd.UsageError, match="has lists in it"):
        column_of("country", [["KEN"]])
    for ask in (ds.table, ds.query, ds.describe, ds.model):
        with pytest.raises(sd.UsageError, match=r"no (table|query).* `\['events'\]`"):
            ask(["events"])
    with pytest.raises(sd.UsageError, match="`unit` is one of"):
        ds.panel(unit=["country"])


def test_numbers_of_numpy_are_numbers(ds, monkeypatch):
    monkeypatch.setattr(full_audit, "audit_claims", lambda claims, number, limit: number)
    assert full_audit.audit(ds._built, max_conflicts=np.int64(2)) == 2
    where = {"agency": np.array(["MPS", "MSS"]), "year": np.int64(2024)}
    assert conditions(where) == {"agency": "MPS,MSS", "year": "2024"}
    few = ds.reliability(resamples=np.int64(5), seed=np.int64(3)).frame()
    assert few.equals(ds.reliability(resamples=5, seed=3).frame())
    assert ds.duplicates(days=np.int64(3), min_score=np.float32(0.5)).equals(
        ds.duplicates(days=3, min_score=0.5)
    )
    assert ds.plot("regional_shares", width=np.float32(7)).get_figwidth() == 7
    assert len(sd.load(threads=np.int64(1)).table("events")) == len(ds.table("events"))


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(np.int64(3), 3), (np.bool_(True), True), (pa.scalar(3), 3), (pd.NA, None), (None, None),
     (2.0, 2.0), ("a", "a")],
    ids=repr,
)  # fmt: skip
def test_values_of_a_statement(ds, value, wanted):
    table = ds.sql("select $x as x", {"x": value}, as_="arrow")
    assert table["x"].to_pylist() == [wanted]


def test_columns_of_a_statement(ds):
    keys = ds["events"]["event_id"].head(7)
    for given in columns(*keys):
        sql = "select count(*) as n from events where list_contains($keys, event_id)"
        assert ds.sql(sql, {"keys": given})["n"].item() == 7


# --- countries ----------------------------------------------------------------------------------


def test_countries_of_any_column():
    for given in columns("Germany", "Peru"):
        assert list(sd.countries.convert(given, to="iso3")) == ["DEU", "PER"]
    for given in columns(255, 135):
        found = sd.countries.convert(given, to="iso3", system="cow")
        assert list(found) == ["DEU", "PER"]
    assert sd.countries.convert(np.int64(255), to="iso3", system="cow") == "DEU"
    assert sd.countries.convert(255.0, to="iso3", system="cow") == "DEU"
    assert sd.countries.find(255.0, system="cow").iso3 == "DEU"


def test_what_is_missing_in_a_column_stays_missing():
    """Codes that `convert` gave are read again: their column is nullable."""
    own = pd.Series(["Germany", None], name="x", index=[4, 9])
    codes = sd.countries.convert(own, to="cow")
    assert (str(codes.dtype), codes.isna().tolist()) == ("Int64", [False, True])
    given = [codes, codes.astype("float64"), codes.astype("int64[pyarrow]"), pa.array(codes)]
    for column in given:
        back = sd.countries.convert(column, to="iso3", system="cow")
        assert back[back.index[0] if isinstance(back, pd.Series) else 0] == "DEU"
        assert pd.isna(list(back)[1])
    for column in (own, own.astype("string"), own.astype("category"), polars.from_pandas(own)):
        found = sd.countries.find_all(column)
        assert [entity and entity.iso3 for entity in found] == ["DEU", None]
    assert codes.index.tolist() == [4, 9] and codes.name == "x"
    for value in [None, *MISSING]:
        assert sd.countries.convert(value, to="iso3") is None
        with pytest.raises(sd.CountryError, match="a blank names no country"):
            sd.countries.find(value)


def test_days_of_any_kind_say_which_state_is_meant():
    for day in (
        pd.Timestamp("1995-01-01"),
        np.datetime64("1995-01-01", "ns"),
        pa.scalar(datetime.date(1995, 1, 1)),
    ):
        assert sd.countries.find(345, system="cow", on=day).iso3 == "YUG"
        assert sd.countries.convert([345], to="iso3", system="cow", on=day) == ["YUG"]
    days = pd.Series(pd.to_datetime(["1995-01-01", None]))
    for column in (days, days.to_numpy(), polars.from_pandas(days), pa.array(days)):
        found = sd.countries.convert([345, 345], to="iso3", system="cow", on=column, missing="null")
        assert found == ["YUG", None]
    for value in MISSING:
        with pytest.raises(sd.UsageError, match="`on` is missing; give a day"):
            sd.countries.convert(["Germany"], to="cow", on=value)


def test_one_country_is_looked_up():
    with pytest.raises(sd.UsageError, match="`find` takes one value"):
        sd.countries.find(pd.Series(["Peru"]))
    with pytest.raises(sd.UsageError, match="`values` is a table"):
        sd.countries.convert(pd.DataFrame({"a": ["Peru"]}), to="iso3")


# --- frames -------------------------------------------------------------------------------------


def kinds(frame):
    """The same rows in the types that libraries have."""
    text = {name: "category" for name in frame if str(frame[name].dtype) == "str"}
    yield from (frame, frame.convert_dtypes(), frame.astype(text), frame.astype(object))
    yield from (
        frame.convert_dtypes(dtype_backend="pyarrow"),
        frame.astype(object).where(frame.notna(), None),
    )


@pytest.mark.parametrize("name", ["events", "interactions_sheet"])
def test_models_check_rows_of_any_type(ds, name):
    import pandera.errors

    model = ds.model(name)
    frame = pd.DataFrame(ds.table(name) if name == "events" else ds.flat())
    bad = frame.assign(mode=[*frame["mode"].iloc[:-1], "by pigeon"])
    for good, wrong in zip(kinds(frame), kinds(bad), strict=True):
        model.validate(good)
        with pytest.raises(pandera.errors.SchemaErrors) as found:
            model.validate(wrong, lazy=True)
        cases = found.value.failure_cases
        assert cases["failure_case"].tolist() == ["by pigeon"]
        assert cases["index"].tolist() == [len(frame) - 1]
    model.validate(polars.from_pandas(frame).to_pandas())


def linked(links):
    """The number of links that a comparison of versions counts."""
    with duckdb.connect() as con:
        diff._register(types.SimpleNamespace(con=con), links)
        return con.execute("select count(*) from links").fetchone()[0]


def test_links_of_any_table(ds):
    """Also with the unmatched events of the other dataset, which have no key of this one."""
    links = pd.DataFrame(sd.match(None, None, days=0).frame("links"))
    unmatched = pd.DataFrame({"event_key": [None, None], "other_event_key": ["a", "b"]})
    every = pd.concat([links, unmatched.assign(status="linked")], ignore_index=True)
    wanted = ds.coverage(links=every).frame()
    assert wanted["known"].iloc[0] == len(ds.table("events", scope="carnegie2025")) + 2
    for given in (*kinds(every), polars.from_pandas(every), pa.Table.from_pandas(every)):
        assert linked(given) == len(links)
        assert ds.coverage(links=given).frame().equals(wanted)
    twice = every[["event_key", "event_key", "other_event_key"]]
    for given, what in (([("a", "b")], "is not a table"), (twice, "two columns `event_key`")):
        with pytest.raises(sd.UsageError, match=what):
            sd.diff(None, None, links=given)
        with pytest.raises(sd.UsageError, match=what):
            ds.coverage(links=given)


# --- sheets in Parquet --------------------------------------------------------------------------


def days(*numbers):
    """Days by their numbers from 1970, which may be of years that Python has no date for."""
    return pa.array(numbers, pa.int32()).cast(pa.date32())


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([Decimal("2024.00")]), None),
        (pa.array([2024.0]), None),
        (pa.array([float("nan")]), "blank; fill it in"),
        (pa.array([Decimal("2024.50")]), "`2024.50` is not a date"),
        (pa.array([[Decimal("2024.00")]]), "DECIMAL(6,2)[] in Parquet, which is not text"),
        (pa.array([{"year": 2024}]), "BIGINT) in Parquet, which is not text"),
        (pa.array([["2024"]]), "VARCHAR[] in Parquet, which is not text"),
        (pa.array([datetime.date(9999, 12, 31)]), "`9999-12-31` is not between 1816 and 2100"),
        (pa.array([datetime.date(1, 1, 1)]), "`0001-01-01` is not between 1816 and 2100"),
        (days(10**7), "`29349-01-26` is not a date"),
        (days(-(10**6)), "(BC)` is not a date"),
    ],
    ids=str,
)
def test_types_of_a_coding_sheet_in_parquet(mini, column, said):
    """They are read as their texts, or refused with the column; a whole number has no decimals."""
    sheet = mini / "curated" / "interactions.csv"
    rows = pd.read_csv(sheet, dtype=str).head(1)
    table = pa.Table.from_pandas(rows.drop(columns="date"), preserve_index=False)
    table = table.append_column("date", column)
    sheet.unlink()
    pa.parquet.write_table(table, sheet.with_suffix(".parquet"))
    found = [str(problem) for problem in sd.check(mini)]
    found = [text for text in found if text.startswith("curated/interactions.parquet:1:date: ")]
    assert len(found) == (said is not None)
    assert all(said in text for text in found)


def test_a_list_of_days_out_of_range_is_named_by_the_importer(tmp_path):
    far = days(10**7).cast(pa.int32())
    lists = pa.ListArray.from_arrays([0, 1], far).cast(pa.list_(pa.date32()))
    pa.parquet.write_table(pa.table({"date": lists, "country": ["KEN"]}), tmp_path / "a.parquet")
    with pytest.raises(sd.DataError, match=r"a.parquet:2:date: `29349-01-26` .* is not between"):
        list(open_source(tmp_path / "a.parquet").rows())
