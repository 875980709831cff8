"""Every format read back by the tools that people use, cell by cell, with its labels."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import secdiplo as sd
from secdiplo import store
from secdiplo.export import EXPORT_FORMATS, contents, export
from secdiplo.export.names import for_stata, shortened
from secdiplo.folder import resources
from secdiplo.schema.tables import TABLES, tables_of

pytestmark = pytest.mark.slow

DATA = Path(__file__).resolve().parent / "data"


def _sibling(name):
    """Another file of this folder as a module, however the tests are imported."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


readers = _sibling("export_readers")
plain = readers.plain
MOST = [name for name in EXPORT_FORMATS if name != "bundle"]
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@sum(1)",
    "-2+3",
    "'=quoted already",
    "''",
    "'plain'",
    "NA",
    "a\tb",
    "\tstarts with a tab",
    "two\nlines",
    "a carriage\rreturn",
    "\rat the start",
    "windows\r\nlines",
    'says "so", twice; and, commas',
    "back\\slash \\N \\n",
    "\u4e2d\u56fd\u516c\u5b89\u90e8 \u041c\u0412\u0414 \u0648\u0632\u0627\u0631\u0629",
    "\u202b\u05e9\u05dc\u05d5\u05dd\u202c \U0001f91d\U0001f3fd",
    "long " * 6_000,
    "e\u0301 and \u00e9",
    "_x0041_ and _x000D_",
    "1e5",
    "007",
    "2024-09-07",
    "TRUE",
]
EXTRA = ["my column", "my_column", "if", "2nd \u00e9t\u00e9", "\u5907\u6ce8", "=sum"]


def filled(built, cells):
    """Put cells into the notes and carried columns of every participation, one after the other."""
    ids = [
        row[0]
        for row in built.con.execute("select participation_id from participations").fetchall()
    ]
    columns = ["note", *(column["name"] for column in built.dataset["extra_columns"])]
    for row, name in enumerate(ids):
        for place, column in enumerate(columns):
            cell = cells[(row * len(columns) + place) % len(cells)]
            built.con.execute(
                f'update participations set "{column}" = ? where participation_id = ?', [cell, name]
            )
    return built


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """The mini dataset with carried columns of all sorts of names, and cells of all sorts."""
    folder = Path(shutil.copytree(DATA / "mini", tmp_path_factory.mktemp("hostile") / "mini"))
    settings = (folder / "dataset.toml").read_text(encoding="utf-8")
    (folder / "dataset.toml").write_text(
        f"extra_columns = {json.dumps(EXTRA, ensure_ascii=False)}\n{settings}", encoding="utf-8"
    )
    sheet = folder / "curated" / "interactions.csv"
    head, *rows = sheet.read_text(encoding="utf-8").splitlines()
    blank = "," * len(EXTRA)
    sheet.write_text(
        "\n".join([f"{head},{','.join(EXTRA)}", *(r + blank for r in rows), ""]), encoding="utf-8"
    )
    built, _ = store.open_folder(folder)
    return filled(built, HOSTILE)


@pytest.fixture(scope="session")
def exported(tmp_path_factory, hostile):
    """Every format of the built-in and of the hostile dataset."""
    found = {}
    for name, built in (("builtin", sd.load()._built), ("hostile", hostile)):
        out = tmp_path_factory.mktemp("export") / name
        export(built, out, MOST)
        found[name] = (built, tables_of(built.dataset), out)
    return found


def truth(built, table):
    """The rows of a table as the store has them, sorted by key."""
    order = ", ".join(f'"{column}"' for column in table.key)
    if built.folder:  # by another reader than the one that the export uses
        import pyarrow.parquet

        rows = pyarrow.parquet.read_table(built.folder / f"{table.name}.parquet").to_pylist()
        return [[plain(row[column]) for column in table.by_name] for row in rows]
    rows = built.con.execute(f'select * from "{table.name}" order by {order}').fetchall()
    return [[plain(cell) for cell in row] for row in rows]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("dataset", ["builtin", "hostile"])
@pytest.mark.parametrize(("style", "reader"), readers.PAIRS, ids=readers.ids)
def test_a_foreign_reader_finds_every_cell(exported, dataset, style, reader):
    built, tables, out = exported[dataset]
    shown = readers.SHOWN.get(reader.__name__, lambda text: text)
    for name, table in tables.items():
        expected = [
            [shown(cell) if isinstance(cell, str) else cell for cell in row]
            for row in truth(built, table)
        ]
        assert reader(out / style, name, table) == expected, name


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning:openpyxl")
def test_imputed_rows_with_their_blanks_are_read_back(tmp_path):
    built = sd.load(DATA / "imputed")._built
    chosen = {style: styled[0] for style, styled in readers.READERS.items()}
    export(built, tmp_path / "out", list(chosen))
    for name, table in tables_of(built.dataset).items():
        for style, reader in chosen.items():
            assert reader(tmp_path / "out" / style, name, table) == truth(built, table), (
                style,
                name,
            )
    events = truth(built, TABLES["events"])
    assert any(row[list(TABLES["events"].by_name).index("mode")] is None for row in events)


