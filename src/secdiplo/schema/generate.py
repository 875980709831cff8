"""Write ``tables.json``, from which everything but validation reads the classes of the tables.

``secdiplo codebook -o schema`` runs it. Where a change of the classes keeps that command from
starting, run ``python -m secdiplo.schema.generate``.
"""

from __future__ import annotations

import json

from secdiplo.schema import claims, events, reference
from secdiplo.schema.frictionless import TABLES_JSON, to_core_schema
from secdiplo.schema.table_model import TableModel, declaration

TABLE_MODELS: tuple[type[TableModel], ...] = (
    events.Events,
    events.Interactions,
    events.Participations,
    events.InteractionTopics,
    events.Sources,
    events.EventSources,
    reference.Countries,
    reference.CountryRegions,
    reference.Organizations,
    reference.NonstateActors,
    reference.Publishers,
    reference.Officials,
    reference.ForumSeries,
    reference.Forums,
    reference.Exclusions,
    reference.Decisions,
    reference.Codes,
    reference.Scopes,
    claims.Seeds,
    claims.Claims,
)
SHEET_MODELS: tuple[type[TableModel], ...] = (
    events.CodingSheet,
    reference.RegionsSheet,
    reference.SessionsSheet,
    reference.CodesSheet,
)


def text() -> str:
    """Return the content of the file: the Table Schema of every class, and what more it declares.

    Returns
    -------
    str
        JSON with the built tables in ``tables``, and in ``sheets`` the sheets that are no table.
    """
    declared = {
        place: [to_core_schema(declaration(model)) for model in models]
        for place, models in {"sheets": SHEET_MODELS, "tables": TABLE_MODELS}.items()
    }
    return json.dumps(declared, indent=1, ensure_ascii=False) + "\n"


def write() -> bool:
    """Write the file; return whether it changed."""
    wanted = text()
    if is_current(wanted):
        return False
    TABLES_JSON.write_text(wanted, encoding="utf-8", newline="\n")
    return True


def is_current(wanted: str = "") -> bool:
    """Whether the file is what the classes give."""
    there = TABLES_JSON.is_file()
    return there and TABLES_JSON.read_text(encoding="utf-8") == (wanted or text())


if __name__ == "__main__":
    write()
