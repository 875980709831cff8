"""Every packaged query: its header against DuckDB, its parameters, its columns."""

import html
import re
import warnings

import duckdb
import pandas as pd
import pytest

import secdiplo as sd
from secdiplo import query as queries
from secdiplo.query.params import bind
from secdiplo.schema.tables import VALUES_VIEW, tables_of, values_view
from secdiplo.store.opening import declared_settings

BUILT_IN = declared_settings(None)
NAMES = queries.names(BUILT_IN)


@pytest.fixture(scope="module")
def empty():
    con = duckdb.connect()
    for table in tables_of(BUILT_IN).values():
        columns = ", ".join(f'"{c.name}" {c.sql_type}' for c in table.columns)
        con.execute(f"create table {table.name} ({columns})")
    con.execute(f"create view {VALUES_VIEW} as {values_view(())}")
    return con


@pytest.mark.parametrize("name", NAMES)
def test_the_header_is_what_duckdb_sees(name, empty):
    query = queries.load(name, BUILT_IN)
    (statement,) = empty.extract_statements(query.sql)
    assert statement.type.name == "SELECT"
    assert set(statement.named_parameters) == {param.name for param in query.params}
    values = bind(
        name,
        query.params,
        {},
        {"default_scope": "all", "default_scheme": "carnegie2025", "default_forum": "A 2024"},
    )
    described = empty.execute(f"describe {query.sql}", values).fetchall()
    assert [row[0] for row in described] == [column.name for column in query.columns]


@pytest.mark.parametrize("name", NAMES)
def test_the_header_is_complete(name):
    query = queries.load(name, BUILT_IN)
    assert query.unit and query.grain.endswith(".")
    numbers = [c for c in query.columns if c.unit]
    assert numbers or name in {"gsi_supporters", "mentions_coded", "meeting_list"}
    for item in (*query.params, *query.columns):
        assert item.meaning.endswith("."), item
    assert "order by" in query.sql
    assert "select *" not in query.sql


@pytest.mark.parametrize("name", NAMES)
def test_every_query_runs_on_every_kind_of_dataset(name):
    for path in (None, "tests/data/mini"):
        ds = sd.load(path)
        own = {"forum": ds.table("forums")["forum_id"].iloc[0]}
        asked = {param.name for param in queries.load(name, BUILT_IN).params}
        frame = ds.query(name, **(own if "forum" in asked else {}))
        assert frame.attrs["unit"] == queries.load(name, BUILT_IN).unit
        assert frame.columns.tolist() == [c.name for c in queries.load(name, BUILT_IN).columns]


@pytest.mark.parametrize("name", NAMES)
def test_a_default_session_that_the_dataset_lacks_is_said(name):
    if "forum" not in {p.name for p in queries.load(name, BUILT_IN).params}:
        return
    default = next(
        p.default for p in queries.load(name, BUILT_IN).params if p.name == "forum"
    ).strip("'")
    ds = sd.load("tests/data/mini")
    if default == "dataset":
        with pytest.raises(sd.UsageError, match="needs `forum`, for which mini has no default"):
            ds.query(name)
        return
    if default != "null" and default not in set(ds.table("forums")["forum_id"]):
        with pytest.raises(sd.UsageError, match="unknown forum"):
            ds.query(name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_dataset_is_hard_wired(name):
    """Codes of the dataset stand in tables or in defaults, not in the SQL of a query."""
    body = re.sub(r"^--.*$", "", queries.load(name, BUILT_IN).sql, flags=re.MULTILINE)
    for word in ("MPS", "MSS", "CPLC", "'minister'", "vice_minister", "Africa", "CHN", "2022"):
        assert word not in body or (word == "'minister'" and "participant_level" in body)


def test_arrow_and_pandas_agree():
    ds = sd.load()
    table = ds.query("regional_shares", as_="arrow")
    assert table.to_pandas().equals(ds.query("regional_shares"))
    assert table.schema.metadata[b"unit"] == b"bilateral_meeting"


def test_lists_and_partial_dates_are_values():
    ds = sd.load()
    one = ds.query("dataset_totals", agency=["MPS", "MSS"], start="2024", end="2024")
    two = ds.query("dataset_totals", agency="MPS, MSS", start="2024-01-01", end="2024-12-31")
    assert one.equals(two)


def test_a_header_that_is_not_one_is_refused():
    with pytest.raises(sd.UsageError, match="no header"):
        queries.parse("x", "select 1")
    with pytest.raises(sd.UsageError, match="has no grain"):
        queries.parse("x", "-- title: X\n-- source: Y\n-- unit: event\nselect 1")
    for word in ("", "many", "0", "500\n-- bytes: 4000"):
        with pytest.raises(sd.UsageError, match="bytes of a row"):
            queries.parse("x", f"-- title: X\n-- bytes: {word}\nselect 1")
    with pytest.raises(sd.UsageError, match="write `name"):
        queries.parse("x", "-- title: X\n-- param: days 7\nselect 1")


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("forum_window", {"forum": "GPSCFL 2014"}),
        ("agency_totals", {"official": "Wang Xiahong"}),
        ("agency_totals", {"scope": "carnegy2025"}),
        ("regional_shares", {"scheme": "un_m94"}),
        ("agency_totals", {"official_rank": "ministre"}),
    ],
)
def test_a_value_that_the_dataset_does_not_have_is_refused(name, params):
    with pytest.raises(sd.UsageError, match="did you mean"):
        sd.load().query(name, **params)


