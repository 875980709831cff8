"""Intervals of the claims given all others, read from built tables or computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.claims import Intervals
    from secdiplo.store import Built


def of_built(built: Built) -> Intervals:
    """Return the intervals stored in the manifest by `derive`, or compute them.

    None where the claims cannot be read as constraints.
    """
    kept = built.manifest.get("intervals")
    if kept is not None:
        return {name: (low, high) for name, (low, high) in kept.items()}
    from secdiplo.audit import ledger as ledgers
    from secdiplo.audit.consistency import find_consistent, intervals
    from secdiplo.errors import DataError

    try:
        ledger = ledgers.read(built)
    except DataError:
        return {}
    return intervals(find_consistent(ledger)) if ledger.figures else {}


def derive(built: Built) -> dict[str, Any]:
    """Return the intervals as a part of the manifest, so that reading them needs no solver."""
    return {"intervals": {name: list(ends) for name, ends in of_built(built).items()}}
