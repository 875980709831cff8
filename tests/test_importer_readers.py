"""What files of each kind tell the importer: values, notices and questions."""

from __future__ import annotations

import bz2
import datetime
import gzip
import json
import lzma
import re
import struct
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from secdiplo import importer
from secdiplo.errors import DataError, Problem, SecdiploError, UsageError
from secdiplo.importer import dates, readers
from secdiplo.importer.readers import contents, source

CASES = Path(__file__).parent / "data" / "import_cases"
TYPED = """\
[dataset]
name = "case"
title = "Made up for a test"
version = "1.0"
licence = "CC0"
home = "CHN"
[columns]
date = "date"
agency = "agency"
official_rank = "rank"
format = "format"
counterpart = "country"
official = "official"
city = "city"
[defaults]
mode = "in_person"
confidence = "low"
source_url = "https://example.org/x"
"""
PLAIN = """\
[dataset]
name = "case"
title = "Made up for a test"
version = "1.0"
licence = "CC0"
home = "USA"
[columns]
date = "date"
counterpart = "country"
[defaults]
agency = "A"
official_rank = "r"
format = "bilateral"
mode = "in_person"
source_url = "https://example.org/"
confidence = "high"
[codes.agency]
A = "Agency"
[codes.official_rank]
r = "Rank"
[values.counterpart]
France = "FRA"
Spain = "ESP"
Italy = "ITA"
Germany = "DEU"
Poland = "POL"
"""

Import = Callable[..., pd.DataFrame]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    def run(file: Path, mapping: str = TYPED) -> pd.DataFrame:
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
        importer.run(file, tmp_path / "map.toml", tmp_path / "out", replace=True)
        sheet = tmp_path / "out" / "curated" / "interactions.csv"
        return pd.read_csv(sheet, dtype=str, keep_default_na=False)

    return run


def proposed(file: Path, **options: object) -> dict[str, dict[str, object]]:
    return tomllib.loads(importer.propose(file, options=importer.ReadOptions(**options)))


def notices(file: Path) -> list[str]:
    opened = readers.open_source(file)
    list(opened.rows())
    return [str(problem) for problem in opened.notices.problems()]


def problems(error: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


# --- cases ----------------------------------------------------------------------------------


def test_half_converted_dates_are_left_to_decide(imported: Import) -> None:
    file = CASES / "half_converted_dates.xlsx"
    proposal = importer.propose(file)
    assert tomllib.loads(proposal)["typed_dates"] == {"date": ""}
    assert '"keep" for 2024-07-09, "swap" for 2024-09-07' in proposal
    days_first = 'date_format = "%d/%m/%Y"\n'
    with pytest.raises(DataError) as error:
        imported(file, days_first + TYPED)
    assert problems(error) == [
        "map.toml:9:date: dates such as 2024-07-09 and texts such as 25/09/2024: a spreadsheet may "
        "have taken days up to 12 for months; write typed_dates = `keep` or `swap`"
    ]
    swapped = imported(file, days_first + 'typed_dates = "swap"\n' + TYPED)
    assert list(swapped.date) == ["2024-09-07", "2024-09-25", "2024-03-04", "2024-11-30"]
    kept = imported(file, days_first + 'typed_dates = { date = "keep" }\n' + TYPED)
    assert list(kept.date) == ["2024-07-09", "2024-09-25", "2024-04-03", "2024-11-30"]
    with pytest.raises(DataError, match="`turn`; write `keep` or `swap`"):
        imported(file, 'typed_dates = "turn"\n' + TYPED)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["2024-07-09 00:00:00", "9/25/2024"], ("2024-07-09 00:00:00", "9/25/2024")),
        (["2024-07-09", "05/09/2024"], None),  # a text that could have been converted
        (["2024-07-09", "2024-07-25", "25/09/2024"], None),  # a typed day above 12
        (["2024-07-07", "25/09/2024"], None),  # the same either way
        (["2024-07-09"], None),
        (["25/09/2024"], None),
    ],
)
def test_only_the_mark_of_half_a_conversion_is_asked_about(
    cells: list[str], found: tuple[str, str] | None
) -> None:
    assert dates.half_converted(cells) == found


def test_the_hidden_sheet_is_not_read_and_is_named(imported: Import) -> None:
    file = CASES / "hidden_sheet.xlsx"
    assert 'sheet = "data"  # other sheets: "draft" (hidden)' in importer.propose(file)
    assert list(imported(file).official) == ["Wang Xiaohong"]
    assert list(imported(file, 'sheet = "draft"\n' + TYPED).official) == ["Old"]
    opened = readers.open_source(file, "draft")
    assert "sheet `draft` is hidden" in opened.notices.problems()[0].what


@pytest.mark.parametrize("name", ["month_shown.dta", "month_shown.xlsx"])
def test_a_month_that_is_shown_is_a_month(name: str, imported: Import) -> None:
    assert set(imported(CASES / name).date) == {"2024-09"}


@pytest.mark.parametrize(
    ("display", "period"),
    [
        ("%td", ""),
        ("%tdDD_Mon_CCYY", ""),
        ("%tdMonth_CCYY", "m"),
        ("%tdCCYY", "y"),
        ("%dM_CY", "m"),
        ("%tcMon_CCYY", "m"),
        ("%tcDDmonCCYY_HH:MM:SS", ""),
        ("%-tm", "m"),
        ("%tqCCYY!Qq", "q"),
        ("%9.0g", ""),
        ("%12s", ""),
    ],
)
def test_a_format_of_stata_says_how_fine_a_date_is(display: str, period: str) -> None:
    from secdiplo.importer.readers.columnar import _stata_period

    assert _stata_period(display) == period


