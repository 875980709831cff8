"""The form in which declarations of tables and columns are read: no behaviour beyond look-up.

The tables of the toolkit are declared as Pandera classes (`secdiplo.schema.table_model`), those of
a dataset as Table Schemas; both become the `Table` and `Column` of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

YEARS = ("1816", "2100")  # the lists of states begin in 1816; a year outside is a slip of the keys
# What a table of a dataset may refer to for a country or an organization, which are in two tables.
ACTOR_TABLES = ("counterparts", "actors")
SQL_TYPES = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "list": "VARCHAR",
    "partial_date": "VARCHAR",
    "url": "VARCHAR",
    "date": "DATE",
    "year": "INTEGER",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, kind and meaning.

    Attributes
    ----------
    name : str
        At most 32 characters, so that every export format can carry it.
    kind : str
        A key of `SQL_TYPES`. ``list`` is text separated by ``"; "``; ``partial_date`` is an ISO
        8601 date at the precision that is known (``2024-09-07``, ``2024-09`` or ``2024``).
    meaning : str
        A full sentence.
    required : bool
        Whether a blank is an error.
    blank : str
        What a blank means, where one is allowed.
    codes : str
        The name of a code list: of the toolkit (`secdiplo.schema.codes.LISTS`) or of the dataset.
    open_codes : bool
        Whether an unknown code is only a notice.
    unit : str
        The unit of a number.
    ref : str
        ``table.column`` that the values refer to.
    derived : bool
        Computed by the build, so absent from the sheet of the same name.
    optional : bool
        Whether a sheet may lack the column altogether.
    imputed : bool, optional
        Whether a blank is an error in an imputed row, where that is not as in attested ones.
    limits : tuple of (str, value)
        Further constraints, by the names that they have in a Table Schema: ``unique``,
        ``pattern``, ``minLength``, ``maxLength``, ``minimum``, ``maximum``.
    example : any, optional
        A value that the column can have.
    """

    name: str
    kind: str
    meaning: str
    required: bool = False
    blank: str = ""
    codes: str = ""
    open_codes: bool = False
    unit: str = ""
    ref: str = ""
    derived: bool = False
    optional: bool = False
    imputed: bool | None = None
    limits: tuple[tuple[str, Any], ...] = ()
    example: Any = None

    def __post_init__(self) -> None:
        if self.kind not in SQL_TYPES:
            raise ValueError(f"no kind `{self.kind}` of column")

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the column in a built table."""
        return SQL_TYPES[self.kind]

    @property
    def needed(self) -> str:
        """In which rows a blank is an error, in words: none, every row, or those of one status."""
        if self.imputed in {None, self.required}:
            return "every row" if self.required else ""
        return "attested rows" if self.required else "imputed rows"


@dataclass(frozen=True)
class Table:
    """One built table, or one sheet that a coder keeps.

    Attributes
    ----------
    name : str
        Its name everywhere: query, file, schema.
    grain : str
        What one row is, as a full sentence.
    key : tuple of str
        The columns that identify a row; the built table is sorted by them.
    columns : tuple of Column
        In order.
    sheet : str
        The file in the dataset folder that it is read from, blank if it is derived.
    needed : bool
        Whether a folder without the sheet is an error.
    unit : str
        The unit of analysis that its rows are.
    references : tuple of (columns, table, columns)
        References over more than one column; those over one are in `Column.ref`.
    group : str
        ``events``, ``reference`` or ``seeds``: where the documentation lists it; ``own`` if a
        dataset declares it.
    title : str
        A short name of what it holds; blank for those of the toolkit.
    unique : tuple of tuples of str
        Further columns that no two rows share.
    lists : mapping
        The code lists of the declaration: code -> what it means.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sheet: str = ""
    needed: bool = False
    unit: str = ""
    references: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()
    group: str = "events"
    title: str = ""
    unique: tuple[tuple[str, ...], ...] = ()
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def every_reference(self) -> tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]:
        """All references, over one column or several: the columns, the other table, its columns."""
        single = []
        for column in self.columns:
            if column.ref:
                other, theirs = column.ref.split(".")
                single.append(((column.name,), other, (theirs,)))
        return (*single, *self.references)

    @property
    def sheet_columns(self) -> tuple[Column, ...]:
        """The columns that the sheet has: all but the derived ones."""
        return tuple(column for column in self.columns if not column.derived)

    @property
    def of_imputed(self) -> Table:
        """Return the declaration that imputed rows follow."""
        columns = (
            column if column.imputed is None else replace(column, required=column.imputed)
            for column in self.columns
        )
        return replace(self, columns=tuple(columns))
