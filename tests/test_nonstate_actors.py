"""Counterparts that are non-state actors: coded, named, counted, audited and imputed."""

import csv
import json
import shutil
from pathlib import Path

import pytest

import secdiplo as sd
from folders import DATA, without_tables
from secdiplo.report import payload

# Of the mini dataset, the third row (SCO at a multilateral event) becomes an actor that no sheet
# lists, and the fourth (MMR, bilateral) one of the reference sheet.
KNOWN, UNKNOWN = "ELNX", "WCC"
ACTORS = f"code,name,country,kind\n{KNOWN},Made-up Army,COL,rebel group\n"


def edit(file, change):
    """Give a sheet the rows that a function makes of its rows."""
    with file.open(encoding="utf-8", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    names, rows = list(rows[0]), change(rows)
    with file.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.DictWriter(sheet, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def with_actors(target: Path, meetings: str = "2", interactions: str = "6") -> Path:
    """Copy the mini dataset with two actors and three published values about its events."""

    def coded(rows):
        rows[2].update(counterpart_type="actor", counterpart=UNKNOWN)
        rows[3].update(counterpart_type="actor", counterpart=KNOWN)
        return rows

    def published(rows):
        claims = {row["claim_id"]: row for row in rows}
        claims["X02"]["value"] = interactions
        claims["X03"].update(
            value=meetings,
            agency="",
            format="bilateral+sideline",
            counterpart_type="country",
            query="dataset_totals",
            params="",
            row="",
            column="bilateral_meetings",
        )
        return [claims[name] for name in ("X01", "X02", "X03")]

    folder = without_tables(Path(shutil.copytree(DATA / "mini", target)))
    edit(folder / "curated" / "interactions.csv", coded)
    edit(folder / "annotations" / "claims.csv", published)
    (folder / "reference" / "actors.csv").write_text(ACTORS, encoding="utf-8")
    return folder


pytestmark = pytest.mark.filterwarnings("ignore:1 notices")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return with_actors(tmp_path_factory.mktemp("actors") / "mini")


@pytest.fixture(scope="module")
def tables(folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("actors_built") / "tables"
    sd.build(folder, target)
    return target


@pytest.fixture(scope="module")
def ds(tables):
    return sd.load(tables)


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request, tables):
    if request.param == "spark":
        pytest.importorskip("pyspark")
        return sd.load(tables, engine="spark")
    return sd.load(tables)


def rows_of(ds, name, **params):
    return [tuple(row.values()) for row in ds.query(name, as_="arrow", **params).to_pylist()]


def test_an_unknown_actor_is_a_notice_and_has_a_row(folder, ds):
    assert [str(problem) for problem in sd.check(folder)] == [
        f"curated/interactions.csv:4:counterpart: notice: actor `{UNKNOWN}` is not in "
        "reference/actors.csv; add it there, or correct it"
    ]
    assert ds.table("nonstate_actors", as_="arrow").to_pylist() == [
        {"code": KNOWN, "name": "Made-up Army", "country": "COL", "kind": "rebel group"},
        {"code": UNKNOWN, "name": None, "country": None, "kind": None},
    ]
    ds.model("nonstate_actors").validate(ds.table("nonstate_actors"))


def test_an_interaction_names_its_type(ds):
    table = ds.table("interactions", as_="arrow").to_pylist()
    assert [row["interaction_id"] for row in table if row["counterpart_type"] == "actor"] == [
        "2023-03-29-mps-wang-xiaohong-sco-mscs/actor:WCC",
        "2024-01-05-mps-wang-xiaohong-mmr/actor:ELNX",
    ]


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        ("code,name,country,kind\nA,B,COLX,\n", "3:unknown code `COLX`; did you mean `COL`?"),
        ("code,name,country,kind\nA,B,COL,\nA,C,COL,\n", "the same code as line 2"),
        ("name,kind\nA,B\n", "column `code` is missing; add it"),
    ],
)
def test_the_reference_sheet_is_checked(tmp_path, sheet, what):
    bad = with_actors(tmp_path / "mini")
    (bad / "reference" / "actors.csv").write_text(sheet, encoding="utf-8")
    found = [str(problem) for problem in sd.check(bad) if problem.level == "error"]
    assert found and all(line.startswith("reference/actors.csv:") for line in found)
    assert what.removeprefix("3:") in " ".join(found)


def test_two_spellings_of_one_actor_are_an_error(tmp_path):
    bad = with_actors(tmp_path / "mini")

    def lower(rows):
        rows[3]["counterpart"] = "elnx"
        return rows

    edit(bad / "curated" / "interactions.csv", lower)
    found = [problem for problem in sd.check(bad) if problem.level == "error"]
    assert [(p.line, p.column) for p in found] == [(5, "counterpart")]
    assert "`ELNX`" in found[0].what


def test_actors_count_as_interactions_and_not_as_countries(engine):
    (row,) = engine.query("dataset_totals", as_="arrow").to_pylist()
    assert row == {
        "events": 5,
        "interactions": 6,  # India, Russia and WCC; ELNX; Fiji; Russia again
        "agency_interactions": 7,  # the last one is of two agencies
        "participations": 8,
        "bilateral_meetings": 2,  # Fiji and Russia
        "bilateral_countries": 2,
        "bilateral_organization_meetings": 0,
        "countries": 3,
        "organizations": 0,
        "unnamed_counterpart_events": 1,
        "straddling_events": 0,
    }
    assert rows_of(engine, "format_totals") == [
        ("bilateral", 2, 2, 1, 0),
        ("sideline", 1, 1, 1, 0),
        ("multilateral", 2, 3, 2, 0),
    ]
    assert rows_of(engine, "organization_totals") == []


