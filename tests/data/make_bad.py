"""Make tests/data/bad and tests/data/good: copies of tests/data/mini, each with one defect.

Also tests/data/imputed, a copy with rows that no source attests.

`python tests/data/make_bad.py` writes them all again; a test holds that this changes nothing. The
expected messages are written here by hand, never taken from the program.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MINI = HERE / "mini"
SHEET = "curated/interactions.csv"
CORE = ("dataset.toml", "codes.csv", SHEET, "reference/forums.csv", "reference/organizations.csv")
SEEDS = (
    "reference/regions.csv",
    *(f"annotations/{name}.csv" for name in ("manifest", "claims")),
    *(f"curated/{name}.csv" for name in ("mentions", "pledges", "disagreements")),
)

Edit = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One defect: how it is made, and the lines that `secdiplo check` prints for it."""

    name: str
    edit: Edit
    expected: str
    also: tuple[str, ...] = ()  # files of mini beyond CORE that the case needs
    committed: bool = True  # large ones are made by the test alone


# --- edits ----------------------------------------------------------------------------------


def rows_of(file: Path) -> list[list[str]]:
    """The records of a sheet."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def as_csv(rows: Sequence[Sequence[str]], mark: str = ",") -> str:
    """Records as the text of a sheet."""
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(rows)
    return out.getvalue()


def save(file: Path, text: str, encoding: str = "utf-8") -> None:
    file.write_bytes(text.encode(encoding))


def on_rows(sheet: str, change: Callable[[list[list[str]]], object]) -> Edit:
    """Change the records of a sheet; the header is record 0, so that record n stands on line n+1."""

    def edit(folder: Path) -> None:
        rows = rows_of(folder / sheet)
        change(rows)
        save(folder / sheet, as_csv(rows))

    return edit


def cell(line: int, column: str, value: str, sheet: str = SHEET) -> Edit:
    """One cell gets another value."""

    def change(rows: list[list[str]]) -> None:
        rows[line - 1][rows[0].index(column)] = value

    return on_rows(sheet, change)


def cells(line: int, sheet: str = SHEET, **values: str) -> Edit:
    """Several cells of one line get other values."""
    return both(*(cell(line, column, value, sheet) for column, value in values.items()))


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(folder: Path) -> None:
        for each in edits:
            each(folder)

    return edit


def added(line: int, sheet: str = SHEET, **values: str) -> Edit:
    """A copy of a line at the end, with some cells changed."""

    def change(rows: list[list[str]]) -> None:
        row = list(rows[line - 1])
        for column, value in values.items():
            row[rows[0].index(column)] = value
        rows.append(row)

    return on_rows(sheet, change)


def column(name: str, values: str = "", sheet: str = SHEET) -> Edit:
    """A further column with the same value in each row."""

    def change(rows: list[list[str]]) -> None:
        for place, row in enumerate(rows):
            row.append(values if place else name)

    return on_rows(sheet, change)


def without(name: str, sheet: str = SHEET) -> Edit:
    """A column less."""

    def change(rows: list[list[str]]) -> None:
        place = rows[0].index(name)
        for row in rows:
            del row[place]

    return on_rows(sheet, change)


def renamed(old: str, new: str, sheet: str = SHEET) -> Edit:
    """Another name in the header."""

    def change(rows: list[list[str]]) -> None:
        rows[0][rows[0].index(old)] = new

    return on_rows(sheet, change)


def text(file: str, old: str, new: str) -> Edit:
    """One place of a file, as text."""

    def edit(folder: Path) -> None:
        was = (folder / file).read_text(encoding="utf-8")
        if was.count(old) != 1:
            raise ValueError(f"{file}: {was.count(old)} places hold {old!r}")
        save(folder / file, was.replace(old, new))

    return edit


def whole(file: str, content: bytes) -> Edit:
    """Another content altogether."""
    return on_bytes(file, lambda _: content)


def more(file: str, content: str) -> Edit:
    """Further text at the end."""
    return on_bytes(file, lambda was: was + content.encode())


def new_file(file: str, *lines: str) -> Edit:
    """A file that mini does not have."""

    def edit(folder: Path) -> None:
        save(folder / file, "".join(f"{line}\n" for line in lines))

    return edit


def made(folder: Path) -> Path:
    """A folder that is there."""
    folder.mkdir(exist_ok=True)
    return folder


def encoded(file: str, encoding: str, mark: bytes = b"") -> Edit:
    """Another encoding."""

    def edit(folder: Path) -> None:
        was = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_bytes(mark + was.encode(encoding))

    return edit


def separated(mark: str, file: str = SHEET) -> Edit:
    """Another delimiter."""
    return lambda folder: save(folder / file, as_csv(rows_of(folder / file), mark))


def gone(file: str) -> Edit:
    """A file less."""
    return lambda folder: (folder / file).unlink()


def moved(file: str, name: str) -> Edit:
    """A file of another name."""

    def edit(folder: Path) -> None:
        (folder / file).rename(folder / name)

    return edit


def on_bytes(file: str, change: Callable[[bytes], bytes]) -> Edit:
    """Another content, made from the former one."""

    def edit(folder: Path) -> None:
        (folder / file).write_bytes(change((folder / file).read_bytes()))

    return edit


def on_line(line: int, change: Callable[[bytes], bytes], file: str = SHEET) -> Edit:
    """Another content of one line of a file."""

    def on_all(raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        lines[line - 1] = change(lines[line - 1])
        return b"\n".join(lines)

    return on_bytes(file, on_all)


# --- imputed rows ---------------------------------------------------------------------------

NO_SOURCE = dict.fromkeys(
    (
        *("official", "counterpart_person", "counterpart_office", "topic", "source_url"),
        *("source_publisher", "source_date", "source_title", "inferred"),
    ),
    "",
)
NO_EVENT = dict.fromkeys(
    ("date", "date_end", "mode", "forum", "host_country", "city", "confidence"), ""
)


def imputed(line: int, **values: str) -> Edit:
    """A copy of a line at the end, without what only a source says."""
    return added(line, **{**NO_SOURCE, "note": "made up", "row_status": "imputed", **values})


TON = {"event_key": "imputed-ton", "date_min": "2024-09-03", "date_max": "2024-09-06"}
MANY = {"event_key": "imputed-many", "date_min": "2024-09-08", "date_max": "2024-09-10"}
IMPUTED = both(  # on lines 10 to 13; the rows of mini above them are attested
    *(column(name) for name in ("row_status", "date_min", "date_max")),
    cell(2, "row_status", "attested"),
    imputed(7, **NO_EVENT | TON, counterpart="TON"),
    imputed(2, counterpart="KAZ"),
    imputed(3, **NO_EVENT | MANY, counterpart="WSM", official_rank="vice_minister"),
    imputed(3, **NO_EVENT | MANY, counterpart="NRU", official_rank="vice_minister"),
)

# --- cases: layout --------------------------------------------------------------------------


def no_rows(rows: list[list[str]]) -> None:
    del rows[1:]


def no_first(rows: list[list[str]]) -> None:
    del rows[0]


def one_cell_less(rows: list[list[str]]) -> None:
    del rows[4][-1]


TOML = "dataset.toml"
FIGURES = """
[figures.gsi_map]
kind = "map"
query = "gsi_supporters"
title = "Countries with a public statement on the initiative, by its wording."
finding = "on record with a statement on the initiative"
colour_by = "wording"
lacks = "documented supporters"
remedy = "add them to curated/gsi_support.csv"