def test_the_unit_that_was_asked_for_is_said():
    frame = sd.load().query("regional_shares", unit="interaction")
    assert frame.attrs["unit"] == "interaction"


@pytest.mark.parametrize("name", ["scope", "scheme", "confidence", "unit"])
@pytest.mark.parametrize("blank", [None, "", "none"])
def test_a_blank_is_refused_where_it_means_nothing(name, blank):
    with pytest.raises(sd.UsageError, match="is blank"):
        sd.load().query("regional_shares", **{name: blank})


def test_threads_share_a_dataset():
    from concurrent.futures import ThreadPoolExecutor

    ds = sd.load()
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda _: ds.query("country_totals"), range(24)))
    assert all(frame.equals(frames[0]) for frame in frames)


# --- imputed rows -----------------------------------------------------------------------------

IMPUTED = "tests/data/imputed"  # two imputed events, and a row in an attested event


def test_imputed_events_have_the_least_confidence():
    counts = {
        least: sd.load(IMPUTED).query("dataset_totals", confidence=least)["events"].iloc[0]
        for least in ("high", "medium", "low")
    }
    attested = sd.load("tests/data/mini").query("dataset_totals", confidence="medium")
    assert counts["medium"] == attested["events"].iloc[0]
    assert counts["low"] == counts["medium"] + 1  # the other one is not of a rank in scope


def test_imputed_events_stand_in_a_phase_when_their_period_does():
    ds = sd.load(IMPUTED)  # the session is the day of its one event, 9 September
    frame = ds.query("forum_window", scope="all", forum="GPSCFL 2024").set_index("phase")
    assert frame["events"].to_dict() == {
        **{"before": 1, "during": 1, "after": 0},
        **{"window": 3, "month_only": 1, "year": 6},
    }
    assert frame["interactions"].to_dict() == {
        **{"before": 1, "during": 0, "after": 0},
        **{"window": 3, "month_only": 1, "year": 6},
    }
    frame = ds.query("forum_window", scope="all", days=5, forum="GPSCFL 2024").set_index("phase")
    assert frame["events"][["before", "window", "month_only"]].tolist() == [0, 2, 2]


def test_meetings_with_organizations_are_one_on_one(mini, make_bad):
    make_bad["cells"](5, counterpart_type="organization", counterpart="SCO")(mini)
    frame = sd.load(mini).query("forum_window", forum="GPSCFL 2024").set_index("phase")
    assert frame.loc["year", ["bilateral_meetings", "one_on_one"]].tolist() == [2, 3]


def test_imputed_rows_are_attendance(make_bad, mini):
    forum = "SCO Security Council Secretaries Meeting 2023"
    frame = sd.load(IMPUTED).query("forum_attendance", forum=forum)
    assert frame["countries"].tolist() == [3]
    frame = sd.load("tests/data/mini").query("forum_attendance", forum=forum)
    assert frame["countries"].tolist() == [2]


def test_the_basis_of_a_number(mini, make_bad):
    def basis(*edits):
        make_bad["both"](*edits)(mini)
        return sd.load(mini).query("dataset_totals").attrs["status"]

    assert basis() == "counted over attested rows"
    assert basis(make_bad["IMPUTED"]) == (
        "counted over attested and imputed rows (4 imputed of 10 interactions, 2 of 7 events)"
    )


# --- results in Python ----------------------------------------------------------------------


def test_frames_can_be_written_for_stata_and_have_no_columns_of_objects(tmp_path):
    ds = sd.load()
    for name in ds.tables().index:
        frame = ds[name]
        assert not [column for column in frame if frame[column].dtype == object], name
        with warnings.catch_warnings(action="ignore"):  # `end` is a word of Stata's
            frame.to_stata(tmp_path / "x.dta", version=118, write_index=False)
        assert len(pd.read_stata(tmp_path / "x.dta")) == len(frame)


def test_a_notebook_shows_what_a_result_counts():
    ds = sd.load()
    shown = ds.query("country_totals", country=["KEN", "VNM"])._repr_html_()
    for text in ("bilateral_meeting", "country: KEN, VNM", "attested rows", ds.name, "Vietnam"):
        assert text in shown
    assert "<b>unit</b>" not in ds.query("country_totals").head(2)._repr_html_()
    assert "<script>" not in ds.sql("select '<script>' as x")._repr_html_()
    assert repr(ds.cite()) == str(ds.cite()) and "<pre>" in ds.cite()._repr_html_()
    assert html.escape(ds.title) in ds._repr_html_()


def test_every_query_table_and_figure_is_described():
    ds = sd.load()
    assert ds.tables()["rows"]["events"] == len(ds["events"])
    for name in [*ds.queries().index, *ds.tables().index, *ds.figures().index]:
        text = ds.describe(name)
        assert text.startswith(f"{name}:") and max(map(len, text.splitlines())) <= 80, name
    assert "top" in ds.queries()["parameters"]["official_counterparts"]
    with pytest.raises(sd.UsageError, match="did you mean `country_totals`"):
        ds.describe("country_total")


def test_misspelt_names_have_a_suggestion():
    with pytest.raises(AttributeError, match="did you mean `load`"):
        sd.laod  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean `table`"):
        sd.load().tabel  # noqa: B018
    assert issubclass(sd.CountryError, sd.UsageError)


def test_one_published_value_is_explained():
    text = sd.load().explain("P18")
    for said in ("27.4 percent", "33.8", "differs", "A New World Cop", "regional_shares"):
        assert said in text
    with pytest.raises(sd.UsageError, match="no claim `P999`"):
        sd.load().explain("P999")
