"""What a dataset hands on: exports, the coder's sheet and the actors; a part of the facade."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo.audit.facade import As

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.export import Exported
    from secdiplo.store import Built


class Exporting:
    """Exports and other forms of a dataset that is open for reading."""

    _built: Built
    _source: Path | None

    if TYPE_CHECKING:

        def _frame(
            self, statement: str, params: dict[str, Any], as_: As, attrs: dict[str, str]
        ) -> pd.DataFrame: ...

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
        ...     done = sd.load("tests/data/mini").export(f"{folder}/out", "csv")
        >>> [file.name for file in done.files][:3]
        ['claims.csv', 'codes.csv', 'countries.csv']
        """
        from secdiplo.export import export

        return export(self._built, out, to, force, source=self._source)

    def flat(self, *, as_: As = "pandas") -> pd.DataFrame:
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
        >>> sd.load("tests/data/mini").flat().columns[:3].tolist()
        ['event_key', 'date', 'date_end']
        """
        from secdiplo.schema.tables import SHEET
        from secdiplo.store import flat

        attrs = {
            "table": SHEET.name,
            "grain": SHEET.grain,
            "unit": SHEET.unit,
            "key": ", ".join(SHEET.key),
            "dataset": f"{self._built.dataset['name']} {self._built.dataset['version']}",
        }
        self._built.need(flat.NEEDED)
        return self._frame(flat.statement(self._built.dataset["extra_columns"]), {}, as_, attrs)

    def actors(self, *, as_: As = "pandas") -> pd.DataFrame:
        """One row an actor in an event: agencies, officials, countries, organizations, persons.

        Parameters
        ----------
        as_ : {"pandas", "arrow"}

        Returns
        -------
        DataFrame or pyarrow.Table
            event_id, side (home or foreign), kind (agency, official, country, organization or
            person), code (blank of a person met), name, role (rank or office), part_of (agency
            of an official; country or organization of a person) and row_status. Unit: actor.

        Examples
        --------
        >>> import secdiplo as sd
        >>> actors = sd.load("tests/data/mini").actors()
        >>> sorted(actors["kind"].unique())
        ['agency', 'country', 'official', 'organization', 'person']
        """
        from secdiplo.export.actors import ACTORS, NEEDED, STATEMENT

        self._built.need(NEEDED)
        attrs = {
            "table": ACTORS.name,
            "grain": ACTORS.grain,
            "unit": ACTORS.unit,
            "key": ", ".join(ACTORS.key),
            "dataset": f"{self._built.dataset['name']} {self._built.dataset['version']}",
        }
        return self._frame(STATEMENT, {}, as_, attrs)
