"""The audit, bounds and imputations against counting over all worlds of small datasets.

Nothing here is shared with `secdiplo.audit`. A world is a multiset of events; `Land` lists every
event that its figures can tell apart, and `Worlds` all multisets of at most `MOST` of them. Every
ledger holds fences, which are figures too: how many events there are, how many interactions, and
none with counterparts that the land does not list. Within them no world is missed: counterparts
that nothing names stand for each other, and three interactions meet at most three of them.
"""

from __future__ import annotations

import csv
import itertools
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pytest

from folders import without_tables
from secdiplo import store
from secdiplo.audit.bounds import Bounds
from secdiplo.audit.full_audit import audit
from secdiplo.audit.imputation.writing import impute
from secdiplo.errors import UsageError

MINI = Path(__file__).resolve().parent / "data" / "mini"
MOST = 3
ASIA, RUSSIA = "Southeast Asia", "Russia and the Caucasus"
PACIFIC, EUROPE = "Pacific Islands", "Europe"
SESSION, SERIES = "GPSCFL 2024", "GPSCFL"
SEASON = ("2024-09-02", "2024-09-17")  # a week around the session of 9 and 10 September
PLAIN = ("bilateral", "sideline")
TWO_SIDED = {"format": "bilateral+sideline", "counterpart_type": "country"}


# --- the world of a small dataset -----------------------------------------------------------


@dataclass(frozen=True)
class Type:
    """An event: who leads each agency's part, how, when, beside what, and whom it meets."""

    leads: tuple[tuple[str, str, str], ...]  # agency, official or "another", rank
    format: str
    day: str
    forum: str | None  # None for no forum and for any that no figure names
    met: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Land:
    """What there is: the leads of each agency, the days and forums told apart, counterparts."""

    ranks: str
    leads: tuple[tuple[tuple[str, str, str], ...], ...]
    days: tuple[str, ...]
    forums: tuple[str | None, ...]
    met: tuple[tuple[str, str, str | None], ...]  # type, code, region
    closed: bool = True  # no other counterparts
    conditions: str = ""  # what its figures and questions are about, between slashes

    @cached_property
    def types(self) -> list[Type]:
        """Every event."""
        profiles = [
            tuple(lead for lead in leads if lead)
            for leads in itertools.product(*((None, *own) for own in self.leads))
            if any(leads)
        ]
        one = [(i,) for i in range(len(self.met))]
        sizes = range(1, min(len(self.met), 4 if self.closed else MOST) + 1)
        many = [c for n in sizes for c in itertools.combinations(range(len(self.met)), n)]
        found = []
        for leads, day in itertools.product(profiles, self.days):
            found += [Type(leads, "bilateral", day, None, met) for met in one]
            for forum in self.forums:
                if forum == SESSION and not day.startswith("2024"):
                    continue
                found += [Type(leads, "sideline", day, forum, met) for met in one]
                found += [Type(leads, "multilateral", day, forum, met) for met in many]
        return found


TWO = Land(
    'ranks.MPS = ["minister"]\nranks.CPLC = ["cplc_secretary"]',
    (
        (("MPS", "Wang Xiaohong", "minister"), ("MPS", "another", "minister")),
        (("CPLC", "another", "cplc_secretary"),),
    ),
    ("2023-05-05", "2024-03-03", "2024-09-09"),
    (None, SESSION),
    (("country", "MMR", ASIA), ("country", "KHM", ASIA), ("country", "RUS", RUSSIA)),
    conditions="""
    agency=MPS / agency=CPLC / agency=!CPLC / official=Wang Xiaohong /
    official=!Wang Xiaohong / agency=MPS; official=another / format=bilateral /
    format=multilateral / format=sideline,multilateral / format=!multilateral /
    region=Southeast Asia / region=!Southeast Asia / counterpart=RUS /
    counterpart=!RUS / counterpart=MMR / forum=GPSCFL 2024 / forum=!GPSCFL 2024 /
    period=2023 / period=2024-01..2024-12 / forum_window=GPSCFL 2024
    """,
)
ONE = Land(
    'ranks.MSS = ["minister", "other"]',
    (
        (
            ("MSS", "Chen Yixin", "minister"),
            ("MSS", "another", "minister"),
            ("MSS", "another", "other"),
        ),
    ),
    ("2023-05-05", "2024-03-03"),
    (None, SESSION, SERIES),
    (
        ("country", "RUS", RUSSIA),
        ("country", "FJI", PACIFIC),
        ("country", "KIR", PACIFIC),
        ("organization", "SCO", None),
    ),
    conditions="""
    official_rank=minister / official_rank=!minister / official=Chen Yixin / official=another /
    format=multilateral / format=sideline / format=bilateral,sideline /
    counterpart_type=country / counterpart_type=organization / region=Pacific Islands /
    region=!Pacific Islands / counterpart=SCO / counterpart=FJI,KIR / forum=GPSCFL /
    forum=GPSCFL 2024 / period=2023 / period=2024 / counterpart=RUS; official_rank=minister
    """,
)
OPEN = Land(
    'ranks.MPS = ["minister"]',
    ((("MPS", "another", "minister"),),),
    ("2023-05-05",),
    (None,),
    (
        ("country", "MMR", ASIA),
        *(("country", f"of Asia {n}", ASIA) for n in range(3)),
        *(("country", f"of Europe {n}", EUROPE) for n in range(3)),
        *(("organization", f"other {n}", None) for n in range(3)),
    ),
    closed=False,
    conditions="""
    format=bilateral / format=multilateral / format=!multilateral /
    region=Southeast Asia / region=!Southeast Asia / counterpart=MMR /
    counterpart=!MMR / counterpart_type=country / counterpart_type=organization /
    counterpart_type=country; region=!Southeast Asia
    """,
)


