"""Profile a file: find which of its columns is which of the sheet, by names and values."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from secdiplo import countries
from secdiplo.importer import code_lists, dates
from secdiplo.importer.column_map import COUNTRY_COLUMNS
from secdiplo.importer.readers.source import Source, broken
from secdiplo.importer.several import SPLIT_COLUMNS, several_addresses, split
from secdiplo.suggest import similarity

MAX_KEYS = 1_000_000  # different keys of events that are compared with the other rows
MAX_DISTINCT = 2_000  # different values of a column that are kept
SAMPLE = 100  # different values that are looked at to tell what a column is
MAX_NAME_WORDS = 8  # words of an agency; more are free text
SURE = 0.75  # from here on a column is proposed
PERHAPS = 0.6  # from here on it is mentioned
BELOW_SURE = 0.74  # the most that some words in common are worth
SLIP = 0.88  # similarity from which a heading is a slip of a synonym
MIN_SLIP_LETTERS = 8  # of both; in shorter words one letter makes another word

SYNONYMS = {  # of the columns that are proposed: no file of others has rows with a period
    "event_key": "event id; event key; eventid; event number; event no; meeting id; event code; "
    "globaleventid",
    "date": "date; event date; meeting date; start date; date start; begin date; date of meeting; "
    "date of event; day; when; date of interaction; start; begin; beginning; first day; debut; "
    "date de debut; fecha; fecha de inicio; inicio; datum; beginn",
    "date_end": "date end; end date; last day; until; date to; finish date; event end date; end; "
    "finish; fin; date de fin; fecha de fin; ende",
    "home": "home country; source country; sender country; sending country; from country; "
    "origin country; home; sender",
    "agency": "agency; home agency; organ; ministry; institution; security agency; body; "
    "department; home organ; agency name; home ministry",
    "official": "official; home official; leader; home leader; senior leader; leader name; "
    "official name; name of official; home principal; home participant; home official name; "
    "name of home official",
    "official_rank": "official rank; rank; home official rank; home rank; home title; "
    "leader rank; leader title; official title; home official title; home position; "
    "official position; seniority; rank of official; title; position",
    "format": "format; meeting type; meeting format; event type; type of meeting; type of event; "
    "interaction type; type of interaction; engagement type; bilateral or multilateral; "
    "bilateral multilateral; bi or multilateral; event format; type",
    "mode": "mode; meeting mode; modality; medium; channel; in person or virtual; virtual; "
    "in person; mode of meeting; how",
    "forum": "forum; forum name; multilateral event; name of forum; conference; event name; "
    "multilateral forum; name of event; occasion; dialogue; meeting name; event",
    "host_country": "host country; country of meeting; meeting country; venue country; host; "
    "location country; hosting country; location; meeting location; where; place; venue",
    "city": "city; host city; meeting city; venue city; location city; town; city of meeting; "
    "location; meeting location; place; venue",
    "counterpart_type": "counterpart type; partner type; type of counterpart; entity type; "
    "country or organization; actor type; type of partner",
    "counterpart": "counterpart; target country; receiver country; receiving country; to country; "
    "country; partner; partner country; foreign country; "
    "counterpart country; country name; foreign counterpart; nation; state; iso3; country code; "
    "partner name; country or organization; counterpart state; countries; "
    "ccode; cow code; cowcode; gw code; gwcode; gwno; iso2; stateabb; partners; pays",
    "counterpart_person": "counterpart name; foreign official; foreign official name; "
    "counterpart official; foreign leader; partner official; interlocutor; met with; "
    "name of counterpart; foreign counterpart; foreign counterpart name; foreign name; "
    "partner official name; counterpart official name",
    "counterpart_office": "counterpart title; foreign title; foreign official title; "
    "counterpart position; counterpart rank; foreign position; foreign rank; partner title; "
    "foreign counterpart title; counterpart office; title of counterpart; "
    "counterpart official title",
    "topic": "topic; topics; issue; issues; subject; theme; themes; agenda; topics discussed; "
    "issue area; content",
    "source_url": "source url; url; link; source link; web address; source; address; website; "
    "hyperlink; readout; source 1; link to source; http; webpage",
    "source_publisher": "source publisher; publisher; outlet; source name; media; media outlet; "
    "newspaper; publication; source; agency of publication",
    "source_date": "source date; publication date; date published; published; date of publication; "
    "pub date; article date; date of source",
    "source_title": "source title; headline; article title; title of source; title of article",
    "inferred": "inferred; inferred columns; imputed columns",
    "confidence": "confidence; certainty; reliability; confidence level; coder confidence",
    "note": "note; notes; comment; comments; remarks; remark; coder notes; description; summary; "
    "coder comments; details",
    "row_status": "row status",
}
DATE_PARTS = {
    "year": "year; event year; meeting year; year of meeting; yr",
    "month": "month; event month; meeting month; month of meeting",
    "day": "day; event day; meeting day; day of month; day of meeting",
}
"""Columns that are a date together."""
HOME_COLUMNS = ("agency", "official", "official_rank")
"""Columns about the home country, whose headings often name the nationality instead of `home`."""
NUMBERED = 0.97  # a heading with a number after a synonym
LIST_SEPARATORS = (";", "|", "/", ",", " and ", " & ")
"""What separates several counterparts in a cell, the safest first."""
LOW_FIT = 0.3  # of the values; below it a column is only mentioned
MOSTLY_FIT = {"counterpart", "counterpart_type", "mode", "confidence"}
"""Columns whose values are known, so that a column of others is none of them."""
SHORT_TEXTS = {"agency", "official", "official_rank", "format", "mode", "city", "forum"} | {
    "counterpart_person",
    "counterpart_office",
}
"""Columns of names, for which a column of sentences is only mentioned."""
CODES = 0.05
BY_NATIONALITY = 0.85  # a match that only the values can make sure: it can be the other side


@dataclass
class FileColumn:
    """A column of the file: its name and different values, with how many rows have each.

    Texts that mark missing values are in `markers`, and count as blanks. `is_unique` is known only
    of a column that may be the key of events. `lines` has the first line of each value.
    """

    name: str
    values: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    filled: int = 0
    markers: dict[str, int] = field(default_factory=dict)
    is_unique: bool = False

    def share(self, holds: Callable[[str], object], sample: int | None = None) -> float:
        """Return the share of the distinct values, or of the first, that meet a condition."""
        values = list(self.values)[:sample]
        return sum(bool(holds(value)) for value in values) / max(len(values), 1)


@dataclass(frozen=True)
class ColumnMatch:
    """A column of the file that is, or may be, one of the sheet, and why."""

    target: str
    name: str
    score: float
    why: str


def survey(source: Source) -> tuple[list[FileColumn], int]:
    """Read a file once; return each column with its distinct values, and the number of rows."""
    columns = [FileColumn(name) for name in source.columns]
    rows = 0
    for line, cells in source.rows():
        rows += 1
        for column, cell in zip(columns, cells, strict=True):
            if cell in code_lists.MISSING_MARKERS:
                column.markers[cell] = column.markers.get(cell, 0) + 1
            elif cell:
                column.filled += 1
                if cell in column.values or len(column.values) < MAX_DISTINCT:
                    column.values[cell] = column.values.get(cell, 0) + 1
                    column.lines.setdefault(cell, line)
    return columns, rows


# --- what values are ------------------------------------------------------------------------


def _is_date(value: str) -> bool:
    return dates.read(value) is not None or dates.ambiguous(value) or names_two_days(value)


def names_two_days(value: str) -> bool:
    """Return whether a cell names the first and the last day of an event."""
    return dates.ends(value) is not None or dates.two_ends_ambiguous(value)


def _is_url(value: str) -> bool:
    return re.match(r"https?://\S+$", value) is not None or several_addresses(value)


def _is_country(value: str) -> bool:
    return code_lists.names_of("host_country").find(value) is not None or value in code_lists.iso2()


def _is_counterpart(value: str) -> bool:
    return _is_one_counterpart(value) or bool(
        (parts := _parts(value)) and all(map(_is_one_counterpart, parts))
    )


def _parts(value: str) -> list[str]:
    """Return the names in a cell that may list several; empty if it lists none."""
    parts = split(value, LIST_SEPARATORS, code_lists.is_whole_name)
    return parts if len(parts) > 1 else []


def separators(column: FileColumn) -> list[str]:
    """Return the separators of a column whose cells name several counterparts."""
    lists = [value for value in column.values if not _is_one_counterpart(value)]
    lists = [value for value in lists if all(map(_is_one_counterpart, _parts(value) or [""]))]
    between = [_without(value, _parts(value)) for value in lists]
    return [mark for mark in LIST_SEPARATORS if any(mark in text for text in between)]


def _without(value: str, parts: list[str]) -> str:
    """Return what is between the names in a cell: a name may have a separator in it."""
    for part in parts:
        value = value.replace(part, "", 1)
    return value


def _is_code(value: str) -> bool:
    return value in code_lists.country_codes()


def is_free_text(column: FileColumn) -> bool:
    """Return whether most cells are sentences."""
    return column.share(lambda value: len(value.split()) > MAX_NAME_WORDS, SAMPLE) > 0.5


def _is_one_counterpart(value: str) -> bool:
    return code_lists.names_of("counterpart").find(value) is not None or value in code_lists.iso2()


def _is_agency(value: str) -> bool:
    words = r"\b(ministry|police|agency|commission|bureau|department|service|gendarmerie)\b"
    known = code_lists.builtin("agency").find(value)
    named = re.search(words, value, re.I) and len(value.split()) <= MAX_NAME_WORDS
    return known is not None or bool(named)


def _is_rank(value: str) -> bool:
    words = r"\b(minister|secretary|chief|director|commissioner|general|deputy|head)\b"
    known = code_lists.builtin("official_rank").find(value)
    return known is not None or re.search(words, value, re.I) is not None


def _in_list(name: str) -> Callable[[str], bool]:
    known = code_lists.builtin(name)
    # A word of a sentence is no sign of a code: the whole value has to be one.
    return lambda value: bool(known.find(value) or code_lists.fold(value) in known.hints)


def _is_official(value: str) -> bool:
    return code_lists.officials().find(value) is not None


def _holds(target: str) -> Callable[[str], bool] | None:
    """Return the condition that values of a column of the sheet satisfy, if there is one."""
    kinds: dict[str, Callable[[str], bool]] = {
        "date": _is_date,
        "date_end": _is_date,
        "source_date": _is_date,
        "source_url": _is_url,
        "counterpart": _is_counterpart,
        "home": _is_country,
        "host_country": _is_country,
        "agency": _is_agency,
        "official_rank": _is_rank,
        "official": _is_official,
    }
    if target in {"format", "mode", "counterpart_type", "confidence", "row_status"}:
        return _in_list(code_lists.CODED_COLUMNS[target])
    return kinds.get(target)


NEEDS_VALUES = {
    *("date", "date_end", "source_date", "source_url"),
    *("home", "host_country", "row_status"),
}
"""Columns that a name alone does not make: their values must be of the kind, mostly."""
BY_VALUES = ("source_url", "date", "counterpart", "agency", "official", "format", "mode")
"""Columns that values alone can make, where only one column of the file has such values."""


def usual_names(header: Iterable[str]) -> int:
    """Return how many cells of a header are usual names of columns of the sheet."""
    return sum(any(_name_score(target, name)[0] >= 0.9 for target in SYNONYMS) for name in header)


def looks_like_data(header: Iterable[str]) -> bool:
    """Return whether a header has cells such as those of a row, and no usual name of a column."""
    names = list(header)
    if usual_names(names):
        return False
    return any(
        re.fullmatch(r"-?\d+([.,]\d+)?", name)
        or _is_url(name)
        or dates.read(name)
        or dates.ambiguous(name)
        for name in names
    )


def match(columns: list[FileColumn]) -> list[ColumnMatch]:
    """Match the columns of a file to those of the sheet.

    Parameters
    ----------
    columns : list of FileColumn
        As `survey` gives them.

    Returns
    -------
    list of ColumnMatch
        At most one for each column of the file and of the sheet, the best first; those below
        `SURE` are doubtful.
    """
    targets = list(SYNONYMS)
    scored = [
        (score, targets.index(target), place, ColumnMatch(target, column.name, score, why))
        for place, column in enumerate(columns)
        for target in targets
        for score, why in [_score(target, column)]
        if score >= PERHAPS
    ]
    scored.sort(key=lambda item: (-item[0], item[1], item[2]))
    found = _best(item[3] for item in scored)
    return found + _by_values(columns, found)


def _best(matches: Iterable[ColumnMatch]) -> list[ColumnMatch]:
    found: list[ColumnMatch] = []
    for each in matches:
        if all(each.target != other.target and each.name != other.name for other in found):
            found.append(each)
    return found


def _score(target: str, column: FileColumn) -> tuple[float, str]:
    """Return how well a column of the file fits one of the sheet, from 0 to 1, and why."""
    name, like = _name_score(target, column.name)
    if name < PERHAPS:
        return 0.0, ""
    why = "by its name" if like == code_lists.fold(column.name) else f"its name is like `{like}`"
    holds = _holds(target)
    if not column.values:
        return name, f"{why}; it is blank throughout"
    if target in COUNTRY_COLUMNS and all(value.isdecimal() for value in column.values):
        known = code_lists.systems_of(column.values)
        return (name, f"{why}, and its values are codes of countries") if known else (0.0, "")
    if target in COUNTRY_COLUMNS and code_lists.letter_systems(column.values, column.name):
        return name, f"{why}, and its values are codes of countries"
    if name < 0.9 and column.filled > 4 and len(column.values) == 1:
        return min(name, BELOW_SURE), f"{why}, but it has one value throughout"
    if target in SHORT_TEXTS and is_free_text(column):
        return min(name, BELOW_SURE), f"{why}, but its cells are free text"
    if holds is None:
        # Addresses, dates and countries are no free text, however the column is called.
        other = max(column.share(_is_url), column.share(_is_date), column.share(_is_country))
        return (0.0, "") if other > 0.5 and target != "event_key" else (name, why)
    share = column.share(holds, SAMPLE)
    if target in NEEDS_VALUES and share < 0.5:
        return 0.0, ""
    least = 0.85 if target in {"agency", "official"} else 0.7
    score = name * (least + (1 - least) * share)
    fitting = int(column.share(holds) * 100)  # of all, and never rounded up to all
    if target in MOSTLY_FIT and share < LOW_FIT:
        return min(score, BELOW_SURE), f"{why}, but only {fitting}% of its values fit"
    if target in COUNTRY_COLUMNS and column.share(_is_code) == 1:
        score += CODES  # a column of codes needs no names
    return score, f"{why}, and {fitting}% of its values fit" if share else why


def _name_score(target: str, name: str) -> tuple[float, str]:
    spelt = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)  # MeetingDate is two words
    plain = code_lists.fold(spelt)
    best = _closest_synonym(target, plain)
    if (stem := re.sub(r" ?\d+$", "", plain)) != plain:  # partner1, partner2
        score, synonym = _closest_synonym(target, stem)
        best = max(best, (NUMBERED * score, synonym))
    if target in HOME_COLUMNS:
        words = ["home" if _is_nationality(word) else word for word in plain.split()]
        if "home" in words:
            score, synonym = _closest_synonym(target, " ".join(words))
            best = max(best, (BY_NATIONALITY * score, synonym))
    return best


def _closest_synonym(target: str, plain: str) -> tuple[float, str]:
    best = (0.0, "")
    for place, synonym in enumerate(SYNONYMS[target].split("; ")):
        if plain == synonym:
            score = 1.0 - place / 1000  # the first ones are the more telling ones
        elif sorted(plain.split()) == sorted(synonym.split()):
            score = 0.95
        else:
            score = _likeness(plain, synonym)
        best = max(best, (score, synonym))
    return best


def _likeness(plain: str, synonym: str) -> float:
    """Return how well a heading that is no synonym fits: for a slip, or for words in common.

    Letters alone are no sign: `continent` is no `content`, and `elections` no `location`.
    """
    likeness = similarity(plain, synonym)
    if likeness >= SLIP and min(len(plain), len(synonym)) >= MIN_SLIP_LETTERS:
        return 0.9 * likeness
    one, other = set(plain.split()), set(synonym.split())
    shared = len(one & other) / len(one | other)
    return min(0.9 * max(likeness, shared), BELOW_SURE) if shared >= 0.5 else 0.0


def _is_nationality(word: str) -> bool:
    """Return whether a word is the name of a country, or begins as one: `kenyan`."""
    return word[:4] in _beginnings() or code_lists.names_of("host_country").find(word) is not None


@functools.cache
def _beginnings() -> frozenset[str]:
    """Return the first four letters of the names of countries."""
    names = (code_lists.fold(each.name) for each in countries.countries().values())
    return frozenset(name[:4] for name in names if len(name.split()[0]) > 3)


def _by_values(columns: list[FileColumn], found: list[ColumnMatch]) -> list[ColumnMatch]:
    """Match the remaining columns of the sheet whose values fit just one column of the file."""
    used = {each.name for each in found if each.score >= SURE}
    sure = {each.target for each in found if each.score >= SURE}
    more: list[ColumnMatch] = []
    for target in BY_VALUES:
        holds = _holds(target)
        if target in sure or holds is None:
            continue
        fitting = [
            column
            for column in columns
            if column.name not in used
            and len(column.values) >= (1 if target in {"date", "source_url"} else 2)
            and column.share(holds) >= 0.8
        ]
        if len(fitting) == 1 and not (target == "date" and _is_year(fitting[0])):
            share = fitting[0].share(holds)
            used.add(fitting[0].name)
            why = f"no name tells, but {int(share * 100)}% of its values fit"
            # A ministry or police that is not known can be that of the other side.
            known = target != "agency" or fitting[0].share(code_lists.builtin(target).find) >= 0.8
            more.append(ColumnMatch(target, fitting[0].name, SURE if known else PERHAPS, why))
    named = {each.target for each in more}
    return [
        e for e in found if e.target not in named and (e.score >= SURE or e.name not in used)
    ] + more


def _is_year(column: FileColumn) -> bool:
    return column.share(lambda value: re.fullmatch(r"\d{4}", value)) > 0.5


def date_parts(columns: list[FileColumn]) -> list[str]:
    """Find the columns of year, month and day, in this order, that form a date together."""
    names = {code_lists.fold(column.name): column.name for column in columns}
    found = []
    for part in DATE_PARTS.values():
        name = next((names[spelt] for spelt in part.split("; ") if spelt in names), None)
        if name is None:
            break
        found.append(name)
    return found


DERIVED = ("agency", "official_rank")
"""Columns that the reference sheet of officials gives where the file does not."""


@dataclass(frozen=True)
class FileProfile:
    """What is known about a file before a map is proposed.

    Attributes
    ----------
    source : Source
        The file.
    columns : dict
        Its columns by name.
    rows : int
        The number of its rows.
    sure, perhaps : dict
        Column of the sheet -> the column of the file that is, or may be, it.
    parts : list of str
        The columns of year, month and day where no other is the date.
    built_in : bool
        Whether most agencies or officials are those of the built-in dataset.
    wide : dict
        Column of the sheet -> the numbered columns of the file that are all it.
    date_format : str
        The format of the dates in figures, where it is known.
    map_items : callable, optional
        Return the values of a cell of a column of the sheet, where a map decides how they are
        separated.
    """

    source: Source
    columns: dict[str, FileColumn]
    rows: int
    sure: dict[str, ColumnMatch]
    perhaps: dict[str, ColumnMatch]
    parts: list[str]
    built_in: bool
    wide: dict[str, list[str]] = field(default_factory=dict)
    date_format: str = ""
    map_items: Callable[[str, str], list[str]] | None = None

    def items(self, target: str) -> Callable[[str], list[str]]:
        """Return what divides the cells of a column: as a map decides, or as the cells show."""
        if self.map_items:
            return functools.partial(self.map_items, target)
        column = self.column(target)
        marks = separators(column) if column and target == "counterpart" else []
        return lambda cell: split(cell, marks, code_lists.is_whole_name) if marks else [cell]

    def column(self, target: str) -> FileColumn | None:
        """Return the column of the file that is matched to one of the sheet.

        Of several numbered columns it has the values of all.
        """
        if target not in self.sure:
            return None
        one = self.columns[self.sure[target].name]
        if target not in self.wide:
            return one
        whole = FileColumn(one.name, filled=one.filled, markers=one.markers)
        for column in map(self.columns.__getitem__, self.wide[target]):
            for value, count in column.values.items():
                whole.values[value] = whole.values.get(value, 0) + count
                first = whole.lines.get(value, column.lines[value])
                whole.lines[value] = min(first, column.lines[value])
        return whole

    def blanks(self, target: str) -> int:
        """Count the rows that have no value in a column of the sheet."""
        column = self.column(target)
        return self.rows - column.filled if column else self.rows

    def taken(self) -> set[str]:
        """Return the columns of the file that are used."""
        wide = {name for names in self.wide.values() for name in names}
        return {match.name for match in self.sure.values()} | set(self.parts) | wide


def make_profile(source: Source) -> FileProfile:
    """Profile a file: read its values and match its columns.

    Raises
    ------
    DataError
        The file has no rows.
    """
    found, rows = survey(source)
    if not rows:
        raise broken(source.path, "a header and no rows; give the file that has the rows")
    by_name = {column.name: column for column in found}
    matches = match(found)
    sure = {match.target: match for match in matches if match.score >= SURE}
    perhaps = {match.target: match for match in matches if match.score < SURE}
    _fit_dates(source, found, sure, perhaps)
    _fit_two_ends(by_name, sure)
    _fit_event_key(source, by_name, sure, perhaps)
    parts = [] if "date" in sure else date_parts(found)
    if "date" in perhaps and len(parts) < len(DATE_PARTS):
        parts = []  # a year is less than what another column may give
    wide = _wide_columns(found, sure)
    built_in = _is_built_in(by_name, sure)
    if built_in and "official" in sure:
        name = sure["official"].name
        why = "no column says it: from the reference sheet of officials, see [values]"
        for target in DERIVED:
            sure.setdefault(target, ColumnMatch(target, name, 1.0, why))
    date = by_name[sure["date"].name].values if "date" in sure else ()
    written = dates.decide(date) or ""
    return FileProfile(source, by_name, rows, sure, perhaps, parts, built_in, wide, written)


Matches = dict[str, ColumnMatch]


def _fit_dates(source: Source, columns: list[FileColumn], sure: Matches, perhaps: Matches) -> None:
    """Prefer days to years, and tell the first day of an event from its last one."""
    by_name = {column.name: column for column in columns}
    if "date" in sure and not _is_year(by_name[sure["date"].name]):
        return
    used = {match.name for match in sure.values() if match.target not in {"date", "date_end"}}
    finer = [
        column.name
        for column in columns
        if column.name not in used and column.share(_is_date) >= 0.8 and not _is_year(column)
    ]
    if not finer:
        return
    years = sure.pop("date", None)
    why = f"its dates are more precise than those of `{years.name}`" if years else "its dates fit"
    if len(finer) == 2 and (ordered := _in_order(source, *finer)):
        sure["date"] = ColumnMatch("date", ordered[0], SURE, f"never after `{ordered[1]}`")
        last = ColumnMatch("date_end", ordered[1], SURE, f"never before `{ordered[0]}`")
        sure.setdefault("date_end", last)
    elif len(finer) == 1:
        sure["date"] = ColumnMatch("date", finer[0], SURE, why)
        if "date_end" in sure and sure["date_end"].name == finer[0]:
            del sure["date_end"]
    else:
        perhaps["date"] = ColumnMatch("date", finer[0], PERHAPS, f"{why}; so do others")


def _fit_two_ends(by_name: dict[str, FileColumn], sure: Matches) -> None:
    """Take the last day from the column of dates, where its cells name two."""
    if "date" not in sure or "date_end" in sure:
        return
    column = by_name[sure["date"].name]
    if number := sum(map(names_two_days, column.values)):
        why = f"the column of the dates names two days in {number:,} cells"
        sure["date_end"] = ColumnMatch("date_end", column.name, SURE, why)


def _in_order(source: Source, one: str, other: str) -> tuple[str, str] | None:
    """Return two columns of dates, the earlier first; None if rows do not decide it."""
    places = [source.columns.index(one), source.columns.index(other)]
    pairs = [(cells[places[0]], cells[places[1]]) for _, cells in source.rows()]
    formats = [dates.decide({pair[n] for pair in pairs}) or "" for n in range(2)]
    formats = [written or max(formats) for written in formats]
    read = [
        [
            dates.read(text, written, source.epoch)
            for text, written in zip(pair, formats, strict=True)
        ]
        for pair in pairs
    ]
    known = [(first, last) for first, last in read if first and last]
    if known and all(first <= last for first, last in known) and any(a < b for a, b in known):
        return one, other
    if known and all(first >= last for first, last in known) and any(a > b for a, b in known):
        return other, one
    return None


def _fit_event_key(
    source: Source, by_name: dict[str, FileColumn], sure: Matches, perhaps: Matches
) -> None:
    """Refuse a key whose rows have different dates: it is a code of a kind of event.

    And see whether every row has a key of its own. Of a file with very many keys, the first ones
    are compared with all rows.
    """
    match, date = sure.get("event_key"), sure.get("date")
    if match is None:
        return
    place = source.columns.index(match.name)
    date_place = source.columns.index(date.name) if date else None
    found: dict[bytes, str] = {}  # digest of a key -> the day of its first row
    repeated = filled = 0
    for _, cells in source.rows():
        key, text = cells[place], cells[date_place] if date_place is not None else ""
        if not key or key in code_lists.MISSING_MARKERS:
            continue
        filled += 1
        digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
        day = dates.read(text) or text
        if digest in found:
            repeated += 1
        elif len(found) < MAX_KEYS:
            found[digest] = day
        first = found.get(digest, day)
        # A month and a day of it can be those of one event.
        if not (first.startswith(day) or day.startswith(first)):
            why = "rows of one value have different dates, so it is not a key of events"
            perhaps["event_key"] = ColumnMatch("event_key", match.name, PERHAPS, why)
            del sure["event_key"]
            return
    by_name[match.name].is_unique = filled > 1 and not repeated


def _wide_columns(columns: list[FileColumn], sure: Matches) -> dict[str, list[str]]:
    """Find columns such as `partner1` and `partner2`, which are one column of the sheet."""
    found = {}
    taken = {match.name for match in sure.values()}
    for target in SPLIT_COLUMNS:
        if target not in sure:
            continue
        stem = re.sub(r"\d+$", "", sure[target].name)
        if stem == sure[target].name:
            continue
        holds = _holds(target)
        names = [
            column.name
            for column in columns
            if re.fullmatch(re.escape(stem) + r"\d+", column.name)
            and (column.name == sure[target].name or column.name not in taken)
            and column.values
            and (holds is None or column.share(holds) >= 0.5)
        ]
        if len(names) > 1:
            found[target] = names
    return found


def _is_built_in(by_name: dict[str, FileColumn], sure: dict[str, ColumnMatch]) -> bool:
    """Return whether a file is like the built-in dataset: by its officials.

    Agencies alone are no proof: two countries can have agencies of the same name.
    """
    if "official" in sure:
        return by_name[sure["official"].name].share(code_lists.officials().find) >= 0.5
    if "agency" not in sure:
        return False
    column, known = by_name[sure["agency"].name], code_lists.builtin("agency")
    different = {known.find(value) for value in column.values} - {None}
    return len(different) > 1 and column.share(known.find) >= 0.5
