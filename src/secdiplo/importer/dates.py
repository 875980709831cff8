"""Read dates as people write them, at the precision that is written; never guess.

A date in figures such as `7/9/2024` can be read in two ways: it is read only by the format that
the map gives. All other forms that are read here have one reading.
"""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Iterable

from secdiplo.errors import UsageError

_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = {name[:length]: n for n, name in enumerate(_NAMES, 1) for length in (3, len(name))}
MONTHS["sept"] = 9
_TIME = re.compile(
    r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$"
)
_WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\b[,. ]*", re.I)
_YEAR = r"(1[89]\d\d|2[01]\d\d)"
_ISO = re.compile(rf"{_YEAR}(?:[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}))?)?")
_WHOLE = re.compile(rf"{_YEAR}\.0+")
_FRACTION = re.compile(rf"{_YEAR}\.([1-9])")
_COMPACT = re.compile(rf"{_YEAR}(\d\d)(\d\d)")
_MONTH_FIRST = re.compile(rf"(\d{{1,2}})[-/.]{_YEAR}")
_EAST_ASIAN = re.compile(rf"{_YEAR}年(?:(\d{{1,2}})月(?:(\d{{1,2}})日)?)?")
_IN_WORDS = (
    re.compile(rf"(?P<m>[a-z]+)(?P<d>\d{{1,2}}) (?P<y>{_YEAR})"),
    re.compile(rf"(?P<m>[a-z]+) (?P<d>\d{{1,2}}) (?P<y>{_YEAR})"),
    re.compile(rf"(?P<d>\d{{1,2}}) ?(?P<m>[a-z]+) ?(?P<y>{_YEAR})"),
    re.compile(rf"(?P<y>{_YEAR}) (?P<m>[a-z]+)(?: (?P<d>\d{{1,2}}))?"),
    re.compile(rf"(?P<m>[a-z]+) ?(?P<y>{_YEAR})"),
)
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_IN_UTC = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(?:Z|UTC|GMT|[+-]00:?00)"
)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
SERIALS = range(29_221, 65_746)
"""Spreadsheet days from 1980 to 2079: Stata's days of the same years lie below."""

_DIRECTIVES = set("dmYybBHMSpAaj%")


def read(
    text: str, written: str = "", epoch: datetime.date | None = None, zone: str = ""
) -> str | None:
    """Read a date.

    Parameters
    ----------
    text : str
        The cell.
    written : str
        The format of numeric dates, in the letters of `strptime`; blank if none is given. It
        also reads cells that have other marks between the numbers.
    epoch : date, optional
        Day 0 of dates that are a spreadsheet's number of days.
    zone : str
        The time zone of the place, such as ``Asia/Shanghai``: a time in UTC is read as the day
        that it is there. Without it, a time is read as the day that is written.

    Returns
    -------
    str or None
        ``2024-09-07``, ``2024-09`` or ``2024``; None if it cannot be read, or in two ways.

    Examples
    --------
    >>> read("September 7, 2024"), read("Sept. 2024"), read("2024"), read("45542")
    ('2024-09-07', '2024-09', '2024', '2024-09-07')
    >>> read("7/9/2024") is None, read("7/9/2024", "%d/%m/%Y")
    (True, '2024-09-07')
    >>> read("2024-09-06T16:00:00Z"), read("2024-09-06T16:00:00Z", zone="Asia/Shanghai")
    ('2024-09-06', '2024-09-07')
    """
    if any(char.isdigit() and not char.isascii() for char in text):
        return None
    if zone and (match := _IN_UTC.fullmatch(text.strip())):
        moment = datetime.datetime.fromisoformat(f"{match[1]}T{match[2]}+00:00")
        return moment.astimezone(zoneinfo.ZoneInfo(zone)).date().isoformat()
    bare = _TIME.sub("", text.strip())
    if written:
        found = _by_format(text.strip(), written) or _by_format(bare, written)
        if not found and _SLASHED.fullmatch(bare):  # the order counts, not the mark: 05.04.2019
            found = _by_format(*(re.sub(r"[-./]", "/", each) for each in (bare, written)))
        if found:
            return found
    if match := _WHOLE.fullmatch(bare):
        return match[1]
    if _FRACTION.fullmatch(bare):
        return None
    for pattern in (_ISO, _COMPACT, _EAST_ASIAN):
        if match := pattern.fullmatch(bare):
            return compose(*match.groups())
    if match := _MONTH_FIRST.fullmatch(bare):
        return compose(match[2], match[1])
    if _SERIAL.fullmatch(bare):
        days = int(float(bare))
        start = epoch or datetime.date(1899, 12, 30)
        return (start + datetime.timedelta(days)).isoformat() if days in SERIALS else None
    return _in_words(bare)


