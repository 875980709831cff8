"""Convert the rows of a file into rows of the coding sheet, by a column map."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from secdiplo import schema
from secdiplo.errors import DataError, Problem
from secdiplo.importer import dates
from secdiplo.importer.code_lists import typed, written
from secdiplo.importer.column_map import DATE_COLUMNS, ColumnMap
from secdiplo.importer.grouping import (
    DIFFERS,
    NOT_MULTILATERAL,
    ONE_COUNTERPART,
    EventGroups,
    Group,
)
from secdiplo.importer.messages import lacking, nothing_left, why_unknown
from secdiplo.importer.readers.source import Source, broken, clean
from secdiplo.importer.row_problems import RowProblems
from secdiplo.importer.row_rules import RowRules, notice
from secdiplo.importer.several import (
    ALSO,
    OF_OFFICIALS,
    PAIRED_COLUMNS,
    SPLIT_COLUMNS,
    addresses,
    without_home,
)
from secdiplo.importer.summary import ImportSummary
from secdiplo.importer.value_rules import ValueRules, decimal_point
from secdiplo.ingest.problem_collector import ProblemCollector
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.text import slug

ASSUMED = (
    "date",
    "home",
    "agency",
    "official",
    "official_rank",
    "format",
    "mode",
    "forum",
    "host_country",
    "city",
    "counterpart",
)
"""Columns that count as inferred where the map's default stands in them: no source says it."""
HALF_CONVERTED = (
    "dates such as {} and texts such as {}: a spreadsheet may have taken days up to 12 for months"
)
"""What the typed and the other dates of a column look like together."""
UNPAIRED = (
    "does not go with as many counterparts; separate both alike, or carry the column through by "
    "`keep`"
)
UNPAIRED_OFFICIALS = (
    "does not go with as many officials; give one for all officials of the row, or one for each"
)
HAS_POINT = 'has a decimal point, and the map says `decimal = ","`; write one mark in the file'
SPECIAL = {"event_key", "agency", "counterpart", "counterpart_type", "inferred", *PAIRED_COLUMNS}


def header(mapping: ColumnMap) -> list[str]:
    """Return the columns of the sheet to write: its own, then those carried through."""
    filled = {*mapping.columns, *mapping.defaults, *_corrected(mapping)}
    names = [
        column.name
        for column in CODING_SHEET.columns
        if not column.optional or column.name in filled
    ]
    return [*names, *mapping.keep]


def _corrected(mapping: ColumnMap) -> set[str]:
    """Return the columns of the sheet that corrections set."""
    return {name for each in mapping.corrections for name in each.values}