@pytest.mark.parametrize(
    ("number_format", "length"),
    [
        ("mmmm", 7),
        ('e"年"m"月"', 7),
        ("e年", 4),
        ("yyyy", 4),
        ("[$-409]mmm\\-yy;@", 7),
        ("d mmm", None),
        ("yyyy-mm-dd h:mm", None),
        ("h:mm", None),
        ("mm:ss", None),
        ("General", None),
    ],
)
def test_a_format_of_excel_says_how_fine_a_date_is(number_format: str, length: int | None) -> None:
    from secdiplo.ingest.workbook import shown_length

    assert shown_length(number_format) == length


def test_october_is_not_january(imported: Import, tmp_path: Path) -> None:
    file = CASES / "october_is_january.xlsx"
    assert proposed(file)["values"]["date"] == {"2024.1": ""}
    with pytest.raises(DataError, match="`2024.1` .1 row. is a number that can be 2024-10 or 2024"):
        imported(file)
    made = imported(file, TYPED + '[values.date]\n"2024.1" = "2024-10"\n')
    assert list(made.date) == ["2024-10", "2024-12", "2024-10"]
    frame = pd.DataFrame({"date": pd.array([2024.1, 2024.0], "float32"), "country": ["KEN", "FJI"]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_stata(tmp_path / "a.dta", write_index=False)
    for name in ("a.parquet", "a.dta"):
        rows = [cells[0] for _, cells in readers.open_source(tmp_path / name).rows()]
        assert rows == ["2024.1", "2024"]
    assert dates.read("2024.00") == "2024"


def test_types_of_parquet(imported: Import) -> None:
    assert list(imported(CASES / "decimal.parquet").date) == ["2024"]
    with pytest.raises(DataError) as error:
        imported(CASES / "struct.parquet")
    assert problems(error) == [
        "map.toml:13:official: `official` of struct.parquet has values with fields of their own, "
        "so it is left out; make each field a column"
    ]
    assert "`official` has values with fields" in importer.propose(CASES / "struct.parquet")
    with pytest.raises(DataError, match=r"far.parquet:2:date: `\d+` .* not between the years 1"):
        imported(CASES / "far.parquet")


def test_an_older_stata_file_asks_for_its_encoding(imported: Import) -> None:
    file = CASES / "stata_13_encoding.dta"
    with pytest.raises(DataError) as error:
        importer.propose(file)
    (problem,) = problems(error)
    assert problem.startswith("stata_13_encoding.dta:2:official: a text that is not ASCII")
    assert "version 117, which does not name its encoding" in problem
    assert list(imported(file, 'encoding = "gbk"\n' + TYPED).official) == ["王小洪"]
    assert proposed(file, encoding="gbk")["encoding"] == "gbk"
    with pytest.raises(DataError, match="bytes that are not ascii"):
        importer.propose(file, options=importer.ReadOptions(encoding="ascii"))


def test_a_newer_stata_file_names_its_encoding(tmp_path: Path) -> None:
    frame = pd.DataFrame({"date": ["2024"], "country": ["Fürth"]})
    frame.to_stata(tmp_path / "a.dta", write_index=False, version=118)
    with pytest.raises(UsageError, match="names its encoding itself, UTF-8; remove `encoding`"):
        readers.open_source(tmp_path / "a.dta", options=importer.ReadOptions(encoding="gbk"))
    raw = (tmp_path / "a.dta").read_bytes()
    (tmp_path / "a.dta").write_bytes(raw.replace("Fürth".encode(), b"F\xfc\xfcrth"))
    with pytest.raises(DataError, match="texts that are not UTF-8, as they are in this version"):
        importer.propose(tmp_path / "a.dta")


def test_only_labels_that_are_ambiguous_are_off(imported: Import) -> None:
    file = CASES / "stata_labels.dta"
    assert list(imported(file).official) == ["Wang Xiaohong", "Chen Wenqing", "Chen Yixin"]
    (notice,) = notices(file)
    assert ":area: notice: `Asia` is the label of two numbers, so the numbers are read" in notice
    assert f"#   {notice.partition(': ')[2]}".split("notice: ")[1] in importer.propose(file)


def test_a_number_without_a_label_is_a_notice(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y", "z"], "b": [1, 2, 3]})
    frame.to_stata(tmp_path / "a.dta", write_index=False, value_labels={"b": {1: "One"}})
    rows = [cells for _, cells in readers.open_source(tmp_path / "a.dta").rows()]
    assert rows == [["x", "One"], ["y", "2"], ["z", "3"]]
    assert notices(tmp_path / "a.dta") == [
        "a.dta:3:b: notice: `2` has no label, as other numbers have (2 cells)"
    ]


def test_the_likeliest_sheet_is_proposed() -> None:
    assert proposed(CASES / "sheets.xlsx")["sheet"] == "Data"


def test_bytes_of_windows_are_one_message(imported: Import) -> None:
    with pytest.raises(DataError) as error:
        importer.propose(CASES / "cp1252.csv")
    (problem,) = problems(error)
    assert problem.startswith("cp1252.csv:2:20: byte 0xE9 is not UTF-8, nor are bytes of 2 more")
    mapping = 'encoding = "cp1252"\n' + PLAIN.replace("[defaults]", 'note = "note"\n[defaults]')
    assert list(imported(CASES / "cp1252.csv", mapping).note) == ["déjà", "été", "café"]


def test_ragged_rows_are_one_message(tmp_path: Path) -> None:
    rows = [f"2020-01-{day:02d},France,1" for day in range(1, 29)] * 10
    (tmp_path / "a.csv").write_text("\n".join(["date,country,x,y", *rows]))
    with pytest.raises(DataError) as error:
        importer.propose(tmp_path / "a.csv")
    (problem,) = problems(error)
    assert problem.startswith("a.csv:2:3: 3 cells but 4 columns, as in 279 more rows")


def test_a_file_without_a_header_is_asked_about() -> None:
    data = proposed(CASES / "headerless.csv")
    assert data["header"] == ""
    assert data["columns"]["date"] == "column 2"


def test_names_that_cannot_be_kept_are_told_with_the_map(imported: Import) -> None:
    with pytest.raises(DataError, match=r"map.toml:1:keep: .* is over 32 letters; rename it"):
        name = "a column whose name is far longer than thirty-two letters"
        imported(CASES / "kept_name_too_long.csv", f'keep = ["{name}"]\n' + TYPED)
    renamed = f'keep = {{ other = "{name}" }}\n'
    assert list(imported(CASES / "kept_name_too_long.csv", renamed + TYPED).other) == ["y"]
    mapping = PLAIN.replace('"date"', '"when"').replace('"country"', '"partner"')
    kept = 'keep = { outlet = "Publisher", Goldstein = "Goldstein" }\n'
    made = imported(CASES / "keep.csv", kept + mapping)
    assert list(made.outlet + made.Goldstein) == ["xx"]


def test_markers_of_missing_values_are_no_officials(imported: Import) -> None:
    file = CASES / "na_is_an_official.csv"
    assert proposed(file)["missing"] == ["-", "N/A", "NA", "NULL"]
    with pytest.raises(DataError) as error:
        imported(file)
    assert len(problems(error)) == 5
    made = imported(file, 'missing = ["NA", "N/A", "-", "NULL"]\n' + TYPED)
    assert list(made.official) == ["", "", "Wang Xiaohong"]
    assert list(made.city) == ["", "", ""]
    assert proposed(CASES / "na_iso2.csv")["values"]["counterpart"]["NA"] == ""


def test_addresses_publishers_and_forums_go_into_the_note(imported: Import) -> None:
    def mapped(line: str) -> str:
        return PLAIN.replace("[defaults]", f"{line}\n[defaults]")

    made = imported(CASES / "multiurl.csv", mapped('source_url = "sources"'))
    assert list(made.source_url) == ["http://a.example/1", "http://a.example/3"]
    assert made.note[0] == "also: News; http://b.example/2, News"
    made = imported(CASES / "publisher.csv", mapped('source_publisher = "publisher"'))
    assert list(made.note) == ["source_publisher: Reuters", "source_publisher: Kyodo"]
    mapping = mapped('format = "format"\nforum = "occasion"')
    made = imported(CASES / "forumbil.csv", mapping.replace('format = "bilateral"\n', ""))
    assert list(made.forum) == ["", "", "Rome Summit 2020"]
    assert list(made.note) == ["forum: State visit", "forum: Working visit", ""]


@pytest.mark.parametrize(
    ("name", "columns", "absent"),
    [
        ("frdates.csv", {"date": "DEBUT", "date_end": "FIN", "counterpart": "PAYS"}, "format"),
        ("fuzzy.csv", {"date": "date", "counterpart": "country"}, "topic"),
        ("eventcode.csv", {"date": "day", "counterpart": "partner"}, "event_key"),
        ("yearstart.csv", {"date": "start", "date_end": "end", "counterpart": "country"}, "note"),
    ],
)
def test_only_what_is_clear_is_proposed(name: str, columns: dict[str, str], absent: str) -> None:
    found = proposed(CASES / name)["columns"]
    assert {key: found.get(key) for key in columns} == columns
    assert absent not in found


def test_several_counterparts_become_rows(imported: Import) -> None:
    names = 'counterpart = ["partner1", "partner2", "partner3"]'
    mapping = PLAIN.replace('counterpart = "country"', names)
    mapping = mapping.replace('"bilateral"', '"multilateral"\nforum = "Summit"')
    made = imported(CASES / "wide.csv", mapping)
    assert list(made.counterpart) == ["FRA", "ESP", "ITA", "DEU", "POL"]
    assert made.event_key.nunique() == 2
    assert proposed(CASES / "several.csv")["split"] == {"counterpart": [";", ",", " and "]}


# --- kinds of files -------------------------------------------------------------------------

ROWS = [["2024-09-07", "Kenya", "1"], ["2024-09", "Côte d'Ivoire", "2.5"]]
FRAME = pd.DataFrame(ROWS, columns=["date", "country", "n"])


def zst(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zst}


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_compressed_file_is_read(name: str, ending: str, tmp_path: Path) -> None:
    plain = tmp_path / name
    FRAME.to_csv(plain, index=False) if name == "a.csv" else FRAME.to_parquet(plain)
    packed = tmp_path / f"{name}{ending}"
    packed.write_bytes(PACKERS[ending](plain.read_bytes()))
    opened = readers.open_source(packed)
    assert [cells for _, cells in opened.rows()] == ROWS
    assert importer.propose(packed).count("Kenya") == 1
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(DataError, match=rf"{name}{ending}:1:1: not readable as a {ending} file"):
        readers.open_source(packed)


def test_an_unpacked_file_is_bounded_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(contents.tempfile, "tempdir", str(tmp_path / "temporary"))
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(FRAME.to_csv(index=False).encode()))
    opened = readers.open_source(packed)
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del opened
    assert list((tmp_path / "temporary").iterdir()) == []
    monkeypatch.setattr(contents, "MAX_UNPACKED", 20)
    with pytest.raises(UsageError, match=r"a.csv.gz: over 2 GiB when unpacked; split it"):
        readers.open_source(packed)
    assert list((tmp_path / "temporary").iterdir()) == []
    packed.rename(tmp_path / "a.gz")
    with pytest.raises(UsageError, match=r"name it by what is in it, such as theirs.csv.gz"):
        readers.open_source(tmp_path / "a.gz")


def test_json_lines_keep_numbers_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"date": 2024.10, "country": "Fiji", "n": 2.0}\n\n'
        '{"date": 2024, "more": ["a", "b"], "n": NaN, "deep": {"x": 1}, "flag": true}\n'
    )
    opened = readers.open_source(path)
    assert opened.columns == ("date", "country", "n", "more", "flag")
    assert list(opened.rows()) == [
        (1, ["2024.10", "Fiji", "2", "", ""]),
        (3, ["2024", "", "", "a; b", "true"]),
    ]
    assert notices(path)[0].startswith("a.jsonl:3:deep: notice: `deep` has values with fields")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not a JSON object"),
        ("[1]", "no JSON object; write one object on each line"),
        ('{"a": 1, "a": 2}', "a key that is there twice"),
        ('{"a": "\\ud800"}', "half of a letter"),
        ("[" * 100_000, "not a JSON object|no JSON object"),
    ],
)
def test_a_broken_json_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1, "b": 2}\n' + line + "\n")
    with pytest.raises(DataError, match=rf"a.jsonl:2:1: ({message})"):
        readers.open_source(tmp_path / "a.jsonl")