def compose(year: str, month: str | None = "", day: str | None = "") -> str | None:
    """Compose a date from its parts, which may be blank; return None if there is no such date.

    Examples
    --------
    >>> compose("2024", "Sept", "7"), compose("2024", "9"), compose("2024", "2", "30")
    ('2024-09-07', '2024-09', None)
    """
    month, day = (month or "").strip().lower().rstrip("."), (day or "").strip()
    number = MONTHS.get(month, int(month) if month.isdecimal() else 0)
    if not re.fullmatch(_YEAR, year) or (month and not 1 <= number <= 12):
        return None
    if not month:
        return None if day else year
    if not day:
        return f"{year}-{number:02d}"
    try:
        return datetime.date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None


def _in_words(text: str) -> str | None:
    plain = _WEEKDAY.sub("", text).lower()
    plain = re.sub(r"(\d)(?:[snrt][tdh])\b", r"\1", plain)  # 1st, 2nd, 3rd, 4th
    plain = " ".join(re.sub(r"[-,./]| of ", " ", plain).split())
    for pattern in _IN_WORDS:
        match = pattern.fullmatch(plain)
        if match and match["m"] in MONTHS:
            return compose(match["y"], match["m"], match.groupdict().get("d"))
    return None


def _by_format(text: str, written: str) -> str | None:
    try:
        moment = datetime.datetime.strptime(text, written)
    except ValueError:
        return None
    length = 10 if re.search("%[dj]", written) else 7 if re.search("%[mbB]", written) else 4
    return moment.date().isoformat()[:length]


def check_format(written: str) -> None:
    """Refuse a format that does not identify each part of a date.

    Raises
    ------
    UsageError
        It has no year, or a letter that is not known.
    """
    letters = set(re.findall("%(.?)", written))
    if not letters & set("Yy") or not letters <= _DIRECTIVES:
        what = "is not a format of dates; write `%d/%m/%Y` or `%m/%d/%Y`"
        raise UsageError(f"`{written}` {what}")


def ambiguous(text: str) -> bool:
    """Return whether a cell is a numeric date that could be day or month first."""
    return _SLASHED.fullmatch(_TIME.sub("", text.strip())) is not None


