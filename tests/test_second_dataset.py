"""The dataset of examples/us_state_guests: counted anew from its sheet, and speaking of itself."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo import codebook, figures
from secdiplo import query as queries
from secdiplo.cli import main

ROOT = Path(__file__).resolve().parents[1]
GUESTS = ROOT / "examples" / "us_state_guests"
FOREIGN = re.compile(
    r"chinese|china's|carnegie|greitens|gpscfl|lianyungang|lmlecc|\b(gsi|mps|cplc|mss)\b",
    re.IGNORECASE,
)


NAMED = re.compile(
    r"china|chinese|carnegie|greitens|gpscfl|lianyungang|lmlecc|\b(gsi|mps|cplc|mss)\b",
    re.IGNORECASE,
)
TEXT_FILES = {".py", ".sql", ".html", ".js", ".css", ".json", ".toml"}


@pytest.fixture(scope="module")
def guests(tmp_path_factory):
    out = tmp_path_factory.mktemp("guests") / "tables"
    sd.build(GUESTS, out)
    return out


@pytest.fixture(scope="module")
def rows():
    with (GUESTS / "curated" / "interactions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_toolkit_names_no_dataset():
    package = Path(sd.__file__).parent
    read, found = 0, []
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.suffix not in TEXT_FILES or name.startswith(("built/", "_folder/")):
            continue
        read += 1
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if NAMED.search(line):
                found.append(f"{name}:{number}: {line.strip()}")
    assert read > 200
    assert found == []


def test_the_folder_has_no_problem_and_every_visit(guests, rows):
    assert sd.check(GUESTS) == []
    ds = sd.load(guests)
    assert len({row["visit_id"] for row in rows}) == len(rows) == 231
    assert len(ds.table("participations")) == 231
    assert len(ds.table("events")) == len({row["event_key"] for row in rows})


def test_regional_shares_are_those_of_the_sheet(guests, rows):
    with (GUESTS / "reference" / "regions.csv").open(encoding="utf-8", newline="") as file:
        bureau = {row["iso3"]: row["region"] for row in csv.DictReader(file)}
    met = {
        (row["event_key"], row["counterpart"])
        for row in rows
        if row["format"] in {"bilateral", "sideline"} and row["counterpart_type"] == "country"
    }
    expected = Counter(bureau[country] for _, country in met)
    frame = sd.load(guests).query("regional_shares")
    found = dict(zip(frame["region"], frame["meetings"], strict=True))
    assert {region: count for region, count in found.items() if count} == expected
    assert sum(found.values()) == 118


def test_its_default_forum_is_its_own(guests, rows):
    frame = sd.load(guests).query("forum_window").set_index("phase")
    summit = [row for row in rows if row["forum"] == "U.S.-Africa Leaders Summit 2014"]
    assert frame.loc["during", "interactions"] == len({row["counterpart"] for row in summit}) == 45


def test_results_citations_and_deposits_are_about_the_guests(guests, tmp_path):
    ds = sd.load(guests)
    said = [ds.cite(style) for style in ("apa", "bibtex", "cff")]
    for name in queries.names():
        if name not in {"dialogue_attendance", "earliest_evidence"}:
            try:
                said.append(ds.query(name, as_="pandas").to_csv())
            except sd.UsageError as error:
                said.append(str(error))
    result = CliRunner().invoke(
        main,
        ["--data", str(guests), "export", "--to", "dataverse", "-o", str(tmp_path / "deposit")],
    )
    assert result.exit_code == 0, result.output
    deposit = (tmp_path / "deposit" / "dataset.json").read_text(encoding="utf-8")
    fields = json.loads(deposit)["datasetVersion"]["metadataBlocks"]["citation"]["fields"]
    words = next(field for field in fields if field["typeName"] == "keyword")["value"]
    assert "state visits" in [word["keywordValue"]["value"] for word in words]
    assert "publication" not in {field["typeName"] for field in fields}
    for text in [*said, deposit]:
        assert not FOREIGN.search(text), FOREIGN.search(text)


def test_without_published_values_reproduce_and_audit_say_so_in_one_line(guests):
    for command in ("reproduce", "audit"):
        result = CliRunner().invoke(main, ["--data", str(guests), command])
        assert result.exit_code == 0
        lines = [line for line in result.output.splitlines() if line.strip()]
        assert len(lines) == 1 and "published value" in lines[0]


def test_captions_name_no_paper(guests):
    figure = sd.load(guests).plot("regional_shares")
    said = " ".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))
    assert "us_state_guests" in said and not FOREIGN.search(said)
    assert "after" not in said


def test_its_figures_are_those_of_the_toolkit_and_its_own(guests, tmp_path):
    ds = sd.load(guests)
    assert list(ds.figures().index) == list(figures.FIGURES)
    result = CliRunner().invoke(main, ["--data", str(guests), "figures", "--format", "csv"])
    assert result.exit_code == 0 and "bilateral_map" in result.output
    for text in (result.output, ds.figures().to_string()):
        assert not FOREIGN.search(text) and "Global Security Initiative" not in text
    for name in ("gsi_map", "figure_1"):
        with pytest.raises(sd.UsageError, match=f"no figure `{name}`"):
            ds.plot(name)
    _, lacking = figures.draw_all(ds._built, tmp_path)
    assert [text for text in lacking if "`organization_timeline` needs `organization`" in text]
    assert "NATO" in ds.plot("organization_timeline", organization="NATO").described


OWN_FIGURE = """
[figures.guests_map]
kind = "map"
query = "guest_countries"
title = "Countries whose guests came, by the kind of their last visit."
finding = "sent a guest"
colour_by = "format"
paper = "Map 1"

