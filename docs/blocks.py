"""The generated blocks of the Markdown files: each function returns the text of one block."""

from __future__ import annotations

import functools
import inspect
import json
import re
import statistics
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pandas as pd

import secdiplo as sd
from secdiplo import codebook
from secdiplo import query as queries
from secdiplo.claims.status import STATUS_MEANINGS
from secdiplo.cli.output import MAX_PRINTED
from secdiplo.coding.duplicates import DAYS, MIN_SCORE
from secdiplo.coding.event_links import DOUBTFUL_FROM, LINK_DAYS, LINKED_FROM
from secdiplo.figures import available
from secdiplo.folder import reading, toml
from secdiplo.ingest import header, parquet, records, scan
from secdiplo.output import render
from secdiplo.output.wording import counted_are
from secdiplo.panel.statement import STATES
from secdiplo.scale.spark_sql import REFUSED
from secdiplo.schema.cell_messages import MAX_CELL
from secdiplo.store import workspace, writing
from secdiplo.store.opening import declared_settings
from secdiplo.suggest import FORMER_NAMES

PLAIN = {
    "official_rank": "rank",
    "host_country": "host country",
    "forum": "forum (free labels)",
    "counterpart_person": "name of the person met",
    "counterpart_office": "office of the person met",
    "inferred": "`inferred`",
}


@functools.cache
def dataset() -> sd.Dataset:
    """Return the built-in dataset."""
    return sd.load()


def folded(text: str) -> str:
    """Return a paragraph as lines of at most 98 characters."""
    return textwrap.fill(text, 98, break_on_hyphens=False, break_long_words=False) + "\n"


def reliability() -> str:
    """Return one paragraph: how far the second coder agrees with the first."""
    found = dataset().reliability()
    rows = found.frame()
    alpha = rows[rows["distance"] != "days"].set_index("column")["alpha"].dropna()
    whole = [PLAIN.get(name, name) for name in alpha.index if alpha[name] == 1]
    less = [f"{PLAIN.get(name, name)} {alpha[name]:.2f}" for name in alpha.index if alpha[name] < 1]
    return folded(
        "A second coder coded a random sample of events without seeing the first coding. "
        f"{found.summary()} Krippendorff's alpha for the meetings in common is 1.00 for "
        f"{', '.join(whole[:-1])} and {whole[-1]}. For the other columns it is: {', '.join(less)}. "
        "Topics and `inferred` are lists and are compared by how much they overlap; cells of other "
        "columns are equal or not. `secdiplo reliability` prints confidence intervals, unmatched "
        "rows and the cells that differ."
    )


def figures() -> str:
    """Return the table of the figures of the built-in dataset."""
    rows = [
        (
            f"`{spec.name}`",
            spec.paper,
            spec.about,
            ", ".join(f"`{name}`" for name, _ in spec.queries) or "every claim's",
        )
        for spec in available(dataset()._built.dataset).values()
    ]
    return render.render(("figure", "in the paper", "what it shows", "queries"), rows, "markdown")


def figure_settings(*names: str) -> str:
    """Return the tables of these figures in the built-in dataset.toml."""
    text = (Path(__file__).parents[1] / "data" / "dataset.toml").read_text(encoding="utf-8")
    tables = re.findall(r"^\[figures\..*?(?=\n\[|\Z)", text, flags=re.M | re.S)
    wanted = [table.strip() for table in tables if re.split(r"[.\]]", table)[1] in names]
    return "```toml\n" + "\n\n".join(wanted) + "\n```\n"


def _recomputed() -> dict[str, tuple[int, int]]:
    """Return the published and recomputed value of each claim that can be tested."""
    frame = dataset().reproduce().dropna(subset=["recomputed"])
    numbers = zip(frame["claim_id"], frame["published"], frame["recomputed"], strict=True)
    return {claim: (int(published), int(recomputed)) for claim, published, recomputed in numbers}


