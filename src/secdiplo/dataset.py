"""A dataset that is open for reading: every capability is a method, imported when called."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from secdiplo.folder import resources
from secdiplo.suggest import hint

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa
    import pyarrow
    from matplotlib.figure import Figure

    from secdiplo.audit.imputation.writing import Imputation
    from secdiplo.coding import EventLinks, Reliability
    from secdiplo.coding.coders import CoderComparison
    from secdiplo.coding.coverage import Coverage
    from secdiplo.coding.diff import DatasetDiff
    from secdiplo.engine.frames import ResultFrame
    from secdiplo.export import Exported
    from secdiplo.query.frames import As
    from secdiplo.store import Built
    from secdiplo.store.opening import Origin


Pandas = Literal["pandas"]
Arrow = Literal["arrow"]
PanelUnit = Literal["country", "dyad", "home", "official", "agency"]
Frequency = Literal["year", "half", "quarter", "month"]
CodeSystem = Literal["iso3", "cow", "gw"]


class Dataset:
    """An event-interaction dataset that is open for reading.

    Made by `load`. Every result says in ``.attrs`` what it counts (``unit``), over what
    (``scope``) and from which dataset.

    Parameters
    ----------
    built : Built
        Open tables.
    source : Path, optional
        The dataset folder that they were made from.
    """

    def __init__(self, built: Built, source: Path | None = None) -> None:
        self._built = built
        self._source = source

    @property
    def name(self) -> str:
        """The short name of the dataset."""
        return str(self._built.dataset["name"])

    @property
    def title(self) -> str:
        """The title of the dataset."""
        return str(self._built.dataset["title"])

    @property
    def version(self) -> str:
        """The version of the data, M.m."""
        return str(self._built.dataset["version"])

    @property
    def content(self) -> str:
        """The digest of the contents of all tables, twelve hexadecimal digits.

        Two versions with one number differ in it; the order of rows does not change it.
        """
        return self._built.content

    @property
    def attrs(self) -> dict[str, str]:
        """The name, title, version, licence and content digest of the dataset."""
        about = ("name", "title", "version", "licence")
        return {key: str(self._built.dataset[key]) for key in about} | {"content": self.content}

    @property
    def is_exhaustive(self) -> bool:
        """Whether the dataset claims to hold every interaction in its scope."""
        return bool(self._built.dataset["exhaustive"])

    if not TYPE_CHECKING:  # a type checker still reports unknown attributes

        def __getattr__(self, name: str) -> Any:
            """Name the nearest attribute, or the present name of one of version 1."""
            near = "" if name.startswith("_") else hint(name, _public_names(self))
            raise AttributeError(
                "; ".join(filter(None, [f"a dataset has no attribute `{name}`", near]))
            )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle where the dataset is; unpickling opens it again."""
        from secdiplo.errors import UsageError

        origin = self._built.origin
        if origin is None:
            raise UsageError("only a dataset that `load` opened can be pickled; load it there")
        return _loaded_again, (origin, self._built.content)

    def __repr__(self) -> str:
        rows = {name: body["rows"] for name, body in self._built.manifest["tables"].items()}
        claim = "claims" if self.is_exhaustive else "does not claim"
        return (
            f"<Dataset {self.name} {self.version} ({self.content}): {self.title}\n"
            f" {rows['events']} events, {rows['interactions']} interactions, "
            f"{rows['participations']} participations (all scopes); {claim} to be exhaustive\n"
            f" {rows['claims']} published values to compare with>"
        )

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self)[1:-1])}</pre>"

    def __getitem__(self, name: str) -> ResultFrame:
        """Return a whole table: `table` without further arguments."""
        return self.table(name)

    def tables(self) -> ResultFrame:
        """List the tables.

        Returns
        -------
        DataFrame
            One row per table, by its name: rows (number of rows), unit and grain (what one row
            is).
        """
        from secdiplo.codebook import describe

        return describe.tables(self._built)

    def queries(self) -> ResultFrame:
        """List the queries of the toolkit and of the dataset.

        Returns
        -------
        DataFrame
            One row per query, by its name: title, unit, grain and parameters (those that only this
            query has; most queries also take the filters).
        """
        from secdiplo.codebook import describe

        return describe.queries(self._built)

    def describe(self, name: str) -> str:
        """Describe a query, table or figure.

        Parameters
        ----------
        name : str
            See `queries`, `tables` and `figures`.

        Returns
        -------
        str
            What it counts, its columns, parameters and filters, and an example.

        Raises
        ------
        UsageError
            Nothing has that name.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().describe("country_totals").splitlines()[0]
        'country_totals: Totals by country'
        """
        from secdiplo.codebook import describe
        from secdiplo.engine.frames import ShownText

        return ShownText(describe.text_of(self._built, name))

    @overload
    def query(self, name: str, *, as_: Pandas = ..., **params: Any) -> ResultFrame: ...

    @overload
    def query(self, name: str, *, as_: Arrow, **params: Any) -> pyarrow.Table: ...

    def query(self, name: str, *, as_: As = "pandas", **params: Any) -> ResultFrame | pyarrow.Table:
        """Run a packaged query.

        Parameters
        ----------
        name : str
            See `queries`.
        as_ : {"pandas", "arrow"}
            A DataFrame, or a pyarrow Table.
        **params
            The query's parameters; what is not given has the default of the query or of the
            dataset.

        Returns
        -------
        DataFrame or pyarrow.Table
            The columns that the query declares. ``attrs`` (metadata in Arrow) holds query, unit,
            grain, source, scope, params and dataset.

        Raises
        ------
        UsageError
            An unknown query, parameter or value.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().query("format_totals").columns.tolist()[:3]
        ['format', 'events', 'interactions']
        """
        from secdiplo.query import frames

        return frames.run_query(self._built, name, params, as_)

    @overload
    def table(self, name: str, *, as_: Pandas = ..., **filters: Any) -> ResultFrame: ...

    @overload
    def table(self, name: str, *, as_: Arrow, **filters: Any) -> pyarrow.Table: ...

    def table(
        self, name: str, *, as_: As = "pandas", **filters: Any
    ) -> ResultFrame | pyarrow.Table:
        """Return a table, or the rows that belong to the participations that pass filters.

        Parameters
        ----------
        name : str
            See `tables`.
        as_ : {"pandas", "arrow"}
        **filters
            Those of queries, such as ``country``; the scope is ``all`` by default.

        Returns
        -------
        DataFrame or pyarrow.Table
            Sorted by the table's key; ``attrs`` has grain, unit, key, scope and dataset.

        Raises
        ------
        UsageError
            There is no such table or filter, or its rows belong to no participation.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().table("events").attrs["unit"]
        'event'
        """
        from secdiplo.query import frames

        return frames.read_table(self._built, name, as_, filters)

    def model(self, name: str) -> pa.DataFrameSchema:
        """Return the Pandera model of a table, with the code lists of this dataset.

        Parameters
        ----------
        name : str
            See `tables`; or a sheet, such as ``interactions_sheet``.

        Raises
        ------
        UsageError
            There is no such table.
        """
        from secdiplo.query import frames

        return frames.table_model(self._built, name)

    @overload
    def sql(
        self,
        statement: str,
        params: dict[str, Any] | None = ...,
        *,
        as_: Pandas = ...,
        unsafe: bool = ...,
    ) -> ResultFrame: ...

    @overload
    def sql(
        self, statement: str, params: dict[str, Any] | None = ..., *, as_: Arrow, unsafe: bool = ...
    ) -> pyarrow.Table: ...

    def sql(
        self,
        statement: str,
        params: dict[str, Any] | None = None,
        *,
        as_: As = "pandas",
        unsafe: bool = False,
    ) -> ResultFrame | pyarrow.Table:
        """Run one SELECT of your own on the tables, without access to files or the network.

        Parameters
        ----------
        statement : str
            DuckDB SQL; the tables are views by their names.
        params : dict, optional
            Values of its named parameters (``$name``).
        as_ : {"pandas", "arrow"}
        unsafe : bool
            Whether the statement, which then need not be a SELECT, may reach files, the network
            and extensions of DuckDB. Only for statements that you wrote yourself.

        Returns
        -------
        DataFrame or pyarrow.Table

        Raises
        ------
        UsageError
            It is not one SELECT, or DuckDB refuses it.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().sql("select count(*) as n from events")["n"].item()
        216
        """
        from secdiplo.query import frames

        return frames.run_sql(self._built, statement, params or {}, as_, unsafe=unsafe)

    @overload
    def flat(self, *, as_: Pandas = ...) -> ResultFrame: ...

    @overload
    def flat(self, *, as_: Arrow) -> pyarrow.Table: ...

    def flat(self, *, as_: As = "pandas") -> ResultFrame | pyarrow.Table:
        """The coder's sheet, made again from the tables.

        Parameters
        ----------
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            One row a row of the sheet (unit: participation), all its columns in their order and
            those carried through, sorted as coders keep it. Written as the sheet of a folder it
            builds the same tables.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().flat().columns[:3].tolist()
        ['event_key', 'date', 'date_end']
        """
        from secdiplo.query import frames

        return frames.read_coding_sheet(self._built, as_)

    @overload
    def actors(self, *, as_: Pandas = ...) -> ResultFrame: ...

    @overload
    def actors(self, *, as_: Arrow) -> pyarrow.Table: ...

    def actors(self, *, as_: As = "pandas") -> ResultFrame | pyarrow.Table:
        """Return one row per actor per event, of either side and of any kind.

        Parameters
        ----------
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            event_id, side (home or foreign), kind (agency, official, country, organization,
            actor or person), code (blank of a person met), name, role (rank or office), part_of
            (agency of an official; country of a non-state actor; counterpart of a person) and
            row_status. Unit: actor.

        Examples
        --------
        >>> import secdiplo as sd
        >>> actors = sd.load().actors()
        >>> sorted(actors["kind"].unique())
        ['agency', 'country', 'official', 'organization', 'person']
        """
        from secdiplo.export.actors import read_actors

        return read_actors(self._built, as_)

    @overload
    def reproduce(self, *, as_: Pandas = ...) -> ResultFrame: ...

    @overload
    def reproduce(self, *, as_: Arrow) -> pyarrow.Table: ...

    def reproduce(self, *, as_: As = "pandas") -> ResultFrame | pyarrow.Table:
        """Return every published value beside the recomputed one.

        Parameters
        ----------
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            One row per claim: claim_id, section, quote, published, relation, unit, recomputed,
            difference, status, query, lower, upper, note, recipe. ``recomputed`` is the value of
            these tables; ``lower`` and ``upper`` are what all published values together admit,
            blank if a claim counts no events or interactions. ``summary`` is the bottom line: how
            many values can be recomputed, and how many match.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().reproduce().summary.splitlines()[1].strip()
        '15 reproduced    the recomputed value equals the published one'
        """
        from secdiplo.audit import frames

        return frames.reproduce(self._built, as_)

    def explain(self, claim_id: str) -> str:
        """Explain one published value.

        Parameters
        ----------
        claim_id : str
            Such as ``P18``; see `reproduce`.

        Returns
        -------
        str
            Its quote and source text, the published and the recomputed value, the query, what would
            settle a deviation, and notes.

        Raises
        ------
        UsageError
            There is no such claim.

        Examples
        --------
        >>> import secdiplo as sd
        >>> "27.4 percent" in sd.load().explain("P18")
        True
        """
        from secdiplo.audit import frames

        return frames.explain(self._built, claim_id)

    @overload
    def audit(
        self, *, max_conflicts: int = ..., time_limit: float | None = ..., as_: Pandas = ...
    ) -> ResultFrame: ...

    @overload
    def audit(
        self, *, max_conflicts: int = ..., time_limit: float | None = ..., as_: Arrow
    ) -> pyarrow.Table: ...

    def audit(
        self, *, max_conflicts: int = 20, time_limit: float | None = None, as_: As = "pandas"
    ) -> ResultFrame | pyarrow.Table:
        """Check whether all published values can be true, and what they imply.

        Parameters
        ----------
        max_conflicts : int
            After how many minimal conflict sets no more are looked for.
        time_limit : float, optional
            Seconds for each step of the solver.
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            One row a finding: kind (share, sum, reading, conflict, repair), verdict (holds, note,
            conflict), claims, finding. ``attrs`` holds summary, feasible, all_conflicts and the
            number of solver calls.

        Raises
        ------
        DataError
            A claim cannot be read as a constraint.
        SecdiploError
            The time did not suffice.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().audit().attrs["feasible"]
        True
        """
        from secdiplo.audit import frames

        return frames.audit(self._built, max_conflicts, time_limit, as_)

    @overload
    def bounds(
        self,
        unit: str = ...,
        where: Mapping[str, object] | None = ...,
        by: str | Sequence[str] = ...,
        *,
        with_attested: bool = ...,
        claims: bool | None = ...,
        time_limit: float | None = ...,
        as_: Pandas = ...,
    ) -> ResultFrame: ...

    @overload
    def bounds(
        self,
        unit: str = ...,
        where: Mapping[str, object] | None = ...,
        by: str | Sequence[str] = ...,
        *,
        with_attested: bool = ...,
        claims: bool | None = ...,
        time_limit: float | None = ...,
        as_: Arrow,
    ) -> pyarrow.Table: ...

    def bounds(
        self,
        unit: str = "event",
        where: Mapping[str, object] | None = None,
        by: str | Sequence[str] = (),
        *,
        with_attested: bool = False,
        claims: bool | None = None,
        time_limit: float | None = None,
        as_: As = "pandas",
    ) -> ResultFrame | pyarrow.Table:
        """Return exact bounds on unpublished counts: what the published values allow.

        Parameters
        ----------
        unit : str
            event, interaction, agency_interaction, bilateral_meeting or country (different ones).
        where : mapping of str to str, optional
            Conditions, as those of `secdiplo bounds --where`.
        by : str or sequence of str
            Dimensions of a grid.
        with_attested, claims : bool
            Whether to hold the attested rows in scope; whether to name the claims that bind.
        time_limit : float, optional
            Seconds for each question to the solver; else SecdiploError.
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or Table
            One row a cell: its dimensions, lower, upper (missing where nothing bounds it) and,
            with `claims`, lower_claims and upper_claims. Numbers are in `unit`.

        Raises
        ------
        UsageError
            An unknown unit, dimension or value, or more attested than published.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().bounds("interaction").columns.tolist()
        ['lower', 'upper', 'lower_claims', 'upper_claims']
        """
        from secdiplo.audit import frames

        asked = {"with_attested": with_attested, "claims": claims, "time_limit": time_limit}
        return frames.bounds(self._built, unit, where or {}, by, as_, **asked)

    def impute(
        self,
        out: Path | str,
        *,
        draws: int = 0,
        seed: int = 0,
        time_limit: float | None = None,
    ) -> Imputation:
        """Write a dataset that keeps attested rows and agrees with the published values.

        Imputed rows are marked; that totals are met is no evidence that they took place.

        Parameters
        ----------
        out : path
            The folder to write.
        draws : int
            How many further imputations to draw, each as good.
        seed : int
            Of everything that is chosen by chance.
        time_limit : float, optional
            Seconds for each question to the solver.

        Returns
        -------
        Imputation
            Its ``folder`` can be loaded; ``query`` runs a query over its draws.

        Raises
        ------
        UsageError
            These are built tables without the folder they were made from; or `out` holds
            something else.
        DataError
            A claim cannot be read as a constraint.
        SecdiploError
            The time did not suffice.
        """
        from secdiplo.audit.imputation.writing import impute

        return impute(self._source, out, draws=draws, seed=seed, time_limit=time_limit)

    @overload
    def panel(
        self,
        unit: PanelUnit = ...,
        freq: Frequency = ...,
        codes: CodeSystem = ...,
        measures: str | Sequence[str] = ...,
        *,
        start: Any = ...,
        end: Any = ...,
        as_: Pandas = ...,
        **params: Any,
    ) -> ResultFrame: ...

    @overload
    def panel(
        self,
        unit: PanelUnit = ...,
        freq: Frequency = ...,
        codes: CodeSystem = ...,
        measures: str | Sequence[str] = ...,
        *,
        start: Any = ...,
        end: Any = ...,
        as_: Arrow,
        **params: Any,
    ) -> pyarrow.Table: ...

    def panel(
        self,
        unit: PanelUnit = "country",
        freq: Frequency = "year",
        codes: CodeSystem = "iso3",
        measures: str | Sequence[str] = (),
        *,
        start: Any = None,
        end: Any = None,
        as_: As = "pandas",
        **params: Any,
    ) -> ResultFrame | pyarrow.Table:
        """Every unit in every period, counted, or missing and said why.

        Parameters
        ----------
        unit : {"country", "dyad", "home", "official", "agency"}
            A dyad is directed: from an agency of a home country to a country.
        freq : {"year", "half", "quarter", "month"}
        codes : {"iso3", "cow", "gw"}
            cow and gw say when a country was a state; iso3 has zeros where there was none.
        measures : str or sequence of str
            A unit; a part of it (``events_bilateral``, ``interactions_MPS``, ``events_minister``);
            all so far, as ``cumulative_events``; first_contact, last_contact, days_since_contact.
        start, end : date or str, optional
            The first and last day, those of coverage by default; a period they cut is partial.
        as_ : {"pandas", "arrow"}
        **params
            scope, home, agency, official_rank, official, confidence, as of a query.

        Returns
        -------
        DataFrame or pyarrow.Table
            One row per unit and period, with status (observed, zero, outside_coverage,
            not_a_state), partial, imprecise_dates and the measures, missing outside coverage
            and membership. ``attrs`` holds coverage, units, membership, imprecise_dates (each
            event once) and left_out. Tenures are not applied: an official's zero says nothing of
            office.

        Notes
        -----
        An event is counted in a period if every day on which it can have begun is in that period,
        in coverage, between `start` and `end`, and in membership. ``imprecise_dates`` counts the
        others. A query counts every event that can have begun in its days.

        Examples
        --------
        >>> import secdiplo as sd
        >>> panel = sd.load().panel("agency", "year", measures=["events"])
        >>> panel["status"].unique().tolist()
        ['observed', 'zero']
        """
        from secdiplo.panel.frames import count_panel

        asked = {"unit": unit, "freq": freq, "codes": codes, "measures": measures}
        return count_panel(self._built, as_, **asked, start=start, end=end, given=params)

    def reliability(
        self, second: Path | str | None = None, *, resamples: int = 1_000, seed: int = 1
    ) -> Reliability:
        """Compare the coding with a second coding of some of its events.

        Parameters
        ----------
        second : path, optional
            A folder with ``units.csv`` and ``coder2.csv``; ``reliability`` in the dataset folder
            by default.
        resamples : int
            Bootstrap samples for the intervals of alpha; 0 for none.
        seed : int
            Of these samples.

        Returns
        -------
        Reliability
            ``frame()`` has one row per column and distance: meetings (that both coders have),
            agreement (share of equal cells), alpha (Krippendorff; blank for the counterpart, which
            rows are matched by), low and high (its 95 percent interval),
            mean_distance (in the unit of the distance). ``frame("unmatched")`` and
            ``frame("differences")`` list what differs.

        Raises
        ------
        UsageError
            There is no second coding.
        DataError
            It has unknown units or columns, or no row in common with the coding sheet.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().reliability(resamples=0).matched
        44
        """
        from secdiplo.coding import reliability

        return reliability(self._built, self._source, second, resamples=resamples, seed=seed)

    def compare_coders(
        self,
        *codings: Path | str,
        by: Literal["year", "half", "month"] | None = None,
        resamples: int = 1_000,
        seed: int = 1,
    ) -> CoderComparison:
        """Compare the codings of several coders.

        Parameters
        ----------
        *codings : path
            The file of each coder (CSV, or a workbook with a sheet `interactions`), or the folder
            that contains them; the coding sheet and the second coding by default. Rows are matched
            by the column `unit`, else `event_key`, and the counterpart. Units that only one coder
            was given are left out, if workbooks or ``assignment.csv`` in the folder list them.
        by : {"year", "half", "month"}, optional
            For the table drift.
        resamples : int
            Bootstrap samples for the intervals of alpha; 0 for none.
        seed : int
            Of these samples.

        Returns
        -------
        CoderComparison
            ``frame()`` has one row per column and distance, as that of `reliability`, over all
            coders; ``frame("recall")``, ``frame("meetings")``, ``frame("coders")``,
            ``frame("confusion", "topic")``, ``frame("differences")`` and ``frame("drift")`` tell
            who found what and where the coders differ.

        Raises
        ------
        UsageError
            Fewer than two codings, or a file that does not exist.
        DataError
            Invalid columns or cells, or no meeting that two coders have.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load().compare_coders(resamples=0).coders
        ('first', 'second')
        """
        from secdiplo.coding.coders import compare_coders

        given = codings or self._source
        return compare_coders(self._built, given, by=by, resamples=resamples, seed=seed)

    def sources(
        self,
        view: Literal["sources", "not_archived", "duplicates", "hosts", "single"] = "sources",
    ) -> ResultFrame:
        """List the pages that the dataset cites.

        Parameters
        ----------
        view : str
            ``sources``; ``not_archived`` (addresses without an archived copy, with blank columns
            to fill in); ``duplicates`` (addresses that lead to the same page); ``hosts``;
            ``single`` (events with a single source).

        Returns
        -------
        DataFrame
            One row per address: host, publisher, kind, events and rows that cite it,
            archived, archive_url and retrieved (from ``curated/archived.csv``). The other views
            have one row per address, host or event.

        Raises
        ------
        UsageError
            There is no such view.
        DataError
            ``curated/archived.csv`` has invalid cells.

        Examples
        --------
        >>> import secdiplo as sd
        >>> bool(sd.load().sources()["url"].is_unique)
        True
        """
        from secdiplo.coding.sources import sources_frame

        return sources_frame(self._built, self._source, view)

    def coverage(
        self,
        by: Literal["year", "half", "format"] | None = None,
        *,
        lists: Mapping[str, Sequence[str]] | None = None,
        links: pd.DataFrame | None = None,
        criterion: Literal["bic", "aic"] = "bic",
        level: float = 0.95,
        **filters: Any,
    ) -> Coverage:
        """Estimate how many events there are in all, known or not, by capture-recapture.

        Parameters
        ----------
        by : {"year", "half", "format"}, optional
            One estimate for each.
        lists : mapping of str to sequence of str, optional
            The kinds of publishers of each list; by default each declared kind is a list, except
            ``repost``.
        links : DataFrame, optional
            Two matched datasets instead, as ``frame("all")`` of `secdiplo.match`: event_key (an
            event of this dataset) and other_event_key, one of them blank for events without a
            match. Rows whose status is ``doubtful`` are no matches.
        criterion : {"bic", "aic"}
            By which the log-linear model is chosen.
        level : float
            The confidence level of the intervals.
        **filters
            The filters of queries; the default scope by default.

        Returns
        -------
        Coverage
            ``frame()`` has one row per group and method: known (events on record), seen (in the
            lists), overlap (in two lists or more), estimate, low, high, published (the number that
            a source text claims) and note. ``frame("histories")``, ``frame("overlaps")`` and
            ``frame("models")`` show what they rest on.

        Raises
        ------
        UsageError
            Fewer than two lists, or unknown kinds or filters.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sorted(set(sd.load().coverage().frame()["method"]))
        ['chao', 'chapman', 'loglinear']
        """
        from secdiplo.coding.coverage import coverage

        return coverage(
            self._built, by, lists=lists, links=links, criterion=criterion, level=level,
            filters=filters,
        )  # fmt: skip

    def duplicates(self, days: int = 7, *, min_score: float = 0.75) -> ResultFrame:
        """Find pairs of events that may be the same meeting, coded twice.

        Parameters
        ----------
        days : int
            The most days between the events of a pair.
        min_score : float
            Pairs with a lower score are not listed.

        Returns
        -------
        DataFrame
            One row per pair, the most similar first: event_key_1, event_key_2, score (0 to 1),
            reasons (what agrees, in words), and date, official, counterpart_person and source_url
            of each. Pairs in ``curated/not_duplicates.csv`` of the dataset folder are left out.

        Raises
        ------
        UsageError
            A number out of its range.
        DataError
            Problems in that file: unknown events, or a pair twice.

        Examples
        --------
        >>> import secdiplo as sd
        >>> bool(sd.load().duplicates(days=0)["score"].between(0.75, 1).all())
        True
        """
        from secdiplo.coding import duplicates

        return duplicates(self._built, self._source, days, min_score)

    def figures(self) -> ResultFrame:
        """List the figures of the toolkit and of the dataset.

        Returns
        -------
        DataFrame
            One row per figure, by its name: paper (its name in the paper that the dataset follows),
            about (what it shows) and queries (those that it is drawn from).
        """
        from secdiplo.codebook import describe

        return describe.figures(self._built)

    def plot(self, name: str, *, width: float | None = None, **params: Any) -> Figure:
        """Draw a figure.

        Parameters
        ----------
        name : str
            See `figures`; or its name in the paper that the dataset follows, such as ``figure_1``.
        width : float, optional
            In inches; 6.5, the text of a page, by default. A journal column is about 3.5.
        **params
            Parameters of the queries behind it, such as ``agency`` or ``start``. With any, no
            published value is drawn beside it: those were counted over the whole scope.

        Returns
        -------
        matplotlib.figure.Figure
            Shown by a notebook as it is. `secdiplo.figures.save` writes it to a file, byte for
            byte the same each time, with a resolution (``dpi``) for PNG. ``described`` says in
            words what it shows.

        Raises
        ------
        FigureError
            The dataset has nothing to draw; the message says what is missing.
        UsageError
            An unknown figure, parameter or value, or a width that is none.

        Examples
        --------
        >>> import secdiplo as sd
        >>> "Vietnam" in sd.load().plot("country_ranking").described
        True
        """
        from secdiplo import figures

        return figures.draw(self._built, name, params, width)

    def report(self, out: Path | str, *, scope: str | None = None, **filters: Any) -> Path:
        """Write the explorer: one page that works offline.

        Parameters
        ----------
        out : path
            The folder that gets ``index.html``.
        scope : str, optional
            The named scope that it opens with; the dataset's own by default.
        **filters
            The filters that are set when the page opens, as of `query`. A reader can change them.

        Returns
        -------
        Path
            The page.

        Raises
        ------
        SecdiploError
            The libraries of ``secdiplo[report]`` are not installed.
        UsageError
            An unknown scope or filter, one that the page does not have, or a folder that cannot
            be written.
        """
        from secdiplo import report

        return report.write(self._built, out, scope=scope, filters=filters)

    def export(
        self, out: Path | str, to: str | Iterable[str] = "all", *, force: bool = False
    ) -> Exported:
        """Write the tables for other tools.

        Parameters
        ----------
        out : path
            The folder to write: the files of one format, or a folder for each of several.
        to : str or iterable of str
            parquet, csv, dta, rds, RData, xlsx, duckdb, sqlite, datapackage, croissant,
            dataverse, bundle, or all.
        force : bool
            Replace the files of an earlier export; those of anybody else are never touched.

        Returns
        -------
        Exported
            ``folder``, ``files`` and ``notices``: what was renamed or left out.

        Raises
        ------
        UsageError
            An unknown format, a folder that is not empty, or a bundle of built tables.
        SecdiploError
            A format cannot hold the data, or its library is not installed. Nothing was written.

        Examples
        --------
        >>> import secdiplo as sd, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     done = sd.load().export(f"{folder}/out", "csv")
        >>> [file.name for file in done.files][:3]
        ['claims.csv', 'codes.csv', 'countries.csv']
        """
        from secdiplo.export import export

        return export(self._built, out, to, force, source=self._source)

    def cite(self, style: Literal["apa", "bibtex", "cff"] = "apa") -> str:
        """Return how to cite the dataset, the paper behind it, the toolkit and its sources.

        Parameters
        ----------
        style : {"apa", "bibtex", "cff"}

        Returns
        -------
        str
            The authors of the paper first.
        """
        from secdiplo import cite
        from secdiplo.engine.frames import ShownText

        return ShownText(cite.text(self._built, style))


