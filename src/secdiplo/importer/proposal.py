"""Propose a column map: fill in what is clear, and leave what is doubtful to decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from secdiplo import countries
from secdiplo.errors import DataError
from secdiplo.folder import reading as folders
from secdiplo.folder import resources, toml
from secdiplo.importer import code_lists, dates
from secdiplo.importer.code_lists import BLANK_LABEL, CODED_COLUMNS, OTHER_COUNTERPARTS
from secdiplo.importer.column_map import COUNTRY_COLUMNS, DATE_COLUMNS
from secdiplo.importer.convert import HALF_CONVERTED, TWO_ENDS
from secdiplo.importer.profile import (
    DERIVED,
    FileColumn,
    FileProfile,
    looks_like_data,
    make_profile,
    names_two_days,
    separators,
    usual_names,
)
from secdiplo.importer.readers import ReadOptions, Source, open_source
from secdiplo.importer.several import split
from secdiplo.schema.tables import CODING_SHEET
from secdiplo.suggest import did_you_mean, ranked
from secdiplo.text import slug

MAX_DATES = 20  # texts that are not dates; each gets a line
NOTICE = "#   notice:"
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
    return write(*look(file, options or ReadOptions(sheet)))


def look(
    file: Path | str, options: ReadOptions
) -> tuple[FileProfile, ReadOptions, tuple[str, ...]]:
    """Read a file and profile it.

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
    return make_profile(source), options, first


def write(profile: FileProfile, options: ReadOptions, first: tuple[str, ...]) -> str:
    """Write the map that is proposed for a file; the arguments are those that `look` returns."""
    parts = [
        _head(profile),
        _notices(profile),
        [*_reading(options, first), *_top(profile, options.sheet)],
        _dataset(profile),
        _columns(profile),
        _defaults(profile),
    ]
    parts += [_value_lines(profile, target) for target in CODING_SHEET.by_name]
    parts.append(_code_lines(profile))
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


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


def _head(profile: FileProfile) -> list[str]:
    text = HEAD.format(
        file=toml.comment(profile.source.path.name),
        columns=len(profile.columns),
        rows=profile.rows,
        blank=BLANK_LABEL,
    )
    return text.rstrip().split("\n")


def _notices(profile: FileProfile) -> list[str]:
    """Write what the file has that its cells alone do not show."""
    found = profile.source.notices.problems()
    if not found:
        return []
    lines = ["# What the file shows beside its cells; decide whether it matters:"]
    return lines + [toml.comment(f"{NOTICE} {p.line}:{p.column}: {p.what}") for p in found]


def _reading(options: ReadOptions, first: tuple[str, ...]) -> list[str]:
    """Write how the file is read, and ask about a first row that looks like data."""
    lines = [
        f"{name} = {toml.text(value)}"
        for name, value in (("encoding", options.encoding), ("delimiter", options.delimiter))
        if value
    ]
    if first:
        shown = ", ".join(toml.text(cell[:40]) for cell in first[:3])
        lines.append(
            f'header = ""  # left to decide: the first row looks like data ({shown}): false if it '
            "is, as this proposal takes it; if it names the columns, propose again with --header"
        )
    elif options.header is False:
        lines.append("header = false  # the first row is data")
    return lines


def _top(profile: FileProfile, sheet: str) -> list[str]:
    lines = []
    if profile.source.sheets:
        chosen, *rest = profile.source.sheets
        hidden = profile.source.hidden
        others = ", ".join(toml.text(name) + " (hidden)" * (name in hidden) for name in rest)
        note = f"  # other sheets: {others}" if rest else ""
        lines.append(f"{'' if sheet or rest else '# '}sheet = {toml.text(chosen)}{note}")
    return [
        *lines,
        _date_format(profile),
        *_typed_dates(profile),
        *_time_zone(profile),
        *_missing(profile),
        *_split(profile),
        *_systems(profile),
        *(
            ['domestic = "refuse"  # "drop" leaves out rows whose counterpart is their home']
            if profile.column("home")
            else []
        ),
        'same_rows = "refuse"  # "separate" if rows alike in every cell are different meetings',
        "keep = []  # columns of the file to carry through, of those listed under [columns]",
    ]


