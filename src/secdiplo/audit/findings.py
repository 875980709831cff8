"""What the audit finds: lines and conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secdiplo.audit.conflicts import Change

COLUMNS = ("kind", "verdict", "claims", "finding")


@dataclass(frozen=True)
class Conflict:
    """Figures that cannot all be true, though any of them can be left out for the others.

    Attributes
    ----------
    claims : tuple of str
    reading : dict of str to str
        The readings that are taken, of those of them that have several.
    changes : list of Change
        The least change of figures, in their units, after which they can.
    of_reading : bool
        Whether the figures can be true in another reading.
    """

    claims: tuple[str, ...]
    reading: Mapping[str, str]
    changes: tuple[Change, ...]
    of_reading: bool


@dataclass(frozen=True)
class Finding:
    """One line of the audit.

    Attributes
    ----------
    kind : str
        ``share``, ``sum``, ``reading``, ``conflict`` or ``all``.
    verdict : str
        ``holds``, ``note`` (true, and it says something) or ``conflict``.
    claims : tuple of str
    text : str
    """

    kind: str
    verdict: str
    claims: tuple[str, ...]
    text: str

    def row(self) -> tuple[str, str, str, str]:
        """The cells of `COLUMNS`."""
        return self.kind, self.verdict, "; ".join(self.claims), self.text