[figures.guests_map.legend]
sideline = "beside a summit"

[figures.organization_timeline]
paper = "Figure 3"
parameters.organization = "NATO"

[home]
"""
OWN_QUERY = """\
-- title: Countries and organizations whose guests came
-- grain: One row per country or organization.
-- unit: country_or_organization
-- param: until (date, '2030-12-31'): The last day of a first visit.
-- column: counterpart_type: Whether it is a country or an organization.
-- column: counterpart: Its code.
-- column: format: The format of the last event.
select i.counterpart_type, i.counterpart, max_by(e.format, e.date_max) as format
from interactions as i
join events as e on e.event_id = i.event_id
where e.date_min <= cast($until as date)
group by i.counterpart_type, i.counterpart
order by i.counterpart_type, i.counterpart
"""


def texts_of(figure):
    found = figure.findobj(lambda part: hasattr(part, "get_text"))
    return " ".join(" ".join(text.get_text() for text in found).split())


def test_a_figure_of_its_own_is_listed_drawn_and_exported(tmp_path, rows):
    folder = folder_with(tmp_path, "\n[home]\n", OWN_FIGURE)
    (folder / "queries" / "guest_countries.sql").write_text(OWN_QUERY, encoding="utf-8")
    assert sd.check(folder) == []
    sd.build(folder, tmp_path / "tables")
    for path in (folder, tmp_path / "tables"):
        ds = sd.load(path)
        names = list(ds.figures().index)
        assert names[:2] == ["guests_map", "organization_timeline"]
        assert set(names) == {"guests_map", *figures.FIGURES}
        countries = {r["counterpart"] for r in rows if r["counterpart_type"] == "country"}
        drawn = ds.plot("map_1")
        assert drawn.described.startswith(f"{len(countries)} countries sent a guest; ")
        assert "beside a summit (" in texts_of(drawn) and "bilateral (" in texts_of(drawn)
        early = {r["counterpart"] for r in rows
                 if r["counterpart_type"] == "country" and r["date"][:4] < "2013"}  # fmt: skip
        some = ds.plot("guests_map", until="2012-12-31")
        assert some.described.startswith(f"{len(early)} countries sent")
        assert "with NATO" in ds.plot("figure_3").described
    sd.load(folder).export(tmp_path / "bundle", "bundle")
    assert list((tmp_path / "bundle").rglob("guests_map.svg"))
    assert "whose guests came, by the kind" in (tmp_path / "bundle" / "README.md").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "i.counterpart,",
            "i.counterpart as partner,",
            "no column `counterpart`; check the folder",
        ),
        ("format, e", "city, e", "`format` has .* values, and a map has 5 shades; group the"),
        ("i.counterpart_type", "'organization' as counterpart_type", "no country is in the rows"),
        ("where", "where false and", "has no rows in the query `guest_countries`"),
    ],
)
def test_a_figure_that_its_query_cannot_give_is_refused(tmp_path, old, new, said):
    folder = folder_with(tmp_path, "\n[home]\n", OWN_FIGURE)
    text = OWN_QUERY.replace(old, new, 1)
    text = (
        text.replace("-- column: counterpart:", "-- column: partner:") if "partner" in new else text
    )
    (folder / "queries" / "guest_countries.sql").write_text(text, encoding="utf-8")
    with pytest.raises(sd.FigureError, match=f"figure `guests_map`.* {said}"):
        sd.load(folder).plot("guests_map")


def folder_with(tmp_path, old, new):
    import shutil

    folder = tmp_path / "guests"
    shutil.copytree(GUESTS, folder)
    file = folder / "dataset.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('role = "source"', 'role = "sauce"', "dataset.toml:25:references.visits.role: no role"),
        ('kind = "dataset"', 'kind = "book"', "references.visits.kind: no kind `book`; write one"),
        ('title = "Visits by', 'titel = "Visits by', "did you mean `title`"),
        ("[references.visits]", '[references."a b"]', "`a b` cannot name a reference"),
        ("[references.visits]", "[query_sources]\nregional_share = 'x'\n[references.v]", "did you"),
        ('year = "2026"', 'year = "26"', "`26` is not a year"),
        (
            'authors = ["The secdiplo developers"]',
            "authors = 3",
            "`authors` is not a list of texts",
        ),
    ],
)
def test_settings_that_cannot_be_read_are_said_with_their_place(tmp_path, old, new, said):
    with pytest.raises(sd.DataError) as raised:
        sd.load(folder_with(tmp_path, old, new))
    assert said in str(raised.value)


def test_a_forum_without_a_default_is_asked_for(tmp_path):
    line = 'default_forum = "U.S.-Africa Leaders Summit 2014"\n'
    ds = sd.load(folder_with(tmp_path, line, ""))
    with pytest.raises(sd.UsageError, match="needs `forum`, for which us_state_guests has no"):
        ds.query("forum_window")
    assert len(ds.query("forum_window", forum="NATO Summit 2012"))


# --- its own query ----------------------------------------------------------------------------

QUERY = (GUESTS / "queries" / "repeat_guests.sql").read_text(encoding="utf-8")


def test_its_own_query_counts_what_the_sheet_has(guests, rows):
    visits = Counter(
        (row["counterpart_person"], row["counterpart"]) for row in rows if row["counterpart_person"]
    )
    for ds in (sd.load(GUESTS), sd.load(guests)):
        assert ds.queries()["title"]["repeat_guests"] == "Guests who came more than once"
        frame = ds.query("repeat_guests", visits=3)
        found = dict(
            zip(
                zip(frame["counterpart_person"], frame["country"], strict=True),
                frame["visits"],
                strict=True,
            )
        )
        assert found == {guest: number for guest, number in visits.items() if number >= 3}
    assert "repeat_guests" not in sd.load().queries().index
    with pytest.raises(sd.UsageError, match="no query `repeat_guests`"):
        sd.load().query("repeat_guests")


def test_its_own_query_is_listed_explained_exported_and_kept(guests, rows, tmp_path):
    def run(*args):
        result = CliRunner().invoke(main, ["--data", str(guests), *args])
        assert result.exit_code == 0, result.output
        return result.output

    assert "repeat_guests" in run("queries")
    assert "The minimum number of visits." in run("query", "repeat_guests", "--help")
    sd.load(GUESTS).export(tmp_path / "bundle", "bundle")
    bundled = list((tmp_path / "bundle").rglob("repeat_guests.*"))
    assert {path.suffix for path in bundled} == {".sql", ".csv"}
    kept = guests / "sheets" / "queries" / "repeat_guests.sql"
    assert kept.read_text(encoding="utf-8") == QUERY


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("regional_shares", "", "", "regional_shares.sql:1:1: `regional_shares` is a query of the"),
        ("Guests", "", "", "`Guests` cannot name a query"),
        ("mine", "-- unit: event\n", "", "mine.sql:1:1: the header has no unit; add `-- unit"),
        ("mine", "from participations", "from read_csv('/etc/passwd')", "mine.sql:10:1: "),
        ("mine", "from participations", "from partizipations", "mine.sql:10:1: Catalog Error"),
        (
            "mine",
            "select\n",
            "drop table events; select\n",
            "only one SELECT is allowed, not DROP + SELECT",
        ),
        ("mine", "$visits", "$times", "`$times` is not declared; add `-- param: times"),
        ("mine", "$visits", "2", "the parameter `visits` is declared and not used"),
        ("mine", "as first_visit", "as first", "returns the columns counterpart_person, country,"),
        (
            "mine",
            "(count, 2)",
            "(count, 2, codes of tpoic)",
            "no list `tpoic` of codes; did you mean",
        ),
        ("mine", "(count, 2)", "(count, 2, codes of agency)", "the default `2` is not in the list"),
        ("mine", "(count, 2)", "(number, 2)", "param `visits (number, 2): The minimum"),
    ],
)
def test_a_query_that_cannot_be_is_said_before_anything_is_built(tmp_path, name, old, new, said):
    folder = folder_with(tmp_path, "", "")
    sheet = folder / "curated" / "interactions.csv"
    cells = sheet.read_text(encoding="utf-8").replace(",bilateral,", ",bilatral,", 1)
    sheet.write_text(cells, encoding="utf-8")
    file = folder / "queries" / f"{name}.sql"
    file.write_text(QUERY.replace(old, new) if old else QUERY, encoding="utf-8")
    found = [str(problem) for problem in sd.check(folder)]
    assert any("did you mean `bilateral`?" in text for text in found)
    assert any(text.startswith("queries/") and said in text for text in found), found
    with pytest.raises(sd.DataError):
        sd.build(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_query_of_a_folder_that_cannot_run_is_told_from_tables_that_cannot_be_read(tmp_path):
    folder = folder_with(tmp_path, "", "")
    (folder / "queries" / "mine.sql").write_text(QUERY.replace("$visits", "$times"), "utf-8")
    with pytest.raises(sd.StoreError, match="query `mine` cannot run .*; check the folder"):
        sd.load(folder).query("mine")


def test_a_file_of_a_query_that_cannot_be_read_is_said_by_every_reader(tmp_path):
    folder = folder_with(tmp_path, "", "")
    bad = folder / "queries" / "mine.sql"
    outside = tmp_path / "outside.sql"
    outside.write_text(QUERY, encoding="utf-8")
    for make, said in (
        (lambda: bad.write_bytes(b"-- title: \xff"), "mine.sql:1:1: cannot be read as UTF-8; save"),
        (lambda: bad.write_text("-" * 100_001), "mine.sql:1:1: over 100,000 bytes"),
        (
            lambda: bad.symlink_to(outside),
            "mine.sql:1:1: a link to a place outside the folder; copy the file",
        ),
    ):
        bad.unlink(missing_ok=True)
        make()
        assert any(said in str(problem) for problem in sd.check(folder))
        with pytest.raises(sd.DataError, match="queries/mine.sql"):
            sd.load(folder)
        result = CliRunner().invoke(main, ["--data", str(folder), "query", "format_totals", "-h"])
        assert result.exit_code == 0 and "Filters" in result.output


def test_its_own_table_counts_as_the_sheet_does():
    with (GUESTS / "curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        notes = {row["visit_id"]: row["note"].lower() for row in csv.DictReader(file)}
    ds = sd.load(GUESTS)
    visits = ds.table("visits").set_index("visit_id")["kind"]
    assert set(map(str, visits.index)) == set(notes)
    working = [note for note in notes.values() if re.match("(included )?working", note)]
    assert (visits == "working").sum() == len(working)
    assert (visits == "state").sum() == sum(n.startswith("state visit") for n in notes.values())
    codes = ds.sql("select code from codes where list = 'visits.kind' order by position")
    assert list(codes["code"]) == [
        "state",
        "official",
        "working",
        "summit",
        "beside_a_meeting",
        "other",
    ]


def test_codebook_and_exports_have_nothing_of_the_built_in_dataset(tmp_path):
    ds = sd.load(GUESTS)
    kept = {name: text.encode() for name, text in codebook.files(ds._built, GUESTS).items()}
    for form in ("csv", "datapackage", "croissant", "dataverse", "bundle"):
        ds.export(tmp_path / form, [form])
    for file in sorted(tmp_path.rglob("*")):
        name = file.relative_to(tmp_path).as_posix()
        # Names of countries in many languages, and what a place is called on the map.
        if file.is_file() and file.name != "countries.csv" and "_folder/data" not in name:
            kept[name] = file.read_bytes()
    assert len(kept) > 200
    found = [name for name, text in kept.items() if FOREIGN.search(text.decode("utf-8", "ignore"))]
    assert found == []
    licence = (tmp_path / "bundle" / "LICENSE-DATA").read_text(encoding="utf-8")
    assert "us_state_guests" in licence and "public domain" in licence
    assert (tmp_path / "bundle" / "LICENSE").is_file()


def test_without_regions_of_its_own_a_dataset_has_those_of_the_united_nations(tmp_path):
    folder = Path(shutil.copytree(GUESTS, tmp_path / "guests"))
    (folder / "reference" / "regions.csv").unlink()
    frame = sd.load(folder).query("regional_shares")
    assert "Africa" in set(frame["region"]) and "scheme=un_m49" in frame.attrs["params"]


@pytest.mark.parametrize("kind", ["queries", "tables"])
def test_the_mini_dataset_has_the_tables_and_queries_of_the_built_in_one(kind):
    mini, whole = ROOT / "tests" / "data" / "mini" / kind, ROOT / "data" / kind
    assert {file.name: file.read_text(encoding="utf-8") for file in mini.iterdir()} == {
        file.name: file.read_text(encoding="utf-8") for file in whole.iterdir()
    }
