"""The codebook of one table as plain text, for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from secdiplo.output.render import folded

if TYPE_CHECKING:
    from secdiplo.codebook.variables import CodebookVariable

DEEPER = 6  # blanks before what is told of a variable


def plain_text(variables: Sequence[CodebookVariable]) -> str:
    """Return what there is to say of the variables of one table.

    Parameters
    ----------
    variables : sequence of CodebookVariable
        At least one; all of the same table.
    """
    table = variables[0].table
    unit = f" Unit: {table.unit}." if table.unit else ""
    lines = [folded(f"{table.name}: {table.grain} Key: {', '.join(table.key)}.{unit}", 0)]
    for variable in variables:
        lines += ["", *_described(variable)]
    return "\n".join(lines) + "\n"


def _described(variable: CodebookVariable) -> list[str]:
    """Return the lines of one variable: what it is, how it is filled, and its codes."""
    column = variable.column
    unit = f", {column.unit}" if column.unit else ""
    needed = {"": "", "every row": " Required."}.get(column.needed, f" Required: {column.needed}.")
    blank = f" Blank: {column.blank}" if column.blank else ""
    refers = f" Refers to {column.ref}." if column.ref else ""
    lines = [
        folded(f"{column.name} ({column.kind}{unit})  {column.meaning}{refers}{needed}{blank}")
    ]
    if variable.rule:
        lines.append(folded(f"Coding rule: {variable.rule}", DEEPER))
    ends = f", {variable.least} to {variable.greatest}" if variable.least else ""
    example = f"; example: {variable.example}" if variable.example and not variable.codes else ""
    rows = "1 row has" if variable.filled == 1 else f"{variable.filled:,} rows have"
    blanks = "1 is" if variable.blank == 1 else f"{variable.blank:,} are"
    filled = f"{rows} a value{ends}, {blanks} blank"
    lines.append(folded(f"{filled}{example}", DEEPER))
    for code, (label, meaning) in variable.codes.items():
        words = ": ".join(filter(None, [label if label != code else "", meaning]))
        number = variable.counts.get(code, 0)
        lines.append(folded(f"{code}  {words} ({number:,})", DEEPER + 2))
    return lines