def _missing(profile: FileProfile) -> list[str]:
    """Write which texts of the file mark missing values."""
    taken = profile.taken()
    found = {
        marker
        for name, column in profile.columns.items()
        for marker in column.markers
        if name in taken or not re.search(r"\d", marker)  # a number can be one of a score
    }
    if not found:
        return []
    value = toml.text(sorted(found))
    return [f"missing = {value}  # these cells become blank, unless [values] has a line for them"]


def _split(profile: FileProfile) -> list[str]:
    """Write what separates several counterparts, or addresses, in one cell."""
    found: dict[str, list[str]] = {}
    column = profile.column("counterpart")
    if column and (marks := separators(column)):
        found["counterpart"] = marks
    if not found:
        return [
            '# split = ";"  # what separates several counterparts, agencies or topics in a cell'
        ]
    value = toml.text(
        {name: marks[0] if len(marks) == 1 else marks for name, marks in found.items()}
    )
    return [f"split = {value}  # some cells name several; each becomes a row"]


def _systems(profile: FileProfile) -> list[str]:
    """Write the system of codes of digits, and of letters that are no ISO codes."""
    found, why = {}, []
    for target in COUNTRY_COLUMNS:
        column = profile.column(target)
        known = _code_systems(column) if column else []
        if not column or not known:
            continue
        same = all(_means(value, known) for value in column.values)
        found[target] = known[0] if same else ""
        named = ", ".join(known)
        why.append(f"every value is a code of {named}" if same else f"left to decide: {named}")
    return [f"system = {toml.text(found)}  # {why[0]}"] if found else []


def _code_systems(column: FileColumn) -> list[str]:
    """Return the systems other than ISO and names that every value of a column fits."""
    letters = code_lists.letter_systems(column.values, column.name)
    return code_lists.systems_of(column.values) or letters


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


def _date_format(profile: FileProfile) -> str:
    found = {}
    for target in DATE_COLUMNS:
        column = profile.column(target)
        written = dates.decide(column.values) if column else None
        if written is not None:
            found[target] = written
    if not found:
        return '# date_format = "%d/%m/%Y"  # only for dates in figures, such as 7/9/2024'
    why = "as days over 12 show"
    if "" in found.values():
        name = next(target for target, written in found.items() if not written)
        file_column = profile.column(name)
        cell = next(filter(dates.ambiguous, file_column.values if file_column else ()), "")
        why = f'left to decide: "{cell}" can be day first, "%d/%m/%Y", or month first, "%m/%d/%Y"'
    one = set(found.values())
    value = toml.text(one.pop()) if len(one) == 1 else toml.text(found)
    return f"date_format = {value}  # {why}"


def _typed_dates(profile: FileProfile) -> list[str]:
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
    value = toml.text(dict.fromkeys(found, ""))
    return [f"typed_dates = {value}  # left to decide: {toml.comment(why)}; {choice}"]


def _time_zone(profile: FileProfile) -> list[str]:
    """Ask about times in UTC, whose day depends on the place."""
    for target in DATE_COLUMNS:
        column = profile.column(target)
        times = [cell for cell in column.values if dates.is_utc_time(cell)] if column else []
        if times:
            why = (
                f'"{times[0]}" is in UTC; name the zone of the place, as "Asia/Shanghai", or "UTC"'
            )
            return [f'time_zone = ""  # left to decide: {why}']
    return []