def fits(value: str | None, cell: str, also: str | None = None) -> bool:
    """Whether a value meets the cell of a condition."""
    values = {part.strip() for part in re.split("[;,+]", cell.removeprefix("!"))}
    return "any" in values or ((value in values or also in values) != cell.startswith("!"))


def in_time(day: str, cell: str) -> bool:
    start, _, end = cell.partition("..")
    return start <= day and day[: len(end or start)] <= (end or start)


def counts(land: Land, type_: Type, unit: str, where: dict[str, str]) -> int:
    """What one event adds to a count; of different countries the set of them, as bits."""
    where = dict(where)
    if unit == "bilateral_meeting":
        if type_.format not in PLAIN or land.met[type_.met[0]][0] != "country":
            return 0
        unit = "event"
    leads = [
        (agency, official, rank)
        for agency, official, rank in type_.leads
        if fits(agency, where.get("agency", "any"))
        and fits(official, where.get("official", "any"))
        and fits(rank, where.get("official_rank", "any"))
    ]
    agencies = [agency for agency, _, _ in type_.leads]
    asked = where.get("agencies", "")
    if asked == "joint":
        leads = leads if len(agencies) > 1 else []
    elif asked:
        same = set(agencies) == set(asked.removeprefix("!").split("+"))
        leads = leads if same != asked.startswith("!") else []
    forum = SERIES if type_.forum in {SESSION, SERIES} else None
    placed = (
        fits(type_.format, where.get("format", "any"))
        and all(in_time(type_.day, where[name]) for name in ("period", "year") if name in where)
        and ("forum_window" not in where or SEASON[0] <= type_.day <= SEASON[1])
        and fits(type_.forum or "none", where.get("forum", "any"), forum)
    )
    met = [
        i
        for i in type_.met
        if fits(land.met[i][0], where.get("counterpart_type", "any"))
        and fits(land.met[i][1], where.get("counterpart", "any"))
        and fits(land.met[i][2], where.get("region", "any"))
    ]
    if not leads or not placed:
        return 0
    if unit == "country":
        return sum(1 << i for i in met if land.met[i][0] == "country")
    one = {"event": bool(met), "interaction": len(met), "agency_interaction": len(leads) * len(met)}
    return int(one[unit])


class Worlds:
    """Some worlds of a land: in each row the types of its events, the last type being none."""

    def __init__(self, land: Land, rows: np.ndarray, known: dict) -> None:
        self.land, self.rows, self.known = land, rows, known

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, chosen: np.ndarray) -> Worlds:
        return self if chosen.all() else Worlds(self.land, self.rows[chosen], self.known)

    def per_type(self, unit: str, where: dict[str, str]) -> np.ndarray:
        key = (unit, *sorted(where.items()))
        if key not in self.known:
            each = [counts(self.land, type_, unit, where) for type_ in self.land.types]
            self.known[key] = np.array([*each, 0], dtype=np.int16)
        return self.known[key]

    def count(self, unit: str, where: dict[str, str]) -> np.ndarray:
        """The count in each world."""
        each = self.per_type(unit, where)
        if unit == "country":
            return np.bitwise_count(np.bitwise_or.reduce([each[column] for column in self.rows.T]))
        return self.sum(each)

    def sum(self, each: np.ndarray) -> np.ndarray:
        return np.sum([each[column] for column in self.rows.T], axis=0)


