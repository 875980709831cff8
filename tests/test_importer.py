"""The importer: whole ways from a file to a folder, and everything that it refuses."""

from __future__ import annotations

import datetime
import re
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from secdiplo import importer, store
from secdiplo.claims.reproduce import reproduce
from secdiplo.errors import DataError, SecdiploError, UsageError
from secdiplo.folder import resources
from secdiplo.importer import dates, folder_writer, readers
from secdiplo.importer.code_lists import names_of as code_names
from secdiplo.importer.readers import text
from secdiplo.ingest import records
from secdiplo.ingest import workbook as workbooks

DATA = resources.shipped("data")
ADDRESS = "https://doi.org/10.7910/DVN/DBZIUW"


def read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def sheet() -> pd.DataFrame:
    """The built-in sheet."""
    return read_csv(DATA / "curated" / "interactions.csv")


def long_date(day: str) -> str:
    """A date in words, at the precision that it has."""
    if len(day) == 10:
        return f"{datetime.date.fromisoformat(day):%B} {int(day[8:])}, {day[:4]}"
    if len(day) == 7:
        return f"{datetime.date.fromisoformat(day + '-01'):%b} {day[:4]}"
    return day


@pytest.fixture(scope="module")
def theirs(sheet: pd.DataFrame) -> pd.DataFrame:
    """The built-in sheet as others might keep it: other names, values and orders."""
    countries = read_csv(DATA / "reference" / "countries.csv").set_index("iso3")["name"]
    names = {"MPS": "Ministry of Public Security (MPS)", "CPLC": "CPLC", "MSS": "mss"}
    modes = {"in_person": "In-person", "video": "Virtual meeting"}
    numbers = {key: n for n, key in enumerate(sorted(set(sheet.event_key)), 1)}
    frame = pd.DataFrame(
        {
            "row_number": [str(n) for n in range(1, len(sheet) + 1)],
            "event_id": [str(numbers[key]) for key in sheet.event_key],
            "MeetingDate": [long_date(day) for day in sheet.date],
            "Chinese_Agency": sheet.agency.map(names),
            "Chinese_Official": [name.upper() for name in sheet.official],
            "rank": [rank.replace("_", " ").title() for rank in sheet.official_rank],
            "meeting_type": sheet.format.str.title(),
            "in_person_or_virtual": sheet["mode"].map(modes),
            "event_name": sheet.forum,
            "location_country": [countries.get(code, code) for code in sheet.host_country],
            "city": sheet.city,
            "Country": [countries.get(code, code) for code in sheet.counterpart],
            "foreign_official": sheet.counterpart_person,
            "link": sheet.source_url,
            "Notes": sheet.note,
            "coder": ["A" if n % 2 else "B" for n in range(len(sheet))],
        }
    )
    shuffled = frame.sample(frac=1, random_state=7).reset_index(drop=True)
    return shuffled[shuffled.columns[::-1]]


# --- writers of files -----------------------------------------------------------------------


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False)


def write_semicolons(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")


def write_tsv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, sep="\t")


def write_utf16(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, sep="\t", encoding="utf-16")


def write_tab(frame: pd.DataFrame, path: Path) -> None:
    """As the Dataverse software does: texts quoted, quotes in them behind a backslash."""

    def cell(value: str) -> str:
        return '"' + value.replace('"', '\\"') + '"' if value else ""

    lines = ["\t".join(frame.columns)]
    lines += ["\t".join(map(cell, row)) for row in frame.itertuples(index=False)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_xlsx(frame: pd.DataFrame, path: Path) -> None:
    """With real dates: a month is its first day, shown as a month, as spreadsheets keep it."""
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = "Interactions"
    page.append(["A title above the table"])
    page.append(list(frame.columns))
    place = list(frame.columns).index("MeetingDate") + 1
    for line, row in enumerate(frame.itertuples(index=False), 3):
        page.append([value or None for value in row])
        cell = page.cell(line, place)
        written = dates.read(cell.value)
        if len(written) > 4:
            cell.value = datetime.datetime.fromisoformat((written + "-01")[:10])
            cell.number_format = "d mmm yyyy" if len(written) == 10 else "mmm\\-yy"
        else:
            cell.value = int(written)
    book.create_sheet("Codebook").append(["nothing", "here"])
    book.save(path)


def write_dta(frame: pd.DataFrame, path: Path) -> None:
    """With labelled numbers, and numbers as numbers."""
    frame = frame.assign(
        event_id=frame.event_id.astype(int), meeting_type=frame.meeting_type.astype("category")
    )
    frame.to_stata(path, write_index=False, version=118)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.assign(
        event_id=frame.event_id.astype(float), meeting_type=frame.meeting_type.astype("category")
    ).to_parquet(path)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "theirs.csv": write_csv,
    "semicolons.csv": write_semicolons,
    "theirs.tsv": write_tsv,
    "utf16.txt": write_utf16,
    "dataverse.tab": write_tab,
    "theirs.xlsx": write_xlsx,
    "theirs.dta": write_dta,
    "theirs.parquet": write_parquet,
}


# --- helpers --------------------------------------------------------------------------------


def decided(proposal: str, **answers: str) -> str:
    """A proposal with its blanks decided, as a human would: by the key of the line."""
    for key, answer in answers.items():
        pattern = rf'^("?{re.escape(key)}"?) = ""'
        proposal, count = re.subn(
            pattern, lambda match, new=answer: f'{match[1]} = "{new}"', proposal, flags=re.M
        )
        assert count, key
    return proposal


def write_map(folder: Path, proposal: str) -> Path:
    path = folder / "map.toml"
    path.write_text(proposal, encoding="utf-8")
    return path


def counts(frame: pd.DataFrame) -> dict[str, dict[object, int]]:
    """Events and interactions, by agency and by format, counted with pandas."""
    named = frame[frame.counterpart != ""]
    pairs = named.drop_duplicates(["event_key", "counterpart_type", "counterpart"])
    by_agency = named.drop_duplicates(["event_key", "agency", "counterpart_type", "counterpart"])
    return {
        "events": frame.groupby("format").event_key.nunique().to_dict(),
        "interactions": pairs.groupby(["format", "counterpart_type"]).size().to_dict(),
        "agency events": frame.groupby("agency").event_key.nunique().to_dict(),
        "agency interactions": by_agency.groupby("agency").size().to_dict(),
        "years": frame.groupby(frame.date.str[:4]).event_key.nunique().to_dict(),
        "precision": frame.groupby(frame.date.str.len()).size().to_dict(),
        "officials": frame.groupby(["official", "official_rank"]).size().to_dict(),
        "modes": frame.groupby(["mode", "host_country"]).size().to_dict(),
    }