def test_every_format_is_read_back():
    assert set(readers.READERS) | {"dataverse", "bundle"} == set(EXPORT_FORMATS)


def test_a_file_a_table(exported):
    _, _, out = exported["builtin"]
    for style in ("csv", "parquet", "dta", "rds"):
        assert {file.stem for file in (out / style).iterdir()} == set(sd.load().tables().index)


# --- labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", ["builtin", "hostile"])
def test_dta_has_the_labels_of_columns_and_values(exported, dataset):
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
    built, tables, out = exported[dataset]
    given = contents.gather(built)
    for name, table in tables.items():
        _, meta = pyreadstat.read_dta(out / "dta" / f"{name}.dta", metadataonly=True)
        names = for_stata(list(table.by_name))
        assert all(len(theirs) <= 32 for theirs in names.values())
        assert meta.column_names_to_labels == {
            names[c.name]: shortened(c.meaning, 80) for c in table.columns
        }
        coded = {
            names[c.name]: dict(enumerate(codes, 1))
            for c in table.columns
            if (codes := given.closed(c)) is not None
        }
        assert meta.variable_value_labels == coded
        assert any(table.grain in note for note in meta.notes)
        kinds = {names[c.name]: meta.original_variable_types[names[c.name]] for c in table.columns}
        assert all(kinds[names[c.name]] == "%td" for c in table.columns if c.kind == "date")


def test_haven_sees_the_labels_of_a_dta_file(exported):
    _, _, out = exported["builtin"]
    code = f'x <- haven::read_dta("{out}/dta/events.dta"); cat(attr(x$format, "label"), "\\n"); cat(names(attr(x$format, "labels")), "\\n"); cat(class(x$date_min))'
    lines = readers.run_r(code, "haven").split("\n")
    assert [line.strip() for line in lines] == [
        "The format of the event.",
        "bilateral sideline multilateral",
        "Date",
    ]


def test_r_sees_labels_levels_and_dates(exported):
    _, _, out = exported["builtin"]
    code = f'x <- readRDS("{out}/rds/participations.rds"); cat(attr(x$agency, "label"), "\\n"); cat(levels(x$agency), "\\n"); cat(unname(attr(x$agency, "meanings")["MPS"]), "\\n"); cat(attr(x, "unit"), nrow(x)); stopifnot(is.data.frame(x), validUTF8(unlist(lapply(x, as.character))))'
    lines = [line.strip() for line in readers.run_r(code).split("\n")]
    meaning = sd.load().sql("select meaning from codes where list = 'agency' and code = 'MPS'")
    assert lines == [
        "The agency of the home country.",
        " ".join(
            sd.load().sql("select code from codes where list = 'agency' order by position")["code"]
        ),
        meaning["meaning"].item(),
        f"participation {sd.load().tables()['rows']['participations']}",
    ]


def test_parquet_fields_say_what_they_hold(exported):
    import pyarrow.parquet

    _, tables, out = exported["builtin"]
    for name, table in tables.items():
        schema = pyarrow.parquet.read_schema(out / "parquet" / f"{name}.parquet")
        for column in table.columns:
            metadata = schema.field(column.name).metadata
            assert metadata[b"description"].decode() == column.meaning
            assert metadata.get(b"unit", b"").decode() == column.unit
        assert schema.metadata[b"secdiplo:unit"].decode() == table.unit


def test_a_workbook_opens_with_its_readme_header_and_filter(exported):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    _, tables, out = exported["builtin"]
    book = openpyxl.load_workbook(out / "xlsx" / "china_internal_security.xlsx")
    assert book.sheetnames == ["README", "codebook", *tables]
    for name in tables:
        sheet = book[name]
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)
        assert sheet.column_dimensions["A"].width > 8
    assert book["events"]["D2"].is_date
    said = {row[0].value: row[1].value for row in book["README"].iter_rows(min_row=2)}
    ds = sd.load()
    assert (said["version"], said["licence"]) == (ds.version, "CC-BY-4.0")
    listed = [
        (row[0].value, row[1].value, row[3].value) for row in book["codebook"].iter_rows(min_row=2)
    ]
    assert listed == [(n, c.name, c.meaning) for n, t in tables.items() for c in t.columns]