@cache
def worlds_of(land: Land) -> Worlds:
    """All worlds of at most `MOST` events; a session is one multilateral event at most."""
    size = len(land.types) + 1
    pairs = np.array(np.triu_indices(size), dtype=np.int16).T
    rows = np.concatenate(
        [np.insert(pairs[pairs[:, 0] >= first], 0, first, axis=1) for first in range(size)]
    )
    worlds = Worlds(land, rows, {})
    session = [t.format == "multilateral" and t.forum == SESSION for t in land.types]
    return worlds.where(worlds.sum(np.array([*session, False], dtype=np.int8)) <= 1)


# --- figures --------------------------------------------------------------------------------

UNITS = {
    "events": "event",
    "interactions": "interaction",
    "agency_interactions": "agency_interaction",
    "countries": "country",
}


@dataclass
class Claim:
    """A row of the sheet of claims."""

    id: str
    unit: str
    where: dict[str, str]
    value: float = 0
    relation: str = "exact"
    measure: str = "count"
    more: dict[str, str] = field(default_factory=dict)
    recipe: tuple[str, str, str, str] = ("dataset_totals", "", "", "events")

    @property
    def ways(self) -> int:
        return self.more.get("interpretations", "").count("|") + 1

    def read(self, way: int) -> dict[str, str]:
        """The conditions in one reading."""
        if self.ways == 1:
            return self.where
        name, _, options = self.more["interpretations"].partition(":")
        return {**self.where, name: options.split("|")[way].strip()}

    def row(self) -> dict[str, str]:
        cells = {"claim_id": self.id, "group": "dataset", "scope": "dataset", "unit": self.unit}
        cells |= {"seed_file": "example.txt", "start": 174, "end": 191}
        cells |= {"quote": "holds five events", "section": "The table", "value": f"{self.value:g}"}
        cells |= {"relation": self.relation, "measure": self.measure, **self.where, **self.more}
        return cells | dict(zip(("query", "params", "row", "column"), self.recipe, strict=True))

    def meets(self, found: np.ndarray, whole: np.ndarray | int = 1) -> np.ndarray:
        """Whether numbers, over others, are what the words admit."""
        low = high = self.value
        if self.relation in {"at_least", "more_than"}:
            high = np.inf
        elif self.relation == "at_most":
            low = 0
        elif self.relation == "rounded":
            low, high = max(self.value - 0.5, 0), self.value + 0.5
        elif "low" in self.more:
            low, high = float(self.more["low"]), float(self.more["high"])
        elif self.relation == "approx":
            low, high = 0.9 * self.value, 1.1 * self.value
        enough = found >= low * whole - 1e-6
        if self.relation == "more_than":
            enough = found > self.value * whole
        return enough & (found <= high * whole + 1e-6)


def true(claim: Claim, claims: dict[str, Claim], reading: dict[str, int], worlds: Worlds):
    """In which worlds a claim is true, and the number that it speaks of."""
    where = claim.read(reading.get(claim.id, 0))
    if claim.measure == "rank":
        mine = worlds.count("event", where)
        over = next(name for name in ("counterpart", "region", "agency", "format") if name in where)
        values = {
            "counterpart": [code for _, code, _ in worlds.land.met],
            "region": {region for _, _, region in worlds.land.met if region},
            "agency": {own[0][0] for own in worlds.land.leads},
            "format": (*PLAIN, "multilateral"),
        }[over]
        above = [worlds.count("event", {**where, over: value}) > mine for value in values]
        rank = 1 + np.sum(above, axis=0)
        return claim.meets(rank), rank
    if claim.measure == "share":
        base = claims.get(claim.more["base"])
        unit = UNITS[base.unit if base else claim.more["base_unit"]]
        over = base.read(reading.get(base.id, 0)) if base else split(claim.more["base_filter"])
        part, whole = worlds.count(unit, where), worlds.count(unit, over)
        beyond = worlds.per_type(unit, where) * (worlds.per_type(unit, over) == 0)
        inside = (worlds.sum(beyond) == 0) & (whole > 0)
        return inside & claim.meets(100 * part, whole), 100 * part / np.maximum(whole, 1)
    found = worlds.count(UNITS[claim.unit], where)
    return claim.meets(found), found


def split(text: str) -> dict[str, str]:
    """Conditions written as `name=value; name=value`."""
    return dict(item.strip().split("=") for item in text.split(";"))


