"""The six queries and the panel in polars: lazy, on its streaming engine, from the built tables.

The keys of the tables do the work that `count(distinct ...)` does in SQL: what is counted is made
distinct once, by semi-joins where that is enough.
Usage: python polars_query.py TASK TABLES SCOPE OUT [SPELLS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import layout
import polars as pl

ONE_ON_ONE = ["bilateral", "sideline"]
col = pl.col


class Tables:
    """The built tables, and what is in a scope."""

    def __init__(self, folder: Path, scope: str) -> None:
        self.folder = folder
        self.about = layout.manifest(folder)["dataset"]
        self.scope = layout.scope_of(folder, scope)
        self.named = self.scan("scopes").filter(col("scope") == self.scope).collect()

    def scan(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(layout.files(self.folder, name))

    def events(self) -> pl.LazyFrame:
        """Events whose interval overlaps the window."""
        events = self.scan("events")
        first, last = self.named["start_date"].min(), self.named["end_date"].max()
        if first is not None:
            events = events.filter(col("latest_start") >= first)
        if last is not None:
            events = events.filter(col("date_min") <= last)
        return events

    def rows(self) -> pl.LazyFrame:
        """Participations of the agencies and ranks."""
        rows = self.scan("participations")
        pairs = self.named.select("agency", "official_rank").unique().rows()
        if (None, None) in pairs:
            return rows
        return rows.filter(
            pl.any_horizontal(
                pl.all_horizontal(
                    [
                        col(n) == v
                        for n, v in zip(("agency", "official_rank"), pair, strict=True)
                        if v is not None
                    ]
                )
                for pair in pairs
            )
        )

    def contacts(self) -> pl.LazyFrame:
        """Interactions in scope with a country, once each, with their events."""
        return (
            self.scan("interactions")
            .filter(col("counterpart_type") == "country")
            .join(self.rows().select("interaction_id"), on="interaction_id", how="semi")
            .join(self.events().select("event_id", "format"), on="event_id")
        )

    def regions(self) -> pl.LazyFrame:
        scheme = self.scan("country_regions").filter(col("scheme") == self.about["default_scheme"])
        return (
            self.scan("countries")
            .filter(col("state_to").is_null())  # the sheet of a benchmark has no ended states
            .join(scheme, on="iso3", how="left")
            .select("iso3", col("region").fill_null("Not in the scheme"))
        )


def place(count: str, *over: str) -> pl.Expr:
    ranked = col(count).rank("min", descending=True).cast(pl.Int32)
    return ranked.over(over) if over else ranked


def regional_shares(t: Tables) -> pl.LazyFrame:
    met = (
        t.contacts()
        .filter(col("format").is_in(ONE_ON_ONE))
        .join(t.regions(), left_on="counterpart", right_on="iso3")
        .select("region", "event_id")
        .unique()
        .group_by("region")
        .len("meetings")
    )
    totals = t.regions().select("region").unique().join(met, on="region", how="left")
    return (
        totals.with_columns(col("meetings").fill_null(0))
        .select(
            "region",
            "meetings",
            share_percent=(100 * col("meetings") / col("meetings").sum()).round(1),
            rank=place("meetings"),
        )
        .sort("meetings", "region", descending=[True, False])
    )


def country_totals(t: Tables) -> pl.LazyFrame:
    return (
        t.contacts()
        .group_by("counterpart")
        .agg(
            *((col("format") == name).sum().alias(name) for name in [*ONE_ON_ONE, "multilateral"]),
            interactions=pl.len(),
        )
        .join(t.scan("countries"), left_on="counterpart", right_on="iso3")
        .join(t.regions(), left_on="counterpart", right_on="iso3")
        .with_columns(bilateral_meetings=col("bilateral") + col("sideline"))
        .select(
            col("counterpart").alias("country"),
            "name",
            "region",
            *ONE_ON_ONE,
            "multilateral",
            "bilateral_meetings",
            "interactions",
            rank=place("bilateral_meetings"),
        )
        .sort("rank", "interactions", "country", descending=[False, True, False])
    )


def period_totals(t: Tables) -> pl.LazyFrame:
    def half(day: str) -> pl.Expr:
        second = pl.when(col(day).dt.month() <= 6).then(pl.lit("-H1")).otherwise(pl.lit("-H2"))
        return col(day).dt.year().cast(pl.String) + second

    same = half("date_min") == half("latest_start")
    period = pl.when(same).then(half("date_min")).otherwise(pl.lit("imprecise date"))
    return (
        t.rows()
        .select("event_id", "agency", "interaction_id")
        .unique()
        .join(t.events().select("event_id", period=period), on="event_id")
        .group_by("period", "agency")
        .agg(events=col("event_id").n_unique(), interactions=col("interaction_id").count())
        .sort("period", "agency")
    )


def sideline_counts(t: Tables) -> pl.LazyFrame:
    ranks = t.scan("codes").filter(col("list") == "official_rank").select("code", "position")
    sideline = t.events().filter(col("format") == "sideline").select("event_id", "forum_id")
    return (
        t.rows()
        .join(sideline, on="event_id")
        .join(ranks, left_on="official_rank", right_on="code")
        .join(
            t.scan("interactions").select("interaction_id", "counterpart_type"),
            on="interaction_id",
            how="left",
        )
        .group_by("event_id", "forum_id")
        .agg(col("position").min(), country=(col("counterpart_type") == "country").any())
        .group_by("forum_id", "position")
        .agg(meetings=pl.len(), country_meetings=col("country").sum())
        .join(ranks, on="position")
        .sort("forum_id", "position")
        .select(
            col("forum_id").alias("forum"),
            official_rank="code",
            meetings="meetings",
            country_meetings="country_meetings",
        )
    )


def official_counterparts(t: Tables) -> pl.LazyFrame:
    key = ["official_id", "agency", "official_rank"]
    who = ["official_id", "official", "agency", "counterpart"]
    return (
        t.rows()
        .filter(col("official_id").is_not_null())
        .select(*key, "interaction_id")
        .join(t.scan("officials").select(*key, "official"), on=key)
        .select("official_id", "official", "agency", "interaction_id")
        .unique()
        .join(
            t.scan("interactions").filter(col("counterpart_type") == "country"), on="interaction_id"
        )
        .join(t.events().select("event_id", "format"), on="event_id")
        .group_by(who)
        .agg(bilateral_meetings=col("format").is_in(ONE_ON_ONE).sum(), interactions=pl.len())
        .with_columns(rank=place("bilateral_meetings", "official_id", "agency"))
        .filter(col("rank") <= 10)
        .join(t.scan("countries").select("iso3", "name"), left_on="counterpart", right_on="iso3")
        .sort(
            "official",
            "agency",
            "rank",
            "interactions",
            "counterpart",
            descending=[False, False, False, True, False],
        )
        .select(
            "official",
            "agency",
            col("counterpart").alias("country"),
            "name",
            "bilateral_meetings",
            "interactions",
            "rank",
        )
    )


def topic_totals(t: Tables) -> pl.LazyFrame:
    return (
        t.scan("interaction_topics")
        .select("participation_id", "topic")
        .join(
            t.rows().select("participation_id", "event_id", "interaction_id"), on="participation_id"
        )
        .join(t.events().select("event_id"), on="event_id", how="semi")
        .group_by("topic")
        .agg(
            events=col("event_id").n_unique(),
            interactions=col("interaction_id").drop_nulls().n_unique(),
        )
        .sort("events", "topic", descending=[True, False])
    )


def panel(t: Tables, spells: str) -> pl.LazyFrame:
    """Monthly directed dyads of agencies and states, with four measures."""
    member = pl.read_parquet(spells)
    contacts = (
        t.rows()
        .select("agency", "interaction_id")
        .unique()
        .join(
            t.scan("interactions").filter(col("counterpart_type") == "country"), on="interaction_id"
        )
        .join(t.events().select("event_id", "format", "date_min", "latest_start"), on="event_id")
        .select("agency", "event_id", "format", "date_min", "latest_start", country="counterpart")
        .collect(engine="streaming")
    )
    all_events = (
        t.events()
        .join(t.rows().select("event_id"), on="event_id", how="semi")
        .select(low=col("date_min").min(), high=col("latest_start").max())
        .collect(engine="streaming")
    )
    first = t.named["start_date"].min() or all_events["low"][0]
    last = t.named["end_date"].max() or all_events["high"][0]
    spans = member.select("iso3", "since", "until").unique()
    key = ["agency", "country"]
    months = (
        pl.DataFrame({"start": pl.date_range(first.replace(day=1), last, "1mo", eager=True)})
        .select(
            period_start="start",
            period_end=col("start").dt.month_end(),
        )
        .with_columns(
            day_from=pl.max_horizontal("period_start", pl.lit(first)),
            day_to=pl.min_horizontal("period_end", pl.lit(last)),
        )
    )
    days = contacts.select("country", "date_min", "latest_start").unique()
    throughout = (
        days.join(spans, left_on="country", right_on="iso3")
        .filter((col("since") <= col("date_min")) & (col("until") >= col("latest_start")))
        .select("country", "date_min", "latest_start", inside=pl.lit(True))
        .unique()
    )
    contacts = contacts.join(
        throughout, on=["country", "date_min", "latest_start"], how="left"
    ).with_columns(
        col("inside").fill_null(False) & (col("date_min") >= first) & (col("latest_start") <= last),
        first_period=col("date_min").dt.month_start(),
        last_period=col("latest_start").dt.month_start(),
    )
    fine = col("first_period") == col("last_period")
    counted = (
        contacts.filter(col("inside") & fine)
        .group_by(*key, period_start="first_period")
        .agg(events=pl.len(), bilateral_meetings=col("format").is_in(ONE_ON_ONE).sum())
    )
    arrived = (
        contacts.filter("inside")
        .group_by(*key, period_start="last_period")
        .agg(last_contact=col("latest_start").max(), so_far=pl.len())
    )
    loose = (
        contacts.filter(~(col("inside") & fine) & (col("latest_start") >= first))
        .filter(col("date_min") <= last)
        .with_columns(
            period_start=pl.date_ranges(
                pl.max_horizontal("first_period", pl.lit(first.replace(day=1))),
                pl.min_horizontal("last_period", pl.lit(last.replace(day=1))),
                "1mo",
            )
        )
        .explode("period_start")
        .join(months, on="period_start")
        .join(spans, left_on="country", right_on="iso3")
        .filter(
            (col("since") <= pl.min_horizontal("latest_start", "day_to"))
            & (col("until") >= pl.max_horizontal("date_min", "day_from"))
        )
        .select(*key, "period_start", "event_id")
        .unique()
        .group_by(*key, "period_start")
        .agg(imprecise_dates=pl.len())
    )
    members = (
        member.join(months, how="cross")
        .filter((col("first_day") <= col("day_to")) & (col("last_day") >= col("day_from")))
        .group_by("iso3", "period_start")
        .agg(
            code=col("code").sort_by("first_day").last(),
            throughout=((col("since") <= col("day_from")) & (col("until") >= col("day_to"))).any(),
        )
    )
    countries = t.scan("countries").filter(col("state_to").is_null()).collect()
    home = t.about["home"]
    abroad = countries.filter(
        ~col("iso3").is_in([home, *t.about["not_foreign"]])
        & col("iso3").is_in(member["iso3"].implode())
    ).select("cow", "name", country="iso3")
    senders = t.scan("codes").filter(col("list") == "agency").select(agency="code").collect()
    if t.named["agency"].null_count() == 0:
        senders = senders.filter(col("agency").is_in(t.named["agency"].implode()))
    inside = col("status").is_in(["observed", "zero"])
    cut = (col("day_from") > col("period_start")) | (col("day_to") < col("period_end"))
    at = [*key, "period_start"]
    cells = (
        senders.join(abroad, how="cross")
        .join(months, how="cross")
        .join(counted, on=at, how="left")
        .join(loose, on=at, how="left")
        .join(arrived, on=at, how="left")
        .join(
            members,
            left_on=["country", "period_start"],
            right_on=["iso3", "period_start"],
            how="left",
        )
        .sort(at)
        .with_columns(
            col("so_far").fill_null(0).cum_sum().over(key).alias("cumulative_events"),
            col("last_contact").cum_max().forward_fill().over(key),
            pl.when(col("code").is_null())
            .then(pl.lit("not_a_state"))
            .when(col("events") > 0)
            .then(pl.lit("observed"))
            .otherwise(pl.lit("zero"))
            .alias("status"),
        )
    )
    home_cow = countries.filter(col("iso3") == home)["cow"][0]
    counts = ["imprecise_dates", "events", "bilateral_meetings", "cumulative_events"]
    since = (col("day_to") - pl.min_horizontal("last_contact", "day_to")).dt.total_days()
    return cells.lazy().select(
        home=pl.lit(home),
        home_cow=pl.lit(home_cow),
        agency="agency",
        country="country",
        cow=pl.coalesce("code", "cow"),
        name="name",
        period=col("period_start").dt.strftime("%Y-%m"),
        year=col("period_start").dt.year(),
        period_start="period_start",
        period_end="period_end",
        status="status",
        partial=inside & (cut | ~col("throughout").fill_null(False)),
        **{name: pl.when(inside).then(col(name).fill_null(0)) for name in counts},
        days_since_contact=pl.when(inside & col("last_contact").is_not_null()).then(since),
    )


def main(task: str, folder: Path, scope: str, out: Path, spells: str = "") -> None:
    start = time.perf_counter()
    tables = Tables(folder, scope)
    found = panel(tables, spells) if task == layout.PANEL else globals()[task](tables)
    found.collect(engine="streaming").write_csv(out)
    Path(f"{out}.seconds").write_text(str(time.perf_counter() - start), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), *sys.argv[5:])