def replication() -> str:
    """Return what comes of the comparison with the published values, in a few lines."""
    frame = dataset().reproduce()
    statuses = frame["status"].value_counts()
    tested = len(frame) - statuses["not_testable"]
    texts = dataset().sql("select count(distinct seed_file) as n from claims")["n"].item()
    found = _recomputed()
    interactions, events, alone = found["P01"], found["P02"], found["P14"]
    totals = dataset().query("dataset_totals").iloc[0]
    organizations = totals["bilateral_organization_meetings"]
    others = totals["interactions"] - totals["bilateral_meetings"] - organizations
    most = interactions[0] - alone[0]
    totals_all = len(dataset()["events"])
    lines = [
        f"**We can recompute {tested} of {len(frame)} published values** from {texts} texts. The "
        "others count things that our tables do not record. Of the recomputed values, "
        f"{statuses['reproduced']} match, and {statuses['consistent']} are lower, which incomplete "
        f"coding can explain. Another {statuses['exceeded']} are higher, and "
        f"{statuses['differs']} are shares or ranks that differ. No additional data could resolve "
        f"the last {statuses['contradicted']}.",
        f"**The total number of interactions is close:** {interactions[1]}, compared with "
        f"{interactions[0]} in the paper. The paper counts {events[0]} events; we have {events[1]} "
        f"in the same period ({totals_all} in all).",
        f"**The mix is different:** we have fewer one-on-one meetings with countries ({alone[1]} "
        f"compared with {alone[0]}) and more counterparts at multilateral events ({others}; the "
        f"published values allow at most {most}). The other {organizations} interactions are "
        "one-on-one meetings with organizations.",
    ]
    return "".join(f"- {_hanging(line)}\n" for line in lines)


def _hanging(text: str) -> str:
    return textwrap.fill(text, 96, break_on_hyphens=False, subsequent_indent="  ")


def in_python() -> str:
    """Return an example session with a filter and what the result counts."""
    call = 'ds.query("country_totals", region="Africa", start="2024")'
    totals = dataset().query("country_totals", region="Africa", start="2024")
    shown = totals.head(3)[["name", "bilateral_meetings", "interactions"]]
    return "\n".join(
        [
            "```python",
            ">>> import secdiplo as sd",
            ">>> ds = sd.load()",
            f">>> totals = {call}",
            '>>> totals.head(3)[["name", "bilateral_meetings", "interactions"]]',
            shown.to_string(),
            '>>> totals.attrs["unit"]',
            repr(totals.attrs["unit"]),
            "```",
            "",
        ]
    )


def units() -> str:
    """Return the table of units."""
    rows = [(f"`{name}`", meaning) for name, meaning in queries.QUERY_UNITS.items()]
    return render.render(("unit", "what counts as one"), rows, "markdown")


def limits() -> str:
    """Return the limits of the built-in dataset, in six lines."""
    ds = dataset()
    totals = ds.query("dataset_totals").iloc[0]
    archived, pages = ds["sources"]["archive_url"].notna().sum(), len(ds["sources"])
    topics = ds.query("topic_totals", scope="all").set_index("topic")["events"]
    alpha = ds.reliability(resamples=0).frame().set_index("column")["alpha"]
    straddling = counted_are(int(totals["straddling_events"]), "event")
    lines = [
        f"The data are not exhaustive. If a meeting is not among the {len(ds['events'])} attested "
        "events, it may still have taken place.",
        f"Queries count the paper's scope by default, which has {totals['events']} of these "
        "events. Add `--scope all` to count every event.",
        f"For {totals['unnamed_counterpart_events']} events in the paper's scope, the sources name "
        f"no counterpart. {straddling} "
        "dated too imprecisely to tell whether it took place within the period.",
        f"{archived or 'None'} of the {pages} source pages {_has(archived)} been archived.",
        f"Topics are broad categories, and {topics['other']} events have the topic `other`.",
        "Two coders agreed well on who met whom and when, but less well on topics (Krippendorff's "
        f"alpha {alpha['topic']:.2f}) and on the offices of the people met "
        f"({alpha['counterpart_office']:.2f}).",
    ]
    return "".join(f"- {_hanging(line)}\n" for line in lines)


def _has(number: int) -> str:
    return "has" if number <= 1 else "have"


def filters() -> str:
    """Return the table of filters."""
    return codebook.filters_markdown()


