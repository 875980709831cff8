"""The made-up datasets of examples/: known answers, found here without the toolkit's solver."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

import secdiplo as sd
from secdiplo.claims import annotations
from secdiplo.cli import main

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
NAMES = ("suppressed", "contradictory")
RANKS = {"Minister": "minister", "Vice minister": "vice_minister", "Director": "director"}
REGIONS = ("Africa", "Central Asia", "Southeast Asia")
YEARS = ("2021", "2022", "2023")
ALL = "All"


def run(*args):
    return CliRunner().invoke(main, list(args))


# --- both -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_an_example_checks_and_says_that_it_is_made_up(name):
    assert sd.check(EXAMPLES / name) == []
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    table = (EXAMPLES / name / "annotations" / "table.txt").read_text(encoding="utf-8")
    assert sd.load(EXAMPLES / name).title.startswith("Made up")
    assert readme.startswith("# Made up")
    assert table.startswith("MADE-UP")


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_stands_in_the_table(name):
    place = EXAMPLES / name / "annotations"
    problems, compared = annotations.verify_quotes(place, place)
    assert problems == []
    assert compared == sd.load(EXAMPLES / name).tables()["rows"]["claims"]


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_prints_what_the_commands_print(name):
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\n\$ secdiplo (.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert shown
    for command, expected in shown:
        found = subprocess.run(
            [sys.executable, "-m", "secdiplo", *shlex.split(command)],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert found.stdout.rstrip() == expected.rstrip(), command


@pytest.mark.parametrize(("name", "code"), [("suppressed", 0), ("contradictory", 1)])
def test_strict_tells_the_two_apart(name, code):
    assert run("audit", "--strict", "--data", str(EXAMPLES / name)).exit_code == code
    assert run("audit", "--data", str(EXAMPLES / name)).exit_code == 0


# --- the table with withheld cells ------------------------------------------------------------


def printed():
    """The printed numbers by (rank, region, year), each of which may be ``All``."""
    text = (EXAMPLES / "suppressed" / "annotations" / "table.txt").read_text(encoding="utf-8")
    found, year = {}, ALL
    for line in text.splitlines():
        head = re.match(r"(20\d\d)(-20\d\d)? +Africa", line)
        if head:
            year = ALL if head[2] else head[1]
        cells = re.match(r"(\w+(?: \w+)?) +([\d*]+) +([\d*]+) +([\d*]+) +(\d+)$", line)
        if cells:
            rank = RANKS.get(cells[1], ALL)
            for region, cell in zip((*REGIONS, ALL), cells.groups()[1:], strict=True):
                found[rank, region, year] = None if cell == "*" else int(cell)
    return found


TABLE = printed()
CELLS = list(itertools.product(RANKS.values(), REGIONS, YEARS))


def inside(cell, total):
    return all(b in (a, ALL) for a, b in zip(cell, total, strict=True))


def rows():
    """Every printed number as an equation over the cells."""
    totals = [key for key, value in TABLE.items() if value is not None]
    matrix = np.array([[float(inside(cell, key)) for cell in CELLS] for key in totals])
    return matrix, np.array([float(TABLE[key]) for key in totals])


def every_table():
    """Every table of whole numbers that meets the printed ones, cell by cell."""
    matrix, values = rows()

    def fill(place, left, taken):
        if place == len(CELLS):
            if not left.any():
                yield taken
            return
        column = matrix[:, place]
        for number in range(int(left[column > 0].min()) + 1):
            rest = left - number * column
            # A total all of whose cells are filled must be used up.
            if not (rest[matrix[:, place + 1 :].sum(axis=1) == 0]).any():
                yield from fill(place + 1, rest, [*taken, number])

    return np.array(list(fill(0, values, [])))


@pytest.fixture(scope="module")
def tables():
    return every_table()


@pytest.fixture(scope="module")
def bounds():
    """The toolkit's bounds of every cell."""
    frame = sd.load(EXAMPLES / "suppressed").bounds(
        "bilateral_meeting", by=("official_rank", "region", "year")
    )
    return frame.set_index(["official_rank", "region", "year"])


def test_the_table_adds_up_and_withholds_most_cells():
    assert len(TABLE) == 4**3
    assert sum(TABLE[cell] is None for cell in CELLS) == 18
    assert all(value is not None for key, value in TABLE.items() if ALL in key)


def test_two_tables_meet_the_totals(tables):
    assert len(tables) == 2
    apart = np.abs(tables[0] - tables[1])
    withheld = [TABLE[cell] is None for cell in CELLS]
    assert sorted(apart[withheld]) == [1] * 16 + [2] * 2
    assert not apart[[not each for each in withheld]].any()


def test_bounds_are_those_of_all_whole_tables(tables, bounds):
    for place, cell in enumerate(CELLS):
        found = bounds.loc[cell]
        assert (found["lower"], found["upper"]) == (tables[:, place].min(), tables[:, place].max())


