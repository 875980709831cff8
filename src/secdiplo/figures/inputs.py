"""What a figure is drawn from: the rows of its queries, published values, and their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo import query as queries
from secdiplo.claims.reproduce import ClaimResult, claim_rows, reproduce
from secdiplo.errors import UsageError
from secdiplo.query import Result
from secdiplo.query.params import in_words

if TYPE_CHECKING:
    from secdiplo.figures.catalogue import Spec
    from secdiplo.store import Built

Row = dict[str, Any]


@dataclass(frozen=True)
class QueryRows:
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
        reader chose parameters of their own, which no published value was counted with, and
        none beside synthetic rows.
    findings : list of ClaimResult
        Every claim with its status, for the figure that compares them.
    labels : dict of str to dict
        The labels of codes, by list and code.
    agencies : list of str
        All agencies of the dataset, those of the most events first, so that each has the same
        colour on every figure.
    dataset : dict
        What the manifest says of it.
    basis : str
        Whether the rows are attested alone, or synthetic.
    toolkit : str
        The version of the toolkit that built the tables.
    given : dict
        The reader's parameters.
    spec : Spec
        The figure, with what the dataset sets of it.
    """

    frames: dict[str, QueryRows]
    published: list[Row]
    findings: list[ClaimResult]
    labels: dict[str, dict[str, str]]
    agencies: list[str]
    dataset: Mapping[str, Any]
    basis: str
    toolkit: str
    given: dict[str, Any]
    spec: Spec

    @property
    def status(self) -> str:
        """What the rows are in a caption: attested, or synthetic."""
        return "synthetic" if self.basis.startswith("synthetic") else "attested"

    @property
    def there(self) -> str:
        """What is said of something that the rows have: that it is attested, if they are."""
        return "attested" if self.status == "attested" else "in the synthetic rows"

    @property
    def home(self) -> tuple[str, ...]:
        """The codes of the home country and of what is not foreign to it."""
        return (self.dataset["home"], *self.dataset["not_foreign"])

    def label(self, kind: str, code: str | None) -> str:
        """The label of a code; the code itself where the list has none."""
        return self.labels.get(kind, {}).get(code or "", code or "")

    def claims(self, query: str, column: str = "", relation: str = "", **row: str) -> list[Row]:
        """Published values of one query, column and row; equal ones of several texts once."""
        found: dict[tuple[float, str], Row] = {}
        for claim in self.published:
            fits = claim["query"] == query and (not column or claim["column"] == column)
            fits = fits and (not relation or claim["relation"] == relation)
            if fits and all(claim["row"] == f"{key}={value}" for key, value in row.items()):
                found.setdefault((claim["value"], claim["unit"]), claim)
        return list(found.values())

    def scope(self, query: str) -> str:
        """The scope and the parameters of a query, for the footer."""
        result = self.frames[query].result
        return in_words(queries.used(result.query, result.values)) or "every row of the table"


def gather(built: Built, spec: Spec, given: Mapping[str, Any]) -> Inputs:
    """Run the queries of a figure.

    Parameters
    ----------
    built : Built
    spec : Spec
        The figure.
    given : mapping
        Parameters of the reader's; each goes to every query that has it.

    Returns
    -------
    Inputs

    Raises
    ------
    UsageError
        A parameter that the figure does not have, or that it sets itself.
    """
    params_of = {
        name: {param.name for param in queries.load(name, built.dataset).accepted}
        for name, _ in spec.queries
    }
    _check(spec, params_of, given)
    # The session that one query is about is no filter of the others.
    loaded = [queries.load(name, built.dataset) for name, _ in spec.queries]
    own_params = {param.name for query in loaded for param in query.own_params}
    for query in loaded:
        params_of[query.name] -= own_params - {param.name for param in query.params}
    chosen = {**spec.defaults, **given}
    passed = {name: value for name, value in chosen.items() if name not in spec.reads}
    frames = {}
    for name, own in spec.queries:
        known = params_of[name]
        params = {**own, **{key: passed[key] for key in known & set(passed)}}
        result = queries.run(built, name, {**params, **_of_year(built, spec, own, given)})
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        frames[name] = QueryRows(rows, result)
    published = [] if given or queries.is_synthetic(built) else claim_rows(built)
    return Inputs(
        frames,
        published,
        _findings(built, spec, published),
        _labels(built),
        [row[0] for row in queries.run(built, "agency_totals", {"scope": "all"}).rows],
        built.dataset,
        queries.basis(built),
        str(built.manifest["toolkit"]),
        dict(given),
        spec,
    )


def _check(spec: Spec, params_of: Mapping[str, set[str]], given: Mapping[str, Any]) -> None:
    """Refuse parameters that the figure does not have, or sets itself."""
    own = {key for _, params in spec.queries for key in params} - set(spec.open)
    known = set(spec.reads).union(*params_of.values())
    for name in given:
        if name in own:
            raise UsageError(
                f"figure `{spec.name}` sets `{name}` itself; leave it out, or ask the query"
            )
        if name not in known:
            has = ", ".join(sorted(known - own)) or "none"
            raise UsageError(f"figure `{spec.name}` has no parameter `{name}`; it has {has}")


def _of_year(
    built: Built, spec: Spec, own: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, str]:
    """The days of the year of the session that a figure is of, for a query that asks for them."""
    if not spec.year_of or "start" not in own:
        return {}
    asked = {spec.year_of: given[spec.year_of]} if spec.year_of in given else {}
    _, values = next(
        queries.prepare(built, name, asked)
        for name, _ in spec.queries
        if spec.year_of in {param.name for param in queries.load(name).params}
    )
    session = str(values[spec.year_of])
    return {"start": f"{session[-4:]}-01-01", "end": f"{session[-4:]}-12-31"}


def _findings(built: Built, spec: Spec, published: Sequence[Row]) -> list[ClaimResult]:
    """The claims that the figure recomputes: all, or the shares that rest on its queries."""
    if spec.compares:
        from secdiplo.audit import intervals

        return reproduce(built, intervals.stored_or_computed(built))
    wanted = {
        row["claim_id"]
        for row in published
        if row["query"] in spec.recomputes and row["base_query"] is not None
    }
    return reproduce(built, only=wanted) if wanted else []


def _labels(built: Built) -> dict[str, dict[str, str]]:
    built.need(["codes"])
    rows = built.con.cursor().execute("select list, code, label from codes order by list, position")
    labels: dict[str, dict[str, str]] = {}
    for kind, code, label in rows.fetchall():
        labels.setdefault(kind, {})[code] = label
    return labels
