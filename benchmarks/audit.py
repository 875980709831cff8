"""Speed of the audit; writes benchmarks/AUDIT.md.

Usage: python benchmarks/audit.py
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from secdiplo.audit import bounds as bounding
from secdiplo.audit import full_audit
from secdiplo.audit.grid import count_spec
from secdiplo.audit.imputation.writing import impute
from secdiplo.claims.claim_set import ClaimSet, read_claims
from secdiplo.claims.filters import parse
from secdiplo.claims.model import Claim
from secdiplo.folder import resources
from secdiplo.store import open_any

HERE = Path(__file__).resolve().parent
COUNTRIES, YEARS, RANKS, CLAIMS = 250, 8, 5, 1_000  # 10,000 cells: country x year x rank


def synthetic(base: ClaimSet, seed: int = 0) -> tuple[ClaimSet, list[set[str]]]:
    """A claim_set of counts of bilateral meetings by country, year and rank, true but for three.

    Each planted conflict is a country's total that its years contradict.
    """
    rng = random.Random(seed)
    ranks = tuple(f"rank{n}" for n in range(RANKS))
    countries = list(base.domains.regions)[:COUNTRIES]
    countries += [f"X{n:02}" for n in range(COUNTRIES - len(countries))]
    domains = replace(
        base.domains,
        ranks={"MPS": ranks},
        officials={},
        regions=dict.fromkeys(countries, "Everywhere"),
        states=frozenset(),
        organizations=(),
        sessions={},
        window=(parse_day("2000-01-01"), parse_day(f"{1999 + YEARS}-12-31")),
    )
    years = [str(2000 + n) for n in range(YEARS)]
    world = {
        (c, y, r): rng.choice([0, 0, 0, 1, 1, 2, 3, 5])
        for c in countries for y in years for r in ranks
    }  # fmt: skip
    questions = [{"counterpart": c} for c in countries]
    questions += [{"official_rank": r, "period": y} for r in ranks for y in years]
    pairs = [{"counterpart": c, "period": y} for c in countries[3:] for y in years]
    first = [{"counterpart": c, "period": y} for c in countries[:3] for y in years]
    questions += first + rng.sample(pairs, CLAIMS - len(questions) - len(first))
    claims, planted = [], []
    for number, question in enumerate(questions):
        value = sum(
            count
            for (c, y, r), count in world.items()
            if question.get("counterpart", c) == c
            and question.get("period", y) == y
            and question.get("official_rank", r) == r
        )
        if number < 3:
            value += 1 + number
        claims.append(claim(f"C{number:04}", question, value, domains))
    for number in range(3):
        ids = {
            f.id
            for f, q in zip(claims, questions, strict=True)
            if q.get("counterpart") == countries[number]
        }
        planted.append(ids)
    return ClaimSet(domains, tuple(claims)), planted


def parse_day(text: str):
    from datetime import date

    return date.fromisoformat(text)


def claim(name: str, question: dict[str, str], value: int, domains) -> Claim:
    """A count of bilateral meetings with a country."""
    cells = {"format": "bilateral", "counterpart_type": "country", **question}
    claim = {
        "claim_id": name, "value": float(value), "relation": "exact", "unit": "events",
        "quote": name,
    }  # fmt: skip
    return Claim(
        claim, "count", "event", Fraction(value), Fraction(value), (parse(cells, domains),)
    )


def timed(work):
    """Seconds, and what the work gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def main() -> None:
    """Measure and write the table of results."""
    built, _ = open_any(None)
    lines: list[tuple[str, str, str, str]] = []

    def line(what: str, seconds: float, calls: int, bound: str) -> None:
        lines.append((what, f"{seconds:.3g} s", str(calls), bound))
        print(*lines[-1], sep=" | ", flush=True)

    spent, found = timed(lambda: full_audit.audit(built))
    line("full audit of the built-in claims", spent, found.calls, "10 s")
    spent, bounds = timed(lambda: bounding.Bounds(built))
    line("which claims can be true, once before all bounds", spent, bounds.calls, "")
    regions = bounds.claim_set.domains.known["region"]
    times, before = [], bounds.calls
    for region in regions:
        where = {"region": region, "format": "bilateral"}
        spec = count_spec("event", where, bounds.claim_set.domains)
        model = bounding.BoundsModel(bounds, [spec])
        expression = model.model.expression(spec)
        times += [timed(lambda s=s, a=model, e=expression: a._extremum(e, s))[0] for s in (1, -1)]
    line("one bound (median of 24)", statistics.median(times), 3, "0.05 s")
    before = bounds.calls
    spent, cells = timed(
        lambda: bounds.grid("bilateral_meeting", {}, ["region", "year"], claims=False)
    )
    count = 2 * len(cells)
    line(f"a grid of {count} bounds", spent, bounds.calls - before, "5 s for 100")
    with tempfile.TemporaryDirectory() as scratch:
        data = resources.shipped("data")
        spent, done = timed(lambda: impute(data, Path(scratch) / "out"))
        line("one imputation, written and checked", spent, done.calls, "30 s")
    claim_set, planted = synthetic(read_claims(built))
    spent, found = timed(lambda: full_audit.audit_claims(claim_set))
    if not all(any(set(c.claims) <= ids for c in found.conflicts) for ids in planted):
        sys.exit("a planted conflict was not found")
    what = f"a synthetic set of claims: {CLAIMS:,} claims over 10,000 combinations, three conflicts"
    line(what, spent, found.calls, "300 s")
    write(lines)


def write(lines: list[tuple[str, str, str, str]]) -> None:
    """Write the table."""
    text = [
        "# Benchmarks of the audit",
        "",
        "Generated by `just bench-audit` (`python benchmarks/audit.py`); do not edit.",
        "",
        "| what | time | solver calls | bound |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {' | '.join(line)} |" for line in lines),
    ]
    (HERE / "AUDIT.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