def test_totals_by_actor(engine):
    assert rows_of(engine, "nonstate_actor_totals") == [
        (KNOWN, "Made-up Army", "COL", "rebel group", 1, 0, 0, 1),
        (UNKNOWN, None, None, None, 0, 0, 1, 1),
    ]


def test_lists_and_panels_name_them(engine, ds):
    met = engine.query("meeting_list", as_="arrow").to_pylist()
    named = {row["counterpart"]: (row["name"], row["region"]) for row in met}
    assert named[KNOWN] == ("Made-up Army", None)
    assert named[UNKNOWN] == (None, None)
    assert "2 interactions with non-state actors" in ds.panel().attrs["left_out"]
    by_agency = ds.panel("agency", "year", measures=["interactions"])
    assert (
        by_agency.set_index(["agency", "year"]).loc[("MPS", 2024), "interactions"] == 2
    )  # and FJI


def test_actors_of_events(ds):
    actors = ds.actors(as_="arrow").to_pylist()
    assert [
        (row["side"], row["code"], row["name"], row["part_of"])
        for row in actors
        if row["kind"] == "actor"
    ] == [("foreign", UNKNOWN, None, None), ("foreign", KNOWN, "Made-up Army", "COL")]


def test_the_explorer_and_the_codebook_have_them(ds, tables):
    built = sd.store.open_any(tables)[0]
    text = json.dumps(payload.collect(built))
    assert "Made-up Army" in text
    lists = {code for (code, *_) in payload.collect(built)["codes"]["counterpart_type"]}
    assert lists == {"country", "organization", "actor"}


def test_published_values_about_countries_leave_actors_out(ds):
    assert ds.audit().empty
    found = ds.reproduce().set_index("claim_id")
    assert found["status"].to_dict() == dict.fromkeys(["X01", "X02", "X03"], "reproduced")
    # Of the two meetings with countries, none is the one with the actor.
    assert (found.loc["X03", "lower"], found.loc["X03", "upper"]) == (2, 2)


def test_fewer_meetings_than_attested_are_exceeded(tmp_path):
    found = sd.load(with_actors(tmp_path / "mini", meetings="1")).reproduce()
    assert found.set_index("claim_id")["status"]["X03"] == "exceeded"


@pytest.mark.parametrize(
    ("kind", "lower", "upper"),
    [  # of 8 published interactions, 4 are attested with countries and 2 with actors
        ("country", 4, 6),
        ("actor", 2, 4),
        ("!actor", 4, 6),
    ],
)
def test_bounds_tell_actors_from_countries(tmp_path, kind, lower, upper):
    ds = sd.load(with_actors(tmp_path / "mini", interactions="8"))
    (row,) = ds.bounds(
        "interaction", {"counterpart_type": kind}, with_attested=True, as_="arrow"
    ).to_pylist()
    assert (row["lower"], row["upper"]) == (lower, upper)


def test_an_imputation_keeps_them(tmp_path):
    source = with_actors(tmp_path / "mini", meetings="2", interactions="8")
    sd.load(source).impute(tmp_path / "imputed", seed=1)
    ds = sd.load(tmp_path / "imputed")
    (row,) = ds.query("dataset_totals", as_="arrow").to_pylist()
    assert (row["events"], row["interactions"], row["bilateral_meetings"]) == (5, 8, 2)
    # Every attested meeting with a country stays too: the one with ELNX is none of the two.
    assert ds.table("interactions").query("row_status == 'attested'").shape[0] == 6
    kept = ds.table("interactions").query(
        "row_status == 'attested' and counterpart_type == 'actor'"
    )
    assert sorted(kept["counterpart"]) == [KNOWN, UNKNOWN]


def test_a_dataset_without_actors_has_none_in_its_audit():
    from secdiplo.claims.claim_set import read_domains

    built = sd.store.open_any(DATA / "mini")[0]
    domains = read_domains(built)
    assert domains.actors == ()
    assert domains.known["counterpart_type"] == ("country", "organization")


def test_a_table_of_the_dataset_refers_to_them(tmp_path):
    folder = with_actors(tmp_path / "mini")
    (folder / "tables").mkdir()
    declared = {
        "description": "One row per statement.",
        "primaryKey": "id",
        "fields": [
            {"name": "id", "type": "string"},
            {"name": "kind", "type": "string", "codes": "counterpart_type"},
            {"name": "who", "type": "string"},
            {"name": "about", "type": "string"},
        ],
        "foreignKeys": [
            {
                "fields": ["kind", "who"],
                "reference": {
                    "resource": "actors",
                    "fields": ["counterpart_type", "counterpart"],
                },
            },
            {"fields": "about", "reference": {"resource": "nonstate_actors", "fields": "code"}},
        ],
    }
    (folder / "tables" / "statements.json").write_text(json.dumps(declared), encoding="utf-8")
    rows = "id,kind,who,about\n1,actor,ELNX,\n2,actor,NEW1,NEW2\n3,country,RUS,WCC\n"
    (folder / "curated" / "statements.csv").write_text(rows, encoding="utf-8")
    notices = [str(problem) for problem in sd.check(folder)]
    assert [line for line in notices if line.startswith("curated/statements.csv")] == [
        "curated/statements.csv:3:about: notice: actor `NEW2` is not in reference/actors.csv; add "
        "it there, or correct it",
        "curated/statements.csv:3:who: notice: actor `NEW1` is not in reference/actors.csv; add it "
        "there, or correct it",
        "curated/statements.csv:4:about: notice: actor `WCC` is not in reference/actors.csv; add "
        "it there, or correct it",
    ]
    with pytest.warns(UserWarning, match="notices"):
        codes = sd.load(folder).table("nonstate_actors")["code"].tolist()
    assert codes == ["ELNX", "NEW1", "NEW2", "WCC"]