# --- attested events ------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """An attested event, by the cells of its rows; a date may be a month or a year."""

    key: str
    date: str
    format: str
    forum: str
    leads: tuple[tuple[str, str, str], ...]
    met: tuple[tuple[str, str, str | None], ...]  # none where the source names nobody

    def rows(self) -> Iterator[dict[str, str]]:
        for (agency, official, rank), (kind, code, _) in itertools.product(
            self.leads, self.met or [("", "", None)]
        ):
            yield {
                "event_key": self.key, "date": self.date, "format": self.format,
                "forum": self.forum, "agency": agency, "official_rank": rank,
                "official": official.replace("another", ""), "mode": "in_person",
                "counterpart_type": kind, "counterpart": code, "topic": "other",
                "source_url": f"https://example.org/{self.key}", "source_publisher": "The tests",
                "confidence": "high",
            }  # fmt: skip


BEFORE = Event(
    "before", "2022-01-01", "bilateral", "", (("MPS", "another", "minister"),),
    (("country", "VNM", ASIA),),
)  # fmt: skip
"""An event before the window, since a sheet is not empty."""


# --- ledgers by chance ----------------------------------------------------------------------


class Ledger:
    """Fences and some further figures, and all worlds within the fences."""

    def __init__(self, land: Land, seed: int, wrong: bool) -> None:
        self.land, self.random, self.wrong = land, np.random.default_rng(seed), wrong
        self.worlds = worlds_of(land)
        self.truth = truth = self.sample()
        events, met = (int(truth.count(unit, {})[0]) for unit in ("event", "interaction"))
        self.claims = {
            "F1": Claim("F1", "events", {}, events, self.pick(["exact", "at_most"])),
            "F2": Claim("F2", "interactions", {}, met),
        }
        if land.closed:
            others = {"counterpart": "!" + ",".join(code for _, code, _ in land.met)}
            self.claims["F3"] = Claim("F3", "interactions", others, 0)
            official = {"official": self.land.leads[0][0][1]}  # named, so that others are another
            self.claims["F4"] = Claim("F4", "events", official, 0, "at_least")
        for name in ("F1", "F2"):
            self.worlds = self.worlds.where(true(self.claims[name], {}, {}, self.worlds)[0])
        for number in range(self.random.integers(3, 7)):
            claim = self.claim(f"P{number}")
            self.claims[claim.id] = claim
            found = true(claim, self.claims, {}, truth)[1][0]
            self.say(claim, float(found))
        if wrong:
            said = [c for c in self.claims.values() if c.id[0] == "P" and c.measure == "count"]
            for claim in said[:3]:
                claim.value = max(claim.value + self.pick([-2, -1, 1, 2]), 0)

    def pick(self, options):
        return options[self.random.integers(len(options))]

    def sample(self) -> Worlds:
        """One world with some events and, where others are open, few interactions."""
        while True:
            one = Worlds(
                self.land, self.worlds.rows[[self.random.integers(len(self.worlds))]],
                self.worlds.known,
            )  # fmt: skip
            met = one.count("interaction", {})[0]
            if 2 <= met <= (6 if self.land.closed else MOST):
                return one

    def condition(self, most: int = 2) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(self.random.integers(1, most + 1)):
            found = {**split(self.pick(self.land.conditions.split("/"))), **found}
        return found

    def claim(self, name: str) -> Claim:
        """A figure without its value."""
        kind = self.pick(["count"] * 4 + ["country", "share", "share", "rank", "reading"])
        kind = "count" if self.wrong and kind == "reading" else kind
        where = self.condition()
        if kind == "country":
            return Claim(name, "countries", self.pick([{}, self.condition(1)]))
        if kind == "rank":
            own = [{"region": region} for _, _, region in self.land.met if region]
            own += [{"format": f} for f in (*PLAIN, "multilateral")]
            own += [{"agency": leads[0][0]} for leads in self.land.leads]
            if self.land.closed:
                return Claim(name, "rank", self.pick(own), measure="rank")
        if kind == "share":
            bases = [c for c in self.claims.values() if c.id != "F3" and c.measure == "count"]
            bases = [c for c in bases if c.unit != "countries"]
            if bases and self.random.integers(2):
                base = self.pick(bases)
                return Claim(name, "percent", {**where, **base.where}, measure="share",
                             more={"base": base.id})  # fmt: skip
            over = self.condition(1)
            text = "; ".join(f"{k}={v}" for k, v in over.items())
            more = {"base": "all of these", "base_filter": text, "base_unit": "events"}
            return Claim(name, "percent", {**where, **over}, measure="share", more=more)
        unit = self.pick(["events", "events", "interactions", "agency_interactions"])
        more = {}
        if kind == "reading":
            options = ["format: !multilateral | any", "format: bilateral | sideline | any"]
            options.append("region: {0} | !{0}".format(self.land.met[0][2]))
            more["interpretations"] = self.pick(options)
        return Claim(name, unit, where, more=more)

    def say(self, claim: Claim, found: float) -> None:
        """Put a true number into words."""
        claim.value = found
        if claim.measure == "share":
            claim.value, claim.relation = round(found), "rounded"
            return
        claim.relation = self.pick(["exact"] * 3 + ["at_least", "at_most", "more_than", "approx"])
        if claim.measure == "rank":
            claim.relation = self.pick(["exact", "exact", "at_most"])
        if claim.relation == "more_than":
            claim.value, claim.relation = (found - 1, "more_than") if found else (0, "at_least")
        if claim.relation == "approx" and self.random.integers(2):
            claim.more |= {"low": f"{max(found - 1, 0):g}", "high": f"{found + 1:g}"}

    def readings(self) -> Iterator[dict[str, int]]:
        several = [c for c in sorted(self.claims.values(), key=lambda c: c.id) if c.ways > 1]
        for way in itertools.product(*(range(c.ways) for c in several)):
            yield dict(zip([c.id for c in several], way, strict=True))

    def feasible(self, reading: dict[str, int], without: tuple[str, ...] = ()) -> Worlds:
        """The worlds in which all figures are true."""
        worlds = self.worlds
        for claim in self.claims.values():
            if claim.id not in without:
                worlds = worlds.where(true(claim, self.claims, reading, worlds)[0])
        return worlds

    def patterns(self) -> list[set[str]]:
        """The sets of figures, fences apart, that are all true in some world."""
        names = [name for name in self.claims if name[0] == "P"]
        code = np.zeros(len(self.worlds), dtype=np.int64)
        for place, name in enumerate(names):
            holds = true(self.claims[name], self.claims, {}, self.worlds)[0]
            code += holds.astype(np.int64) << place
        return [{n for i, n in enumerate(names) if bits >> i & 1} for bits in np.unique(code)]

    def write(self, path: Path, events: Iterable[dict[str, str]] = ()) -> Path:
        """A dataset folder."""
        without_tables(Path(shutil.copytree(MINI, path)))
        for sheet in [*path.glob("annotations/*.csv"), *path.glob("curated/*.csv")]:
            if sheet.name not in {"manifest.csv", "claims.csv", "interactions.csv"}:
                sheet.unlink()
        settings = path / "dataset.toml"
        text = settings.read_text(encoding="utf-8").replace("2022-06", "2023-01")
        text = text[: text.index("ranks.MPS")].replace("2025-06", "2024-12")
        settings.write_text(text + self.land.ranks + "\n", encoding="utf-8")
        put(path / "annotations/claims.csv", [claim.row() for claim in self.claims.values()])
        rows = [row for event in [BEFORE, *events] for row in event.rows()]
        put(path / "curated/interactions.csv", rows)
        return path