def test_spss_files_are_read_with_labels_and_periods(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    day = datetime.date(2024, 9, 1)
    frame = pd.DataFrame(
        {"day": [day, None], "month": [day, None], "rank": [1.0, 2.0], "name": ["Zürich", ""]}
    )
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        variable_format={"month": "MOYR8"},
        variable_value_labels={"rank": {1: "Minister"}},
    )
    rows = [cells for _, cells in readers.open_source(tmp_path / "a.sav").rows()]
    assert rows == [["2024-09-01", "2024-09", "Minister", "Zürich"], ["", "", "2", ""]]
    assert len(notices(tmp_path / "a.sav")) == 1


def r_times(path: Path) -> None:
    """Write an R file of one data frame, as saveRDS does: times and texts."""

    def text(value: str) -> bytes:
        raw = value.encode()
        return struct.pack(">ii", 0x00040009, len(raw)) + raw

    def symbol(name: str) -> bytes:
        return struct.pack(">i", 1) + text(name)

    def texts(values: list[str]) -> bytes:
        return struct.pack(">ii", 16, len(values)) + b"".join(map(text, values))

    def pair(name: str, value: bytes) -> bytes:
        return struct.pack(">i", 1026) + symbol(name) + value

    end = struct.pack(">i", 254)
    seconds = [datetime.datetime(2024, 9, 6, 16, tzinfo=datetime.UTC).timestamp()] * 2
    times = struct.pack(">ii2d", 0x30E, 2, *seconds)
    times += pair("class", texts(["POSIXct", "POSIXt"])) + end
    frame = struct.pack(">ii", 0x313, 2) + times + texts(["Kenya", "Fiji"])
    frame += pair("names", texts(["date", "country"])) + pair("class", texts(["data.frame"]))
    frame += pair("row.names", struct.pack(">iiii", 13, 2, -(2**31), -2)) + end
    path.write_bytes(gzip.compress(b"X\n" + struct.pack(">iii", 2, 0x30500, 0x20300) + frame))


