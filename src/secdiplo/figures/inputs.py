"""What a figure is drawn from: the rows of its queries, published figures, and their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo import claims, queries
from secdiplo.claims import Finding
from secdiplo.errors import UsageError
from secdiplo.queries import Result

if TYPE_CHECKING:
    from secdiplo.store import Built

Row = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """The rows of one query, tidy: a row as a mapping of column to cell.

    Attributes
    ----------
    rows : list of dict
    result : Result
        The query with its unit and parameters.
    """

    rows: list[Row]
    result: Result

    def total(self, column: str) -> int:
        """The sum of a column of counts."""
        return int(sum(row[column] for row in self.rows))


@dataclass(frozen=True)
class Inputs:
    """What a figure is drawn from.

    Attributes
    ----------
    frames : dict of str to Frame
        By the name of the query.
    published : list of dict
        Rows of the table ``claims`` that the figure may show beside them; none where the
        reader chose parameters of their own, which no published figure was counted with.
    findings : list of Finding
        Every claim with its status, for the figure that compares them.
    labels : dict of str to dict
        The labels of codes, by list and code.
    dataset : dict
        What the manifest says of it.
    basis : str
        Whether the rows are attested alone.
    home : str
        The code of the home country.
    """

    frames: dict[str, Frame]
    published: list[Row]
    findings: list[Finding]
    labels: dict[str, dict[str, str]]
    dataset: Mapping[str, Any]
    basis: str
    toolkit: str

    @property
    def home(self) -> tuple[str, ...]:
        """The codes of the home country and of what is not foreign to it."""
        return (self.dataset["home"], *self.dataset["not_foreign"])

    def label(self, kind: str, code: str | None) -> str:
        """The label of a code; the code itself where the list has none."""
        return self.labels.get(kind, {}).get(code or "", code or "")

    def claims(self, query: str, column: str = "", relation: str = "", **row: str) -> list[Row]:
        """Published figures of one query, column and row; equal ones of several texts once."""
        found: dict[tuple[float, str], Row] = {}
        for claim in self.published:
            fits = claim["query"] == query and (not column or claim["column"] == column)
            fits = fits and (not relation or claim["relation"] == relation)
            if fits and all(claim["row"] == f"{key}={value}" for key, value in row.items()):
                found.setdefault((claim["value"], claim["unit"]), claim)
        return list(found.values())

    def scope(self, query: str) -> str:
        """The scope and the parameters of a query, for the footer."""
        values = dict(self.frames[query].result.values)
        scope = values.pop("scope", None)
        if values.get("confidence") == "low":
            del values["confidence"]  # takes in every row
        rest = [f"{key}={value}" for key, value in values.items() if value is not None]
        return "; ".join(filter(None, [scope, ", ".join(rest)])) or "every row of the table"


def gather(
    built: Built,
    wanted: Sequence[tuple[str, Mapping[str, Any]]],
    given: Mapping[str, Any],
    compare: bool,
) -> Inputs:
    """Run the queries of a figure.

    Parameters
    ----------
    built : Built
    wanted : sequence of (str, mapping)
        The queries and the parameters that the figure gives them.
    given : mapping
        Parameters of the reader's; each goes to every query that has it.
    compare : bool
        Whether every claim is recomputed too.

    Returns
    -------
    Inputs

    Raises
    ------
    UsageError
        A parameter that no query of the figure has.
    """
    frames = {}
    left = set(given)
    for name, own in wanted:
        known = {param.name for param in queries.load(name).params}
        result = queries.run(built, name, {**own, **{k: given[k] for k in known & set(given)}})
        left -= known
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        frames[name] = Frame(rows, result)
    if left:
        names = ", ".join(f"`{name}`" for name in sorted(left))
        raise UsageError(f"the queries of this figure have no parameter {names}")
    findings = []
    if compare:
        from secdiplo.audit import intervals

        findings = claims.reproduce(built, intervals.of_built(built))
    return Inputs(
        frames,
        [] if given else claims.rows(built),
        findings,
        _labels(built),
        built.dataset,
        queries.basis(built),
        str(built.manifest["toolkit"]),
    )


def _labels(built: Built) -> dict[str, dict[str, str]]:
    built.need(["codes"])
    rows = built.con.cursor().execute("select list, code, label from codes order by list, position")
    labels: dict[str, dict[str, str]] = {}
    for kind, code, label in rows.fetchall():
        labels.setdefault(kind, {})[code] = label
    return labels
