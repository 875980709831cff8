"""A panel as a pandas DataFrame or an Arrow table: `Dataset.panel`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from secdiplo.query.frames import select

if TYPE_CHECKING:
    import pandas as pd

    from secdiplo.query.frames import As
    from secdiplo.store import Built


def count_panel(built: Built, as_: As, **asked: Any) -> pd.DataFrame:
    """Count every unit in every period; the arguments are those of `statement.prepare`."""
    from secdiplo.panel import statement

    made = statement.prepare(built, **asked)
    frame = select(built, made.sql, made.params, as_, made.attrs)
    if as_ == "pandas":
        frame = frame.astype(dict.fromkeys(made.whole, "Int64"))
        frame.attrs.update(made.attrs)
    return frame