def rows(
    source: Source,
    mapping: ColumnMap,
    summary: ImportSummary | None = None,
    collector: ProblemCollector | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the sheet in the order of the file.

    Parameters
    ----------
    source : Source
        The file.
    mapping : ColumnMap
        The map.
    summary : ImportSummary, optional
        Where changes are counted.
    collector : ProblemCollector, optional
        Takes what is wrong.

    Yields
    ------
    (int, list of str)
        The line of the file, and the cells of `header`.

    Raises
    ------
    DataError
        Before the first row: columns that the file lacks. After the last: every value that the
        map does not know, once, with the number of its rows; and rows that are alike.
    """
    if problems := lacking(source, mapping):
        raise DataError(problems)
    collector = collector or ProblemCollector()
    summary = summary or ImportSummary()
    conversion = _Conversion(source, mapping, summary, collector.every)
    if mapping.is_grouped and mapping.group_by:
        conversion.groups.counterparts = _surveyed(source, mapping)
    names = header(mapping)
    for line, record in source.rows():
        summary.read += 1
        filled = conversion.row_rules.without_markers(record, summary)
        if conversion.row_rules.is_dropped(record, summary):
            continue
        made = conversion.rows(line, filled)
        conversion.divided += len(made) > 1
        for cells in made:
            summary.written += 1
            yield line, [cells.get(name, "") for name in names]
    if not summary.read:
        raise broken(source.path, "a header and no rows; give the file that has the rows")
    if not summary.written:
        raise DataError([nothing_left(mapping)])
    conversion.report(collector)
    if collector.any_error:
        raise DataError(collector.problems())
    conversion.groups.count(summary)
    _count_spaces(source, mapping, summary)
    summary.notices += conversion.notices()


def _count_spaces(source: Source, mapping: ColumnMap, summary: ImportSummary) -> None:
    """Count the cells of mapped columns whose white space the reader made uniform."""
    used = mapping.used_columns
    for place, texts in source.notices.spaced.items():
        column = source.columns[place] if place < len(source.columns) else ""
        for text, count in texts.items() if column in used else ():
            shown = text or f"(other than {len(texts) - 1:,} listed texts)"
            summary.add("white space", column, shown, clean(text), count)


def _surveyed(source: Source, mapping: ColumnMap) -> dict[Group, set[tuple[str, str]]]:
    """Return the counterparts of each event; its rows can be anywhere in the file."""
    first = _Conversion(source, mapping, ImportSummary())
    for line, record in source.rows():
        if not first.row_rules.is_dropped(record):
            filled = first.row_rules.without_markers(record)
            rows = first.rows(line, filled)
            if rows:
                first.groups.survey(first.groups.of(filled, rows[0]["date"]), rows)
    return first.groups.counterparts


@dataclass
class _Row:
    """A row of the file on its way into the sheet.

    Attributes
    ----------
    line : int
        Its line.
    record : list of str
        Its cells.
    fixed : dict
        Column of the sheet -> what a correction sets.
    cells : dict
        Column of the sheet -> its value.
    assumed : set of str
        Columns that have a default.
    changes : dict
        Column of the sheet -> the rule that made its value, and the text of the file.
    notes : list of str
        Texts that have no other place than the note.
    """

    line: int
    record: list[str]
    fixed: dict[str, str]
    cells: dict[str, str]
    assumed: set[str] = field(default_factory=set)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class _Conversion:
    """The state of one pass over a file."""

    def __init__(
        self, source: Source, mapping: ColumnMap, summary: ImportSummary, every: bool = False
    ) -> None:
        self.source, self.mapping, self.summary = source, mapping, summary
        self.divided = 0  # rows of the file that became several
        self.row_rules = RowRules(mapping, source.columns)
        self.rules = ValueRules(mapping, source.epoch)
        self.problems = RowProblems(source, mapping, every)
        index = {name: place for place, name in enumerate(source.columns)}
        self.places = {
            name: [index[given] for given in columns] for name, columns in mapping.columns.items()
        }
        self.kept = [(name, index[column]) for name, column in mapping.keep.items()]
        self.with_comma = {*mapping.numbers} if mapping.decimal == "," else set[str]()
        plain = [name for name in header(mapping) if name in CODING_SHEET.by_name]
        plain = [name for name in plain if name not in SPECIAL]
        self.blank_row = dict.fromkeys(plain, "")
        filled = {*self.places, *mapping.defaults, *_corrected(mapping)}
        self.given = [name for name in plain if name in filled]
        self.keys: set[str] = set()
        self.seen: dict[str, dict[bytes, int]] = {}
        self.day = ""
        self.groups = EventGroups(mapping, index)

    def rows(self, line: int, record: list[str]) -> list[dict[str, str]]:
        """Return the rows of the sheet that one row of the file becomes.

        There is one for each agency or official, and counterpart.
        """
        fixed, reasons = self.row_rules.corrected(record)
        row = _Row(line, record, fixed, dict(self.blank_row))
        cells = row.cells
        officials = self._several_officials(row)
        for name in self.given:
            if officials and name in {"official", *OF_OFFICIALS}:
                continue  # each official has a row
            cells[name] = self._cell(name, row)
            if name == "date":  # codes of states are read for that day
                self.day = _first_day(cells[name])
        self._fit_end(row)
        kind = self._counted_cell("counterpart_type", row)
        counterparts = self._counterparts(row, kind)
        if self.mapping.domestic == "drop":
            home = cells.get("home") or self.mapping.dataset.get("home", "")
            counterparts = without_home(home, counterparts, self.summary)
        group = self.groups.of(record, cells["date"])
        self._fit_format(row, group, counterparts)
        self._fit_forum(row)
        self._fit_place(row)
        self._fit_address(row)
        for why in reasons:
            self.summary.add("correction", "note", "", why)
        if group:
            self._agree(group, row)
        for name, change in row.changes.items():
            self._count(name, change, cells[name])
        cells["note"] = "; ".join(filter(None, (cells["note"], *row.notes, *reasons)))
        if officials:
            participants = self._participants(officials, row)
        else:
            participants = [{"agency": agency} for agency in self._agencies(row)]
        made = self._made(row, group, counterparts, participants)
        if len(made) > 1:
            self.summary.add("split", "", "", f"{len(made)} rows")
        return made

    def _made(
        self,
        row: _Row,
        group: Group | None,
        counterparts: list[dict[str, str]],
        participants: list[dict[str, str]],
    ) -> list[dict[str, str]]:
        """Return a row of the sheet for each agency or official, and counterpart."""
        marks = self._counted_cell("inferred", row)
        kept = {name: self._kept(name, row.record[place], row) for name, place in self.kept}
        made, keys = [], dict[str, str]()
        for counterpart in counterparts:
            for participant in participants:
                each = {**row.cells, **participant, **counterpart, **kept}
                here = row.assumed | ({"counterpart"} if each.pop("assumed", "") else set())
                more = [name for name in ASSUMED if name in here and name not in marks.split("; ")]
                each["inferred"] = "; ".join([marks, *more] if marks else more)
                each["event_key"] = self._key(each, row, keys, group)
                if group and self.mapping.is_grouped and self.groups.is_repeated(each):
                    self.summary.add("merged", "event_key", each["event_key"])
                else:
                    made.append(each)
        return made

    def _count(self, name: str, change: tuple[str, str], value: str) -> None:
        """Count a value that is not written as it is in the file."""
        rule, given = change
        if given != value:
            self.summary.add(rule, name, given, value)

    # --- cells ------------------------------------------------------------------------------

    def _filled(self, name: str, record: list[str]) -> list[str]:
        """Return the filled cells for a column of the sheet, each different one once."""
        places = self.places.get(name, ())
        if len(places) == 1:
            return [record[places[0]]] if record[places[0]] else []
        return list(dict.fromkeys(record[place] for place in places if record[place]))

    def _given(self, name: str, row: _Row) -> str:
        """Return the text of the file for a column that has one value in a row."""
        filled = self._filled(name, row.record)
        if len(filled) > 1 and name in {"note", "topic", *PAIRED_COLUMNS}:
            return "; ".join(filled)
        if len(filled) > 1 and name not in {*SPLIT_COLUMNS} - {"official_rank"}:
            shown = " and ".join(map(schema.shown, filled))
            what = "are in one row; map one of the columns, and carry the others through by `keep`"
            self.problems.note(name, shown, row.line, what, together=True)
        return filled[0] if filled else ""

    def _cell(self, name: str, row: _Row) -> str:
        """Return the value of a column that has one in a row, and note how it was made."""
        if name in row.fixed:
            row.changes[name] = ("correction", "; ".join(self._filled(name, row.record)))
            return row.fixed[name]
        rule = "value"
        if name in DATE_COLUMNS and len(self.places.get(name, ())) > 1:
            parts = [row.record[place] for place in self.places[name]]
            given, value = self.rules.compose(name, parts)
        elif given := self._given(name, row):
            value, rule = self.rules.convert(name, given, self.day)
        else:
            value = ""
        if value is None:
            self._unknown(name, given, row)
            return ""
        if not value and name in self.mapping.defaults:
            row.assumed.add(name)
            value, rule = self.mapping.defaults[name], rule if given else "default"
        row.changes[name] = (rule, given)
        return value

    def _counted_cell(self, name: str, row: _Row) -> str:
        """Return the value of a column that nothing else changes."""
        value = self._cell(name, row)
        self._count(name, row.changes.pop(name, ("", value)), value)
        return value

    def _unknown(self, name: str, given: str, row: _Row) -> None:
        """Note a value that the map does not define."""
        self.problems.note(name, given, row.line, why_unknown(self.mapping, name, given))

    def _kept(self, name: str, given: str, row: _Row) -> str:
        """Return the value of a column that is carried through."""
        if not given or name not in self.with_comma:
            return given
        value = decimal_point(given, self.source.is_text)
        if value is None:
            self.problems.note(name, given, row.line, HAS_POINT)
        self._count(name, ("value", given), value or "")
        return value or ""

    def _agencies(self, row: _Row) -> list[str]:
        """Return the codes of the agencies that a row of the file names, or the default."""
        filled = self._filled("agency", row.record)
        if "agency" in row.fixed:
            self._count("agency", ("correction", "; ".join(filled)), row.fixed["agency"])
            return [row.fixed["agency"]]
        found: dict[str, bool] = {}
        for item in [item for given in filled for item in self.rules.items("agency", given)]:
            value, rule = self.rules.convert("agency", item)
            if value is None:
                self._unknown("agency", item, row)
            else:
                found |= {value: True} if value else {}
                self._count("agency", (rule, item), value)
        if not found and "agency" in self.mapping.defaults:
            row.assumed.add("agency")
            default = self.mapping.defaults["agency"]
            self.summary.add("default", "agency", "", default)
            return [default]
        return list(found) or [""]

    def _several_officials(self, row: _Row) -> dict[str, int]:
        """Return the officials of a row that names several, each with the place of its cell."""
        found: dict[str, int] = {}
        for place in () if "official" in row.fixed else self.places.get("official", ()):
            for item in self.rules.items("official", row.record[place]):
                found.setdefault(item, place)
        return found if len(found) > 1 else {}

    def _participants(self, officials: dict[str, int], row: _Row) -> list[dict[str, str]]:
        """Return the cells about each official of a row that names several."""
        columns = {"official": [self._text("official", text, row) for text in officials]}
        columns |= {name: self._of_officials(name, officials, row) for name in OF_OFFICIALS}
        all_ = [
            dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
        ]
        # One that the map makes blank has no row, unless there is no other.
        found = [each for each in all_ if each["official"]] or all_[:1]
        for each in found:
            for name in [n for n in columns if not each[n] and n in self.mapping.defaults]:
                row.assumed.add(name)
                each[name] = self.mapping.defaults[name]
                self.summary.add("default", name, "", each[name])
        return found

    def _of_officials(self, name: str, officials: dict[str, int], row: _Row) -> list[str]:
        """Return the value of a column about an official, for each official of a row."""
        if name in row.fixed:
            return [self._counted_cell(name, row)] * len(officials)
        places, own = self.places.get(name, []), self.places["official"]
        given = [item for cell in self._filled(name, row.record)
                 for item in self.rules.all_items(name, cell)]  # fmt: skip
        texts = given if len(given) == len(officials) else given[:1] * len(officials)
        if 1 < len(places) == len(own):
            texts = [row.record[places[own.index(place)]] for place in officials.values()]
        if set(given) - set(texts):
            shown = "; ".join(given)
            self.problems.note(name, shown, row.line, UNPAIRED_OFFICIALS, together=True)
        return [self._text(name, text, row) for text in texts or [""] * len(officials)]

    def _counterparts(self, row: _Row, kind: str) -> list[dict[str, str]]:
        """Return the cells of each counterpart that a row of the file names; at least one."""
        columns = [row.record[place] for place in self.places.get("counterpart", ())]
        cells = [(self.rules.items("counterpart", c), place) for place, c in enumerate(columns)]
        named = [(item, place) for items, place in cells for item in items] or [("", 0)]
        if "counterpart" in row.fixed:
            named = [("; ".join(filter(None, columns)), 0)]
        paired = {name: self._paired(name, named, row) for name in PAIRED_COLUMNS}
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for number, (item, _) in enumerate(named):
            texts = {name: of_all[number] for name, of_all in paired.items()}
            if len(named) > 1 and self._is_left_out(item, texts, kind):
                continue
            type_, code, assumed = self._counterpart(item, kind, row)
            each = {**texts, "counterpart_type": type_, "counterpart": code}
            found.setdefault(tuple(each.values()), each | ({"assumed": "yes"} if assumed else {}))
        if not found:  # each of several is a blank by the map
            type_, code, assumed = self._counterpart("", kind, row)
            blank = {**dict.fromkeys(PAIRED_COLUMNS, ""), "counterpart_type": type_}
            return [blank | {"counterpart": code} | ({"assumed": "yes"} if assumed else {})]
        return list(found.values())

    def _is_left_out(self, item: str, texts: dict[str, str], kind: str) -> bool:
        """Return whether the map makes one of several counterparts blank; count what is lost."""
        value, rule = self.rules.convert("counterpart", item, self.day, kind)
        for name, text in {"counterpart": item, **texts}.items() if value == "" else ():
            self._count(name, (rule, text), "")
        return value == ""

    def _paired(self, name: str, named: list[tuple[str, int]], row: _Row) -> list[str]:
        """Return the text of a column about a counterpart, for each counterpart of a row."""
        places = self.places.get(name, [])
        if name in row.fixed:
            return [self._counted_cell(name, row)] * len(named)
        is_fixed = "counterpart" in row.fixed
        if not is_fixed and 1 < len(places) == len(self.places.get("counterpart", ())):
            texts = [row.record[places[place]] for _, place in named]
            lost = {row.record[place] for place in places} - set(texts) - {""}
            if not lost and len({place for _, place in named}) == len(named):
                return [self._text(name, text, row) for text in texts]
            shown = " and ".join(sorted(lost)) or "A cell"
            self.problems.note(name, shown, row.line, UNPAIRED, together=True)
            return [""] * len(named)
        if len(named) == 1:
            blank = name not in {*self.places, *self.mapping.defaults}
            return [""] if blank else [self._counted_cell(name, row)]
        filled = self._filled(name, row.record)
        given = [item for cell in filled for item in self.rules.all_items(name, cell)]
        if given and len(given) != len(named):
            self.problems.note(name, "; ".join(given), row.line, UNPAIRED, together=True)
        texts = given if len(given) == len(named) else [""] * len(named)
        return [self._text(name, text, row) for text in texts]

    def _text(self, name: str, given: str, row: _Row) -> str:
        """Return a converted value, and note one that the map does not define."""
        value, rule = self.rules.convert(name, given) if given else ("", "value")
        if value is None:
            self._unknown(name, given, row)
        self._count(name, (rule, given), value or "")
        return value or ""

    def _counterpart(self, given: str, kind: str, row: _Row) -> tuple[str, str, bool]:
        """Return the type and code of a counterpart, and whether it is the default.

        Type and code are blank if the file names none.
        """
        assumed, rule, code = False, "default", row.fixed.get("counterpart")
        if code is not None:
            rule = "correction"
        elif given:
            code, rule = self.rules.convert("counterpart", given, self.day, kind)
            if code is None:
                self._unknown("counterpart", given, row)
                return "", "", False
        if not code and rule != "correction":
            code = self.mapping.defaults.get("counterpart", "")
            assumed = bool(code)
        if (code or "") != (written(kind, given) if given else ""):
            self.summary.add(rule, "counterpart", given, code or "")
        if not code:
            return "", "", False
        found, bare = typed(code)
        if kind and kind != found:
            what = f"is {found} by the map and {kind} by its row; correct one of them"
            self.problems.note("counterpart", given, row.line, what)
        return found, bare, assumed

    # --- cells that depend on others --------------------------------------------------------

    def _fit_end(self, row: _Row) -> None:
        """Leave out the end of an event of one day: the sheet has one for several days only."""
        cells = row.cells
        if cells["date_end"] != cells["date"]:
            return
        _, given = row.changes.get("date_end", ("", ""))
        if self.mapping.names_both_ends and not self.rules.has_line("date_end", given):
            row.changes.pop("date_end", None)  # the cell names no end
        cells["date_end"] = ""

    def _fit_address(self, row: _Row) -> None:
        """Keep the first address as the source, and write what else there is into the note."""
        if "source_url" in row.fixed:
            return
        given = self._filled("source_url", row.record)
        filled = [text for cell in given if (text := self.rules.convert("source_url", cell).text)]
        if not filled and "source_url" in self.mapping.defaults:
            # Many rows share the default page, which has one publisher, date and title.
            for name in ("source_publisher", "source_date", "source_title"):
                text = row.cells[name]
                if text and text != self.mapping.defaults.get(name):
                    self._move(name, text, row)
        if not filled:
            return
        separators = self.mapping.split.get("source_url", ())
        row.cells["source_url"], rest = addresses(filled, separators)
        if rest:
            row.changes.pop("source_url", None)
            row.notes.append(ALSO + rest)
            self.summary.add("note", "source_url", rest)

    def _move(self, name: str, text: str, row: _Row) -> None:
        """Move a text into the note, unless the note has it."""
        row.changes.pop(name, None)
        row.cells[name] = ""
        if text not in row.cells["note"]:  # which may be the same column of the file
            row.notes.append(f"{name}: {text}")
            self.summary.add("note", name, text)

    def _fit_format(
        self, row: _Row, group: Group | None, counterparts: list[dict[str, str]]
    ) -> None:
        """Give an event the format that goes with the number of its counterparts."""
        if not self.mapping.is_grouped:
            return
        cells = row.cells
        has_several = self.groups.has_several(group, counterparts)
        if self.mapping.counts_format and not cells["format"]:
            cells["format"] = "multilateral" if has_several else "bilateral"
            row.assumed.add("format")
            row.changes["format"] = ("counted", row.changes.get("format", ("", ""))[1])
        elif group and has_several and cells["format"] in ONE_COUNTERPART:
            self.problems.note("format", cells["format"], row.line, NOT_MULTILATERAL)

    def _agree(self, group: Group, row: _Row) -> None:
        """Note the cells of a row that differ from those of another row of its event."""
        for name, value, other, first in self.groups.differences(group, row.line, row.cells):
            text = f"{_shown(value)} where line {first} has {_shown(other)}"
            about = f"{group} {value}"
            self.problems.note(name, text, row.line, DIFFERS, together=True, about=about)

    def _fit_forum(self, row: _Row) -> None:
        """Name a forum by its series and year, and only if the format needs one.

        A bilateral event has none: what its column contains goes into the note.
        """
        cells = row.cells
        if cells["format"] == "bilateral" and cells["forum"]:
            if "forum" not in row.assumed:
                self._move("forum", cells["forum"], row)
            row.assumed.discard("forum")
            cells["forum"] = ""
        forum, year = cells["forum"], cells["date"][:4]
        dated = re.fullmatch(r".+ \d{4}", forum, re.ASCII) or cells["format"] == "bilateral"
        if forum and year and not dated:
            cells["forum"] = f"{forum} {year}"

    def _fit_place(self, row: _Row) -> None:
        """Remove a default place from meetings that are not in person."""
        for name in ("host_country", "city"):
            if row.cells["mode"] != "in_person" and name in row.assumed:
                row.assumed.discard(name)
                row.cells[name] = ""

    # --- events -----------------------------------------------------------------------------

    def _key(
        self, cells: dict[str, str], row: _Row, keys: dict[str, str], group: Group | None
    ) -> str:
        """Label the event: by the file's own label, or by its date, agency and parties.

        A row is an event of its own unless its format is multilateral; rows of one label that
        are not are numbered in the order of the file. `keys` has the labels that the row of the
        file has already: its meetings with several counterparts are events of their own.
        """
        shared = cells["format"] == "multilateral"
        other = cells["forum"] if shared else cells["counterpart"]
        if group and (self.mapping.is_grouped or shared):
            other = ""
        if other not in keys:
            keys[other] = self._new_key(cells, other, row, group, first=not keys)
        return keys[other]

    def _new_key(
        self, cells: dict[str, str], other: str, row: _Row, group: Group | None, first: bool
    ) -> str:
        shared = cells["format"] == "multilateral"
        if group:
            label = self.groups.label(group)
            if first and not self.mapping.is_grouped:  # where equal rows are merged
                self._compare(label, row)
            return label if first else f"{label}-{slug(other or 'unnamed')}"
        if "event_key" in self.places and not self.mapping.group_by:
            given = self._given("event_key", row)
            return given if first else f"{given}-{slug(other or 'unnamed')}"
        parts = (cells["date"] or "undated", cells["agency"], cells["official"] or "unnamed")
        base = "-".join(slug(part) for part in (*parts, other or "unnamed"))
        if shared:
            self.keys.add(base)
            return base
        if first:
            self._compare(base, row)
        key, number = base, 1
        while key in self.keys:
            number += 1
            key = f"{base}-{number}"
        self.keys.add(key)
        return key

    def _compare(self, base: str, row: _Row) -> None:
        """Note a row that equals an earlier one in every cell."""
        digest = hashlib.blake2b("\0".join(row.record).encode(), digest_size=12).digest()
        first = self.seen.setdefault(base, {}).setdefault(digest, row.line)
        if first != row.line and self.mapping.same_rows == "refuse":
            self.problems.note_same(row.line, first)

    # --- what was found ---------------------------------------------------------------------

    def report(self, collector: ProblemCollector) -> None:
        """Report every value that the map does not define, equal rows and swapped dates."""
        self.problems.report(collector)
        for name in DATE_COLUMNS:
            found = dates.half_converted(self.rules.undecided_dates(name))
            if found and name not in self.mapping.typed_dates:
                what = f"{HALF_CONVERTED.format(*found)}; write typed_dates = `keep` or `swap`"
                collector.add([self.mapping.problem(what, "columns", name)])

    def notices(self) -> Iterator[Problem]:
        """Yield what does not stop an import, and what its user should know."""
        yield from self.source.notices.problems()
        for name in () if self.mapping.time_zone else DATE_COLUMNS:
            found = self.rules.undecided_dates(name)
            if times := [cell for cell in found if dates.is_utc_time(cell)]:
                what = (
                    f"{schema.shown(times[0])} and {len(times) - 1:,} others are times in UTC, "
                    "read as the day in UTC; name the zone of the place by time_zone in the map"
                )
                yield notice(self.mapping.problem(what, "columns", name))
        for name in self.mapping.numbers:
            if self.divided:
                many = f"{self.divided:,} row{'s' * (self.divided > 1)} became several"
                what = f"{many}, each with the whole `{name}`: sums count it more than once"
                yield notice(self.mapping.problem(what, "keep", name))
        yield from self.row_rules.notices()
        yield from self.rules.notices()


def _first_day(date: str) -> str:
    """Return the first day of a date that may be a month or year; blank without one."""
    return date + "-01" * ((10 - len(date)) // 3) if date else ""


def _shown(value: str) -> str:
    return schema.shown(value) if value else "a blank"