def _public_names(dataset: Dataset) -> list[str]:
    return [name for name in dir(type(dataset)) if not name.startswith("_")]


def load(
    path: Path | str | None = None,
    *,
    memory: str | None = None,
    threads: int | None = None,
    engine: str | None = None,
    master: str | None = None,
) -> Dataset:
    """Open a dataset.

    Parameters
    ----------
    path : path, optional
        A dataset folder (it has a dataset.toml) or a folder of built tables (it has a
        manifest.json); without it the built-in dataset.
    memory : str, optional
        What DuckDB may hold in memory (``2GB``); what does not fit goes to disk.
    threads : int, optional
        How many threads work; all cores by default.
    engine : {"duckdb", "spark"}, optional
        What runs the packaged queries; DuckDB by default. Spark reads built tables and needs
        ``pip install '.[scale]'``; all but ``query`` and ``reproduce`` stays on DuckDB.
    master : str, optional
        Where Spark runs, such as ``local[2]`` or ``spark://host:7077``.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        The dataset folder has errors; ``.problems`` lists them all.
    StoreError
        There are no readable tables.
    UsageError
        There is no such folder or engine, or the engine cannot run here.

    Examples
    --------
    >>> import secdiplo as sd
    >>> sd.load().is_exhaustive
    False
    """
    from secdiplo.store import open_any

    built, notices = open_any(path, memory, threads, engine, master)
    if notices:
        text = "\n".join(map(str, notices[:20]))
        warnings.warn(f"{len(notices)} notices on {path}:\n{text}", stacklevel=2)
    source = resources.folder_of(path)
    return Dataset(built, source and source.absolute())  # a notebook may change its folder