def _dataset(profile: FileProfile) -> list[str]:
    stem = profile.source.path.stem
    lines = ["[dataset]", f"name = {toml.text(slug(stem) or 'dataset')}  # from the file's name"]
    if not profile.built_in:
        return [
            *lines,
            f"title = {toml.text(stem)}",
            'version = "1.0"',
            'licence = ""  # left to decide: under which licence its makers share it',
            '# citation = ""  # how to cite it',
            "exhaustive = false  # true if it claims to hold every interaction in its scope",
            "# home is named in each row: see [columns]"
            if profile.column("home")
            else 'home = ""  # left to decide: the ISO3 code of the country whose officials '
            "these are",
            "not_foreign = []  # ISO3 codes of what is not foreign to it",
        ]
    home = folders.read(resources.shipped("data"))
    data = _data_reference(home)
    address, scope = _address(data), toml.comment(home.default_scope)
    return [
        *lines,
        f"title = {toml.text(data.get('title', home.title))}",
        'version = "1.0"',
        f"licence = {toml.text(f'as stated at {address}' if address else home.licence)}",
        f"citation = {toml.text(_citation(data) if data else home.citation)}",
        "exhaustive = true  # a figure that it does not give is then contradicted, not consistent",
        "# Keep the next line only for a copy of the paper's dataset: it sets the paper's",
        "# published values beside those of this file.",
        'annotations = "builtin"',
        '# "all" counts every row, which is right for a file that holds what the paper counts;',
        f'# "{scope}" only the rows in the window and of the ranks below.',
        'default_scope = "all"',
        f"home = {toml.text(home.home)}  # whose officials these are",
        f"not_foreign = {toml.text(home.not_foreign)}",
        *_scopes(home),
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


def _scopes(home: folders.Folder) -> Iterator[str]:
    for scope in home.scopes:
        yield f"\n[scopes.{toml.key(scope.name)}]"
        yield f"title = {toml.text(scope.title)}"
        yield f"start = {toml.text(scope.start)}"
        yield f"end = {toml.text(scope.end)}"
        yield f"ranks = {toml.text(scope.ranks)}"


# --- columns --------------------------------------------------------------------------------


def _columns(profile: FileProfile) -> list[str]:
    lines = ["[columns]  # column of the sheet = column of the file"]
    for column in CODING_SHEET.columns:
        lines.append(_column_line(profile, column.name))
    rest = [column for name, column in profile.columns.items() if name not in profile.taken()]
    if rest:
        lines.append("# Columns of the file that nothing is made of; those under keep stay:")
    for other in rest:
        examples = ", ".join(toml.text(value[:40]) for value in list(other.values)[:3])
        lines.append(toml.comment(f"#   {toml.text(other.name)}: {examples or 'blank'}"))
    return [line for line in lines if line]


def _column_line(profile: FileProfile, target: str) -> str:
    """Write the line of one column of the sheet; blank if it needs none."""
    needed = target in {"date", "counterpart"}
    line = f'{target} = ""  # left to decide: {CODING_SHEET.by_name[target].meaning}'
    if target == "date" and profile.parts:
        line = f"date = {toml.text(profile.parts)}  # year, month and day"
    elif target in profile.wide:
        line = f"{target} = {toml.text(profile.wide[target])}  # {profile.sure[target].why}"
    elif target in profile.sure:
        line = f"{target} = {toml.text(profile.sure[target].name)}  # {profile.sure[target].why}"
        column = profile.column(target)
        if target == "event_key" and column and column.is_unique:
            line = f"# {line}; but every row has its own: is it the number of a row?"
    elif target in profile.perhaps:
        match = profile.perhaps[target]
        name = toml.text(match.name)
        doubt = f"perhaps {name}: {match.why}" if needed else f"perhaps: {match.why}"
        line = f'{target} = ""  # {doubt}' if needed else f"# {target} = {name}  # {doubt}"
    elif target == "counterpart_type" or CODING_SHEET.by_name[target].optional:
        line = ""  # derived, or of imputed rows only
    elif not needed:
        line = f'# {target} = ""  # {CODING_SHEET.by_name[target].meaning}'
    return line


def _defaults(profile: FileProfile) -> list[str]:
    lines = ["[defaults]  # the value of blank cells, and of columns that the file does not have"]
    for column in CODING_SHEET.columns:
        if column.name in {"event_key", "date"}:
            continue
        blanks = profile.blanks(column.name)
        if blanks and (column.required or column.name == "forum"):
            lines.append(_default_line(profile, column.name, blanks))
    return lines if len(lines) > 1 else []


def _default_line(profile: FileProfile, target: str, blanks: int) -> str:
    many = "no column gives it" if target not in profile.sure else f"blank in {blanks} rows"
    if target == "forum":
        return (
            'forum = "Unnamed forum"  # for sideline and multilateral rows that name none; '
            "the year of the date is added"
        )
    if target in USUAL_VALUES:
        value, why = USUAL_VALUES[target]
        return f"{target} = {toml.text(value)}  # {many}: {why}"
    if target == "source_url":
        home = folders.read(resources.shipped("data")) if profile.built_in else None
        value = _address(_data_reference(home)) if home else ""
        doubt = "" if value else "left to decide: "
        return f"{target} = {toml.text(value)}  # {many}; {doubt}the address of the dataset itself"
    mark = "# " if target in profile.sure else ""
    meaning = CODING_SHEET.by_name[target].meaning
    return f'{mark}{target} = ""  # {many}; left to decide: {meaning}'


Finder = Callable[[str], str | None]
Suggester = Callable[[str], list[str]]
Finders = tuple[Finder, Suggester, Mapping[str, str]]


def _value_lines(profile: FileProfile, target: str) -> list[str]:
    """Write the codes of one column's values: exact ones filled in, doubtful ones blank.

    Parameters
    ----------
    profile : FileProfile
        What was found out about the file.
    target : str
        The column of the sheet.

    Returns
    -------
    list of str
        The lines of its table; none where its values stay as they are.
    """
    column = profile.column(target)
    if column is None:
        return []
    if target in {"official", "forum", "topic"}:
        return _open_values(profile, target, column)
    if target in DATE_COLUMNS:
        return _date_values(profile, target, column)
    if target not in CODED_COLUMNS and target != "counterpart":
        return []
    find, suggest, codes = _finders(profile, target, column)
    if target in COUNTRY_COLUMNS and _code_systems(column):
        return []
    lines, exact = [], 0
    for value, count in _counted(target, column):
        code = find(value)
        if code == value and value in codes:
            exact += 1
            continue
        many = f"{count} row" + ("s" if count > 1 else "")
        if code:
            caution = (
                countries.note(value) if CODED_COLUMNS.get(target, "country") == "country" else ""
            )
            note = f"  # {caution}" if caution else ""
            lines.append(f"{toml.text(value)} = {toml.text(code)}{note}")
        else:
            near = suggest(value)
            doubt = did_you_mean(near, '"') if near else _no_code(target, codes)
            lines.append(f'{toml.text(value)} = ""  # {doubt} ({many})')
    if not lines:
        return [f"# [values.{target}]: every value is a code already"]
    head = f"[values.{target}]"
    return [f"{head}  # {exact} more are codes already" if exact else head, *lines]


def _date_values(profile: FileProfile, target: str, column: FileColumn) -> list[str]:
    """Write the cells of a column of dates that are not read, or can be two months."""
    if target == "date" and profile.parts:
        return []
    lines = []
    for value, count in sorted(column.values.items(), key=lambda item: (-item[1], item[0])):
        if dates.read(value, epoch=profile.source.epoch) or dates.ambiguous(value):
            continue
        if names_two_days(value) and target in TWO_ENDS:
            continue
        many = f"{count} row" + ("s" if count > 1 else "")
        readings = dates.fraction(value)
        doubt = f"a number that can be {readings}" if readings else "no date that is read"
        lines.append(f'{toml.text(value)} = ""  # left to decide: {doubt} ({many})')
    if len(lines) > MAX_DATES:
        rest = f"# ... and {len(lines) - MAX_DATES:,} other texts that are no date that is read"
        lines = [*lines[:MAX_DATES], rest]
    return [f"[values.{target}]  # other dates are read as they are", *lines] if lines else []


def _counted(target: str, column: FileColumn) -> list[tuple[str, int]]:
    """Return the values of a column that are mapped, the most frequent first."""
    counts: dict[str, int] = {}
    marks = separators(column) if target == "counterpart" else []
    known = code_lists.is_whole_name
    for value, count in column.values.items():
        for item in split(value, marks, known) if marks else [value]:
            counts[item] = counts.get(item, 0) + count
    if target in COUNTRY_COLUMNS:  # the letters of Namibia are for a human, even if `missing`
        counts |= {m: n for m, n in column.markers.items() if m in code_lists.AMBIGUOUS_CODES}
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _finders(profile: FileProfile, target: str, column: FileColumn) -> Finders:
    """Return how values of a column are found and suggested, and the codes."""
    official, short = profile.sure.get("official"), code_lists.iso2()
    if target in DERIVED and not profile.built_in:
        return _no_code_found, _no_codes, {}
    known = code_lists.names_of(target)
    if target in COUNTRY_COLUMNS and _has_cow_letters(column):
        return _no_code_found, _of_letters, known.codes
    if target in DERIVED and official and official.name == column.name:
        return (lambda value: _of_official(value, target)), _no_codes, known.codes
    if target in COUNTRY_COLUMNS and all(
        v in short or v in code_lists.AMBIGUOUS_CODES for v in column.values
    ):
        return short.get, known.suggest, known.codes
    return known.find, known.suggest, known.codes


def _has_cow_letters(column: FileColumn) -> bool:
    """Return whether a column has letters of Correlates of War, some of which look like ISO's."""
    letters = [value for value in column.values if re.fullmatch("[A-Z]{3}", value)]
    named = re.search(code_lists.SYSTEM_NAMES["cowc"], code_lists.fold(column.name)) is not None
    return bool(letters) and (named or bool(code_lists.cow_letters(letters)))


def _of_letters(value: str) -> list[str]:
    """Suggest what letters mean in Correlates of War and in ISO 3166-1."""
    found = [code_lists.cow_meaning(value), value]
    exact = [code for code in found if code in code_lists.country_codes()]
    return list(dict.fromkeys(exact)) or code_lists.names_of("counterpart").suggest(value)


def _no_code_found(value: str) -> None:
    """Find nothing."""


def _no_codes(value: str) -> list[str]:
    """Suggest nothing."""
    return []


def _of_official(value: str, target: str) -> str | None:
    """Look up the agency or rank of an official, if the reference sheet has just one."""
    official = code_lists.officials().find(value)
    rows = code_lists.reference("reference/officials.csv")
    found = {row[target] for row in rows if row["official"] == official}
    return found.pop() if len(found) == 1 else None


def _no_code(target: str, codes: Mapping[str, str]) -> str:
    if not codes:
        return f"left to decide: a code of yours, under [codes.{CODED_COLUMNS[target]}]"
    if target == "counterpart":
        others = ", ".join(f'"{prefix}CODE"' for prefix in OTHER_COUNTERPARTS)
        return f'left to decide: an ISO3 code, {others} or "{BLANK_LABEL}"'
    known = ", ".join(list(codes)[:8]) + (", ..." if len(codes) > 8 else "")
    return f"left to decide: {known}"


def _open_values(profile: FileProfile, target: str, column: FileColumn) -> list[str]:
    """Write values of an open list: they stay as they are unless a line says otherwise."""
    if not profile.built_in:
        return []
    known = {
        "official": code_lists.officials(),
        "forum": code_lists.series(),
        "topic": code_lists.builtin("topic"),
    }[target]
    items = dict.fromkeys(
        item.strip()
        for value in column.values
        for item in (value.split(";") if target == "topic" else [value])
    )
    lines = []
    for value in items:
        year = re.search(r" (\d{4})$", value) if target == "forum" else None
        bare = value[: year.start()] if year else value
        code = known.find(bare)
        near = code or next(iter(known.suggest(bare)), None) or _reordered(bare, known.codes)
        if not near or near == bare:
            continue
        full = toml.text(near + year[0] if year else near)
        if code:
            lines.append(f"{toml.text(value)} = {full}")
        else:
            lines.append(f"# {toml.text(value)} = {full}  # perhaps; else it stays as it is")
    if not lines:
        return []
    return [f"[values.{target}]  # other values stay as they are", *lines]


def _reordered(value: str, known: dict[str, str]) -> str | None:
    """Find a name with its parts in another order, or a similar spelling."""
    parts = {" ".join(sorted(code_lists.fold(name).split())): name for name in known}
    near = ranked(" ".join(sorted(code_lists.fold(value).split())), parts)
    return parts[near[0][1]] if near and near[0][0] >= 0.9 else None


def _code_lines(profile: FileProfile) -> list[str]:
    """Write the lists of agencies and ranks for a dataset that has its own.

    Parameters
    ----------
    profile : FileProfile
        What was found out about the file.

    Returns
    -------
    list of str
        Empty tables to fill in; the built-in lists as comments, if only some values are others.
    """
    if profile.built_in:
        return _built_in_codes(profile)
    lines = [
        '# The dataset\'s own agencies: code = "label", such as EXP = "Example Police".',
        "[codes.agency]",
        "",
        '# Its ranks: code = "label; agency that has it; ..."; without an agency it fits all.',
        "[codes.official_rank]",
    ]
    topic = profile.column("topic")
    if topic:
        items = {item.strip() for value in topic.values for item in value.split(";")} - {""}
        lines += ["", "# The topics in use; an unknown one is a notice.", "[codes.topic]"]
        lines += [f"{toml.key(item)} = {toml.text(item)}" for item in sorted(items)]
    return lines


def _built_in_codes(profile: FileProfile) -> list[str]:
    """Write the built-in agencies and ranks as comments, where the file has others too."""
    lines = []
    for target in DERIVED:
        column = profile.column(target)
        find = _finders(profile, target, column)[0] if column else _no_code_found
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