def put(sheet: Path, rows: Iterable[dict[str, str]]) -> None:
    """Give a sheet other rows."""
    with sheet.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


# --- the comparisons ------------------------------------------------------------------------

QUESTIONS = ("event", "interaction", "agency_interaction", "bilateral_meeting", "country")
LANDS = {"two": TWO, "one": ONE, "open": OPEN}


def ends(land: Land, worlds: list[Worlds], unit: str, where: dict[str, str]) -> tuple[int, int]:
    found = np.concatenate([some.count(unit, where) for some in worlds])
    return int(found.min()), int(found.max())


def asked(ledger: Ledger) -> Iterator[tuple[str, dict[str, str], tuple[str, ...]]]:
    """Some questions."""
    agencies = [leads[0][0] for leads in ledger.land.leads]
    for unit in QUESTIONS:
        yield unit, ledger.pick([{}, ledger.condition()]), ()
    yield ledger.pick(QUESTIONS), ledger.condition(), ()
    yield "event", {"agencies": "joint" if len(agencies) > 1 else agencies[0]}, ()
    yield "agency_interaction", {"agencies": "!" + "+".join(agencies)}, ()
    if len(ledger.land.days) > 1:
        where = {
            k: v for k, v in ledger.condition(1).items() if k not in {"period", "forum_window"}
        }
        yield "interaction", where, ("year",)
        yield "event", {}, ("agencies", "year")
    yield "interaction", {}, ("format",)


