"""Audit, bounds and completions as methods of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from secdiplo.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.audit.completion.writing import Completion
    from secdiplo.store import Built

As = Literal["pandas", "arrow"]


class Audited:
    """Audit, bounds and completions of a dataset that is open for reading."""

    _built: Built
    _source: Path | None

    @property
    def _label(self) -> str:
        return f"{self._built.dataset['name']} {self._built.dataset['version']}"

    def audit(
        self, *, max_conflicts: int = 20, time_limit: float | None = None, as_: As = "pandas"
    ) -> pd.DataFrame:
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
            One row per finding: kind (share, sum, interpretation, conflict, repair), verdict
            (holds, note, conflict), claims, finding. ``attrs`` holds summary, feasible,
            all_conflicts and the number of solver calls.

        Raises
        ------
        DataError
            A claim cannot be read as a constraint.
        SecdiploError
            The time did not suffice.

        Examples
        --------
        >>> import secdiplo as sd
        >>> sd.load("tests/data/mini").audit().attrs["feasible"]
        True
        """
        import pandas as pd

        from secdiplo.audit import messages, report

        check_as(as_)
        found = report.audit(self._built, max_conflicts=max_conflicts, time_limit=time_limit)
        rows = [finding.row() for finding in found.findings]
        frame = pd.DataFrame(rows, columns=list(messages.COLUMNS))
        frame.attrs.update(
            summary=found.summary(),
            feasible=found.feasible,
            all_conflicts=found.all_conflicts,
            calls=found.calls,
            dataset=self._label,
        )
        return as_arrow(frame) if as_ == "arrow" else frame

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
    ) -> pd.DataFrame:
        """Return exact bounds on unpublished counts: what the published values leave open.

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
        >>> sd.load("tests/data/mini").bounds("interaction").columns.tolist()
        ['lower', 'upper', 'lower_claims', 'upper_claims']
        """
        from secdiplo.audit import bounds

        check_as(as_)
        table = bounds.bounds_table(
            self._built,
            unit,
            where or {},
            (by,) if isinstance(by, str) else tuple(by),
            with_attested=with_attested,
            claims=claims,
            time_limit=time_limit,
        )
        frame = table.frame()
        frame.attrs.update(unit=unit, about=table.about, dataset=self._label)
        return as_arrow(frame) if as_ == "arrow" else frame

    def complete(
        self,
        out: Path | str,
        *,
        draws: int = 0,
        seed: int = 0,
        time_limit: float | None = None,
    ) -> Completion:
        """Write a dataset that keeps attested rows and agrees with the published values.

        Imputed rows are marked; that totals are met is no evidence that they took place.

        Parameters
        ----------
        out : path
            The folder to write.
        draws : int
            How many further completions to draw, each as good.
        seed : int
            Of everything that is chosen by chance.
        time_limit : float, optional
            Seconds for each question to the solver.

        Returns
        -------
        Completion
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
        from secdiplo.audit.completion import writing

        if self._source is None:
            what = "a completion is made from a dataset folder, not from built tables"
            raise UsageError(f"{what}; load the folder")
        return writing.complete(self._source, out, draws=draws, seed=seed, time_limit=time_limit)


def check_as(as_: str) -> None:
    """Raise an error unless the form of a result is pandas or arrow."""
    if as_ not in ("pandas", "arrow"):
        raise UsageError(f"`as_` is pandas or arrow, not `{as_}`")


def as_arrow(frame: pd.DataFrame) -> Any:
    """Return a frame as an Arrow table, with its attributes as metadata."""
    import pyarrow

    table: pyarrow.Table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    return table.replace_schema_metadata({k: str(v) for k, v in frame.attrs.items()})