def _loaded_again(origin: Origin, content: str) -> Dataset:
    """Open a pickled dataset, in this process, without repeating the notices."""
    from secdiplo.store.opening import open_again

    return Dataset(open_again(origin, content), resources.folder_of(origin.path))


def diff(
    old: Dataset | Path | str | None,
    new: Dataset | Path | str | None = None,
    *,
    links: pd.DataFrame | None = None,
    memory: str | None = None,
    threads: int | None = None,
) -> DatasetDiff:
    """Compare two versions of a dataset, and what the difference does to the results.

    Parameters
    ----------
    old, new : Dataset or path, optional
        An open dataset, a dataset folder or built tables; None or ``"built-in"`` for the built-in
        dataset. An older folder is read with the settings of the new one.
    links : DataFrame, optional
        Events of both that are the same, as `match` gives them: event_key (old),
        other_event_key (new), status.
    memory, threads : optional
        Bounds of the work, as for `load`; large tables get 1 GB by default.

    Returns
    -------
    DatasetDiff
        ``summary`` in words; ``frame("tables")``, ``frame("rows")``, ``frame("cells")``,
        ``frame("renames")``, ``frame("claims")``, ``frame("totals")`` and ``frame("settings")``.
        It is true if anything differs.

    Raises
    ------
    DataError
        A folder has errors that no change of names resolves.
    StoreError, UsageError
        There is no such dataset, or `links` cannot be used.

    Examples
    --------
    >>> import secdiplo as sd
    >>> bool(sd.diff(None, None))
    False
    """
    from secdiplo.coding.diff import diff_versions

    return diff_versions(_path(old), _path(new), links=links, memory=memory, threads=threads)


