"""The command line: thin commands that print and exit; every capability is elsewhere."""

from secdiplo.cli.main import main, run

__all__ = ["main", "run"]
