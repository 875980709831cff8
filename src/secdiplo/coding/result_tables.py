"""The tables of a result that has several: which there are, and one of them as a frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from secdiplo.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def check_name(name: str, names: Iterable[str]) -> None:
    """Refuse the name of a table that the result does not have.

    Raises
    ------
    UsageError
    """
    names = list(names)
    if name not in names:
        raise UsageError(f'no table "{name}"; use {", ".join(names)}')


def frame_of(columns: Sequence[str], rows: Sequence[Sequence[Any]], summary: str) -> pd.DataFrame:
    """Return the rows of a table as a DataFrame whose ``attrs`` contain a summary."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(columns))
    frame.attrs["summary"] = summary
    return frame
