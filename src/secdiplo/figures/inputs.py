"""What a figure is drawn from: the rows of its queries, published values, and their labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secdiplo import query as queries
from secdiplo.claims.reproduce import ClaimResult, claim_rows, reproduce
from secdiplo.errors import UsageError
from secdiplo.figures import phrases
from secdiplo.output.wording import counted
from secdiplo.query import Result

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
    frames : dict of str to QueryRows
        By the name of the query.
    published : list of dict
        Rows of the table ``claims`` that the figure may show beside them; none where the
        reader chose parameters of their own, which no published value was counted with, and
        none beside synthetic rows.
    findings : list of ClaimResult
        Every claim with its status, for the figure that compares them.
    labels : dict of str to dict
        The labels of codes, by list and code; also the names of countries and organizations and
        the titles of scopes.
    agencies : list of str
        All agencies of the dataset, those of the most events first, so that each has the same
        colour on every figure.
    dataset : dict
        What the manifest says of it.
    basis : str
        Whether the rows are attested alone, or synthetic.
    evidence : str
        How many interactions and events the dataset has, and what they rest on.
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
    evidence: str
    toolkit: str
    given: dict[str, Any]
    spec: Spec

    @property
    def status(self) -> str:
        """What the rows are in a caption: attested, attested and imputed, or synthetic."""
        return self.basis.partition(" rows")[0]

    @property
    def there(self) -> str:
        """How a caption describes something that is in the rows."""
        return "attested" if self.status == "attested" else f"in the {self.status} rows"

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
        """Return the scope of a query by its title, and its filters in words."""
        result = self.frames[query].result
        name = result.values.get("scope")
        whole = name in {None, "all"}
        scope = "the whole dataset" if whole else self.label("scope", name).rstrip(".")
        own = {key for _, params in self.spec.queries for key in params} - set(self.spec.open)
        values = {
            name: value for name, value in result.values.items()
            if name not in own or name in {"start", "end"}
        }  # fmt: skip
        lists = {param.name: param.codes for param in result.query.params if param.codes}
        told = self.spec.year_of or ("forum" if "forum" in self.spec.reads else "")
        chosen = phrases.filters(values, self.label, lists, told)
        return f"{scope}. Selection: {chosen}" if chosen else scope

    def regions(self, query: str) -> str:
        """Return a note that names the region scheme of a query."""
        name = self.frames[query].result.values["scheme"]
        return phrases.scheme(name, self.dataset["region_schemes"])

    def explain(self, *texts: str) -> list[str]:
        """Return a note of what the abbreviations in some texts are short for, if there are any."""
        known = {**self.labels.get("agency", {}), **self.labels["organization"]}
        known |= self.dataset["abbreviations"]
        words = {word for text in texts for word in re.findall(r"[^\s()/+,;:]+", text)}
        found = [f"{code}, {known[code]}" for code in sorted(words & set(known)) if known[code]]
        return [f"Abbreviations: {'; '.join(found)}."] if found else []


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
        _evidence(built),
        str(built.manifest["toolkit"]),
        dict(given),
        spec,
    )


def texts(data: Inputs) -> Iterator[str]:
    """Every text that a figure may write: cells, quotes, labels and the words of the dataset."""
    for frame in data.frames.values():
        for row in frame.rows:
            yield from (cell for cell in row.values() if isinstance(cell, str))
        yield from map(str, frame.result.values.values())
    for claim in [*data.published, *(finding.claim for finding in data.findings)]:
        yield str(claim["quote"])
    for labels in data.labels.values():
        yield from filter(None, labels.values())
    yield from map(str, (data.dataset["title"], data.dataset["abbreviations"], data.spec))


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
    built.need(["codes", "countries", "organizations", "scopes"])
    rows = built.con.cursor().execute(
        "select list, code, label from "
        "(select list, code, label, position from codes "
        "union all select 'country', iso3, name, 0 from countries "
        "union all select 'organization', code, name, 0 from organizations "
        "union all select distinct 'scope', scope, title, 0 from scopes) order by list, position"
    )
    labels: dict[str, dict[str, str]] = {"organization": {}}
    for kind, code, label in rows.fetchall():
        labels.setdefault(kind, {})[code] = label
    return labels


def _evidence(built: Built) -> str:
    """Return how many interactions and events the tables have, and what they rest on."""
    built.need(["events", "event_sources", "interactions"])
    cursor = built.con.cursor()
    events, cited = cursor.execute(
        "select count(*), count(s.event_id) from events as e "
        "left join (select distinct event_id from event_sources) as s on s.event_id = e.event_id"
    ).fetchall()[0]
    ((interactions,),) = cursor.execute("select count(*) from interactions").fetchall()
    base = f"{counted(interactions, 'interaction')} in {counted(events, 'event')}"
    basis = queries.basis(built)
    if basis.startswith("synthetic"):
        return f"{base}, all of them synthetic: invented; not evidence of any meeting"
    few = "" if cited == events else f", {cited:,} of them"
    base += f"{few} with a cited source"
    base += f"; {basis}" if basis != "attested rows" else ""
    claims = "claims to be" if built.dataset["exhaustive"] else "is not"
    return f"{base}; the coding {claims} exhaustive"
