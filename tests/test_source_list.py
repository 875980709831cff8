"""The pages that a dataset cites, and their archived copies."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.cli import main
from secdiplo.coding.sources import add_archived, same_page, source_rows

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "data" / "mini"
DIGEST = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def ds():
    return sd.load()


def sheet_rows(path=ROOT / "data/curated/interactions.csv"):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cited():
    """Event and address of every source in the coding sheet, read with other means."""
    pairs = set()
    for row in sheet_rows():
        pairs.add((row["event_key"], row["source_url"]))
        for word in row["note"].partition("also:")[2].replace(";", " ").split():
            if "http" in word:
                url = word[word.index("http") :].rstrip(".,")
                pairs.add((row["event_key"], url if "(" in url else url.rstrip(".,)")))
    return pairs


def test_one_row_per_address(ds):
    table = ds.sources()
    pairs = cited()
    assert set(table["url"]) == {url for _, url in pairs}
    assert table["url"].is_unique
    events = table.set_index("url")["events"]
    assert events.to_dict() == {
        url: len({event for event, other in pairs if other == url}) for _, url in pairs
    }
    assert not table["archived"].any()
    publishers = ds["publishers"].set_index("host")
    known = table[table["host"].isin(publishers.index)]
    assert (known["host"].map(publishers["kind"]) == known["kind"]).all()


def test_rows_are_those_of_the_events(ds):
    rows = sheet_rows()
    table = ds.sources().set_index("url")["rows"]
    for url in list(table.index)[::37]:
        events = {event for event, other in cited() if other == url}
        assert table[url] == sum(row["event_key"] in events for row in rows)


def test_the_other_lists(ds):
    pairs = cited()
    single = ds.sources("single")
    number = {event: sum(e == event for e, _ in pairs) for event, _ in pairs}
    assert set(single["event_id"]) == {event for event, n in number.items() if n == 1}
    hosts = ds.sources("hosts")
    assert hosts["addresses"].sum() == len(ds.sources())
    assert hosts["kind"].fillna("").is_monotonic_increasing
    assert ds.sources("not_archived")["url"].tolist() == ds.sources()["url"].tolist()
    with pytest.raises(sd.UsageError, match="no list of sources"):
        ds.sources("hots")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://example.org/a", "https://www.example.org/a/", True),
        ("https://example.org/a?utm_source=x&id=1", "https://example.org/a?id=1#top", True),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2", True),
        ("https://example.org/%61", "https://example.org:443/a", True),
        ("https://example.org/a?id=1", "https://example.org/a?id=2", False),
        ("https://example.org/a", "https://example.org:8080/a", False),
        ("https://example.org/a", "https://m.example.org/a", False),
        ("https://example.org/A", "https://example.org/a", False),
    ],
)
def test_the_same_page(one, other, same):
    assert (same_page(one) == same_page(other)) is same


# --- archived copies ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mini():
    """An open dataset, which the copies of its folder below have in common."""
    return sd.load(MINI)._built


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(MINI, tmp_path / "mini"))


def run(folder, *args):
    return CliRunner().invoke(main, ["--data", str(folder), "sources", *map(str, args)])


def listed_rows(built, **change):
    """The list to submit, filled in for two addresses as if an archive had answered."""
    columns, rows = source_rows(built, None, "not_archived")
    filled = [dict(zip(columns, (cell or "" for cell in row), strict=True)) for row in rows]
    for row in filled[:2]:
        row["archive_url"] = f"https://archive.example/2026/{row['url']}"
        row["retrieved"], row["sha256"] = "2026-11-29", DIGEST.upper()
    filled[0] |= change
    return filled


def fill(path, built, **change):
    rows = listed_rows(built, **change)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


def test_the_way_to_an_archive_and_back(folder, tmp_path, mini):
    listed = tmp_path / "list.csv"
    assert run(folder, "--show", "not_archived", "-o", listed).exit_code == 0
    with listed.open(encoding="utf-8", newline="") as file:
        assert [row["url"] for row in csv.DictReader(file)] == [
            row["url"] for row in listed_rows(mini)
        ]
    rows = fill(listed, mini)
    result = run(folder, "--archived", listed)
    assert result.exit_code == 0, result.stderr
    assert "2 copies new or replaced, 2 in all" in result.stdout
    with (folder / "curated/archived.csv").open(encoding="utf-8", newline="") as file:
        kept = list(csv.DictReader(file))
    assert [row["url"] for row in kept] == sorted(row["url"] for row in rows[:2])
    assert {row["sha256"] for row in kept} == {DIGEST}
    ds = sd.load(folder)
    table = ds.sources().set_index("url")
    assert table["archived"].sum() == 2
    assert table.loc[rows[0]["url"], "archive_url"] == rows[0]["archive_url"]
    assert table.loc[rows[0]["url"], "retrieved"] == "2026-11-29"
    assert len(ds.sources("not_archived")) == len(table) - 2
    check = CliRunner().invoke(main, ["check", str(folder)])
    assert check.exit_code == 0 and "archived" not in check.output


def test_another_copy_needs_force(folder, tmp_path, mini):
    listed, target = tmp_path / "one.csv", folder / "curated/archived.csv"
    fill(listed, mini)
    assert add_archived(mini, folder, listed) == (2, 2)
    before = target.read_bytes()
    assert add_archived(mini, folder, listed) == (0, 2) and target.read_bytes() == before
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace("2026-11-29", "2026-11-30"), encoding="utf-8")
    with pytest.raises(sd.DataError, match="--force replaces it"):
        add_archived(mini, folder, listed)
    assert add_archived(mini, folder, listed, force=True) == (2, 2)
    assert target.read_bytes() != before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"archive_url": "archive.example/x"}, ":2:archive_url: `archive.example/x` is not a web"),
        ({"archive_url": ""}, ":2:archive_url: no address"),
        ({"retrieved": "2026-13-01"}, ":2:retrieved: `2026-13-01` is not a day"),
        ({"retrieved": "2026-11"}, ":2:retrieved: `2026-11` is not a day"),
        ({"sha256": "abc"}, ":2:sha256: `abc` is not 64 hexadecimal digits"),
        ({"url": "https://nowhere.example/x"}, ":2:url: the dataset does not cite"),
    ],
)
def test_problems_by_line(folder, tmp_path, mini, change, message):
    listed = tmp_path / "list.csv"
    fill(listed, mini, **change)
    with pytest.raises(sd.DataError) as caught:
        add_archived(mini, folder, listed)
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert not (folder / "curated/archived.csv").exists()


def test_an_address_of_the_same_page_is_suggested(folder, tmp_path, mini):
    url = listed_rows(mini)[0]["url"]
    fill(tmp_path / "list.csv", mini, url=f"{url}?utm_medium=mail")
    with pytest.raises(sd.DataError, match=f"use `{re.escape(url)}`"):
        add_archived(mini, folder, tmp_path / "list.csv")


def test_duplicates_in_a_folder(folder):
    sheet = folder / "curated/interactions.csv"
    text = sheet.read_text(encoding="utf-8")
    url = sheet_rows(sheet)[0]["source_url"]
    assert text.count(url) > 1
    other = url.replace("https://", "http://") + "?utm_source=feed"
    sheet.write_text(text[::-1].replace(url[::-1], other[::-1], 1)[::-1], encoding="utf-8")
    table = sd.load(folder).sources("duplicates")
    assert set(table["url"]) == {url, other} and table["page"].nunique() == 1


def test_what_cannot_be_written(folder, tmp_path, mini):
    listed = tmp_path / "list.csv"
    fill(listed, mini)
    result = CliRunner().invoke(main, ["sources", "--archived", str(listed)])
    assert result.exit_code == 2 and "name it with --data" in result.stderr
    assert run(folder, "--archived", listed, "-o", tmp_path / "x.csv").exit_code == 2
    with pytest.raises(sd.UsageError, match="no such file"):
        add_archived(mini, folder, tmp_path / "none.csv")
    with pytest.raises(sd.UsageError, match="built tables have no"):
        add_archived(mini, None, listed)
    bad = folder / "curated/archived.csv"
    bad.write_text("url,archive_url,retrieved,sha256\nx,y,z,\n", encoding="utf-8")
    with pytest.raises(sd.DataError, match="curated/archived.csv:2:retrieved"):
        source_rows(mini, folder)
