"""Foreign readers of every export format: each gives the rows of each table as plain cells."""

from __future__ import annotations

import asyncio
import csv
import datetime
import json
import math
import re
import shutil
import sqlite3
import subprocess

import duckdb
import pandas as pd
import pytest

from secdiplo.export.names import for_stata
from secdiplo.output.csv_injection import unguarded

NUMBERS = {"integer", "year", "number"}


def plain(cell):
    """A cell as any reader may give it: blank, text, number or ISO date."""
    if cell is None or cell is pd.NaT or cell is pd.NA or cell == "":
        return None
    if isinstance(cell, bytes):
        return cell.decode()
    if isinstance(cell, datetime.date):
        return cell.isoformat()[:10]
    if isinstance(cell, str):
        return cell
    cell = float(cell)
    return None if math.isnan(cell) else cell


def from_text(table, rows, undo=lambda cell: cell):
    """Rows of texts, with the numbers of number columns."""
    kinds = [column.kind for column in table.columns]
    return [
        [
            None if cell in (None, "") else float(cell) if kind in NUMBERS else plain(undo(cell))
            for kind, cell in zip(kinds, row, strict=True)
        ]
        for row in rows
    ]


def from_frame(frame):
    return [[plain(cell) for cell in row] for row in frame.astype(object).itertuples(index=False)]


# --- CSV ------------------------------------------------------------------------------------


def csv_module(folder, name, table):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert [unguarded(cell) for cell in header] == list(table.by_name)
    return from_text(table, rows, unguarded)


def csv_pandas(folder, name, table):
    frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    return from_text(table, frame.to_numpy().tolist(), unguarded)


def csv_polars(folder, name, table):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.read_csv(folder / f"{name}.csv", infer_schema=False)
    return from_text(table, frame.rows(), unguarded)


def csv_duckdb(folder, name, table):
    rows = duckdb.connect().execute(
        "select * from read_csv(?, all_varchar = true, header = true, delim = ',', quote = '\"', "
        "escape = '\"', auto_detect = false, columns = " + _texts(table) + ")",
        [str(folder / f"{name}.csv")],
    )
    return from_text(table, rows.fetchall(), unguarded)


def _texts(table):
    names = (column.replace("'", "''") for column in table.by_name)
    return "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in names) + "}"


# --- Parquet --------------------------------------------------------------------------------


def parquet_pyarrow(folder, name, table):
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(folder / f"{name}.parquet").to_pylist()
    return [[plain(row[column]) for column in table.by_name] for row in rows]


def parquet_polars(folder, name, table):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.read_parquet(folder / f"{name}.parquet")
    assert frame.columns == list(table.by_name)
    return [[plain(cell) for cell in row] for row in frame.rows()]


def parquet_duckdb(folder, name, table):
    rows = duckdb.connect().execute("from read_parquet(?)", [str(folder / f"{name}.parquet")])
    return [[plain(cell) for cell in row] for row in rows.fetchall()]


# --- Stata ----------------------------------------------------------------------------------


def dta_pyreadstat(folder, name, table):
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
    frame, _ = pyreadstat.read_dta(folder / f"{name}.dta", apply_value_formats=True)
    assert list(frame.columns) == list(for_stata(list(table.by_name)).values())
    return from_frame(frame)


def dta_pandas(folder, name, table):
    return from_frame(pd.read_stata(folder / f"{name}.dta"))


# --- R --------------------------------------------------------------------------------------

