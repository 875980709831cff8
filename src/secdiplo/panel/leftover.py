"""What is in the scope but in no cell of a panel, or not certainly in one: reported, never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from secdiplo.output.wording import counted
from secdiplo.sql.quoting import bound

if TYPE_CHECKING:
    from secdiplo.store import Built


def left_out(
    built: Built,
    statement: str,
    values: Mapping[str, Any],
    unit: str,
    freq: str,
    codes: str,
) -> list[str]:
    """Say what the panel cannot show.

    Parameters
    ----------
    built : Built
    statement : str
        That of the panel.
    values : mapping
        Of the parameters.
    unit, freq, codes : str
        As of the panel.

    Returns
    -------
    list of str
        Empty if every event of the scope is in a cell.
    """
    lines: list[str] = []

    placed = statement[: statement.index("-- `day_from` and")].rstrip().rstrip(",")

    def rows_of(select: str, steps: str = placed) -> list[tuple[Any, ...]]:
        sql = f"{steps} {select}"
        rows = built.con.cursor().execute(sql, bound(sql, values)).fetchall()
        return [tuple(row) for row in rows]

    if unit in {"country", "dyad"}:
        lines += _without_country(rows_of)
        steps = statement[: statement.index("cells as (")].rstrip().rstrip(",")
        lines += _without_cell(rows_of, steps, codes)
    elif unit == "official":
        ((events, rows),) = rows_of(
            "select count(distinct event_id), coalesce(sum(participations), 0) "
            "from placed where official_id is null"
        )
        if rows:
            lines.append(f"{counted(rows, 'participation')} in {counted(events, 'event')} "
                         "name no official")  # fmt: skip
    return lines + _without_count(rows_of, freq)


def _without_count(rows_of: Callable[..., list[tuple[Any, ...]]], freq: str) -> list[str]:
    """Events that stand in no count: too coarsely dated, at an edge, or outside the days."""
    lines: list[str] = []
    ((coarse, edge, outside),) = rows_of(
        "select count(distinct event_id) filter (where coarse and not beyond), "
        "count(distinct event_id) filter (where not coarse and not beyond and possible "
        "and (not certain or date_min < $from or latest_start > $to)), "
        "count(distinct event_id) filter (where beyond) from contacts "
        "where coarse or beyond or not certain or date_min < $from or latest_start > $to"
    )
    if coarse:
        lines.append(
            f"{counted(coarse, 'event')} dated too imprecisely for a count by {freq}: "
            "see the column `imprecise_dates`"
        )
    if edge:
        lines.append(
            f"{counted(edge, 'event')} that may be outside the period of the panel, not in any "
            "count: see the column `imprecise_dates`"
        )
    if outside:
        lines.append(f"{counted(outside, 'event')} before `start` or after `end`")
    return lines


def _without_country(rows_of: Any) -> list[str]:
    """Interactions with organizations and actors, and events that name no counterpart."""
    ((organizations, actors, unnamed),) = rows_of(
        "select count(distinct (event_id, counterpart)) "
        "filter (where counterpart_type = 'organization'), "
        "count(distinct (event_id, counterpart)) filter (where counterpart_type = 'actor'), "
        "count(distinct event_id) filter (where counterpart_type is null) from placed "
        "where not kept"
    )
    lines = []
    if organizations:
        lines.append(f"{counted(organizations, 'interaction')} with organizations, not "
                     "countries")  # fmt: skip
    if actors:
        lines.append(f"{counted(actors, 'interaction')} with non-state actors, not "
                     "countries")  # fmt: skip
    if unnamed:
        lines.append(f"{counted(unnamed, 'event')} without a named counterpart")
    return lines


def _without_cell(rows_of: Any, steps: str, codes: str) -> list[str]:
    """Countries without a code, and events at a time when their country was no member."""
    lines = []
    rows = rows_of(
        "select country, count(distinct event_id) from contacts "
        "where country not in (select country from units) group by all order by country",
        steps,
    )
    if rows:
        listed = ", ".join(f"{country} ({counted(events, 'event')})" for country, events in rows)
        lines.append(f"no {codes} code: {listed}")
    if codes == "iso3":
        return lines
    rows = rows_of(
        "select country, count(distinct event_id) from contacts where not possible and not beyond "
        "and country in (select country from units) group by all order by country",
        steps,
    )
    if rows:
        listed = ", ".join(f"{country} ({counted(events, 'event')})" for country, events in rows)
        lines.append(f"no member of {codes} at the time: {listed}")
    return lines
