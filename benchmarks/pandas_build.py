"""The usual way: pandas and pandera apply the same rules and write the same event tables.

Usage: python pandas_build.py FOLDER OUT
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

FORMATS = ("bilateral", "sideline", "multilateral")
EVENT = ["date", "date_end", "format", "mode", "forum", "host_country", "city", "confidence"]
SOURCE = ["source_publisher", "source_date", "source_title"]


def is_iso(cells: pd.Series) -> pd.Series:
    pad = cells.str.len().map({10: "", 7: "-01", 4: "-01-01"}).fillna("x")
    return pd.to_datetime(cells + pad, format="%Y-%m-%d", errors="coerce").notna()


def first(cells: pd.Series) -> pd.Series:
    pad = cells.str.len().map({10: "", 7: "-01", 4: "-01-01"})
    return pd.to_datetime(cells + pad, format="%Y-%m-%d")


def last(cells: pd.Series) -> pd.Series:
    start, size = first(cells), cells.str.len()
    out = start.where(size != 7, start + pd.offsets.MonthEnd(0))
    return out.where(size != 4, start + pd.offsets.YearEnd(0))


def digest(url: str) -> str:
    return "src-" + hashlib.sha256(url.encode()).hexdigest()[:16]


def main(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    raw = pd.read_csv(folder / "curated" / "interactions.csv", dtype="str", keep_default_na=False)
    for name in raw:
        cells = raw[name].str.strip()
        raw[name] = cells.where(cells != "", None)
    read = {"dtype": "str", "keep_default_na": False}
    codes = pd.read_csv(folder / "codes.csv", **read)
    countries = set(pd.read_csv(folder / "reference" / "countries.csv", **read)["iso3"])

    def listed(name: str) -> list[str]:
        return codes.loc[codes["list"] == name, "code"].tolist()

    closed = {
        "agency": listed("agency"),
        "official_rank": listed("rank"),
        "format": list(FORMATS),
        "mode": ["in_person", "video", "phone"],
        "confidence": ["high", "medium", "low"],
        "counterpart_type": ["country", "organization"],
        "host_country": sorted(countries),
    }
    needed = {
        "event_key",
        "date",
        "source_url",
        "agency",
        "official_rank",
        "format",
        "mode",
        "confidence",
    }
    columns = {}
    for name in raw:
        checks = [
            pa.Check(
                lambda s: (
                    ~(
                        s.str.startswith(("=", "@"))
                        | (s.str.startswith(("+", "-")) & s.str.contains("[|(!]"))
                    )
                ),
                error="formula",
            ),
            pa.Check(lambda s: s.str.len() <= 100_000, error="long"),
        ]
        if name in closed:
            checks.append(pa.Check.isin(closed[name]))
        if name in ("date", "date_end", "source_date"):
            checks.append(pa.Check(is_iso, error="date"))
        if name == "source_url":
            checks.append(pa.Check.str_matches(r"^https?://[^\s/$.?#][^\s]*$"))
        columns[name] = pa.Column(None, checks, nullable=name not in needed)
    pa.DataFrameSchema(columns).validate(raw, lazy=True)
    rules(raw, codes, countries)
    write(raw, out)


def rules(raw: pd.DataFrame, codes: pd.DataFrame, countries: set[str]) -> None:
    bad = (raw["format"] == "bilateral") != raw["forum"].isna()
    bad |= raw["forum"].notna() & ~raw["forum"].str.fullmatch(".+ [0-9]{4}").fillna(True).astype(
        bool
    )
    bad |= raw["mode"].isin(["video", "phone"]) & (
        raw["host_country"].notna() | raw["city"].notna()
    )
    bad |= raw["counterpart"].isna() != raw["counterpart_type"].isna()
    country = raw["counterpart_type"] == "country"
    bad |= country & raw["counterpart"].isin(["CHN", "HKG", "MAC"])
    bad |= country & ~raw["counterpart"].isin(countries)
    bad |= raw["date_end"].notna() & (last(raw["date_end"]) < first(raw["date"]))
    marks = raw["inferred"].fillna("").str.split("; ")
    dated = marks.map(lambda items: "date" in items or "source_date" in items)
    bad |= (last(raw["source_date"]) < first(raw["date"])) & ~dated
    names = set(raw)
    bad |= marks.map(lambda items: any(item and item not in names for item in items))
    parents = codes[codes["list"] == "rank"].set_index("code")["parent"]
    fits = {code: set(parent.split("; ")) for code, parent in parents.items() if parent}
    pairs = raw[["agency", "official_rank"]].drop_duplicates()
    odd = {(a, r) for a, r in pairs.itertuples(index=False) if r in fits and a not in fits[r]}
    assert not odd and not bad.any()
    assert (raw.groupby("event_key")[EVENT].nunique(dropna=False) == 1).all().all()
    assert (raw.groupby("source_url")[SOURCE].nunique(dropna=False) == 1).all().all()
    single = raw[raw["format"] != "multilateral"]
    whom = single["counterpart_type"].fillna("") + "/" + single["counterpart"].fillna("")
    assert (whom.groupby(single["event_key"]).nunique() == 1).all()
    key = ["event_key", "agency", "official", "counterpart_type", "counterpart", "counterpart_name"]
    assert not raw.duplicated(key).any()
    spelt = raw["official"].dropna()
    ids = spelt.str.lower().str.replace(r"\s+", "-", regex=True)
    assert (spelt.groupby(ids).nunique() == 1).all()


def write(raw: pd.DataFrame, out: Path) -> None:
    def save(name: str, frame: pd.DataFrame, key: list[str]) -> None:
        frame.sort_values(key).to_parquet(out / f"{name}.parquet", compression="zstd", index=False)

    raw["date_min"], raw["date_max"] = first(raw["date"]), last(raw["date_end"].fillna(raw["date"]))
    raw["date_precision"] = raw["date"].str.len().map({10: "day", 7: "month", 4: "year"})
    raw["interaction_id"] = (
        raw["event_key"]
        + "/"
        + raw["counterpart_type"].map({"organization": "org:", "country": ""})
        + raw["counterpart"]
    )
    raw["source_id"] = raw["source_url"].map(digest)
    raw["official_id"] = raw["official"].str.lower().str.replace(r"\s+", "-", regex=True)
    raw["row_status"] = "synthetic"
    order = [
        "event_key",
        "agency",
        "official_rank",
        "official",
        "counterpart_type",
        "counterpart",
        "counterpart_name",
        "counterpart_title",
        "topic",
        "source_url",
        "note",
    ]
    raw = raw.sort_values(order)
    raw["participation_id"] = (
        raw["event_key"] + "#" + (raw.groupby("event_key").cumcount() + 1).astype("str")
    )
    marks = raw[["event_key", "inferred"]].dropna()
    marks = marks.assign(mark=marks["inferred"].str.split("; ")).explode("mark")
    marks = marks[["event_key", "mark"]].drop_duplicates().sort_values(["event_key", "mark"])
    union = marks.groupby("event_key")["mark"].agg("; ".join).rename("inferred")
    shared = [*EVENT, "date_min", "date_max", "date_precision", "row_status"]
    events = raw.groupby("event_key")[shared].first().join(union).reset_index()
    save("events", events, ["event_key"])
    interactions = raw.dropna(subset=["interaction_id"]).drop_duplicates("interaction_id")
    save(
        "interactions",
        interactions[
            ["interaction_id", "event_key", "counterpart_type", "counterpart", "row_status"]
        ],
        ["interaction_id"],
    )
    save(
        "participations",
        raw[
            [
                "participation_id",
                "event_key",
                "interaction_id",
                "agency",
                "official_id",
                "official_rank",
                "counterpart_name",
                "counterpart_title",
                "source_id",
                "inferred",
                "note",
                "row_status",
            ]
        ],
        ["participation_id"],
    )
    topics = raw[["participation_id", "interaction_id", "topic"]].dropna(subset=["topic"])
    topics = topics.assign(topic=topics["topic"].str.split("; ")).explode("topic")
    topics["position"] = topics.groupby("participation_id").cumcount() + 1
    save(
        "interaction_topics",
        topics.drop_duplicates(["participation_id", "topic"]),
        ["participation_id", "topic"],
    )
    noted = raw.loc[
        raw["note"].str.contains("also:", regex=False).fillna(False).astype(bool),
        ["event_key", "note"],
    ]
    noted = (
        noted.assign(
            url=noted["note"].str.split("also:", n=1).str[1].str.findall(r"https?://[^\s;]+")
        )
        .explode("url")
        .dropna(subset=["url"])
    )
    noted["url"] = noted["url"].map(lambda u: u.rstrip(".,") if "(" in u else u.rstrip(".,)"))
    noted = noted[["event_key", "url"]].drop_duplicates()
    noted["source_id"] = noted["url"].map(digest)
    best = raw.groupby("source_id")[["source_url", *SOURCE]].first().reset_index()
    others = noted[~noted["source_id"].isin(best["source_id"])].drop_duplicates("source_id")
    save(
        "sources",
        pd.concat([best.rename(columns={"source_url": "url"}), others[["source_id", "url"]]]),
        ["source_id"],
    )
    cited = pd.concat(
        [
            raw[["event_key", "source_id"]].assign(role="primary"),
            noted[["event_key", "source_id"]].assign(role="further"),
        ]
    )
    cited = cited.sort_values("role", ascending=False)
    save(
        "event_sources",
        cited.drop_duplicates(["event_key", "source_id"]),
        ["event_key", "source_id"],
    )
    named = raw.dropna(subset=["official"])
    officials = named[["official_id", "official", "agency", "official_rank"]].drop_duplicates()
    save("officials", officials, ["official_id", "agency", "official_rank"])
    forums = raw[raw["forum"].notna()]
    dated = forums[(forums["format"] == "multilateral") & (forums["date_precision"] == "day")]
    days = dated.groupby("forum").agg(start=("date_min", "min"), end=("date_max", "max"))
    save("forums", forums[["forum"]].drop_duplicates().join(days, on="forum"), ["forum"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
