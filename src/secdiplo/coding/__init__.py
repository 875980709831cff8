"""What coders do: workbooks, the assignment of units, reliability and adjudication."""

from secdiplo.coding.adjudication import CodingDifference, adjudicate
from secdiplo.coding.assignment import Assignment, assign
from secdiplo.coding.coder_workbook import workbook
from secdiplo.coding.decisions import AppliedDecisions, apply_decisions
from secdiplo.coding.reliability import FOLDER, Reliability, reliability

__all__ = [
    "FOLDER",
    "AppliedDecisions",
    "Assignment",
    "CodingDifference",
    "Reliability",
    "adjudicate",
    "apply_decisions",
    "assign",
    "reliability",
    "workbook",
]
