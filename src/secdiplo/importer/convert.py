"""Convert the rows of a file into rows of the coding sheet, by a column map."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from secdiplo import schema
from secdiplo.countries import LAST_DAY as MEMBERSHIPS
from secdiplo.countries import CountryError
from secdiplo.errors import DataError, Problem
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import BLANK_LABEL, CODED_COLUMNS, OTHER_COUNTERPARTS
from secdiplo.importer.column_map import DATE_COLUMNS, ColumnMap
from secdiplo.importer.grouping import (
    DIFFERS,
    NOT_MULTILATERAL,
    ONE_COUNTERPART,
    EventGroups,
    Group,
)
from secdiplo.importer.messages import lacking, nothing_left, why_unknown
from secdiplo.importer.readers.source import Source, broken
from secdiplo.importer.several import (
    ALSO,
    PAIRED_COLUMNS,
    SPLIT_COLUMNS,
    addresses,
    split,
    without_home,
)
from secdiplo.importer.summary import ImportSummary
from secdiplo.ingest.problem_collector import MAX_LISTED_PROBLEMS
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
REST = "*"
"""The value under [values] that stands for all values without a line."""
TWO_ENDS = ("date", "date_end")
HALF_CONVERTED = (
    "dates such as {} and texts such as {}: a spreadsheet may have taken days up to 12 for months"
)
"""What the typed and the other dates of a column look like together."""
UNPAIRED = (
    "does not go with as many counterparts; separate both alike, or carry the column through by "
    "`keep`"
)
SPECIAL = {"event_key", "agency", "counterpart", "counterpart_type", "inferred", *PAIRED_COLUMNS}


def header(mapping: ColumnMap) -> list[str]:
    """Return the columns of the sheet to write: its own, then those carried through."""
    names = [
        column.name
        for column in CODING_SHEET.columns
        if not column.optional or column.name in {*mapping.columns, *mapping.defaults}
    ]
    return [*names, *mapping.keep]


def rows(
    source: Source, mapping: ColumnMap, summary: ImportSummary | None = None
) -> Iterator[list[str]]:
    """Yield the rows of the sheet in the order of the file.

    Parameters
    ----------
    source : Source
        The file.
    mapping : ColumnMap
        The map.
    summary : ImportSummary, optional
        Where changes are counted.

    Yields
    ------
    list of str
        The cells of `header`.

    Raises
    ------
    DataError
        Before the first row: columns that the file lacks. After the last: every value that the
        map does not know, once, with the number of its rows; and rows that are alike.
    """
    if problems := lacking(source, mapping):
        raise DataError(problems)
    conversion = _Conversion(source, mapping, summary or ImportSummary())
    if mapping.is_grouped and mapping.group_by:
        conversion.groups.counterparts = _surveyed(source, mapping)
    summary, names = conversion.summary, header(mapping)
    for line, record in source.rows():
        summary.read += 1
        filled = conversion.without_markers(record)
        if conversion.is_dropped(filled):
            continue
        for cells in conversion.rows(line, filled):
            summary.written += 1
            yield [cells.get(name, "") for name in names]
    if not summary.read:
        raise broken(source.path, "a header and no rows; give the file that has the rows")
    if not summary.written:
        raise DataError([nothing_left(mapping)])
    problems = conversion.problems()
    if problems:
        raise DataError(problems)
    conversion.groups.count(summary)
    summary.notices += conversion.notices()


def _surveyed(source: Source, mapping: ColumnMap) -> dict[Group, set[tuple[str, str]]]:
    """Return the counterparts of each event; its rows can be anywhere in the file."""
    first = _Conversion(source, mapping, ImportSummary())
    for line, record in source.rows():
        filled = first.without_markers(record)
        if not first.is_dropped(filled):
            rows = first.rows(line, filled)
            if rows:
                first.groups.survey(first.groups.of(filled, rows[0]["date"]), rows)
    return first.groups.counterparts


@dataclass
class _Unknown:
    """A value that the map does not know: where it stands first, in how many rows, and why."""

    line: int
    shown: str
    what: str
    count: int = 0


@dataclass
class _Conversion:
    """The state of one pass over a file."""

    source: Source
    mapping: ColumnMap
    summary: ImportSummary
    cache: dict[tuple[str, str], str | None] = field(default_factory=dict)
    coded: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    items: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    unknown: dict[tuple[str, str, str], _Unknown] = field(default_factory=dict)
    alike: list[Problem] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    seen: dict[str, dict[bytes, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        index = {name: place for place, name in enumerate(self.source.columns)}
        self.places = {
            name: [index[given] for given in columns]
            for name, columns in self.mapping.columns.items()
        }
        self.kept = [(name, index[column]) for name, column in self.mapping.keep.items()]
        self.rules = [
            (index[column], column, values, section == "drop")
            for section in ("filter", "drop")
            for column, values in getattr(self.mapping, section).items()
        ]
        self.plain = [name for name in header(self.mapping) if name in CODING_SHEET.by_name]
        self.plain = [name for name in self.plain if name not in SPECIAL]
        self.blank_row = dict.fromkeys(self.plain, "")
        filled = {*self.places, *self.mapping.defaults}
        self.given = [name for name in self.plain if name in filled]
        self.missing = [set(self.mapping.missing) for _ in self.source.columns]
        for name, places in self.places.items():
            for place in places:  # a line under [values] counts for more
                self.missing[place] -= set(self.mapping.values.get(name, ()))
        self.day = ""
        self.groups = EventGroups(self.mapping, index)
        self.agencies = self.mapping.names("agency")
        self.known = {name: self.mapping.names(name).codes for name in CODED_COLUMNS}

    def without_markers(self, record: list[str]) -> list[str]:
        """Return the cells of a row with markers of missing values made blank."""
        if not self.mapping.missing:
            return record
        made = list(record)
        for place, (cell, missing) in enumerate(zip(record, self.missing, strict=True)):
            if cell in missing:
                made[place] = ""
                self.summary.add("missing", self.source.columns[place], cell)
        return made

    def is_dropped(self, record: list[str]) -> bool:
        """Return whether a rule of the map leaves a row out."""
        for place, column, values, drops in self.rules:
            listed = record[place] in values or ("*" in values and record[place] != "")
            if listed == drops:
                self.summary.add("dropped", column, record[place])
                return True
        return False

    def rows(self, line: int, record: list[str]) -> list[dict[str, str]]:
        """Return the rows of the sheet that one row of the file becomes.

        There is one for each pair of an agency and a counterpart.
        """
        assumed: set[str] = set()
        cells = dict(self.blank_row)
        for name in self.given:
            cells[name] = self._cell(name, line, record, assumed)
            if name == "date":  # codes of states are read for that day
                self.day = _first_day(cells[name])
        if cells["date_end"] == cells["date"]:
            cells["date_end"] = ""  # the sheet gives an end to events of several days only
        kind = self._cell("counterpart_type", line, record, assumed)
        counterparts = self._counterparts(kind, line, record)
        if self.mapping.domestic == "drop":
            home = cells.get("home") or self.mapping.dataset.get("home", "")
            counterparts = without_home(home, counterparts, self.summary)
        group = self.groups.of(record, cells["date"])
        self._fit_format(cells, assumed, group, counterparts, line)
        self._fit_forum(cells, assumed)
        self._fit_place(cells, assumed)
        self._fit_address(cells, record)
        if group:
            self._agree(group, line, cells)
        marks = self._cell("inferred", line, record, assumed)
        kept = {name: record[place] for name, place in self.kept}
        agencies = self._agencies(line, record, assumed)
        made, keys = [], dict[str, str]()
        for counterpart in counterparts:
            for agency in agencies:
                row = {**cells, "agency": agency, **counterpart, **kept}
                here = assumed | ({"counterpart"} if row.pop("assumed", "") else set())
                more = [name for name in ASSUMED if name in here and name not in marks.split("; ")]
                row["inferred"] = "; ".join([marks, *more] if marks else more)
                row["event_key"] = self._key(row, line, record, keys, group)
                if group and self.mapping.is_grouped and self.groups.is_repeated(row):
                    self.summary.add("merged", "event_key", row["event_key"])
                else:
                    made.append(row)
        if len(made) > 1:
            self.summary.add("split", "", "", f"{len(made)} rows")
        return made

    # --- cells ------------------------------------------------------------------------------

    def _filled(self, name: str, record: list[str]) -> list[str]:
        """Return the filled cells for a column of the sheet, each different one once."""
        places = self.places.get(name, ())
        if len(places) == 1:
            return [record[places[0]]] if record[places[0]] else []
        return list(dict.fromkeys(record[place] for place in places if record[place]))

    def _given(self, name: str, line: int, record: list[str]) -> str:
        """Return the text of the file for a column that has one value in a row."""
        filled = self._filled(name, record)
        if len(filled) > 1 and name in {"note", "topic", *PAIRED_COLUMNS}:
            return "; ".join(filled)
        if len(filled) > 1 and name not in SPLIT_COLUMNS:
            shown = " and ".join(map(schema.shown, filled))
            what = "are in one row; map one of the columns, and carry the others through by `keep`"
            self._note(name, shown, line, what, together=True)
        return filled[0] if filled else ""

    def _items(self, name: str, cell: str) -> list[str]:
        """Return the values of a cell, which are separated as the map says."""
        if (name, cell) not in self.items:

            def whole(text: str) -> bool:
                if name == "counterpart" and code_lists.is_whole_name(text):
                    return True
                known = name == "agency" and self.agencies.find(text) is not None
                return known or self.mapping.is_listed(name, text)

            self.items[name, cell] = split(cell, self.mapping.split.get(name, ()), whole)
        return self.items[name, cell]

    def _cell(self, name: str, line: int, record: list[str], assumed: set[str]) -> str:
        if name in DATE_COLUMNS and len(self.places.get(name, ())) > 1:
            given, value = self._date_of_parts(name, record)
        else:
            given = self._given(name, line, record)
            value = self._value(name, given) if given else ""
        if value is None:
            self._note(name, given, line, why_unknown(self.mapping, name, given))
            return ""
        if not value and name in self.mapping.defaults:
            assumed.add(name)
            return self._default(name)
        self._count(name, given, value)
        return value

    def _default(self, name: str) -> str:
        value = self.mapping.defaults[name]
        self.summary.add("default", name, "", value)
        return value

    def _count(self, name: str, given: str, value: str) -> None:
        """Count a value that is not written as it is in the file."""
        if given and value != given:
            listed = self.mapping.is_listed(name, given)
            rest = not listed and self.mapping.values.get(name, {}).get(REST) is not None
            self.summary.add("rest" if rest else "value", name, given, value)

    def _value(self, name: str, given: str) -> str | None:
        """Return the converted value of a cell; None if the map does not define it."""
        if self.mapping.system.get(name) in MEMBERSHIPS:
            return self._read(name, given)  # it depends on the date as well
        if (name, given) not in self.cache:
            self.cache[name, given] = self._read(name, given)
        return self.cache[name, given]

    def _by_system(self, name: str, given: str) -> str | None:
        """Return the country of a code in the system that the map names."""
        if given in code_lists.AMBIGUOUS_CODES:
            return None
        key = (self.mapping.system[name], given, self.day)
        if key not in self.coded:
            with contextlib.suppress(CountryError):
                found = code_lists.by_system(given, key[0], self.day)
                self.coded[key] = found.iso3 if found else None
            self.coded.setdefault(key, None)
        return self.coded[key]

    def _read(self, name: str, given: str) -> str | None:
        table = self.mapping.values.get(name, {})
        if given in table:
            return "" if table[given] == BLANK_LABEL else table[given]
        found = self._unlisted(name, given, table)
        keeps = name in CODED_COLUMNS or name in DATE_COLUMNS
        is_marker = given in code_lists.MISSING_MARKERS  # which `missing` decides
        if REST in table and not is_marker and (found is None or not keeps):
            return "" if table[REST] == BLANK_LABEL else table[REST]
        return found

    def _unlisted(self, name: str, given: str, table: dict[str, str]) -> str | None:
        """Return the value of a cell that has no line under [values]."""
        if name in self.mapping.system:
            return self._by_system(name, given)
        if name in CODED_COLUMNS:
            return given if given in self.known[name] else None
        if name in DATE_COLUMNS:
            written = self.mapping.date_format.get(name, "")
            if self.mapping.typed_dates.get(name) == "swap":
                given = dates.swapped(given)
            found = dates.read(given, written, self.source.epoch, self.mapping.time_zone)
            if (
                found is None
                and self.mapping.names_both_ends
                and (ends := dates.ends(given, written))
            ):
                return ends[name == "date_end"] if name in TWO_ENDS else None
            return found
        if CODING_SHEET.by_name[name].kind == "list":
            items = [i for part in given.split(";") for i in self._items(name, part)]
            return "; ".join(
                i for item in items if (i := table.get(item, item)) not in {"", BLANK_LABEL}
            )
        if given in code_lists.MISSING_MARKERS and name != "note":
            return None
        return given

    def _date_of_parts(self, name: str, record: list[str]) -> tuple[str, str | None]:
        parts = [record[place] for place in self.places[name]]
        given = "-".join(part for part in parts if part)
        if not given:
            return "", ""
        table = self.mapping.values.get(name, {})
        return given, table[given] if given in table else dates.compose(*parts)

    def _agencies(self, line: int, record: list[str], assumed: set[str]) -> list[str]:
        """Return the codes of the agencies that a row of the file names, or the default."""
        found: dict[str, bool] = {}
        for given in self._filled("agency", record):
            for item in self._items("agency", given):
                value = self._value("agency", item)
                if value is None:
                    self._note("agency", item, line, why_unknown(self.mapping, "agency", item))
                else:
                    found |= {value: True} if value else {}
                    self._count("agency", item, value)
        if not found and "agency" in self.mapping.defaults:
            assumed.add("agency")
            return [self._default("agency")]
        return list(found) or [""]

    def _counterparts(self, kind: str, line: int, record: list[str]) -> list[dict[str, str]]:
        """Return the cells of each counterpart that a row of the file names; at least one."""
        columns = [record[place] for place in self.places.get("counterpart", ())]
        cells = [(self._items("counterpart", cell), place) for place, cell in enumerate(columns)]
        named = [(item, place) for items, place in cells for item in items] or [("", 0)]
        paired = {name: self._paired(name, named, line, record) for name in PAIRED_COLUMNS}
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for number, (item, _) in enumerate(named):
            if len(named) > 1 and self._is_blanked("counterpart", item):
                self._count("counterpart", item, "")
                continue
            type_, code, assumed = self._counterpart(item, kind, line)
            row = {name: texts[number] for name, texts in paired.items()}
            row |= {"counterpart_type": type_, "counterpart": code}
            found.setdefault(tuple(row.values()), row | ({"assumed": "yes"} if assumed else {}))
        if not found:  # each of several is a blank by the map
            type_, code, assumed = self._counterpart("", kind, line)
            row = {**dict.fromkeys(PAIRED_COLUMNS, ""), "counterpart_type": type_}
            return [row | {"counterpart": code} | ({"assumed": "yes"} if assumed else {})]
        return list(found.values())

    def _is_blanked(self, name: str, given: str) -> bool:
        return self.mapping.values.get(name, {}).get(given) == BLANK_LABEL

    def _paired(
        self, name: str, named: list[tuple[str, int]], line: int, record: list[str]
    ) -> list[str]:
        """Return the text of a column about a counterpart, for each counterpart of a row."""
        places = self.places.get(name, [])
        if len(places) > 1 and len(places) == len(self.places.get("counterpart", ())):
            texts = [record[places[place]] for _, place in named]
            lost = {record[place] for place in places} - set(texts) - {""}
            if not lost and len({place for _, place in named}) == len(named):
                return [self._text(name, text, line) for text in texts]
            self._note(name, " and ".join(sorted(lost)) or "A cell", line, UNPAIRED, together=True)
            return [""] * len(named)
        elif len(named) == 1:
            blank = name not in self.places and name not in self.mapping.defaults
            return [""] if blank else [self._cell(name, line, record, set())]
        given = [item for cell in self._filled(name, record) for item in self._items(name, cell)]
        if given and len(given) != len(named):
            self._note(name, "; ".join(given), line, UNPAIRED, together=True)
        texts = given if len(given) == len(named) else [""] * len(named)
        return [self._text(name, text, line) for text in texts]

    def _text(self, name: str, given: str, line: int) -> str:
        """Return a converted value, and note one that the map does not define."""
        value = self._value(name, given) if given else ""
        if value is None:
            self._note(name, given, line, why_unknown(self.mapping, name, given))
        self._count(name, given, value or "")
        return value or ""

    def _counterpart(self, given: str, kind: str, line: int) -> tuple[str, str, bool]:
        """Return the type and code of a counterpart, and whether it is the default.

        Type and code are blank if the file names none.
        """
        assumed = False
        code = self.mapping.values.get("counterpart", {}).get(given) if given else BLANK_LABEL
        if code == BLANK_LABEL:
            self._count("counterpart", given, "")
            given, code = "", self.mapping.defaults.get("counterpart", "")
            if not code:
                return "", "", False
            assumed = True
        if code is None and kind in OTHER_COUNTERPARTS.values():
            return kind, given, False
        if code is None and "counterpart" in self.mapping.system:
            code = self._by_system("counterpart", given)
        elif code is None and given in code_lists.country_codes():
            code = given
        is_marker = given in code_lists.MISSING_MARKERS
        rest = None if is_marker else self.mapping.values.get("counterpart", {}).get(REST)
        if code is None and rest == BLANK_LABEL:
            self._count("counterpart", given, "")
            return "", "", False
        code = code or rest
        if code is None:
            self._note("counterpart", given, line, why_unknown(self.mapping, "counterpart", given))
            return "", "", False
        found, bare = code_lists.typed(code)
        if kind and kind != found:
            what = f"is {found} by the map and {kind} by its row; correct one of them"
            self._note("counterpart", given, line, what)
        if assumed:
            self.summary.add("default", "counterpart", "", code)
        else:
            self._count("counterpart", given, code)
        return found, bare, assumed

    def _fit_address(self, cells: dict[str, str], record: list[str]) -> None:
        """Keep the first address as the source, and write what else there is into the note."""
        filled = self._filled("source_url", record)
        filled = [value for cell in filled if (value := self._value("source_url", cell))]
        if not filled and "source_url" in self.mapping.defaults:
            # Many rows share the default page, which has one publisher, date and title.
            for name in ("source_publisher", "source_date", "source_title"):
                if cells[name] and cells[name] != self.mapping.defaults.get(name):
                    _add_note(cells, f"{name}: {cells[name]}")
                    self.summary.add("note", name, cells[name])
                    cells[name] = ""
        if not filled:
            return
        cells["source_url"], rest = addresses(filled, self.mapping.split.get("source_url", ()))
        if rest:
            _add_note(cells, ALSO + rest)
            self.summary.add("note", "source_url", rest)

    def _fit_format(
        self,
        cells: dict[str, str],
        assumed: set[str],
        group: Group | None,
        counterparts: list[dict[str, str]],
        line: int,
    ) -> None:
        """Give an event the format that goes with the number of its counterparts."""
        if not self.mapping.is_grouped:
            return
        has_several = self.groups.has_several(group, counterparts)
        if self.mapping.counts_format and not cells["format"]:
            cells["format"] = "multilateral" if has_several else "bilateral"
            assumed.add("format")
            self.summary.add("counted", "format", "", cells["format"])
        elif group and has_several and cells["format"] in ONE_COUNTERPART:
            self._note("format", cells["format"], line, NOT_MULTILATERAL)

    def _agree(self, group: Group, line: int, cells: dict[str, str]) -> None:
        """Note the cells of a row that differ from those of another row of its event."""
        for name, value, other, first in self.groups.differences(group, line, cells):
            shown = f"{_shown(value)} where line {first} has {_shown(other)}"
            self._note(name, shown, line, DIFFERS, together=True, about=f"{group} {value}")

    def _fit_forum(self, cells: dict[str, str], assumed: set[str]) -> None:
        """Name a forum by its series and year, and only if the format needs one.

        A bilateral event has none: what its column contains goes into the note.
        """
        if cells["format"] == "bilateral" and cells["forum"]:
            if "forum" in assumed:
                self.summary.add("default", "forum", "", cells["forum"], -1)
            else:
                self.summary.add("note", "forum", cells["forum"])
                _add_note(cells, f"forum: {cells['forum']}")
            assumed.discard("forum")
            cells["forum"] = ""
        forum, year = cells["forum"], cells["date"][:4]
        dated = re.fullmatch(r".+ \d{4}", forum, re.ASCII) or cells["format"] == "bilateral"
        if forum and year and not dated:
            cells["forum"] = f"{forum} {year}"

    def _fit_place(self, cells: dict[str, str], assumed: set[str]) -> None:
        """Remove a default place from meetings that are not in person."""
        for name in ("host_country", "city"):
            if cells["mode"] != "in_person" and name in assumed:
                assumed.discard(name)
                self.summary.add("default", name, "", cells[name], -1)
                cells[name] = ""

    # --- events -----------------------------------------------------------------------------

    def _key(
        self,
        cells: dict[str, str],
        line: int,
        record: list[str],
        keys: dict[str, str],
        group: Group | None,
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
            keys[other] = self._new_key(cells, other, line, record, group, first=not keys)
        return keys[other]

    def _new_key(
        self,
        cells: dict[str, str],
        other: str,
        line: int,
        record: list[str],
        group: Group | None,
        first: bool,
    ) -> str:
        shared = cells["format"] == "multilateral"
        if group:
            label = self.groups.label(group)
            if first and not self.mapping.is_grouped:  # where equal rows are merged
                self._compare(label, line, record)
            return label if first else f"{label}-{slug(other or 'unnamed')}"
        if "event_key" in self.places and not self.mapping.group_by:
            given = self._given("event_key", line, record)
            return given if first else f"{given}-{slug(other or 'unnamed')}"
        parts = (cells["date"] or "undated", cells["agency"], cells["official"] or "unnamed")
        base = "-".join(slug(part) for part in (*parts, other or "unnamed"))
        if shared:
            self.keys.add(base)
            return base
        if first:
            self._compare(base, line, record)
        key, number = base, 1
        while key in self.keys:
            number += 1
            key = f"{base}-{number}"
        self.keys.add(key)
        return key

    def _compare(self, base: str, line: int, record: list[str]) -> None:
        """Note a row that equals an earlier one in every cell."""
        digest = hashlib.blake2b("\0".join(record).encode(), digest_size=12).digest()
        first = self.seen.setdefault(base, {}).setdefault(digest, line)
        alike = first != line and self.mapping.same_rows == "refuse"
        if alike and len(self.alike) < MAX_LISTED_PROBLEMS:
            what = (
                f"the same as line {first} in every cell; remove one, or, if these are two "
                'meetings, write same_rows = "separate" in the map'
            )
            self.alike.append(Problem(self.source.path.name, line, self.source.columns[0], what))

    # --- problems ---------------------------------------------------------------------------

    def _note(
        self,
        name: str,
        given: str,
        line: int,
        what: str,
        *,
        together: bool = False,
        about: str = "",
    ) -> None:
        """Note a value that is not accepted; `together` counts all values of one cause as one."""
        key = (name, about if together else given, what)
        if key in self.unknown or len(self.unknown) < MAX_LISTED_PROBLEMS:
            shown = given if together else schema.shown(given)
            self.unknown.setdefault(key, _Unknown(line, shown, what)).count += 1

    def problems(self) -> list[Problem]:
        """Return every value that the map does not define, and equal rows, by line."""
        found = [*self.alike, *self._half_converted()]
        for (name, _, what), unknown in self.unknown.items():
            columns = " + ".join(self.mapping.columns.get(name, (name,)))
            many = f"{unknown.count} row" + ("s" if unknown.count > 1 else "")
            text = f"{unknown.shown} ({many}) {what}"
            found.append(Problem(self.source.path.name, unknown.line, columns, text))
        return sorted(found)

    def _dates(self, name: str) -> list[str]:
        """Return the different dates of a column that have no line under [values]."""
        listed = self.mapping.values.get(name, {})
        return [cell for column, cell in self.cache if column == name and cell not in listed]

    def _half_converted(self) -> Iterator[Problem]:
        """Find columns of dates in which a spreadsheet may have swapped days and months."""
        for name in DATE_COLUMNS:
            found = dates.half_converted(self._dates(name))
            if found and name not in self.mapping.typed_dates:
                what = f"{HALF_CONVERTED.format(*found)}; write typed_dates = `keep` or `swap`"
                yield self.mapping.problem(what, "columns", name)

    def notices(self) -> list[Problem]:
        """Return what does not stop an import, and what its user should know."""
        found = self.source.notices.problems()
        if self.mapping.time_zone:
            return found
        for name in DATE_COLUMNS:
            if times := [cell for cell in self._dates(name) if dates.is_utc_time(cell)]:
                what = (
                    f"{schema.shown(times[0])} and {len(times) - 1:,} others are times in UTC, "
                    "read as the day in UTC; name the zone of the place by time_zone in the map"
                )
                place = self.mapping.problem(what, "columns", name)
                found.append(dataclasses.replace(place, level="notice"))
        return found


def _add_note(cells: dict[str, str], text: str) -> None:
    """Write what has no other place into the note."""
    cells["note"] = "; ".join(filter(None, (cells["note"], text)))


def _first_day(date: str) -> str:
    """Return the first day of a date that may be a month or year; blank without one."""
    return date + "-01" * ((10 - len(date)) // 3) if date else ""


def _shown(value: str) -> str:
    return schema.shown(value) if value else "a blank"
