"""Intervals of the claims given all others, read from built tables or computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.claims.reproduce import Intervals
    from secdiplo.store import Built


def stored_or_computed(built: Built) -> Intervals:
    """Return the intervals stored in the manifest by `for_manifest`, or compute them.

    Empty where the claims cannot be read as constraints.
    """
    kept = built.manifest.get("intervals")
    if kept is not None:
        return {name: (low, high) for name, (low, high) in kept.items()}
    from secdiplo.audit.consistency import find_consistent, intervals
    from secdiplo.claims.claim_set import read_claims
    from secdiplo.errors import DataError

    try:
        claim_set = read_claims(built)
    except DataError:
        return {}
    return intervals(find_consistent(claim_set)) if claim_set.claims else {}


def for_manifest(built: Built) -> dict[str, Any]:
    """Return the intervals as a part of the manifest, so that reading them needs no solver."""
    return {"intervals": {name: list(ends) for name, ends in stored_or_computed(built).items()}}