def scopes() -> str:
    """Return the table of the scopes of the built-in dataset."""
    rows = []
    for name, each in dataset()["scopes"].groupby("scope", sort=False):
        first, last = each["start_date"].iloc[0], each["end_date"].iloc[0]
        period = "all days" if pd.isna(first) else f"{first.date()} to {last.date()}"
        ranks = [
            f"{agency}: {', '.join(f'`{rank}`' for rank in group['official_rank'])}"
            for agency, group in each.groupby("agency")
        ]
        rows.append((f"`{name}`", period, "; ".join(ranks) or "all agencies and ranks"))
    return render.render(("scope", "period", "agencies and ranks"), rows, "markdown")


def duplicates_rule() -> str:
    """Return one paragraph: which pairs of events are listed as possible duplicates."""
    return folded(
        "Two events are compared if they share a counterpart and take place within a few days of "
        f"each other ({DAYS} by default; `--days` changes this). The score compares "
        "every field that both events have, and is 1 if all of them agree. Names, offices and "
        "titles are compared by spelling, so small differences lower the score only a little. "
        f"Pairs that score below {MIN_SCORE} are not listed; `--min-score` sets another "
        "threshold."
    )


def linking_rules() -> str:
    """Return the three steps in which the events of two datasets are linked."""
    steps = [
        "**Find candidates.** Two events are compared if they have the same home country, share a "
        f"counterpart (or both name none), and are at most {LINK_DAYS} days apart. "
        "`--days` changes this number.",
        "**Score them.** Each field that both events have is compared and gets a number from 0 to "
        "1: date, counterparts, officials, agencies, persons met, forum, format, mode, place, "
        "source page and page title. Names are compared by spelling. The score of the pair is the "
        "weighted mean of these numbers.",
        "**Choose the links.** Each event is linked to at most one event of the other dataset. The "
        "links are chosen together, so that their scores add up to the highest possible total. An "
        "event may therefore lose its best match to another event that fits it even better.",
    ]
    listed = "".join(
        textwrap.fill(f"{number}. {step}", 98, break_on_hyphens=False, subsequent_indent="   ")
        + "\n"
        for number, step in enumerate(steps, 1)
    )
    return (
        listed
        + "\n"
        + folded(
            f"A pair that scores {LINKED_FROM} or more is `linked`. Below that, a pair that scores "
            f"{DOUBTFUL_FROM} or more is `doubtful`. `agree` and `differ` name the fields."
        )
    )


def statuses() -> str:
    """Return the table of the statuses of published values."""
    rows = [
        (f"`{name}`", f"{meaning[0].upper()}{meaning[1:]}.")
        for name, meaning in STATUS_MEANINGS.items()
    ]
    return render.render(("status", "meaning"), rows, "markdown")


def panel_statuses() -> str:
    """Return the table of the statuses of cells."""
    rows = [(f"`{name}`", meaning) for name, meaning in STATES.items()]
    return render.render(("status", "meaning"), rows, "markdown")


def alphas() -> str:
    """Return the reliability of each column."""
    frame = dataset().reliability().frame()
    rows = [
        (f"`{row.column}`", row.distance, row.meetings, f"{100 * row.agreement:.1f}", _alpha(row))
        for row in frame.itertuples()
    ]
    heads = ("column", "distance", "meetings", "agreement, percent", "alpha (95 percent interval)")
    return render.render(heads, rows, "markdown")


def _alpha(row: Any) -> str:
    if row.column == "counterpart":
        return "rows are matched by it"
    if pd.isna(row.alpha):
        return "all values are equal"
    return f"{row.alpha:.2f} ({row.low:.2f} to {row.high:.2f})"


def _coverage_row(method: str, model: str = "") -> Any:
    """Return the row of a method in the estimates of coverage."""
    frame = dataset().coverage().frame()
    return next(
        row
        for row in frame[frame["method"] == method].itertuples()
        if not model or row.model == model
    )