MINIMAL = """\
[dataset]
name = "small"
title = "Small"
version = "1.0"
licence = "CC0"
home = "CHN"

[columns]
date = "date"
agency = "agency"
official = "official"
format = "format"
counterpart = "country"

[defaults]
mode = "in_person"
confidence = "high"
official_rank = "minister"
source_url = "https://example.org/data"
forum = "Unnamed forum"
"""
SMALL = """\
date,agency,official,format,country
2024-09-07,MPS,Wang Xiaohong,bilateral,KEN
2024-09,MPS,Wang Xiaohong,multilateral,ETH
2024-09,MPS,Wang Xiaohong,multilateral,RWA
"""


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Import a small CSV by a map and return the sheet; the folder has no problem."""

    def run(table: str = SMALL, mapping: str = MINIMAL) -> pd.DataFrame:
        file = tmp_path / "small.csv"
        file.write_text(table, encoding="utf-8")
        problems = importer.run(file, write_map(tmp_path, mapping), tmp_path / "out")
        assert [str(problem) for problem in problems if problem.level == "error"] == []
        return read_csv(tmp_path / "out" / "curated" / "interactions.csv")

    return run


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., list[str]]:
    """Import a small CSV that is refused, and return the problems; nothing is left behind."""

    def run(table: str = SMALL, mapping: str = MINIMAL, name: str = "small.csv") -> list[str]:
        file = tmp_path / name
        file.write_text(table, encoding="utf-8")
        path = write_map(tmp_path, mapping)
        with pytest.raises(DataError) as error:
            importer.run(file, path, tmp_path / "new" / "out")
        assert sorted(item.name for item in tmp_path.iterdir()) == sorted([name, "map.toml"])
        return [str(problem) for problem in error.value.problems]

    return run


# --- whole ways -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_of_any_kind_becomes_the_built_in_counts(
    name: str, theirs: pd.DataFrame, sheet: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / name
    WRITERS[name](theirs, file)
    proposal = importer.propose(file)
    assert proposal == importer.propose(file)
    path = write_map(
        tmp_path, decided(proposal, **{"Virtual meeting": "video", "confidence": "high"})
    )
    problems = importer.run(file, path, tmp_path / "out")
    assert [str(problem) for problem in problems] == []
    assert counts(read_csv(tmp_path / "out" / "curated" / "interactions.csv")) == counts(sheet)


def test_the_proposal_leaves_open_only_what_is_doubtful(
    theirs: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.csv"
    write_csv(theirs, file)
    proposal = importer.propose(file)
    data = tomllib.loads(proposal)
    assert data["columns"] == {
        "event_key": "event_id",
        "date": "MeetingDate",
        "agency": "Chinese_Agency",
        "official": "Chinese_Official",
        "official_rank": "rank",
        "format": "meeting_type",
        "mode": "in_person_or_virtual",
        "forum": "event_name",
        "host_country": "location_country",
        "city": "city",
        "counterpart": "Country",
        "counterpart_person": "foreign_official",
        "source_url": "link",
        "note": "Notes",
    }
    assert data["defaults"] == {"confidence": "", "forum": "Unnamed forum"}
    assert data["values"]["mode"] == {"In-person": "in_person", "Virtual meeting": ""}
    assert data["values"]["official"]["WANG XIAOHONG"] == "Wang Xiaohong"
    virtual = sum(theirs["in_person_or_virtual"] == "Virtual meeting")
    assert data["values"]["counterpart"]["Vietnam"] == "VNM"
    assert data["values"]["counterpart"]["INTERPOL"] == "org:INTERPOL"
    assert [line for line in proposal.splitlines() if '= ""' in line and line[0] != "#"] == [
        'confidence = ""  # no column gives it: left to decide: high, medium or low, for every row',
        f'"Virtual meeting" = ""  # did you mean "video"? ({virtual} rows)',
    ]
    assert '#   "coder": ' in proposal
    assert data["dataset"]["annotations"] == "builtin"
    assert data["dataset"]["exhaustive"] is True
    assert data["dataset"]["title"] == "China's Internal Security Diplomacy Dataset"
    assert data["dataset"]["citation"] == (
        "Greitens, Sheena Chestnut; Kardon, Isaac; Waltz, Cameron (2025), China's Internal "
        f"Security Diplomacy Dataset, Version 1.0, {ADDRESS}"
    )
    assert '\n# "carnegie2025" only the rows' in proposal


def test_without_event_ids_a_row_is_an_event_unless_it_is_multilateral(
    theirs: pd.DataFrame, sheet: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.csv"
    write_csv(theirs.drop(columns="event_id"), file)
    path = write_map(
        tmp_path,
        decided(importer.propose(file), **{"Virtual meeting": "video", "confidence": "high"}),
    )
    assert importer.run(file, path, tmp_path / "out") == []
    made = read_csv(tmp_path / "out" / "curated" / "interactions.csv")
    one_each = sheet.format != "multilateral"
    shared = sheet[~one_each].drop_duplicates(["date", "agency", "official", "forum"])
    assert made.event_key.nunique() == one_each.sum() + len(shared)
    assert len(made) == len(sheet)
    assert "2024-09-09-mps-wang-xiaohong-gpscfl-2024" in set(made.event_key)


def test_reproduce_runs_on_the_folder_and_counts_its_rows(
    theirs: pd.DataFrame, sheet: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.csv"
    write_csv(theirs, file)
    path = write_map(
        tmp_path,
        decided(importer.propose(file), **{"Virtual meeting": "video", "confidence": "high"}),
    )
    importer.run(file, path, tmp_path / "out")
    opened, notices = store.open_folder(tmp_path / "out")
    found = {finding.claim["claim_id"]: finding.recomputed for finding in reproduce(opened)}
    pairs = sheet[sheet.counterpart != ""].drop_duplicates(["event_key", "counterpart"])
    assert notices == []
    assert found["P01"] == len(pairs)
    assert found["P02"] == sheet.event_key.nunique()
    assert found["P03"] == len(pairs[pairs.agency == "MPS"])


def test_the_folder_has_the_settings_codes_and_reference_sheets(
    theirs: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.csv"
    write_csv(theirs, file)
    text_of_map = decided(
        importer.propose(file), **{"Virtual meeting": "video", "confidence": "high"}
    )
    path = write_map(tmp_path, text_of_map.replace("keep = []", 'keep = ["coder"]'))
    out = tmp_path / "parts" / "of" / "out"
    assert importer.run(file, path, out) == []
    settings = tomllib.loads((out / "dataset.toml").read_text(encoding="utf-8"))
    assert settings["home"] == {"country": "CHN", "not_foreign": ["HKG", "MAC"]}
    assert settings["scopes"]["carnegie2025"]["ranks"]["CPLC"] == ["cplc_secretary"]
    assert settings["extra_columns"] == ["coder"]
    assert (out / "codes.csv").read_bytes() == (DATA / "codes.csv").read_bytes()
    assert {file.name for file in (out / "reference").iterdir()} == {*folder_writer.COPIED_SHEETS}
    raw = (out / "curated" / "interactions.csv").read_bytes()
    assert b"\r" not in raw
    assert set(read_csv(out / "curated" / "interactions.csv").coder) == {"A", "B"}


# An invented police of an example country, so that no list of the built-in dataset fits.
EXAMPLE_POLICE = """\
Country,Police officer,Grade,Agency,Start date,Type,Topic,URL
Uganda,Jane Example,Inspector-General,Example National Police,25/01/2023,Bilateral,patrols,https://example.org/1
Tanzania,Jane Example,Inspector-General,Example National Police,02/03/2023,Conference,patrols; forensics,https://example.org/2
Rwanda,Jane Example,Inspector-General,Example National Police,02/03/2023,Conference,patrols,https://example.org/2
East African Example Union,John Example,Director,Example Coast Service,05/03/2023,Bilateral,,https://example.org/3
"""


def test_another_country_s_police_needs_no_code(tmp_path: Path) -> None:
    file = tmp_path / "Example police.csv"
    file.write_text(EXAMPLE_POLICE, encoding="utf-8")
    proposal = importer.propose(file)
    data = tomllib.loads(proposal)
    assert data["dataset"]["name"] == "example-police"
    assert data["dataset"]["home"] == ""
    assert "annotations" not in data["dataset"]
    assert data["date_format"] == "%d/%m/%Y"
    assert data["columns"]["agency"] == "Agency"
    assert data["codes"]["topic"] == {"forensics": "forensics", "patrols": "patrols"}
    assert data["values"]["agency"] == {"Example National Police": "", "Example Coast Service": ""}
    assert data["values"]["format"] == {"Bilateral": "bilateral", "Conference": ""}
    proposal = proposal.replace('# official = ""', 'official = "Police officer"')
    proposal = proposal.replace('# official_rank = ""', 'official_rank = "Grade"')
    proposal = re.sub(r'^official_rank = "".*\n', "", proposal, flags=re.M)
    proposal = decided(
        proposal,
        home="KEN",
        licence="CC0",
        confidence="high",
        **{"Example National Police": "ENP", "Example Coast Service": "ECS"},
        Conference="multilateral",
        **{"East African Example Union": "org:EAEU"},
    )
    proposal += '\n[values.official_rank]\nInspector-General = "chief"\nDirector = "director"\n'
    proposal = proposal.replace(
        "[codes.agency]\n", '[codes.agency]\nENP = "Example National Police"\nECS = "Coast"\n'
    ).replace(
        "[codes.official_rank]\n",
        '[codes.official_rank]\nchief = "Inspector-General; ENP"\ndirector = "Director"\n',
    )
    problems = importer.run(file, write_map(tmp_path, proposal), tmp_path / "out")
    assert [problem for problem in problems if problem.level == "error"] == []
    made = read_csv(tmp_path / "out" / "curated" / "interactions.csv")
    assert list(made.event_key) == [
        "2023-01-25-enp-jane-example-uga",
        "2023-03-02-enp-jane-example-unnamed-forum-2023",
        "2023-03-02-enp-jane-example-unnamed-forum-2023",
        "2023-03-05-ecs-john-example-eaeu",
    ]
    assert list(made.counterpart_type) == ["country", "country", "country", "organization"]
    codes = read_csv(tmp_path / "out" / "codes.csv")
    assert list(codes[codes.list == "official_rank"].parent) == ["ENP", ""]
    assert not (tmp_path / "out" / "reference").exists()
    built = store.open_folder(tmp_path / "out")[0]
    assert built.con.execute("select count(*) from events").fetchone() == (3,)


# --- dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-09-07", "2024-09-07"),
        ("2024/9/7", "2024-09-07"),
        ("2024-09-07T10:30:00Z", "2024-09-07"),
        ("20240907", "2024-09-07"),
        ("45542", "2024-09-07"),
        ("September 7, 2024", "2024-09-07"),
        ("Saturday, 7th of September 2024", "2024-09-07"),
        ("07sep2024", "2024-09-07"),
        ("2024年9月7日", "2024-09-07"),
        ("2024-09", "2024-09"),
        ("9/2024", "2024-09"),
        ("Sept. 2024", "2024-09"),
        ("2024", "2024"),
        ("7/9/2024", None),
        ("25/9/2024", None),  # which part is the day is for the map to say, even here
        ("Sep-24", None),
        ("7-Sep-24", None),
        ("2024-02-30", None),
        ("2024-13", None),
        ("23626", None),  # Stata's number of days
        ("September 7-9, 2024", None),
        ("２０２４-09-07", None),
        ("soon", None),
    ],
)
def test_a_date_is_read_at_its_precision_or_not_at_all(written: str, iso: str | None) -> None:
    assert dates.read(written) == iso


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["7/9/2024", "8/9/2024"], ""),
        (["7/9/2024", "13/9/2024"], "%d/%m/%Y"),
        (["7/9/2024", "9/13/2024"], "%m/%d/%Y"),
        (["13/9/2024", "9/13/2024"], ""),
        (["13.9.24"], "%d.%m.%y"),
        (["2024-09-07", "2024"], None),
    ],
)
def test_only_values_decide_between_day_and_month_first(
    cells: list[str], found: str | None
) -> None:
    assert dates.decide(cells) == found


def test_ambiguous_dates_wait_for_a_human(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]], tmp_path: Path
) -> None:
    table = SMALL.replace("2024-09-07", "7/9/2024").replace("2024-09,", "8/9/2024,")
    assert refused(table) == [
        "small.csv:2:date: `7/9/2024` (1 row) can be day or month first; "
        "say which by date_format in the map",
        "small.csv:3:date: `8/9/2024` (2 rows) can be day or month first; "
        "say which by date_format in the map",
    ]
    proposal = importer.propose(tmp_path / "small.csv")
    assert 'date_format = ""  # left to decide: "7/9/2024" can be' in proposal
    assert refused(table, 'date_format = ""\n' + MINIMAL)[0].startswith(
        "map.toml:1:date_format: left to decide; write `%d/%m/%Y` if the day stands first"
    )
    made = imported(table, 'date_format = "%d/%m/%Y"\n' + MINIMAL)
    assert list(made.date) == ["2024-09-07", "2024-09-08", "2024-09-08"]


def test_each_column_can_have_its_own_format(imported: Callable[..., pd.DataFrame]) -> None:
    table = (
        "date,end,agency,official,format,country\n"
        "7/9/2024,9/8/2024,MPS,A B,bilateral,KEN\n"
        "8/9/2024,9/8/2024,MPS,A B,bilateral,ETH\n"
    )
    mapping = 'date_format = { date = "%d/%m/%Y", date_end = "%m/%d/%Y" }\n' + MINIMAL
    made = imported(table, mapping.replace("[columns]", '[columns]\ndate_end = "end"'))
    assert list(made.date) == ["2024-09-07", "2024-09-08"]
    assert list(made.date_end) == ["2024-09-08", ""]  # an event of one day has no end


def test_year_month_and_day_can_be_columns(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]], tmp_path: Path
) -> None:
    table = (
        "Year,Month,Day,agency,official,format,country\n"
        "2024,9,7,MPS,A B,bilateral,KEN\n"
        "2024,Sept,,MPS,A B,bilateral,ETH\n"
        "2024,,,MPS,A B,bilateral,RWA\n"
    )
    (tmp_path / "small.csv").write_text(table, encoding="utf-8")
    proposed = tomllib.loads(importer.propose(tmp_path / "small.csv"))
    assert proposed["columns"]["date"] == ["Year", "Month", "Day"]
    mapping = MINIMAL.replace('date = "date"', 'date = ["Year", "Month", "Day"]')
    assert refused(table.replace("2024,,,", "2024,,7,"), mapping) == [
        "small.csv:4:Year + Month + Day: `2024-7` (1 row) cannot be read as a date; write it "
        "under [values.date] as `2024-09-07`, `2024-09` or `2024`"
    ]
    assert list(imported(table, mapping).date) == ["2024-09-07", "2024-09", "2024"]


def test_a_date_that_is_not_read_can_be_mapped(imported: Callable[..., pd.DataFrame]) -> None:
    table = SMALL.replace("2024-09-07", "early autumn 2024")
    made = imported(table, MINIMAL + '\n[values.date]\n"early autumn 2024" = "2024-09"\n')
    assert made.date[0] == "2024-09"


# --- events, counterparts and defaults ------------------------------------------------------


def test_meetings_of_a_day_are_told_apart(imported: Callable[..., pd.DataFrame]) -> None:
    table = SMALL + ("2024-09-07,MPS,Wang Xiaohong,sideline,KEN\n2024-09-08,MPS,,bilateral,KEN\n")
    made = imported(table)
    assert list(made.event_key) == [
        "2024-09-07-mps-wang-xiaohong-ken",
        "2024-09-mps-wang-xiaohong-unnamed-forum-2024",
        "2024-09-mps-wang-xiaohong-unnamed-forum-2024",
        "2024-09-07-mps-wang-xiaohong-ken-2",
        "2024-09-08-mps-unnamed-ken",
    ]


def test_rows_that_are_alike_are_one_meeting_or_two_for_a_human(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL + SMALL.splitlines()[1] + "\n"
    assert refused(table) == [
        "small.csv:5:date: the same as line 2 in every cell; remove one, or, if these are two "
        'meetings, write same_rows = "separate" in the map'
    ]
    made = imported(table, 'same_rows = "separate"\n' + MINIMAL)
    assert made.event_key[3] == "2024-09-07-mps-wang-xiaohong-ken-2"


def test_a_default_counts_as_inferred_and_stands_only_where_it_fits(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("format,country", "format,country,how,where").replace("KEN", "KEN,video,")
    table = table.replace("ETH", "ETH,,").replace("RWA", "RWA,in_person,")
    mapping = MINIMAL.replace("[columns]", '[columns]\nmode = "how"\nhost_country = "where"')
    made = imported(table, mapping.replace("[defaults]", '[defaults]\nhost_country = "CHN"'))
    assert list(made["mode"]) == ["video", "in_person", "in_person"]
    assert list(made.host_country) == ["", "CHN", "CHN"]
    assert list(made.forum) == ["", "Unnamed forum 2024", "Unnamed forum 2024"]
    assert list(made.inferred) == [
        "official_rank",
        "official_rank; mode; forum; host_country",
        "official_rank; forum; host_country",
    ]


def test_the_year_is_added_to_a_forum_that_has_none(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("format,country", "format,country,forum").replace("KEN", "KEN,")
    table = table.replace("ETH", "ETH,GPSCFL").replace("RWA", "RWA,Lianyungang talks 2023")
    mapping = MINIMAL.replace("[columns]", '[columns]\nforum = "forum"')
    mapping += '\n[values.forum]\n"Lianyungang talks 2023" = "GPSCFL 2024"\n'
    assert list(imported(table, mapping).forum) == ["", "GPSCFL 2024", "GPSCFL 2024"]


def test_an_organization_is_one_only_where_the_map_or_the_file_says_so(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("KEN", "Interpol")
    assert refused(table) == [
        "small.csv:2:country: `Interpol` (1 row) has no mapping; did you mean `org:INTERPOL`? "
        "write it under [values.counterpart]"
    ]
    made = imported(table, MINIMAL + '\n[values.counterpart]\nInterpol = "org:INTERPOL"\n')
    assert (made.counterpart_type[0], made.counterpart[0]) == ("organization", "INTERPOL")


def test_a_map_can_name_non_state_actors(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("KEN", "Taliban")
    said = refused(table, MINIMAL + '\n[values.counterpart]\nTaliban = "actor:"\n')
    assert "a non-state actor `actor:CODE`" in said[0]
    made = imported(table, MINIMAL + '\n[values.counterpart]\nTaliban = "actor:TALIBAN"\n')
    assert (made.counterpart_type[0], made.counterpart[0]) == ("actor", "TALIBAN")


def test_a_column_of_types_makes_non_state_actors(imported: Callable[..., pd.DataFrame]) -> None:
    typed = SMALL.replace("format,country", "format,country,kind").replace("KEN", "TAL,actor")
    typed = typed.replace("ETH", "ETH,country").replace("RWA", "RWA,")
    mapping = MINIMAL.replace("[columns]", '[columns]\ncounterpart_type = "kind"')
    made = imported(typed, mapping)
    assert list(made.counterpart_type) == ["actor", "country", "country"]


def test_the_file_can_say_what_a_counterpart_is(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("format,country", "format,country,kind").replace(
        "KEN", "SCO,organization"
    )
    table = table.replace("ETH", "ETH,country").replace("RWA", ",")
    mapping = MINIMAL.replace("[columns]", '[columns]\ncounterpart_type = "kind"')
    clash = mapping + '\n[values.counterpart]\nSCO = "KEN"\n'
    assert refused(table, clash) == [
        "small.csv:2:country: `SCO` (1 row) is country by the map and organization by its row; "
        "correct one of them"
    ]
    made = imported(table, mapping)
    assert list(made.counterpart_type) == ["organization", "country", ""]
    assert list(made.counterpart) == ["SCO", "ETH", ""]


def test_several_columns_can_hold_one_cell_and_a_value_can_be_blank(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("format,country", "format,country,body").replace("KEN", ",SCO")
    table = table.replace("ETH", "ETH,").replace("RWA", "unknown,")
    mapping = MINIMAL.replace('counterpart = "country"', 'counterpart = ["country", "body"]')
    mapping += '\n[values.counterpart]\nSCO = "org:SCO"\nunknown = "(blank)"\n'
    assert list(imported(table, mapping).counterpart) == ["SCO", "ETH", ""]


def test_topics_are_mapped_one_by_one(imported: Callable[..., pd.DataFrame]) -> None:
    table = SMALL.replace("format,country", "format,country,issues").replace(
        "KEN", "KEN,Drugs ;training; none"
    )
    table = table.replace("ETH", "ETH,").replace("RWA", "RWA,GSI")
    mapping = MINIMAL.replace("[columns]", '[columns]\ntopic = "issues"')
    mapping += '\n[values.topic]\nDrugs = "counternarcotics"\nnone = "(blank)"\n'
    assert list(imported(table, mapping).topic) == ["counternarcotics; training", "", "GSI"]


# --- several values in a row ----------------------------------------------------------------

WIDE = """\
date,agency,official,format,p1,p2,p3
2024-09-07,MPS,A B,multilateral,FRA,ESP,
2024-09-08,MPS,A B,bilateral,ITA,DEU,POL
2024-09-09,MPS,A B,bilateral,,,KEN
"""


def test_each_of_several_columns_is_a_row(imported: Callable[..., pd.DataFrame]) -> None:
    mapping = MINIMAL.replace('"country"', '["p1", "p2", "p3"]')
    made = imported(WIDE, mapping)
    assert list(made.counterpart) == ["FRA", "ESP", "ITA", "DEU", "POL", "KEN"]
    assert list(made.event_key) == [
        *["2024-09-07-mps-a-b-unnamed-forum-2024"] * 2,  # one event with two counterparts
        "2024-09-08-mps-a-b-ita",  # a meeting with each
        "2024-09-08-mps-a-b-deu",
        "2024-09-08-mps-a-b-pol",
        "2024-09-09-mps-a-b-ken",
    ]


def test_a_cell_of_several_counterparts_is_split(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("KEN", '"KEN; Trinidad and Tobago, FRA and ESP"')
    mapping = 'split = { counterpart = [";", ",", " and "] }\n' + MINIMAL
    assert refused(table, mapping) == [
        "small.csv:2:country: `Trinidad and Tobago` (1 row) has no mapping; did you mean `TTO`? "
        "write it under [values.counterpart]"
    ]
    mapping += '\n[values.counterpart]\n"Trinidad and Tobago" = "TTO"\n'
    assert list(imported(table, mapping).counterpart) == ["KEN", "TTO", "FRA", "ESP", "ETH", "RWA"]


def test_a_cell_of_several_agencies_is_one_event_of_all(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("07,MPS", "07,MPS;MSS")
    made = imported(table, 'split = ";"\n' + MINIMAL)
    assert list(made.agency) == ["MPS", "MSS", "MPS", "MPS"]
    assert made.event_key[0] == made.event_key[1] == "2024-09-07-mps-wang-xiaohong-ken"


OFFICIALS = """\
date,agency,official,rank,format,country
2024-09-07,MPS,Smith; Jones; Li,minister; vice_minister; minister,bilateral,KEN
2024-09-08,MPS;MSS,Smith; Jones,,bilateral,KEN;FRA
2024-09-09,MPS;MSS,Smith,minister,bilateral,KEN
2024-09-10,,"Smith, A",,bilateral,KEN
"""


def test_each_official_in_a_cell_has_a_row_of_the_event(
    imported: Callable[..., pd.DataFrame],
) -> None:
    """Rank and agency: one for each official, or one for all; the default fills blanks."""
    mapping = MINIMAL.replace('format = "format"', 'official_rank = "rank"\nformat = "format"')
    mapping = mapping.replace("[defaults]", '[defaults]\nagency = "MSS"')
    made = imported(OFFICIALS, 'split = [";", ","]\n' + mapping)
    columns = ["date", "official", "official_rank", "agency", "counterpart"]
    assert [tuple(row) for row in made[columns].to_numpy()] == [
        ("2024-09-07", "Smith", "minister", "MPS", "KEN"),
        ("2024-09-07", "Jones", "vice_minister", "MPS", "KEN"),
        ("2024-09-07", "Li", "minister", "MPS", "KEN"),
        *(
            ("2024-09-08", official, "minister", agency, country)
            for country in ("KEN", "FRA")
            for official, agency in (("Smith", "MPS"), ("Jones", "MSS"))
        ),
        ("2024-09-09", "Smith", "minister", "MPS", "KEN"),
        ("2024-09-09", "Smith", "minister", "MSS", "KEN"),
        ("2024-09-10", "Smith, A", "minister", "MSS", "KEN"),
    ]
    assert list(made.groupby("date").event_key.nunique()) == [1, 2, 1, 1]


def test_officials_in_several_columns_have_the_ranks_of_theirs(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = "date,agency,o1,r1,o2,r2,o3,r3,format,country\n"
    table += "2024-09-07,MPS,Li,minister,,,Wu,vice_minister,bilateral,KEN\n"
    mapping = MINIMAL.replace(
        '"official"', '["o1", "o2", "o3"]\nofficial_rank = ["r1", "r2", "r3"]'
    )
    assert refused(table.replace(",,,Wu", ",,bureau_head,Wu"), mapping) == [
        "small.csv:2:r1 + r2 + r3: minister; bureau_head; vice_minister (1 row) does not go with "
        "as many officials; give one for all officials of the row, or one for each"
    ]
    made = imported(table, mapping)
    assert list(zip(made.official, made.official_rank, strict=True)) == [
        ("Li", "minister"),
        ("Wu", "vice_minister"),
    ]


def test_an_official_that_the_map_blanks_or_corrects(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    lines = '\n[values.official]\nstaff = "(blank)"\n"Li; Wu" = "Li Wu"\n'
    correction = '[[corrections]]\nwhere = { date = "2024-09-09" }\nset = { official = "A; B" }\n'
    table = "date,agency,official,format,country\n" + "".join(
        f"2024-09-0{day},{agency},{names},bilateral,KEN\n"
        for day, agency, names in (
            (7, "MPS", "Smith;staff"), (8, "MPS", "Li; Wu"), (9, "MPS", "C;D")
        )
    )  # fmt: skip
    other = table.replace("9,MPS,C;D", "8,MPS;MSS,C;D;E")
    assert refused(other, 'split = ";"\n' + MINIMAL) == [
        "small.csv:4:agency: MPS; MSS (1 row) does not go with as many officials; give one for "
        "all officials of the row, or one for each"
    ]
    made = imported(table, 'split = ";"\n' + MINIMAL + lines + correction)
    assert list(made.official) == ["Smith", "Li Wu", "A; B"]


def test_two_persons_with_the_same_office_are_two(imported: Callable[..., pd.DataFrame]) -> None:
    table = "date,agency,official,format,country,who,office\n"
    table += "2024-09-07,MPS,A B,bilateral,KEN;FRA,Ann;Bob,Minister;Minister\n"
    more = 'counterpart_person = "who"\ncounterpart_office = "office"\n'
    made = imported(table, 'split = ";"\n' + MINIMAL.replace("[defaults]", more + "[defaults]"))
    assert list(made.counterpart_office) == ["Minister", "Minister"]


def test_the_event_key_of_a_split_row_is_told_apart_by_its_counterpart(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("date,", "id,date,").replace("2024", "x,2024").replace("KEN", "KEN;FRA")
    table = table.replace("x,", "a,", 1)
    mapping = MINIMAL.replace("[columns]", '[columns]\nevent_key = "id"')
    assert list(imported(table, 'split = ";"\n' + mapping).event_key) == ["a", "a-fra", "x", "x"]


@pytest.mark.parametrize(
    ("columns", "person"),
    [
        ("p1,who1,p2,who2\n2024-09-07,MPS,A B,bilateral,KEN,Ann,FRA,Bob\n", '["who1", "who2"]'),
        ("p1,who,p2\n2024-09-07,MPS,A B,bilateral,KEN,Ann;Bob,FRA\n", '"who"'),
    ],
)
def test_persons_go_with_counterparts_in_their_order(
    columns: str, person: str, imported: Callable[..., pd.DataFrame]
) -> None:
    mapping = MINIMAL.replace('"country"', f'["p1", "p2"]\ncounterpart_person = {person}')
    mapping = 'split = { counterpart_person = ";" }\n' + mapping
    made = imported("date,agency,official,format," + columns, mapping)
    assert list(zip(made.counterpart, made.counterpart_person, strict=True)) == [
        ("KEN", "Ann"),
        ("FRA", "Bob"),
    ]


def test_persons_of_several_counterparts_are_not_guessed(
    refused: Callable[..., list[str]],
) -> None:
    table = "date,agency,official,format,country,who\n"
    table += "2024-09-07,MPS,A B,bilateral,KEN;FRA,Ann\n2024-09-08,MPS,A B,bilateral,KEN;ESP,Bo\n"
    mapping = MINIMAL.replace('"country"', '"country"\ncounterpart_person = "who"')
    assert refused(table, 'split = ";"\n' + mapping) == [
        "small.csv:2:who: Ann (2 rows) does not go with as many counterparts; separate both "
        "alike, or carry the column through by `keep`"
    ]


def test_a_person_without_a_counterpart_is_not_given_to_another(
    refused: Callable[..., list[str]],
) -> None:
    table = "date,agency,official,format,p1,w1,p2,w2\n2024-09-07,MPS,A B,bilateral,KEN,,,Bob\n"
    mapping = MINIMAL.replace('"country"', '["p1", "p2"]\ncounterpart_person = ["w1", "w2"]')
    assert refused(table, mapping) == [
        "small.csv:2:w1 + w2: Bob (1 row) does not go with as many counterparts; separate both "
        "alike, or carry the column through by `keep`"
    ]


def test_several_persons_of_one_counterpart_are_one_text(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = "date,agency,official,format,country,w1,w2\n2024-09-07,MPS,A B,bilateral,KEN,Ann,Bob\n"
    mapping = MINIMAL.replace('"country"', '"country"\ncounterpart_person = ["w1", "w2"]')
    assert list(imported(table, mapping).counterpart_person) == ["Ann; Bob"]


def test_every_column_of_addresses_counts(imported: Callable[..., pd.DataFrame]) -> None:
    table = "date,agency,official,format,country,u1,u2\n"
    table += "2024-09-07,MPS,A B,bilateral,KEN,agency page,https://b.org/2\n"
    mapping = MINIMAL.replace('"country"', '"country"\nsource_url = ["u1", "u2"]')
    mapping += '\n[values.source_url]\n"agency page" = "https://a.org/1"\n'
    made = imported(table, mapping)
    assert (made.source_url[0], made.note[0]) == ("https://a.org/1", "also: https://b.org/2")


def test_one_value_is_never_dropped_for_another(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("country", "country,town,place", 1).replace("KEN", "KEN,Nairobi,Mombasa")
    table = table.replace("ETH", "ETH,Kigali,").replace("RWA", "RWA,Kigali,Kigali")
    mapping = MINIMAL.replace("[columns]", '[columns]\ncity = ["town", "place"]')
    assert refused(table, mapping) == [
        "small.csv:2:town + place: `Nairobi` and `Mombasa` (1 row) are in one row; map one of the "
        "columns, and carry the others through by `keep`"
    ]
    made = imported(table.replace("Mombasa", ""), mapping)
    assert list(made.city) == ["Nairobi", "Kigali", "Kigali"]


@pytest.mark.parametrize(
    ("cell", "split", "url", "note"),
    [
        ("https://a.org/1; https://b.org/2", "", "https://a.org/1", "also: https://b.org/2"),
        ("https://a.org/1 https://b.org/2", "", "https://a.org/1", "also: https://b.org/2"),
        (
            "https://a.org/1, News; https://b.org/2, News",
            "",
            "https://a.org/1",
            "also: News; https://b.org/2, News",
        ),
        ("https://a.org/1;x=2", "", "https://a.org/1;x=2", ""),
        ("https://a.org/1, News", ";", "https://a.org/1", "also: News"),
    ],
)
def test_the_first_address_is_the_source_and_the_others_are_in_the_note(
    cell: str, split: str, url: str, note: str, imported: Callable[..., pd.DataFrame]
) -> None:
    table = SMALL.replace("country", "country,page", 1).replace("KEN", f'KEN,"{cell}"')
    table = table.replace("ETH", "ETH,").replace("RWA", "RWA,")
    mapping = MINIMAL.replace("[columns]", '[columns]\nsource_url = "page"')
    made = imported(table, (f'split = "{split}"\n' if split else "") + mapping)
    assert (made.source_url[0], made.note[0]) == (url, note)


def test_topics_can_have_another_separator(imported: Callable[..., pd.DataFrame]) -> None:
    table = SMALL.replace("country", "country,issues", 1).replace("KEN", "KEN,training/GSI")
    table = table.replace("ETH", "ETH,").replace("RWA", "RWA,")
    mapping = MINIMAL.replace("[columns]", '[columns]\ntopic = "issues"')
    made = imported(table, 'split = { topic = "/" }\n' + mapping)
    assert made.topic[0] == "training; GSI"


# --- systems of codes, and missing values ---------------------------------------------------


def test_codes_of_a_system_are_read_for_the_day(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("KEN", "501").replace("ETH", "530").replace("RWA", "517")
    mapping = 'system = "cow"\n' + MINIMAL
    assert list(imported(table, mapping).counterpart) == ["KEN", "ETH", "RWA"]


@pytest.mark.parametrize(
    ("system", "codes"),
    [
        ("numeric", ["404", "231", "646"]),
        ("gw", ["501", "530", "517"]),
        ("iso2", ["KE", "ET", "RW"]),
        ("iso3", ["KEN", "ETH", "RWA"]),
    ],
)
def test_a_map_names_the_system_of_codes(
    system: str, codes: list[str], imported: Callable[..., pd.DataFrame]
) -> None:
    table = SMALL
    for iso3, code in zip(["KEN", "ETH", "RWA"], codes, strict=True):
        table = table.replace(iso3, code)
    mapping = f'system = {{ counterpart = "{system}" }}\n' + MINIMAL
    assert list(imported(table, mapping).counterpart) == ["KEN", "ETH", "RWA"]


def test_a_code_that_its_system_lacks_is_named(refused: Callable[..., list[str]]) -> None:
    assert refused(SMALL.replace("KEN", "NA"), 'system = "iso2"\n' + MINIMAL) == [
        "small.csv:2:country: `NA` (1 row) marks a missing value in many files; write it in "
        '`missing`, or as `NA = "NAM"` under [values.counterpart]',
        "small.csv:3:country: `ETH` (1 row) is not the iso2 code of one country; write the ISO3 code "
        "under [values.counterpart]",
        "small.csv:4:country: `RWA` (1 row) is not the iso2 code of one country; write the ISO3 code "
        "under [values.counterpart]",
    ]


def test_the_proposal_takes_the_system_from_the_whole_column(tmp_path: Path) -> None:
    table = "date,{}\n2020-01-01,{}\n2020-01-02,{}\n"
    one = tomllib.loads(importer_proposal(tmp_path, table.format("ccode", 220, 710)))
    assert one["system"] == {"counterpart": "cow"}  # 220 is France, and no code of ISO 3166-1
    assert one["columns"]["counterpart"] == "ccode"
    assert "values" not in one
    iso = tomllib.loads(importer_proposal(tmp_path, table.format("country code", 404, 646)))
    assert iso["system"] == {"counterpart": "numeric"}
    both = importer_proposal(tmp_path, table.format("ccode", 100, 710))
    assert 'system = { counterpart = "" }  # left to decide: cow, gw, numeric' in both
    other = tomllib.loads(importer_proposal(tmp_path, table.format("country", 0, 1)))
    assert other["columns"]["counterpart"] == ""


def test_letters_of_another_system_put_every_match_in_doubt(tmp_path: Path) -> None:
    codes = ["AUS", "SWZ", "SLV", "FRN", "USA"]
    table = "date,country\n" + "".join(f"2020-01-01,{code}\n" for code in codes)
    proposal = importer_proposal(tmp_path, table)
    assert tomllib.loads(proposal)["system"] == {"counterpart": "cowc"}
    assert "values" not in tomllib.loads(proposal)
    mixed = importer_proposal(tmp_path, table + "2020-01-01,EU\n")  # fits no system as a whole
    assert tomllib.loads(mixed)["values"]["counterpart"] == dict.fromkeys([*codes, "EU"], "")
    assert '"AUS" = ""  # did you mean "AUT" or "AUS"?' in mixed
    iso = importer_proposal(tmp_path, table.replace("FRN", "FRA"))
    assert "every value is a code already" in iso
    both = importer_proposal(tmp_path, table.replace("2020-01-01,FRN\n", ""))
    assert 'system = { counterpart = "" }  # left to decide: iso3, cowc' in both


@pytest.mark.parametrize(
    ("column", "codes", "system"),
    [
        ("country", "GM JA CH RS", "fips"),  # JA is in no other list
        ("country", "GM CH RS", None),  # ISO codes, as far as one can see
        ("fips code", "GM CH RS", "fips"),
        ("country", "AU NZ FR UK", None),  # UK is a usual name
        ("country", "SUI GER NED USA", "ioc"),
        ("country", "NOC CAN", None),
        ("stateabb", "AUS USA CAN", "cowc"),
        ("country", "AUS USA CAN", None),
        ("country", "UAE USA", None),  # a usual name, which means the same
        ("country", "TOG ZAN FRN", "cowc"),
    ],
)
def test_the_system_of_letters_is_chosen_from_the_whole_column(
    tmp_path: Path, column: str, codes: str, system: str | None
) -> None:
    table = f"date,{column}\n" + "".join(f"2020-01-01,{code}\n" for code in codes.split())
    found = tomllib.loads(importer_proposal(tmp_path, table)).get("system")
    assert found == (None if system is None else {"counterpart": system})


@pytest.mark.parametrize(
    ("system", "codes", "wanted"),
    [
        ("cowc", ["AUS", "SWZ", "AUL"], ["AUT", "CHE", "AUS"]),
        ("fips", ["GM", "JA", "CI"], ["DEU", "JPN", "CHL"]),
        ("ioc", ["SUI", "GER", "NED"], ["CHE", "DEU", "NLD"]),
    ],
)
def test_letters_of_a_system_become_countries(
    system: str, codes: list[str], wanted: list[str], imported: Callable[..., pd.DataFrame]
) -> None:
    table = SMALL
    for iso3, code in zip(["KEN", "ETH", "RWA"], codes, strict=True):
        table = table.replace(iso3, code)
    assert list(imported(table, f'system = "{system}"\n' + MINIMAL).counterpart) == wanted


def importer_proposal(folder: Path, table: str) -> str:
    """The text of the proposal for a table."""
    (folder / "file.csv").write_text(table, encoding="utf-8")
    return importer.propose(folder / "file.csv")


def test_markers_of_missing_values_are_blank_by_the_map_alone(
    imported: Callable[..., pd.DataFrame], refused: Callable[..., list[str]]
) -> None:
    table = SMALL.replace("country", "country,town", 1).replace("Wang Xiaohong", "N/A", 1)
    table = table.replace("KEN", "KEN,-").replace("ETH", "ETH,NA").replace("RWA", "RWA,NA")
    mapping = MINIMAL.replace("[columns]", '[columns]\ncity = "town"')
    wrong = "marks a missing value in many files; write it in `missing`, or as"
    assert refused(table, mapping) == [
        f'small.csv:2:official: `N/A` (1 row) {wrong} `"N/A" = "N/A"` under [values.official]',
        f'small.csv:2:town: `-` (1 row) {wrong} `- = "-"` under [values.city]',
        f'small.csv:3:town: `NA` (2 rows) {wrong} `NA = "NA"` under [values.city]',
    ]
    made = imported(table, 'missing = ["N/A", "-", "NA"]\n' + mapping)
    assert list(made.official) == ["", "Wang Xiaohong", "Wang Xiaohong"]
    assert list(made.city) == ["", "", ""]


def test_a_line_of_values_counts_for_more_than_missing(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("country", "country,town", 1).replace("KEN", "NA,NA")
    table = table.replace("ETH", "ETH,").replace("RWA", "RWA,")
    mapping = MINIMAL.replace("[columns]", '[columns]\ncity = "town"')
    mapping = 'missing = ["NA"]\n' + mapping + '\n[values.counterpart]\nNA = "NAM"\n'
    made = imported(table, mapping)
    assert (made.counterpart[0], made.city[0]) == ("NAM", "")


def test_the_proposal_lists_markers_and_leaves_namibia_to_decide(tmp_path: Path) -> None:
    table = "date,country,city,score\n2020-01-02,US,NA,-9\n2020-02-03,NA,NULL,1\n"
    proposal = importer_proposal(tmp_path, table)
    data = tomllib.loads(proposal)
    assert data["missing"] == ["NA", "NULL"]
    assert data["values"]["counterpart"] == {"US": "USA", "NA": ""}


def test_a_bilateral_row_has_no_forum_and_its_occasion_is_in_the_note(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("country", "country,occasion", 1).replace("KEN", "KEN,State visit")
    table = table.replace("ETH", "ETH,Rome Summit").replace("RWA", "RWA,Rome Summit")
    made = imported(table, MINIMAL.replace("[columns]", '[columns]\nforum = "occasion"'))
    assert list(made.forum) == ["", "Rome Summit 2024", "Rome Summit 2024"]
    assert list(made.note) == ["forum: State visit", "", ""]


def test_publishers_are_not_those_of_the_default_page(
    imported: Callable[..., pd.DataFrame],
) -> None:
    table = SMALL.replace("country", "country,outlet,page", 1).replace("KEN", "KEN,Reuters,")
    table = table.replace("ETH", "ETH,Kyodo,").replace("RWA", "RWA,AFP,https://afp.example.org/1")
    columns = '[columns]\nsource_publisher = "outlet"\nsource_url = "page"'
    made = imported(table, MINIMAL.replace("[columns]", columns))
    assert list(made.source_publisher) == ["", "", "AFP"]
    assert list(made.note) == ["source_publisher: Reuters", "source_publisher: Kyodo", ""]


# --- proposals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (  # days rather than years
            "year,start,end,country\n2015,8 April 2015,9 April 2015,Fiji\n",
            {"date": "start", "date_end": "end", "counterpart": "country"},
        ),
        (  # whatever the columns are called
            "jour,jusqu,country\n24/05/2012,25/05/2012,Fiji\n05/11/2012,05/11/2012,Peru\n",
            {"date": "jour", "date_end": "jusqu", "counterpart": "country"},
        ),
        (
            "jusqu,year,jour,country\n2012-05-25,2012,2012-05-24,Fiji\n",
            {"date": "jour", "date_end": "jusqu", "counterpart": "country"},
        ),
        (  # the key of a kind of event is no key of an event
            "day,eventcode,partner\n20200101,040,Fiji\n20200102,040,Peru\n",
            {"date": "day", "counterpart": "partner"},
        ),
        (  # letters in common, and one word in common
            "date,country,Continent,elections,is_official_finance\n2020-01-01,Fiji,Oceania,1,no\n",
            {"date": "date", "counterpart": "country"},
        ),
        (  # a word of a sentence
            "date,country,LEGENDE\n2020-01-01,Fiji,photo of the summit\n2020-01-02,Peru,\n",
            {"date": "date", "counterpart": "country"},
        ),
        (
            "date,partner1,partner2\n2020-01-01,Fiji,\n2020-01-02,Peru,Chad\n",
            {"date": "date", "counterpart": ["partner1", "partner2"]},
        ),
    ],
)
def test_columns_are_proposed_for_what_they_hold(
    table: str, columns: dict[str, object], tmp_path: Path
) -> None:
    assert propose(tmp_path, table)["columns"] == columns


def test_dates_that_cannot_be_told_apart_are_left_to_decide(tmp_path: Path) -> None:
    table = (
        "year,one,two,country\n2015,2015-04-08,2015-04-07,Fiji\n2016,2016-01-01,2016-01-02,Fiji\n"
    )
    assert propose(tmp_path, table)["columns"] == {"date": "", "counterpart": "country"}


def test_a_share_is_never_rounded_up_to_all(tmp_path: Path) -> None:
    names = list(read_csv(DATA / "reference" / "countries.csv")["name"])
    table = "date,country\n" + "".join(f'2020-01-01,"{name}"\n' for name in [*names, "Nowhere"])
    assert "and 99% of its values fit" in importer_proposal(tmp_path, table)


def test_cells_of_several_counterparts_are_split_in_the_proposal(tmp_path: Path) -> None:
    table = 'date,country\n2020-01-02,Fiji; Peru\n2020-02-03,"Chad, Serbia and Montenegro"\n'
    table += '2020-02-03,"Korea, Republic of"\n2020-02-03,Trinidad and Tobago\n'
    data = propose(tmp_path, table)
    assert data["split"] == {"counterpart": [";", ","]}
    assert data["values"]["counterpart"] == {
        "Chad": "TCD",
        "Serbia and Montenegro": "SCG",
        "Fiji": "FJI",
        "Korea, Republic of": "KOR",
        "Peru": "PER",
        "Trinidad and Tobago": "TTO",
    }


def propose(folder: Path, table: str, name: str = "file.csv") -> dict[str, dict[str, object]]:
    (folder / name).write_text(table, encoding="utf-8")
    return tomllib.loads(importer.propose(folder / name))


def test_ranks_and_agencies_come_from_the_officials_where_no_column_says_them(
    tmp_path: Path,
) -> None:
    table = "when,leader,partner\n2024-01-01,Chen Wenqing,Laos\n2024-02-01,Xu Datong,Peru\n"
    data = propose(tmp_path, table + "2024-03-01,Somebody Else,Chad\n")
    assert data["columns"]["official_rank"] == data["columns"]["agency"] == "leader"
    assert data["values"]["agency"] == {
        "Chen Wenqing": "CPLC",
        "Xu Datong": "MPS",
        "Somebody Else": "",
    }
    assert data["values"]["official_rank"] == {
        "Chen Wenqing": "cplc_secretary",
        "Xu Datong": "vice_minister",
        "Somebody Else": "",
    }
    assert data["defaults"]["source_url"] == ADDRESS
    assert data["defaults"]["mode"] == "in_person"
    assert data["defaults"]["format"] == ""


def test_a_period_is_of_imputed_rows_and_never_proposed(tmp_path: Path) -> None:
    table = "date,date_min,date_max,official,country\n2024-01-01,2023-12-01,2024-02-01,A,Laos\n"
    columns = propose(tmp_path, table)["columns"]
    assert columns["date"] == "date"
    assert not {"date_min", "date_max", "date_end"} & set(columns)


def test_a_map_can_name_the_columns_of_a_period(imported: Callable[..., pd.DataFrame]) -> None:
    mapping = MINIMAL.replace(
        'date = "date"',
        'date = "date"\nrow_status = "status"\ndate_min = "from"\ndate_max = "to"',
    )
    mapping = mapping.partition("[defaults]")[0] + (
        'mode = "mode"\nconfidence = "sure"\nofficial_rank = "rank"\nsource_url = "page"\n'
    )
    table = (
        "date,agency,official,rank,format,country,mode,sure,page,status,from,to\n"
        "2024-09-07,MPS,Wang Xiaohong,minister,bilateral,KEN,phone,high,https://a.org,,,\n"
        ",MPS,,minister,bilateral,ETH,,,,imputed,1 September 2024,2024/09/30\n"
    )
    frame = imported(table, mapping)
    assert frame["date_min"].tolist() == ["", "2024-09-01"]
    assert frame["date_max"].tolist() == ["", "2024-09-30"]


def test_columns_are_found_by_their_values_where_no_name_tells(tmp_path: Path) -> None:
    table = (
        "a,b,c,d,e\nMPS,7 May 2023,Holland,https://example.org/a,one\n"
        "MSS,8 May 2023,Fiji,https://example.org/b,two\n"
    )
    data = propose(tmp_path, table)
    columns = {"agency": "a", "date": "b", "counterpart": "c", "source_url": "d"}
    assert data["columns"] == columns


def test_a_police_that_is_not_known_may_be_that_of_the_other_side(tmp_path: Path) -> None:
    table = "date,who,country\n2023-05-07,Example Police,Fiji\n2023-05-08,Other Police,Fiji\n"
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    assert '\n# agency = "who"  # perhaps: no name tells' in importer.propose(tmp_path / "a.csv")


def test_a_nationality_in_a_heading_stands_for_the_home_country_where_the_values_fit(
    tmp_path: Path,
) -> None:
    table = "date,{0} agency,Name of {0} official,country\n2023-05-07,{1},{2},Laos\n"
    columns = propose(tmp_path, table.format("Chinese", "MPS", "Wang Xiaohong"))["columns"]
    assert columns["agency"] == "Chinese agency"
    assert columns["official"] == "Name of Chinese official"
    (tmp_path / "a.csv").write_text(table.format("Kenyan", "Example", "Jane Example"), "utf-8")
    lines = importer.propose(tmp_path / "a.csv").splitlines()
    assert any(
        line.startswith('# official = "Name of Kenyan official"  # perhaps') for line in lines
    )
    assert any(line.startswith('# agency = "Kenyan agency"  # perhaps') for line in lines)


def test_two_columns_of_countries_are_not_told_apart_by_guessing(tmp_path: Path) -> None:
    table = "agency,date,one,two\nMPS,2023-05-07,China,Fiji\nMPS,2023-05-08,Fiji,China\n"
    data = propose(tmp_path, table)
    assert data["columns"]["counterpart"] == ""
    assert "host_country" not in data["columns"]


def test_a_number_of_every_row_is_no_event_id(tmp_path: Path) -> None:
    table = SMALL.replace("date,", "event id,date,").replace("2024", "x2024")
    (tmp_path / "a.csv").write_text(re.sub("x", lambda _: "1,", table), encoding="utf-8")
    lines = table.splitlines()
    numbered = [lines[0], *(f"{n},{line[1:]}" for n, line in enumerate(lines[1:], 1))]
    (tmp_path / "b.csv").write_text("\n".join(numbered), encoding="utf-8")
    assert 'event_key = "event id"  # by its name\n' in importer.propose(tmp_path / "a.csv")
    assert '# event_key = "event id"' in importer.propose(tmp_path / "b.csv")


@pytest.mark.parametrize("last", ["2999", "3000"])
def test_a_number_of_every_row_is_noticed_in_a_long_file(tmp_path: Path, last: str) -> None:
    """Beyond the number of different values that are kept, a key that repeats is still a key."""
    rows = [f"{n},2024-09-07,MPS,KEN" for n in range(3000)]
    table = "\n".join(["event id,date,agency,country", *rows, f"{last},2024-09-07,MPS,UGA"])
    (tmp_path / "a.csv").write_text(table + "\n", encoding="utf-8")
    proposal = importer.propose(tmp_path / "a.csv")
    line = 'event_key = "event id"  # by its name'
    assert (f"\n{line}\n" in proposal) == (last == "2999")
    assert (f"\n# {line}; but every row has its own" in proposal) == (last == "3000")


def test_keys_beyond_a_bound_are_compared_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secdiplo.importer.profile.MAX_KEYS", 2)
    rows = [f"{n},2024-09-07,MPS,KEN" for n in (1, 2, 3, 1)]
    table = "\n".join(["event id,date,agency,country", *rows])
    (tmp_path / "a.csv").write_text(table + "\n", encoding="utf-8")
    assert '\nevent_key = "event id"' in importer.propose(tmp_path / "a.csv")


def test_two_letter_codes_count_only_in_a_column_of_them(tmp_path: Path) -> None:
    table = "agency,date,country\nMPS,2023-05-07,{}\nMPS,2023-05-08,{}\n"
    codes = propose(tmp_path, table.format("FJ", "AU"))["values"]["counterpart"]
    assert codes == {"FJ": "FJI", "AU": "AUS"}
    names = propose(tmp_path, table.format("Fiji", "AU"))["values"]["counterpart"]
    assert names == {"Fiji": "FJI", "AU": ""}  # Australia or the African Union
    assert propose(tmp_path, table.format("UK", "FR"))["values"]["counterpart"] == {
        "UK": "GBR",  # a usual name, which the letters of ISO are not
        "FR": "",
    }
    for other in ("Fiji", "FJ"):
        missing = propose(tmp_path, table.format(other, "NA"))["values"]["counterpart"]
        assert missing == {other: "FJI", "NA": ""}


def test_a_doubtful_country_is_offered_and_not_taken(tmp_path: Path) -> None:
    table = "agency,date,country\nMPS,2023-05-07,Republic of Fiji\nMPS,2023-05-08,Vietnm\n"
    names = ["Peru", "Korea", "AU", "NA", "Austria-Hungary", "Atlantis"]
    table += "".join(f"MPS,2023,{name}\n" for name in names)
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    lines = importer.propose(tmp_path / "a.csv").splitlines()
    old = "A state to 1918; both lists of states have it as 300, and ISO 3166 has no code for it."
    for name, doubt, why in [
        ("Vietnm", 'did you mean "VNM"?', ""),
        ("Korea", 'did you mean "KOR" or "PRK"?', ". Two states have this name."),
        ("AU", 'did you mean "AUS" or "org:AU"?', ""),
        ("NA", 'did you mean "NAM" or "(blank)"?', ""),
        ("Austria-Hungary", 'did you mean "AUT" or "HUN"?', f". {old}"),
        (
            "Atlantis",
            'left to decide: an ISO3 code, "org:CODE", "actor:CODE" or "(blank)"',
            "",
        ),
    ]:
        assert f'"{name}" = ""  # {doubt} (1 row){why}' in lines
    assert '"Republic of Fiji" = "FJI"' in lines


def test_every_name_that_countries_resolves_is_filled_in(tmp_path: Path) -> None:
    names = {
        "越南": "VNM",
        "Россия": "RUS",
        "Allemagne": "DEU",
        "LIBAN": "LBN",
        "Zaire": "COD",
        "United Mexican States": "MEX",
        '"Korea, Dem. People\'s Rep."': "PRK",
        "Kyrgyz Republic": "KGZ",
        "Republic of China": "TWN",
        "国际刑警组织": "org:INTERPOL",
    }
    table = "agency,date,country\n" + "".join(f"MPS,2023-05-07,{name}\n" for name in names)
    found = propose(tmp_path, table)["values"]["counterpart"]
    assert found == {name.strip('"'): code for name, code in names.items()}
    proposal = importer.propose(tmp_path / "file.csv")
    assert '"Republic of China" = "TWN"  # Taiwan; not the People\'s Republic of China.' in proposal


def test_the_importer_knows_every_recorded_name() -> None:
    refused = {"Congo", "St. Martin", "Saint-Martin"}
    renamed = {"BUR": "MMR", "DHY": "BEN", "HVO": "BFA", "RHO": "ZWE", "VDR": "VNM", "ZAR": "COD"}
    known = code_names("counterpart")
    rows = read_csv(DATA / "countries" / "country_names.csv")
    assert len(rows) > 2_000
    for name, iso3 in zip(rows["name"], rows["iso3"], strict=True):
        today = renamed.get(iso3, iso3)
        assert known.find(name) == (None if name in refused else today), name
        assert today in known.suggest(name)


def test_two_thousand_different_counterparts_are_proposed_fast(tmp_path: Path) -> None:
    names = list(read_csv(DATA / "reference" / "countries.csv")["name"])
    names += [f"{name}x{n}" for name in names for n in range(8)]
    rows = "".join(f'MPS,2023-05-07,"{name}"\n' for name in names)
    (tmp_path / "a.csv").write_text("agency,date,country\n" + rows, encoding="utf-8")
    start = time.process_time()
    assert '"Perux7" = ""  # did you mean "PER"? (1 row)' in importer.propose(tmp_path / "a.csv")
    assert time.process_time() - start < 10


def test_agencies_beyond_the_built_in_lists_show_how_to_make_lists(tmp_path: Path) -> None:
    table = (
        "agency,date,official,country\nMPS,2023-05-07,Wang Xiaohong,Peru\n"
        "Ministry of Fish,2023-05-08,Xu Ganlu,Chad\n"
    )
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    proposal = importer.propose(tmp_path / "a.csv")
    assert '"Ministry of Fish" = ""  # left to decide: MPS, MSS, CPLC (1 row)' in proposal
    assert '# [codes.agency]\n# MPS = "Ministry of Public Security"\n' in proposal
    assert '# minister = "Minister; MPS; MSS"\n' in proposal


def test_long_names_of_forums_are_offered_their_series(tmp_path: Path) -> None:
    table = (
        "agency,date,official,country,forum\n"
        "MPS,2023-09-20,Wang Xiaohong,Peru,"
        "Global Public Security Cooperation Forum (Lianyungang) 2023\n"
        "MPS,2024-09-09,Wang Xiaohong,Chad,gpscfl\nMPS,2024-09-10,Wang Xiaohong,Togo,GPSCFL\n"
    )
    data = propose(tmp_path, table)
    assert data["values"]["forum"] == {
        "Global Public Security Cooperation Forum (Lianyungang) 2023": "GPSCFL 2023",
        "gpscfl": "GPSCFL",
    }


def test_headers_that_are_blank_double_or_strange_are_kept_apart(tmp_path: Path) -> None:
    table = ',date,Title,Title,"a ""b"" \\ c",country\n1,2024,x,y,z,Fiji\n'
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    proposal = importer.propose(tmp_path / "a.csv")
    tomllib.loads(proposal)
    for name in ('"column 1"', '"Title (2)"', '"a \\"b\\" \\\\ c"'):
        assert name in proposal


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("UK", "GBR"),
        ("Côte d'Ivoire", "CIV"),
        ("The Gambia", "GMB"),
        ("Myanmar", "MMR"),
        ("Lao PDR", "LAO"),
        ("interpol", "org:INTERPOL"),
        ("AU", None),
        ("NA", None),
        ("FR", None),
        ("FRA", "FRA"),
        ("Soviet Union", "SUN"),
        ("South Vietnam", None),
        ("Congo", None),
        ("Korea", None),
        ("Saint Martin", None),
    ],
)
def test_only_recorded_spellings_are_exact(value: str, code: str | None) -> None:
    assert code_names("counterpart").find(value) == code


# --- maps that are refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[columns]", "[columnz]", "map.toml:8:columnz: unknown key `columnz`; did you mean"),
        ('agency = "agency"', 'agenzy = "agency"', "map.toml:10:agenzy: unknown key `columns.a"),
        ('home = "CHN"', 'home = "UK"', "map.toml:6:home: unknown country `UK`; did you mean `GB"),
        ('home = "CHN"', 'home = ""', "map.toml:6:home: left to decide; write it"),
        (
            'home = "CHN"',
            "home = 1",
            "map.toml:6:home: `dataset.home` is not text; put it in quotes",
        ),
        (
            'home = "CHN"\n',
            "",
            "map.toml:1:home: `dataset.home` is missing; add it, or name a column",
        ),
        ('version = "1.0"', 'version = "one"', "map.toml:4:version: `one` is not a version"),
        ('date = "date"', 'date = ""', "map.toml:9:date: left to decide; name a column of the f"),
        ('date = "date"\n', "", "map.toml:8:date: missing; name its column under [columns]"),
        (
            'country"\n',
            'country"\nforum = 3\n',
            "map.toml:14:forum: `columns.forum` is not text; put it in quotes",
        ),
        ('mode = "in_person"', 'mode = "in person"', "map.toml:16:mode: unknown code `in person`"),
        ('"https://example.org/data"', '"here"', "map.toml:19:source_url: `here` is not an http("),
        ("[defaults]", "[defaults", "map.toml:15:10: not valid TOML: "),
        ('forum"\n', 'forum"\n[values.mode]\nx = ""\n', "map.toml:22:x: left to decide; write a "),
        (
            'forum"\n',
            'forum"\n[values.mode]\n"Vdeo" = "vdeo"\n',
            "map.toml:22:Vdeo: unknown code `vdeo`; did you mean `video`?",
        ),
        (
            'forum"\n',
            'forum"\n[values.counterpart]\n"Narnia" = "NARNIA"\n',
            "map.toml:22:Narnia: unknown country `NARNIA`; ",
        ),
        (
            'forum"\n',
            'forum"\n[values.date]\n"a" = "2024-02-30"\n',
            "map.toml:22:a: `2024-02-30` is not a date; ",
        ),
        ("[dataset]", 'keep = ["City"]\n[dataset]', "map.toml:1:keep: `City` is a column of the"),
        (
            "[dataset]",
            f'keep = ["{"x" * 33}"]\n[dataset]',
            f"map.toml:1:keep: `{'x' * 33}` is over 32",
        ),
        (
            "[dataset]",
            'keep = ["Headline", "source_URL"]\n[dataset]',
            "map.toml:1:keep: `source_URL` is a",
        ),
        (
            "[dataset]",
            "[scopes.a]\nende = '2024'\n[dataset]",
            "map.toml:2:ende: unknown key `scopes.a.e",
        ),
        (
            "[dataset]",
            '[scopes.a]\nstart = "May"\n[dataset]',
            "map.toml:2:start: `May` is not a date; wr",
        ),
        (
            "[dataset]",
            "a" + ".a" * 120 + " = 1\n[dataset]",
            "map.toml:1:1: a line of more than 100 dots",
        ),
        ("[dataset]", 'keep = ["x", "X"]\n[dataset]', "map.toml:1:keep: `X` twice; keep one"),
        ("[dataset]", 'date_format = "d/m"\n[dataset]', "map.toml:1:date_format: `d/m` is not a f"),
        ("[dataset]", 'header = "x"\n[dataset]', "map.toml:1:header: `x`; write true or false"),
        ("[dataset]", 'system = "fifa"\n[dataset]', "map.toml:1:system: unknown system `fifa`"),
        ("[dataset]", "split = ''\n[dataset]", "map.toml:1:split: left to decide; write what"),
        ("[dataset]", 'split = [" "]\n[dataset]', "map.toml:1:split: a separator that is blank"),
        ("[dataset]", 'split = {city = ";"}\n[dataset]', "map.toml:1:city: unknown key `split.c"),
        ("[dataset]", 'split = {topic = ";"}\n[dataset]', "map.toml:1:split: `topic` has no col"),
        ("[dataset]", 'same_rows = "no"\n[dataset]', "map.toml:1:same_rows: `no`; write `refuse`"),
        ("[dataset]", '[dataset]\nannotations = "x"', "map.toml:2:annotations: `builtin` is the "),
        ("[dataset]", '[dataset]\ndefault_scope = "x"', "map.toml:2:default_scope: no scope `x`"),
        (
            "[dataset]",
            "[scopes.a]\nstart = 2024-01-01\n[dataset]",
            "map.toml:2:start: `scopes.a.start` is not text; put it in quotes",
        ),
        ("[dataset]", "[codes.agency]\n[dataset]", "map.toml:1:agency: no codes under [codes.ag"),
        (
            "[dataset]",
            '[codes.agency]\nX = "X"\n[codes.official_rank]\nr = "R; Y"\n[dataset]',
            "map.toml:4:r: unknown agency `Y`; known: X",
        ),
    ],
)
def test_a_map_says_where_it_is_wrong(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in MINIMAL
    with pytest.raises(DataError) as error:
        importer.read_map(write_map(tmp_path, MINIMAL.replace(old, new, 1)))
    assert any(str(problem).startswith(message) for problem in error.value.problems), error.value


def test_all_problems_of_a_map_come_at_once(tmp_path: Path) -> None:
    text_of_map = MINIMAL.replace('"CHN"', '""').replace('date = "date"\n', "")
    with pytest.raises(DataError) as error:
        importer.read_map(write_map(tmp_path, text_of_map.replace('"in_person"', '"walk"')))
    assert len(error.value.problems) == 3


def test_a_map_that_is_no_file_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such map; `secdiplo import FILE -o"):
        importer.read_map(tmp_path / "none.toml")
    (tmp_path / "map.toml").write_bytes(b'x = 1\ny = "\xe9"\n')
    with pytest.raises(DataError, match=r"map.toml:2:1: not UTF-8"):
        importer.read_map(tmp_path / "map.toml")


def test_a_proposal_with_blanks_is_refused_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "Example police.csv"
    file.write_text(EXAMPLE_POLICE, encoding="utf-8")
    path = write_map(tmp_path, importer.propose(file))
    with pytest.raises(DataError) as error:
        importer.run(file, path, tmp_path / "out")
    lines = path.read_text(encoding="utf-8").splitlines()
    for problem in error.value.problems:
        line = lines[problem.line - 1]
        assert problem.column in line, problem
    assert not (tmp_path / "out").exists()


# --- files that are refused -----------------------------------------------------------------


def test_columns_that_the_file_lacks_are_named_at_the_map(
    refused: Callable[..., list[str]],
) -> None:
    mapping = 'keep = ["zip"]\n' + MINIMAL.replace('"country"', '"Countries"')
    assert refused(mapping=mapping) == [
        "map.toml:1:keep: small.csv has no column `zip`; "
        "it has: date, agency, official, format, country",
        "map.toml:14:counterpart: small.csv has no column `Countries`; did you mean `country`?",
    ]


def test_every_unknown_value_is_listed_once_with_its_rows(
    refused: Callable[..., list[str]],
) -> None:
    table = SMALL.replace("multilateral", "Multi-lateral").replace("KEN", "Kenia")
    table = table.replace("2024-09,", "autumn,").replace("7,MPS", "7,mps")
    assert refused(table) == [
        "small.csv:2:agency: `mps` (1 row) has no mapping; did you mean `MPS`? "
        "write it under [values.agency]",
        "small.csv:2:country: `Kenia` (1 row) has no mapping; did you mean `KEN`? "
        "write it under [values.counterpart]",
        "small.csv:3:date: `autumn` (2 rows) cannot be read as a date; write it under "
        "[values.date] as `2024-09-07`, `2024-09` or `2024`",
        "small.csv:3:format: `Multi-lateral` (2 rows) has no mapping; did you mean "
        "`multilateral`? write it under [values.format]",
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "small.csv:1:1: an empty file"),
        ("\n\n", "small.csv:1:1: no header of at least two columns"),
        (SMALL.splitlines()[0] + "\n", "small.csv:1:1: a header and no rows"),
        (SMALL + "2024,MPS\n", "small.csv:5:2: 2 cells but 5 columns"),
        (SMALL + "2024,MPS,a,b,c,d\n", "small.csv:5:5: 6 cells but 5 columns"),
        (SMALL + '2024,"MPS\n', "small.csv:5:1: a quote is opened in this record and not closed"),
        (
            SMALL + '2024,"M"PS,a,b,c\n',
            "small.csv:5:1: a quoted cell does not end at a comma; close",
        ),
        (SMALL + "2024,\0,a,b,c\n", "small.csv:5:1: a NUL byte"),
        (SMALL + f"2024,{'x' * 100_001},a,b,c\n", "small.csv:5:1: a cell of over 100,000"),
    ],
)
def test_a_broken_text_is_refused(
    table: str, message: str, refused: Callable[..., list[str]]
) -> None:
    problems = refused(table)
    assert len(problems) == 1
    assert problems[0].startswith(message)


def test_bytes_of_another_encoding_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(SMALL.encode() + "2024,MPS,é,bilateral,KEN".encode("latin-1"))
    with pytest.raises(DataError, match=r"a.csv:5:10: byte 0xE9 is not UTF-8"):
        importer.propose(tmp_path / "a.csv")
    rows = [f"2024,MPS,é {number},bilateral,KEN\n".encode("latin-1") for number in range(60)]
    (tmp_path / "a.csv").write_bytes(SMALL.encode() + b"".join(rows))
    with pytest.raises(DataError) as error:
        importer.propose(tmp_path / "a.csv")
    (problem,) = error.value.problems  # the file has one encoding
    assert "0xE9 is not UTF-8, nor are bytes of 59 more lines" in problem.what


def test_a_quote_in_the_middle_is_named_with_the_delimiter_of_the_file(tmp_path: Path) -> None:
    table = SMALL.replace(",", ";") * 4 + '2024;"M"PS;a;b;c\n'
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    with pytest.raises(DataError, match=r"a.csv:17:1: a quoted cell does not end at a semicolon"):
        importer.propose(tmp_path / "a.csv")


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_LINE", 100)
    (tmp_path / "a.tab").write_text("a\tb\n" + "x" * 200, encoding="utf-8")
    with pytest.raises(DataError, match=r"a.tab:2:1: a line of over 100 characters"):
        importer.propose(tmp_path / "a.tab")
    monkeypatch.setattr(records, "MAX_RECORD", 100)
    (tmp_path / "a.csv").write_text("a,b\n" + "x" * 200, encoding="utf-8")
    with pytest.raises(DataError, match=r"a.csv:2:1: a cell of over 100,000"):
        importer.propose(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["theirs.xlsx", "theirs.dta", "theirs.parquet"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_a_truncated_file_is_refused(
    name: str, part: float, theirs: pd.DataFrame, tmp_path: Path
) -> None:
    WRITERS[name](theirs, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(DataError, match=rf"{name}:1:1: .*it may be cut off"):
        importer.propose(tmp_path / name)


@pytest.mark.parametrize("suffix", [".csv", ".tab", ".xlsx", ".dta", ".parquet"])
@pytest.mark.parametrize("kind", ["theirs.xlsx", "theirs.dta", "theirs.parquet", "theirs.csv"])
def test_a_file_under_a_wrong_name_is_refused(
    suffix: str, kind: str, theirs: pd.DataFrame, tmp_path: Path
) -> None:
    if kind.endswith(suffix) or (kind == "theirs.csv" and suffix == ".tab"):
        pytest.skip("the right name")
    WRITERS[kind](theirs, tmp_path / kind)
    wrong = (tmp_path / kind).rename(tmp_path / f"wrong{suffix}")
    with pytest.raises(DataError, match=r"wrong.*:1:1: "):
        importer.propose(wrong)


def test_other_kinds_sizes_and_widths_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="no such file; name a CSV"):
        importer.propose(tmp_path / "none.csv")
    (tmp_path / "a.dat").write_text("x")
    with pytest.raises(UsageError, match="not a supported kind of file"):
        importer.propose(tmp_path / "a.dat")
    wide = ",".join(f"c{n}" for n in range(2001))
    (tmp_path / "wide.csv").write_text(f"{wide}\n{wide}\n")
    with pytest.raises(UsageError, match="over 2,000 columns"):
        importer.propose(tmp_path / "wide.csv")
    monkeypatch.setattr(readers, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="over 2 GiB"):
        importer.propose(tmp_path / "wide.csv")


def test_a_target_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_text(SMALL)
    path = write_map(tmp_path, MINIMAL)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    for target in ("out", "small.csv"):
        with pytest.raises(UsageError, match="exists and is not empty; name a new folder"):
            importer.run(tmp_path / "small.csv", path, tmp_path / target)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert importer.run(tmp_path / "small.csv", path, tmp_path / "empty") is not None
    assert (tmp_path / "empty" / "dataset.toml").is_file()


def test_problems_of_the_written_folder_are_returned_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_text(SMALL.replace("KEN", "CHN"))
    problems = importer.run(tmp_path / "small.csv", write_map(tmp_path, MINIMAL), tmp_path / "out")
    assert problems == store.check(tmp_path / "out")
    assert str(problems[0]).startswith(
        "curated/interactions.csv:2:counterpart: `CHN` is not foreign"
    )


# --- rules, rest values, further columns and the summary ------------------------------------


def test_rules_keep_and_leave_out_rows(refused: Callable[..., list[str]]) -> None:
    table = SMALL.replace("country", "country,state", 1).replace("KEN", "KEN,done")
    table = table.replace("ETH", "ETH,planned").replace("RWA", "RWA,")
    for rules, left in (
        ('[drop]\nstate = ["planned"]\n', ["KEN", "RWA"]),
        ('[drop]\nstate = "(blank)"\n', ["KEN", "ETH"]),
        ('[filter]\nstate = ["done", "planned"]\n', ["KEN", "ETH"]),
        ('[filter]\nstate = "*"\n[drop]\ncountry = "KEN"\n', ["ETH"]),
    ):
        assert list(convert_rows(table, rules + MINIMAL).counterpart) == left
    everything = refused(table, '[filter]\nstate = "over"\n' + MINIMAL)
    assert everything == ["map.toml:1:filter: the rules leave out every row; change their values"]
    assert refused(table, '[drop]\nstat = "x"\n' + MINIMAL) == [
        "map.toml:2:stat: small.csv has no column `stat`; did you mean `state`?"
    ]


def convert_rows(table: str, mapping: str) -> pd.DataFrame:
    """The sheet that a small CSV becomes, without a folder."""
    from tempfile import TemporaryDirectory

    from secdiplo.importer import convert

    with TemporaryDirectory() as folder:
        file = Path(folder) / "small.csv"
        file.write_text(table, encoding="utf-8")
        read = importer.read_map(write_map(Path(folder), mapping))
        made = [cells for _, cells in convert.rows(readers.open_source(file), read)]
    return pd.DataFrame(made, columns=convert.header(read))


def test_a_rest_value_stands_for_values_without_a_line() -> None:
    table = SMALL.replace("KEN", "Kenya").replace("ETH", "many").replace("bilateral", "talk")
    mapping = MINIMAL + (
        '\n[values.counterpart]\nKenya = "KEN"\n"*" = "(blank)"\n'
        '[values.format]\n"*" = "sideline"\n[values.official]\n"*" = "Somebody"\n'
    )
    made = convert_rows(table, mapping)
    assert list(made.counterpart) == ["KEN", "", "RWA"]
    assert list(made.format) == ["sideline", "multilateral", "multilateral"]
    assert set(made.official) == {"Somebody"}


def test_a_rest_value_decides_nothing_about_missing_values(
    refused: Callable[..., list[str]],
) -> None:
    mapping = MINIMAL + '\n[values.counterpart]\n"*" = "(blank)"\n[values.official]\n"*" = "A"\n'
    found = refused(SMALL.replace("KEN", "NA").replace("Wang Xiaohong", "N/A", 1), mapping)
    assert [problem.partition(" marks")[0] for problem in found] == [
        "small.csv:2:country: `NA` (1 row)",
        "small.csv:2:official: `N/A` (1 row)",
    ]


def test_a_column_can_be_carried_through_under_another_name() -> None:
    long = "a column whose name is far longer than thirty-two letters"
    table = SMALL.replace("country", f"country,Publisher,{long}", 1)
    table = table.replace("KEN", "KEN,a,b").replace("ETH", "ETH,,").replace("RWA", "RWA,,")
    mapping = f'[keep]\noutlet = "Publisher"\nshort = "{long}"\n' + MINIMAL
    made = convert_rows(table, mapping)
    assert list(made.outlet) == ["a", "", ""]
    assert list(made.short) == ["b", "", ""]


def test_the_summary_counts_what_an_import_changed(tmp_path: Path) -> None:
    table = SMALL.replace("KEN", "Kenya; RWA").replace("MPS", "NA", 1)
    table += "2024-09-09,MPS,,bilateral,ETH\n"
    mapping = 'missing = ["NA"]\nsplit = ";"\n[drop]\nofficial = "(blank)"\n' + MINIMAL
    mapping = mapping.replace("[defaults]", '[defaults]\nagency = "MPS"')
    mapping += '\n[values.counterpart]\nKenya = "KEN"\n'
    (tmp_path / "small.csv").write_text(table)
    path = write_map(tmp_path, mapping)
    result = importer.import_file(tmp_path / "small.csv", path, tmp_path / "out")
    assert result.summary.lines() == [
        "4 rows read, 4 rows written",
        "1 row dropped by [drop] official",
        "1 row split into several",
        "1 cell blank by `missing`",
        "1 cell changed",
        "15 blank cells filled with a default",
    ]
    result.summary.write(tmp_path / "report.csv")
    report = read_csv(tmp_path / "report.csv")
    assert ["value", "counterpart", "Kenya", "KEN", "1"] in report.to_numpy().tolist()
    with pytest.raises(UsageError, match="cannot be written"):
        result.summary.write(tmp_path)


def test_the_command_prints_the_summary_and_writes_the_report(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from secdiplo.cli import main

    (tmp_path / "a.csv").write_text(SMALL.replace(",", "|"), encoding="cp1252")
    path = write_map(tmp_path, MINIMAL)

    def run(*more: str) -> tuple[int, str]:
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        found = CliRunner().invoke(main, ["import", str(tmp_path / "a.csv"), "-o", str(out), *more])
        return found.exit_code, found.output

    named = ["--map", str(path), "--delimiter", "|", "--encoding", "cp1252"]
    code, text = run(*named, "--report", str(tmp_path / "report.csv"))
    assert (code, text.splitlines()[0]) == (0, "3 rows read, 3 rows written")
    assert set(read_csv(tmp_path / "report.csv").change) == {"default"}
    code, text = run(*named, "--report", str(tmp_path / "none" / "report.csv"))
    assert (code, "no such folder; make it first" in text) == (2, True)
    code, text = run("--report", "x.csv")
    assert (code, "--report goes with --map" in text) == (2, True)
    code, text = run("--no-header")
    assert (code, "blanks are left to decide" in text) == (0, True)


# --- how a file is read ---------------------------------------------------------------------


def test_one_cause_of_ragged_rows_is_one_message(refused: Callable[..., list[str]]) -> None:
    table = SMALL + "2024,MPS\n" * 70 + "2024,MPS,a,b,c,d\n" * 2
    assert refused(table) == [
        "small.csv:5:2: 2 cells but 5 columns, as in 69 more rows; fix the delimiters or "
        "quotes, or name the delimiter of the file",
        "small.csv:75:5: 6 cells but 5 columns, as in 1 more row; fix the delimiters or "
        "quotes, or name the delimiter of the file, or name the columns beyond the header",
    ]


@pytest.mark.parametrize("in_map", [True, False])
def test_an_encoding_and_a_delimiter_can_be_named(in_map: bool, tmp_path: Path) -> None:
    table = SMALL.replace(",", "^").replace("Wang Xiaohong", "José Pérez")
    (tmp_path / "a.csv").write_text(table, encoding="cp1252")
    with pytest.raises(DataError, match='name its encoding, such as "cp1252"'):
        importer.propose(tmp_path / "a.csv")
    options = importer.ReadOptions(encoding="cp1252", delimiter="^")
    proposed = tomllib.loads(importer.propose(tmp_path / "a.csv", options=options))
    assert (proposed["encoding"], proposed["delimiter"]) == ("cp1252", "^")
    written = 'encoding = "cp1252"\ndelimiter = "^"\n' if in_map else ""
    path = write_map(tmp_path, written + MINIMAL)
    importer.run(tmp_path / "a.csv", path, tmp_path / "out", options=None if in_map else options)
    made = read_csv(tmp_path / "out" / "curated" / "interactions.csv")
    assert set(made.official) == {"José Pérez"}


def test_options_that_a_file_cannot_have_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SMALL)
    frame = pd.DataFrame({"a": ["x"], "b": ["y"]})
    frame.to_parquet(tmp_path / "a.parquet")
    options = importer.ReadOptions
    for name, given, message in (
        ("a.csv", options(encoding="cp9999"), "no encoding `cp9999`; give one such as"),
        ("a.csv", options(delimiter=", "), "`, ` is not a delimiter; give one character"),
        ("a.csv", options(encoding="utf-16"), "bytes that are not utf-16|UTF-16|no header"),
        ("a.parquet", options(encoding="cp1252"), "is not a text file; remove `encoding`"),
        ("a.parquet", options(delimiter=";"), "no delimiter to choose"),
        ("a.parquet", options(header=False), "names its columns itself"),
    ):
        with pytest.raises(SecdiploError, match=message):
            importer.propose(tmp_path / name, options=given)


def test_a_first_row_that_looks_like_data_is_asked_about(
    imported: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    table = "101\t20200101\tUSA\tFRA\thttps://example.org/a\n"
    table += "102\t20200102\tUSA\tDEU\thttps://example.org/b\n"
    (tmp_path / "a.csv").write_text(table)
    proposal = importer.propose(tmp_path / "a.csv")
    assert 'header = ""  # left to decide: the first row looks like data ("101", "2' in proposal
    assert "5 columns and 2 rows" in proposal.replace("\n# ", " ")
    assert tomllib.loads(proposal)["columns"]["date"] == "column 2"
    with pytest.raises(DataError, match="header: left to decide; write false if the first row"):
        importer.read_map(write_map(tmp_path, 'header = ""\n' + MINIMAL))
    sure = importer.propose(tmp_path / "a.csv", options=importer.ReadOptions(header=False))
    assert tomllib.loads(sure)["header"] is False
    named = importer.propose(tmp_path / "a.csv", options=importer.ReadOptions(header=True))
    assert "header" not in tomllib.loads(named)
    mapping = MINIMAL
    for number, name in enumerate(["date", "agency", "official", "format", "country"], 1):
        mapping = mapping.replace(f' = "{name}"', f' = "column {number}"')
    made = imported(SMALL.partition("\n")[2], "header = false\n" + mapping)
    assert list(made.counterpart) == ["KEN", "ETH", "RWA"]


def test_the_largest_sheet_is_proposed_and_no_hidden_one_read(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["cover", "sheet"])
    book.active.append(["x", "y"])
    book.active.sheet_state = "hidden"
    for name, names, number in (
        ("About", ["date", "country"], 2),
        ("Data", ["date", "country"], 5),
        ("Words", ["variable", "label"], 9),
    ):
        page = book.create_sheet(name)
        for row in [names, *([["2020-01-01", "Fiji"]] * number)]:
            page.append(row)
    book.save(tmp_path / "a.xlsx")
    assert readers.open_source(tmp_path / "a.xlsx").sheets == ("About", "Data", "Words", "Sheet")
    proposal = importer.propose(tmp_path / "a.xlsx")
    assert 'sheet = "Data"  # other sheets: "About", "Words", "Sheet"' in proposal
    named = importer.propose(tmp_path / "a.xlsx", options=importer.ReadOptions(sheet="About"))
    assert 'sheet = "About"' in named


# --- workbooks and Stata --------------------------------------------------------------------


def workbook(path: Path, rows: list[list[object]], **formats: str) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats.items():
        book.active[cell].number_format = number_format
    book.save(path)
    return path


def cells(path: Path, sheet: str = "") -> list[tuple[int, list[str]]]:
    return list(readers.open_source(path, sheet).rows())


def test_a_workbook_keeps_a_month_a_month(tmp_path: Path) -> None:
    first = datetime.datetime(2024, 9, 1)
    rows = [["a", "b", "c"], [first, first, first], [], [45542, 1.0, 2.5], [True, None, " x  y "]]
    path = workbook(tmp_path / "a.xlsx", rows, A2="d/m/yyyy", B2="mmm-yy", C2="[$-409]yyyy")
    assert cells(path) == [
        (2, ["2024-09-01", "2024-09", "2024"]),
        (4, ["45542", "1", "2.5"]),
        (5, ["true", "", "x y"]),
    ]


def test_the_first_sheet_is_read_unless_one_is_named(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    other = book.create_sheet("Other")
    other.append(["c", "d"])
    other.append([3, 4])
    book.save(tmp_path / "a.xlsx")
    assert cells(tmp_path / "a.xlsx") == [(2, ["1", "2"])]
    assert cells(tmp_path / "a.xlsx", "Other") == [(2, ["3", "4"])]
    assert 'sheet = "Sheet"  # other sheets: "Other"' in importer.propose(tmp_path / "a.xlsx")
    assert 'sheet = "Other"' in importer.propose(tmp_path / "a.xlsx", "Other")
    with pytest.raises(UsageError, match="no sheet `Others`; did you mean `Other`"):
        cells(tmp_path / "a.xlsx", "Others")
    (tmp_path / "a.csv").write_text(SMALL)
    with pytest.raises(UsageError, match="has no sheets; remove `sheet` from the map"):
        cells(tmp_path / "a.csv", "Other")


def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["date", "agency", "official", "format", "country"], [44080, *"ABCD"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    opened = readers.open_source(tmp_path / "a.xlsx")
    assert dates.read("44080", epoch=opened.epoch) == "2024-09-07"


def test_no_formula_is_evaluated_or_lost(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], [1, "=A2+1"]])
    with pytest.raises(DataError, match=r"a.xlsx:2:2: a formula whose value the workbook lacks"):
        cells(path)
    path = workbook(tmp_path / "b.xlsx", [["a", "b"], [1, "#REF!"]])
    with pytest.raises(DataError, match=r"b.xlsx:2:2: the error value `#REF!`"):
        cells(path)


def test_a_workbook_without_openpyxl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"needs openpyxl; pip install '\.\[excel\]'"):
        cells(path)


def test_a_workbook_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 100)
    with pytest.raises(UsageError, match="over 2 GiB when unpacked"):
        cells(path)


def test_stata_periods_stay_periods_and_missing_values_blank(tmp_path: Path) -> None:
    day = pd.Timestamp(2024, 9, 7)
    frame = pd.DataFrame(
        {
            "day": [day, pd.NaT],
            "month": [day, pd.NaT],
            "year": [day, pd.NaT],
            "quarter": [day, pd.NaT],
            "number": [1.0, None],
            "name": ["Ä", ""],
        }
    )
    formats = {"day": "td", "month": "tm", "year": "ty", "quarter": "tq"}
    path = tmp_path / "a.dta"
    frame.to_stata(path, convert_dates=formats, write_index=False, version=118)
    assert cells(path) == [(2, ["2024-09-07", "2024-09", "2024", "2024 Q3", "1", "Ä"])]


def test_parquet_values_become_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "day": [datetime.date(2024, 9, 7), None],
            "moment": [pd.Timestamp(2024, 9, 7, 10, 30), pd.NaT],
            "items": [["GSI", "training"], None],
            "bytes": [b"text", None],
            "flag": [True, False],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    assert cells(tmp_path / "a.parquet") == [
        (2, ["2024-09-07", "2024-09-07 10:30:00", "GSI; training", "text", "true"]),
        (3, ["", "", "", "", "false"]),
    ]
    frame.assign(bytes=[b"\xff", b""]).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"b.parquet:2:bytes: bytes that are not text"):
        cells(tmp_path / "b.parquet")


@pytest.mark.parametrize("seed", range(20))
def test_no_damage_ends_in_a_traceback(seed: int, tmp_path: Path) -> None:
    """Bytes of each kind of file changed at random: read, or refused as one of ours."""
    import random

    chance = random.Random(seed)
    frame = pd.DataFrame({"a": ["x"] * 20, "b": range(20), "c": [pd.Timestamp(2024, 1, 1)] * 20})
    frame.to_stata(tmp_path / "a.dta", write_index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_csv(tmp_path / "a.csv", index=False)
    workbook(tmp_path / "a.xlsx", [["a", "b"], *([n, "x"] for n in range(20))])
    for path in sorted(tmp_path.iterdir()):
        raw = bytearray(path.read_bytes())
        for _ in range(20):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
        try:
            importer.propose(path)
        except SecdiploError as error:
            assert path.name in str(error)


def test_another_country_s_ministry_of_public_security_is_not_the_paper_s(tmp_path: Path) -> None:
    table = "agency,date,official,country\nMPS,2023-05-07,To Lam,Laos\nMPS,2023-05-08,To Lam,Cuba\n"
    data = propose(tmp_path, table)
    assert "annotations" not in data["dataset"]
    assert (data["dataset"]["home"], data["dataset"]["exhaustive"]) == ("", False)