def test_times_of_r_ask_for_their_zone(imported: Import, tmp_path: Path) -> None:
    pytest.importorskip("pyreadr")
    r_times(tmp_path / "a.rds")
    rows = [cells for _, cells in readers.open_source(tmp_path / "a.rds").rows()]
    assert rows[0] == ["2024-09-06 16:00:00+00:00", "Kenya"]
    proposal = importer.propose(tmp_path / "a.rds")
    assert tomllib.loads(proposal)["time_zone"] == ""
    assert "the file does not give the zone of these times" in proposal
    mapping = PLAIN + 'Kenya = "KEN"\nFiji = "FJI"\n'
    assert set(imported(tmp_path / "a.rds", mapping).date) == {"2024-09-06"}
    zone = 'time_zone = "Asia/Shanghai"\n'
    assert set(imported(tmp_path / "a.rds", zone + mapping).date) == {"2024-09-07"}
    with pytest.raises(DataError, match="`Mars` is not a time zone; write one such as"):
        imported(tmp_path / "a.rds", 'time_zone = "Mars"\n' + mapping)


def test_a_data_frame_of_r_is_chosen_like_a_sheet(tmp_path: Path) -> None:
    pyreadr = pytest.importorskip("pyreadr")
    pyreadr.write_rdata(str(tmp_path / "a.RData"), FRAME, df_name="meetings")
    assert [cells for _, cells in readers.open_source(tmp_path / "a.RData").rows()] == ROWS
    with pytest.raises(UsageError, match="no data frame `other`"):
        readers.open_source(tmp_path / "a.RData", "other")


@pytest.mark.parametrize(("name", "package"), [("a.sav", "pyreadstat"), ("a.rds", "pyreadr")])
def test_a_missing_package_is_named_with_its_extra(
    name: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(b"$FL2" if name == "a.sav" else gzip.compress(b"X\n"))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=rf"needs {package}; pip install '\.\[import\]'"):
        readers.open_source(tmp_path / name)


def test_times_in_a_zone_have_the_local_day(imported: Import, tmp_path: Path) -> None:
    moment = pd.Timestamp("2024-09-06 16:30", tz="UTC")
    frame = pd.DataFrame({"date": [moment], "country": ["France"]})
    frame.to_parquet(tmp_path / "utc.parquet")
    local = frame.assign(date=frame.date.dt.tz_convert("Asia/Shanghai"))
    local.to_parquet(tmp_path / "local.parquet")
    assert list(imported(tmp_path / "local.parquet", PLAIN).date) == ["2024-09-07"]
    assert "time_zone" not in proposed(tmp_path / "local.parquet")
    assert proposed(tmp_path / "utc.parquet")["time_zone"] == ""
    (tmp_path / "map.toml").write_text(PLAIN)
    result = importer.import_file(tmp_path / "utc.parquet", tmp_path / "map.toml", tmp_path / "utc")
    assert "are times in UTC, read as the day in UTC" in str(result.summary.notices[0])


