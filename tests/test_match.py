"""Events of the built-in data and of an altered copy are linked one to one."""

from __future__ import annotations

import csv
import itertools
import random
import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import secdiplo as sd
from altered import by_event, copy_of_data, moved, near_copy, sheet_rows, write_rows
from secdiplo.cli import main
from secdiplo.coding import match_events
from secdiplo.coding.event_links import _best

DROPPED, ADDED, RESPELT = 30, 30, 0.6
HEADER = "event_key,other_event_key,decision,decided_by,decided_on,why\n"


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """A copy with other keys: events are gone, new, moved and respelt; and the true links."""
    folder = copy_of_data(tmp_path_factory.mktemp("match") / "data")
    events, chance = by_event(sheet_rows(folder)), random.Random(7)
    dropped = set(chance.sample(sorted(events), DROPPED))
    rows, links = [], set()
    for number, key in enumerate(sorted(events)):
        if key in dropped:
            continue
        theirs = f"theirs-{number:03}"
        links.add((key, theirs))
        if chance.random() < RESPELT:
            rows += near_copy(events[key], theirs, chance)
        else:
            rows += [{**row, "event_key": theirs} for row in events[key]]
    firsts = {key: rows[0] for key, rows in sorted(events.items())}
    dated = [key for key, row in firsts.items() if len(row["date"]) == 10 and not row["forum"]]
    for number, key in enumerate(chance.sample(dated, ADDED)):
        days = -100 - number
        rows += [
            {**row, "event_key": f"new-{number:02}", "date": moved(row["date"], days),
             "date_end": moved(row["date_end"], days), "counterpart_person": ""}
            for row in events[key]
        ]  # fmt: skip
    write_rows(folder, rows)
    return folder, links


@pytest.fixture(scope="module")
def theirs(other):
    return sd.load(other[0])


@pytest.fixture(scope="module")
def found(theirs):
    return sd.match(None, theirs)


def matched(theirs, source):
    """Match the built-in data with the decisions of a folder."""
    return match_events(sd.load()._built, theirs._built, source)


def write_links(folder, rows):
    (folder / "curated").mkdir()
    (folder / "curated" / "links.csv").write_text(HEADER + "".join(rows), encoding="utf-8")


def test_links_are_right(found, other):
    links = found.frame("links")
    linked = links[links["status"] == "linked"]
    pairs = set(zip(linked["event_key"], linked["other_event_key"], strict=True))
    assert len(pairs & other[1]) >= 0.95 * len(other[1])
    assert len(pairs & other[1]) >= 0.95 * len(pairs)


def test_every_event_is_linked_once_or_listed_as_alone(found, theirs):
    links = found.frame("links")
    assert links["event_key"].is_unique and links["other_event_key"].is_unique
    sides = ((sd.load(), "event_key", "only_first"), (theirs, "other_event_key", "only_second"))
    for dataset, column, name in sides:
        keys = dataset["events"]["event_id"]
        linked = links.loc[links["status"] == "linked", column]
        assert sorted([*linked, *found.frame(name)["event_key"]]) == sorted(keys)


def test_fields_that_agree_are_named(found, theirs):
    links = found.frame("links").set_index("score")
    same = links.loc[1.0].iloc[0]
    assert "date" in same["agree"] and "counterpart" in same["agree"] and same["differ"] == ""
    assert found.frame("doubtful")["status"].isin(["doubtful"]).all()
    assert "events are linked" in repr(found) and "<table" in found._repr_html_()
    links = found.frame("links")
    days = [sd.load()["events"], theirs["events"]]
    days = [frame.set_index("event_id")["date_min"] for frame in days]
    starts = [
        frame.loc[links[column]].to_numpy()
        for frame, column in zip(days, ("event_key", "other_event_key"), strict=True)
    ]
    said = [bool(re.search(r"\bdate\b", text)) for text in links["agree"]]
    exact = ~links["differ"].str.contains(r"\bdate\b")
    assert [*exact] == said and 0 < sum(said) < len(said)
    assert (starts[0] == starts[1])[said].all()


@pytest.mark.parametrize("seed", range(30))
def test_assignment_is_the_best_of_all(seed):
    """Compare with every assignment of a small graph."""
    chance = np.random.default_rng(seed)
    size = chance.integers(1, 6, 2)
    cells = [(a, b) for a in range(size[0]) for b in range(size[1]) if chance.random() < 0.7]
    if not cells:
        return
    rows, columns = (np.array(side) for side in zip(*cells, strict=True))
    score = chance.random(len(cells)).round(3)
    score[score == 0] = 0.001
    taken = _best(rows, columns, score)
    assert len(set(rows[taken])) == len(set(columns[taken])) == taken.sum()
    best = max(
        sum(score[list(some)])
        for number in range(min(size) + 1)
        for some in itertools.combinations(range(len(cells)), number)
        if len(set(rows[list(some)])) == len(set(columns[list(some)])) == number
    )
    assert score[taken].sum() == pytest.approx(best)


def test_sparse_assignment_equals_the_dense_one(monkeypatch):
    chance = np.random.default_rng(1)
    cells = [(a, b) for a in range(40) for b in range(50) if chance.random() < 0.1]
    rows, columns = (np.array(side) for side in zip(*cells, strict=True))
    score = chance.random(len(cells)) + 0.01
    dense = _best(rows, columns, score)
    monkeypatch.setattr("secdiplo.coding.event_links.DENSE_CELLS", 0)
    sparse = _best(rows, columns, score)
    assert score[sparse].sum() == pytest.approx(score[dense].sum())
    assert len(set(columns[sparse])) == sparse.sum()


