"""The usual way: pandas and pandera apply the same rules and write the same event tables.

What is left out is what `bare_build.py` leaves out.
Usage: python pandas_build.py FOLDER OUT
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

FORMATS = ("bilateral", "sideline", "multilateral")
DATES = ("date", "date_end", "source_date")
EVENT = ["date", "date_end", "format", "mode", "forum", "host_country", "city", "confidence"]
SOURCE = ["source_publisher", "source_date", "source_title"]
KEY = ["event_key", "agency", "official", "counterpart_type", "counterpart", "counterpart_person"]
ERRORS = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
READ = {"dtype": "str", "keep_default_na": False}


def once(cells: pd.Series, work) -> pd.Series:
    """Work on each different cell once: codes, dates and lists repeat."""
    different = pd.Series(cells.dropna().unique(), dtype="str")
    return cells.map(dict(zip(different, work(different), strict=True)))


def is_iso(cells: pd.Series) -> pd.Series:
    pad = cells.str.len().map({10: "", 7: "-01", 4: "-01-01"}).fillna("x")
    days = pd.to_datetime(cells + pad, format="%Y-%m-%d", errors="coerce")
    return days.notna() & days.dt.year.between(1816, 2100)


def first(cells: pd.Series) -> pd.Series:
    pad = cells.str.len().map({10: "", 7: "-01", 4: "-01-01"})
    return pd.to_datetime(cells + pad, format="%Y-%m-%d")


def last(cells: pd.Series) -> pd.Series:
    start, size = first(cells), cells.str.len()
    out = start.where(size != 7, start + pd.offsets.MonthEnd(0))
    return out.where(size != 4, start + pd.offsets.YearEnd(0))


def precise(cells: pd.Series) -> pd.Series:
    return cells.str.len().map({10: "day", 7: "month", 4: "year"})


def slug(cells: pd.Series) -> pd.Series:
    return cells.str.replace(" ", "-", regex=False).str.lower()


def digest(urls: pd.Series) -> list[str]:
    return ["src-" + hashlib.sha256(url.encode()).hexdigest()[:16] for url in urls]


def hosts(urls: pd.Series) -> pd.Series:
    found = urls.str.extract(r"^https?://(?:[^/?#@]*@)?(?i:www\.)?([^/:?#]+)", expand=False)
    return found.str.lower().str.rstrip(".")


def tidy(cells: pd.Series) -> pd.Series:
    return cells.str.replace(r"\s*;\s*", "; ", regex=True)


def main(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    raw = pd.read_csv(folder / "curated" / "interactions.csv", **READ)
    for name in raw:
        cells = raw[name].str.strip().str.normalize("NFC")
        raw[name] = cells.where(cells != "", None)
    if "row_status" not in raw:
        raw["row_status"] = "attested"
    for name in ("topic", "inferred"):
        raw[name] = once(raw[name], tidy)
    sheets = {
        name: pd.read_csv(folder / "reference" / f"{name}.csv", **READ).replace("", None)
        if (folder / "reference" / f"{name}.csv").is_file()
        else pd.DataFrame(columns=["forum", "start", "end"], dtype="str")  # only sessions may lack
        for name in ("countries", "forums", "organizations", "officials", "sessions")
    }
    codes = pd.read_csv(folder / "codes.csv", **READ)
    countries = set(sheets["countries"]["iso3"])
    schema(codes, countries, list(raw)).validate(raw, lazy=True)
    raw["date_min"] = once(raw["date"], first)
    raw["date_max"] = once(raw["date_end"].fillna(raw["date"]), last)
    rules(raw, codes, countries)
    notices(raw, codes, sheets)
    settings = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    write(raw, out, sheets, settings["home"]["country"])


def schema(codes: pd.DataFrame, countries: set[str], names: list[str]) -> pa.DataFrameSchema:
    def listed(name: str) -> list[str]:
        return codes.loc[codes["list"] == name, "code"].tolist()

    closed = {
        "agency": listed("agency"),
        "official_rank": listed("official_rank"),
        "format": list(FORMATS),
        "mode": ["in_person", "video", "phone"],
        "confidence": ["high", "medium", "low"],
        "counterpart_type": ["country", "organization"],
        "host_country": sorted(countries),
        "row_status": ["attested", "synthetic"],
    }
    needed = {"event_key", "date", "source_url"} | closed.keys()
    needed -= {"counterpart_type", "host_country"}

    def plain(s: pd.Series) -> pd.Series:
        signed = s.str.startswith(("+", "-"))
        risky = s.str.startswith(("=", "@"))
        if signed.any():
            risky |= signed & s.str.contains("[|(!]")
        wide = ~s.map(str.isascii)
        if wide.any():
            risky |= wide & s.str.contains("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
        return ~risky

    def dated(s: pd.Series) -> pd.Series:
        return once(s, is_iso).astype("bool")

    columns = {}
    for name in names:
        checks = [
            pa.Check(plain, error="formula"),
            pa.Check(lambda s: s.str.len() <= 100_000, error="long"),
        ]
        if name in closed:
            checks.append(pa.Check.isin(closed[name]))
        elif name in DATES:
            checks.append(pa.Check(dated, error="date"))
        elif name == "source_url":
            checks.append(pa.Check.str_matches(r"^https?://[^\s/$.?#][^\s]*$"))
        else:
            checks.append(pa.Check.notin(ERRORS))
        columns[name] = pa.Column(None, checks, nullable=name not in needed)
    return pa.DataFrameSchema(columns)


def same(raw: pd.DataFrame, key: str, names: list[str]) -> bool:
    """Whether the rows of one key agree: there are as many pairs as keys."""
    return len(raw[[key, *names]].drop_duplicates()) == raw[key].nunique()


def rules(raw: pd.DataFrame, codes: pd.DataFrame, countries: set[str]) -> None:
    def marked(cells: pd.Series) -> pd.Series:
        return cells.str.split("; ").map(lambda i: "date" in i or "source_date" in i)

    bad = (raw["format"] == "bilateral") != raw["forum"].isna()
    bad |= ~once(raw["forum"], lambda s: s.str.fullmatch(".+ [0-9]{4}")).fillna(True).astype("bool")
    bad |= raw["mode"].isin(["video", "phone"]) & (
        raw["host_country"].notna() | raw["city"].notna()
    )
    bad |= (raw["counterpart"].isna() != raw["counterpart_type"].isna()) & ~(
        raw["counterpart"].isna() & (raw["format"] == "multilateral")
    )
    country = raw["counterpart_type"] == "country"
    bad |= country & raw["counterpart"].isin(["CHN", "HKG", "MAC"])
    bad |= country & raw["counterpart"].notna() & ~raw["counterpart"].isin(countries)
    bad |= raw["date_end"].notna() & (raw["date_max"] < raw["date_min"])
    dated = once(raw["inferred"], marked).fillna(False).astype("bool")
    bad |= (once(raw["source_date"], last) < raw["date_min"]) & ~dated
    assert not bad.any()
    names = set(raw)
    inferred = raw["inferred"].dropna().drop_duplicates().str.split("; ").explode()
    assert inferred.isin(names).all()
    parents = codes[codes["list"] == "official_rank"].set_index("code")["parent"]
    fits = {code: set(tidy(pd.Series([p]))[0].split("; ")) for code, p in parents.items() if p}
    pairs = raw[["agency", "official_rank"]].drop_duplicates()
    assert not any(r in fits and a not in fits[r] for a, r in pairs.itertuples(index=False))
    assert same(raw, "event_key", EVENT)
    assert same(raw, "source_url", SOURCE)
    single = raw[raw["format"] != "multilateral"]
    assert same(single, "event_key", ["counterpart_type", "counterpart"])
    assert single["counterpart"].notna().all()
    assert not raw.duplicated(KEY).any()
    spelt = pd.Series(raw["official"].dropna().unique(), dtype="str")
    plain = spelt.str.normalize("NFKD").str.replace(r"[\u0300-\u036f]", "", regex=True)
    assert not plain.str.lower().str.replace(r"[\s-]+", "-", regex=True).duplicated().any()


def notices(raw: pd.DataFrame, codes: pd.DataFrame, sheets: dict[str, pd.DataFrame]) -> int:
    """How many unknown values, sessions of other years and events that look like one."""
    topics = raw["topic"].dropna().drop_duplicates().str.split("; ").explode().drop_duplicates()
    found = (~topics.isin(codes.loc[codes["list"] == "topic", "code"])).sum()
    series = raw["forum"].dropna().drop_duplicates().str[:-5]
    found += (~series.isin(sheets["forums"]["series"])).sum()
    named = raw.loc[raw["counterpart_type"] == "organization", "counterpart"].drop_duplicates()
    found += (~named.isin(sheets["organizations"]["code"])).sum()
    years = once(raw["forum"], lambda s: s.str[-4:].astype("int"))
    found += ((years < raw["date_min"].dt.year) | (years > raw["date_max"].dt.year)).sum()
    cells = ["date", "date_end", "agency", "official", "format", "forum"]
    cells += ["counterpart_type", "counterpart", "counterpart_person"]
    alike = raw.loc[
        (raw["row_status"] == "attested")
        & (raw["date"].str.len() == 10)
        & raw["official"].notna()
        & raw["counterpart"].notna(),
        ["event_key", *cells],
    ]
    alike = alike[alike.duplicated(cells, keep=False)].drop_duplicates(["event_key", *cells])
    return int(found + alike.duplicated(cells).sum())


def write(raw: pd.DataFrame, out: Path, sheets: dict[str, pd.DataFrame], home: str) -> None:
    def save(name: str, frame: pd.DataFrame, key: list[str]) -> None:
        frame.sort_values(key).to_parquet(out / f"{name}.parquet", compression="zstd", index=False)

    coarser = raw["date_end"].str.len() < raw["date"].str.len()
    raw["latest_start"] = once(raw["date"], last)
    raw["home"] = home
    raw["date_precision"] = precise(raw["date"].where(~coarser, raw["date_end"]))
    mark = raw["counterpart_type"].map({"organization": "/org:"}).fillna("/")
    raw["interaction_id"] = raw["event_key"] + mark + raw["counterpart"]
    raw["source_id"] = once(raw["source_url"], digest)
    raw["official_id"] = once(raw["official"], slug)
    raw = raw.sort_values(KEY)
    raw["participation_id"] = (
        raw["event_key"] + "#" + (raw.groupby("event_key").cumcount() + 1).astype("str")
    )
    raw = raw.rename(columns={"event_key": "event_id"})
    marks = raw[["event_id", "inferred"]].dropna().drop_duplicates()
    marks = marks.assign(mark=marks["inferred"].str.split("; ")).explode("mark")
    marks = marks[["event_id", "mark"]].drop_duplicates().sort_values(["event_id", "mark"])
    union = marks.groupby("event_id")["mark"].agg("; ".join).rename("inferred")
    events = raw.drop_duplicates("event_id").drop(columns="inferred").join(union, on="event_id")
    events = events.rename(columns={"forum": "forum_id"})
    pages = further(raw).rename(columns={"url": "source_url"})
    pages = pd.concat([raw[["event_id", "source_url"]], pages]).dropna()
    pages["host"] = once(pages["source_url"], hosts)
    number = pages.drop_duplicates(["event_id", "host"]).groupby("event_id").size()
    events["independent_sources"] = events["event_id"].map(number).fillna(0).astype("int32")
    shared = (
        "date date_end date_min date_max date_precision latest_start home format mode forum_id "
        "host_country city"
    )
    save(
        "events",
        events[
            [
                "event_id",
                *shared.split(),
                *"inferred confidence independent_sources".split(),
                "row_status",
            ]
        ],
        ["event_id"],
    )
    interactions = raw.dropna(subset=["interaction_id"]).drop_duplicates("interaction_id")
    columns = "interaction_id event_id counterpart_type counterpart row_status".split()
    save("interactions", interactions[columns], ["interaction_id"])
    columns = (
        "participation_id event_id interaction_id agency official_id official_rank "
        "counterpart_person counterpart_office source_id inferred note row_status"
    ).split()
    save("participations", raw[columns], ["participation_id"])
    topics = raw[["participation_id", "interaction_id", "topic"]].dropna(subset=["topic"])
    topics = topics.assign(topic=topics["topic"].str.split("; ")).explode("topic")
    topics["position"] = (topics.groupby("participation_id").cumcount() + 1).astype("int32")
    topics = topics[topics["topic"] != ""].drop_duplicates(["participation_id", "topic"])
    save("interaction_topics", topics, ["participation_id", "topic"])
    cite(raw, save)
    name(raw, save, sheets)


def further(raw: pd.DataFrame) -> pd.DataFrame:
    """The further pages of each event."""
    noted = raw.loc[
        raw["note"].str.contains("also:", regex=False).fillna(False).astype("bool"),
        ["event_id", "note"],
    ].drop_duplicates()
    addresses = noted["note"].str.split("also:", n=1).str[1].str.findall(r"https?://[^\s;]+")
    noted = noted.assign(url=addresses).explode("url").dropna(subset=["url"])
    noted["url"] = noted["url"].map(lambda u: u.rstrip(".,") if "(" in u else u.rstrip(".,)"))
    return noted[["event_id", "url"]].drop_duplicates()


def cite(raw: pd.DataFrame, save) -> None:
    """The pages, and which are cited for which event."""
    noted = further(raw)
    best = raw[["source_url", "source_id", *SOURCE]].drop_duplicates("source_url")
    best = best.set_axis(["url", "source_id", "publisher", "date", "title"], axis=1)
    parts = pd.DataFrame(index=best.index, data={"inferred": ""})
    for part in ("date", "publisher", "title"):
        cells = once(raw["inferred"], lambda s, part=part: s.str.contains(f"source_{part}"))
        marked = set(raw.loc[cells.fillna(False).astype("bool"), "source_url"])
        chosen = best["url"].isin(marked)
        parts.loc[chosen, "inferred"] += f"; {part}"
    best["inferred"] = parts["inferred"].str[2:].where(parts["inferred"] != "", None)
    others = noted.loc[~noted["url"].isin(best["url"]), ["url"]].drop_duplicates()
    others["source_id"] = digest(others["url"])
    sources = pd.concat([best, others]).assign(
        archive_url=None, language=None, publisher_country=None, publisher_kind=None
    )
    recorded = sources["publisher"].notna()
    sources["publisher_basis"] = recorded.map({True: "recorded", False: "host"})
    sources["publisher"] = sources["publisher"].fillna(once(sources["url"], hosts))
    save("sources", sources, ["source_id"])
    primary = raw[["event_id", "source_url"]].drop_duplicates()
    primary = primary.set_axis(["event_id", "url"], axis=1).assign(role="primary")
    cited = pd.concat([primary, noted.assign(role="further")])
    cited = cited.drop_duplicates(["event_id", "url"])
    cited = cited.merge(sources[["url", "source_id"]], on="url").drop(columns="url")
    save("event_sources", cited, ["event_id", "source_id"])


def name(raw: pd.DataFrame, save, sheets: dict[str, pd.DataFrame]) -> None:
    """The officials and the sessions."""
    key = ["official_id", "agency", "official_rank"]
    named = raw.dropna(subset=["official"])[[*key, "official"]].drop_duplicates()
    known = sheets["officials"].assign(official_id=slug(sheets["officials"]["official"]))
    known = known[[*key, "official", "name_zh", "tenure_start", "tenure_end", "source_url"]]
    officials = named.merge(known, how="outer", on=key, suffixes=("", "_known"))
    officials["official"] = officials["official"].fillna(officials["official_known"])
    save("officials", officials.drop(columns="official_known"), key)
    dated = raw[(raw["format"] == "multilateral") & (raw["date_precision"] == "day")]
    days = dated.groupby("forum").agg(low=("date_min", "min"), high=("date_max", "max"))
    sessions = sheets["sessions"]
    names = pd.concat([raw["forum"].dropna(), sessions["forum"]]).drop_duplicates()
    forums = names.to_frame("forum_id").join(days, on="forum_id")
    forums["series"] = forums["forum_id"].str[:-5]
    forums["year"] = forums["forum_id"].str[-4:].astype("int32")
    forums = forums.merge(sheets["forums"][["series", "level", "region"]], how="left", on="series")
    given = sessions.set_index("forum")
    start = first(given["start"]).reindex(forums["forum_id"]).set_axis(forums.index)
    end = last(given["end"]).reindex(forums["forum_id"]).set_axis(forums.index)
    basis = forums["low"].notna().map({True: "events", False: None})
    forums["session_basis"] = basis.where(~forums["forum_id"].isin(given.index), "reference")
    forums["session_start"] = start.fillna(forums["low"])
    forums["session_end"] = end.fillna(forums["high"])
    save("forums", forums.drop(columns=["low", "high"]), ["forum_id"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
