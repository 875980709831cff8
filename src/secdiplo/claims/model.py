"""A claim: what a published value counts, and the interval that its words admit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.claims.filters import Filter

CLAIM_UNITS = {  # the unit of a claim -> what is counted
    "events": "event",
    "interactions": "interaction",
    "agency_interactions": "agency_interaction",
    "countries": "country",
    "organizations": "organization",
}
FILTERS = (  # columns that restrict what a claim counts, beside its time
    "agency",
    "official",
    "official_rank",
    "format",
    "counterpart_type",
    "region",
    "counterpart",
    "forum",
)
RANKED = ("counterpart", "region", "forum", "official", "official_rank", "agency", "format")
MEASURES = ("count", "distinct", "share", "rank")  # those that are counts, or made of counts
DATASET = "dataset"  # the scope of a claim about the dataset itself


@dataclass(frozen=True)
class ClaimProblem:
    """What is wrong with a claim.

    Attributes
    ----------
    column : str
        The column of the claims table.
    what : str
        What is wrong and what to do.
    level : str
        ``error``, or ``notice`` for names without a closed list.
    reads : tuple of str
        Other columns that the rule reads: if one of them is invalid, the problem is not reported.
    """

    column: str
    what: str
    level: str = "error"
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountRef:
    """A count that a share refers to: that of another claim, or one of its own."""

    unit: str
    filter: Filter | None = None
    claim_id: str = ""


@dataclass(frozen=True)
class Claim:
    """A published value as a constraint on counts.

    Attributes
    ----------
    row : mapping
        The row of the table ``claims``.
    kind : str
        ``count``, ``share`` or ``rank``.
    unit : str
        What is counted: one of the values of `CLAIM_UNITS`.
    low, high : Fraction or None
        The interval that the words admit, ends included; None if nothing bounds it.
    interpretations : tuple of Filter
        What is counted, under each interpretation.
    labels : tuple of str
        The interpretations in words; one blank label if there is only one.
    numerator, base : CountRef or None
        Of a share.
    over : str
        Of a rank: the dimension whose values are ranked.
    """

    row: Mapping[str, Any]
    kind: str
    unit: str
    low: Fraction | None
    high: Fraction | None
    interpretations: tuple[Filter, ...]
    labels: tuple[str, ...] = ("",)
    numerator: CountRef | None = None
    base: CountRef | None = None
    over: str = ""

    @property
    def id(self) -> str:
        """Return the identifier of the claim."""
        return str(self.row["claim_id"])
