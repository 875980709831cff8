"""Propose a column map: fill in what is clear, and leave what is doubtful to decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from secdiplo import countries
from secdiplo.errors import DataError
from secdiplo.folder import reading as folders
from secdiplo.folder import resources, toml
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import BLANK_LABEL
from secdiplo.importer.column_map import COUNTRY_COLUMNS, DATE_COLUMNS, ColumnMap
from secdiplo.importer.convert import HALF_CONVERTED
from secdiplo.importer.map_lines import MapLine, rendered, setting, text_lines
from secdiplo.importer.meetings import repeated_meetings
from secdiplo.importer.profile import (
    DERIVED,
    FileProfile,
    looks_like_data,
    make_profile,
    separators,
    usual_names,
)
from secdiplo.importer.readers import ReadOptions, Source, open_source
from secdiplo.importer.row_rules import passing
from secdiplo.importer.value_lines import code_systems, finders, no_code_found, value_lines
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.text import slug

MAX_PEEK = 1_000  # rows of each sheet that are counted to find the largest one
USUAL_VALUES = {
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
# "{blank}" under [values] makes a value blank. Under [values.counterpart], "org:EU" is an
# organization of states and "actor:TALIBAN" a non-state actor. Each row is one event; multilateral
# rows of one date, agency, official and forum are one. Map event_key if the file numbers events.
# If it has one row for each country at a meeting, write [group]: by = ["date", "title"].
# Further keys leave out rows and rename columns: see docs/how-to/import.md.
"""


