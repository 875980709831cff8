"""Results as DataFrames that say what they count; imported only where a frame is made."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import duckdb

CAPTION = ("title", "grain", "unit", "scope", "status", "dataset", "after")
"""The attributes that a notebook shows above a result."""
HAS_TEXT_TYPE = int(pd.__version__.partition(".")[0]) >= 3
BLANK_TYPES = {"VARCHAR": "str" if HAS_TEXT_TYPE else "object", "BOOLEAN": "boolean"}
"""The types of columns that pandas reads as objects if all or some of their cells are blank."""


class ResultFrame(pd.DataFrame):
    """A DataFrame whose caption in a notebook gives its unit, scope and source.

    What is made from it, such as a selection or a sum, is a plain DataFrame.
    """

    @property
    def summary(self) -> str:
        """What the result shows, in words; blank if nothing was summed up."""
        return ShownText(self.attrs.get("summary", ""))

    def to_stata(self, *args: Any, **options: Any) -> None:
        """Write a Stata file as pandas does, which refuses columns of text that are all blank."""
        blank = [name for name, kind in self.dtypes.items() if kind == BLANK_TYPES["VARCHAR"]]
        blank = [name for name in blank if self[name].isna().all()]
        pd.DataFrame(self).fillna(dict.fromkeys(blank, "")).to_stata(*args, **options)

    def _repr_html_(self) -> str:
        found = [(name, str(self.attrs[name])) for name in CAPTION if self.attrs.get(name)]
        caption = "<br>".join(f"<b>{name}</b>: {html.escape(text)}" for name, text in found)
        table = pd.DataFrame(self)._repr_html_() or ""  # type: ignore[operator]
        return f'<div style="max-width: 60em">{caption}</div>{table}'


class ShownText(str):
    """A text of several lines that a notebook shows as lines."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self)}</pre>"


def fetched(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the rows of a statement, with blank columns in the types that DuckDB gives."""
    kinds = [str(column[1]) for column in cursor.description or ()]
    frame: pd.DataFrame = cursor.df()
    for name, kind in zip(frame.columns, kinds, strict=True):  # of two with one name, one has a_1
        if kind in BLANK_TYPES and frame[name].dtype == object:
            frame = frame.astype({name: BLANK_TYPES[kind]})
    return frame


def described(frame: pd.DataFrame, attrs: Mapping[str, Any]) -> ResultFrame:
    """Return a frame with attributes that say what it counts."""
    result = ResultFrame(frame)
    result.attrs.update(attrs)
    return result
