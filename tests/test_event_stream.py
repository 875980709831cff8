"""The made-up event stream: a file with many senders and a score, made a dataset by a map alone."""

from __future__ import annotations

import csv
import runpy
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

import secdiplo as sd
from secdiplo import importer

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "event_stream"
SOURCE = EXAMPLE / "source"
MET = {"040", "042", "043", "046", "057"}
CODES = {"Brazil": "BRA", "Kenya": "KEN", "Vietnam": "VNM"}


@pytest.fixture(scope="module")
def stream():
    """The rows of the file in which the two sides meet."""
    with (SOURCE / "events.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 400
    return [row for row in rows if row["cameo_code"] in MET]


@pytest.fixture(scope="module")
def ds():
    return sd.load(EXAMPLE)


def test_the_file_is_what_its_script_makes():
    made = runpy.run_path(str(SOURCE / "make.py"))
    lines = ["\t".join(row) for row in [made["HEADER"], *made["rows"]()]]
    assert (SOURCE / "events.tsv").read_text(encoding="utf-8") == "\n".join(lines) + "\n"


def test_the_folder_is_what_the_import_writes(tmp_path):
    importer.import_file(SOURCE / "events.tsv", SOURCE / "map.toml", tmp_path / "out")
    for name in ("dataset.toml", "codes.csv", "curated/interactions.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (EXAMPLE / name).read_bytes(), name
    assert sd.check(EXAMPLE) == []


def test_sums_and_means_are_those_of_the_file(ds, stream):
    scores = defaultdict(list)
    for row in stream:
        scores[row["source_country"]].append(float(row["intensity"]))
    found = ds.query("column_summary", by="home").set_index("group_name")
    assert len(found) == len(scores) == 12
    for name, code in CODES.items():
        row, values = found.loc[code], scores[name]
        assert (row["participations"], row["missing"]) == (len(values), 0)
        assert row["total"] == pytest.approx(sum(values))
        assert row["mean"] == pytest.approx(sum(values) / len(values))
        assert (row["minimum"], row["maximum"]) == (min(values), max(values))


def test_a_dyad_has_its_own_mean_in_each_direction(ds, stream):
    panel = ds.panel("dyad", "year", measures=["events", "mean_intensity"])
    cells = {(row.home, row.country, row.year): row for row in panel.itertuples()}
    for sender, home in CODES.items():
        for target, country in CODES.items():
            for year in (2018, 2019) if sender != target else ():
                values = [
                    float(row["intensity"])
                    for row in stream
                    if (row["source_country"], row["target_country"]) == (sender, target)
                    and row["event_date"].startswith(str(year))
                ]
                cell = cells[home, country, year]
                assert cell.events == len(values)
                mean = cell.mean_intensity
                assert (
                    mean != mean if not values else mean == pytest.approx(sum(values) / len(values))
                )


def test_every_result_says_that_the_rows_are_made_up(ds):
    assert "synthetic" in ds.query("dataset_totals").attrs["status"]


# --- what the importer knows of many senders ------------------------------------------------


def test_a_proposal_tells_the_sender_from_the_target():
    text = importer.propose(SOURCE / "events.tsv")
    assert '\nhome = "source_country"  # by its name, and 100% of its values fit\n' in text
    assert '\ncounterpart = "target_country"' in text
    assert "left to decide: the ISO3 code of the country whose officials" not in text


@pytest.fixture
def domestic(tmp_path):
    """Write a file in which a row is about one country alone, and a map of it."""

    def write(*lines):
        shutil.copytree(SOURCE, tmp_path / "source")
        header = (
            "event_id\tevent_date\tsource_country\ttarget_country\tcameo_code\tintensity\tpublisher"
        )
        rows = ["1\t2018-01-01\tKenya\tKenya\t040\t1\tX", "2\t2018-01-01\tKenya\tBrazil\t040\t1\tX"]
        file, mapping = tmp_path / "source" / "events.tsv", tmp_path / "source" / "map.toml"
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        text = mapping.read_text(encoding="utf-8")
        mapping.write_text("\n".join(lines) + "\n" + text, encoding="utf-8")
        return file, mapping, tmp_path / "out"

    return write


def test_a_row_about_one_country_is_dropped_and_counted_where_the_map_says_so(domestic):
    file, mapping, out = domestic('domestic = "drop"')
    summary = importer.import_file(file, mapping, out).summary
    assert (summary.read, summary.written) == (2, 1)
    assert "1 row dropped: the counterpart is the home country" in summary.lines()
    assert sd.load(out).table("interactions")["counterpart"].tolist() == ["BRA"]


def test_it_is_refused_otherwise(domestic):
    file, mapping, out = domestic()
    problems = importer.import_file(file, mapping, out).problems
    assert ["not foreign" in problem.what for problem in problems] == [True]


def test_settings_of_many_senders_that_cannot_be_are_said(domestic):
    file, mapping, out = domestic('domestic = "leave"')
    text = mapping.read_text(encoding="utf-8")
    text = text.replace("[extra_columns.cameo]", "[extra_columns.cameos]")
    text = text.replace('type = "number"', 'type = "numeric"')
    text = text.replace('home = "source_country"', '# home = "source_country"')
    mapping.write_text(text[: text.index("[values.home]")], encoding="utf-8")
    with pytest.raises(sd.DataError) as raised:
        importer.import_file(file, mapping, out)
    found = {problem.column: problem.what for problem in raised.value.problems}
    assert found["domestic"] == "`leave`; write `refuse` or `drop`"
    assert "is not kept; did you mean `cameo`?" in found["cameos"]
    assert "`numeric`" in found["type"]
    assert "name a column with the home of each row" in found["home"]
    assert not out.exists()
