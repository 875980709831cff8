"""What a number rests on: attested rows alone, or imputed or synthetic ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secdiplo.schema.tables import NUMERIC, VALUES_VIEW, extra_columns

if TYPE_CHECKING:
    from secdiplo.query.packaged import Query
    from secdiplo.store import Built


def why_empty(built: Built, query: Query) -> str:
    """Return why a query has no rows whatever its parameters are; blank if it could have some."""
    numeric = [each for each in extra_columns(built.dataset) if each.kind in NUMERIC]
    if VALUES_VIEW not in query.sql or numeric:
        return ""
    return f"the coding sheet of {built.dataset['name']} has no numeric extra column"


def basis(built: Built) -> str:
    """Return what the numbers of these tables rest on: attested rows alone, or others too.

    Synthetic rows are never mixed with others: `check` refuses that.
    """

    def counts(table: str) -> dict[str, int]:
        built.need([table])
        sql = f"select row_status, count(*) from {table} group by row_status"
        return dict(built.con.cursor().execute(sql).fetchall())

    kinds = set(counts("participations"))
    if "synthetic" in kinds:
        return "synthetic rows (invented; not evidence of any meeting)"
    if "imputed" not in kinds:
        return "attested rows"
    found, held = counts("interactions"), counts("events")
    few, interactions = found.get("imputed", 0), sum(found.values())
    fewer, events = held.get("imputed", 0), sum(held.values())
    imputed = f"{few} imputed of {interactions} interactions, {fewer} of {events} events"
    return f"attested and imputed rows ({imputed})"


def is_synthetic(built: Built) -> bool:
    """Whether the tables hold synthetic rows, which are evidence of nothing."""
    built.need(["participations"])
    sql = "select count(*) from (from participations where row_status = 'synthetic' limit 1)"
    return built.con.cursor().execute(sql).fetchone() == (1,)