_BETWEEN = re.compile(r"\s*(?:[-\u2013\u2014/]|\bto\b|\buntil\b)\s*")


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return what the two ends of a cell may be, each with the parts that the other has."""
    if len(text) > 60 or read(text) or ambiguous(text):
        return []
    found = []
    for gap in _BETWEEN.finditer(text):
        first, last = text[: gap.start()].strip(), text[gap.end() :].strip()
        year = re.search(r"\d{4}$", last)
        month = re.match(r"[^\W\d]+\.? ?", first)
        digits = re.match(r"\d{1,2}(?=\D)", last)
        found.append((first, last))
        if year:
            found.append((f"{first}, {year[0]}", last))
        if year and month:
            found.append((f"{first}, {year[0]}", f"{month[0]} {last}"))
        if digits and re.fullmatch(r"\d{1,2}", first):
            found.append((first + last[digits.end() :], last))
    return found


def ends(text: str, written: str = "") -> tuple[str, str] | None:
    """Read the first and the last day of a cell that names two; None if it does not.

    Examples
    --------
    >>> ends("April 8\u20139, 2015"), ends("January 29 - February 7, 1909")
    (('2015-04-08', '2015-04-09'), ('1909-01-29', '1909-02-07'))
    >>> ends("24-25/05/2012", "%d/%m/%Y"), ends("2015-04-08/2015-04-09")
    (('2012-05-24', '2012-05-25'), ('2015-04-08', '2015-04-09'))
    """
    for pair in _pairs(text):
        first, last = (read(end, written) for end in pair)
        if first and last and len(first) == len(last) == 10 and first < last:
            return first, last
    return None


def two_ends_ambiguous(text: str) -> bool:
    """Return whether a cell names two days that could be day or month first."""
    return any(ambiguous(last) for _, last in _pairs(text))


def decide(cells: Iterable[str]) -> str | None:
    """Find the format of a column's numeric dates, if the values decide it.

    Parameters
    ----------
    cells : iterable of str
        Different values of one column.

    Returns
    -------
    str or None
        A format, such as ``%d/%m/%Y``, with the mark of most values; blank if a person must
        decide; None if no value needs one.

    Examples
    --------
    >>> decide(["7/9/2024", "25/9/2024"]), decide(["7/9/2024"]), decide(["2024-09-07"])
    ('%d/%m/%Y', '', None)
    """
    ends = [end for cell in cells for pair in [(cell,), *_pairs(cell)] for end in pair]
    found = [match for end in ends if (match := _SLASHED.fullmatch(_TIME.sub("", end.strip())))]
    if not found:
        return None
    day_first = any(int(match[1]) > 12 for match in found)
    month_first = any(int(match[3]) > 12 for match in found)
    lengths = {len(match[4]) for match in found}
    if day_first == month_first or len(lengths) > 1:
        return ""
    marks = [match[2] for match in found]
    mark = max(sorted(set(marks)), key=marks.count)
    year = "%Y" if lengths == {4} else "%y"
    return mark.join(("%d", "%m", year) if day_first else ("%m", "%d", year))


def fraction(text: str) -> str:
    """Return the two readings of a number such as 2024.1; blank if a cell is none.

    A spreadsheet writes October, typed as 2024.10, as the number 2024.1.

    Examples
    --------
    >>> fraction("2024.1"), fraction("2024.5"), fraction("2024.10")
    ('2024-10 or 2024-01', '2024-05 or a part of the year', '')
    """
    match = _FRACTION.fullmatch(text.strip())
    if not match:
        return ""
    year, digit = match.groups()
    other = f"{year}-10 or {year}-01" if digit == "1" else ""
    return other or f"{year}-0{digit} or a part of the year"


def is_utc_time(text: str) -> bool:
    """Return whether a cell is a time in UTC that is not midnight, so its day depends on a zone."""
    match = _IN_UTC.fullmatch(text.strip())
    return match is not None and match[2].strip("0:") != ""


def check_zone(name: str) -> None:
    """Refuse a time zone that is not known.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        what = "is not a time zone; write one such as `Asia/Shanghai`, or `UTC`"
        raise UsageError(f"`{name}` {what}") from None


def _typed_day(text: str) -> tuple[str, str, str] | None:
    """Return year, month and day of a date that a program wrote; None if a cell is none."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00:00)?", text.strip())
    return (match[1], match[2], match[3]) if match else None


def swapped(text: str) -> str:
    """Return a typed date with its day and month in each other's place, where that is a date.

    Examples
    --------
    >>> swapped("2024-07-09"), swapped("2024-07-19"), swapped("25/09/2024")
    ('2024-09-07', '2024-07-19', '25/09/2024')
    """
    parts = _typed_day(text)
    return f"{parts[0]}-{parts[2]}-{parts[1]}" if parts and int(parts[2]) <= 12 else text


def half_converted(cells: Iterable[str]) -> tuple[str, str] | None:
    """Find a column in which a spreadsheet converted only what it took for dates.

    Opened in a program that expects the month first, `07/09/2024` becomes a date, 9 July, and
    `25/09/2024` stays a text. So all typed dates have a day up to 12, and all texts one above.

    Returns
    -------
    (str, str) or None
        A typed date that can be swapped, and a text.

    Examples
    --------
    >>> half_converted(["2024-07-09", "25/09/2024"])
    ('2024-07-09', '25/09/2024')
    >>> half_converted(["2024-07-19", "25/09/2024"]) is None
    True
    """
    typed, texts = [], []
    for cell in cells:
        if parts := _typed_day(cell):
            typed.append((cell, parts))
        elif match := _SLASHED.fullmatch(_TIME.sub("", cell.strip())):
            texts.append((cell, max(int(match[1]), int(match[3]))))
    swaps = [cell for cell, (_, month, day) in typed if month != day]
    is_mark = all(int(day) <= 12 for _, (_, _, day) in typed) and all(n > 12 for _, n in texts)
    return (swaps[0], texts[0][0]) if swaps and texts and is_mark else None
