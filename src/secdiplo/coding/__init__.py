"""What coders do: workbooks, the assignment of units, reliability and adjudication."""

from secdiplo.coding.coder_workbook import workbook
from secdiplo.coding.reliability import FOLDER, Reliability, reliability

__all__ = ["FOLDER", "Reliability", "reliability", "workbook"]
