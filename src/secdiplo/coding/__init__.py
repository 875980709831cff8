"""What coders do: compare codings and events, and link the events of two datasets.

`secdiplo.coding.diff`, which also recomputes published values, is imported by its own name.
"""

from secdiplo.coding.duplicates import duplicates
from secdiplo.coding.match import EventLinks, match_events
from secdiplo.coding.reliability import FOLDER, Reliability, reliability

__all__ = ["FOLDER", "EventLinks", "Reliability", "duplicates", "match_events", "reliability"]
