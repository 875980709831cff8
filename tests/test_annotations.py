"""The annotations of the seed texts against the texts: digests, lengths and every quote."""

from __future__ import annotations

import csv
import hashlib
import importlib
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from secdiplo.cli import main
from secdiplo.errors import DataError, UsageError

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"
TEXTS = os.environ.get("SECDIPLO_SEED_TEXTS", "")
QUOTING = ("seeds/annotations/claims.csv", "data/curated/mentions.csv")
annotations = importlib.import_module("secdiplo.claims.annotations")


@pytest.fixture
def texts(tmp_path):
    """A copy of the text of mini that a test may spoil."""
    return Path(shutil.copytree(DATA / "mini_texts", tmp_path / "texts"))


def verify(texts, seeds=DATA / "mini" / "annotations"):
    problems, compared = annotations.verify_quotes(texts, seeds)
    return [str(problem) for problem in problems], compared


def rows(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_mini_stands_as_annotated(texts):
    assert verify(texts) == ([], 13)


def test_the_anchors_by_another_way():
    """Code points, not bytes: the text holds letters of two, three and four bytes."""
    text = (DATA / "mini_texts" / "example.txt").read_text(encoding="utf-8")
    assert {len(letter.encode()) for letter in text} == {1, 2, 3, 4}
    for name in ("annotations/claims", "curated/mentions"):
        for row in rows(DATA / "mini" / f"{name}.csv"):
            assert text[int(row["start"]) : int(row["end"])] == row["quote"]


def test_an_altered_text_is_said_once(texts):
    file = texts / "example.txt"
    file.write_text(file.read_text(encoding="utf-8").replace("five", "nine"), encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    (problem,), compared = verify(texts)
    assert problem.startswith(
        f"manifest.csv:2:sha256: `example.txt` has sha256 {digest[:12]}..., not "
    )
    assert problem.endswith("another version of the text; get the one that the manifest describes")
    assert compared == 0


def test_other_line_ends_are_another_text(texts):
    file = texts / "example.txt"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    (problem,), _ = verify(texts)
    assert problem.startswith("manifest.csv:2:sha256: ")


def test_a_missing_text(texts):
    (texts / "example.txt").unlink()
    assert verify(texts) == (
        ["manifest.csv:2:seed_file: no text `example.txt` in the folder; add it"],
        0,
    )


def test_a_wrong_length(texts, mini, make_bad):
    make_bad["cell"](2, "length", "825", "annotations/manifest.csv")(mini)
    problems, compared = verify(texts, mini / "annotations")
    assert problems == ["manifest.csv:2:length: the text has 824 code points; correct the manifest"]
    assert compared == 13


def test_a_moved_offset(texts, mini, make_bad):
    cells = make_bad["cells"]
    cells(3, "annotations/claims.csv", start="198", end="216")(mini)
    cells(2, "curated/mentions.csv", start="0", end="32")(mini)
    assert verify(texts, mini / "annotations") == (
        [
            "claims.csv:3:start: the text there differs from the quote; it starts at 196",
            "mentions.csv:2:start: the text there differs from the quote; it starts at 629",
        ],
        13,
    )


def test_an_anchor_that_the_text_does_not_have(texts, mini, make_bad):
    make_bad["cell"](3, "quote", "seventy activities", "annotations/claims.csv")(mini)
    problems, _ = verify(texts, mini / "annotations")
    assert problems == [
        "claims.csv:3:start: the text there differs from the quote; the text has it nowhere"
    ]


@pytest.mark.parametrize(
    ("start", "end"), [("2000", "2018"), ("-5", "13"), ("215", "197"), ("5", "5"), ("810", "825")]
)
def test_offsets_that_leave_the_text(texts, mini, make_bad, start, end):
    make_bad["cells"](3, "annotations/claims.csv", start=start, end=end)(mini)
    problems, _ = verify(texts, mini / "annotations")
    assert problems == [
        f"claims.csv:3:end: offsets {start} to {end} are outside the text of 824 code points; correct them"
    ]


def test_offsets_that_are_no_numbers(texts, mini, make_bad):
    make_bad["cells"](3, "annotations/claims.csv", start="x", end="")(mini)
    make_bad["cell"](2, "length", "many", "annotations/manifest.csv")(mini)
    problems, _ = verify(texts, mini / "annotations")
    assert problems == [
        "manifest.csv:2:length: the text has 824 code points; correct the manifest",
        "claims.csv:3:start: `x` is not a whole number; correct it",
    ]


def test_a_text_that_the_manifest_does_not_name(texts, mini, make_bad):
    make_bad["cell"](3, "seed_file", "speech.txt", "annotations/claims.csv")(mini)
    problems, compared = verify(texts, mini / "annotations")
    assert problems == ["claims.csv:3:seed_file: `speech.txt` is not in the manifest"]
    assert compared == 12


def test_every_failure_at_once(texts, mini, make_bad):
    cells = make_bad["cells"]
    cells(3, "annotations/claims.csv", start="198", end="216")(mini)
    cells(4, "annotations/claims.csv", start="2000", end="2019")(mini)
    cells(3, "curated/mentions.csv", seed_file="speech.txt")(mini)
    problems, _ = verify(texts, mini / "annotations")
    assert [problem.split(": ")[0] for problem in problems] == [
        "claims.csv:3:start",
        "claims.csv:4:end",
        "mentions.csv:3:seed_file",
    ]


def test_a_manifest_cannot_name_a_text_outside_of_the_folder(texts, mini, make_bad, tmp_path):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    digest = hashlib.sha256(b"secret").hexdigest()
    make_bad["cells"](2, "annotations/manifest.csv", seed_file="../secret.txt", sha256=digest)(mini)
    problems, _ = verify(texts, mini / "annotations")
    assert problems[0] == "manifest.csv:2:seed_file: no text `secret.txt` in the folder; add it"


def test_lines_below_cells_of_several(texts, mini, make_bad):
    cell, cells = make_bad["cell"], make_bad["cells"]
    cell(3, "note", "one\ntwo\nthree", "annotations/claims.csv")(mini)
    cells(3, "annotations/claims.csv", start="2000", end="2018")(mini)
    cells(4, "annotations/claims.csv", start="2000", end="2019")(mini)
    problems, _ = verify(texts, mini / "annotations")
    places = [problem.split(": ")[0] for problem in problems]
    assert places == ["claims.csv:3:end", "claims.csv:6:end"]


def test_a_text_that_is_not_utf8(texts, mini, make_bad):
    raw = "São Tomé".encode("latin-1")
    (texts / "example.txt").write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    make_bad["cell"](2, "sha256", digest, "annotations/manifest.csv")(mini)
    assert verify(texts, mini / "annotations") == (
        ["manifest.csv:2:seed_file: `example.txt` is not UTF-8; annotate a text that is"],
        0,
    )


def test_sheets_that_cannot_be_read(texts, mini, make_bad):
    claims = mini / "annotations" / "claims.csv"
    raw = claims.read_bytes()
    claims.write_bytes(b"\xef\xbb\xbf" + raw)
    assert verify(texts, mini / "annotations") == ([], 13)
    for spoilt in (raw.replace(b"quote", b"words", 1), raw + b"\xff", raw + b'"x'):
        claims.write_bytes(spoilt)
        with pytest.raises(DataError, match=r"annotations/claims\.csv:\d+:\w+: .+; \w+"):
            verify(texts, mini / "annotations")


def test_folders_that_are_not_there(texts, tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        annotations.verify_quotes(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"no manifest\.csv here"):
        annotations.verify_quotes(texts, tmp_path)


def test_the_command(texts, mini, make_bad):
    seeds = mini / "annotations"
    args = ["seeds", "verify", "--texts", str(texts), "--seeds", str(seeds)]
    result = CliRunner().invoke(main, args)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "13 quotes are where the annotations say\n"
    make_bad["cells"](3, "annotations/claims.csv", start="198", end="216")(mini)
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 1
    assert result.stderr.startswith("claims.csv:3:start: the text there differs")
    assert result.stdout == ""


@pytest.mark.skipif(not TEXTS, reason="SECDIPLO_SEED_TEXTS names no folder of texts")
def test_the_real_texts():
    problems, compared = annotations.verify_quotes(TEXTS)
    assert [str(problem) for problem in problems] == []
    assert compared == sum(len(rows(ROOT / sheet)) for sheet in QUOTING)


def test_the_shipped_annotations_are_in_order():
    """What holds without the texts: each quote is as long as its offsets span."""
    lengths = {row["seed_file"]: int(row["length"]) for row in rows(ROOT / "seeds/manifest.csv")}
    for sheet in QUOTING:
        for row in rows(ROOT / sheet):
            start, end = int(row["start"]), int(row["end"])
            assert 0 <= start < end <= lengths[row["seed_file"]]
            assert end - start == len(row["quote"])