def compare(bounds: Bounds, ledger: Ledger, worlds: list[Worlds]) -> int:
    """Compare bounds; returns how many were had."""
    had = 0
    for unit, where, by in asked(ledger):
        try:
            grid = bounds.grid(unit, where, by, claims=False)
        except UsageError as error:
            assert "overlap only in part" in str(error) or "their number has no limit" in str(error)
            continue
        for bound in grid:
            cell = {**where, **bound.cell}
            expected = ends(ledger.land, worlds, unit, cell)
            assert (bound.lower, bound.upper) == expected, (
                unit,
                cell,
                list(ledger.claims.values()),
            )
            had += 1
    return had


def seeds(count):
    """Every fifth seed in the everyday run, all in CI."""
    return [n if n % 5 == 0 else pytest.param(n, marks=pytest.mark.slow) for n in range(count)]


@pytest.mark.parametrize("seed", seeds(40))
def test_ledger(seed, tmp_path):
    ledger = Ledger(LANDS[["two", "one", "open"][seed % 3]], seed, wrong=seed % 2 == 1)
    built, _ = store.open_folder(ledger.write(tmp_path / "set"))
    try:
        report = audit(built, max_conflicts=200)
    except UsageError as error:
        assert "overlap only in part" in str(error)
        pytest.skip("the figures themselves overlap")
    readings = list(ledger.readings())
    possible = [ledger.feasible(reading) for reading in readings]
    assert [verdict for _, verdict in report.consistent.possible] == [
        bool(len(p)) for p in possible
    ]
    assert report.feasible == any(len(p) for p in possible)
    dropped = report.consistent.dropped
    if dropped and len(readings) == 1:
        same_conflicts(report, ledger)
    if any(name[0] == "F" for name in dropped):
        return  # without a fence there are worlds that were not counted
    possible = [ledger.feasible(reading, dropped) for reading in readings]
    bounds = Bounds(built)
    assert compare(bounds, ledger, [p for p in possible if len(p)]) > 3


def some(land: Land, events: int, met: int, *claims: Claim) -> Ledger:
    """A ledger of some figures, so many events and so many interactions."""
    ledger = Ledger(land, 0, wrong=False)
    fences = {name: c for name, c in ledger.claims.items() if name in {"F3", "F4"}}
    both = (Claim("F1", "events", {}, events), Claim("F2", "interactions", {}, met))
    ledger.claims = fences | {claim.id: claim for claim in (*both, *claims)}
    ledger.worlds = worlds_of(land)
    return ledger


