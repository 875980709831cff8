"""The text of a MAP.toml for a file: what is clear filled in, what is doubtful left to decide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from secdiplo import folder as folders
from secdiplo import resources, toml
from secdiplo.importer import dates
from secdiplo.importer.convert import slug
from secdiplo.importer.mapping import DATES
from secdiplo.importer.plan import Plan, make_plan
from secdiplo.importer.source import open_source
from secdiplo.importer.spellings import BLANK, ORGANIZATION
from secdiplo.importer.suggestions import codes, values
from secdiplo.tables import SHEET

PAPER_ADDRESS = "https://doi.org/10.7910/DVN/DBZIUW"
PAPER_TITLE = "China's Internal Security Diplomacy Dataset"
PAPER_CITATION = (
    f"Greitens, Sheena Chestnut, Isaac Kardon and Cameron Waltz (2025), {PAPER_TITLE}, "
    f"Version 1.0, {PAPER_ADDRESS}"
)
USUAL = {
    "mode": ("in_person", "the file does not say how the parties met"),
    "confidence": ("", "left to decide: high, medium or low, for every row"),
}
HEAD = """\
# How {file} becomes a dataset folder: a proposal, made from the names and values of its
# {columns} columns and {rows} rows. Read every line; nothing doubtful was decided for you.
#
# 1. Decide each blank: wherever "" stands, write what is right, or remove the line.
# 2. Check each column under [columns] and each code under [values].
# 3. Run: secdiplo import {file} --map THIS_FILE -o FOLDER
#
# "{blank}" under [values] makes a value blank; "{org}ACRONYM" under [values.counterpart]
# makes it an organization. Each row is one event, unless its format is multilateral:
# those of one date, agency, official and forum are one. Map event_key if the file numbers events.
"""


def propose(file: Path | str, sheet: str = "") -> str:
    """Propose a map for a file, from the names and the values of its columns.

    Parameters
    ----------
    file : path
        CSV, TSV, xlsx, dta or Parquet with one row per interaction.
    sheet : str
        The sheet of a workbook; the first one if blank.

    Returns
    -------
    str
        The text of a MAP.toml; the same for the same file. Its blanks are for a human.

    Raises
    ------
    UsageError
        No such file, or a kind of file that is not read.
    DataError
        The file is damaged or has no rows.
    """
    plan = make_plan(open_source(file, sheet))
    parts = [_head(plan), _top(plan, sheet), _dataset(plan), _columns(plan), _defaults(plan)]
    parts += [values(plan, target) for target in SHEET.by_name]
    parts.append(codes(plan))
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


# --- settings -------------------------------------------------------------------------------


def _head(plan: Plan) -> list[str]:
    text = HEAD.format(
        file=toml.comment(plan.source.path.name),
        columns=len(plan.columns),
        rows=plan.rows,
        blank=BLANK,
        org=ORGANIZATION,
    )
    return text.rstrip().split("\n")


def _top(plan: Plan, sheet: str) -> list[str]:
    lines = []
    if plan.source.sheets:
        chosen, *rest = plan.source.sheets
        others = ", ".join(map(toml.text, rest))
        note = f"  # other sheets: {others}" if rest else ""
        lines.append(f"{'' if sheet or rest else '# '}sheet = {toml.text(chosen)}{note}")
    return [
        *lines,
        _date_format(plan),
        'same_rows = "refuse"  # "separate" if rows alike in every cell are different meetings',
        "keep = []  # columns of the file to carry through, of those listed under [columns]",
    ]


def _date_format(plan: Plan) -> str:
    found = {}
    for target in DATES:
        column = plan.column(target)
        written = dates.decide(column.values) if column else None
        if written is not None:
            found[target] = written
    if not found:
        return '# date_format = "%d/%m/%Y"  # only for dates such as 7/9/2024, which it has none of'
    why = "as days over 12 show"
    if "" in found.values():
        name = next(target for target, written in found.items() if not written)
        file_column = plan.column(name)
        cell = next(filter(dates.ambiguous, file_column.values if file_column else ()), "")
        why = f'left to decide: "{cell}" can be day first, "%d/%m/%Y", or month first, "%m/%d/%Y"'
    one = set(found.values())
    value = toml.text(one.pop()) if len(one) == 1 else toml.text(found)
    return f"date_format = {value}  # {why}"


def _dataset(plan: Plan) -> list[str]:
    stem = plan.source.path.stem
    lines = ["[dataset]", f"name = {toml.text(slug(stem) or 'dataset')}  # from the file's name"]
    if not plan.paper:
        return [
            *lines,
            f"title = {toml.text(stem)}",
            'version = "1.0"',
            'licence = ""  # left to decide: under which licence its makers share it',
            '# citation = ""  # how to cite it',
            "complete = false  # true if it claims to hold every interaction in its scope",
            'home = ""  # left to decide: the ISO3 code of the country whose officials these are',
            "not_foreign = []  # ISO3 codes of what is not foreign to it",
        ]
    home = folders.read(resources.shipped("data"))
    return [
        *lines,
        f"title = {toml.text(PAPER_TITLE)}",
        'version = "1.0"',
        f"licence = {toml.text(f'as stated at {PAPER_ADDRESS}')}",
        f"citation = {toml.text(PAPER_CITATION)}",
        "complete = true  # a figure that it does not give is then contradicted, not consistent",
        "# Keep the next line only for a copy of the paper's dataset: it sets the paper's",
        "# published figures beside those of this file.",
        'annotations = "builtin"',
        '# "all" counts every row, which is right for a file that holds what the paper counts;',
        '# "paper" only the rows in the window and of the ranks below.',
        'default_scope = "all"',
        f"home = {toml.text(home.home)}  # whose officials these are",
        f"not_foreign = {toml.text(home.not_foreign)}",
        *_scopes(home),
    ]


def _scopes(home: folders.Folder) -> Iterator[str]:
    for scope in home.scopes:
        yield f"\n[scopes.{toml.key(scope.name)}]"
        yield f"title = {toml.text(scope.title)}"
        yield f"start = {toml.text(scope.start)}"
        yield f"end = {toml.text(scope.end)}"
        yield f"ranks = {toml.text(scope.ranks)}"


# --- columns --------------------------------------------------------------------------------


def _columns(plan: Plan) -> list[str]:
    lines = ["[columns]  # column of the sheet = column of the file"]
    for column in SHEET.columns:
        lines.append(_column_line(plan, column.name))
    rest = [column for name, column in plan.columns.items() if name not in plan.taken()]
    if rest:
        lines.append("# Columns of the file that nothing is made of; those under keep stay:")
    for other in rest:
        examples = ", ".join(toml.text(value[:40]) for value in list(other.values)[:3])
        lines.append(toml.comment(f"#   {toml.text(other.name)}: {examples or 'blank'}"))
    return [line for line in lines if line]


def _column_line(plan: Plan, target: str) -> str:
    """Write the line of one column of the sheet; blank where nothing need be said."""
    needed = target in {"date", "counterpart"}
    line = f'{target} = ""  # left to decide: {SHEET.by_name[target].meaning}'
    if target == "date" and plan.parts:
        line = f"date = {toml.text(plan.parts)}  # year, month and day"
    elif target in plan.sure:
        line = f"{target} = {toml.text(plan.sure[target].name)}  # {plan.sure[target].why}"
        column = plan.column(target)
        if target == "event_key" and column and len(column.values) == column.filled > 1:
            line = f"# {line}; but every row has its own: is it the number of a row?"
    elif target in plan.perhaps:
        match = plan.perhaps[target]
        name = toml.text(match.name)
        doubt = f"perhaps {name}: {match.why}" if needed else f"perhaps: {match.why}"
        line = f'{target} = ""  # {doubt}' if needed else f"# {target} = {name}  # {doubt}"
    elif target == "counterpart_type" or SHEET.by_name[target].optional:
        line = ""  # derived, or of imputed rows only
    elif not needed:
        line = f'# {target} = ""  # {SHEET.by_name[target].meaning}'
    return line


def _defaults(plan: Plan) -> list[str]:
    lines = ["[defaults]  # the value of blank cells, and of columns that the file does not have"]
    for column in SHEET.columns:
        if column.name in {"event_key", "date"}:
            continue
        blanks = plan.blanks(column.name)
        if blanks and (column.required or column.name == "forum"):
            lines.append(_default_line(plan, column.name, blanks))
    return lines if len(lines) > 1 else []


def _default_line(plan: Plan, target: str, blanks: int) -> str:
    many = "no column gives it" if target not in plan.sure else f"blank in {blanks} rows"
    if target == "forum":
        return (
            'forum = "Unnamed forum"  # for sideline and multilateral rows that name none; '
            "the year of the date is added"
        )
    if target in USUAL:
        value, why = USUAL[target]
        return f"{target} = {toml.text(value)}  # {many}: {why}"
    if target == "source_url":
        value = PAPER_ADDRESS if plan.paper else ""
        doubt = "" if value else "left to decide: "
        return f"{target} = {toml.text(value)}  # {many}; {doubt}the address of the dataset itself"
    mark = "# " if target in plan.sure else ""
    meaning = SHEET.by_name[target].meaning
    return f'{mark}{target} = ""  # {many}; left to decide: {meaning}'
