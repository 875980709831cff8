"""What coders do: workbooks, assignment, reliability, adjudication, and the comparison of datasets.

`secdiplo.coding.diff`, which also recomputes published values, is imported by its own name.
"""

from secdiplo.coding.adjudication import CodingDifference, adjudicate
from secdiplo.coding.assignment import Assignment, assign
from secdiplo.coding.coder_workbook import workbook
from secdiplo.coding.decisions import AppliedDecisions, apply_decisions
from secdiplo.coding.duplicates import duplicates
from secdiplo.coding.event_links import EventLinks, match_events
from secdiplo.coding.reliability import FOLDER, Reliability, reliability

__all__ = [
    "FOLDER",
    "AppliedDecisions",
    "Assignment",
    "CodingDifference",
    "EventLinks",
    "Reliability",
    "adjudicate",
    "apply_decisions",
    "assign",
    "duplicates",
    "match_events",
    "reliability",
    "workbook",
]