# --- spreadsheets ---------------------------------------------------------------------------

SPANNED = 'table:number-rows-spanned="2"'
ODS_STYLES = """
<number:date-style style:name="N1"><number:month/><number:year/></number:date-style>
<number:date-style style:name="N2"><number:day/><number:month/><number:year/></number:date-style>
<style:style style:name="month" style:data-style-name="N1"/>
<style:style style:name="day" style:data-style-name="N2"/>
<style:style style:name="gone"><style:table-properties table:display="false"/></style:style>
"""


def write_ods(path: Path, tables: str) -> Path:
    names = {
        "office": "office:1.0",
        "table": "table:1.0",
        "text": "text:1.0",
        "style": "style:1.0",
        "number": "datastyle:1.0",
    }
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}"' for key, name in names.items()
    )
    xml = (
        f"<office:document-content {spaces}><office:automatic-styles>{ODS_STYLES}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", xml)
    return path


def ods_cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def ods_date(day: str, style: str = "") -> str:
    named = f'table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="date" office:date-value="{day}" {named}/>'


def test_an_opendocument_sheet_is_read_as_it_is_shown(tmp_path: Path) -> None:
    first = f"<table:table-row>{ods_cell('date')}{ods_cell('to')}{ods_cell('x')}</table:table-row>"
    rows = (
        f"<table:table-row>{ods_date('2024-09-01', 'month')}{ods_date('2024-09-01')}"
        f"{ods_cell('a<text:s/>b<text:line-break/>c')}</table:table-row>"
        f'<table:table-row table:visibility="filter">{ods_date("2024-09-01T10:30:00", "day")}'
        f'<table:table-cell office:value-type="float" office:value="2024"/>'
        f"{ods_cell('m', SPANNED)}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{ods_cell("k")}'
        f'<table:table-cell table:number-columns-repeated="16383"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
        "</table:table-row>"
    )
    column = '<table:table-column/><table:table-column table:default-cell-style-name="month"/>'
    hidden = f'<table:table table:name="old" table:style-name="gone">{first}</table:table>'
    shown = f'<table:table table:name="new">{column}{first}{rows}</table:table>'
    path = write_ods(tmp_path / "a.ods", hidden + shown)
    opened = readers.open_source(path)
    assert (opened.sheets, opened.hidden) == (("new", "old"), ("old",))
    assert list(opened.rows()) == [
        (2, ["2024-09", "2024-09", "a b c"]),
        (3, ["2024-09-01 10:30:00", "2024", "m"]),
        (4, ["k", "", ""]),
        (5, ["k", "", ""]),
    ]
    assert [str(n).partition(" notice: ")[2][:33] for n in opened.notices.problems()] == [
        "1 range of merged cells (line 3):",
        "1 hidden row, the first at line 3",
    ]


def test_an_opendocument_sheet_of_another_writer(tmp_path: Path) -> None:
    pytest.importorskip("odf")
    frame = FRAME.assign(day=pd.Timestamp(2024, 9, 7), number=[1.0, 2.5], flag=[True, False])
    frame.to_excel(tmp_path / "a.ods", index=False, engine="odf")
    rows = [cells for _, cells in readers.open_source(tmp_path / "a.ods").rows()]
    assert rows == [
        [*ROWS[0], "2024-09-07", "1", "true"],
        [*ROWS[1], "2024-09-07", "2.5", "false"],
    ]


