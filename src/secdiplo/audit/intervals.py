"""What all published figures together admit for each of them, computed or kept in built tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.claims import Intervals
    from secdiplo.store import Built


def of_built(built: Built) -> Intervals:
    """The intervals of open tables: those that `derive` put in the manifest, or made anew.

    None where the figures cannot be read as constraints.
    """
    kept = built.manifest.get("intervals")
    if kept is not None:
        return {name: (low, high) for name, (low, high) in kept.items()}
    from secdiplo.audit import ledger as ledgers
    from secdiplo.audit.ranges import intervals
    from secdiplo.audit.settle import settle
    from secdiplo.errors import DataError

    try:
        ledger = ledgers.read(built)
    except DataError:
        return {}
    return intervals(settle(ledger)) if ledger.figures else {}


def derive(built: Built) -> dict[str, Any]:
    """The intervals as a part of the manifest, so that reading them needs no solver."""
    return {"intervals": {name: list(ends) for name, ends in of_built(built).items()}}
