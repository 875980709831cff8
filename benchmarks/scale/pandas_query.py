"""The six queries and the panel in pandas: the columns that are needed, categories, then groupby.

Filters are applied before joins, and what is counted is made distinct once.
Usage: python pandas_query.py TASK TABLES SCOPE OUT [SPELLS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import layout
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

ONE_ON_ONE = ["bilateral", "sideline"]
CODED = {
    "agency",
    "official_id",
    "official_rank",
    "format",
    "forum_id",
    "counterpart_type",
    "counterpart",
    "topic",
}


class Tables:
    """The built tables, and what is in a scope."""

    def __init__(self, folder: Path, scope: str) -> None:
        self.folder = folder
        self.about = layout.manifest(folder)["dataset"]
        scopes = self.read("scopes")
        self.named = scopes[scopes["scope"] == layout.scope_of(folder, scope)]

    def read(self, name: str, *columns: str, where: object = None) -> pd.DataFrame:
        """The columns of a table; codes as categories."""
        paths = layout.files(self.folder, name)
        read = pq.ParquetDataset(
            paths,
            read_dictionary=[c for c in columns if c in CODED],
            filters=where,
            partitioning=None,
        )
        return read.read(columns=list(columns) or None).to_pandas()

    def events(self, *columns: str, where: list | None = None) -> pd.DataFrame:
        """Events whose interval overlaps the window."""
        where = list(where or [])
        first, last = self.named["start_date"].min(), self.named["end_date"].max()
        if not pd.isna(first):
            where.append(("latest_start", ">=", first))
        if not pd.isna(last):
            where.append(("date_min", "<=", last))
        return self.read("events", "event_id", *columns, where=where or None)

    def rows(self, *columns: str) -> pd.DataFrame:
        """Participations of the agencies and ranks."""
        pairs = self.named[["agency", "official_rank"]].drop_duplicates()
        if pairs.isna().all(axis=1).any():
            return self.read("participations", *columns)
        where = [
            [(n, "==", v) for n, v in pair.items() if not pd.isna(v)]
            for pair in pairs.to_dict("records")
        ]
        return self.read("participations", *columns, where=where)

    def with_countries(self) -> pd.DataFrame:
        """Interactions with a country."""
        columns = ("interaction_id", "event_id", "counterpart")
        return self.read("interactions", *columns, where=[("counterpart_type", "==", "country")])

    def contacts(self, *columns: str) -> pd.DataFrame:
        """Interactions in scope with a country, once each, with columns of their events."""
        met = self.with_countries()
        rows = self.rows("interaction_id")
        met = met[met["interaction_id"].isin(rows["interaction_id"])]
        return met.drop(columns="interaction_id").merge(self.events(*columns), on="event_id")

    def present(self, *columns: str) -> pd.DataFrame:
        """The countries that have not ended: the sheet of a benchmark has no others."""
        found = self.read("countries", *columns, "state_to")
        return found[found["state_to"].isna()].drop(columns="state_to")

    def regions(self) -> pd.DataFrame:
        scheme = self.read("country_regions")
        scheme = scheme[scheme["scheme"] == self.about["default_scheme"]]
        found = self.present("iso3").merge(scheme, on="iso3", how="left")
        return found[["iso3", "region"]].fillna({"region": "Not in the scheme"})


def place(counts: pd.Series) -> pd.Series:
    return counts.rank(method="min", ascending=False).astype("int")


def regional_shares(t: Tables) -> pd.DataFrame:
    met = t.contacts("format")
    met = met.loc[met["format"].isin(ONE_ON_ONE), ["event_id", "counterpart"]]
    regions = t.regions().set_index("iso3")["region"].astype("category")
    met["region"] = met["counterpart"].astype("str").map(regions)
    met = met.dropna(subset="region").drop_duplicates(["region", "event_id"])
    totals = met["region"].value_counts().reindex(regions.cat.categories, fill_value=0)
    out = totals.rename_axis("region").reset_index(name="meetings")
    out["share_percent"] = (100 * out["meetings"] / out["meetings"].sum()).round(1)
    out["rank"] = place(out["meetings"])
    return out.sort_values(["meetings", "region"], ascending=[False, True])


def country_totals(t: Tables) -> pd.DataFrame:
    met = t.contacts("format")
    counts = met.groupby(["counterpart", "format"], observed=True).size().unstack(fill_value=0)
    out = counts.reindex(columns=[*ONE_ON_ONE, "multilateral"], fill_value=0)
    out["bilateral_meetings"] = out["bilateral"] + out["sideline"]
    out["interactions"] = out[[*ONE_ON_ONE, "multilateral"]].sum(axis=1)
    out["rank"] = place(out["bilateral_meetings"])
    out = out.rename_axis("country").reset_index().astype({"country": "str"})
    known = t.read("countries", "iso3", "name").merge(t.regions(), on="iso3")
    out = out.merge(known, left_on="country", right_on="iso3")
    out = out.sort_values(["rank", "interactions", "country"], ascending=[True, False, True])
    columns = "country name region bilateral sideline multilateral bilateral_meetings interactions"
    return out[[*columns.split(), "rank"]]


def half(days: pd.Series) -> pd.Series:
    """The number of a half-year since the year 0."""
    return days.dt.year * 2 + (days.dt.month > 6)


def period_totals(t: Tables) -> pd.DataFrame:
    events = t.events("date_min", "latest_start")
    low, high = (half(pd.to_datetime(events[name])) for name in ("date_min", "latest_start"))
    events = pd.DataFrame({"event_id": events["event_id"], "half": low.where(low == high, -1)})
    rows = t.rows("event_id", "agency", "interaction_id").drop_duplicates()
    rows = rows.merge(events, on="event_id")
    grouped = rows.groupby(["half", "agency"], observed=True)
    out = grouped.agg(events=("event_id", "nunique"), interactions=("interaction_id", "count"))
    out = out.reset_index()
    labels = {n: f"{n // 2}-H{n % 2 + 1}" for n in out["half"].unique()} | {-1: "imprecise date"}
    out.insert(0, "period", out.pop("half").map(labels))
    return out.astype({"agency": "str"}).sort_values(["period", "agency"])


def sideline_counts(t: Tables) -> pd.DataFrame:
    events = t.events("forum_id", where=[("format", "==", "sideline")])
    codes = t.read("codes", "list", "code", "position")
    ranks = codes[codes["list"] == "official_rank"].set_index("code")["position"]
    rows = t.rows("event_id", "interaction_id", "official_rank")
    rows = rows.merge(events, on="event_id")
    met = t.read("interactions", "interaction_id", where=[("counterpart_type", "==", "country")])
    rows["country"] = rows["interaction_id"].isin(met["interaction_id"])
    rows["position"] = rows["official_rank"].map(ranks).astype("int")
    meetings = rows.groupby("event_id").agg(
        forum=("forum_id", "first"), position=("position", "min"), country=("country", "max")
    )
    grouped = meetings.groupby(["forum", "position"], observed=True)["country"]
    out = grouped.agg(meetings="size", country_meetings="sum").reset_index()
    out = out.astype({"forum": "str"}).sort_values(["forum", "position"])
    out.insert(
        1, "official_rank", out.pop("position").map(dict(zip(ranks, ranks.index, strict=True)))
    )
    return out


def official_counterparts(t: Tables) -> pd.DataFrame:
    key = ["official_id", "agency", "official_rank"]
    rows = t.rows(*key, "interaction_id").dropna(subset="official_id")
    names = t.read("officials").set_index("official_id")["official"]
    names = names[~names.index.duplicated()]
    rows = rows[["official_id", "agency", "interaction_id"]].drop_duplicates()
    met = t.with_countries()
    rows = rows.merge(met, on="interaction_id").merge(t.events("format"), on="event_id")
    rows["one"] = rows["format"].isin(ONE_ON_ONE)
    grouped = rows.groupby(["official_id", "agency", "counterpart"], observed=True)["one"]
    out = grouped.agg(bilateral_meetings="sum", interactions="size").reset_index()
    by = out.groupby(["official_id", "agency"], observed=True)["bilateral_meetings"]
    out["rank"] = by.rank(method="min", ascending=False).astype("int")
    out = out[out["rank"] <= 10].astype({"agency": "str", "counterpart": "str"})
    out["official"] = out["official_id"].astype("str").map(names)
    out = out.merge(t.read("countries", "iso3", "name"), left_on="counterpart", right_on="iso3")
    out = out.rename(columns={"counterpart": "country"}).sort_values(
        ["official", "agency", "rank", "interactions", "country"],
        ascending=[True, True, True, False, True],
    )
    columns = "official agency country name bilateral_meetings interactions rank"
    return out[columns.split()]


def topic_totals(t: Tables) -> pd.DataFrame:
    topics = t.read("interaction_topics", "participation_id", "topic")
    rows = t.rows("participation_id", "event_id", "interaction_id")
    rows = rows[rows["event_id"].isin(t.events()["event_id"])]
    for name in ("event_id", "interaction_id"):  # integers are counted faster than texts
        rows[name] = pd.factorize(rows[name])[0]
    found = topics.merge(rows, on="participation_id").groupby("topic", observed=True)
    named = found["interaction_id"].agg(lambda s: s[s >= 0].nunique())
    out = found["event_id"].nunique().to_frame("events").assign(interactions=named)
    out = out.reset_index().astype({"topic": "str"})
    return out.sort_values(["events", "topic"], ascending=[False, True])


def panel(t: Tables, path: str) -> pd.DataFrame:
    """Monthly directed dyads of agencies and states, with four measures."""
    spells = pd.read_parquet(path)
    for name in ("first_day", "last_day", "since", "until"):
        spells[name] = pd.to_datetime(spells[name].astype("str")).astype("datetime64[s]")
    key, at = ["agency", "country"], ["agency", "country", "period_start"]
    met = t.with_countries()
    events = t.events("format", "date_min", "latest_start")
    for name in ("date_min", "latest_start"):
        events[name] = pd.to_datetime(events[name]).astype("datetime64[s]")
    rows = t.rows("agency", "event_id", "interaction_id")
    held = events[events["event_id"].isin(rows["event_id"])]
    first = pd.Timestamp(_or(t.named["start_date"].min(), held["date_min"].min()))
    last = pd.Timestamp(_or(t.named["end_date"].max(), held["latest_start"].max()))
    rows = rows[["agency", "interaction_id"]].drop_duplicates()
    contacts = rows.merge(met, on="interaction_id").merge(events, on="event_id")
    contacts = contacts.rename(columns={"counterpart": "country"})
    months = pd.DataFrame(
        {"period_start": pd.date_range(first.replace(day=1), last, freq="MS", unit="s")}
    )
    months["period_end"] = months["period_start"] + pd.offsets.MonthEnd(0)
    months["day_from"] = months["period_start"].clip(lower=first)
    months["day_to"] = months["period_end"].clip(upper=last)
    days = contacts[["country", "date_min", "latest_start"]].drop_duplicates()
    spans = spells[["iso3", "since", "until"]].drop_duplicates()
    days = days.astype({"country": "str"}).merge(spans, left_on="country", right_on="iso3")
    days = days[(days["since"] <= days["date_min"]) & (days["until"] >= days["latest_start"])]
    days = days[["country", "date_min", "latest_start"]].drop_duplicates().assign(inside=True)
    kinds = contacts["country"].dtype
    contacts = contacts.merge(
        days.astype({"country": kinds}), how="left", on=["country", "date_min", "latest_start"]
    )
    contacts["inside"] = (
        contacts["inside"].eq(True)
        & (contacts["date_min"] >= first)
        & (contacts["latest_start"] <= last)
    )
    for edge, name in (("date_min", "first_period"), ("latest_start", "last_period")):
        contacts[name] = contacts[edge].to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    fine = contacts["first_period"] == contacts["last_period"]
    contacts["one"] = contacts["format"].isin(ONE_ON_ONE)
    counted = contacts[contacts["inside"] & fine].groupby([*key, "first_period"], observed=True)
    counted = counted["one"].agg(events="size", bilateral_meetings="sum").reset_index()
    arrived = contacts[contacts["inside"]].groupby([*key, "last_period"], observed=True)
    arrived = arrived["latest_start"].agg(last_contact="max", so_far="size").reset_index()
    loose = _loose(contacts[~(contacts["inside"] & fine)], months, spans, first, last)
    return _cells(t, spells, months, counted, arrived, loose, at)


def _or(value: object, other: object) -> object:
    return other if pd.isna(value) else value


def _loose(contacts, months, spans, first, last) -> pd.DataFrame:
    """What can have taken place in a period, or in another one."""
    contacts = contacts[(contacts["latest_start"] >= first) & (contacts["date_min"] <= last)]
    low = contacts["first_period"].clip(lower=first.replace(day=1)).to_numpy()
    high = contacts["last_period"].clip(upper=last.replace(day=1)).to_numpy()
    low, high = (
        low.astype("datetime64[M]").astype("int"),
        high.astype("datetime64[M]").astype("int"),
    )
    times = high - low + 1
    columns = ["agency", "country", "event_id", "date_min", "latest_start"]
    spread = contacts[columns].loc[contacts.index.repeat(times)].astype({"country": "str"})
    steps = np.arange(times.sum()) - np.repeat(times.cumsum() - times, times)
    starts = (np.repeat(low, times) + steps).astype("datetime64[M]")
    spread["period_start"] = starts.astype("datetime64[s]")
    spread = spread.merge(months, on="period_start")
    spread = spread.merge(spans, left_on="country", right_on="iso3")
    then = spread["since"] <= spread[["latest_start", "day_to"]].min(axis=1)
    then &= spread["until"] >= spread[["date_min", "day_from"]].max(axis=1)
    at = ["agency", "country", "period_start"]
    spread = spread.loc[then, [*at, "event_id"]].drop_duplicates()
    return spread.groupby(at, observed=True).size().rename("imprecise_dates").reset_index()


def _cells(t, spells, months, counted, arrived, loose, at) -> pd.DataFrame:
    members = spells.merge(months, how="cross")
    members = members[
        (members["first_day"] <= members["day_to"]) & (members["last_day"] >= members["day_from"])
    ].sort_values("first_day")
    members["throughout"] = (members["since"] <= members["day_from"]) & (
        members["until"] >= members["day_to"]
    )
    members = members.groupby(["iso3", "period_start"]).agg(
        code=("code", "last"), throughout=("throughout", "max")
    )
    home = t.about["home"]
    countries = t.present("iso3", "name", "cow")
    away = ~countries["iso3"].isin([home, *t.about["not_foreign"]])
    abroad = countries[away & countries["iso3"].isin(spells["iso3"])]
    codes = t.read("codes", "list", "code")
    senders = codes.loc[codes["list"] == "agency", "code"]
    if t.named["agency"].notna().all():
        senders = senders[senders.isin(t.named["agency"])]
    cells = senders.to_frame("agency").merge(
        abroad.rename(columns={"iso3": "country"}), how="cross"
    )
    cells = cells.merge(months, how="cross")
    for part, start in ((counted, "first_period"), (arrived, "last_period"), (loose, None)):
        found = part.rename(columns={start: "period_start"})
        cells = cells.merge(found.astype({"agency": "str", "country": "str"}), how="left", on=at)
    cells = cells.join(members, on=["country", "period_start"]).sort_values(at)
    by = cells.groupby(["agency", "country"])
    cells["cumulative_events"] = (
        cells["so_far"].fillna(0).groupby([cells[k] for k in at[:2]]).cumsum()
    )
    cells["last_contact"] = by["last_contact"].ffill()
    state = np.where(cells["events"] > 0, "observed", "zero")
    cells["status"] = np.where(cells["code"].isna(), "not_a_state", state)
    inside = cells["status"] != "not_a_state"
    cut = (cells["day_from"] > cells["period_start"]) | (cells["day_to"] < cells["period_end"])
    cells["partial"] = inside & (cut | ~cells["throughout"].eq(True))
    for name in ("imprecise_dates", "events", "bilateral_meetings", "cumulative_events"):
        cells[name] = cells[name].fillna(0).where(inside).astype("Int64")
    until = cells[["last_contact", "day_to"]].min(axis=1).where(cells["last_contact"].notna())
    cells["days_since_contact"] = (cells["day_to"] - until).dt.days.where(inside).astype("Int64")
    cells["home"] = home
    cells["home_cow"] = countries.loc[countries["iso3"] == home, "cow"].iloc[0]
    cells["cow"] = cells["code"].fillna(cells["cow"]).astype("Int64")
    cells["period"] = cells["period_start"].dt.strftime("%Y-%m")
    cells["year"] = cells["period_start"].dt.year
    columns = (
        "home home_cow agency country cow name period year period_start period_end status "
        "partial imprecise_dates events bilateral_meetings cumulative_events days_since_contact"
    )
    return cells[columns.split()]


def main(task: str, folder: Path, scope: str, out: Path, spells: str = "") -> None:
    start = time.perf_counter()
    tables = Tables(folder, scope)
    found = panel(tables, spells) if task == layout.PANEL else globals()[task](tables)
    found.to_csv(out, index=False)
    Path(f"{out}.seconds").write_text(str(time.perf_counter() - start), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), *sys.argv[5:])