def test_sheets_that_grow_without_bound_are_refused(tmp_path: Path) -> None:
    row = f"<table:table-row>{ods_cell('a')}{ods_cell('b')}</table:table-row>"
    many = row.replace("<table:table-row", '<table:table-row table:number-rows-repeated="9999999"')
    path = write_ods(tmp_path / "a.ods", f'<table:table table:name="a">{row}{many}</table:table>')
    with pytest.raises(DataError, match=r"a.ods:2:1: over 1,048,576 rows"):
        list(readers.open_source(path).rows())
    wide = ods_cell("a", 'table:number-columns-repeated="99999999"')
    row = f"<table:table-row>{wide}</table:table-row>"
    path = write_ods(tmp_path / "b.ods", f'<table:table table:name="a">{row}</table:table>')
    with pytest.raises(UsageError, match="over 2,000 columns"):
        readers.open_source(path)
    with zipfile.ZipFile(tmp_path / "c.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(DataError, match="a spreadsheet with a DOCTYPE, which no spreadsheet has"):
        readers.open_source(tmp_path / "c.ods")


def test_merged_and_hidden_parts_of_a_workbook_are_notices(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["date", "country", "x"], ["2024", "Fiji", 1], ["2025", None, 2]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(tmp_path / "a.xlsx")
    found = notices(tmp_path / "a.xlsx")
    assert [notice.partition("notice: ")[2][:37] for notice in found] == [
        "1 range of merged cells (B2:B3): only",
        "1 hidden row, the first at line 3: th",
        "hidden columns (number 3 to 3): they ",
    ]
    proposal = importer.propose(tmp_path / "a.xlsx")
    assert all(notice.partition("notice: ")[2] in proposal for notice in found)


# --- letters --------------------------------------------------------------------------------


def test_damaged_letters_are_one_notice_for_each_cause(imported: Import, tmp_path: Path) -> None:
    wrong = "dÃ©jÃ vu"  # without the no-break space, which is a blank in each cell
    rows = [f"2020-01-01,France,{wrong}", f"2020-01-02,Spain,{wrong}", "2020-01-03,Italy,caf\ufffd"]
    rows += ["2020-01-04,Italy,one_x000D_two", "2020-01-05,Spain,déjà Â"]
    file = tmp_path / "a.csv"
    file.write_text("\n".join(["date,country,note", *rows]), encoding="utf-8")
    assert notices(file) == [
        f"a.csv:2:note: notice: `{wrong}` for `déjà vu` {source.WRONG_ENCODING} (2 cells)",
        f"a.csv:4:note: notice: `caf\ufffd` {source.LOST_LETTER} (1 cell)",
        f"a.csv:5:note: notice: `one_x000D_two` {source.BROKEN_LINE} (1 cell)",
    ]
    mapping = PLAIN.replace("[defaults]", 'note = "note"\n[defaults]')
    assert imported(file, mapping).note[3] == "one two"
    assert importer.propose(file).count("#   notice: ") == 3


# --- what is no table -----------------------------------------------------------------------

JSON = json.dumps([{"a": 1, "b": 2}] * 2)


NO_TABLES: list[tuple[bytes | str, str]] = [
    (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a PNG image"),
    (b"\xff\xd8\xff\xe0" + b"\0" * 20, "a JPEG image"),
    (b"<!DOCTYPE html>\n<html><body>x</body></html>", r"a web page \(HTML\)"),
    (b"<?xml version='1.0'?><a/>", "an XML file"),
    (JSON.encode(), "JSON that is not one object a line"),
    (b'{\n  "a": 1\n}', "JSON that is not one object a line"),
    (b"SQLite format 3\0" + b"\0" * 20, "an SQLite database"),
    (b"", "an empty file"),
    (bytes(range(256)) * 3, "not a text file"),
    (gzip.compress(b"a,b\n1,2\n"), "a gzip file"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 20, "an old or protected Excel or Word file"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint document"),
    ("notes.csv", "a zip archive"),
]


@pytest.mark.parametrize(("content", "message"), NO_TABLES, ids=[row[1] for row in NO_TABLES])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".dat", ".parquet"])
def test_a_file_that_is_no_table_says_what_it_seems_to_be(
    content: bytes | str, message: str, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a{suffix}"
    if isinstance(content, str):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(content, "x")
    else:
        path.write_bytes(content)
    if message == "not a text file" and suffix != ".csv":
        message = "not (an Excel workbook|Parquet)|binary"
    with pytest.raises(SecdiploError, match=message) as error:
        importer.propose(path)
    assert len(str(error.value).strip().splitlines()) == 1
    assert "; " in str(error.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder; name the file in it"):
        importer.propose(tmp_path)


def test_a_huge_cell_is_refused_in_every_kind(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y" * 100_001], "b": ["1", "2"]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for name in ("a.parquet", "a.jsonl"):
        with pytest.raises(DataError, match=rf"{name}:\d:a: a cell of over 100,000 characters"):
            list(readers.open_source(tmp_path / name).rows())


# --- two days in one cell -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("April 8–9, 2015", ("2015-04-08", "2015-04-09")),
        ("April 8-9, 2015", ("2015-04-08", "2015-04-09")),
        ("January 29–February 7, 1909", ("1909-01-29", "1909-02-07")),
        ("December 30, 2018 – January 2, 2019", ("2018-12-30", "2019-01-02")),
        ("8-9 April 2015", ("2015-04-08", "2015-04-09")),
        ("28 April to 2 May 2015", ("2015-04-28", "2015-05-02")),
        ("2015-04-08/2015-04-09", ("2015-04-08", "2015-04-09")),
        ("2015-04-08 - 2015-04-09", ("2015-04-08", "2015-04-09")),
        ("24-25/05/2012", None),  # without a format
        ("April 9–8, 2015", None),
        ("2015-2016", None),
        ("April 2015", None),
        ("2015-04-08", None),
        ("soon - later", None),
    ],
)
def test_a_cell_of_two_days_is_read_at_both_ends(cell: str, found: tuple[str, str] | None) -> None:
    assert dates.ends(cell) == found


def test_one_column_gives_both_ends(imported: Import, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        'year,when,country\n2015,"April 8–9, 2015",France\n2016,"March 20, 2016",Spain\n',
        encoding="utf-8",
    )
    columns = proposed(file)["columns"]
    assert (columns["date"], columns["date_end"]) == ("when", "when")
    mapping = PLAIN.replace('date = "date"', 'date = "when"\ndate_end = "when"')
    made = imported(file, mapping)
    assert list(made.date) == ["2015-04-08", "2016-03-20"]
    assert list(made.date_end) == ["2015-04-09", ""]
    with pytest.raises(DataError, match='names two days; write date_end = "when" under .columns'):
        imported(file, PLAIN.replace('"date"', '"when"'))
    file.write_text("when,country\n24-25/05/2012,France\n05/11/2012,Spain\n")
    with pytest.raises(DataError, match="`24-25/05/2012` .1 row. can be day or month first"):
        imported(file, mapping)
    made = imported(file, 'date_format = "%d/%m/%Y"\n' + mapping)
    assert list(made.date) == ["2012-05-24", "2012-11-05"]
    assert list(made.date_end) == ["2012-05-25", ""]
    assert proposed(file)["date_format"] == "%d/%m/%Y"


# --- proposals ------------------------------------------------------------------------------


def test_doubtful_columns_are_mentioned_only(tmp_path: Path) -> None:
    sentence = "A long text about the many things that were said on that day"
    rows = [f"2024-01-0{n},Kenya,KEN,{sentence} {n},visit" for n in range(1, 8)]
    file = tmp_path / "a.csv"
    file.write_text("\n".join(["date,country,iso3,occasion,visit type", *rows]))
    proposal = importer.propose(file)
    columns = tomllib.loads(proposal)["columns"]
    assert columns == {"date": "date", "counterpart": "iso3"}
    assert '# forum = "occasion"  # perhaps: by its name, but its cells are free text' in proposal
    file.write_text("date,country\n2024-01-01,Zorgon\n2024-01-02,Blarg\n2024-01-03,Kenya\n")
    proposal = importer.propose(file)
    assert tomllib.loads(proposal)["columns"]["counterpart"] == "country"  # a third fits
    file.write_text(file.read_text() + "2024-01-04,Quux\n")
    assert 'counterpart = ""  # perhaps "country": by its name, but only 25%' in importer.propose(
        file
    )


# --- refresh and accept ---------------------------------------------------------------------

FACTS = PLAIN.partition("[columns]")[0] + "[defaults]" + PLAIN.partition("[defaults]")[2]
FACTS = FACTS.partition("[values.counterpart]")[0]


def test_a_refresh_keeps_decisions_and_adds_what_is_new(tmp_path: Path) -> None:
    file, path = tmp_path / "a.csv", tmp_path / "map.toml"
    file.write_text("date,country\n2024-09-07,France\n2024-09-08,Holland\n")
    decided = PLAIN.replace('Spain = "ESP"', 'Holland = "BEL"  # our decision')
    path.write_text(decided)
    text = importer.refreshed(file, path)
    assert all(line in text.splitlines() for line in decided.splitlines())
    assert tomllib.loads(text)["values"] == tomllib.loads(decided)["values"]
    file.write_text("date,country,city\n2024-09-07,France,x\n2024-09-08,Atlantis,y\n")
    path.write_text(text)
    again = importer.refreshed(file, path)
    assert all(line in again.splitlines() for line in decided.splitlines())
    data = tomllib.loads(again)
    assert data["columns"] == {"date": "date", "counterpart": "country", "city": ""}
    assert data["values"]["counterpart"]["Holland"] == "BEL"
    assert data["values"]["counterpart"]["Atlantis"] == ""
    assert 'city = ""  # new: left to decide: perhaps "city": by its name' in again
    path.write_text(again)
    assert importer.refreshed(file, path) == again
    file.write_text("date,country,city,Area\n2024-09-07,France,x,caf\ufffd\n")
    more = importer.refreshed(file, path)
    assert '# new: a column that nothing is made of: "Area": "caf\ufffd"' in more
    assert "has a letter that was lost" in more
    assert tomllib.loads(more) == data
    with pytest.raises(DataError, match="city: left to decide"):
        importer.read_map(path)


def test_a_refresh_follows_a_map_and_a_file_that_changed(tmp_path: Path) -> None:
    file, path = tmp_path / "a.csv", tmp_path / "map.toml"
    file.write_text("when,country,guest\n2024-09-07,France,Laos\n2024-09-08,Spain,Nowhere\n")
    path.write_text(PLAIN.replace('counterpart = "country"', 'counterpart = "guest"  # ours'))
    text = importer.refreshed(file, path)
    assert 'counterpart = "guest"  # ours' in text
    assert 'date = ""  # left to decide: the file no longer has "date"; perhaps "when"' in text
    values = tomllib.loads(text)["values"]["counterpart"]
    assert (values["Laos"], values["Nowhere"], values["France"]) == ("LAO", "", "FRA")
    path.write_text(PLAIN.partition("[values.counterpart]")[0] + "[values]\ncounterpart = {}\n")
    with pytest.raises(DataError, match=r"no line can be added to it"):
        importer.refreshed(file, path)


def test_what_is_doubtful_is_listed_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("date,country\n2024-09-07,France\n2024-09-08,Atlantis\n")
    with pytest.raises(DataError) as error:
        importer.accept(file, tmp_path / "out")
    found = problems(error)
    assert any(line.startswith("a.csv:dataset.home: left to decide") for line in found)
    assert any(line.startswith("a.csv:3:country: `Atlantis`: left to") for line in found)
    (tmp_path / "facts.toml").write_text(FACTS)
    with pytest.raises(DataError) as error:
        importer.accept(file, tmp_path / "out", map_path=tmp_path / "facts.toml")
    (problem,) = problems(error)
    assert problem.startswith("a.csv:3:country: `Atlantis`: left to decide")
    assert problem.endswith("; a line under [values.counterpart] of a map decides it")
    file.write_text("date,country\n2024-09-07,France\n2024-09-08,caf\ufffd\n")
    with pytest.raises(DataError, match="a letter that was lost"):
        importer.accept(file, tmp_path / "out", map_path=tmp_path / "facts.toml")
    assert not (tmp_path / "out").exists()


def test_an_error_of_an_accepted_map_is_at_a_place_that_its_user_knows(tmp_path: Path) -> None:
    """No message names the map that was proposed: only the user's own map, or the table."""
    file, path = tmp_path / "a.csv", tmp_path / "facts.toml"
    file.write_text("date,country\n2024-09-07,France\n2024-09-08,Laos\n")

    def refused(text: str) -> list[str]:
        path.write_text(text)
        with pytest.raises(DataError) as error:
            importer.accept(file, tmp_path / "out", map_path=path)
        assert not (tmp_path / "out").exists()
        return problems(error)

    def line_of(text: str, start: str) -> int:
        return next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith(start))

    text = FACTS.replace('confidence = "high"', 'confidence = "hihg"')
    text += '\n[values.counterpart]\nFrance = "FRX"\n'
    confidence, france = refused(text)
    line = line_of(text, "confidence")
    assert confidence == f"facts.toml:{line}:confidence: unknown code `hihg`; did you mean `high`?"
    assert france.startswith(f"facts.toml:{line_of(text, 'France')}:France: unknown country `FRX`")
    text = FACTS + '\n[filter]\ncountry = "Peru"\n'
    (found,) = refused(text)
    line = line_of(text, "[filter]")
    assert found == f"facts.toml:{line}:filter: the rules leave out every row; change their values"


def test_a_problem_of_an_added_line_has_its_key_in_full(tmp_path: Path) -> None:
    from secdiplo.importer.refresh import placed

    (tmp_path / "facts.toml").write_text('[defaults]\nmode = "x"\n')
    text = '[defaults]\nmode = "x"\nformat = "y"\n\n[values.counterpart]\n"A b" = "z"\n'
    given = [Problem("proposed.toml", 2, "mode", "wrong"), Problem("a.csv", 2, "date", "wrong")]
    given += [Problem("proposed.toml", 3, "format", "wrong")]
    given += [Problem("proposed.toml", 6, "A b", "wrong")]
    more = "wrong (in a map that you give with --map)"
    own = placed(given, text, "a.csv", tmp_path / "facts.toml")
    assert list(map(str, own)) == [
        "facts.toml:2:mode: wrong",
        "a.csv:2:date: wrong",
        f"a.csv:defaults.format: {more}",
        f"a.csv:values.counterpart.A b: {more}",
    ]
    assert str(placed(given, text, "a.csv", None)[0]) == f"a.csv:defaults.mode: {more}"


def test_a_part_of_a_map_needs_home_and_licence_only(tmp_path: Path) -> None:
    """The example of docs/how-to/import.md."""
    file, path = tmp_path / "a.csv", tmp_path / "facts.toml"
    file.write_text("date,agency,country\n2024-09-07,MPS,France\n")
    defaults = re.findall(r"^(?:mode|source_url) = .*$", FACTS, flags=re.M)
    defaults.append('official_rank = "minister"')
    path.write_text(
        '[dataset]\nhome = "CHN"\nlicence = "CC BY 4.0"\n\n[defaults]\n'
        + "\n".join(['format = "bilateral"', 'confidence = "high"', *defaults, ""])
        + '\n[codes.agency]\nMPS = "Ministry"\n[codes.official_rank]\nminister = "Minister"\n'
    )
    importer.accept(file, tmp_path / "out", map_path=path)
    assert tomllib.loads((tmp_path / "out" / "dataset.toml").read_text())["name"] == "a"
    with pytest.raises(DataError, match=r"`dataset\.name` is missing"):
        importer.read_map(path)


@pytest.mark.parametrize("letter", ["\u200b", "\u200e", "\u00ad", "\ufeff", "\u2066"])
def test_an_invisible_character_is_a_notice_and_then_an_error(tmp_path: Path, letter: str) -> None:
    """Two spellings that print alike are never two officials in silence."""
    file, path = tmp_path / "a.csv", tmp_path / "map.toml"
    names = ["Ann Example", f"Ann{letter} Example", f"Bo{letter}b", "Café"]
    rows = [f"2024-09-0{n},France,{name}" for n, name in enumerate(names, 1)]
    file.write_text("\n".join(["date,country,official", *rows, ""]), encoding="utf-8")
    path.write_text(PLAIN.replace("[columns]", '[columns]\nofficial = "official"'))
    code = f"U+{ord(letter):04X}"
    (notice,) = notices(file)
    assert notice.startswith("a.csv:3:official: notice: `Ann")
    assert f"has the invisible character {code} (" in notice
    assert notice.endswith("; remove it (2 cells)")
    proposal = importer.propose(file)
    assert "#   notice: 3:official: `Ann" in proposal
    assert f"has the invisible character {code} (" in proposal
    with pytest.raises(DataError, match="has the invisible character"):
        importer.accept(file, tmp_path / "new", map_path=path)
    found = importer.run(file, path, tmp_path / "out")
    lines = [
        p.line for p in found if p.level == "error" and f"invisible character {code}" in p.what
    ]
    assert lines == [3, 4]


def test_a_file_without_doubt_is_imported_in_one_step(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("date,country\n2024-09-07,France\n2024-09-08,Laos\n")
    (tmp_path / "facts.toml").write_text(FACTS)
    result = importer.accept(file, tmp_path / "out", map_path=tmp_path / "facts.toml")
    assert (result.problems, result.summary.written) == ([], 2)
    made = pd.read_csv(tmp_path / "out" / "curated" / "interactions.csv", dtype=str)
    assert list(made.counterpart) == ["FRA", "LAO"]
    # A folder with an error is not left behind.
    file.write_text("date,country\n2024-09-07,France\n1700-09-08,Laos\n")
    with pytest.raises(DataError):
        importer.accept(file, tmp_path / "new", map_path=tmp_path / "facts.toml")
    assert not (tmp_path / "new").exists()


def test_the_command_refreshes_in_place_and_accepts(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from secdiplo.cli.main import main

    file, path = tmp_path / "a.csv", tmp_path / "map.toml"
    file.write_text("date,country\n2024-09-07,France\n2024-09-08,Atlantis\n")
    path.write_text(PLAIN)

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["import", str(file), *arguments])
        return done.exit_code, done.output

    code, shown = run("--map", str(path), "--refresh")
    assert (code, "1 blank is left to decide" in shown) == (0, True)
    assert '"Atlantis" = ""' in path.read_text()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.csv", "map.toml"]
    assert run("--refresh")[0] == 2
    assert run("--map", str(path))[0] == 2
    path.write_text(path.read_text().replace('"Atlantis" = ""', '"Atlantis" = "org:ATL"'))
    code, shown = run("--map", str(path), "--accept", "-o", str(tmp_path / "out"))
    assert "2 rows read, 2 rows written" in shown
