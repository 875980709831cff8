"""Rules over the rows of a sheet: the files of ``sql/checks``, and those made of declarations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from secdiplo.folder import resources
from secdiplo.ingest.sheet_files import SourceTable
from secdiplo.sql.quoting import literal, quoted

SHEET_KEYS = {  # of sheets whose built table is identified by derived columns
    "officials": ("official", "agency", "official_rank"),
}


@dataclass(frozen=True)
class Check:
    """One file of ``sql/checks``.

    It returns (row, column, value, what) and may return more columns; ``{name}`` in what stands
    for the cell of that column, ``{nearest:LIST}`` for the code of a list nearest to the value,
    ``{name:place}`` for the line of the record of that number, ``{respell}`` and ``{agree}`` for
    what to do about a value that is not ``other``, with the code points where it looks the same.

    Attributes
    ----------
    sheet : str
        The sheet that the rows are of.
    needs : tuple of str
        The sheets that must be there; of the others, those that must be right where they are.
    reads : frozenset of str
        Columns that the rule rests on: where one of them is wrong already, it says nothing.
    scope : str
        Whether it rests on one ``row``, on all rows of an ``event`` or on the whole ``sheet``.
    over : str
        What can break it when rows are added: ``touched`` events alone, or rows of the ``whole``
        sheet with them.
    turn : int
        Rules run in the order of their turns, then of their names.
    """

    name: str
    title: str
    text: str
    sheet: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    reads: frozenset[str]
    level: str
    scope: str
    turn: int
    over: str = "touched"


def packaged() -> list[Check]:
    """Every packaged check, in the order in which they run."""
    found = []
    for file in resources.sql("checks").glob("*.sql"):
        text = file.read_text(encoding="utf-8")
        head = dict(re.findall(r"^-- (\w+): (.*)$", text, re.MULTILINE))

        def items(key: str, head: dict[str, str] = head) -> tuple[str, ...]:
            return tuple(filter(None, (name.strip() for name in head.get(key, "").split(","))))

        found.append(
            Check(
                name=file.stem,
                title=head["title"],
                text=text,
                sheet=head["sheet"],
                needs=items("needs"),
                uses=items("uses"),
                reads=frozenset(items("reads")),
                level=head["level"],
                scope=head.get("scope", "row"),
                turn=int(head.get("turn", "2")),
                over=head.get("over", "touched"),
            )
        )
    return sorted(found, key=lambda check: (check.turn, check.name))


def repeated(sheet: SourceTable, key: tuple[str, ...] = ()) -> Check:
    """Return the check that no key is in two rows of a sheet: its own, or unique columns."""
    filled = "true" if not key else f"{quoted(key[0])} is not null"
    key = key or key_of(sheet)
    columns = ", ".join(map(quoted, key))
    # Hashes come first: of a large sheet they alone are held for every row.
    text = (
        f"with repeated as (select hash({columns}) as digest from {sheet.raw} where {filled} "
        "group by digest having count(*) > 1), "
        f"suspects as (select rowid + 1 as row, * from {sheet.raw} "
        f"where hash({columns}) in (from repeated)), "
        f"firsts as (select row, min(row) over (partition by {columns}) as first from suspects) "
        f'select row, {literal(key[0])} as "column", first, '
        f"'the same {' + '.join(key)} as {{first:place}}; remove one of them, or tell them apart' "
        "as what from firsts where row > first order by row"
    )
    reads = frozenset({*key, *key_of(sheet)})  # a row that is there twice is one problem
    return of_whole_sheet(sheet, "repeated", "Rows with the key of another row", text, reads)


def of_whole_sheet(
    sheet: SourceTable, name: str, title: str, text: str, reads: frozenset[str] = frozenset()
) -> Check:
    """Return a check of all rows of a sheet that is no file of ``sql/checks``."""
    return Check(
        name=name,
        title=title,
        text=text,
        sheet=sheet.table.name,
        needs=(),
        uses=(),
        reads=reads,
        level="error",
        scope="row",
        turn=0,
        over="whole",
    )


def key_of(sheet: SourceTable) -> tuple[str, ...]:
    """The columns of a sheet that tell its rows apart."""
    return SHEET_KEYS.get(sheet.table.name) or tuple(
        k for k in sheet.table.key if k in sheet.columns or k == "event_key"
    )
