"""The rules of cells: SQL, the cheap test in SQL, Python and Pandera give the same verdicts."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace

import duckdb
import pandas as pd
import pandera.errors
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from secdiplo import schema
from secdiplo.folder import own_tables
from secdiplo.schema.cell_messages import MAX_CELL
from secdiplo.schema.codes import LISTS
from secdiplo.schema.declarations import Column, Table
from secdiplo.schema.frame_rules import built_model
from secdiplo.schema.tables import SHEETS, TABLES

LIMITS = [
    ("text", (("pattern", r"[A-Z]{2}-\d+"),)),
    ("text", (("pattern", r"\w+( \w+)*"),)),
    ("text", (("pattern", r"[^\s]*\S.?"),)),
    ("text", (("pattern", r"[^]\d\s]+|\D\W[\w.]"),)),
    ("text", (("minLength", 3), ("maxLength", 5))),
    ("text", (("minLength", 2), ("pattern", ".*a.*"))),
    ("date", (("minimum", "2024-01-31"), ("maximum", "2024-03-01"))),
    ("year", (("minimum", 1950), ("maximum", 2024))),
    ("integer", (("minimum", -5), ("maximum", 12))),
    ("number", (("minimum", 0.1), ("maximum", 1e3))),
    ("number", (("minimum", -0.25),)),
]
CODES = {
    "agency": {"MPS": "Police", "MSS": "State security", "=A": "a formula", "N'S": "an apostrophe"},
    "official_rank": {"minister": "", "vice_minister": ""},
    "topic": {"police": "", "drugs": ""},
    "publisher_kind": {"official": "", "#N/A": "an error of a spreadsheet"},
    "country": {"VNM": "Viet Nam", "NAM": "Namibia"},
    "empty": {},
}


def rules():
    """Every rule that a column of the toolkit or of a dataset can have, each once."""
    declared = [
        column
        for table in [*SHEETS.values(), *TABLES.values()]
        for form in (table, table.of_imputed)
        for column in form.columns
    ]
    declared += [Column("", kind, "A limit.", limits=limits) for kind, limits in LIMITS]
    declared += [Column("", "boolean", "One."), Column("", "boolean", "One.", required=True)]
    declared += [Column("", kind, "None.", codes="empty") for kind in ("code", "list")]
    declared += [Column("", "list", "Topics.", codes="topic", required=True)]
    found = {}
    for column in declared:
        rule = (column.kind, column.required, column.codes, column.open_codes, column.limits)
        found.setdefault(rule, column)
    return [
        replace(column, name=f"c{place}", derived=False, optional=False)
        for place, column in enumerate(found.values())
    ]


COLUMNS = rules()
RULES = Table("rules", "One row per cell in every column.", (), tuple(COLUMNS))
KNOWN = [code for codes in [*LISTS.values(), *CODES.values()] for code in codes]
ODD = list(
    "=@+-|(!'\"; \t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u2028\u3000\u200b\u200c\u00ad\ufeff\u0665é‑²中🙂"
)
SEEDS = [
    *("2024-02-29", "2023-02-29", "2024-13", "2024-00", "2024", "1815", "1816", "2100", "2101-01"),
    *("2024-1-05", "2024-01-05T00:00", "0000-01-01", "٢٠٢٤", "2024-02-30", "2024-03-01", "24-01-01"),
    *("https://a.b/c", "http://x", "https://", "https:///a", "HTTPS://a.b", "ftp://a.b", "https://a b"),
    *("0", "-0", "7", "-5", "13", "007", "1.5", "-1.25", ".5", "5.", "1e3", "+1", "0.1", "1000.0"),
    *("999999999", "1234567890", "1.0000000001", "1.00000000001", "-999999999999999", "1" * 16),
    *("true", "false", "True", "1", "NA", "n/a", "#N/A", "#DIV/0!", "#REF! x", "-", "?", "None"),
    *("=1", "@x", "-2+3|x", "+(1)", "-1 (a)", "- a\n!", "police; drugs", "police;drugs", "; ", "drugs; "),
    *("AB-12", "AB-١٢", "a", "ab", "abc", "abcdef", "naïve", "a\u200cb", "\u200c", "a b", "x" * 40),
]  # fmt: skip
LONG = ["x" * MAX_CELL, "x" * (MAX_CELL + 1), "é" * (MAX_CELL // 2), "é" * (MAX_CELL // 2 + 1)]


def spoilt(parts):
    """A cell with an odd character in it."""
    cell, sign, place = parts
    place %= len(cell) + 1
    return cell[:place] + sign + cell[place:]


PLAIN = st.sampled_from([*SEEDS, *KNOWN])
CELLS = st.one_of(
    st.none(),
    PLAIN,
    st.lists(st.sampled_from(KNOWN), min_size=2, max_size=3).map("; ".join),
    st.tuples(PLAIN, st.sampled_from(ODD), st.integers(0, 20)).map(spoilt),
    st.dates(datetime.date(1880, 1, 1), datetime.date(2120, 1, 1)).map(str),
    st.floats(-2000, 2000).map(lambda number: f"{number:.3f}"),
    st.integers(-(10**10), 10**10).map(str),
    st.text(st.sampled_from([*ODD, *"aZ09.#/?-"]), min_size=1, max_size=8),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6),
)  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


def failures(model, frame):
    """The (row, column) of every cell that a model refuses."""
    try:
        model.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        return set(zip(cases["index"].astype(int), cases["column"], strict=True))
    return set()


def unlike(one, other, cells):
    """Where two forms differ: kind, limits and cell, and what each says."""
    return [
        (COLUMNS[int(name[1:])], cells[row], one.get((row, name)), other.get((row, name)))
        for row, name in sorted({*one, *other})
        if one.get((row, name)) != other.get((row, name))
    ][:5]


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=st.lists(CELLS, min_size=80, max_size=120))
@example(cells=[*SEEDS, *KNOWN, *ODD, None])
@example(cells=LONG)
@example(cells=[*map("".join, itertools.product(["https://a", "x"], ODD, ["", "b"]))])
def test_every_form_of_a_rule_gives_the_same_verdict(con, cells):
    con.execute("create or replace table cells as select unnest($1) as cell", [cells])
    copies = ", ".join(f"cell as {column.name}" for column in COLUMNS)
    con.execute(f"create or replace table raw as select {copies} from cells")
    rows = con.execute(schema.flags(RULES, "raw", CODES)).fetchall()
    flagged = {(row - 1, column): verdict for row, column, _, verdict in rows}

    by_value = {}
    for column in COLUMNS:
        rule = schema.cell_rule(column, CODES)
        found = ((row, rule(cell)) for row, cell in enumerate(cells))
        by_value |= {(row, column.name): verdict for row, verdict in found if verdict}
    assert unlike(by_value, flagged, cells) == []

    tests = ", ".join(
        f"coalesce({schema.suspect_sql(column, CODES) or 'false'}, false)" for column in COLUMNS
    )
    suspected = con.execute(f"select {tests} from raw").fetchall()
    missed = {
        (cells[row], column)
        for row, column in flagged
        if not suspected[row][int(column.removeprefix("c"))]
    }
    assert missed == set()
    assert bool(con.execute(schema.suspects(RULES, "raw", CODES)).fetchone()) >= bool(flagged)

    frame = pd.DataFrame(dict.fromkeys((c.name for c in COLUMNS), pd.Series(cells, dtype=object)))
    assert failures(schema.sheet_model(RULES, CODES), frame) == set(flagged)
    texts = tuple(column for column in COLUMNS if column.sql_type == "VARCHAR")
    built = replace(RULES, columns=texts)
    of_texts = {c.name for c in texts}
    assert failures(built_model(built, CODES), frame[list(of_texts)]) == {
        place for place in flagged if place[1] in of_texts
    }


TYPED = {
    "date": datetime.date.fromisoformat,
    "year": int,
    "integer": int,
    "number": float,
    "boolean": lambda cell: cell == "true",
}


@pytest.mark.parametrize(
    "column", [c for c in COLUMNS if c.kind in TYPED], ids=lambda c: f"{c.kind} {c.limits}"
)
def test_a_value_of_a_built_column_has_the_verdict_of_its_cell(column):
    rule = schema.cell_rule(column, CODES)
    kept = {"minimum", "maximum"}
    cells = [cell for cell in SEEDS if (rule(cell) or "minimum") in kept]
    assert cells
    frame = pd.DataFrame({column.name: [TYPED[column.kind](cell) for cell in cells]})
    wanted = {(row, column.name) for row, cell in enumerate(cells) if rule(cell)}
    model = built_model(replace(RULES, columns=(column,)), CODES)
    assert failures(model, frame) == wanted
    assert failures(model, frame.convert_dtypes(dtype_backend="pyarrow")) == wanted


@pytest.mark.parametrize(
    ("pattern", "is_one"),
    [
        (r"[A-Z]{2}-\d+", True), (r"a|(?i:b)", True), ("", True), (r"\w*[^]\s]", True),
        (r"a++", False), (r"\u00e9", False), ("[[:alpha:]]", False), ("a{2000}", False),
        (r"(?<=a)b", False), ("(a", False), (r"\pL", False), (5, False),
    ],
)  # fmt: skip
def test_a_pattern_is_one_that_python_and_duckdb_read_alike(pattern, is_one):
    assert own_tables._is_pattern(pattern) is is_one