def test_a_workbook_holds_every_text_to_the_letter(exported):
    """Read as Excel reads it: `_x` with four hexadecimal digits is that character."""
    import re
    import zipfile
    from xml.etree import ElementTree

    built, tables, out = exported["hostile"]
    with zipfile.ZipFile(out / "xlsx" / "mini.xlsx") as book:
        root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        assert {item.date_time[:2] for item in book.infolist()} == {(1980, 1)}
        assert not any(b"<f>" in book.read(n) for n in book.namelist() if "worksheets/" in n)
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found = {
        re.sub("_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), item.findtext(f"{space}t"))
        for item in root
    }
    rows = truth(built, tables["participations"])
    assert {cell for row in rows for cell in row if isinstance(cell, str)} <= found


# --- databases ------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", ["builtin", "hostile"])
def test_sqlite_keeps_keys_and_references(exported, dataset):
    _, tables, out = exported[dataset]
    (file,) = (out / "sqlite").glob("*.sqlite")
    con = sqlite3.connect(file)
    con.execute("pragma foreign_keys = on")
    assert con.execute("pragma foreign_key_check").fetchall() == []
    assert con.execute("pragma integrity_check").fetchall() == [("ok",)]
    for name, table in tables.items():
        keys = {
            row[0]: None for row in con.execute(f'select id from pragma_foreign_key_list("{name}")')
        }
        declared = sum(bool(c.ref) for c in table.columns) + sum(
            one[1] in TABLES for one in table.references
        )
        assert len(keys) == declared
        indexed = con.execute(f'select name from pragma_index_list("{name}")').fetchall()
        assert len(indexed) >= 1
        text = con.execute("select sql from sqlite_schema where name = ?", [name]).fetchone()[0]
        assert all(column.meaning in text for column in table.columns)
    con.close()


def test_the_sqlite_command_opens_the_file(exported):
    if not shutil.which("sqlite3"):
        pytest.skip("the command sqlite3 is not installed")
    _, _, out = exported["builtin"]
    command = [
        "sqlite3",
        str(out / "sqlite" / "china_internal_security.sqlite"),
        "select count(*) from events",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) == sd.load().tables()["rows"]["events"]


def test_duckdb_keeps_keys_comments_and_types(exported):
    _, tables, out = exported["builtin"]
    with duckdb.connect(
        str(out / "duckdb" / "china_internal_security.duckdb"), read_only=True
    ) as con:
        comments = dict(
            con.execute(
                "select table_name || '.' || column_name, comment from duckdb_columns()"
            ).fetchall()
        )
        found = con.execute(
            "select table_name, constraint_type, count(*) from duckdb_constraints() group by all"
        ).fetchall()
    kinds = {(table, kind): count for table, kind, count in found}
    for name, table in tables.items():
        assert kinds.get((name, "PRIMARY KEY"), 0) + kinds.get((name, "UNIQUE"), 0) == 1
        declared = sum(bool(c.ref) for c in table.columns) + sum(
            one[1] in TABLES for one in table.references
        )
        assert kinds.get((name, "FOREIGN KEY"), 0) == declared
        for column in table.columns:
            assert comments[f"{name}.{column.name}"].startswith(column.meaning)


# --- descriptors ----------------------------------------------------------------------------


def test_the_data_package_describes_its_files(exported):
    _, tables, out = exported["builtin"]
    folder = out / "datapackage"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["version"] == sd.load().version
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    resources_ = {resource["name"]: resource for resource in package["resources"]}
    assert len(resources_) == len(package["resources"]) == len(tables)
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{_sha(content)}"
        schema = resource["schema"]
        names = [field["name"] for field in schema["fields"]]
        table = tables[resource["title"]]
        assert names == list(table.by_name)
        key = schema.get("primaryKey") or schema["uniqueKeys"][0]
        assert tuple(key) == table.key
        loose = schema.get("foreignKeysWhereFilled", [])
        keys = [*schema.get("foreignKeys", []), *loose]
        assert len(keys) == sum(bool(c.ref) for c in table.columns) + sum(
            one[1] in TABLES for one in table.references
        )
        for entry in keys:
            other = resources_[entry["reference"]["resource"]]["schema"]["fields"]
            assert set(entry["reference"]["fields"]) <= {field["name"] for field in other}


def _sha(content):
    import hashlib

    return hashlib.sha256(content).hexdigest()


def test_the_cells_keep_the_rules_of_the_package(exported):
    """What the schemas say of blanks, enumerations, patterns and keys holds of the CSV files."""
    import re

    _, tables, out = exported["builtin"]
    package = json.loads((out / "datapackage" / "datapackage.json").read_text(encoding="utf-8"))
    found = {
        resource["name"]: readers.csv_module(
            out / "datapackage", resource["name"], tables[resource["name"]]
        )
        for resource in package["resources"]
        if resource["format"] == "csv"
    }
    for resource in package["resources"]:
        if resource["format"] != "csv":
            continue
        schema = resource["schema"]
        rows = [
            dict(zip(tables[resource["name"]].by_name, row, strict=True))
            for row in found[resource["name"]]
        ]
        for field in schema["fields"]:
            rules = field.get("constraints", {})
            for row in rows:
                cell = row[field["name"]]
                assert cell is not None or not rules.get("required")
                if cell is not None:
                    assert cell in rules.get("enum", [cell])
                    assert re.fullmatch(rules.get("pattern", ".*"), str(cell), re.DOTALL)
        if "primaryKey" in schema:
            keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
            assert None not in {cell for key in keys for cell in key}
            assert len(set(keys)) == len(keys)
        for entry in schema.get("foreignKeys", []):
            other = entry["reference"]
            names = list(tables[other["resource"]].by_name)
            theirs = {
                tuple(row[names.index(name)] for name in other["fields"])
                for row in found[other["resource"]]
            }
            for row in rows:
                mine = tuple(row[name] for name in entry["fields"])
                assert set(mine) == {None} or mine in theirs


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_croissant_is_valid(exported):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    _, tables, out = exported["builtin"]
    dataset = mlcroissant.Dataset(jsonld=out / "croissant" / "croissant.json")
    assert dataset.metadata.ctx.issues.errors == set()
    assert [record_set.id for record_set in dataset.metadata.record_sets] == list(tables)
    for file in dataset.metadata.distribution:
        content = (out / "croissant" / file.content_url).read_bytes()
        assert file.sha256 == _sha(content)


def test_a_deposit_has_what_dataverse_asks_for(exported):
    _, _, out = exported["builtin"]
    body = json.loads((out / "dataverse" / "dataset.json").read_text(encoding="utf-8"))
    version = body["datasetVersion"]
    assert f"{version['versionNumber']}.{version['versionMinorNumber']}" == sd.load().version
    assert version["license"]["name"] == "CC BY 4.0"
    fields = {f["typeName"]: f for f in version["metadataBlocks"]["citation"]["fields"]}
    assert {"title", "author", "datasetContact", "dsDescription", "subject"} <= set(fields)
    assert fields["subject"]["value"] == ["Social Sciences"]
    for field in fields.values():
        assert field["multiple"] == isinstance(field["value"], list)
    listed = json.loads((out / "dataverse" / "files.json").read_text(encoding="utf-8"))
    root = out / "dataverse" / "files"
    there = {file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()}
    assert {f"{f['directoryLabel']}/{f['label']}".lstrip("/") for f in listed} == there
    for entry in listed:
        content = (root / entry["directoryLabel"] / entry["label"]).read_bytes()
        assert entry["checksum"]["@value"] == _sha(content)
        assert entry["description"]


def test_a_deposit_makes_nobody_up(exported, hostile):
    _, _, out = exported["hostile"]
    body = json.loads((out / "dataverse" / "dataset.json").read_text(encoding="utf-8"))
    fields = body["datasetVersion"]["metadataBlocks"]["citation"]["fields"]
    assert not {"author", "datasetContact"} & {field["typeName"] for field in fields}
    notices = json.loads((out / "export.json").read_text(encoding="utf-8"))["notices"]
    assert any("author" in text and "datasetContactEmail" in text for text in notices)


def test_equal_data_make_equal_bytes(exported, tmp_path):
    built, _, out = exported["builtin"]
    again = tmp_path / "again"
    export(built, again, MOST)
    for style in MOST:
        if EXPORT_FORMATS[style].same_bytes:
            for file in (out / style).rglob("*"):
                if file.is_file():
                    assert (
                        file.read_bytes()
                        == (again / style / file.relative_to(out / style)).read_bytes()
                    )


def test_the_built_in_tables_lie_where_the_truth_is_read():
    assert sd.load()._built.folder == resources.built().resolve()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dataset", ["builtin", "hostile"])
def test_a_reader_of_packages_finds_every_resource_valid(exported, dataset):
    """frictionless knows version 1: schemas, keys, references, bytes and digests.

    The Parquet files are not resources, and the description explains this.
    """
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    _, tables, out = exported[dataset]
    assert list(out.rglob("datapackage.json")) == [out / "datapackage" / "datapackage.json"]
    package = frictionless.Package(str(out / "datapackage" / "datapackage.json"))
    assert [resource.name for resource in package.resources] == list(tables)
    assert "The Parquet files contain the same rows" in package.description
    report = package.validate()
    assert report.valid, report.flatten(["title", "message"])
