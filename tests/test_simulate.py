"""Synthetic folders: the shape of the real sheet, the same bytes each time, never taken for real."""

import hashlib
import re
import shutil
import tomllib

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import figures, report, store
from secdiplo import query as queries
from secdiplo.claims.reproduce import reproduce
from secdiplo.cli import main
from secdiplo.folder import resources

pytestmark = pytest.mark.slow
REAL = resources.shipped("data")
WHOLE_HEADER = (REAL / "curated" / "interactions.csv").read_text(encoding="utf-8").split("\n", 1)[0]
ROWS, SEED = 20_000, 11
EVENT = ["format", "mode", "host_country", "city", "confidence"]


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def real():
    return read(REAL / "curated" / "interactions.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulate") / "made_up"
    sd.simulate(folder, ROWS, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def sheet(folder):
    return read(folder / "curated" / "interactions.csv")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulate") / "small"
    sd.simulate(folder, 600, seed=2)
    return folder


# --- the shape ------------------------------------------------------------------------------


def kinds(frame):
    """What the marginals are of: one label a row of the sheet."""
    series = frame["forum"].str.replace(r" \d{4}$", "", regex=True)
    page_lag = pd.to_datetime(frame["source_date"].where(frame["source_date"].str.len() == 10)) - (
        pd.to_datetime(frame["date"].where(frame["date"].str.len() == 10))
    )
    made = {
        "agency": frame["agency"],
        "rank in agency": frame["agency"] + " " + frame["official_rank"],
        "format": frame["format"],
        "mode": frame["mode"],
        "confidence": frame["confidence"],
        "inferred": frame["inferred"],
        "topic": frame["topic"],
        "host": frame["host_country"],
        "city": frame["city"],
        "counterpart type": frame["counterpart_type"],
        "country": frame["counterpart"].where(frame["counterpart_type"] == "country", "-"),
        "organization": frame["counterpart"].where(
            frame["counterpart_type"] == "organization", "-"
        ),
        "series": series,
        "session": frame["forum"],
        "sideline": series.where(frame["format"] == "sideline", "-"),
        "precision": frame["date"].str.len(),
        "year": frame["date"].str[:4],
        "month": frame["date"].str[5:7],
        "season": frame["date"].str[:7],
        "page within a week": page_lag.dt.days <= 7,
        "rows of the event": frame.groupby("event_key")["agency"].transform("size"),
    }
    for name in frame.columns:
        if name != "row_status":
            made[f"blank {name}"] = frame[name] == ""
    return made


def test_the_marginals_are_those_of_the_real_sheet(real, sheet):
    """Shares of rows, within five standard errors of a sample that is drawn event by event.

    Rows of one event are alike, so the variance of a share is that of sums over events: with the
    number of rows n_i and those of a kind k_i of each real event, that of k_i - share * n_i.
    """
    events = sheet["event_key"].nunique()
    mean = len(real) / real["event_key"].nunique()
    theirs, ours = kinds(real), kinds(sheet)
    assert set(theirs["rank in agency"]) == set(ours["rank in agency"])
    for name in theirs:
        if name == "blank note":
            continue  # each synthetic note says what the row is
        for value in sorted(set(theirs[name]) | set(ours[name])):
            hit = theirs[name] == value
            share = hit.mean()
            off = (hit - share).groupby(real["event_key"]).sum()
            error = (off.pow(2).mean() / events) ** 0.5 / mean
            # One who is met alone is drawn among rows, not events: a little more is allowed.
            allowed = 5 * error + (0.004 if name == "country" else 0.0015)
            assert abs((ours[name] == value).mean() - share) <= allowed, (name, value)


def test_sizes_of_events_are_exact(real, sheet):
    sizes = real.groupby("event_key").size().value_counts(normalize=True)
    whole = sheet[sheet["event_key"] != sheet["event_key"].iloc[-1]]
    made = whole.groupby("event_key").size().value_counts(normalize=True)
    assert (made - sizes).abs().max() < 0.01


def test_draws_of_day_counterpart_and_shape_hang_on_nothing(sheet):
    free = sheet[(sheet["format"] == "bilateral") & (sheet["date"].str.len() == 10)]
    free = free[free["host_country"] == "CHN"].drop_duplicates("event_key")
    days = free["date"].str[8:].astype(int)
    counts = days[days <= 28].value_counts()
    expected = counts.sum() / 28
    assert ((counts - expected) ** 2 / expected).sum() < 64  # 27 degrees of freedom, p = 1e-4
    number = free["event_key"].str[10:].astype(int)
    assert abs(days.corr(number)) < 0.05
    assert abs(days.corr(days.shift())) < 0.05
    assert abs(days.corr(free["counterpart"].astype("category").cat.codes)) < 0.05
    assert free.groupby("counterpart_office")["counterpart"].nunique().max() > 15


# --- what every row says --------------------------------------------------------------------


def test_every_row_says_that_it_is_synthetic(real, sheet):
    assert set(sheet["row_status"]) == {"synthetic"}
    says = {
        "event_key": r"synthetic-\d{9}",
        "official": r"(Synthetic Official \d+)?",
        "counterpart_person": r"(Synthetic Person \d+-\d+)?",
        "counterpart_office": r"(Synthetic Title \d+)?",
        "source_url": r"https://example\.org/synthetic/\d{9}(-\d)?",
        "source_publisher": r"(Synthetic Publisher \d+)?",
        "source_title": r"(Synthetic headline \d+(-\d)?)?",
        "note": r"synthetic row: made up, no source says so(; also: https://example\.org/\S+( "
        r"https://example\.org/\S+)?)?",
    }
    for column, pattern in says.items():
        assert sheet[column].str.fullmatch(pattern).all(), column
    for column in ("official", "counterpart_person", "source_url", "source_title", "event_key"):
        assert not set(sheet[column]) & (set(real[column]) - {""})


def test_the_folder_says_so_too(folder, real):
    settings = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    assert settings["title"].startswith("SYNTHETIC")
    assert settings["citation"].startswith("SYNTHETIC")
    officials = read(folder / "reference" / "officials.csv")
    assert officials["official"].str.startswith("Synthetic Official ").all()
    assert not set(officials["official"]) & set(real["official"])
    assert not (folder / "annotations").exists() and "annotations" not in settings


def test_no_result_calls_synthetic_rows_attested(small):
    ds = sd.load(small)
    assert queries.basis(ds._built).startswith("synthetic rows")
    assert "synthetic rows" in ds.query("dataset_totals").attrs["status"]
    assert "synthetic rows" in ds.panel().attrs["status"]
    done = run("--data", small, "query", "agency_totals")
    assert "synthetic rows" in done.stderr and "attested" not in done.output
    assert "earliest_evidence" not in queries.names(ds._built.dataset)


def test_no_figure_calls_synthetic_rows_attested(small):
    from matplotlib.text import Text

    ds = sd.load(small)
    drawn = 0
    for name in figures.FIGURES:
        try:
            figure = ds.plot(name)
        except sd.FigureError:
            continue
        drawn += 1
        text = " ".join(t.get_text() for t in figure.findobj(Text)) + figure.described
        assert "SYNTHETIC, made up" in text and "ynthetic" in figure.described, name
        assert "attested" not in text and "Published" not in text, name
    assert drawn >= 8


def test_exports_and_the_explorer_say_synthetic(small, tmp_path):
    ds = sd.load(small)
    ds.export(tmp_path / "out", ["csv", "datapackage"])
    text = (tmp_path / "out" / "datapackage" / "datapackage.json").read_text(encoding="utf-8")
    assert "synthetic rows" in text and "Attested rows" not in text
    assert set(ds.flat()["row_status"]) == {"synthetic"}
    page = report.write(ds._built, tmp_path / "page").read_text(encoding="utf-8")
    assert '"synthetic":true' in page.replace(" ", "")


def test_claims_are_not_tested_and_nothing_is_imputed(small, tmp_path):
    spoilt = tmp_path / "spoilt"
    shutil.copytree(small, spoilt)
    toml = spoilt / "dataset.toml"
    text = toml.read_text(encoding="utf-8").replace(
        "exhaustive =", 'annotations = "builtin"\nexhaustive ='
    )
    toml.write_text(text, encoding="utf-8")
    found = reproduce(store.open_folder(spoilt)[0])
    assert {finding.status for finding in found} == {"not_testable"}
    assert any(finding.note == "The rows are synthetic." for finding in found)
    done = run("--data", spoilt, "impute", "-o", tmp_path / "imputed")
    assert done.exit_code == 2 and "synthetic rows" in done.output


# --- valid at any size ----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 300, 5_000, 200_000])
def test_check_and_build_accept_it_without_a_notice(rows, tmp_path):
    sheet = sd.simulate(tmp_path / "made_up", rows, seed=3)
    assert sd.check(tmp_path / "made_up") == []
    manifest, notices = sd.build(tmp_path / "made_up", tmp_path / "tables")
    assert notices == [] and manifest["tables"]["participations"]["rows"] == rows
    assert duckdb.sql(f"select count(*) from read_csv('{sheet}')").fetchall() == [(rows,)]


@pytest.mark.parametrize(
    ("first", "last"), [(1990, 2030), (2023, 2023), (1900, 1902), (2098, 2099)]
)
def test_other_years_repeat_the_real_ones(first, last, real, tmp_path):
    sheet = read(sd.simulate(tmp_path / "made_up", 5_000, first=first, last=last))
    assert sd.check(tmp_path / "made_up") == []
    year = sheet["date"].str[:4].astype(int)
    assert (year.min(), year.max()) == (first, last)
    named = sheet["forum"] != ""
    theirs = real[real["forum"] != ""]
    series = theirs.groupby(theirs["date"].str[:4].astype(int))["forum"].agg(
        lambda names: {name[:-5] for name in names}
    )
    years = real["date"].str[:4].astype(int)
    start, many = years.min(), years.max() - years.min() + 1
    for when, forum in zip(year[named], sheet["forum"][named], strict=True):
        assert forum.endswith(str(when))
        assert forum[:-5] in series[start + (when - start) % many]


# --- the same bytes -------------------------------------------------------------------------


def test_the_window_of_the_scope_is_that_of_the_years_asked_for(tmp_path):
    sd.simulate(tmp_path / "m", 500, first=2000, last=2003)
    ds = sd.load(tmp_path / "m")
    ((first, last),) = ds._built.con.execute(
        "select min(start_date), max(end_date) from scopes where scope = 'carnegie2025'"
    ).fetchall()
    assert (str(first), str(last)) == ("2000-01-01", "2003-12-31")
    scoped = ds.query("dataset_totals")["events"].item()
    assert 0.5 * ds.tables()["rows"]["events"] < scoped <= ds.tables()["rows"]["events"]
    assert "2022" not in (tmp_path / "m" / "dataset.toml").read_text(encoding="utf-8").split("[")[2]


@pytest.mark.parametrize(
    "given", [{"rows": "300"}, {"rows": 1e3}, {"seed": 1.5}, {"first": "2000"}, {"last": True}]
)
def test_numbers_that_are_none_are_refused_by_python_too(given, tmp_path):
    with pytest.raises(sd.UsageError, match="choose from"):
        sd.simulate(tmp_path / "m", **{"rows": 10, **given})
    assert list(tmp_path.iterdir()) == []


def test_the_same_call_gives_the_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    sd.simulate(again, ROWS, seed=SEED)
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert [digest(folder / f) for f in files] == [digest(again / f) for f in files]
    other = sd.simulate(tmp_path / "other", ROWS, seed=SEED + 1)
    assert digest(other) != digest(again / "curated" / "interactions.csv")


@pytest.mark.parametrize("kind", ["csv", "csv.zst", "parquet"])
def test_threads_change_nothing(kind, tmp_path, monkeypatch):
    from secdiplo.scale import simulate

    found, connected = set(), simulate._connected
    for threads in (1, 2, 5):

        def few(threads=threads):
            con = connected()
            con.execute(f"set threads = {threads}")
            return con

        monkeypatch.setattr(simulate, "_connected", few)
        found.add(digest(sd.simulate(tmp_path / str(threads), 300_000, seed=9, kind=kind)))
    assert len(found) == 1


def test_the_bytes_are_those_of_every_release(tmp_path):
    """A reader's data must not change with the toolkit or DuckDB: change this only knowingly."""
    sheet = sd.simulate(tmp_path / "made_up", 1_000, seed=42)
    columns = ["event_key", "date", "agency", "counterpart", "counterpart_person", "source_date"]
    text = read(sheet)[columns].to_csv(index=False, lineterminator="\n")
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "9ef9384b4d1d7b46"


def test_a_longer_sheet_starts_with_the_shorter_one(folder, tmp_path):
    short = sd.simulate(tmp_path / "short", 700, seed=SEED).read_bytes()
    assert (folder / "curated" / "interactions.csv").read_bytes().startswith(short)


# --- kinds of files -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv.gz", "csv.zst", "parquet"])
def test_every_kind_has_the_same_cells(kind, folder, tmp_path):
    sheet = sd.simulate(tmp_path / "made_up", ROWS, seed=SEED, kind=kind)
    assert sheet.name == f"interactions.{kind}" and [sheet] == list(sheet.parent.iterdir())
    csv = folder / "curated" / "interactions.csv"
    plain = f"from read_csv('{csv}', all_varchar = true)"
    reader = "read_parquet('{}')" if kind == "parquet" else "read_csv('{}', all_varchar = true)"
    other = f"from {reader.format(sheet)}"
    assert duckdb.sql(other).fetchall() == duckdb.sql(plain).fetchall()
    if kind == "parquet":
        assert {str(field.type) for field in pq.read_schema(sheet)} == {"string"}


def test_row_groups_are_of_the_usual_size(tmp_path):
    sheet = sd.simulate(tmp_path / "made_up", 300_000, kind="parquet")
    about = pq.ParquetFile(sheet).metadata
    assert [about.row_group(i).num_rows for i in range(about.num_row_groups)] == [
        122_880, 122_880, 54_240,
    ]  # fmt: skip


# --- refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("--rows", 0),
        ("--rows", -5),
        ("--rows", 1_000_000_001),
        ("--rows", "many"),
        ("--rows", 5, "--seed", -1),
        ("--rows", 5, "--as", "xlsx"),
        ("--rows", 5, "--from", 2024, "--to", 2023),
        ("--rows", 5, "--from", 1500),
        ("--rows", 5, "--to", 9999),
    ],
)
def test_numbers_out_of_range_are_refused(args, tmp_path):
    done = run("simulate", *args, "-o", tmp_path / "made_up")
    assert done.exit_code == 2 and "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_only_an_earlier_synthetic_folder_is_replaced(small, mini, tmp_path):
    out = tmp_path / "made_up"
    out.mkdir()
    assert run("simulate", "--rows", 50, "-o", out).exit_code == 0  # an empty folder will do
    before = digest(out / "curated" / "interactions.csv")
    assert "--force" in run("simulate", "--rows", 60, "-o", out).output
    assert digest(out / "curated" / "interactions.csv") == before
    assert run("simulate", "--rows", 60, "--as", "parquet", "-o", out, "--force").exit_code == 0
    assert [file.name for file in (out / "curated").iterdir()] == ["interactions.parquet"]
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    done = run("simulate", "--rows", 60, "-o", out, "--force")
    assert done.exit_code == 2 and "mine.txt" in done.output
    before = digest(mini / "dataset.toml")
    done = run("simulate", "--rows", 60, "-o", mini, "--force")
    assert done.exit_code == 2 and "not a synthetic folder" in done.output
    assert digest(mini / "dataset.toml") == before
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert run("simulate", "--rows", 60, "-o", file, "--force").exit_code == 2