def test_decisions_are_followed(tmp_path, found, theirs):
    links = found.frame("links")
    strong = links[links["score"] > 0.9]
    refused, crossed = strong.iloc[0], strong.iloc[1:3]
    a, b = crossed["event_key"]
    y, x = crossed["other_event_key"]  # a coder links each with the partner of the other
    rows = [
        f"{refused['event_key']},{refused['other_event_key']},no,AB,2026-01-31,\n",
        f"{a},{x},yes,AB,2026-01-31,\n{b},{y},yes,AB,,\n",
        f"{a},of-a-third-dataset,yes,AB,,\n",
    ]
    write_links(tmp_path, rows)
    after = matched(theirs, tmp_path)
    links = after.frame("links").set_index("event_key")
    assert tuple(links.loc[a, ["other_event_key", "status"]]) == (x, "decided")
    assert links.loc[b, "other_event_key"] == y
    assert links["other_event_key"].get(refused["event_key"]) != refused["other_event_key"]
    assert "(2 by decision)" in after.summary


def test_doubtful_pairs_wait_in_the_queue(tmp_path, theirs):
    first = sd.load()._built
    found = match_events(first, theirs._built, tmp_path, linked_from=0.95)
    doubtful = found.frame("doubtful")
    assert len(doubtful) > 10 and (doubtful["score"] < 0.95).all()
    assert (found.queue(), found.queue()) == (len(doubtful), 0)
    with (tmp_path / "curated" / "links.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["event_key"] for row in rows] == doubtful["event_key"].tolist()
    assert {row["decision"] for row in rows} == {""}
    again = match_events(first, theirs._built, tmp_path, linked_from=0.95)
    assert again.frame("doubtful").equals(doubtful)  # a pair that waits is still doubtful


def test_a_queue_needs_a_folder(theirs):
    found = match_events(sd.load()._built, theirs._built, linked_from=0.95)
    with pytest.raises(sd.UsageError, match="no queue"):
        found.queue()


def test_problems_of_links_are_listed_at_once(tmp_path, theirs):
    keys = sd.load()["events"]["event_id"].head(2).tolist()
    other_key = theirs["events"]["event_id"].iloc[0]
    rows = [
        f"{keys[0]},{other_key},yes,,,\n",
        f"{keys[1]},{other_key},yes,,,\n",
        f"nobody,{other_key},perhaps,,,\n",
    ]
    write_links(tmp_path, rows)
    with pytest.raises(sd.DataError) as error:
        matched(theirs, tmp_path)
    said = [str(problem).split(":")[1:3] for problem in error.value.problems]
    assert said == [["3", "other_event_key"], ["4", "decision"], ["4", "event_key"]]


def test_command_writes_links_for_diff(tmp_path, other, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["match", str(other[0]), "-o", "links.csv"])
    assert result.exit_code == 0, result.output
    links = pd.read_csv("links.csv")
    assert {"event_key", "other_event_key", "score", "status"} <= set(links.columns)
    words = ["diff", "built-in", str(other[0]), "--links", "links.csv", "--show", "tables",
             "--format", "csv"]  # fmt: skip
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    events = next(csv.DictReader(result.stdout.splitlines()))
    linked = int((links["status"] == "linked").sum())
    assert (int(events["added"]), int(events["removed"])) == (
        int(events["new_rows"]) - linked, int(events["old_rows"]) - linked,
    )  # fmt: skip


def test_all_events_of_both_are_what_coverage_needs(tmp_path, found, other, monkeypatch):
    """The estimate from the file equals Chapman's formula of the sizes of both datasets."""
    table = found.frame("all")
    sure = found.frame("links").query("status != 'doubtful'")
    assert len(table) == len(sure) + len(found.only_first) + len(found.only_second)
    assert set(table["event_key"].dropna()) == set(sd.load()["events"]["event_id"])
    assert table["event_key"].dropna().is_unique and table["other_event_key"].dropna().is_unique
    monkeypatch.chdir(tmp_path)
    folder = str(other[0])
    done = CliRunner().invoke(main, ["match", folder, "--show", "all", "-o", "all.csv"])
    assert done.exit_code == 0, done.stderr
    args = ["coverage", "--links", "all.csv", "--scope", "all", "--format", "csv"]
    result = CliRunner().invoke(main, args)
    (row,) = csv.DictReader(result.stdout.splitlines())
    mine, theirs = len(sd.load()["events"]), len(sd.load(folder)["events"])
    expected = (mine + 1) * (theirs + 1) / (len(sure) + 1) - 1
    assert float(row["estimate"]) == pytest.approx(expected, abs=0.06)
    assert int(row["overlap"]) == len(sure)
    assert "No row of the links" not in result.stderr


def test_doubtful_pairs_are_no_overlap():
    events = sorted(sd.load().table("events", scope="all")["event_id"])[:3]
    rows = [(events[0], "a", "linked"), (events[1], "b", "linked"), (events[2], "c", "doubtful")]
    links = pd.DataFrame(rows, columns=["event_key", "other_event_key", "status"])
    (row,) = sd.load().coverage(links=links, scope="all").frame("overlaps").itertuples()
    assert (row.both, row.second_events) == (2, 3)
