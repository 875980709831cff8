"""Since which version of the built-in data a variable exists, and when it was changed."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = "1.0"
CHANGE_KINDS = ("added", "renamed", "recoded", "removed")


@dataclass(frozen=True)
class Change:
    """One change of a variable between two versions of the data.

    Attributes
    ----------
    version : str
        The version of the data (M.m) that first has it.
    table, column : str
        The variable by its name in that version.
    kind : str
        One of `CHANGE_KINDS`.
    what : str
        What changed, as a full sentence; of a renamed one its former name.
    """

    version: str
    table: str
    column: str
    kind: str
    what: str


_LISTS = "First years corrected after the lists of members"
_MERGED = "`drug control` is merged into `counternarcotics`"
CHANGES = (
    Change("1.1", "countries", "cow_from", "recoded", f"{_LISTS}: SRB."),
    Change("1.1", "countries", "gw_from", "recoded", f"{_LISTS}: AND, COL, LIE, MCO, SMR."),
    Change("2.0", "events", "independent_sources", "added", "Counted from the cited pages."),
    Change("2.0", "interaction_topics", "topic", "recoded", f"{_MERGED}."),
    Change("2.0", "sources", "publisher", "recoded", "Never blank: else by the host name."),
    *(
        Change("2.0", "sources", name, "added", "From the table of publishers.")
        for name in ("publisher_basis", "publisher_country", "publisher_kind")
    ),
    *(
        Change("2.0", "publishers", name, "added", "A new table.")
        for name in ("host", "publisher", "country", "kind")
    ),
    Change("2.0", "gsi_support", "wording", "added", "Coded for every row."),
)


def since(table: str, column: str) -> str:
    """The version that first has a variable."""
    added = [c.version for c in CHANGES if (c.table, c.column, c.kind) == (table, column, "added")]
    return added[0] if added else FIRST


def changes(table: str, column: str) -> list[Change]:
    """The changes of a variable, in the order of the versions."""
    return [change for change in CHANGES if (change.table, change.column) == (table, column)]
