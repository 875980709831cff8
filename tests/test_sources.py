"""Publishers of sources: every source has one, and the reference table fits the pages."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import secdiplo as sd

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def ds():
    return sd.load()


def publishers():
    with (DATA / "reference/publishers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_source_has_a_publisher(ds):
    sources = ds.table("sources")
    assert sources["publisher"].notna().all()
    recorded = {}
    with (DATA / "curated/interactions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source_publisher"]:
                recorded[row["source_url"]] = row["source_publisher"]
    for row in sources.itertuples():
        assert (row.publisher_basis == "recorded") == (row.url in recorded)
        if row.url in recorded:
            assert row.publisher == recorded[row.url]


def test_every_row_of_the_publishers_is_used(ds):
    hosts = {
        (urlsplit(url).hostname or "").removeprefix("www.").rstrip(".")
        for url in ds.table("sources")["url"]
    }
    for row in publishers():
        name = row["host"]
        assert any(host == name or host.endswith(f".{name}") for host in hosts), name
        assert name == name.lower() and not name.startswith("www.")


def test_the_longest_host_name_decides(tmp_path):
    mini = Path(__file__).parent / "data" / "mini"
    folder = tmp_path / "mini"

    shutil.copytree(mini, folder)
    sheet = (folder / "curated/interactions.csv").read_text(encoding="utf-8")
    urls = sd.load(mini).table("sources")["url"].tolist()
    new = [
        "https://en.example.org/a",
        "http://www.Example.org:8080/b?x=1",
        "https://myexample.org/c",
    ]
    for old, url in zip(urls, new, strict=False):
        sheet = sheet.replace(old, url)
    (folder / "curated/interactions.csv").write_text(sheet, encoding="utf-8")
    (folder / "reference/publishers.csv").write_text(
        "host,publisher,country,kind\nexample.org,Example,,repost\n"
        "en.example.org,English Example,FRA,press\n",
        encoding="utf-8",
    )
    with (folder / "codes.csv").open("a", encoding="utf-8") as file:
        file.write("publisher_kind,repost,Repost,A copy.,\npublisher_kind,press,Press,A paper.,\n")
    found = sd.load(folder).table("sources").set_index("url")
    kinds = [found["publisher_kind"].fillna("none")[url] for url in new]
    assert kinds == ["press", "repost", "none"]
    assert found.loc[new[0], "publisher_country"] == "FRA"


def test_a_chinese_name_is_printed_on_a_cited_page(ds):
    """Of the names recorded, that of Du Hangwei is in a cited headline."""
    names = ds.table("officials").dropna(subset=["name_zh"]).set_index("official")["name_zh"]
    titles = " ".join(ds.table("forum_participants")["source_title"].dropna())
    assert names["Du Hangwei"] in titles
