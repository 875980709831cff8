"""Two versions are compared: known edits are found, by an independent comparison of the sheets."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import secdiplo as sd
from altered import DATA, copy_of_data, sheet_rows, write_rows
from secdiplo import store
from secdiplo.claims.reproduce import reproduce
from secdiplo.cli import main
from secdiplo.coding.renames import declared_renames
from secdiplo.store.content import tables_digest

MOVED = "2023-07-13-cplc-chen-wenqing-rus"  # by a day
DROPPED = "2024-05-06-mps-wang-xiaohong-nzl"
PERSON = "2025-12-18-mps-liu-zhongyi-tha-army"
ADDED = "2024-05-09-made-for-a-test"


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A copy of the data with an event moved, one gone, one more, a person respelt, a code gone."""
    folder = copy_of_data(tmp_path_factory.mktemp("diff") / "data")
    rows = [row for row in sheet_rows(folder) if row["event_key"] != DROPPED]
    for row in rows:
        if row["event_key"] == MOVED:
            row["date"] = "2023-07-12"
        if row["event_key"] == PERSON:
            row["counterpart_person"] = "Another Spelling"
        row["topic"] = re.sub(r"\bother\b", "unspecified", row["topic"])
    like = next(row for row in rows if row["event_key"] == MOVED)
    rows.append({**like, "event_key": ADDED, "counterpart": "KEN", "city": "", "host_country": ""})
    write_rows(folder, rows)
    codes = (folder / "codes.csv").read_text(encoding="utf-8")
    codes = re.sub(r"(?m)^topic,other,", "topic,unspecified,", codes)
    (folder / "codes.csv").write_text(codes, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tables(changed, tmp_path_factory):
    """Its built tables, written once; what its claims imply is not needed."""
    out = tmp_path_factory.mktemp("tables") / "tables"
    store.write_tables(changed, out)
    return out


@pytest.fixture(scope="module")
def found(tables):
    return sd.diff(None, tables)


def counts(found, name):
    row = found.frame("tables").set_index("table").loc[name]
    return tuple(int(row[kind]) for kind in ("added", "removed", "changed"))


# --- rows and cells ---------------------------------------------------------------------------


def test_events_that_changed_are_found(found):
    rows = found.frame("rows")
    events = rows[rows["table"] == "events"].set_index("key")["change"].to_dict()
    assert events == {MOVED: "changed", DROPPED: "removed", ADDED: "added"}
    cells = found.frame("cells")
    mine = cells[(cells["table"] == "events") & (cells["key"] == MOVED)].set_index("column")
    assert tuple(mine.loc["date", ["old", "new"]]) == ("2023-07-13", "2023-07-12")
    assert set(mine.index) == {"date", "date_min", "date_max", "latest_start"}


def test_rows_of_the_sheet_are_compared_by_what_identifies_them(found):
    before = pd.DataFrame(sheet_rows(DATA))
    after = before["topic"].str.contains(r"\bother\b") & (before["event_key"] != DROPPED)
    respelt = after | (before["event_key"] == PERSON)
    gone = int((before["event_key"] == DROPPED).sum())
    assert counts(found, "participations") == (1, gone, int(respelt.sum()))
    cells = found.frame("cells")
    person = cells[cells["column"] == "counterpart_person"]
    assert person["new"].tolist() == ["Another Spelling"]


def test_a_code_that_became_another_is_likely_renamed(found):
    renames = found.frame("renames")
    likely = renames[renames["kind"] == "code"]
    assert likely[["table", "column", "old", "new", "basis"]].to_numpy().tolist() == [
        ["interaction_topics", "topic", "other", "unspecified", "likely"]
    ]


def test_nothing_differs_between_a_folder_and_itself():
    found = sd.diff("built-in", DATA)
    assert not found and not found.differs
    assert found.summary.splitlines()[1] == "Nothing differs."
    assert found.frame("rows").empty and found.frame("cells").empty


def test_the_summary_and_reprs_say_what_differs(found, tables):
    assert f"({sd.load().content}) -> " in found.summary
    assert "events: 216 -> 216; 1 added, 1 removed, 1 changed (4 cells)" in found.summary
    assert repr(found).startswith("<DatasetDiff ") and "<table" in found._repr_html_()
    assert found.new.endswith(f"({sd.load(tables).content})")


def test_datasets_of_other_names_are_told(mini, tmp_path):
    renamed = tmp_path / "renamed"
    shutil.copytree(mini, renamed)
    toml = (renamed / "dataset.toml").read_text(encoding="utf-8")
    toml = re.sub('(?m)^name = ".*"', 'name = "another"', toml)
    (renamed / "dataset.toml").write_text(toml, encoding="utf-8")
    lines = sd.diff(renamed, mini).summary.splitlines()
    assert "(`another` and `mini`)" in lines[1] and "`secdiplo diff OLD NEW`" in lines[1]
    assert not any(line.startswith("published values") for line in lines)  # none differs
    assert "names of the datasets" not in sd.diff(mini, mini).summary


# --- results ----------------------------------------------------------------------------------


def test_claims_and_totals_are_those_of_both_versions(found, tables):
    results = [
        {each.claim["claim_id"]: (each.recomputed, each.status) for each in reproduce(built)}
        for built in (sd.load()._built, sd.load(tables)._built)
    ]
    moved = [name for name, result in results[0].items() if results[1][name] != result]
    claims = found.frame("claims").set_index("claim_id")
    values, statuses = (
        sum(results[0][name][part] != results[1][name][part] for name in moved) for part in (0, 1)
    )
    said = next(line for line in found.summary.splitlines() if "published values" in line)
    assert [int(number) for number in re.findall(r"\d+", said)] == [values, statuses]
    assert sorted(claims.index) == sorted(moved) != []
    for name, (value, status) in ((name, results[1][name]) for name in moved):
        assert claims.loc[name, "new_status"] == status
        assert claims.loc[name, "new"] == pytest.approx(value)
    totals = found.frame("totals").set_index(["query", "group", "measure"])
    for path, side in ((None, "old"), (tables, "new")):
        shares = sd.load(path).query("regional_shares").set_index("region")["share_percent"]
        for region, share in shares.items():
            assert totals.loc[("regional_shares", region, "share_percent"), side] == share
    rows = [row for batch in found.batches("totals")[1] for row in batch]
    counts = [row[5] for row in rows if row[3] == "event" and row[5] is not None]
    assert counts and all(isinstance(count, int) for count in counts)
    changes = totals["new"].fillna(0) - totals["old"].fillna(0)
    assert totals["change"].to_numpy() == pytest.approx(changes.to_numpy(), abs=0.006)


# --- older folders and names ------------------------------------------------------------------


def test_an_older_folder_is_read_with_its_former_names(tmp_path):
    """Version 1.1 called two columns otherwise, and a code that 2.0 declares as merged."""
    folder = copy_of_data(tmp_path / "data")
    toml = (folder / "dataset.toml").read_text(encoding="utf-8")
    toml = toml.replace('version = "2.0"', 'version = "1.1"').replace("exhaustive", "complete")
    (folder / "dataset.toml").write_text(toml, encoding="utf-8")
    rows = sheet_rows(folder)
    changed = next(row for row in rows if "counternarcotics" in row["topic"])
    old = {"counterpart_person": "counterpart_name", "counterpart_office": "counterpart_title"}
    changed["topic"] = changed["topic"].replace("counternarcotics", "drug control")
    write_rows(folder, [{old.get(name, name): cell for name, cell in row.items()} for row in rows])
    codes = (folder / "codes.csv").read_text(encoding="utf-8")
    (folder / "codes.csv").write_text(codes + "topic,drug control,,,\n", encoding="utf-8")
    found = sd.diff(folder, None)
    renames = found.frame("renames").set_index("old")
    assert renames.loc["counterpart_name", "new"] == "counterpart_person"
    assert renames.loc["counterpart_title", "basis"] == "toolkit"
    assert tuple(renames.loc["drug control", ["new", "basis"]]) == ("counternarcotics", "declared")
    assert renames.loc["drug control", "cells"] == 1
    assert counts(found, "participations") == (0, 0, 0)
    assert "earlier format" in found.notes[0] and "curated/mentions.csv" in found.notes[1]


def test_an_older_folder_with_other_errors_lists_them(tmp_path):
    folder = copy_of_data(tmp_path / "data")
    rows = sheet_rows(folder)
    rows[0]["agency"] = "XYZ"
    write_rows(folder, rows)
    with pytest.raises(sd.DataError, match="interactions.csv:2:agency"):
        sd.diff(folder, None)
    with pytest.raises(sd.DataError, match="interactions.csv:2:agency"):
        sd.diff(None, folder)


def test_declared_renames_are_those_between_the_versions():
    changes = {
        "1.1": {"events.city": "renamed: From `town`."},
        "2.0": {"events.mode": "recoded: `tel` is now `phone`; `web` was renamed to `video`."},
        "10.0": {"events.home": "renamed: The sender, from `sender`."},
    }
    names = [(each.kind, each.old, each.new) for each in declared_renames(changes, "1.1", "2.0")]
    assert names == [("code", "tel", "phone"), ("code", "web", "video")]
    names = [each.old for each in declared_renames(changes, "1.0", "10.0")]
    assert names == ["town", "tel", "web", "sender"]


def test_a_column_with_another_name_is_likely_renamed(mini, tmp_path):
    """An extra column of the coding sheet that has the cells of a former one."""
    folders = []
    for name in ("size", "size_of_it"):
        folders.append(Path(shutil.copytree(mini, tmp_path / name)))
        with (folders[-1] / "dataset.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[extra_columns.{name}]\ntype = "integer"\n')
        rows = sheet_rows(folders[-1])
        write_rows(folders[-1], [{**row, name: str(n)} for n, row in enumerate(rows)])
    found = sd.diff(*folders)
    renames = found.frame("renames")
    assert renames[["old", "new", "basis"]].to_numpy().tolist() == [
        ["size", "size_of_it", "likely"]
    ]
    assert counts(found, "participations") == (0, 0, 0)


# --- links ------------------------------------------------------------------------------------


def test_links_join_events_that_have_other_keys(tables, tmp_path):
    links = pd.DataFrame({"event_key": [DROPPED], "other_event_key": [ADDED], "status": ["linked"]})
    found = sd.diff(None, tables, links=links)
    assert counts(found, "events") == (0, 0, 2)
    wrong = pd.concat([links, links.assign(event_key="another")])
    with pytest.raises(sd.UsageError, match="twice in other_event_key"):
        sd.diff(None, tables, links=wrong)
    with pytest.raises(sd.UsageError, match="no column"):
        sd.diff(None, tables, links=pd.DataFrame({"event_key": []}))


# --- the command ------------------------------------------------------------------------------


def run(*words):
    return CliRunner().invoke(main, ["diff", *map(str, words)])


def test_command_prints_a_report(tables):
    result = run("built-in", tables)
    assert result.exit_code == 0
    assert "Published values" in result.stdout and "1 added, 1 removed" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert run("built-in", tables, "--exit-code").exit_code == 1
    assert run("built-in", "--exit-code").exit_code == 0


def test_command_writes_every_format(tables, found, tmp_path):
    for name in ("report.md", "cells.csv", "report.json"):
        result = run("built-in", tables, "-o", tmp_path / name)
        assert result.exit_code == 0, result.output
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("### ")
    with (tmp_path / "cells.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(found.frame("cells"))
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["differs"] is True
    assert len(report["rows"]) == len(found.frame("rows"))
    assert len(report["cells"]) == len(found.frame("cells"))
    assert run("built-in", tables, "-o", tmp_path / "report.md").exit_code == 2
    limited = json.loads(run("built-in", tables, "--format", "json", "--limit", "2").stdout)
    assert len(limited["cells"]) == len(limited["claims"]) == 2


def test_command_refuses_what_is_no_dataset(tmp_path):
    assert run(tmp_path / "nowhere").exit_code == 2
    assert run("built-in", "built-in", "--links", tmp_path / "none.csv").exit_code == 2


# --- the content digest -----------------------------------------------------------------------


def test_the_digest_is_of_contents_alone(mini, tmp_path):
    folder = Path(shutil.copytree(mini, tmp_path / "again"))
    path = folder / "curated" / "interactions.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines(True)
    path.write_text(head + "".join(reversed(rows)), encoding="utf-8")
    store.write_tables(folder, tmp_path / "tables")
    one, other = sd.load(mini), sd.load(tmp_path / "tables")
    assert re.fullmatch("[0-9a-f]{12}", one.content) and one.content == other.content
    assert f"({one.content})" in repr(one) and one.attrs["content"] == one.content
    assert one.query("dataset_totals").attrs["content"] == one["events"].attrs["content"]
    manifest = json.loads((tmp_path / "tables" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["content"] == one.content == tables_digest(manifest["tables"])
    path.write_text(head + "".join(rows[1:]), encoding="utf-8")
    assert sd.load(folder).content != one.content