def coverage_line() -> str:
    """Return one paragraph: the estimate of all events beside those known and published."""
    best = _coverage_row("loglinear")
    publishers = _coverage_row("chao", "by number of publishers")
    lists = best.lists.split("; ")
    return folded(
        f"The dataset has {best.known} events in the scope of the paper, and the paper reports "
        f"{best.published:.0f}. The lists are {len(lists)} kinds of publishers: "
        f"{', '.join(f'`{name}`' for name in lists)}. They contain {best.seen} of the events, and "
        f"{best.overlap} events are in at least two of them. From this, the best log-linear model "
        f"estimates {best.estimate:.0f} events in total, with a 95 percent confidence interval "
        f"from {best.low:.0f} to {best.high:.0f}. Another estimate uses the number of publishers "
        f"of each event, and gives {publishers.estimate:.0f} ({publishers.low:.0f} to "
        f"{publishers.high:.0f})."
    )


def coverage_table() -> str:
    """Return the estimates of coverage of the built-in dataset."""
    rows = [
        (
            f"`{row.method}`",
            row.lists.replace("; ", ", "),
            row.overlap,
            f"{row.estimate:.0f} ({row.low:.0f} to {row.high:.0f})",
            row.note or "",
        )
        for row in dataset().coverage().frame().fillna("").itertuples()
    ]
    heads = ("method", "lists", "events in two lists", "estimate (95 percent interval)", "note")
    return render.render(heads, rows, "markdown")


def former_names() -> str:
    """Return the table of names of version 1 and their present names."""
    rows = [
        (f"`{former}`", ", ".join(f"`{name}`" for name in now))
        for former, now in FORMER_NAMES.items()
    ]
    return render.render(("version 1", "version 2"), rows, "markdown")


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def public_names() -> str:
    """Return the table of the public names of the module."""
    names = sorted(set(sd.__all__) - {"__version__"}, key=str.lower)
    rows = [(f"`sd.{name}`", _first_line(getattr(sd, name))) for name in names]
    return render.render(("name", "what it is"), rows, "markdown")


def methods() -> str:
    """Return the table of the methods and attributes of a dataset."""
    rows = [
        (f"`ds.{name}`" if isinstance(each, property) else f"`ds.{name}()`", _first_line(each))
        for name, each in inspect.getmembers(sd.Dataset)
        if not name.startswith("_")
    ]
    rows.append(('`ds["events"]`', _first_line(sd.Dataset.__getitem__)))
    return render.render(("call", "what it gives"), rows, "markdown")


def input_limits() -> str:
    """Return the limits beyond which a folder is refused."""
    limits = {
        "size of dataset.toml, bytes": reading.MAX_TOML,
        "dots on one line of dataset.toml": toml.MAX_DOTS,
        "number of files of the coding sheet": reading.MAX_FILES,
        "columns of a sheet": header.MAX_COLUMNS,
        "size of a cell, bytes": MAX_CELL,
        "characters of a row": records.MAX_RECORD,
        "expansion of a compressed sheet of more than one gibibyte, as a factor": scan.BOMB[1],
        "rows of a Parquet sheet that has more rows than bytes": parquet.MANY,
    }
    rows = [(what, f"{limit:,}") for what, limit in limits.items()]
    return render.render(("what", "limit"), rows, "markdown")


def synthetic_shares() -> str:
    """Return the shares of agencies in synthetic and in real rows."""
    statement = (
        "select agency, round(100 * count(*) / sum(count(*)) over (), 1) as percent "
        "from participations group by agency order by agency"
    )
    with tempfile.TemporaryDirectory() as place:
        sd.simulate(f"{place}/made_up", 20_000, seed=7)
        made = sd.load(f"{place}/made_up").sql(statement)
    both = made.merge(dataset().sql(statement), on="agency")
    heads = ("agency", "percent of 20,000 synthetic rows", "percent of the built-in rows")
    return render.render(heads, both.to_numpy().tolist(), "markdown")


