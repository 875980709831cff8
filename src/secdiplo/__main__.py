"""`python -m secdiplo` is the command line."""

from secdiplo.cli import run

run()
