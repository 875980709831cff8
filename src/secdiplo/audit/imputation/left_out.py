"""Attested rows that an imputation leaves out, and the claims that exclude them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from secdiplo.audit.attested import EventPlacer
from secdiplo.audit.consistency import ConsistentSet
from secdiplo.audit.imputation.model import AttestedRow, ImputationModel


def left_out(
    fitted: ImputationModel, x: np.ndarray, order: Callable[[AttestedRow], object]
) -> list[AttestedRow]:
    """Return the attested interactions and unnamed events that an imputation leaves out.

    Of several that count alike those go that come last by `order`.
    """
    alike: dict[tuple[object, ...], list[AttestedRow]] = {}
    for item in fitted.attested_rows:
        single = item.event.format == "multilateral"
        key = (item.variable,) if single else (item.event.format, item.at, item.counterpart)
        alike.setdefault(key, []).append(item)
    out = []
    for items in alike.values():
        stays = int(sum(x[item.variable] for item in items))
        out += sorted(items, key=order)[stays:]  # type: ignore[arg-type]
    return sorted(out, key=lambda item: (item.event.event_id, item.counterpart or ("", "")))


def by_name(item: AttestedRow) -> object:
    """Return the sort key of an item by its event and counterpart."""
    return item.event.event_id, item.counterpart or ("", "")


def random_order(rng: np.random.Generator) -> Callable[[AttestedRow], object]:
    """Return a random sort key that gives the same item the same position."""
    places: dict[object, float] = {}
    return lambda item: places.setdefault(by_name(item), float(rng.random()))


class Reasons:
    """Finds the claims that exclude an attested row: those that attested rows exceed."""

    def __init__(self, fitted: ImputationModel, consistent: ConsistentSet) -> None:
        self.variables = fitted.model.variables
        self.placer = EventPlacer(self.variables, exact=True)
        self.full: list[tuple[str, int]] = []
        self.any: list[tuple[str, int]] = []
        for claim in consistent.claim_set.claims:
            if claim.kind != "count" or claim.high is None:
                continue
            place = fitted.model.index_of(fitted.model.counted(claim, fitted.interpretation))
            counted = [item for item in fitted.attested_rows if self._counts(place, item)]
            distinct: dict[str, set[object]] = {
                "event": {item.event.event_id for item in counted},
                "interaction": {(item.event.event_id, item.counterpart) for item in counted},
            }
            names: set[object] = {item.counterpart for item in counted}
            found = len(distinct.get(claim.unit, names))
            self.any.append((claim.id, place))
            if found > claim.high:
                self.full.append((claim.id, place))

    def _counts(self, place: int, item: AttestedRow) -> bool:
        if not self.variables.includes(place, item.at):
            return False
        if item.counterpart is None:
            return self.variables.specs[place].unit == "event" and bool(
                self.variables.counterpart_mask[place].all()
            )
        return bool(self.variables.counterpart_mask[place, self.placer.group_of(item.counterpart)])

    def of(self, item: AttestedRow) -> list[str]:
        """Return the claims that exclude a row; if no single one does, all that count it."""
        found = [name for name, place in self.full if self._counts(place, item)]
        return found or [name for name, place in self.any if self._counts(place, item)]