def sizes() -> str:
    """Return what changes with the size of a sheet."""
    low, high = workspace.MEMORY_RANGE
    lines = [
        f"Coding sheets with more than {workspace.SPILL >> 20} MiB of text are processed on disk, "
        f"in a temporary database next to the output. Unless you set `--memory`, the limit is "
        f"between {low} MB and {high // 1000} GB, depending on the size.",
        f"Only the first {MAX_PRINTED:,} problems are printed. The others are counted by file, "
        "column and rule. `--problems FILE` writes all of them as CSV.",
        f"Tables built from more than {writing.PARTED:,} rows are split by the year in which an "
        "event begins, as in `participations/event_year=2024/part-0.parquet`. DuckDB, polars, "
        "pandas and Spark can read such folders.",
        "As a protection against damaged or malicious files, a compressed file is refused if it "
        f"expands to more than {scan.BOMB[0] >> 30} GiB and more than {scan.BOMB[1]} times its "
        "size.",
    ]
    return "".join(f"- {_hanging(line)}\n" for line in lines)


def _benchmarks() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "benchmarks/scale/results.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def largest() -> str:
    """Return how long the largest sheet took that was tried."""
    ((rows, found),) = _benchmarks()["big"].items()
    built = found["build"]
    asked = {name: each for name, each in found["queries"].items() if "seconds" in each}
    slow = max(asked, key=lambda name: asked[name]["seconds"])
    peak = max(each["peak"] for each in asked.values())
    return folded(
        f"The largest coding sheet we have tested has {int(rows):,} synthetic rows. With `--memory "
        f"{found['memory']}`, checking it and building the tables took "
        f"{built['seconds'] / 60:.0f} minutes and {built['peak'] / 2**30:.1f} GiB of memory. The "
        f"tables are {built['bytes'] / 1e9:.1f} GB of Parquet. Each of {len(asked)} queries "
        f"needed at most {peak / 2**30:.1f} GiB; the slowest, `{slow}`, took "
        f"{asked[slow]['seconds'] / 60:.1f} minutes."
    )


QUERIES = ("regional_shares", "country_totals", "period_totals", "sideline_counts")
QUERIES += ("official_counterparts", "topic_totals")


def _median(runs: dict[str, Any], rows: int, engine: str) -> float | None:
    tasks = runs.get(str(rows), {}).get("tasks", {})
    each = [tasks.get(name, {}).get("default", {}).get(engine) for name in QUERIES]
    return statistics.median(one["seconds"] for one in each) if all(each) else None


def spark_seconds() -> str:
    """Return how long DuckDB and Spark take for the same queries, and where Spark is faster."""
    found = _benchmarks()
    cores, runs = found["machine"]["cores"], found["runs"]
    times = {
        rows: (_median(runs, rows, "ours"), _median(runs, rows, "spark"))
        for rows in (10**4, 10**5, 10**6, 10**7)
    }
    known = {rows: each for rows, each in times.items() if all(each)}
    measured = [
        (f"{rows:,}", f"{ours:.2f}", f"{spark:.2f}", f"{spark / ours:.1f}")
        for rows, (ours, spark) in known.items()
    ]
    heads = ("rows", "DuckDB, seconds", "Spark, seconds", "Spark / DuckDB")
    few, many = list(known)[-2:]
    slopes = [(known[many][n] - known[few][n]) / (many - few) for n in (0, 1)]
    starts = [max(0.0, known[few][n] - slopes[n] * few) for n in (0, 1)]
    derived = []
    for each in (4, 8, 16, 32, 64, 128):
        gain = slopes[0] - slopes[1] * cores / each
        rows = (starts[1] - starts[0]) / gain / 1e6 if gain > 0 else None
        derived.append((each, f"about {rows:,.0f} million rows" if rows else "at no size"))
    return (
        f"The table shows the median time of six queries, including start-up, on a computer with "
        f"{cores} cores:\n\n"
        + render.render(heads, measured, "markdown")
        + "\n"
        + folded(
            "From how many rows would a cluster be faster? The next table extrapolates from the "
            "two largest sizes. It assumes that Spark's time per row falls in proportion to the "
            "number of cores, which no real cluster quite achieves."
        )
        + "\n"
        + render.render(("cores in the cluster", "Spark is faster from"), derived, "markdown")
    )


def spark_queries() -> str:
    """Return how many queries Spark runs."""
    settings = declared_settings(None)
    names = queries.names(settings)
    return folded(
        (f"All {len(names)}" if not REFUSED else f"{len(names) - len(REFUSED)} of the {len(names)}")
        + " queries of the built-in dataset run on Spark."
    )
