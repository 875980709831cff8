"""What the classes of the tables are made of: the kinds of columns, `field`, and two base classes.

A class declares a table once. `secdiplo.schema.generate` writes the declarations to
``tables.json``, from which everything but the validation of frames works, without Pandera.
"""

from __future__ import annotations

from typing import Any, cast

from secdiplo.schema.declarations import Column, Table
from secdiplo.schema.frame_rules import built_column, sheet_column
from secdiplo.schema.pandera_import import DataType, Engine, immutable, pa

References = tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]


class Kind(DataType):
    """What a column holds; its name is in `Column.kind`. How pandas stores it does not matter."""

    kind = ""


def _kind(cls: type[Kind]) -> type[Kind]:
    """Make a kind known to Pandera, so that it can be the annotation of a column."""
    return cast("type[Kind]", Engine.register_dtype(immutable(cls)))


@_kind
class Text(Kind):
    """Text."""

    kind = "text"


@_kind
class Coded(Kind):
    """A code of a list."""

    kind = "code"


@_kind
class ItemList(Kind):
    """Text that lists items, separated by ``"; "``."""

    kind = "list"


@_kind
class PartialDate(Kind):
    """An ISO 8601 date as text, at the precision that is known: a day, a month or a year."""

    kind = "partial_date"


@_kind
class Url(Kind):
    """An http(s) address."""

    kind = "url"


@_kind
class Day(Kind):
    """A day."""

    kind = "date"


@_kind
class Year(Kind):
    """A year of four digits."""

    kind = "year"


@_kind
class Integer(Kind):
    """A whole number."""

    kind = "integer"


@_kind
class Number(Kind):
    """A number."""

    kind = "number"


@_kind
class Boolean(Kind):
    """True or false."""

    kind = "boolean"


def field(
    meaning: str,
    *,
    required: bool = False,
    blank: str = "",
    codes: str = "",
    open_codes: bool = False,
    unit: str = "",
    ref: str = "",
    derived: bool = False,
    optional: bool = False,
    imputed: bool | None = None,
    example: str | float | None = None,
) -> Any:
    """Declare a column of a table; its annotation is its kind.

    Parameters
    ----------
    meaning : str
        What the column says, as a full sentence.
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
        Whether the build computes it, so that the sheet of the same name does not have it.
    optional : bool
        Whether a sheet may lack the column altogether.
    imputed : bool, optional
        Whether a blank is an error in an imputed row, where that is not as in attested ones.
    example : str or number, optional
        A value that the column can have.

    Returns
    -------
    pandera.Field
        With the meaning as its description and the rest as its metadata.
    """
    given = {
        "required": required,
        "blank": blank,
        "codes": codes,
        "open_codes": open_codes,
        "unit": unit,
        "ref": ref,
        "derived": derived,
        "optional": optional,
        "imputed": imputed,
        "example": example,
    }
    return pa.Field(nullable=not required, description=meaning, metadata=given)


class TableModel(pa.DataFrameModel):
    """A built table: typed columns and a unique key. Its docstring is what one row is.

    Parameters
    ----------
    key : tuple of str
        The columns that identify a row; the built table is sorted by them.
    name : str
        Its name everywhere; the name of the class in small letters by default.
    sheet : str
        The file in the dataset folder that it is read from; blank if it is derived.
    needed : bool
        Whether a folder without the sheet is an error.
    unit : str
        The unit of analysis that its rows are.
    group : str
        ``events``, ``reference`` or ``seeds``: where the documentation lists it.
    references : tuple of (columns, table, columns)
        References over more than one column; `field` takes those over one.
    without : tuple of str
        Columns of the parent class that it does not have.
    """

    def __init_subclass__(
        cls,
        *,
        key: tuple[str, ...] = (),
        name: str = "",
        sheet: str = "",
        needed: bool = False,
        unit: str = "",
        group: str = "events",
        references: References = (),
        without: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        if key:  # otherwise a base class, or a class of a user that adds columns to a table
            facts = {
                "key": key,
                "sheet": sheet,
                "needed": needed,
                "unit": unit,
                "group": group,
                "references": references,
                "without": without,
            }
            options = {
                "name": name or snake_case(cls.__name__),
                "description": cls.__doc__,
                "unique": list(key),
                "metadata": facts,
            }
            cls.Config = type("Config", (cls.Config,), options)
        super().__init_subclass__(**kwargs)  # type: ignore[no-untyped-call]

    @classmethod
    def build_schema_(cls, **kwargs: Any) -> pa.DataFrameSchema:
        """Build the schema: what Pandera makes of the class, with the rules of our kinds."""
        facts = (cls.__config__ and cls.__config__.metadata) or {}
        schema = super().build_schema_(**kwargs, metadata=facts)
        schema = schema.remove_columns(list(facts.get("without", ())))
        for column in schema.columns.values():
            if isinstance(column.dtype, Kind):
                given = column.metadata or {}
                declared = Column(column.name, column.dtype.kind, column.description, **given)
                schema.columns[column.name] = cls.column_model(declared, column.checks)
        return schema

    @classmethod
    def column_model(cls, column: Column, checks: list[pa.Check]) -> pa.Column:
        """Return the Pandera column of a declared one, with checks that a user added."""
        made = built_column(column, {})
        made.checks = [*made.checks, *checks]
        return made


class SheetModel(TableModel):
    """A sheet that is no table: cells of text, as ``pd.read_csv(file, dtype=str)`` reads them."""

    @classmethod
    def column_model(cls, column: Column, checks: list[pa.Check]) -> pa.Column:
        """Return the Pandera column of a declared one, with checks that a user added."""
        made = sheet_column(column, {})
        made.checks = [*made.checks, *checks]
        return made


def snake_case(name: str) -> str:
    """Return the name of a class in small letters, words separated by underscores.

    Examples
    --------
    >>> snake_case("EventSources")
    'event_sources'
    """
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


def declaration(model: type[TableModel]) -> Table:
    """Return the declaration of a class in the form that everything else reads.

    Parameters
    ----------
    model : class
        A class of `secdiplo.schema`.

    Returns
    -------
    Table
    """
    schema = model.to_schema()
    facts = {name: fact for name, fact in (schema.metadata or {}).items() if name != "without"}
    columns = (
        Column(column.name, meaning=column.description, **column.metadata)
        for column in schema.columns.values()
    )
    return Table(schema.name, grain=schema.description, columns=tuple(columns), **facts)