def propose(file: Path | str, sheet: str = "", options: ReadOptions | None = None) -> str:
    """Propose a map for a file, from the names and the values of its columns.

    Parameters
    ----------
    file : path
        A table with one row per interaction, of a kind that `readers` read.
    sheet : str
        The sheet of a workbook; if blank the likeliest one, by its columns and rows.
    options : ReadOptions, optional
        The sheet, encoding, delimiter and header.

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
    return rendered(proposed(*look(file, options or ReadOptions(sheet))))


def look(
    file: Path | str, options: ReadOptions, mapping: ColumnMap | None = None
) -> tuple[FileProfile, ReadOptions, tuple[str, ...]]:
    """Read a file and profile it, without the rows that a map leaves out.

    Returns
    -------
    (FileProfile, ReadOptions, tuple of str)
        The profile; how the file is read, with its likeliest sheet; and its first row where it
        has to be decided whether that names the columns.
    """
    source = open_source(file, options=options)
    if len(source.sheets) > 1 and not options.sheet:
        options = replace(options, sheet=_likeliest_sheet(source, options))
        source = open_source(file, options=options)
    first: tuple[str, ...] = ()
    if options.header is None and looks_like_data(source.columns):
        first = source.columns
        source = open_source(file, options=replace(options, header=False))
    return make_profile(passing(source, mapping) if mapping else source), options, first


def proposed(
    profile: FileProfile, options: ReadOptions, first: tuple[str, ...]
) -> list[list[MapLine]]:
    """Return the sections of the map for a file; the arguments are those that `look` returns."""
    return [
        _head(profile),
        _notices(profile),
        [*_reading(options, first), *_top(profile, options.sheet)],
        _group(profile),
        _dataset(profile),
        _columns(profile),
        _defaults(profile),
        *(value_lines(profile, target) for target in CODING_SHEET.by_name),
        _code_lines(profile),
    ]


def _likeliest_sheet(book: Source, options: ReadOptions) -> str:
    """Return the sheet with usual names of columns, and of several such the one with most rows."""

    def likelihood(name: str) -> tuple[bool, int]:
        try:
            source = open_source(book.path, options=replace(options, sheet=name))
            rows = sum(1 for _ in islice(source.rows(), MAX_PEEK))
        except DataError:
            return False, -1  # no table; if it is the only sheet, the reader says why
        return usual_names(source.columns) > 1, rows

    return max(book.sheets, key=likelihood)


# --- settings -------------------------------------------------------------------------------


def _head(profile: FileProfile) -> list[MapLine]:
    text = HEAD.format(
        file=toml.comment(profile.source.path.name),
        columns=len(profile.columns),
        rows=profile.rows,
        blank=BLANK_LABEL,
    )
    return text_lines(*text.rstrip().split("\n"))


def _notices(profile: FileProfile) -> list[MapLine]:
    """Write what the file has that its cells alone do not show."""
    found = profile.source.notices.problems()
    if not found:
        return []
    lines = text_lines("# What the file shows beside its cells; decide whether it matters:")
    more = [MapLine("notice", line=p.line, column=p.column, comment=p.what) for p in found]
    return lines + more


def _reading(options: ReadOptions, first: tuple[str, ...]) -> list[MapLine]:
    """Write how the file is read, and ask about a first row that looks like data."""
    named = (("encoding", options.encoding), ("delimiter", options.delimiter))
    lines = [setting((), name, value) for name, value in named if value]
    if first:
        shown = ", ".join(toml.text(cell[:40]) for cell in first[:3])
        why = (
            f"left to decide: the first row looks like data ({shown}): false if it "
            "is, as this proposal takes it; if it names the columns, propose again with --header"
        )
        lines.append(setting((), "header", "", why))
    elif options.header is False:
        lines.append(setting((), "header", False, "the first row is data"))
    return lines


def _top(profile: FileProfile, sheet: str) -> list[MapLine]:
    lines = []
    if profile.source.sheets:
        chosen, *rest = profile.source.sheets
        hidden = profile.source.hidden
        others = ", ".join(toml.text(name) + " (hidden)" * (name in hidden) for name in rest)
        line = setting((), "sheet", chosen, f"other sheets: {others}" if rest else "")
        lines += [line] if sheet or rest else text_lines(f"# {line}")
    lines += [_date_format(profile), *_typed_dates(profile), *_time_zone(profile)]
    lines += [*_missing(profile), _split(profile), *_systems(profile)]
    if profile.column("home"):
        what = '"drop" leaves out rows whose counterpart is their home'
        lines.append(setting((), "domestic", "refuse", what))
    what = '"separate" if rows alike in every cell are different meetings'
    lines.append(setting((), "same_rows", "refuse", what))
    what = "columns of the file to carry through, of those listed under [columns]"
    lines.append(setting((), "keep", [], what))
    return [*lines, *_decimal(profile)]


def _decimal(profile: FileProfile) -> list[MapLine]:
    """Mention a column of numbers with a decimal comma, which can be kept."""
    taken = profile.taken()
    for name, column in profile.columns.items():
        numbers = [v for v in column.values if re.fullmatch(r"[+-]?[\d. ]*\d,\d+", v, re.ASCII)]
        if name not in taken and len(numbers) * 2 > len(column.values):
            what = f'if {toml.text(name)}, as in "{numbers[0]}", is kept as a number'
            return text_lines(f'# decimal = ","  # {toml.comment(what)}')
    return []


def _missing(profile: FileProfile) -> list[MapLine]:
    """Write which texts of the file mark missing values."""
    taken = profile.taken()
    found = {
        marker
        for name, column in profile.columns.items()
        for marker in column.markers
        if name in taken or not re.search(r"\d", marker)  # a number can be one of a score
    }
    what = "these cells become blank, unless [values] has a line for them"
    return [setting((), "missing", sorted(found), what)] if found else []


def _split(profile: FileProfile) -> MapLine:
    """Write what separates several counterparts in one cell."""
    column = profile.column("counterpart")
    marks = separators(column) if column else []
    if not marks:
        what = "what separates several counterparts, officials, agencies or topics"
        return MapLine(comment=f'# split = ";"  # {what}')
    value = {"counterpart": marks[0] if len(marks) == 1 else marks}
    return setting((), "split", value, "some cells name several; each becomes a row")


def _systems(profile: FileProfile) -> list[MapLine]:
    """Write the system of codes of digits, and of letters that are no ISO codes."""
    found, why = {}, []
    for target in COUNTRY_COLUMNS:
        column = profile.column(target)
        known = code_systems(column) if column else []
        if not column or not known:
            continue
        same = all(_means(value, known) for value in column.values)
        found[target] = known[0] if same else ""
        named = ", ".join(known)
        why.append(f"every value is a code of {named}" if same else f"left to decide: {named}")
    return [setting((), "system", found, why[0])] if found else []


def _means(value: str, systems: list[str]) -> bool:
    """Return whether a code means the same country in each system."""
    found = set()
    for system in systems:
        try:
            country = code_lists.by_system(value, system)
        except countries.CountryError:
            country = None
        found.add(country.iso3 if country else "")
    return len(found) == 1


def _date_format(profile: FileProfile) -> MapLine:
    found = {}
    for target in DATE_COLUMNS:
        column = profile.column(target)
        written = dates.decide(column.values) if column else None
        if written is not None:
            found[target] = written
    if not found:
        what = "only for dates in figures, such as 7/9/2024"
        return MapLine(comment=f'# date_format = "%d/%m/%Y"  # {what}')
    why = "as days over 12 show"
    if "" in found.values():
        name = next(target for target, written in found.items() if not written)
        file_column = profile.column(name)
        cell = next(filter(dates.ambiguous, file_column.values if file_column else ()), "")
        mark = next((each for each in "./-" if each in cell), "/")
        day, month = (mark.join(order) for order in (("%d", "%m", "%Y"), ("%m", "%d", "%Y")))
        why = f'left to decide: "{cell}" can be day first, "{day}", or month first, "{month}"'
    one = set(found.values())
    return setting((), "date_format", one.pop() if len(one) == 1 else found, why)


def _typed_dates(profile: FileProfile) -> list[MapLine]:
    """Ask about columns of dates that a spreadsheet converted in part."""
    found = {
        target: half
        for target in DATE_COLUMNS
        if (column := profile.column(target)) and (half := dates.half_converted(column.values))
    }
    if not found:
        return []
    why = HALF_CONVERTED.format(*next(iter(found.values())))
    typed, _ = next(iter(found.values()))
    choice = f'"keep" for {typed}, "swap" for {dates.swapped(typed)}'
    value = dict.fromkeys(found, "")
    return [setting((), "typed_dates", value, f"left to decide: {why}; {choice}")]


def _time_zone(profile: FileProfile) -> list[MapLine]:
    """Ask about times in UTC, whose day depends on the place."""
    for target in DATE_COLUMNS:
        column = profile.column(target)
        times = [cell for cell in column.values if dates.is_utc_time(cell)] if column else []
        if times:
            why = (
                f'"{times[0]}" is in UTC; name the zone of the place, as "Asia/Shanghai", or "UTC"'
            )
            return [setting((), "time_zone", "", f"left to decide: {why}")]
    return []


def _group(profile: FileProfile) -> list[MapLine]:
    """Propose to group rows, where several seem to be of one meeting."""
    found = repeated_meetings(profile)
    if found is None:
        return []
    many = f"{found.meetings:,} meeting{'s' * (found.meetings > 1)}"
    *dates, title = map(toml.text, found.columns)
    what = f"{found.rows:,} rows seem to be of {many}: equal in {', '.join(dates)} and {title}"
    lines = [
        f"# {what},",
        "# with different counterparts. To make one event of each, remove the marks of this table,",
        "# and `format` under [defaults].",
        "# [group]",
        f"# by = {toml.text(found.columns)}",
        '# format = "count"',
    ]
    return [MapLine("group", ("group",), "by", "\n".join(map(toml.comment, lines)), what)]


def _dataset(profile: FileProfile) -> list[MapLine]:
    stem, table = profile.source.path.stem, ("dataset",)
    lines = text_lines("[dataset]")
    lines.append(setting(table, "name", slug(stem) or "dataset", "from the file's name"))
    if not profile.built_in:
        licence = "left to decide: under which licence its makers share it"
        exhaustive = "true if it claims to hold every interaction in its scope"
        home = "left to decide: the ISO3 code of the country whose officials these are"
        is_in_rows = profile.column("home") is not None
        return [
            *lines,
            setting(table, "title", stem),
            setting(table, "version", "1.0"),
            setting(table, "licence", "", licence),
            MapLine(comment='# citation = ""  # how to cite it'),
            setting(table, "exhaustive", False, exhaustive),
            MapLine(comment="# home is named in each row: see [columns]")
            if is_in_rows
            else setting(table, "home", "", home),
            setting(table, "not_foreign", [], "ISO3 codes of what is not foreign to it"),
        ]
    built_in = folders.read(resources.shipped("data"))
    data = _data_reference(built_in)
    address, scope = _address(data), toml.comment(built_in.default_scope)
    figures = "a figure that it does not give is then contradicted, not consistent"
    return [
        *lines,
        setting(table, "title", data.get("title", built_in.title)),
        setting(table, "version", "1.0"),
        setting(table, "licence", f"as stated at {address}" if address else built_in.licence),
        setting(table, "citation", _citation(data) if data else built_in.citation),
        setting(table, "exhaustive", True, figures),
        *text_lines(
            "# Keep the next line only for a copy of the paper's dataset: it sets the paper's",
            "# published values beside those of this file.",
        ),
        setting(table, "annotations", "builtin"),
        *text_lines(
            '# "all" counts every row, which is right for a file that holds what the paper counts;',
            f'# "{scope}" only the rows in the window and of the ranks below.',
        ),
        setting(table, "default_scope", "all"),
        setting(table, "home", built_in.home, "whose officials these are"),
        setting(table, "not_foreign", list(built_in.not_foreign)),
        *_scopes(built_in),
    ]


def _data_reference(home: folders.Folder) -> Mapping[str, Any]:
    """Return the data of the paper that the built-in dataset follows; empty if it names none."""
    return next((each for each in home.references if each["role"] == "data"), {})


def _address(reference: Mapping[str, Any]) -> str:
    """Return the address of a reference; blank if it has none."""
    doi = reference.get("doi")
    return f"https://doi.org/{doi}" if doi else str(reference.get("url", ""))


def _citation(reference: Mapping[str, Any]) -> str:
    version = reference.get("version")
    parts = [
        f"{'; '.join(reference.get('authors', ()))} ({reference.get('year', 'n.d.')})".strip(),
        str(reference["title"]),
        f"Version {version}" if version else "",
        _address(reference),
    ]
    return ", ".join(filter(None, parts))


def _scopes(home: folders.Folder) -> Iterator[MapLine]:
    for scope in home.scopes:
        table = ("scopes", scope.name)
        yield MapLine(comment=f"\n[scopes.{toml.key(scope.name)}]")
        yield setting(table, "title", scope.title)
        yield setting(table, "start", scope.start)
        yield setting(table, "end", scope.end)
        yield setting(table, "ranks", scope.ranks)


# --- columns --------------------------------------------------------------------------------


def _columns(profile: FileProfile) -> list[MapLine]:
    lines = text_lines("[columns]  # column of the sheet = column of the file")
    for column in CODING_SHEET.columns:
        lines += _column_line(profile, column.name)
    rest = [column for name, column in profile.columns.items() if name not in profile.taken()]
    if rest:
        title = "# Columns of the file that nothing is made of; those under keep stay:"
        lines += text_lines(title)
    for other in rest:
        examples = ", ".join(toml.text(value[:40]) for value in list(other.values)[:3])
        lines.append(MapLine("unused", ("columns",), other.name, comment=examples or "blank"))
    return lines


def _column_line(profile: FileProfile, target: str) -> list[MapLine]:
    """Write the line of one column of the sheet; none if it needs none."""
    table, sheet_column = ("columns",), CODING_SHEET.by_name[target]
    needed = target in {"date", "counterpart"}
    if target == "date" and profile.parts:
        return [setting(table, "date", profile.parts, "year, month and day")]
    if target in profile.wide:
        return [setting(table, target, profile.wide[target], profile.sure[target].why)]
    if target in profile.sure:
        line = setting(table, target, profile.sure[target].name, profile.sure[target].why)
        column = profile.column(target)
        if target == "event_key" and column and column.is_unique:
            doubt = "but every row has its own: is it the number of a row?"
            return text_lines(f"# {line}; {doubt}")
        return [line]
    if target in profile.perhaps:
        match = profile.perhaps[target]
        if needed:
            doubt = f"perhaps {toml.text(match.name)}: {match.why}"
            return [setting(table, target, "", doubt)]
        return [MapLine("perhaps", table, target, match.name, f"perhaps: {match.why}")]
    if target == "counterpart_type" or sheet_column.optional:
        return []  # derived, or of imputed rows only
    if needed:
        return [setting(table, target, "", f"left to decide: {sheet_column.meaning}")]
    return text_lines(f'# {target} = ""  # {sheet_column.meaning}')


def _defaults(profile: FileProfile) -> list[MapLine]:
    title = "[defaults]  # the value of blank cells, and of columns that the file does not have"
    lines = []
    for column in CODING_SHEET.columns:
        if column.name in {"event_key", "date"}:
            continue
        blanks = profile.blanks(column.name)
        if blanks and (column.required or column.name == "forum"):
            lines.append(_default_line(profile, column.name, blanks))
    return [*text_lines(title), *lines] if lines else []


def _default_line(profile: FileProfile, target: str, blanks: int) -> MapLine:
    table = ("defaults",)
    many = "no column gives it" if target not in profile.sure else f"blank in {blanks} rows"
    if target == "forum":
        what = "for sideline and multilateral rows that name none; the year of the date is added"
        return setting(table, target, "Unnamed forum", what)
    if target in USUAL_VALUES:
        value, why = USUAL_VALUES[target]
        return setting(table, target, value, f"{many}: {why}")
    if target == "source_url":
        home = folders.read(resources.shipped("data")) if profile.built_in else None
        value = _address(_data_reference(home)) if home else ""
        doubt = "" if value else "left to decide: "
        what = f"{many}; {doubt}the address of the dataset itself"
        return setting(table, target, value, what)
    meaning = CODING_SHEET.by_name[target].meaning
    line = setting(table, target, "", f"{many}; left to decide: {meaning}")
    return MapLine(comment=f"# {line}") if target in profile.sure else line


# --- codes ----------------------------------------------------------------------------------


def _code_lines(profile: FileProfile) -> list[MapLine]:
    """Write the lists of agencies and ranks for a dataset that has its own.

    Parameters
    ----------
    profile : FileProfile
        What was found out about the file.

    Returns
    -------
    list of MapLine
        Empty tables to fill in; the built-in lists as comments, if only some values are others.
    """
    if profile.built_in:
        return text_lines(*_built_in_codes(profile))
    lines = text_lines(
        '# The dataset\'s own agencies: code = "label", such as EXP = "Example Police".',
        "[codes.agency]",
        "",
        '# Its ranks: code = "label; agency that has it; ..."; without an agency it fits all.',
        "[codes.official_rank]",
    )
    topic = profile.column("topic")
    if topic:
        divided = profile.items("topic")
        parts = {part for value in topic.values for part in value.split(";")}
        items = {item.strip() for part in parts for item in divided(part)} - {""}
        title = "# The topics in use; an unknown one is a notice."
        lines += text_lines("", title, "[codes.topic]")
        lines += [setting(("codes", "topic"), item, item) for item in sorted(items)]
    return lines


def _built_in_codes(profile: FileProfile) -> list[str]:
    """Write the built-in agencies and ranks as comments, where the file has others too."""
    lines = []
    for target in DERIVED:
        column = profile.column(target)
        find = finders(profile, target, column)[0] if column else no_code_found
        if column and not all(map(find, column.values)):
            lines.append(f"a value of {target} is none of the built-in codes")
    if not lines:
        return []
    lines = [f"# Where {lines[0]}, uncomment these lists and add yours:"]
    for name in ("agency", "official_rank"):
        lines.append(f"# [codes.{name}]")
        for row in code_lists.reference("codes.csv"):
            if row["list"] == name:
                text = "; ".join(part for part in (row["label"], row["parent"]) if part)
                lines.append(f"# {toml.key(row['code'])} = {toml.text(text)}")
    return lines
