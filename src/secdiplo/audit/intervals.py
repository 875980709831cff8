"""Intervals of the claims given all others, read from built tables or computed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any

from secdiplo.folder import resources

if TYPE_CHECKING:
    from secdiplo.claims.claim_set import ClaimSet
    from secdiplo.claims.reproduce import Intervals
    from secdiplo.store import Built


def stored_or_computed(built: Built) -> Intervals:
    """Return the intervals stored in the manifest by `for_manifest`, or compute them.

    Empty where the claims cannot be read as constraints.
    """
    kept = built.manifest.get("intervals")
    if kept is not None:
        return {name: (low, high) for name, (low, high) in kept.items()}
    claim_set = _constraints(built)
    return computed(claim_set) if claim_set else {}


def computed(claim_set: ClaimSet) -> Intervals:
    """Compute the intervals, which takes seconds."""
    from secdiplo.audit.consistency import find_consistent, intervals

    return intervals(find_consistent(claim_set))


def for_manifest(built: Built) -> dict[str, Any]:
    """Return the intervals as a part of the manifest, so that reading them needs no solver.

    They depend on the claims alone. If these are the claims of the built-in dataset, its intervals
    are taken over.
    """
    claim_set = _constraints(built)
    if claim_set is None:
        return {"intervals": {}}
    digest = _digest(claim_set)
    file = resources.built() / "manifest.json"  # which a replication package does not have
    shipped = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if shipped.get("intervals_of") == digest:
        found = shipped["intervals"]
    else:
        found = {name: list(ends) for name, ends in computed(claim_set).items()}
    return {"intervals": found, "intervals_of": digest}


def _constraints(built: Built) -> ClaimSet | None:
    """Return the claims as constraints; None if there are none, or they cannot be read as such."""
    from secdiplo.claims.claim_set import read_claims
    from secdiplo.errors import DataError

    try:
        claim_set = read_claims(built)
    except DataError:
        return None
    return claim_set if claim_set.claims else None


def _digest(claim_set: ClaimSet) -> str:
    """Return a digest of the constraints and of everything that they refer to."""
    text = json.dumps(dataclasses.asdict(claim_set), default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