def match(
    first: Dataset | Path | str | None, second: Dataset | Path | str | None, *, days: int = 3
) -> EventLinks:
    """Link the events of two datasets of one subject, each to one of the other at most.

    Parameters
    ----------
    first, second : Dataset or path
        Open datasets, dataset folders or built tables; None for the built-in dataset.
    days : int
        The most days between two linked events.

    Returns
    -------
    EventLinks
        ``links``, one row per linked or doubtful pair: event_key, other_event_key, score (0 to
        1), status (``linked``, ``decided`` or ``doubtful``), agree and differ (fields).
        ``only_first`` and ``only_second`` list the events without a link. ``queue()`` adds the
        doubtful pairs to ``curated/links.csv`` of the first folder; decisions there are followed.

    Raises
    ------
    DataError
        Problems in a folder, or in ``curated/links.csv``.
    StoreError, UsageError
        There is no such dataset, or `days` is out of its range.

    Examples
    --------
    >>> import secdiplo as sd
    >>> links = sd.match(None, None, days=0).frame("links")
    >>> bool((links["event_key"] == links["other_event_key"]).all())
    True
    """
    from secdiplo.coding import match_events

    one, other = (side if isinstance(side, Dataset) else load(side) for side in (first, second))
    return match_events(one._built, other._built, one._source, days=days)


def _path(dataset: Dataset | Path | str | None) -> Path | str | None:
    """Return where the files of a dataset are."""
    if not isinstance(dataset, Dataset):
        return dataset
    return dataset._built.folder or dataset._source
