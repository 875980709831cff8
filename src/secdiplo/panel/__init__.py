"""Panels: every unit in every period, so that no false zero is ever merged.

A cell inside coverage is a count, zero where nothing is on record; outside coverage, and outside
membership in the system of states, it is missing and says why in `cell_state`.
"""

from secdiplo.panel.cells import CODES, FREQUENCIES, STATES, UNITS, Panel, prepare
from secdiplo.panel.measures import BASES, BY, CUMULATIVE, DATES, DEFAULT

__all__ = [
    "BASES",
    "BY",
    "CODES",
    "CUMULATIVE",
    "DATES",
    "DEFAULT",
    "FREQUENCIES",
    "STATES",
    "UNITS",
    "Panel",
    "prepare",
]