DUMP = r"""
plain <- function(x) {
  if (inherits(x, "haven_labelled")) x <- haven::as_factor(x)
  if (inherits(x, "Date")) x <- format(x)
  out <- if (is.numeric(x)) sprintf("%.17g", x) else enc2utf8(as.character(x))
  for (pair in list(c("\\", "\\\\"), c("\t", "\\t"), c("\n", "\\n"), c("\r", "\\r")))
    out <- gsub(pair[1], pair[2], out, fixed = TRUE)
  ifelse(is.na(x) | out == "", "\\N", out)
}
dump <- function(frame, name) {
  lines <- if (nrow(frame)) do.call(paste, c(lapply(frame, plain), sep = "\t")) else character()
  con <- file(file.path(out, name), "wb")
  writeLines(c(paste(names(frame), collapse = "\t"), lines), con, useBytes = TRUE)
  close(con)
}
"""
R_READS = {
    "dta": 'for (f in files) dump(haven::read_dta(f), sub("dta$", "tsv", basename(f)))',
    "rds": 'for (f in files) dump(readRDS(f), sub("rds$", "tsv", basename(f)))',
    "RData": "load(files); for (n in setdiff(ls(), known)) dump(get(n), paste0(n, '.tsv'))",
    "csv": "for (f in files) dump(read.csv(f, colClasses = 'character', na.strings = '', "
    "check.names = FALSE, encoding = 'UTF-8'), sub('csv$', 'tsv', basename(f)))",
}
ESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def run_r(code, *packages):
    """Run R, where it and the packages are; its standard output."""
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    for package in packages:
        asked = ["Rscript", "-e", f"quit(status = !requireNamespace('{package}', quietly = TRUE))"]
        if subprocess.run(asked, capture_output=True, check=False).returncode:
            pytest.skip(f"R has no package {package}")
    command = ["Rscript", "--vanilla", "-e", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def r_dump(folder, style, out):
    """Let R read all files of a format once, and write what it found."""
    if out.is_dir():
        return
    out.mkdir()
    packages = ["haven"] if style == "dta" else []
    head = f'out <- "{out}"; files <- list.files("{folder}", "{style}$", full.names = TRUE)\n'
    reads = R_READS[style].replace("files", "files[basename(files) != 'names.csv']")
    run_r(f"{head}{DUMP}\nknown <- c(ls(), 'known')\n{reads}", *packages)


def r_reader(style):
    def read(folder, name, table):
        out = folder.parent / f"R-{folder.name}"
        r_dump(folder, style, out)
        text = (out / f"{name}.tsv").read_bytes().decode()
        lines = text.removesuffix("\n").split("\n")[1:]
        rows = [[_unescaped(cell) for cell in line.split("\t")] for line in lines]
        return from_text(table, rows, unguarded if style == "csv" else lambda cell: cell)

    read.__name__ = f"{style.lower()}_R"
    return read


def _unescaped(cell):
    if cell == "\\N":
        return None
    out, at = "", 0
    while at < len(cell):
        if cell[at] == "\\":
            out, at = out + ESCAPES[cell[at + 1]], at + 2
        else:
            out, at = out + cell[at], at + 1
    return out


def rds_pyreadr(folder, name, table):
    pyreadr = pytest.importorskip("pyreadr", reason="pyreadr is not installed")
    frame = pyreadr.read_r(folder / f"{name}.rds")[None]
    assert list(frame.columns) == list(table.by_name)
    return from_frame(frame)


def rdata_pyreadr(folder, name, table):
    pyreadr = pytest.importorskip("pyreadr", reason="pyreadr is not installed")
    (file,) = folder.glob("*.RData")
    return from_frame(pyreadr.read_r(file, use_objects=[name])[name])


# --- Excel ----------------------------------------------------------------------------------


def xlsx_openpyxl(folder, name, table):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    (file,) = folder.glob("*.xlsx")
    book = openpyxl.load_workbook(file)
    header, *rows = book[name].iter_rows()
    assert [cell.value for cell in header] == list(table.by_name)
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    book.close()
    return [[plain(cell.value) for cell in row] for row in rows]


def xlsx_pandas(folder, name, table):
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    (file,) = folder.glob("*.xlsx")
    texts = {c.name: str for c in table.columns if c.kind not in NUMBERS | {"date"}}
    frame = pd.read_excel(file, sheet_name=name, dtype=texts, keep_default_na=False)
    return from_frame(frame)


# --- databases ------------------------------------------------------------------------------


def sqlite_module(folder, name, table):
    (file,) = folder.glob("*.sqlite")
    con = sqlite3.connect(file)
    rows = con.execute(f'select * from "{name}" order by rowid').fetchall()
    con.close()
    return [[plain(cell) for cell in row] for row in rows]


def sqlite_datasette(folder, name, table):
    app = pytest.importorskip("datasette.app", reason="Datasette is not installed")
    (file,) = folder.glob("*.sqlite")
    about = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    served = app.Datasette([str(file)], metadata=about, settings={"max_returned_rows": 10_000})

    async def asked():
        query = f'select * from "{name}" order by rowid'
        found = await served.client.get(f"/{file.stem}.json", params={"sql": query})
        page = await served.client.get(f"/{file.stem}/{name}")
        assert page.status_code == 200
        return found.json()

    return [[plain(cell) for cell in row] for row in asyncio.run(asked())["rows"]]


def duckdb_module(folder, name, table):
    (file,) = folder.glob("*.duckdb")
    order = ", ".join(f'"{column}"' for column in table.key)
    with duckdb.connect(str(file), read_only=True) as con:
        rows = con.execute(f'select * from "{name}" order by {order}').fetchall()
    return [[plain(cell) for cell in row] for row in rows]


def croissant_mlcroissant(folder, name, table):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    rows = list(dataset.records(name))
    ids = for_stata(list(table.by_name)).values()
    return [[plain(row[f"{name}/{column}"]) for column in ids] for row in rows]


SHOWN = {
    # R reads every break of a line as a line feed, also after the apostrophe of the guard.
    "csv_R": lambda text: re.sub("\r\n?", "\n", f"'{text}" if text[0] == "\r" else text),
    # Excel keeps a carriage return as `_x000D_` in the file; this reader shows it so.
    "xlsx_openpyxl": lambda text: text.replace("\r", "_x000D_"),
    "xlsx_pandas": lambda text: text.replace("\r", "_x000D_"),
}
READERS = {
    "csv": [csv_module, csv_pandas, csv_polars, csv_duckdb, r_reader("csv")],
    "parquet": [parquet_pyarrow, parquet_polars, parquet_duckdb],
    "dta": [dta_pyreadstat, dta_pandas, r_reader("dta")],
    "rds": [rds_pyreadr, r_reader("rds")],
    "RData": [rdata_pyreadr, r_reader("RData")],
    "xlsx": [xlsx_openpyxl, xlsx_pandas],
    "sqlite": [sqlite_module, sqlite_datasette],
    "duckdb": [duckdb_module],
    "datapackage": [csv_module, parquet_pyarrow],
    "croissant": [croissant_mlcroissant],
}
PAIRS = [(style, reader) for style, readers in READERS.items() for reader in readers]


def ids(value):
    return value if isinstance(value, str) else getattr(value, "__name__", None)