def test_no_meeting_is_left_for_other_regions(bounds):
    others = bounds[~bounds.index.get_level_values("region").isin(REGIONS)]
    assert len(others) > 0
    assert (others["upper"] == 0).all()


def test_fractions_would_give_wider_bounds(bounds):
    """Even after rounding their ends to the whole numbers inside."""
    matrix, values = rows()
    wider = []
    for place, cell in enumerate(CELLS):
        ends = []
        for sign in (1, -1):
            objective = sign * np.eye(len(CELLS))[place]
            ends.append(sign * linprog(objective, A_eq=matrix, b_eq=values).fun)
        found = bounds.loc[cell]
        assert ends[0] <= found["lower"] + 1e-9
        assert ends[1] >= found["upper"] - 1e-9
        whole = int(np.ceil(ends[0] - 1e-9)), int(np.floor(ends[1] + 1e-9))
        if whole != (found["lower"], found["upper"]):
            wider.append((cell, whole, (int(found["lower"]), int(found["upper"]))))
    assert wider == [
        (("minister", "Southeast Asia", "2022"), (0, 3), (1, 3)),
        (("vice_minister", "Southeast Asia", "2022"), (0, 3), (0, 2)),
    ]


@pytest.mark.slow
def test_imputations_are_these_tables_and_reproduce_every_claim(tables, tmp_path):
    out = tmp_path / "imputed"
    result = run("impute", str(EXAMPLES / "suppressed"), "-o", str(out), "--draws", "8")
    assert result.exit_code == 0
    folders = [out, *sorted((out / "draws").iterdir())]
    assert len(folders) == 9
    known = {tuple(table) for table in tables.tolist()}
    seen = set()
    for folder in folders:
        ds = sd.load(folder)
        assert set(ds.reproduce()["status"]) == {"reproduced"}
        counts = ds.sql(
            "select p.official_rank as rank, r.region, cast(year(e.date_min) as varchar) as year, "
            "count(distinct e.event_id)::integer as meetings from participations as p "
            "join interactions as i using (interaction_id) join events as e on e.event_id = i.event_id "
            "join country_regions as r on r.iso3 = i.counterpart and r.scheme = 'carnegie2025' "
            "group by all"
        ).set_index(["rank", "region", "year"])["meetings"]
        seen.add(tuple(int(counts.get(cell, 0)) for cell in CELLS))
    assert seen == known
    record = json.loads((out / "imputation.json").read_text(encoding="utf-8"))
    assert record["attested_left_out"] == 0


# --- the table that cannot be true ----------------------------------------------------------


FIGURES = {"K01": 40, "K02": 24, "K03": 25}


def meetings():
    """Meetings of the minister and of others, alone and beside: every combination up to 41."""
    return np.meshgrid(*[np.arange(42, dtype=np.int16)] * 4, sparse=True)


def holds(figures):
    """Where each figure is true; the share is of whole meetings, rounded to a percent."""
    alone, alone_others, beside, beside_others = meetings()
    minister = alone + beside
    return {
        "K01": alone + alone_others + beside + beside_others == figures["K01"],
        "K02": alone + alone_others == figures["K02"],
        "K03": minister == figures["K03"],
        "K04": np.abs(100.0 * beside - 68.0 * minister) <= 0.5 * minister,
    }


def possible(names, figures=FIGURES):
    true = holds(figures)
    return bool(np.logical_and.reduce(np.broadcast_arrays(*[true[name] for name in names])).any())


def test_the_smallest_conflict_is_found():
    names = ("K01", "K02", "K03", "K04")
    assert not possible(names)
    for size in range(1, 4):
        assert all(possible(part) for part in itertools.combinations(names, size))
    found = sd.load(EXAMPLES / "contradictory").audit()
    assert not found.attrs["feasible"]
    assert found.attrs["all_conflicts"]
    conflicts = found[found["kind"] == "conflict"]
    assert [set(re.findall(r"K\d+", text)) for text in conflicts["claims"]] == [set(names)]


def test_the_smallest_change_is_one_meeting():
    names = ("K01", "K02", "K03", "K04")
    healed = {
        (name, change)
        for name, change in itertools.product(FIGURES, range(-3, 4))
        if possible(names, {**FIGURES, name: FIGURES[name] + change})
    }
    assert min(abs(change) for _, change in healed) == 1
    found = sd.load(EXAMPLES / "contradictory").audit()
    (repair,) = found[found["kind"] == "repair"]["finding"]
    changes = re.findall(r"(K\d+) from (\d+) to (\d+)", repair)
    assert [(name, int(b) - int(a)) for name, a, b in changes] in [
        [(name, change)] for name, change in healed if abs(change) == 1
    ]


def test_a_bound_says_which_figures_were_given_up():
    result = run("bounds", "--data", str(EXAMPLES / "contradictory"), "--no-claims")
    assert result.exit_code == 0
    assert "not all can be true" in " ".join(result.stderr.split())
