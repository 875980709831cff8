"""Write the workbook in which a coder codes: drop-down lists, notes on the headings, rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secdiplo import __version__
from secdiplo.coding.form import CODE_COLUMNS, Cells, CodingForm, form_of, sheet_cells
from secdiplo.errors import SecdiploError, UsageError
from secdiplo.files import refuse_existing, written_whole
from secdiplo.ingest.workbook import CARRIAGE_RETURN, ROWS_SHEET
from secdiplo.output.workbook_cells import EXCEL_MAX_ROWS, checked_cell, new_workbook
from secdiplo.schema.cell_messages import ASKED
from secdiplo.schema.tables import CODER_COLUMNS, Column
from secdiplo.store.coding_sheet import FROM

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LISTS_SHEET, COLUMNS_SHEET, GUIDE_SHEET, CODES_SHEET, ABOUT_SHEET = (
    "lists",
    "columns",
    "coding rules",
    "codes",
    "about",
)
CANDIDATES_SHEET = "candidates"
SPARE_ROWS = 5_000  # rows below the present ones that have drop-down lists
MAX_WIDTH = 40  # letters
SHORTEN = "shorten it, or keep the sheet as CSV"
# Cells that are the same in every row of one event: those that the table of events gets.
OF_EVENT = tuple(
    name for name, cell in FROM.items() if cell.startswith("e.") and name != "event_key"
)
COLOURS = {"needed": "#FFE699", "other": "#D9E1F2", "repeated": "#808080", "differs": "#F8CBAD"}


def workbook(
    folder: Path | str | None,
    path: Path | str,
    *,
    empty: bool = False,
    force: bool = False,
) -> Path:
    """Write the coding sheet of a dataset folder as a workbook for coders.

    Parameters
    ----------
    folder : path or None
        A dataset folder or built tables; None for the built-in dataset. The coding sheet may
        have errors.
    path : path
        The workbook to write (.xlsx).
    empty : bool
        Whether to leave the rows out.
    force : bool
        Whether a file of that name is replaced.

    Returns
    -------
    Path
        The workbook. Its sheet ``interactions`` has one row per event, official and counterpart.

    Raises
    ------
    DataError
        The settings, the codes or the sheet cannot be read.
    SecdiploError
        xlsxwriter is not installed, or a cell is too long for a workbook.
    UsageError
        There is no such folder, or the file exists.

    Examples
    --------
    >>> import secdiplo as sd, tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     folder = sd.init(f"{place}/my_dataset", home="KEN")
    ...     sd.workbook(folder, f"{place}/coding.xlsx").name
    'coding.xlsx'
    """
    target = workbook_target(path, force)
    header, rows = sheet_cells(folder)
    write_workbook(form_of(folder), target, header, [] if empty else rows)
    return target


def workbook_target(path: Path | str, force: bool = False) -> Path:
    """Return the path of a workbook to write.

    Raises
    ------
    UsageError
        Its name does not end in .xlsx, or the file exists.
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx":
        raise UsageError(f"{target}: not the name of a workbook; end it with .xlsx")
    refuse_existing(target, force)
    return target


def write_workbook(
    form: CodingForm,
    target: Path,
    header: Sequence[str],
    rows: Cells,
    candidates: tuple[Sequence[str], Cells] | None = None,
) -> None:
    """Write a coder's workbook, whole or not at all.

    Parameters
    ----------
    form : CodingForm
    target : Path
    header, rows
        The coding sheet.
    candidates : (header, rows), optional
        What the coder is to code, on a sheet of its own before the coding sheet.
    """
    if len(rows) + SPARE_ROWS >= EXCEL_MAX_ROWS:
        what = f"{len(rows):,} rows; a sheet holds {EXCEL_MAX_ROWS:,}"
        raise SecdiploError(f"{target}: {what} with the header; keep the sheet as CSV")
    with written_whole(target) as fresh:
        book = new_workbook(fresh, form.title, f"Coding sheet of {form.name}")
        try:
            writer = BookWriter(book)
            units: list[str] = []
            if candidates:
                names, listed = candidates
                writer.plain_sheet(CANDIDATES_SHEET, names, listed)
                units = [row[names.index("unit")] for row in listed]
            writer.coding_sheet(form, header, rows, units)
            writer.plain_sheet(COLUMNS_SHEET, RULE_COLUMNS, rule_rows(form, header, units))
            if form.rules:
                lines = [[line] for line in form.rules.splitlines()]
                writer.plain_sheet(GUIDE_SHEET, ["Coding rules of the dataset"], lines, 110)
            writer.plain_sheet(CODES_SHEET, CODE_COLUMNS, form.codes)
            writer.plain_sheet(ABOUT_SHEET, ("what", "text"), about_rows(form))
        finally:
            book.close()


