"""What a dataset does as a panel: a part of the facade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from secdiplo.audit.facade import As

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.store import Built


class Paneled:
    """Panels of a dataset that is open for reading."""

    _built: Built

    def _frame(
        self, statement: str, params: dict[str, Any], as_: As, attrs: dict[str, str]
    ) -> pd.DataFrame:
        raise NotImplementedError

    def panel(
        self,
        unit: str = "country",
        freq: str = "year",
        codes: str = "iso3",
        measures: str | Sequence[str] = (),
        *,
        start: Any = None,
        end: Any = None,
        as_: As = "pandas",
        **params: Any,
    ) -> pd.DataFrame:
        """Every unit in every period, counted, or missing and said why.

        Parameters
        ----------
        unit : {"country", "dyad", "official", "agency"}
            A dyad is directed: from an agency to a country.
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
            scope, agency, official_rank, official, confidence, as of a query.

        Returns
        -------
        DataFrame or pyarrow.Table
            One row a unit and period, with status (observed, zero, outside_coverage,
            not_a_state), partial, imprecise_dates and the measures, missing outside coverage
            and membership. ``attrs`` holds coverage, units, membership, imprecise_dates (each
            event once) and left_out. Tenures are not applied: an official's zero says nothing of
            office.

        Notes
        -----
        An event is counted in the period that holds all its possible days, when all of them lie
        in coverage, between `start` and `end` and in membership; ``imprecise_dates`` counts the
        others. A query counts every event that overlaps its days.

        Examples
        --------
        >>> import secdiplo as sd
        >>> panel = sd.load("tests/data/mini").panel("agency", "year", measures=["events"])
        >>> panel["status"].unique().tolist()
        ['zero', 'observed']
        """
        from secdiplo.panel import cells

        made = cells.prepare(self._built, unit=unit, freq=freq, codes=codes, measures=measures,
                             start=start, end=end, given=params)  # fmt: skip
        frame = self._frame(made.sql, made.params, as_, made.attrs)
        if as_ == "pandas":
            frame = frame.astype(dict.fromkeys(made.whole, "Int64"))
            frame.attrs.update(made.attrs)
        return frame