SHARE = {"forum": SESSION, "format": "sideline,multilateral"}
ABOVE = Claim("P2", "events", {"region": f"!{ASIA}", "counterpart_type": "country"}, 0)
CASES = {
    "each agency counts an interaction": (TWO, 2, 4, "agency_interaction", {}, ()),
    "a rank of one agency": (
        ONE, 2, 4, "country", {}, (Claim("P1", "rank", {"agency": "MSS"}, 1, measure="rank"),)
    ),
    "a share of a base that is cut otherwise": (
        TWO, 3, 3, "event", {"format": "sideline"},
        (Claim("P1", "percent", SHARE, 67, "rounded", "share", {"base": "F2"}),),
    ),
    "countries met in two ways": (
        OPEN, 2, 2, "country", {}, (Claim("P1", "countries", {"format": "bilateral"}, 1), ABOVE)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_case(case, tmp_path):
    land, events, met, unit, where, claims = CASES[case]
    ledger = some(land, events, met, *claims)
    built, _ = store.open_folder(ledger.write(tmp_path / "set"))
    (bound,) = Bounds(built).grid(unit, where, claims=False)
    assert (bound.lower, bound.upper) == ends(land, [ledger.feasible({})], unit, where)


def same_conflicts(report, ledger):
    """The minimal conflicts, apart from the fences in them.

    Without its fences a ledger has worlds that were not counted. But figures cannot all be true
    within the fences if and only if together with the fences they hold a minimal conflict, so
    that the least of the conflicts without their fences are the least sets that no world meets.
    """
    assert report.all_conflicts
    found = {frozenset(n for n in c.claims if n[0] == "P") for c in report.conflicts}
    patterns = ledger.patterns()
    names = [name for name in ledger.claims if name[0] == "P"]
    sets = [frozenset(c) for n in range(len(names) + 1) for c in itertools.combinations(names, n)]
    impossible = {s for s in sets if not any(s <= pattern for pattern in patterns)}
    assert least(found) == least(impossible)
    fewest = min(len(names) - len(pattern) for pattern in patterns)
    fenced = any(name[0] == "F" for name in report.consistent.dropped)
    assert len(report.consistent.dropped) <= fewest
    assert fenced or len(report.consistent.dropped) == fewest


def chosen(worlds: Worlds, events: list[Event]) -> np.ndarray:
    """For each attested event and type, whether a world may hold the one as the other, and whom.

    -1 where it may not, else how many of the named counterparts are met.
    """
    land, found = worlds.land, []
    for event in events:
        forum = SESSION if event.forum == SESSION else None
        found.append(
            [
                len(event.met)
                if set(type_.leads) == set(event.leads)
                and (type_.format, type_.forum) == (event.format, forum)
                and type_.day.startswith(event.date)
                and {land.met[i] for i in type_.met} >= set(event.met)
                else -1
                for type_ in land.types
            ]
        )
    return np.insert(np.array(found), len(land.types), -1, axis=1)


def holding(worlds: Worlds, events: list[Event]) -> Worlds:
    """The worlds that hold the attested events at least."""
    fit = chosen(worlds, events) >= 0
    holds = np.zeros(len(worlds), dtype=bool)
    for slots in itertools.permutations(range(MOST), len(events)):
        each = [fit[n][worlds.rows[:, slot]] for n, slot in enumerate(slots)]
        holds |= np.logical_and.reduce(each)
    return worlds.where(holds)


def attest(ledger: Ledger, count: int, coarse: bool) -> list[Event]:
    """Some attested events of the land, by chance."""
    land, found = ledger.land, []
    for number in range(count):
        type_ = ledger.pick(land.types)
        while type_.forum == SERIES:
            type_ = ledger.pick(land.types)
        met = [land.met[i] for i in type_.met]
        if type_.format == "multilateral":
            met = met[: ledger.random.integers(0, len(met) + 1)]
        other = "" if type_.format == "bilateral" else f"Forum {number} {type_.day[:4]}"
        date = type_.day[: ledger.pick([4, 7, 10]) if coarse else 10]
        found.append(
            Event(f"e{number}", date, type_.format, type_.forum or other, type_.leads, tuple(met))
        )
    return found


@pytest.mark.parametrize("seed", seeds(8))
def test_attested(seed, tmp_path):
    ledger = Ledger(ONE if seed % 2 else TWO, 100 + seed, wrong=False)
    worlds = [ledger.feasible(reading) for reading in ledger.readings()]
    events: list[Event] = []
    held: list[Worlds] = []
    while not held:
        events = attest(ledger, 1 + seed % 3, coarse=True)
        held = [w for w in (holding(some, events) for some in worlds) if len(w)]
    built, _ = store.open_folder(ledger.write(tmp_path / "set", events))
    assert compare(Bounds(built, with_attested=True), ledger, held) > 3


def meets(n: int, date: str, *met: int, format: str = "bilateral") -> Event:
    """An attested event of an unnamed minister."""
    forum = "" if format == "bilateral" else f"Forum {n} {date[:4]}"
    return Event(f"e{n}", date, format, forum, (TWO.leads[0][1],), tuple(TWO.met[i] for i in met))


READ = Claim(
    "P1", "interactions", {}, 2, more={"interpretations": "format: bilateral | multilateral"}
)
ATTESTED = {
    "one country twice": (2, 2, [meets(0, "2023-05-05", 2), meets(1, "2024-03-03", 2)], ()),
    "days known by year": (
        3, 3, [meets(0, "2024", 0), meets(1, "2024", 1), meets(2, "2024", 1, format="sideline")], ()
    ),
    "nobody named": (
        2, 3, [meets(0, "2023", format="multilateral"), meets(1, "2023", 1, 2, format="multilateral")], (),
    ),
    "one way to read is left": (2, 3, [meets(0, "2023", 1, 2, format="multilateral")], (READ,)),
}  # fmt: skip


@pytest.mark.parametrize("case", ATTESTED)
def test_attested_case(case, tmp_path):
    events, met, rows, claims = ATTESTED[case]
    ledger = some(TWO, events, met, *claims)
    worlds = [holding(ledger.feasible(reading), rows) for reading in ledger.readings()]
    worlds = [world for world in worlds if len(world)]
    built, _ = store.open_folder(ledger.write(tmp_path / "set", rows))
    bounds = Bounds(built, with_attested=True)
    for where in ({}, {"period": "2024"}, {"forum_window": SESSION}):
        (bound,) = bounds.grid("country", where, claims=False)
        assert (bound.lower, bound.upper) == ends(TWO, worlds, "country", where), where


TOTALS = (  # figures that a query recomputes: unit, conditions, more cells; query, params, row, column
    ("events", {"agency": "MPS"}, "agency_totals", "", "agency=MPS", "events"),
    ("events", {"agency": "CPLC"}, "agency_totals", "", "agency=CPLC", "events"),
    ("agency_interactions", {"agency": "MPS"}, "agency_totals", "", "agency=MPS", "interactions"),
    ("agency_interactions", {}, "dataset_totals", "", "", "agency_interactions"),
    ("events", {"official": "Wang Xiaohong"}, "dataset_totals", "official=Wang Xiaohong", "", "events"),
    ("events", {"format": "bilateral"}, "format_totals", "", "format=bilateral", "events"),
    ("interactions", {"format": "multilateral"}, "format_totals", "", "format=multilateral", "interactions"),
    ("interactions", {"counterpart": "MMR"}, "country_totals", "", "country=MMR", "interactions"),
    ("events", {"counterpart": "RUS", "format": "bilateral,sideline"}, "country_totals", "", "country=RUS", "bilateral_meetings"),
    ("interactions", {"region": ASIA}, "country_totals", "", f"region={ASIA}", "interactions"),
    ("countries", {}, "dataset_totals", "", "", "countries"),
    ("countries", {"format": "bilateral,sideline"}, "dataset_totals", "", "", "bilateral_countries"),
    ("events", {"period": "2023"}, "dataset_totals", "start=2023-01-01; end=2023-12-31", "", "events"),
    ("interactions", {"period": "2024"}, "dataset_totals", "start=2024-01-01; end=2024-12-31", "", "interactions"),
    ("percent", {"region": ASIA, **TWO_SIDED}, "regional_shares", "", f"region={ASIA}", "share_percent"),
)  # fmt: skip


def recomputable(seed: int) -> Ledger:
    """A ledger of figures that queries recompute."""
    ledger = Ledger(TWO, seed, wrong=False)
    claims = {name: c for name, c in ledger.claims.items() if name in {"F1", "F2", "F3"}}
    claims["F2"].recipe = ("dataset_totals", "", "", "interactions")
    claims["F3"].recipe = ("country_totals", "", "country=none", "interactions")
    for number in ledger.random.permutation(len(TOTALS))[: ledger.random.integers(2, 6)]:
        unit, where, *recipe = TOTALS[number]
        claim = Claim(f"P{number}", unit, where, recipe=tuple(recipe))
        if unit == "percent":
            base = "; ".join(f"{k}={v}" for k, v in TWO_SIDED.items())
            claim.measure, claim.relation = "share", "rounded"
            claim.more = {"base": "bilateral meetings", "base_unit": "events", "base_filter": base}
        found = true(claim, claims, {}, ledger.truth)[1]
        claim.value = float(found[0].round())
        if unit != "percent" or true(claim, claims, {}, ledger.truth)[0][0]:
            claims[claim.id] = claim
    ledger.claims = claims
    return ledger


def kept(worlds: Worlds, events: list[Event]) -> np.ndarray:
    """How many attested interactions each world can keep, times 1000, and unnamed events.

    An event stays with those of its counterparts that it still has, and gains none; one that
    names nobody stays with any.
    """
    named = [{worlds.land.met.index(counterpart) for counterpart in event.met} for event in events]
    bare = [replace(event, met=()) for event in events]
    fit = chosen(worlds, bare) >= 0
    value = np.zeros(fit.shape, dtype=np.int32)
    for n, t in zip(*np.nonzero(fit), strict=True):
        met = set(worlds.land.types[t].met)
        if not named[n]:
            value[n, t] = 1
        elif met <= named[n]:
            value[n, t] = 1000 * len(met)
    best = np.zeros(len(worlds), dtype=np.int32)
    for slots in itertools.permutations(range(MOST), len(events)):
        each = [value[n][worlds.rows[:, slot]] for n, slot in enumerate(slots)]
        best = np.maximum(best, np.sum(each, axis=0))
    return best


@pytest.mark.parametrize("seed", seeds(8))
def test_imputation(seed, tmp_path):
    ledger = recomputable(200 + seed)
    events = attest(ledger, 1 + seed % 3, coarse=False)
    worlds = ledger.feasible({})
    stay = kept(worlds, events)
    worlds = worlds.where(stay == stay.max())
    interactions = stay.max() // 1000
    done = impute(ledger.write(tmp_path / "set", events), tmp_path / "out")
    assert (done.kept, done.dropped, done.unmet) == (interactions, (), ())
    assert done.kept + done.left_out == sum(len(event.met) for event in events)
    assert done.interactions == worlds.count("interaction", {}).min() - interactions


def least(sets: set[frozenset[str]]) -> set[frozenset[str]]:
    return {one for one in sets if not any(other < one for other in sets)}