RULE_COLUMNS = ("column", "meaning", "needed in", "a blank means", "form", "codes", "example")


def rule_rows(form: CodingForm, header: Sequence[str], units: Sequence[str] = ()) -> Cells:
    """Return the rule of each column of a sheet: columns `RULE_COLUMNS`."""
    known = _known_columns(form, units)
    return [_rule(form, known[name]) for name in header if name in known]


def _known_columns(form: CodingForm, units: Sequence[str]) -> dict[str, Column]:
    """Return the columns that have a rule; a coder who was given units needs `unit`."""
    known = {**{column.name: column for column in CODER_COLUMNS}, **form.by_name}
    if units:  # by which the codings are compared
        known["unit"] = replace(known["unit"], required=True)
    return known


def _rule(form: CodingForm, column: Column) -> list[str]:
    codes = list(form.listed(column.codes)) if column.codes not in {"", "country"} else []
    names = "; ".join(codes) or ("countries, as in the sheet `lists`" if column.codes else "")
    example = column.example or (codes[0] if codes else "")
    needed = column.needed or "no row"
    return [
        column.name,
        column.meaning,
        needed,
        column.blank,
        ASKED[column.kind],
        names,
        str(example),
    ]


def note_on(form: CodingForm, column: Column) -> str:
    """Return the note on a heading: meaning, rule and example, one a line."""
    _, meaning, _, blank, asked, codes, example = _rule(form, column)
    may = f"May be blank: {blank}" if blank else "May be blank."
    lines = [meaning, "Needed." if column.required else may]
    lines.append(f"Write {asked}." + (f" Codes: {codes}." if codes else ""))
    if example:
        lines.append(f"Example: {example}")
    return "\n".join(lines)


def about_rows(form: CodingForm) -> Cells:
    """Return what the workbook is of: as much as a new dataset folder needs."""
    rows = [
        ["dataset", form.name],
        ["title", form.title],
        ["version", form.version],
        ["home", form.home],
        ["made with", f"secdiplo {__version__}"],
        ["how to code", f"Write one row per event, official and counterpart into `{ROWS_SHEET}`."],
        ["headings", "Yellow columns are needed in every row. The note on a heading has its rule."],
        ["grey cells", "They repeat those of another row of the same event, as they should."],
        ["orange cells", "They are blank and needed, or unlike another row of the same event."],
        ["check", "secdiplo check FILE.xlsx --data FOLDER lists every problem with its cell."],
        [
            "FOLDER",
            f"The folder of the dataset `{form.name}`. For the built-in dataset, leave out "
            "--data FOLDER.",
        ],
    ]
    for column in form.extra:
        facts = {"kind": column.kind, "label": column.meaning, "unit": column.unit}
        facts["codes"] = column.codes
        rows.append([f"extra_columns.{column.name}", json.dumps(facts, ensure_ascii=False)])
    return rows


