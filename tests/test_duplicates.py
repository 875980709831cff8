"""Duplicates planted in a copy of the built-in data are found; decided pairs are not asked twice."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner

import secdiplo as sd
from altered import by_event, copy_of_data, near_copy, sheet_rows, write_rows
from secdiplo.cli import main
from secdiplo.coding.duplicates import DUPLICATE_COLUMNS, duplicates

PLANTED = 40
HEADER = "event_key_1,event_key_2,decided_by,decided_on,why\n"


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """The data with 40 events coded a second time, and the keys of each such pair."""
    folder = copy_of_data(tmp_path_factory.mktemp("planted") / "data")
    rows = sheet_rows(folder)
    events, chance = by_event(rows), random.Random(20)
    pairs = set()
    for number, key in enumerate(chance.sample(sorted(events), PLANTED)):
        again = f"again-{number:02}"
        rows += near_copy(events[key], again, chance)
        pairs.add((key, again))
    write_rows(folder, rows)
    return folder, pairs


def write_decisions(folder, rows):
    (folder / "curated").mkdir()
    text = HEADER + "".join(rows)
    (folder / "curated" / "not_duplicates.csv").write_text(text, encoding="utf-8")


def pairs_of(frame):
    return set(zip(frame["event_key_1"], frame["event_key_2"], strict=True))


def test_planted_duplicates_are_found(planted):
    folder, pairs = planted
    found = pairs_of(sd.load(folder).duplicates())
    assert len(found & pairs) >= 0.95 * PLANTED
    assert len(found & pairs) >= 0.5 * len(found)


def test_pairs_have_scores_and_reasons_in_words():
    frame = sd.load().duplicates(min_score=0.6)
    assert tuple(frame.columns) == DUPLICATE_COLUMNS
    assert frame["score"].between(0.6, 1).all() and frame["score"].is_monotonic_decreasing
    both = frame.set_index(["event_key_1", "event_key_2"])
    trip = both.loc[("2025-11-24-cplc-wang-yixing-vnm-le-hong-quang",
                     "2025-11-25-cplc-wang-yixing-vnm-le-quoc-hung")]  # fmt: skip
    assert trip["reasons"].startswith("1 day apart; same counterpart, official, agency")
    assert "but different" in trip["reasons"] and "source page" in trip["reasons"]
    assert frame.attrs["content"] == sd.load().content


def test_no_pair_is_further_apart_than_asked():
    events = sd.load()["events"].set_index("event_id")
    for days in (0, 2):
        frame = sd.load().duplicates(days, min_score=0)
        first = events.loc[frame["event_key_1"], ["date_min", "date_max"]].reset_index(drop=True)
        second = events.loc[frame["event_key_2"], ["date_min", "date_max"]].reset_index(drop=True)
        gap = (second["date_min"] - first["date_max"]).dt.days
        back = (first["date_min"] - second["date_max"]).dt.days
        assert len(frame) and (gap <= days).all() and (back <= days).all()


def test_decided_pairs_are_not_listed_again(tmp_path):
    frame = sd.load().duplicates()
    first = frame.iloc[0]
    row = f"{first['event_key_2']},{first['event_key_1']},AB,2026-01-31,two meetings\n"
    write_decisions(tmp_path, [row])
    after = duplicates(sd.load()._built, tmp_path)
    assert len(after) == len(frame) - 1
    assert pairs_of(frame) - pairs_of(after) == {(first["event_key_1"], first["event_key_2"])}
    assert "1 were decided" in after.summary


def test_check_reads_both_files_of_decisions(mini):
    before = sd.check(mini)
    headers = {"not_duplicates.csv": HEADER, "links.csv": "event_key,other_event_key,decision,"
               "decided_by,decided_on,why\n"}  # fmt: skip
    for name, header in headers.items():
        (mini / "curated" / name).write_text(header, encoding="utf-8")
    assert sd.check(mini) == before
    wrong = {
        "not_duplicates.csv": "no-such,none-such,,,\n",
        "links.csv": "no-such,x,maybe,,12/3,\n",
    }
    for name, header in headers.items():
        (mini / "curated" / name).write_text(header + wrong[name], encoding="utf-8")
    new = [str(problem) for problem in sd.check(mini) if problem not in before]
    assert [line.split(": ")[0] for line in new] == [
        *(f"curated/links.csv:2:{column}" for column in ("decided_on", "decision", "event_key")),
        "curated/not_duplicates.csv:2:event_key_1",
        "curated/not_duplicates.csv:2:event_key_2",
    ]


def test_problems_of_decisions_are_listed_at_once(tmp_path):
    keys = sd.load()["events"]["event_id"].head(3).tolist()
    rows = [
        f"{keys[0]},{keys[1]},AB,2026-01-31,\n",
        f"{keys[1]},{keys[0]},AB,31.1.2026,\n",
        f"{keys[2]},{keys[2]},,,\n",
        f"{keys[0][:-1]},{keys[2]},,,\n",
    ]
    write_decisions(tmp_path, rows)
    with pytest.raises(sd.DataError) as error:
        duplicates(sd.load()._built, tmp_path)
    said = [str(problem) for problem in error.value.problems]
    assert len(said) == 4
    assert "`31.1.2026` is not a valid date" in said[0]
    assert said[1].startswith("curated/not_duplicates.csv:3:event_key_1:") and "line 2" in said[1]
    assert said[2].startswith("curated/not_duplicates.csv:4:event_key_2:")
    assert f"did you mean `{keys[0]}`?" in said[3]


@pytest.mark.parametrize("given", [{"days": -1}, {"days": "7"}, {"min_score": 2}])
def test_numbers_out_of_range_are_refused(given):
    with pytest.raises(sd.UsageError):
        sd.load().duplicates(**given)


def test_command_lists_pairs():
    result = CliRunner().invoke(main, ["duplicates", "--days", "1", "--format", "json"])
    assert result.exit_code == 0
    listed = json.loads(result.stdout)
    assert len(listed) == len(sd.load().duplicates(1))
    assert set(listed[0]) == set(DUPLICATE_COLUMNS)
