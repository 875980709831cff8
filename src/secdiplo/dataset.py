"""The facade: a dataset whose every capability is a method, imported when it is called."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from secdiplo import resources
from secdiplo.audit.facade import As, Audited, as_arrow, check_as
from secdiplo.errors import UsageError
from secdiplo.export.facade import Exporting
from secdiplo.files import enough_memory
from secdiplo.panel.facade import Paneled
from secdiplo.shown import Shown
from secdiplo.suggest import suggest
from secdiplo.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.coding import Reliability
    from secdiplo.store import Built


class Dataset(Audited, Shown, Paneled, Exporting):
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
    def is_complete(self) -> bool:
        """Whether the dataset claims to hold every interaction in its scope."""
        return bool(self._built.dataset["complete"])

    def __repr__(self) -> str:
        rows = {name: body["rows"] for name, body in self._built.manifest["tables"].items()}
        whole = "claims to be complete" if self.is_complete else "does not claim to be complete"
        return (
            f"<Dataset {self.name} {self.version}: {self.title}\n"
            f" {rows['events']} events, {rows['interactions']} interactions, "
            f"{rows['participations']} participations (all scopes); {whole}\n"
            f" {rows['claims']} published values to compare with>"
        )

    def tables(self) -> dict[str, int]:
        """The tables and their numbers of rows.

        Returns
        -------
        dict of str to int
        """
        return {name: body["rows"] for name, body in self._built.manifest["tables"].items()}

    def queries(self) -> dict[str, str]:
        """The packaged queries and their titles.

        Returns
        -------
        dict of str to str
        """
        from secdiplo import queries

        return {name: queries.load(name).title for name in queries.names()}

    def query(self, name: str, *, as_: As = "pandas", **params: Any) -> pd.DataFrame:
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
        >>> sd.load("tests/data/mini").query("format_totals").columns.tolist()[:3]
        ['format', 'events', 'interactions']
        """
        from secdiplo import queries

        query, values = queries.prepare(self._built, name, params)
        attrs = {
            "query": query.name,
            "unit": query.unit,
            "grain": query.grain,
            "after": query.source,
            "scope": _scope_text(values),
            "params": ", ".join(f"{key}={val}" for key, val in values.items() if val is not None),
            "dataset": f"{self.name} {self.version}",
            "status": f"counted over {queries.basis(self._built)}",
        }
        check_as(as_)
        engine, asked = queries.engine_of(self._built), queries.used(query, values)
        if as_ == "arrow":
            table = engine.arrow(query, asked).replace_schema_metadata(attrs)
            return cast("pd.DataFrame", table)
        frame = engine.frame(query, asked)
        frame.attrs.update(attrs)
        return frame

    def table(self, name: str, *, as_: As = "pandas") -> pd.DataFrame:
        """A whole table.

        Parameters
        ----------
        name : str
            See `tables`.
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            Sorted by the table's key; ``attrs`` holds grain, unit, key and dataset.

        Raises
        ------
        UsageError
            There is no such table.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load("tests/data/mini").table("events").attrs["unit"]
        'event'
        """
        if name not in TABLES:
            raise UsageError(f"no table `{name}`; {suggest(str(name), list(TABLES))}")
        table = TABLES[name]
        self._built.need([name])
        order = ", ".join(f'"{column}"' for column in table.key)
        attrs = {
            "table": name,
            "grain": table.grain,
            "unit": table.unit,
            "key": ", ".join(table.key),
            "dataset": f"{self.name} {self.version}",
        }
        return self._frame(f"select * from {name} order by {order}", {}, as_, attrs)

    def sql(
        self,
        statement: str,
        params: dict[str, Any] | None = None,
        *,
        as_: As = "pandas",
        unsafe: bool = False,
    ) -> pd.DataFrame:
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
        >>> sd.load("tests/data/mini").sql("select count(*) as n from events")["n"].item()
        5
        """
        from secdiplo import queries

        attrs = {"dataset": f"{self.name} {self.version}"}
        if unsafe:
            from secdiplo import store

            built = store.open_unsafe(self._built)
            queries.check_statement(built, statement, unsafe=True)
            return Dataset(built)._frame(statement, params or {}, as_, attrs)
        queries.check_statement(self._built, statement)
        return self._frame(statement, params or {}, as_, attrs)

    def reproduce(self, *, as_: As = "pandas") -> pd.DataFrame:
        """Return every published value beside the recomputed one.

        Parameters
        ----------
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            One row a claim: claim_id, section, quote, published, relation, unit, recomputed,
            difference, status, query, lower, upper, note, recipe. ``recomputed`` is the value of
            these tables; ``lower`` and ``upper`` are what all published values together admit,
            blank if a claim counts no events or interactions. ``attrs["summary"]`` counts the
            statuses.
        """
        import pandas as pd

        from secdiplo.audit import intervals
        from secdiplo.claims.reproduce import COLUMNS, reproduce, summary

        check_as(as_)
        findings = reproduce(self._built, intervals.of_built(self._built))
        frame = pd.DataFrame([f.row() for f in findings], columns=list(COLUMNS))
        for name in ("published", "recomputed", "lower", "upper", "difference"):
            frame[name] = frame[name].astype("Float64")
        frame.attrs.update(summary=summary(findings), dataset=f"{self.name} {self.version}")
        return as_arrow(frame) if as_ == "arrow" else frame

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
            ``frame()`` has one row per column and distance: units (matched rows), agreement
            (share of equal cells), alpha (Krippendorff), low and high (its 95 percent interval),
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

    def cite(self, style: str = "apa") -> str:
        """How to cite the dataset, the paper behind it, the toolkit and its sources.

        Parameters
        ----------
        style : {"apa", "bibtex", "cff"}

        Returns
        -------
        str
            The authors of the paper first.
        """
        from secdiplo import cite

        return cite.text(self._built, style)

    def _frame(
        self, statement: str, params: dict[str, Any], as_: As, attrs: dict[str, str]
    ) -> pd.DataFrame:
        import duckdb

        from secdiplo import queries

        check_as(as_)
        try:
            con = self._built.con.cursor()  # of its own, so that threads do not meet
            with enough_memory(self.name):
                if as_ == "arrow":
                    table = con.sql(statement, params=params).to_arrow_table()
                    self._built.unchanged()
                    return cast("pd.DataFrame", table.replace_schema_metadata(attrs))
                frame = con.execute(statement, params).df()
        except duckdb.Error as error:
            self._built.unchanged()
            raise UsageError(queries.said(error)) from None
        self._built.unchanged()
        frame.attrs.update(attrs)
        return frame


def _scope_text(values: dict[str, Any]) -> str:
    names = (
        "scope",
        "start",
        "end",
        "agency",
        "official_rank",
        "official",
        "confidence",
        "min_sources",
    )
    given = {name: values[name] for name in names if values.get(name) is not None}
    if "confidence" in given:  # the least that is taken in, not the only one
        given["confidence"] = f"{given['confidence']} or better"
    return ", ".join(f"{name}={value}" for name, value in given.items())


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
        ``pip install 'secdiplo[spark]'``; all but ``query`` and ``reproduce`` stays on DuckDB.
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
    >>> sd.load("tests/data/mini").name
    'mini'
    """
    from secdiplo.store import open_any

    built, notices = open_any(path, memory, threads, engine, master)
    if notices:
        text = "\n".join(map(str, notices[:20]))
        warnings.warn(f"{len(notices)} notices on {path}:\n{text}", stacklevel=2)
    return Dataset(built, folder_of(path))


def folder_of(path: Path | str | None) -> Path | None:
    """The dataset folder that a path names: the shipped one without it, None for built tables."""
    if path is None:
        return resources.shipped("data")
    return Path(path) if (Path(path) / "dataset.toml").is_file() else None