class BookWriter:
    """Writes the sheets of a coder's workbook, all cells as text.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        An empty one.
    """

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        bold = {"bold": True, "valign": "top", "border": 1}
        self.needed = book.add_format({**bold, "bg_color": COLOURS["needed"]})
        self.heading = book.add_format({**bold, "bg_color": COLOURS["other"]})
        self.repeated = book.add_format({"font_color": COLOURS["repeated"]})
        self.differs = book.add_format({"bg_color": COLOURS["differs"]})
        self._lists: dict[tuple[str, ...], str] = {}
        self._lists_page: Worksheet | None = None

    def plain_sheet(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        most: int = MAX_WIDTH,
    ) -> Worksheet:
        """Write a sheet of text whose header stays in sight."""
        page = self.book.add_worksheet(name)
        widths = [len(text) + 2 for text in header]
        for place, text in enumerate(header):
            page.write_string(
                0, place, checked_cell(text, f"{name}, header", SHORTEN), self.heading
            )
        for line, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                self._cell(page, line, place, cell)
                if place < len(widths):
                    widths[place] = max(widths[place], min(len(cell) + 2, most))
        for place, width in enumerate(widths):
            page.set_column(place, place, width, self.text)
        page.freeze_panes(1, 0)
        return page

    def _cell(self, page: Worksheet, line: int, place: int, cell: str) -> None:
        if not cell:
            return
        where = f"{page.get_name()}, row {line + 1}"
        if CARRIAGE_RETURN in cell:
            what = f"the letters {CARRIAGE_RETURN}, which a workbook reads as a line break"
            raise SecdiploError(f"{where}: {what}; remove them")
        page.write_string(line, place, checked_cell(cell, where, SHORTEN), self.text)

    def coding_sheet(
        self, form: CodingForm, header: Sequence[str], rows: Cells, units: Sequence[str] = ()
    ) -> None:
        """Write the coding sheet, with lists to choose from and a note on each heading."""
        page = self.plain_sheet(ROWS_SHEET, header, rows)
        page.activate()
        known = _known_columns(form, units)
        last = len(rows) + SPARE_ROWS
        for place, name in enumerate(header):
            column = known.get(name)
            if column is None:
                continue
            if column.required:
                page.write_string(0, place, name, self.needed)
            note = note_on(form, column)
            size = {"width": 320, "height": min(60 + 18 * (len(note) // 45 + 4), 360)}
            page.write_comment(0, place, note, {**size, "author": form.name})
            if name == "unit":
                self.choose_from(page, place, last, name, dict.fromkeys(units, ""), True)
            else:
                choices = form.choices(column)
                self.choose_from(page, place, last, name, choices, form.is_closed(column))
        self._colour(page, header, known, last)

    def choose_from(
        self,
        page: Worksheet,
        place: int,
        last: int,
        name: str,
        choices: Mapping[str, str],
        is_closed: bool,
        first: int = 1,
    ) -> None:
        """Give the cells of a column a drop-down list; of a closed one, no other value is taken."""
        if not choices:
            return
        rule: dict[str, Any] = {
            "validate": "list",
            "source": self._list(name, choices),
            "error_type": "stop" if is_closed else "information",
            "error_title": name[:32],
            "error_message": f"Choose a code of the sheet `{LISTS_SHEET}`, or leave it blank."
            if is_closed
            else f"Not in the sheet `{LISTS_SHEET}`: check the spelling.",
        }
        page.data_validation(first, place, last, place, rule)

    def _list(self, name: str, choices: Mapping[str, str]) -> str:
        """Write a list once, with the names of its codes; return the range of the codes."""
        from xlsxwriter.utility import xl_range_abs

        key = tuple(choices)
        if key not in self._lists:
            if self._lists_page is None:
                self._lists_page = self.book.add_worksheet(LISTS_SHEET)
                self._lists_page.freeze_panes(1, 0)
            page, place = self._lists_page, 2 * len(self._lists)
            page.set_column(place, place, 14, self.text)
            page.set_column(place + 1, place + 1, MAX_WIDTH, self.text)
            page.write_string(0, place, name, self.heading)
            page.write_string(0, place + 1, f"{name}: what it is", self.heading)
            for line, (code, label) in enumerate(choices.items(), 1):
                self._cell(page, line, place, code)
                self._cell(page, line, place + 1, label)
            self._lists[key] = f"={LISTS_SHEET}!{xl_range_abs(1, place, len(choices), place)}"
        return self._lists[key]

    def _colour(
        self, page: Worksheet, header: Sequence[str], known: Mapping[str, Column], last: int
    ) -> None:
        """Colour cells that repeat within an event, those that differ, and blanks to be filled."""
        from xlsxwriter.utility import xl_col_to_name

        if not header:
            return
        end = xl_col_to_name(len(header) - 1)
        for place, name in enumerate(header):
            letter = xl_col_to_name(place)
            if name in known and known[name].required:
                blank = f'=AND(COUNTA($A2:${end}2)>0,{letter}2="")'
                rule = {"type": "formula", "criteria": blank, "format": self.differs}
                page.conditional_format(1, place, last, place, rule)
        if "event_key" not in header:
            return
        key = xl_col_to_name(header.index("event_key"))
        before = f"MATCH(${key}3,${key}$2:${key}2,0)"
        for place, name in enumerate(header):
            if name not in OF_EVENT:
                continue
            letter = xl_col_to_name(place)
            other = f"INDEX({letter}$2:{letter}2,{before})"
            for sign, style in (("=", self.repeated), ("<>", self.differs)):
                formula = f'=IF(${key}3="",FALSE,IFERROR({letter}3&""{sign}{other}&"",FALSE))'
                rule = {"type": "formula", "criteria": formula, "format": style}
                page.conditional_format(2, place, last, place, rule)
