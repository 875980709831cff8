"""Declarations of the tables as Pandera classes, and the rules of single cells made from them.

>>> from secdiplo.schema import Interactions
>>> list(Interactions.to_schema().columns)[:2]
['interaction_id', 'event_id']
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secdiplo.schema.cell_messages import explain, nearest, shown
    from secdiplo.schema.cell_rules import (
        CodeLists,
        cell_rule,
        explain_cell,
        flags,
        suspect_sql,
        suspects,
        verdict_sql,
    )
    from secdiplo.schema.claims import Claims, Seeds
    from secdiplo.schema.events import (
        CodingSheet,
        Events,
        EventSources,
        Interactions,
        InteractionTopics,
        Participations,
        Sources,
    )
    from secdiplo.schema.frame_rules import model, sheet_model, verdicts
    from secdiplo.schema.reference import (
        Codes,
        CodesSheet,
        Countries,
        CountryRegions,
        Decisions,
        Exclusions,
        Forums,
        ForumSeries,
        NonstateActors,
        Officials,
        Organizations,
        Publishers,
        RegionsSheet,
        Scopes,
        SessionsSheet,
    )

_MODULES = {
    "cell_messages": "explain nearest shown",
    "cell_rules": "CodeLists cell_rule explain_cell flags suspect_sql suspects verdict_sql",
    "claims": "Claims Seeds",
    "events": "CodingSheet EventSources Events InteractionTopics Interactions Participations "
    "Sources",
    "frame_rules": "model sheet_model verdicts",
    "reference": "Codes CodesSheet Countries CountryRegions Decisions Exclusions ForumSeries "
    "Forums NonstateActors Officials Organizations Publishers RegionsSheet Scopes SessionsSheet",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "Claims",
    "CodeLists",
    "Codes",
    "CodesSheet",
    "CodingSheet",
    "Countries",
    "CountryRegions",
    "Decisions",
    "EventSources",
    "Events",
    "Exclusions",
    "ForumSeries",
    "Forums",
    "InteractionTopics",
    "Interactions",
    "NonstateActors",
    "Officials",
    "Organizations",
    "Participations",
    "Publishers",
    "RegionsSheet",
    "Scopes",
    "Seeds",
    "SessionsSheet",
    "Sources",
    "cell_rule",
    "explain",
    "explain_cell",
    "flags",
    "model",
    "nearest",
    "sheet_model",
    "shown",
    "suspect_sql",
    "suspects",
    "verdict_sql",
    "verdicts",
]


def __getattr__(name: str) -> Any:
    """Import a class or rule when it is first asked for: reading a table needs none."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module `secdiplo.schema` has no attribute `{name}`")
    return getattr(importlib.import_module(f"secdiplo.schema.{_HOMES[name]}"), name)
