"""What coders do: so far, how far two codings of the same events agree."""

from secdiplo.coding.reliability import FOLDER, Reliability, reliability

__all__ = ["FOLDER", "Reliability", "reliability"]