[figures.forum_map]
kind = "session_map"
query = "forum_attendees"
title = "World map of documented participants of a forum."
"""
QUERIES = ("queries/gsi_supporters.sql", "queries/forum_attendees.sql")
CODES = "codes.csv"
FORUMS = "reference/forums.csv"
SESSIONS = "reference/sessions.csv"
OFFICIALS = "reference/officials.csv"
PUBLISHERS = "reference/publishers.csv"
SUPPORT = "curated/gsi_support.csv"
PARTICIPANTS = "curated/forum_participants.csv"
MENTIONS, PLEDGES = "curated/mentions.csv", "curated/pledges.csv"
DISAGREEMENTS = "curated/disagreements.csv"
MANIFEST, CLAIMS = "annotations/manifest.csv", "annotations/claims.csv"
MSCS = "2023-03-29-mps-wang-xiaohong-sco-mscs"
LONG = "a cell of over 100,000 bytes; shorten it, or close its quote"
OF_IMPUTED = "in an imputed row, which has no source; blank it"
OF_ATTESTED = "in an attested row; blank it, or write `imputed` in row_status"
NOT_ATTESTED = (
    "no row of the event `imputed-ton` is attested; blank it, and give the period in date_min and "
    "date_max"
)
ONE_EVENT = "event_key + agency + official + counterpart_type + counterpart + counterpart_person"

LAYOUT = [
    Case(
        "file_empty",
        whole(SHEET, b""),
        f"{SHEET}:1:1: an empty file; write the header and the rows",
    ),
    Case(
        "file_blank_lines",
        whole(SHEET, b"\n \n"),
        f"{SHEET}:1:1: only blank lines; write the header and the rows",
    ),
    Case(
        "file_header_only",
        on_rows(SHEET, no_rows),
        f"{SHEET}:1:1: notice: no rows yet; add one row per event, official and counterpart",
    ),
    Case(
        "file_missing_sheet",
        gone(SHEET),
        f"{SHEET}:1:1: no such file; add it, every dataset folder has one",
    ),
    Case(
        "file_missing_codes",
        gone(CODES),
        f"{CODES}:1:1: no such file; add it, every dataset folder has one",
    ),
    Case(
        "file_missing_manifest",
        gone(MANIFEST),
        f"{MANIFEST}:1:1: no such file; add it, {CLAIMS} refers to it",
        SEEDS,
    ),
    Case(
        "file_not_a_file",
        both(
            gone(CODES), lambda folder: save(made(folder / CODES) / "readme.txt", "not a sheet\n")
        ),
        f"{CODES}:1:1: not a file; put the sheet there, or remove it",
    ),
    Case(
        "bytes_utf16",
        encoded(SHEET, "utf-16-le", b"\xff\xfe"),
        f"{SHEET}:1:1: UTF-16; save the file as UTF-8",
    ),
    Case(
        "bytes_utf16_without_mark",
        encoded(SHEET, "utf-16-le"),
        f"{SHEET}:1:2: NUL bytes between the letters (UTF-16 without a mark?); "
        "save the file as UTF-8",
    ),
    Case(
        "bytes_utf32",
        encoded(SHEET, "utf-32-le", b"\xff\xfe\0\0"),
        f"{SHEET}:1:1: UTF-32; save the file as UTF-8",
    ),
    Case(
        "bytes_latin1",
        both(
            cell(5, "counterpart_person", "Jos\u00e9"),
            cell(8, "city", "M\u00e9xico"),
            encoded(SHEET, "latin-1"),
        ),
        f"{SHEET}:5:107: byte 0xE9 is not UTF-8, nor are bytes of 1 more line "
        "(Latin-1 or the like?); save the file as UTF-8",
    ),
    Case(
        "bytes_nul",
        on_line(5, lambda line: line.replace(b"Yar Pyae", b"Yar\0Pyae")),
        f"{SHEET}:5:107: a NUL byte; remove it",
    ),
    Case(
        "bytes_control",
        on_line(5, lambda line: line.replace(b"Yar Pyae", b"Yar\x1aPyae")),
        f"{SHEET}:5:107: control byte 0x1A; remove it",
    ),
    Case(
        "delimiter_semicolons",
        separated(";"),
        f"{SHEET}:1:1: the cells are separated by semicolons; save the sheet with commas",
    ),
    Case(
        "delimiter_tabs",
        separated("\t"),
        f"{SHEET}:1:1: the cells are separated by tabs; save the sheet with commas",
    ),
    Case(
        "delimiter_bars",
        separated("|"),
        f"{SHEET}:1:1: the cells are separated by bars; save the sheet with commas",
    ),
    Case(
        "delimiter_codes",
        separated(";", CODES),
        f"{CODES}:1:1: the cells are separated by semicolons; save the sheet with commas",
    ),
    Case(
        "header_none",
        on_rows(SHEET, no_first),
        f"{SHEET}:1:1: no header: this line names none of the columns (event_key, date, "
        "date_end, ...); write their names above the rows",
    ),
    Case(
        "header_twice",
        column("city"),
        f"{SHEET}:1:24: column `city` twice; keep one",
    ),
    Case(
        "header_missing",
        both(without("mode"), without("city")),
        f"{SHEET}:1:mode: column `mode` is missing; add it",
    ),
    Case(
        "header_misspelt",
        renamed("counterpart", "counterprat"),
        f"{SHEET}:1:13: unknown column `counterprat`; did you mean `counterpart`?",
    ),
    Case(
        "header_letters",
        both(renamed("event_key", "Event Key"), renamed("source_url", "SOURCE_URL")),
        f"{SHEET}:1:1: unknown column `Event Key`; did you mean `event_key`?\n"
        f"{SHEET}:1:17: unknown column `SOURCE_URL`; did you mean `source_url`?",
    ),
    Case(
        "header_of_another_form",
        both(renamed("city", "\uff43ity"), renamed("note", "no\u200bte"), column("m\uff4fde")),
        f"{SHEET}:1:11: unknown column `\uff43ity`; did you mean `city`, with U+0063 (latin small "
        "letter c) instead of U+FF43 (fullwidth latin small letter c) at place 1?\n"
        f"{SHEET}:1:23: unknown column `no\u200bte`; did you mean `note`, without U+200B (zero width "
        "space) at place 3?\n"
        f"{SHEET}:1:24: column `m\uff4fde` twice; keep `mode`, with U+006F (latin small letter o) "
        "instead of U+FF4F (fullwidth latin small letter o) at place 2",
    ),
    Case(
        "header_unknown",
        column("weather", "fine"),
        f"{SHEET}:1:24: unknown column `weather`; remove it, or list it under extra_columns in "
        "dataset.toml",
    ),
    Case(
        "header_unknown_reference",
        column("weather", "fine", FORUMS),
        f"{FORUMS}:1:7: unknown column `weather`; remove it",
    ),
    Case(
        "header_unnamed",
        column(""),
        f"{SHEET}:1:24: a column without a name; name it, or remove it",
    ),
    Case(
        "ragged_short",
        on_rows(SHEET, one_cell_less),
        f"{SHEET}:5:confidence: 22 cells but 23 columns; correct the commas or quotes",
    ),
    Case(
        "ragged_long",
        on_line(5, lambda line: line.replace(b"Yar Pyae", b"Yar, Pyae")),
        f"{SHEET}:5:note: 24 cells but 23 columns; correct the commas or quotes",
    ),
    Case(
        "ragged_and_more",
        both(
            cell(3, "agency", "MPX"),
            cell(9, "mode", "viedo"),
            on_line(5, lambda line: line.replace(b"Yar Pyae", b"Yar, Pyae")),
            on_line(7, lambda line: line[:60]),
        ),
        f"{SHEET}:3:agency: unknown code `MPX`; did you mean `MPS`?\n"
        f"{SHEET}:5:note: 24 cells but 23 columns; correct the commas or quotes\n"
        f"{SHEET}:7:official_rank: 6 cells but 23 columns; correct the commas or quotes\n"
        f"{SHEET}:9:mode: unknown code `viedo`; did you mean `video`?",
    ),
    Case(
        "quote_not_closed",
        on_line(9, lambda line: line.replace(b"made up", b'"made up')),
        f"{SHEET}:9:1: a quote is opened in this record and not closed; close it, or double it",
    ),
    Case(
        "quote_closed_elsewhere",
        on_line(5, lambda line: line.replace(b"Yar Pyae", b'"Yar Pyae')),
        f"{SHEET}:5:1: a quoted cell does not end at a comma; close its quote there, and double "
        "the quotes inside",
    ),
    Case(
        "quote_inside",
        on_line(5, lambda line: line.replace(b"Union Minister", b'the "Union" Minister')),
        f"{SHEET}:5:1: a quoted cell does not end at a comma; close its quote there, and double "
        "the quotes inside",
    ),
    Case(
        "row_empty",
        added(9, **dict.fromkeys(rows_of(MINI / SHEET)[0], "")),
        f"{SHEET}:10:1: an empty row; remove it",
    ),
    Case("field_1mb", cell(5, "note", "x" * 1_000_000), f"{SHEET}:5:note: {LONG}", committed=False),
    Case(
        "field_1mb_of_lines",
        both(cell(5, "note", "x\n" * 500_000), cell(8, "agency", "MPX")),
        f"{SHEET}:5:note: {LONG}\n{SHEET}:500008:agency: unknown code `MPX`; did you mean `MPS`?",
        committed=False,
    ),
    Case(
        "field_10mb", cell(5, "note", "x" * 10_000_000), f"{SHEET}:5:note: {LONG}", committed=False
    ),
    Case("field_20mb", cell(5, "note", "x" * 20_000_000), f"{SHEET}:5:1: {LONG}", committed=False),
]

# --- cases: cells ---------------------------------------------------------------------------

CELLS = [
    Case(
        "unknown_agency",
        cell(5, "agency", "MPX"),
        f"{SHEET}:5:agency: unknown code `MPX`; did you mean `MPS`?",
    ),
    Case(
        "unknown_agency_by_its_name",
        cell(5, "agency", "Ministry of Public Security"),
        f"{SHEET}:5:agency: unknown code `Ministry of Public Security`; did you mean `MPS`?",
    ),
    Case(
        "unknown_rank",
        cell(5, "official_rank", "ministre"),
        f"{SHEET}:5:official_rank: unknown code `ministre`; did you mean `minister`?",
    ),
    Case(
        "unknown_format",
        cell(5, "format", "bilatral"),
        f"{SHEET}:5:format: unknown code `bilatral`; did you mean `bilateral`?",
    ),
    Case(
        "unknown_mode",
        cell(5, "mode", "telegram"),
        f"{SHEET}:5:mode: unknown code `telegram`; known: in_person, video, phone",
    ),
    Case(
        "unknown_host_country",
        cell(7, "host_country", "China"),
        f"{SHEET}:7:host_country: unknown code `China`; did you mean `CHN`?",
    ),
    Case(
        "unknown_counterpart_type",
        cell(5, "counterpart_type", "state"),
        f"{SHEET}:5:counterpart_type: unknown code `state`; known: country, organization, actor",
    ),
    Case(
        "unknown_confidence",
        cell(5, "confidence", "sure"),
        f"{SHEET}:5:confidence: unknown code `sure`; known: high, medium, low",
    ),
    Case(
        "unknown_row_status",
        both(column("row_status"), cell(5, "row_status", "atested")),
        f"{SHEET}:5:row_status: unknown code `atested`; did you mean `attested`?",
    ),
    Case(
        "unknown_forum_level",
        cell(2, "level", "world", FORUMS),
        f"{FORUMS}:2:level: unknown code `world`; known: global, regional",
    ),
    Case(
        "unknown_participant_level",
        cell(2, "level", "ministre", PARTICIPANTS),
        f"{PARTICIPANTS}:2:level: unknown code `ministre`; did you mean `minister`?",
        (PARTICIPANTS,),
    ),
    Case(
        "invisible_characters",
        both(
            cells(2, official="Wang Xiao\u200bhong", topic="coun\u00adterterrorism"),
            cells(3, city="\ufeffBei\u200djing", note="\u202eright to left"),
        ),
        f"{SHEET}:2:official: the invisible character U+200B (zero width space) at place 10; remove it"
        f"\n{SHEET}:2:topic: the invisible character U+00AD (soft hyphen) at place 5; remove it"
        f"\n{SHEET}:3:city: the invisible character U+FEFF (zero width no-break space) at place 1; "
        f"remove it\n{SHEET}:3:note: the invisible character U+202E (right-to-left override) at "
        "place 1; remove it",
    ),
    Case(
        "unknown_support_form",
        cell(2, "form", "speech", SUPPORT),
        f"{SUPPORT}:2:form: unknown code `speech`; known: joint_statement, leader_remark, "
        "minister_remark, multilateral_document, organization, other",
        (SUPPORT,),
    ),
    Case(
        "unknown_support_wording",
        column("wording", "strict", SUPPORT),
        "\n".join(
            f"{SUPPORT}:{line}:wording: unknown code `strict`; known: support, bundle, praise, "
            "collective"
            for line in (2, 3)
        ),
        (SUPPORT,),
    ),
    Case(
        "publisher_codes",
        both(
            added(2, CODES, list="publisher_kind", code="repost"),
            new_file(
                PUBLISHERS,
                "host,publisher,country,kind",
                "example.org,Example,XXX,state",
                "example.org,,,repost",
            ),
        ),
        f"{PUBLISHERS}:2:country: unknown code `XXX`; did you mean `XKX`?\n"
        f"{PUBLISHERS}:2:kind: unknown code `state`; known: repost\n"
        f"{PUBLISHERS}:3:host: the same host as line 2; remove one of them, or tell them apart\n"
        f"{PUBLISHERS}:3:publisher: blank; fill it in",
    ),
    Case(
        "unknown_tenure_codes",
        cells(2, OFFICIALS, agency="CPCL", official_rank="chief"),
        f"{OFFICIALS}:2:agency: unknown code `CPCL`; did you mean `CPLC`?\n"
        f"{OFFICIALS}:2:official_rank: unknown code `chief`; known: cplc_secretary, minister, "
        "cplc_secretary_general, vice_minister, assistant_minister, other",
        (OFFICIALS,),
    ),
    Case(
        "unknown_seed_codes",
        both(
            cells(2, CLAIMS, relation="about", measure="number"),
            cell(2, "kind", "said", PLEDGES),
            cell(2, "stance", "liked", DISAGREEMENTS),
            cell(2, "format", "multilat", MENTIONS),
        ),
        f"{CLAIMS}:2:measure: unknown code `number`; known: count, distinct, share, rank, date, "
        "scope\n"
        f"{CLAIMS}:2:relation: unknown code `about`; known: exact, rounded, approx, approx_below, "
        "at_least, at_most, more_than, scope\n"
        f"{DISAGREEMENTS}:2:stance: unknown code `liked`; known: preferred, not_preferred, "
        "unresolved\n"
        f"{MENTIONS}:2:format: unknown code `multilat`; did you mean `multilateral`?\n"
        f"{PLEDGES}:2:kind: unknown code `said`; known: pledged, trained",
        SEEDS,
    ),
    Case(
        "country_uk",
        cell(5, "counterpart", "UK"),
        f"{SHEET}:5:counterpart: unknown country `UK`; did you mean `GBR`?",
    ),
    Case(
        "country_by_its_name",
        cell(5, "counterpart", "Vietnam"),
        f"{SHEET}:5:counterpart: unknown country `Vietnam`; did you mean `VNM`?",
    ),
    Case(
        "country_small_letters",
        cell(5, "counterpart", "mmr"),
        f"{SHEET}:5:counterpart: unknown country `mmr`; did you mean `MMR`?",
    ),
    Case(
        "country_unheard_of",
        cell(5, "counterpart", "Atlantis"),
        f"{SHEET}:5:counterpart: unknown country `Atlantis`; use an ISO 3166-1 alpha-3 code "
        "(`secdiplo country NAME` looks it up)",
    ),
    Case(
        "country_list",
        cell(5, "counterpart", "Burundi; Rwanda"),
        f"{SHEET}:5:counterpart: `Burundi; Rwanda` contains several names; write one row per "
        "counterpart",
    ),
    Case(
        "country_inverted",
        cell(5, "counterpart", "Tanzania, United Republic of"),
        f"{SHEET}:5:counterpart: unknown country `Tanzania, United Republic of`; did you mean "
        "`TZA`?",
    ),
    Case(
        "country_of_support",
        cell(2, "counterpart", "Cuba", SUPPORT),
        f"{SUPPORT}:2:counterpart: unknown country `Cuba`; did you mean `CUB`?",
        (SUPPORT,),
    ),
    Case(
        "country_of_participant",
        cell(2, "counterpart", "Fiji", PARTICIPANTS),
        f"{PARTICIPANTS}:2:counterpart: unknown country `Fiji`; did you mean `FJI`?",
        (PARTICIPANTS,),
    ),
    Case(
        "na_as_country",
        cell(5, "counterpart", "NA"),
        f"{SHEET}:5:counterpart: unknown country `NA`; leave the cell blank, or write `NAM` for "
        "Namibia",
    ),
    Case(
        "na_as_code",
        both(
            cells(5, agency="NA", format="N/A"),
            cells(7, host_country="NA", source_date="NA"),
        ),
        f"{SHEET}:5:agency: unknown code `NA`; known: MPS, MSS, CPLC\n"
        f"{SHEET}:5:format: unknown code `N/A`; known: bilateral, sideline, multilateral\n"
        f"{SHEET}:7:host_country: `NA` is not a value; leave the cell blank, or write `NAM` "
        "for Namibia\n"
        f"{SHEET}:7:source_date: `NA` is not a value; leave the cell blank",
    ),
    Case(
        "wide_letters",
        cells(5, agency="\uff2d\uff30\uff33"),
        f"{SHEET}:5:agency: unknown code `\uff2d\uff30\uff33`; did you mean `MPS`, with U+004D (latin "
        "capital letter m) instead of U+FF2D (fullwidth latin capital letter m) at place 1, and 2 "
        "more?",
    ),
    Case(
        "wide_digits",
        both(
            cells(5, date="\uff12\uff10\uff12\uff14-01-05", source_date="2024\u201301\u201306"),
            cell(2, "first_year", "\uff12\uff10\uff12\uff12", FORUMS),
        ),
        f"{SHEET}:5:date: `\uff12\uff10\uff12\uff14-01-05` is not written in plain digits and "
        "hyphens; write `2024-01-05`\n"
        f"{SHEET}:5:source_date: `2024\u201301\u201306` is not written in plain digits and "
        "hyphens; write `2024-01-06`\n"
        f"{FORUMS}:2:first_year: `\uff12\uff10\uff12\uff12` is not written in plain digits and "
        "hyphens; write `2022`",
    ),
    Case(
        "date_impossible",
        cell(5, "date", "2024-02-30"),
        f"{SHEET}:5:date: `2024-02-30` is not in the calendar; correct the day or the month",
    ),
    Case(
        "date_impossible_month",
        cell(2, "date", "2022-13", SUPPORT),
        f"{SUPPORT}:2:date: `2022-13` is not in the calendar; correct the day or the month",
        (SUPPORT,),
    ),
    Case(
        "date_of_another_age",
        cells(5, date="1024-01-05", source_date="2204-01-06"),
        f"{SHEET}:5:date: `1024-01-05` is not between 1816 and 2100; correct the year\n"
        f"{SHEET}:5:source_date: `2204-01-06` is not between 1816 and 2100; correct the year",
    ),
    Case(
        "state_that_ended",
        both(cell(5, "counterpart", "SUN"), cell(7, "counterpart", "YMD")),
        f"{SHEET}:5:counterpart: `SUN` was a state from `1922-12-30` to `1991-12-26`; use the code of "
        "the day, such as `RUS`, or fix the date\n"
        f"{SHEET}:7:counterpart: `YMD` was a state from `1967-11-30` to `1990-05-21`; use the code of "
        "the day, such as `YEM`, or fix the date",
    ),
    Case(
        "state_that_had_not_begun",
        cells(5, counterpart="CSK", date="1918-10-27", date_end="", source_date=""),
        f"{SHEET}:5:counterpart: `CSK` was a state from `1918-10-28` to `1992-12-31`; use the code of "
        "the day, or fix the date",
    ),
    Case(
        "host_and_home_that_ended",
        both(column("home", "CHN"), cells(7, host_country="SUN", home="DDR")),
        f"{SHEET}:7:home: `DDR` was a state from `1949-10-05` to `1990-10-02`; use the code of the "
        "day, such as `DEU`, or fix the date\n"
        f"{SHEET}:7:host_country: `SUN` was a state from `1922-12-30` to `1991-12-26`; use the code "
        "of the day, such as `RUS`, or fix the date",
    ),
    Case(
        "date_other_form",
        cell(5, "date", "05/01/2024"),
        f"{SHEET}:5:date: `05/01/2024` is not a date; write `2024-09-07`, `2024-09` or `2024`",
    ),
    Case(
        "url_without_protocol",
        cell(5, "source_url", "en.people.cn/n3/2024"),
        f"{SHEET}:5:source_url: `en.people.cn/n3/2024` is not an http(s) address; give the "
        "address of a page, with https://",
    ),
    Case(
        "required_blank",
        both(cells(5, date="", source_url=""), cells(7, event_key="")),
        f"{SHEET}:5:date: blank; fill it in\n"
        f"{SHEET}:5:source_url: blank; fill it in\n"
        f"{SHEET}:7:event_key: blank; fill it in",
    ),
    Case(
        "formula",
        cells(5, note="=cmd|' /C calc'!A0", counterpart_person="@SUM(1)", city="-1+cmd|x"),
        f"{SHEET}:5:city: `-1+cmd|x` looks like a spreadsheet formula; write plain text\n"
        f"{SHEET}:5:counterpart_person: `@SUM(1)` looks like a spreadsheet formula; write plain "
        "text\n"
        f"{SHEET}:5:note: `=cmd|' /C calc'!A0` looks like a spreadsheet formula; write plain text",
    ),
    Case(
        "formula_error",
        both(cell(5, "city", "#REF!"), cell(7, "counterpart_person", "#N/A")),
        f"{SHEET}:5:city: `#REF!` is an error of a spreadsheet; correct the cell there, or blank it\n"
        f"{SHEET}:7:counterpart_person: `#N/A` is an error of a spreadsheet; correct the cell there, "
        "or blank it",
    ),
    Case(
        "formula_in_extra_column",
        both(
            text(TOML, "exhaustive = false", 'exhaustive = false\nextra_columns = ["weather"]'),
            column("weather", "fine"),
            cell(5, "weather", "=1+1"),
        ),
        f"{SHEET}:5:weather: `=1+1` looks like a spreadsheet formula; write plain text",
    ),
    Case(
        "number_in_words",
        both(cell(2, "value", "five", CLAIMS), cell(3, "end", "x", CLAIMS)),
        f"{CLAIMS}:2:value: `five` is not a number; correct it\n"
        f"{CLAIMS}:3:end: `x` is not a whole number; correct it",
        SEEDS,
    ),
    Case(
        "year_of_two_digits",
        cell(2, "forum_id", "GPSCFL 24", PARTICIPANTS),
        f"{PARTICIPANTS}:2:forum_id: `GPSCFL 24` has no year; write `<series> <year>`",
        (PARTICIPANTS,),
    ),
    Case(
        "lines_below_cells_of_several",
        both(
            cell(2, "note", "one\ntwo\nthree"),
            cell(4, "note", "one\r\ntwo"),
            cells(5, agency="MPX"),
            cell(9, "mode", "viedo"),
        ),
        f"{SHEET}:8:agency: unknown code `MPX`; did you mean `MPS`?\n"
        f"{SHEET}:12:mode: unknown code `viedo`; did you mean `video`?",
    ),
    Case(
        "lines_below_blank_ones",
        both(
            cells(5, agency="MPX"),
            on_bytes(SHEET, lambda raw: b"\n\n" + raw.replace(b"\n2024-01-05", b"\n\n2024-01-05")),
        ),
        f"{SHEET}:8:agency: unknown code `MPX`; did you mean `MPS`?",
    ),
]

# --- cases: rows and sheets -----------------------------------------------------------------

ROWS = [
    Case(
        "key_twice",
        added(5),
        f"{SHEET}:10:event_key: the same {ONE_EVENT} as line 5; remove one of them, or tell them "
        "apart",
    ),
    Case(
        "key_twice_without_counterpart",
        added(6),
        f"{SHEET}:10:event_key: the same {ONE_EVENT} as line 6; remove one of them, or tell them "
        "apart",
    ),
    Case(
        "key_twice_in_lists",
        both(
            added(3, CODES),
            added(3, "reference/organizations.csv", name="Another"),
            added(2, FORUMS),
        ),
        f"{CODES}:47:list: the same list + code as line 3; remove one of them, or tell them apart\n"
        f"{FORUMS}:5:series: the same series as line 2; remove one of them, or tell them apart\n"
        "reference/organizations.csv:5:code: the same code as line 3; remove one of them, or tell "
        "them apart",
    ),
    Case(
        "key_twice_in_seeds",
        both(added(2, CLAIMS), added(2, MENTIONS), added(2, PLEDGES), added(2, MANIFEST)),
        f"{CLAIMS}:12:claim_id: the same claim_id as line 2; remove one of them, or tell them "
        "apart\n"
        f"{MANIFEST}:3:seed_file: the same seed_file as line 2; remove one of them, or tell them "
        "apart\n"
        f"{MENTIONS}:5:mention_id: the same mention_id as line 2; remove one of them, or tell "
        "them apart\n"
        f"{PLEDGES}:3:pledge_id: the same pledge_id as line 2; remove one of them, or tell them "
        "apart",
        SEEDS,
    ),
    Case(
        "key_twice_in_other_sheets",
        both(
            added(2, SUPPORT),
            added(2, PARTICIPANTS),
            added(3, PARTICIPANTS, participant_id="x"),
            added(2, OFFICIALS),
            added(2, SESSIONS),
            added(3, "curated/exclusions.csv"),
        ),
        "curated/exclusions.csv:4:candidate: the same candidate + date as line 3; remove one of "
        "them, or tell them apart\n"
        f"{PARTICIPANTS}:6:participant_id: the same participant_id as line 2; remove one of them, "
        "or tell them apart\n"
        f"{PARTICIPANTS}:7:forum_id: the same forum_id + counterpart_type + counterpart + "
        "counterpart_person as line 3; remove one of them, or tell them apart\n"
        f"{SUPPORT}:4:counterpart_type: the same counterpart_type + counterpart as line 2; remove "
        "one of them, or tell them apart\n"
        f"{OFFICIALS}:5:official: the same official + agency + official_rank as line 2; remove "
        "one of them, or tell them apart\n"
        f"{SESSIONS}:3:forum: the same forum as line 2; remove one of them, or tell them apart",
        (SUPPORT, PARTICIPANTS, OFFICIALS, SESSIONS, "curated/exclusions.csv"),
    ),
    Case(
        "event_cells_differ",
        both(cell(3, "mode", "phone"), cell(9, "date", "2024-11")),
        f"{SHEET}:3:mode: `phone` differs from `video` in other rows of the event `{MSCS}`; make "
        "the rows agree\n"
        f"{SHEET}:9:date: `2024-11` differs from `2024-11-13` in other rows of the event "
        "`2024-11-13-cplc-chen-wenqing-rus`; make the rows agree",
    ),
    Case(
        "event_cells_differ_in_the_first_row",
        cell(2, "date", "2023-03-28"),
        f"{SHEET}:2:date: `2023-03-28` differs from `2023-03-29` in other rows of the event "
        f"`{MSCS}`; make the rows agree",
    ),
    Case(
        "event_cells_blank",
        cell(3, "forum", ""),
        f"{SHEET}:3:forum: a blank differs from `SCO Security Council Secretaries Meeting 2023` "
        f"in other rows of the event `{MSCS}`; make the rows agree",
    ),
    Case(
        "event_format_differs",
        cell(3, "format", "bilateral"),
        f"{SHEET}:3:format: `bilateral` differs from `multilateral` in other rows of the event "
        f"`{MSCS}`; make the rows agree",
    ),
    Case(
        "source_cells_differ",
        both(cell(3, "source_title", "Another headline"), cell(2, "source_publisher", "")),
        f"{SHEET}:2:source_publisher: a blank differs from `People's Daily Online` in other rows "
        "that cite the same page; make the rows agree\n"
        f"{SHEET}:3:source_title: `Another headline` differs from `China calls on SCO members to "
        "deepen cooperation on law e...` in other rows that cite the same page; make the rows "
        "agree",
    ),
    Case(
        "counterpart_none",
        both(cells(5, counterpart="", counterpart_type=""), cells(7, counterpart="")),
        f"{SHEET}:5:counterpart: a bilateral event without a counterpart; name it\n"
        f"{SHEET}:7:counterpart: a country that is not named; give its code",
    ),
    Case(
        "counterpart_without_type",
        cells(5, counterpart_type=""),
        f"{SHEET}:5:counterpart_type: a counterpart without its type; write `country`, "
        "`organization` or `actor`",
    ),
    Case(
        "counterpart_several",
        cell(9, "counterpart", "BLR"),
        f"{SHEET}:8:counterpart: a bilateral event with several counterparts, `BLR` and `RUS`; "
        "split it, or code it multilateral",
    ),
    Case(
        "counterpart_unknown_in_one_row",
        cell(9, "counterpart", "Russia"),
        f"{SHEET}:9:counterpart: unknown country `Russia`; did you mean `RUS`?",
    ),
    Case(
        "counterpart_at_home",
        both(cell(5, "counterpart", "CHN"), cell(7, "counterpart", "HKG")),
        f"{SHEET}:5:counterpart: `CHN` is not foreign to `CHN`; correct the code, or leave the row "
        "out\n"
        f"{SHEET}:7:counterpart: `HKG` is not foreign to `CHN`; correct the code, or leave the row "
        "out",
    ),
    Case(
        "support_at_home",
        cell(2, "counterpart", "MAC", SUPPORT),
        f"{SUPPORT}:2:counterpart: `MAC` is not foreign to `CHN`; correct the code, or leave the "
        "row out",
        (SUPPORT,),
    ),
    Case(
        "date_end_before_start",
        cell(5, "date_end", "2024-01-04"),
        f"{SHEET}:5:date_end: `2024-01-04` is before the start, `2024-01-05`; swap or correct them",
    ),
    Case(
        "session_end_before_start",
        cell(2, "end", "2024-09-08", SESSIONS),
        f"{SESSIONS}:2:end: `2024-09-08` is before the start, `2024-09-09`; swap or correct them",
        (SESSIONS,),
    ),
    Case(
        "tenure_end_before_start",
        cells(2, OFFICIALS, tenure_start="2024", tenure_end="2023-12"),
        f"{OFFICIALS}:2:tenure_end: `2023-12` is before the start, `2024`; swap or correct them",
        (OFFICIALS,),
    ),
    Case(
        "forum_blank",
        cell(7, "forum", ""),
        f"{SHEET}:7:forum: a sideline event without a forum; name it",
    ),
    Case(
        "forum_of_bilateral",
        cell(5, "forum", "GPSCFL 2024"),
        f"{SHEET}:5:forum: a bilateral event with a forum; code it sideline, or blank the forum",
    ),
    Case(
        "forum_without_year",
        both(
            cell(7, "forum", "China-PIC Ministerial Dialogue"), cell(2, "forum", "GPSCFL", SESSIONS)
        ),
        f"{SHEET}:7:forum: `China-PIC Ministerial Dialogue` has no year; write `<series> <year>`\n"
        f"{SESSIONS}:2:forum: `GPSCFL` has no year; write `<series> <year>`",
        (SESSIONS,),
    ),
    Case(
        "place_of_video",
        cells(5, host_country="MMR", city="Naypyidaw"),
        f"{SHEET}:5:host_country: a video event with a place, `MMR`; blank it, or code it "
        "`in_person`",
    ),
    Case(
        "place_of_phone",
        cells(5, mode="phone", city="Naypyidaw"),
        f"{SHEET}:5:city: a phone event with a place, `Naypyidaw`; blank it, or code it "
        "`in_person`",
    ),
    Case(
        "inferred_no_column",
        cell(5, "inferred", "topc; date"),
        f"{SHEET}:5:inferred: `topc` is not a column of the sheet; did you mean `topic`?",
    ),
    Case(
        "official_doubled_space",
        both(*(cell(line, "official", "Wang  Xiaohong") for line in range(2, 6))),
        f"{SHEET}:2:official: `Wang  Xiaohong` is spelt `Wang Xiaohong` elsewhere; write "
        "`Wang Xiaohong`, with 1 space instead of 2 at place 5",
    ),
    Case(
        "official_word_order",
        both(cell(5, "official", "Xiaohong Wang"), cell(7, "official", "Xiaohong Wang")),
        f"{SHEET}:5:official: notice: `Xiaohong Wang` has the same words as `Wang Xiaohong` in "
        "line 2; use one order if this is one person",
    ),
    Case(
        "official_spelt_twice",
        both(
            cell(5, "official", "WANG  Xiaohong"),
            cell(6, "official", "W\u00e1ng Xi\u01ceoh\u00f3ng"),
            cell(7, "official", "Wang\u00a0Xiaohong"),
        ),
        f"{SHEET}:5:official: `WANG  Xiaohong` is spelt `Wang Xiaohong` elsewhere; write "
        "`Wang Xiaohong`, with 1 space instead of 2 at place 5\n"
        f"{SHEET}:6:official: `W\u00e1ng Xi\u01ceoh\u00f3ng` is spelt `Wang Xiaohong` elsewhere; "
        "choose one\n"
        f"{SHEET}:7:official: `Wang\u00a0Xiaohong` is spelt `Wang Xiaohong` elsewhere; write `Wang "
        "Xiaohong`, with U+0020 (space) instead of U+00A0 (no-break space) at place 5",
    ),
    Case(
        "official_of_another_form_in_the_reference_sheet",
        cell(4, "official", "Wang\u2009Xiaohong", OFFICIALS),
        f"{OFFICIALS}:4:official: `Wang\u2009Xiaohong` is spelt `Wang Xiaohong` in {SHEET}; write "
        "`Wang Xiaohong`, with U+0020 (space) instead of U+2009 (thin space) at place 5",
        (OFFICIALS,),
    ),
    Case(
        "names_of_another_form",
        both(
            cell(4, "counterpart", "\uff33CO"),
            cell(5, "topic", "telecom fraud; border control; overseas\u3000security"),
            cell(6, "forum", "GPSCFL\u00a02024"),
            added(7, event_key="other", forum="China\u2013PIC Ministerial Dialogue 2024"),
            cell(9, "event_key", "2024\u201111-13-cplc-chen-wenqing-rus"),
            cell(9, "city", "Be\u0133ing"),
            new_file(
                SESSIONS,
                "forum,start,end,source",
                "GPSCFL 2024,2024-09-09,2024-09-10,https://example.org",
            ),
        ),
        f"{SHEET}:4:counterpart: `\uff33CO` is spelt `SCO` in reference/organizations.csv; write "
        "`SCO`, with U+0053 (latin capital letter s) instead of U+FF33 (fullwidth latin capital "
        "letter s) at place 1\n"
        f"{SHEET}:5:topic: `overseas\u3000security` is spelt `overseas security` in codes.csv; write "
        "`overseas security`, with U+0020 (space) instead of U+3000 (ideographic space) at place 9\n"
        f"{SHEET}:6:forum: `GPSCFL\u00a02024` is spelt `GPSCFL 2024` in {SESSIONS}; write `GPSCFL "
        "2024`, with U+0020 (space) instead of U+00A0 (no-break space) at place 7\n"
        f"{SHEET}:9:city: `Be\u0133ing` is spelt `Beijing` elsewhere; write `Beijing`, with U+0069 "
        "(latin small letter i) U+006A (latin small letter j) instead of U+0133 (latin small "
        "ligature ij) at place 3\n"
        f"{SHEET}:9:event_key: `2024\u201111-13-cplc-chen-wenqing-rus` is spelt "
        "`2024-11-13-cplc-chen-wenqing-rus` elsewhere; write `2024-11-13-cplc-chen-wenqing-rus`, "
        "with U+002D (hyphen-minus) instead of U+2011 (non-breaking hyphen) at place 5\n"
        f"{SHEET}:10:forum: `China\u2013PIC Ministerial Dialogue 2024` is spelt `China-PIC "
        "Ministerial Dialogue 2024` elsewhere; write `China-PIC Ministerial Dialogue 2024`, with "
        "U+002D (hyphen-minus) instead of U+2013 (en dash) at place 6",
    ),
    Case(
        "source_of_another_form",
        cell(2, "source_publisher", "People\u2019s Daily Online"),
        f"{SHEET}:2:source_publisher: `People\u2019s Daily Online` differs from `People's Daily Online` "
        "in other rows that cite the same page; make the rows agree, with U+0027 (apostrophe) "
        "instead of U+2019 (right single quotation mark) at place 7",
    ),
    Case(
        "person_of_another_form",
        both(
            cell(5, "counterpart_person", "Yar D'Pyae"),
            added(5, counterpart_person="Yar D\u2019Pyae"),
        ),
        f"{SHEET}:10:counterpart_person: `Yar D\u2019Pyae` is spelt `Yar D'Pyae` elsewhere; write `Yar "
        "D'Pyae`, with U+0027 (apostrophe) instead of U+2019 (right single quotation mark) at "
        "place 6",
    ),
    Case(
        "code_of_another_form",
        both(added(2, CODES, code="M\uff30S"), added(2, FORUMS, series="gpscfl")),
        f"{CODES}:47:code: `M\uff30S` is spelt `MPS` elsewhere; write `MPS`, with U+0050 (latin "
        "capital letter p) instead of U+FF30 (fullwidth latin capital letter p) at place 2\n"
        f"{FORUMS}:5:series: `gpscfl` is spelt `GPSCFL` elsewhere; choose one",
    ),
    Case(
        "published_before_event",
        cell(5, "source_date", "2024-01-04"),
        f"{SHEET}:5:source_date: published `2024-01-04`, before the event of `2024-01-05`; correct "
        "a date, or name it in inferred",
    ),
    Case(
        "rank_of_another_agency",
        both(
            cell(5, "official_rank", "cplc_secretary"),
            cell(3, "official_rank", "cplc_secretary", OFFICIALS),
        ),
        f"{SHEET}:5:official_rank: rank `cplc_secretary` does not belong to `MPS`; it belongs to "
        "`CPLC`\n"
        f"{OFFICIALS}:3:official_rank: rank `cplc_secretary` does not belong to `MSS`; it belongs "
        "to `CPLC`",
        (OFFICIALS,),
    ),
    Case(
        "imputed_with_a_source",
        both(
            IMPUTED,
            cells(
                10, source_url="https://example.org/a", source_date="2024-09-07", inferred="city"
            ),
        ),
        f"{SHEET}:10:inferred: `city` {OF_IMPUTED}\n"
        f"{SHEET}:10:source_date: `2024-09-07` {OF_IMPUTED}\n"
        f"{SHEET}:10:source_url: `https://example.org/a` {OF_IMPUTED}",
    ),
    Case(
        "imputed_with_a_person",
        both(
            IMPUTED,
            cells(11, counterpart_person="Somebody", counterpart_office="Minister", topic="GSI"),
        ),
        f"{SHEET}:11:counterpart_office: `Minister` {OF_IMPUTED}\n"
        f"{SHEET}:11:counterpart_person: `Somebody` {OF_IMPUTED}\n"
        f"{SHEET}:11:topic: `GSI` {OF_IMPUTED}",
    ),
    Case(
        "imputed_without_period",
        both(IMPUTED, cells(10, date_min="", date_max="")),
        f"{SHEET}:10:date_max: blank in an imputed event; give the last day of its period\n"
        f"{SHEET}:10:date_min: blank in an imputed event; give the first day of its period",
    ),
    Case(
        "imputed_period_half",
        both(IMPUTED, cell(12, "date_max", ""), cell(13, "date_max", "")),
        f"{SHEET}:12:date_max: blank in an imputed event; give the last day of its period\n"
        f"{SHEET}:13:date_max: blank in an imputed event; give the last day of its period",
    ),
    Case(
        "imputed_period_upside_down",
        both(IMPUTED, cell(10, "date_max", "2024-09-02")),
        f"{SHEET}:10:date_max: `2024-09-02` is before the start, `2024-09-03`; swap or correct them",
    ),
    Case(
        "imputed_period_differs",
        both(IMPUTED, cell(12, "date_min", "2024-09-07")),
        f"{SHEET}:13:date_min: `2024-09-08` differs from `2024-09-07` in other rows of the event "
        "`imputed-many`; make the rows agree",
    ),
    Case(
        "imputed_period_not_in_days",
        both(IMPUTED, cells(10, date_min="2024-09", date_max="06/09/2024")),
        f"{SHEET}:10:date_max: `06/09/2024` is not a full day; write it as `2024-09-07`\n"
        f"{SHEET}:10:date_min: `2024-09` is not a full day; write it as `2024-09-07`",
    ),
    Case(
        "imputed_with_a_date",
        both(
            IMPUTED, cells(10, date="2024-09-03", date_end="2024-09-06", date_min="", date_max="")
        ),
        f"{SHEET}:10:date: `2024-09-03`, but {NOT_ATTESTED}\n"
        f"{SHEET}:10:date_end: `2024-09-06`, but {NOT_ATTESTED}",
    ),
    Case(
        "imputed_without_date_in_an_attested_event",
        both(IMPUTED, cells(11, date="")),
        f"{SHEET}:11:date: a blank differs from `2023-03-29` in other rows of the event `{MSCS}`; "
        "make the rows agree",
    ),
    Case(
        "imputed_with_period_in_an_attested_event",
        both(IMPUTED, cells(11, date_min="2023-03-01", date_max="2023-03-31")),
        f"{SHEET}:11:date_max: `2023-03-31` differs from the blank in other rows of the event "
        f"`{MSCS}`; make the rows agree\n"
        f"{SHEET}:11:date_min: `2023-03-01` differs from the blank in other rows of the event "
        f"`{MSCS}`; make the rows agree",
    ),
    Case(
        "imputed_without_what_it_needs",
        both(
            IMPUTED,
            cells(10, agency="", official_rank=""),
            cells(12, counterpart="", counterpart_type=""),
            cells(13, format=""),
        ),
        f"{SHEET}:10:agency: blank; fill it in\n"
        f"{SHEET}:10:official_rank: blank; fill it in\n"
        f"{SHEET}:12:counterpart: blank; fill it in\n"
        f"{SHEET}:12:counterpart_type: blank; fill it in\n"
        f"{SHEET}:13:format: blank; fill it in",
    ),
    Case(
        "imputed_bilateral_with_a_forum",
        both(IMPUTED, cells(10, format="bilateral", forum="GPSCFL 2024")),
        f"{SHEET}:10:forum: a bilateral event with a forum; code it sideline, or blank the forum",
    ),
    Case(
        "attested_with_a_period",
        both(IMPUTED, cells(5, date_min="2024-01-01", date_max="2024-01-31")),
        f"{SHEET}:5:date_max: `2024-01-31` {OF_ATTESTED}\n"
        f"{SHEET}:5:date_min: `2024-01-01` {OF_ATTESTED}",
    ),
    Case(
        "synthetic_beside_attested",
        both(
            column("row_status"), cells(4, row_status="synthetic"), cells(6, row_status="synthetic")
        ),
        f"{SHEET}:4:row_status: `synthetic` in a sheet whose rows are not (2 synthetic, 6 others); "
        "give synthetic rows a folder of their own",
    ),
    Case(
        "attested_beside_synthetic",
        both(column("row_status", "synthetic"), cells(5, row_status="")),
        f"{SHEET}:5:row_status: `attested` in a sheet whose rows are synthetic (7 synthetic, 1 "
        "others); give synthetic rows a folder of their own",
    ),
    Case(
        "synthetic_with_a_period",
        both(
            column("row_status", "synthetic"),
            column("date_min"),
            column("date_max"),
            cells(5, date_min="2024-09-01"),
        ),
        f"{SHEET}:5:date_min: `2024-09-01` in a synthetic row, which has a date; blank it",
    ),
    Case(
        "synthetic_without_its_cells",
        both(column("row_status", "synthetic"), cells(9, mode="", source_url="")),
        f"{SHEET}:9:mode: blank; fill it in\n{SHEET}:9:source_url: blank; fill it in",
    ),
    Case(
        "attested_without_its_cells",
        both(IMPUTED, cells(5, date="", mode="", source_url="", confidence="")),
        f"{SHEET}:5:confidence: blank; fill it in\n"
        f"{SHEET}:5:date: blank; fill it in\n"
        f"{SHEET}:5:mode: blank; fill it in\n"
        f"{SHEET}:5:source_url: blank; fill it in",
    ),
    Case(
        "codes_unknown_list",
        cell(2, "list", "agancy", CODES),
        f"{CODES}:2:list: unknown list `agancy`; did you mean `agency`?",
    ),
    Case(
        "codes_list_of_the_toolkit",
        added(2, CODES, list="format", code="summit"),
        f"{CODES}:47:list: unknown list `format`; known: agency, official_rank, topic, "
        "publisher_kind",
    ),
    Case(
        "codes_list_of_countries",
        added(2, CODES, list="country", code="ZZZ"),
        f"{CODES}:47:list: unknown list `country`; known: agency, official_rank, topic, "
        "publisher_kind",
    ),
    Case(
        "codes_without_ranks",
        on_rows(CODES, lambda rows: rows.__delitem__(slice(4, 10))),
        f"{CODES}:1:list: no code of the list `official_rank`; add those of the dataset",
    ),
    Case(
        "codes_blank",
        cell(3, "code", "", CODES),
        f"{CODES}:3:code: blank; fill it in",
    ),
    Case(
        "codes_unknown_parent",
        cell(6, "parent", "MPS; MSX", CODES),
        f"{CODES}:6:parent: unknown agency `MSX`; did you mean `MSS`?",
    ),
]

# --- cases: seed annotations ----------------------------------------------------------------

ANNOTATIONS = [
    Case(
        "quote_of_another_length",
        both(cell(2, "end", "201", CLAIMS), cell(2, "end", "662", MENTIONS)),
        f"{CLAIMS}:2:end: the quote has `17` code points, its offsets `174` to `201` span 27; "
        "correct one of them\n"
        f"{MENTIONS}:2:end: the quote has `32` code points, its offsets `629` to `662` span 33; "
        "correct one of them",
        SEEDS,
    ),
    Case(
        "quote_outside_the_text",
        both(
            cells(3, CLAIMS, start="2000", end="2018"),
            cells(3, MENTIONS, start="2000", end="2044"),
        ),
        f"{CLAIMS}:3:end: the quote ends at `2018`, outside of the text of `824` code points; "
        "correct the offsets\n"
        f"{MENTIONS}:3:end: the quote ends at `2044`, outside of the text of `824` code points; "
        "correct the offsets",
        SEEDS,
    ),
    Case(
        "quote_backwards",
        both(cells(3, CLAIMS, start="215", end="197"), cells(4, CLAIMS, start="-19", end="0")),
        f"{CLAIMS}:3:end: offsets `215` to `197` do not run forward from 0; correct them\n"
        f"{CLAIMS}:4:end: offsets `-19` to `0` do not run forward from 0; correct them",
        SEEDS,
    ),
    Case(
        "quote_in_an_unknown_text",
        both(
            cell(2, "seed_file", "exmaple.txt", CLAIMS), cell(4, "seed_file", "speech.md", MENTIONS)
        ),
        f"{CLAIMS}:2:seed_file: unknown text `exmaple.txt`; did you mean `example.txt`?\n"
        f"{MENTIONS}:4:seed_file: unknown text `speech.md`; known: example.txt",
        SEEDS,
    ),
    Case(
        "text_digest",
        cells(2, MANIFEST, sha256="5fe5"),
        f"{MANIFEST}:2:sha256: `5fe5` is not a SHA-256 digest; write its 64 digits from 0 to f in "
        "small letters",
        SEEDS,
    ),
    Case(
        "mention_of_an_unknown_event",
        cell(3, "event_id", "2024-11-13-cplc-chen-wenqin-rus", MENTIONS),
        f"{MENTIONS}:3:event_id: no event `2024-11-13-cplc-chen-wenqin-rus` in the sheet; write "
        "the event_key of one of its rows",
        SEEDS,
    ),
    Case(
        "claim_unknown",
        both(cell(2, "claim_id", "X66", PLEDGES), cell(2, "claim_id", "X55", DISAGREEMENTS)),
        f"{DISAGREEMENTS}:2:claim_id: unknown claim `X55`; did you mean `X05`?\n"
        f"{PLEDGES}:2:claim_id: unknown claim `X66`; did you mean `X06`?",
        SEEDS,
    ),
    Case(
        "claim_without_its_query",
        both(
            cell(2, "column", "", CLAIMS),
            cell(4, "not_testable", "The tables do not have it.", CLAIMS),
            cell(7, "not_testable", "", CLAIMS),
        ),
        f"{CLAIMS}:2:column: a query without the column to read; name it\n"
        f"{CLAIMS}:4:column: both a query and a reason why there is none; drop one\n"
        f"{CLAIMS}:7:not_testable: neither a query nor a reason; give one",
        SEEDS,
    ),
    Case(
        "claim_of_unknown_values",
        both(
            cells(2, CLAIMS, agency="MPX", official_rank="minster"),
            cells(3, CLAIMS, format="bilateral+sidelines", counterpart_type="state"),
            cell(4, "region", "South-East Asia", CLAIMS),
            cell(8, "counterpart", "RUX", CLAIMS),
            cell(9, "counterpart", "HKG", CLAIMS),
        ),
        f"{CLAIMS}:2:agency: unknown agency `MPX`; did you mean `MPS`?\n"
        f"{CLAIMS}:2:official_rank: unknown rank `minster`; did you mean `minister`?\n"
        f"{CLAIMS}:3:counterpart_type: unknown type `state`; known: country, organization\n"
        f"{CLAIMS}:3:format: unknown format `sidelines`; known: bilateral, sideline, multilateral, "
        "any\n"
        f"{CLAIMS}:4:region: unknown region `South-East Asia`; did you mean `Southeast Asia`?\n"
        f"{CLAIMS}:8:counterpart: unknown country `RUX`; did you mean `LUX` or `RUS`?\n"
        f"{CLAIMS}:9:counterpart: country `HKG` is not a foreign country; name another",
        SEEDS,
    ),
    Case(
        "claim_of_unknown_values_elsewhere",
        both(
            cell(5, "base_filter", "format=bilateral,video; agencies=MPS+MSX", CLAIMS),
            cell(10, "interpretations", "format & agency: bilateral & MPS | any & all", CLAIMS),
        ),
        f"{CLAIMS}:5:base_filter: unknown agency `MSX`; did you mean `MSS`?\n"
        f"{CLAIMS}:5:base_filter: unknown format `video`; known: bilateral, sideline, multilateral, "
        "any\n"
        f"{CLAIMS}:10:interpretations: unknown agency `all`; known: MPS, MSS, CPLC",
        SEEDS,
    ),
    Case(
        "claim_of_an_unknown_forum_window",
        both(
            cell(2, "forum_window", "GPSCFL 2042", CLAIMS),
            cell(3, "forum_window", "GPSCFL 2024: befor+during", CLAIMS),
        ),
        f"{CLAIMS}:2:forum_window: notice: the days of the session `GPSCFL 2042` are not known; give "
        "them in reference/sessions.csv, or correct its name\n"
        f"{CLAIMS}:3:forum_window: unknown phase `befor`; known: before, during, after",
        (*SEEDS, SESSIONS),
    ),
    Case(
        "claim_in_an_unknown_unit",
        both(
            cell(2, "unit", "meetings", CLAIMS),
            cells(5, CLAIMS, unit="events", base_unit="bilateral_meetings"),
            cell(8, "unit", "place", CLAIMS),
        ),
        f"{CLAIMS}:2:unit: unknown unit `meetings`; known: events, interactions, "
        "agency_interactions, countries, organizations\n"
        f"{CLAIMS}:5:base_unit: unknown unit `bilateral_meetings`; known: events, interactions, "
        "agency_interactions, countries, organizations\n"
        f"{CLAIMS}:5:unit: a share in `events`; write `percent`\n"
        f"{CLAIMS}:8:unit: a rank in `place`; write `rank`",
        SEEDS,
    ),
    Case(
        "claim_in_an_unknown_relation",
        cells(2, CLAIMS, relation="about", measure="total"),
        f"{CLAIMS}:2:measure: unknown code `total`; known: count, distinct, share, rank, date, "
        "scope\n"
        f"{CLAIMS}:2:relation: unknown code `about`; known: exact, rounded, approx, approx_below, "
        "at_least, at_most, more_than, scope",
        SEEDS,
    ),
    Case(
        "share_without_its_base",
        both(
            cells(5, CLAIMS, base="", base_unit="", base_filter=""),
            cells(9, CLAIMS, base_filter=""),
        ),
        f"{CLAIMS}:5:base: a share without its base; name a claim, or what it is taken over\n"
        f"{CLAIMS}:9:base: base `bilateral meetings` is not a claim, and there is no base_filter; name "
        "a claim, or give one",
        SEEDS,
    ),
    Case(
        "share_of_an_unknown_claim",
        both(cell(5, "numerator", "X55", CLAIMS), cell(9, "base_unit", "", CLAIMS)),
        f"{CLAIMS}:5:numerator: unknown claim `X55`; did you mean `X05`?\n"
        f"{CLAIMS}:9:base_unit: blank beside a base_filter; say what the base counts",
        SEEDS,
    ),
    Case(
        "share_of_another_unit",
        both(
            cells(5, CLAIMS, base="X06", numerator="X03"),
            cells(8, CLAIMS, counterpart="", format=""),
        ),
        f"{CLAIMS}:5:base: claim `X06` counts officers, which is not a unit of a share; name another\n"
        f"{CLAIMS}:8:measure: a rank without a subject; name the ranked region, counterpart or "
        "agency",
        SEEDS,
    ),
    Case(
        "share_with_a_broken_base_filter",
        both(
            cell(5, "base_filter", "format: bilateral; counterpart_type=country", CLAIMS),
            cell(9, "base_filter", "format=; formats=bilateral", CLAIMS),
        ),
        f"{CLAIMS}:5:base_filter: `format: bilateral` is not in the form key=value; rewrite it\n"
        f"{CLAIMS}:9:base_filter: `format=` has no value; give one\n"
        f"{CLAIMS}:9:base_filter: `formats=bilateral` is not a known restriction; did you "
        "mean `format`?",
        SEEDS,
    ),
    Case(
        "claim_upside_down",
        both(
            cells(2, CLAIMS, low="6", high="4", relation="approx"),
            cells(3, CLAIMS, low="7.2", high="7.8", relation="rounded"),
        ),
        f"{CLAIMS}:2:high: the interval from 6 to 4 is upside down; swap its ends\n"
        f"{CLAIMS}:3:high: there is no whole number from 7.2 to 7.8; correct low or high",
        SEEDS,
    ),
    Case(
        "claim_negative_or_in_parts",
        both(cell(2, "value", "-5", CLAIMS), cell(3, "value", "8.5", CLAIMS)),
        f"{CLAIMS}:2:value: `-5` is negative; a count, share or rank is not\n"
        f"{CLAIMS}:3:value: `8.5` is not a whole number; correct it or its measure",
        SEEDS,
    ),
    Case(
        "claim_of_no_period",
        both(
            cell(2, "period", "2022-06-2025-06", CLAIMS),
            cell(3, "period", "2025-06..2022-06", CLAIMS),
            cell(4, "period", "2024-13", CLAIMS),
            cell(5, "base_filter", "format=bilateral; period=autumn 2024", CLAIMS),
        ),
        f"{CLAIMS}:2:period: `2022-06-2025-06` is not a period; write `2024`, `2024-09`, "
        "`2024-09-07` or `2022-06..2025-06`\n"
        f"{CLAIMS}:3:period: `2025-06..2022-06` ends before it starts; swap its ends\n"
        f"{CLAIMS}:4:period: `2024-13` is not a period; write `2024`, `2024-09`, `2024-09-07` or "
        "`2022-06..2025-06`\n"
        f"{CLAIMS}:5:base_filter: `autumn 2024` is not a period; write `2024`, `2024-09`, "
        "`2024-09-07` or `2022-06..2025-06`",
        SEEDS,
    ),
    Case(
        "claim_with_broken_interpretations",
        both(
            cell(2, "interpretations", "bilateral | any", CLAIMS),
            cell(3, "interpretations", "place: bilateral | sideline", CLAIMS),
            cell(4, "interpretations", "format & agency: bilateral | any & MPS", CLAIMS),
        ),
        f"{CLAIMS}:2:interpretations: `bilateral | any` does not name a column; write `column: value | value`\n"
        f"{CLAIMS}:3:interpretations: `place` is not a column with several interpretations; known: "
        "agency, official, official_rank, format, counterpart_type, region, counterpart, forum, "
        "forum_window, period\n"
        f"{CLAIMS}:4:interpretations: interpretation `bilateral` has not one value for each of format, "
        "agency; write `column: value | value`",
        SEEDS,
    ),
    Case(
        "claim_of_an_open_name",
        both(
            cell(2, "official", "Wang Xiaohon", CLAIMS),
            cells(3, CLAIMS, counterpart_type="organization", counterpart="INTERPOOL"),
        ),
        f"{CLAIMS}:2:official: notice: no sheet names the official `Wang Xiaohon`; did you "
        "mean `Wang Xiaohong`?\n"
        f"{CLAIMS}:3:counterpart: notice: organization `INTERPOOL` is not in "
        "reference/organizations.csv; did you mean `INTERPOL`?",
        SEEDS,
    ),
]

# --- cases: settings ------------------------------------------------------------------------

SETTINGS = [
    Case(
        "toml_missing",
        gone(TOML),
        f"{TOML}:1:1: no dataset.toml in toml_missing; name a dataset folder, or make one",
    ),
    Case(
        "toml_broken",
        text(TOML, 'version = "1.0"', 'version = "1.0'),
        f"{TOML}:3:15: not valid TOML: a quote is not closed on its line; correct the line",
    ),
    Case(
        "toml_broken_table",
        text(TOML, "[home]", "[home"),
        f"{TOML}:9:6: not valid TOML: expected ']' at the end of a table declaration; correct the "
        "line",
    ),
    Case(
        "toml_latin1",
        both(text(TOML, "Five events", "Five \u00e9vents"), encoded(TOML, "latin-1")),
        f"{TOML}:2:1: not UTF-8; save the file as UTF-8",
    ),
    Case(
        "toml_unknown_keys",
        both(
            text(TOML, "licence", "license"),
            text(TOML, "not_foreign", "non_foreign"),
            text(TOML, "end = ", "ende = "),
            text(TOML, "exhaustive = false", 'exhaustive = false\ncolour = "red"'),
        ),
        f"{TOML}:4:license: unknown key `license`; did you mean `licence`?\n"
        f"{TOML}:7:colour: unknown key `colour`; known: name, title, version, first_version, "
        "changes, licence, citation, authors, year, contact, keywords, modelled_on, query_sources, "
        "abbreviations, region_schemes, figures, references, exhaustive, annotations, default_scope, default_forum, home, defaults, scopes, "
        "extra_columns, interactions\n"
        f"{TOML}:12:home.non_foreign: unknown key `home.non_foreign`; did you mean `not_foreign`?\n"
        f"{TOML}:17:scopes.example.ende: unknown key `scopes.example.ende`; did you mean `end`?",
    ),
    Case(
        "toml_missing_keys",
        whole(TOML, b'name = ""\n\n[home]\n'),
        f"{TOML}:1:licence: `licence` is missing; add it\n"
        f"{TOML}:1:name: `name` is empty; fill it in\n"
        f"{TOML}:1:title: `title` is missing; add it\n"
        f"{TOML}:1:version: `version` is missing; add it\n"
        f"{TOML}:3:home.country: `home.country` is missing; add it",
    ),
    Case(
        "toml_types",
        both(
            text(TOML, 'version = "1.0"', "version = 1.0"),
            text(TOML, "exhaustive = false", 'exhaustive = "no"'),
            text(TOML, '["HKG", "MAC"]', '"HKG"'),
            text(TOML, '"2022-06"', "2022-06-01"),
            text(TOML, '["minister"]', '"minister"'),
        ),
        f"{TOML}:3:version: `version` is not text; put it in quotes\n"
        f"{TOML}:6:exhaustive: `exhaustive` is not true or false; write one, without quotes\n"
        f'{TOML}:11:home.not_foreign: `home.not_foreign` is not a list of texts; write `["a", '
        '"b"]`\n'
        f"{TOML}:15:scopes.example.start: `scopes.example.start` is not text; put it in quotes\n"
        f"{TOML}:17:scopes.example.ranks.MPS: `ranks.MPS` is not a list of texts; write "
        '`["a", "b"]`',
    ),
    Case(
        "toml_version",
        text(TOML, '"1.0"', '"one"'),
        f"{TOML}:3:version: `one` is not a version; write it as `1.0`",
    ),
    Case(
        "toml_dates",
        both(text(TOML, '"2022-06"', '"June 2022"'), text(TOML, '"2025-06"', '"2025-13"')),
        f"{TOML}:15:scopes.example.start: `June 2022` is not a date; write `2022-06-01`, "
        "`2022-06` or `2022`\n"
        f"{TOML}:16:scopes.example.end: `2025-13` is not a date; write `2022-06-01`, `2022-06` or "
        "`2022`",
    ),
    Case(
        "toml_dates_swapped",
        text(TOML, '"2022-06"', '"2026-06"'),
        f"{TOML}:16:scopes.example.end: `2025-06` is before the start, 2026-06; swap or correct them",
    ),
    Case(
        "toml_second_scope",
        text(
            TOML,
            "[scopes.example]",
            '[scopes.first]\ntitle = "Another"\nstart = "2022"\nend = "none"\n\n[scopes.example]',
        ),
        f"{TOML}:16:scopes.first.end: `none` is not a date; write `2022-06-01`, `2022-06` or "
        "`2022`",
    ),
    Case(
        "toml_scope_unknown",
        text(TOML, 'default_scope = "example"', 'default_scope = "exampel"'),
        f"{TOML}:7:default_scope: no scope `exampel`; did you mean `example`?",
    ),
    Case(
        "toml_scope_all",
        both(
            text(TOML, "[scopes.example]", "[scopes.all]"),
            text(TOML, 'default_scope = "example"', 'default_scope = "all"'),
        ),
        f"{TOML}:13:scopes.all: `all` is the scope that leaves nothing out; rename yours",
    ),
    Case(
        "toml_of_another_form",
        both(
            text(TOML, "[scopes.example]", '[scopes."ex\u00adample"]\n[scopes.example]'),
            text(TOML, "exhaustive = false", 'exhaustive = false\nextra_columns = ["\uff43ity"]'),
        ),
        f"{TOML}:7:extra_columns: `\uff43ity` is already in use: it is `city`, with U+0063 (latin small "
        "letter c) instead of U+FF43 (fullwidth latin small letter c) at place 1; drop it here, or "
        "rename yours\n"
        f"{TOML}:14:scopes.ex\u00adample: scope `ex\u00adample` is spelt `example` too; keep "
        "`example`, without U+00AD (soft hyphen) at place 3",
    ),
    Case(
        "toml_codes_of_another_form",
        both(
            text(TOML, 'country = "CHN"', 'country = "CH\uff2e"'),
            text(TOML, '["cplc_secretary"]', '["cplc\uff3fsecretary"]'),
        ),
        f"{TOML}:10:home.country: unknown country `CH\uff2e`; did you mean `CHN`, with U+004E (latin "
        "capital letter n) instead of U+FF2E (fullwidth latin capital letter n) at place 3?\n"
        f"{TOML}:18:scopes.example.ranks.CPLC: unknown official_rank `cplc\uff3fsecretary`; did you mean "
        "`cplc_secretary`, with U+005F (low line) instead of U+FF3F (fullwidth low line) at place 5?",
    ),
    Case(
        "toml_codes",
        both(
            text(TOML, 'country = "CHN"', 'country = "China"'),
            text(TOML, '"MAC"', '"Macao"'),
            text(TOML, '["cplc_secretary"]', '["cplc_secretery"]'),
            text(TOML, "ranks.MSS", "ranks.MSX"),
        ),
        f"{TOML}:10:home.country: unknown country `China`; did you mean `CHN`?\n"
        f"{TOML}:11:home.not_foreign: unknown country `Macao`; did you mean `MAC`?\n"
        f"{TOML}:18:scopes.example.ranks.CPLC: unknown official_rank `cplc_secretery`; did you mean "
        "`cplc_secretary`?\n"
        f"{TOML}:19:scopes.example.ranks.MSX: unknown agency `MSX`; did you mean `MSS`?",
    ),
    Case(
        "toml_extra_columns",
        text(
            TOML,
            "exhaustive = false",
            'exhaustive = false\nextra_columns = ["Note", "event_id", "weather", "weather", ""]',
        ),
        f"{TOML}:7:extra_columns: `Note` is already in use; drop it here, or rename yours\n"
        f"{TOML}:7:extra_columns: `` cannot name a column; give it 1 to 32 letters\n"
        f"{TOML}:7:extra_columns: `event_id` is already in use; drop it here, or rename yours\n"
        f"{TOML}:7:extra_columns: `weather` is already in use; drop it here, or rename yours",
    ),
    Case(
        "toml_figures",
        both(
            more(TOML, FIGURES),
            text(TOML, 'kind = "map"', 'kind = "mapp"\npaper = "Figure 1"'),
            text(
                TOML, 'query = "forum_attendees"', 'query = "forum_attendee"\ncolour_by = "forum"'
            ),
            text(TOML, 'query = "gsi_supporters"', 'query = "gsi"\nlegend = { support = 1 }'),
            text(TOML, 'colour_by = "wording"\n', ""),
            more(
                TOML,
                "\n[figures.regional_share]\npaper = 1\n"
                '\n[figures.outreach_by_half]\npaper = "figure_1"\nquery = "period_totals"\n'
                '\n[figures.country_ranking]\nkind = "map"\n'
                '\n[figures.regional_shares]\nnote = ["a"]\nparameters.agency = "MPS"\n'
                '\n[figures.organization_timeline.parameters]\norganisation = "SCO"\n'
                '\n[figures."My map"]\nkind = "map"\nquery = "country_totals"\n',
            ),
        ),
        f"{TOML}:22:figures.gsi_map.kind: no kind `mapp`; did you mean `map`?\n"
        f"{TOML}:24:figures.gsi_map.query: no query `gsi`; name another one, or add "
        "queries/gsi.sql\n"
        f"{TOML}:25:figures.gsi_map.legend: a legend without `colour_by`; add that key, or remove "
        "the legend\n"
        f"{TOML}:25:figures.gsi_map.legend.support: `figures.gsi_map.legend.support` is not text; "
        "put it in quotes\n"
        f"{TOML}:33:figures.forum_map.query: no query `forum_attendee`; did you mean "
        "`forum_attendees`?\n"
        f"{TOML}:34:figures.forum_map.colour_by: unknown key `figures.forum_map.colour_by`; known: "
        "kind, query, title, lacks, remedy, paper, note, parameters, published\n"
        f"{TOML}:37:figures.regional_share: no figure `regional_share`; did you mean "
        "`regional_shares`?\n"
        f"{TOML}:41:figures.outreach_by_half.paper: `figure_1` is `gsi_map` already; choose another "
        "figure of the paper\n"
        f"{TOML}:42:figures.outreach_by_half.query: unknown key `figures.outreach_by_half.query`; "
        "known: paper, note, parameters\n"
        f"{TOML}:44:figures.country_ranking: `country_ranking` is a figure of the toolkit; give "
        "yours another name\n"
        f"{TOML}:47:figures.regional_shares.parameters: `regional_shares` has no parameter for which "
        "a dataset sets a default; remove the table\n"
        f"{TOML}:48:figures.regional_shares.note: `figures.regional_shares.note` is a list; give one "
        "text\n"
        f"{TOML}:52:figures.organization_timeline.parameters.organisation: unknown key "
        "`figures.organization_timeline.parameters.organisation`; did you mean `organization`?\n"
        f"{TOML}:54:figures.My map: `My map` cannot name a figure; use up to 32 small letters, "
        "digits and `_`\n"
        f"{TOML}:54:figures.My map.title: `figures.My map.title` is missing; add it",
        (*QUERIES, SUPPORT, PARTICIPANTS),
    ),
    Case(
        "toml_figures_of_other_queries",
        both(
            more(TOML, FIGURES),
            text(TOML, 'colour_by = "wording"', 'colour_by = "words"'),
            text(TOML, 'query = "forum_attendees"', 'query = "forum_sessions"'),
            more(TOML, 'parameters.forums = "SCO"\n'),
        ),
        f"{TOML}:26:figures.gsi_map.colour_by: the query `gsi_supporters` has no column `words`; "
        "known: counterpart_type, counterpart, name, region, first_date, form, wording, document, "
        "source_url\n"
        f"{TOML}:32:figures.forum_map.query: the query `forum_sessions` has no column "
        "counterpart_type, counterpart; name another query\n"
        f"{TOML}:34:figures.forum_map.parameters.forums: the query `forum_sessions` has no "
        "parameter `forums`; did you mean `forum`?",
        (*QUERIES, SUPPORT, PARTICIPANTS),
    ),
    Case(
        "path_leaves_the_folder",
        text(
            TOML, "exhaustive = false", 'exhaustive = false\nannotations = "../../mini/annotations"'
        ),
        f"{TOML}:7:annotations: `../../mini/annotations` is outside the folder; keep it inside",
    ),
    Case(
        "path_absolute",
        text(TOML, "exhaustive = false", 'exhaustive = false\nannotations = "/etc"'),
        f"{TOML}:7:annotations: `/etc` is outside the folder; keep it inside",
    ),
    Case(
        "path_nowhere",
        text(TOML, "exhaustive = false", 'exhaustive = false\nannotations = "notes"'),
        f"{TOML}:7:annotations: no folder `notes`; create it, or drop the key",
    ),
]

# --- cases: tables that the folder declares -------------------------------------------------

VISITS = "tables/visits.json"
VISIT_ROWS = "curated/visits.csv"


def declared(body: dict[str, object], rows: str = "visit,country,days\nv1,KAZ,2\n") -> Edit:
    """A table `visits` of the folder, by default with a visit, its country and its days."""
    fields = [
        {"name": "visit", "type": "string", "description": "The visit."},
        {"name": "country", "type": "string", "description": "The country."},
        {"name": "days", "type": "integer", "description": "How long it took."},
    ]
    whole = {"description": "One row per visit.", "fields": fields, "primaryKey": "visit"}

    def edit(folder: Path) -> None:
        save(made(folder / "tables") / "visits.json", json.dumps(whole | body, indent=1) + "\n")
        save(folder / VISIT_ROWS, rows)

    return edit


def fields(**changed: dict[str, object]) -> dict[str, object]:
    """The fields of `visits`, some of them with other properties."""
    names = dict.fromkeys(("visit", "country", "days", *changed), "string") | {"days": "integer"}
    listed = [{"name": n, "type": kind, "description": "A field."} for n, kind in names.items()]
    return {"fields": [field | changed.get(str(field["name"]), {}) for field in listed]}


def refers(*names: str, to: str, by: object) -> dict[str, object]:
    """A reference of `visits`."""
    return {"foreignKeys": [{"fields": list(names), "reference": {"resource": to, "fields": by}}]}


DEFAULTS = [
    Case(
        "defaults_that_cannot_be",
        more(TOML, '\n[defaults]\nmode = "pigeon"\nconfidence = "hihg"\nsource_url = "none"\n'),
        f"{TOML}:22:defaults.mode: unknown code `pigeon`; known: in_person, video, phone\n"
        f"{TOML}:23:defaults.confidence: unknown code `hihg`; did you mean `high`?\n"
        f"{TOML}:24:defaults.source_url: `none` is not an http(s) address; give the address of a "
        "page, with https://",
    ),
    Case(
        "defaults_of_other_columns",
        more(TOML, '\n[defaults]\ncity = "Rome"\nmode = 1\n'),
        f"{TOML}:22:defaults.city: unknown key `defaults.city`; known: agency, official, "
        "official_rank, format, mode, counterpart_type, source_url, confidence\n"
        f"{TOML}:23:defaults.mode: `defaults.mode` is not text; put it in quotes",
    ),
    Case(
        "home_nowhere",
        text(TOML, '[home]\ncountry = "CHN"\nnot_foreign = ["HKG", "MAC"]\n', ""),
        f"{TOML}:1:home.country: `home.country` is missing; add it, or name the home of each row "
        "in a column `home`",
    ),
    Case(
        "home_blank_in_a_row",
        both(
            text(TOML, '[home]\ncountry = "CHN"\nnot_foreign = ["HKG", "MAC"]\n', ""),
            column("home", "CHN"),
            cell(5, "home", ""),
        ),
        f"{SHEET}:5:home: no home country; fill in the column `home`, or give `country` under "
        "[home] in dataset.toml",
    ),
]

OWN_TABLES = [
    Case(
        "table_no_json",
        lambda folder: save(made(folder / "tables") / "visits.json", '{"fields": [\n}\n'),
        f"{VISITS}:2:1: not valid JSON (expecting value); fix the line",
    ),
    Case(
        "table_no_schema",
        lambda folder: save(made(folder / "tables") / "visits.json", "[1, 2]\n"),
        f"{VISITS}:1:1: not a Table Schema; write an object with `fields` and `primaryKey`",
    ),
    Case(
        "table_without_fields",
        declared({"fields": [], "primaryKey": [], "descripton": "Visits."}),
        f"{VISITS}:3:fields: `fields` is not a list of 1 to 500 fields; list them\n"
        f"{VISITS}:5:descripton: unknown key `descripton`; did you mean `description`?",
    ),
    Case(
        "table_of_the_toolkit",
        both(declared({}), moved(VISITS, "tables/events.json"), moved(VISIT_ROWS, "x.csv")),
        "tables/events.json:1:1: `events` is a table of the toolkit; give yours another name",
    ),
    Case(
        "table_named_like_a_word",
        both(declared({}), moved(VISITS, "tables/order.json"), moved(VISIT_ROWS, "x.csv")),
        "tables/order.json:1:1: `order` is a name that SQL or the toolkit uses; give the table "
        "another name",
    ),
    Case(
        "table_fields",
        declared(
            fields(
                visit={"type": "strin"},
                country={"codes": "", "kind": "code"},
                days={"constraints": {"minimum": "one", "maxlength": 3}},
                kind={"categories": []},
                when={"type": "date", "derived": True, "constraints": {"pattern": "x"}},
                date_min={"type": "date", "derived": True},
            )
        ),
        f"{VISITS}:5:visit: not a type or kind of a column; types: string, integer, "
        "number, boolean, date, year, list; kinds of a text: code, list, partial_date\n"
        f"{VISITS}:10:country: a code without a list; name one of codes.csv in `codes`, or give "
        "`categories`\n"
        f"{VISITS}:17:days: `minimum` is not a number; write one\n"
        f"{VISITS}:17:days: no constraint `maxlength`; did you mean `maxLength`?\n"
        f"{VISITS}:26:kind: `categories` lists no codes; list them, or drop it\n"
        f"{VISITS}:32:when: `when` cannot be derived; only date_min, date_max, date_precision "
        "are, from `date`\n"
        f"{VISITS}:32:when: a field of the kind date has no `pattern`; drop it\n"
        f"{VISITS}:41:date_min: `date_min` is computed from a partial date named `date`; add that "
        "field",
    ),
    Case(
        "table_keys",
        declared(
            {"primaryKey": ["visit", "contry"], "uniqueKeys": [["town"]]}
            | refers("nation", to="countries", by="iso3")
        ),
        f"{VISITS}:20:primaryKey: no field `contry`; did you mean `country`?\n"
        f"{VISITS}:24:uniqueKeys: no field `town`; name one of the fields\n"
        f"{VISITS}:32:nation: no field `nation`; name one of the fields",
    ),
    Case(
        "table_refers_to_nothing",
        declared(refers("country", to="contries", by="iso3")),
        f"{VISITS}:27:contries: no table `contries` to refer to; did you mean `countries`?",
    ),
    Case(
        "table_refers_to_no_key",
        declared(refers("country", to="countries", by="iso2")),
        f"{VISITS}:27:countries: `iso2` is not the key of `countries`; refer to `iso3`",
    ),
    Case(
        "table_in_a_circle",
        both(
            declared(refers("country", to="hosts_met", by="visit")),
            moved(VISITS, "tables/stops.json"),
            moved(VISIT_ROWS, "curated/stops.csv"),
            declared(refers("country", to="stops", by="visit")),
            moved(VISITS, "tables/hosts_met.json"),
            moved(VISIT_ROWS, "curated/hosts_met.csv"),
        ),
        "tables/hosts_met.json:21:foreignKeys: refers to `stops`, which refers back to it; drop "
        "one reference\n"
        "tables/stops.json:21:foreignKeys: refers to `hosts_met`, which refers back to it; "
        "drop one reference",
    ),
    Case(
        "table_list_without_codes",
        declared(fields(visit={"codes": "visit_kind"})),
        f"{VISITS}:5:visit: no code of the list `visit_kind` in codes.csv; add its codes there",
    ),
    Case(
        "table_list_misspelt",
        declared(fields(days={"type": "string", "codes": "topik"})),
        f"{VISITS}:15:days: no code of the list `topik` in codes.csv; did you mean `topic`?",
    ),
    Case(
        "table_key_twice",
        both(declared({}), text(VISITS, '"name": "days"', '"name": "day",\n   "name": "days"')),
        f"{VISITS}:16:name: the key `name` is in one object twice; keep one",
    ),
    Case(
        "table_wrong_beside_settings",
        both(declared({"primaryKey": "visits"}), text(TOML, '"1.0"', '"one"')),
        f"{TOML}:3:version: `one` is not a version; write it as `1.0`\n"
        f"{VISITS}:20:primaryKey: no field `visits`; did you mean `visit`?",
    ),
    Case(
        "table_without_its_sheet",
        both(declared({}), gone(VISIT_ROWS)),
        f"{VISIT_ROWS}:1:1: no such file; add it, {VISITS} declares it",
    ),
    Case(
        "table_cells",
        declared(
            fields(
                visit={"constraints": {"pattern": "v[0-9]+", "required": True}},
                country={"constraints": {"enum": ["KAZ", "KGZ"]}},
                days={"constraints": {"minimum": 1, "maximum": 9, "unique": True}},
                note={"constraints": {"minLength": 2, "maxLength": 4}},
            ),
            "visit,country,days,note\nv1,KAZ,0,long one\nx,KAS,10,a\n,KAZ,2,\nv4,KGZ,2,ok\n"
            "v4,KGZ,3,ok\n",
        ),
        f"{VISIT_ROWS}:2:days: `0` is less than 1; correct it\n"
        f"{VISIT_ROWS}:2:note: `long one` has more than 4 characters; correct it\n"
        f"{VISIT_ROWS}:3:country: unknown code `KAS`; did you mean `KAZ`?\n"
        f"{VISIT_ROWS}:3:days: `10` is more than 9; correct it\n"
        f"{VISIT_ROWS}:3:note: `a` has fewer than 2 characters; correct it\n"
        f"{VISIT_ROWS}:3:visit: `x` is not written as the pattern `v[0-9]+` asks; correct it\n"
        f"{VISIT_ROWS}:4:visit: blank; fill it in\n"
        f"{VISIT_ROWS}:5:days: the same days as line 4; remove one of them, or tell them apart\n"
        f"{VISIT_ROWS}:6:visit: the same visit as line 5; remove one of them, or tell them apart",
    ),
    Case(
        "table_rows_that_refer_to_none",
        both(
            declared(
                refers("country", to="countries", by="iso3"), "visit,country,days\nv1,KAS,2\n"
            ),
            moved(VISITS, "tables/stops.json"),
            moved(VISIT_ROWS, "curated/stops.csv"),
            declared(refers("country", to="stops", by="visit"), "visit,country,days\nv1,v2,2\n"),
        ),
        "curated/stops.csv:2:country: unknown country `KAS`; did you mean `ASM` or `KAZ` or `SAU`?\n"
        f"{VISIT_ROWS}:2:country: no row `v2` in stops; correct it, or add the row there",
    ),
]

# --- cases: notices, and many at once -------------------------------------------------------

NOTICES = [
    Case(
        "counterpart_of_a_former_name",
        both(cell(5, "counterpart", "BUR"), cell(5, "date", "1975-01-05")),
        f"{SHEET}:5:counterpart: notice: `BUR` is the former code of `MMR`; use `MMR` in every row, "
        "or queries count two countries",
    ),
    Case(
        "default_forum_unknown",
        text(
            TOML,
            'default_scope = "example"',
            'default_scope = "example"\ndefault_forum = "GPSCFL 2023"',
        ),
        f"{TOML}:8:default_forum: notice: no sheet names the forum `GPSCFL 2023`; did you mean `GPSCFL 2024`?",
    ),
    Case(
        "folder_misspelt",
        lambda folder: save(made(folder / "tabels") / "visits.json", "{}\n"),
        "tabels/:1:1: notice: no folder of this name is read; did you mean `tables`?",
    ),
    Case(
        "sheet_not_declared",
        new_file(VISIT_ROWS, "visit,days", "v1,2"),
        f"{VISIT_ROWS}:1:1: notice: no sheet of this name is read; did you mean `curated/decisions.csv`? "
        f"if it is a table of your own, declare it in {VISITS}",
    ),
    Case(
        "open_forum",
        both(
            cell(7, "forum", "China-PIC Ministrial Dialogue 2024"),
            cell(2, "forum_id", "Forum of Fishermen 2024", PARTICIPANTS),
            cell(2, "forum", "GPSCLF 2024", SESSIONS),
        ),
        f"{PARTICIPANTS}:2:forum_id: notice: forum series `Forum of Fishermen` is not in {FORUMS}; "
        "add it there, or correct it\n"
        f"{SHEET}:7:forum: notice: forum series `China-PIC Ministrial Dialogue` is not in "
        f"{FORUMS}; did you mean `China-PIC Ministerial Dialogue`?\n"
        f"{SESSIONS}:2:forum: notice: forum series `GPSCLF` is not in {FORUMS}; did you mean "
        "`GPSCFL`?",
        (PARTICIPANTS, SESSIONS),
    ),
    Case(
        "forum_of_another_year",
        cell(7, "forum", "China-PIC Ministerial Dialogue 2042"),
        f"{SHEET}:7:forum: notice: the session `China-PIC Ministerial Dialogue 2042` and the date "
        "`2024-09` are in different years; correct one if it is a slip",
    ),
    Case(
        "texts_damaged",
        both(
            cell(3, "note", "FÃ¼r die Presse"),
            cell(5, "note", "dâ€™accord"),
            cell(5, "source_publisher", "Minist\ufffdre"),
        ),
        f"{SHEET}:3:note: notice: `FÃ¼r die Presse` is text in UTF-8 that was read in another "
        "encoding (2 cells of the column); get the text anew\n"
        f"{SHEET}:5:source_publisher: notice: `Minist\ufffdre` has a letter that was lost (U+FFFD); "
        "get the text anew",
    ),
    Case(
        "year_far_ahead",
        cells(5, date="2042-01-05", source_date=""),
        f"{SHEET}:5:date: notice: `2042-01-05` is years after all sources; correct the year if it "
        "is wrong",
    ),
    Case(
        "year_far_ahead_without_sources",
        both(*(cell(line, "source_date", "") for line in range(2, 10)), cell(5, "date", "2042")),
        f"{SHEET}:5:date: notice: `2042` is years after the other dates; correct the year if it is "
        "wrong",
    ),
    Case(
        "event_coded_twice",
        added(5, event_key="2024-01-05-mps-wang-xiaohong-mmr-again"),
        f"{SHEET}:10:event_key: notice: the same day, official, format and counterpart as event "
        "`2024-01-05-mps-wang-xiaohong-mmr`; one meeting coded twice?",
    ),
    Case(
        "file_of_another_name",
        both(
            moved("reference/organizations.csv", "reference/organisations.csv"),
            cell(4, "counterpart_type", "country"),
            cell(4, "counterpart", "TJK"),
        ),
        "reference/organisations.csv:1:1: notice: no sheet of this name is read; did you mean "
        "`reference/organizations.csv`?",
    ),
    Case(
        "open_topic",
        cell(7, "topic", "cyber security; fishing"),
        f"{SHEET}:7:topic: notice: topic `cyber security` is not in codes.csv; did you mean "
        "`cybersecurity`?\n"
        f"{SHEET}:7:topic: notice: topic `fishing` is not in codes.csv; add it there, or correct it",
    ),
    Case(
        "topics_with_commas",
        cell(7, "topic", "fishing, forestry"),
        f"{SHEET}:7:topic: notice: topic `fishing, forestry` is not in codes.csv; separate topics "
        "with `; `, or add it there (known: border control, counternarcotics, counterterrorism, cross-border crime, cybersecurity, GSI, judicial cooperation, online gambling, other, overseas security, political security, telecom fraud, ...)",
    ),
    Case(
        "no_organizations_sheet",
        both(
            lambda folder: (folder / "reference/organizations.csv").unlink(),
            cell(4, "counterpart", "FIFA"),
        ),
        f"{SHEET}:4:counterpart: notice: organization `FIFA` is not in "
        "reference/organizations.csv; add it there (header: `code,name,name_zh,kind`), or correct "
        "it",
    ),
    Case(
        "open_organization",
        both(
            cell(4, "counterpart", "SCOO"),
            cells(5, PARTICIPANTS, counterpart="FIFA"),
            cells(2, SUPPORT, counterpart_type="organization", counterpart="INTERPOOL"),
        ),
        f"{PARTICIPANTS}:5:counterpart: notice: organization `FIFA` is not in "
        "reference/organizations.csv; add it there, or correct it\n"
        f"{SUPPORT}:2:counterpart: notice: organization `INTERPOOL` is not in "
        "reference/organizations.csv; did you mean `INTERPOL`?\n"
        f"{SHEET}:4:counterpart: notice: organization `SCOO` is not in "
        "reference/organizations.csv; did you mean `SCO`?",
        (PARTICIPANTS, SUPPORT),
    ),
    Case(
        "open_actor",
        both(
            new_file(
                "reference/actors.csv",
                "code,name,country,kind",
                "ELNX,Made-up Army,COL,rebel group",
            ),
            cells(4, counterpart_type="actor", counterpart="ELNN"),
            cells(2, SUPPORT, counterpart_type="actor", counterpart="WCC"),
        ),
        f"{SUPPORT}:2:counterpart: notice: actor `WCC` is not in reference/actors.csv; add it "
        "there, or correct it\n"
        f"{SHEET}:4:counterpart: notice: actor `ELNN` is not in reference/actors.csv; did you mean "
        "`ELNX`?",
        (SUPPORT,),
    ),
    Case(
        "several_problems",
        both(
            cell(2, "list", "agancy", CODES),
            separated(";", FORUMS),
            cells(3, mode="phone", counterpart="UK"),
            cells(5, date="2024-02-30", format="bilatral", note="=1"),
            cell(7, "topic", "fishing"),
            added(5, counterpart="PAK"),
            cell(2, "counterpart", "Cuba", SUPPORT),
            cell(2, "end", "201", CLAIMS),
            text(TOML, '["HKG", "MAC"]', '["HKG", "Macao"]'),
        ),
        f"{CLAIMS}:2:end: the quote has `17` code points, its offsets `174` to `201` span 27; "
        "correct one of them\n"
        f"{CODES}:2:list: unknown list `agancy`; did you mean `agency`?\n"
        f"{SUPPORT}:2:counterpart: unknown country `Cuba`; did you mean `CUB`?\n"
        f"{SHEET}:3:counterpart: unknown country `UK`; did you mean `GBR`?\n"
        f"{SHEET}:3:mode: `phone` differs from `video` in other rows of the event `{MSCS}`; make "
        "the rows agree\n"
        f"{SHEET}:5:date: `2024-02-30` is not in the calendar; correct the day or the month\n"
        f"{SHEET}:5:format: unknown code `bilatral`; did you mean `bilateral`?\n"
        f"{SHEET}:5:note: `=1` looks like a spreadsheet formula; write plain text\n"
        f"{SHEET}:10:date: `2024-02-30` is not in the calendar; correct the day or the month\n"
        f"{SHEET}:10:format: unknown code `bilatral`; did you mean `bilateral`?\n"
        f"{SHEET}:10:note: `=1` looks like a spreadsheet formula; write plain text\n"
        f"{TOML}:11:home.not_foreign: unknown country `Macao`; did you mean `MAC`?\n"
        f"{FORUMS}:1:1: the cells are separated by semicolons; save the sheet with commas",
        (SUPPORT, *SEEDS),
    ),
]

CASES = [*LAYOUT, *CELLS, *ROWS, *ANNOTATIONS, *SETTINGS, *DEFAULTS, *OWN_TABLES, *NOTICES]

# --- cases that are accepted and become the same tables -------------------------------------


def reversed_columns(rows: list[list[str]]) -> None:
    for row in rows:
        row.reverse()


def reversed_rows(rows: list[list[str]]) -> None:
    rows[1:] = rows[:0:-1]


def padded(rows: list[list[str]]) -> None:
    for row in rows:
        row[:] = [f"\t {cell}\u00a0 \u3000" for cell in row]


def apart(rows: list[list[str]]) -> None:
    for row in rows[1:]:
        for name in ("topic", "inferred"):
            place = rows[0].index(name)
            row[place] = row[place].replace("; ", " ;")


def quoted(folder: Path) -> None:
    with (folder / SHEET).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    save(folder / SHEET, out.getvalue())


def on_sheets(change: Callable[[bytes], bytes]) -> Edit:
    """Another content of every sheet and of the settings."""
    return both(*(on_bytes(file, change) for file in (TOML, CODES, SHEET, FORUMS)))


GOOD: dict[str, Edit] = {
    "bom": on_sheets(lambda raw: b"\xef\xbb\xbf" + raw),
    "crlf": on_sheets(lambda raw: raw.replace(b"\n", b"\r\n")),
    "cr": on_bytes(SHEET, lambda raw: raw.replace(b"\n", b"\r")),
    "crlf_in_places": on_bytes(SHEET, lambda raw: raw.replace(b"\n2024", b"\r\n2024")),
    "bom_and_crlf": on_sheets(lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n")),
    "blanks_around": on_rows(SHEET, padded),
    "blank_lines": on_bytes(SHEET, lambda raw: b"\n\n" + raw.replace(b"\n2024", b"\n\n  \n2024")),
    "columns_in_another_order": on_rows(SHEET, reversed_columns),
    "rows_in_another_order": on_rows(SHEET, reversed_rows),
    "every_cell_quoted": quoted,
    "lists_spaced_otherwise": on_rows(SHEET, apart),
    "no_final_newline": on_sheets(lambda raw: raw.rstrip(b"\n")),
    "one_comma_more_at_the_end": on_line(5, lambda line: line + b","),
}


# --- writing --------------------------------------------------------------------------------


def make(edit: Edit, folder: Path, also: Sequence[str] = ()) -> None:
    """Copy what is needed of mini to a folder, with the declarations of its tables, and edit it."""
    declared = (f"tables/{Path(file).stem}.json" for file in also if file.startswith("curated/"))
    for file in (*CORE, *also, *(file for file in declared if (MINI / file).is_file())):
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MINI / file, target)
    edit(folder)


def make_all(here: Path) -> None:
    """Write every committed folder below `here`."""
    for case in CASES:
        if case.committed:
            folder = here / "bad" / case.name
            make(case.edit, folder, case.also)
            save(folder / "expected.txt", case.expected + "\n")
    for name, edit in GOOD.items():
        make(edit, here / "good" / name)
    make(IMPUTED, here / "imputed", (PARTICIPANTS, "queries/forum_attendance.sql"))


if __name__ == "__main__":
    for kind in ("bad", "good", "imputed"):
        shutil.rmtree(HERE / kind, ignore_errors=True)
    make_all(HERE)