def test_a_sheet_that_mixes_them_with_others_is_refused(small, real, tmp_path):
    mixed = tmp_path / "mixed"
    shutil.copytree(small, mixed)
    sheet = mixed / "curated" / "interactions.csv"
    rows = pd.concat([read(sheet), real.head(3).assign(row_status="attested")])
    rows.to_csv(sheet, index=False, lineterminator="\n")
    done = run("check", mixed)
    assert done.exit_code == 1
    assert re.search(r"interactions\.csv:602:row_status: `attested` in a sheet whose rows are "
                     r"synthetic \(600 synthetic, 3 others\)", done.output)  # fmt: skip


def test_nothing_bounds_counts_without_published_figures(small):
    result = run("bounds", "--data", small)
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: no published value counts events or interactions: nothing bounds them\n"
    )


@pytest.mark.parametrize(
    ("home", "header", "said"),
    [
        ('[home]\ncountry = "USA"\n', "date,counterpart", "has no column `event_key`, which"),
        ("", WHOLE_HEADER, "its rows have home countries of their own; name a dataset with one"),
    ],
)
def test_rows_that_cannot_be_repeated_are_refused(tmp_path, home, header, said):
    folder = tmp_path / "real"
    (folder / "curated").mkdir(parents=True)
    settings = f'name = "x"\ntitle = "X"\nversion = "1.0"\nlicence = "CC0-1.0"\n{home}'
    (folder / "dataset.toml").write_text(settings, encoding="utf-8")
    (folder / "curated" / "interactions.csv").write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(sd.UsageError, match=said):
        sd.simulate(tmp_path / "made_up", 10, like=folder)
    assert not (tmp_path / "made_up").exists()
