"""Annotations of other tools: small files in their published formats, and round trips."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.claims.standoff import export_spans, import_spans
from secdiplo.cli import main

COLUMNS = ["mention_id", "seed_file", "start", "end", "quote", "date", "agency", "note"]
TEXT = "Ω 😀 王小洪 met\r\nthe 𝒫olice chief of Kenya.\r\n第二行：公安部 said so; 3 times."


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("utf-8"))
    return path


def place(words, text=TEXT):
    start = text.index(words)
    return start, start + len(words)


def utf16(number, text=TEXT):
    """An offset in UTF-16 code units, counted by the codec."""
    return len(text[:number].encode("utf-16-le")) // 2


def put(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8"))
    return path


def found(rows):
    return [(row["quote"], int(row["start"]), int(row["end"])) for row in rows]


def reads(path, kind, text, **more):
    return import_spans(path, kind, text, "mentions", COLUMNS, **more)


# --- files as the tools write them --------------------------------------------------------------


def test_brat_counts_code_points(tmp_path, text):
    a, b = place("王小洪")
    c, d = place("𝒫olice chief")
    ann = (
        f"T1\tmentions {a} {b}\t王小洪\n"
        f"T2\tMention {c} {d}\t𝒫olice chief\n"
        "A1\tdate T1 2024-09\nA2\tagency T2 MPS\n"
        "#1\tAnnotatorNotes T2\tnot sure; see page 2\n"
        "R1\tMeets Arg1:T1 Arg2:T2\t\n*\tEquiv T1 T2\n"
    )
    rows = reads(put(tmp_path, "a.ann", ann), "brat", text)
    assert found(rows) == [("王小洪", a, b), ("𝒫olice chief", c, d)]
    assert [row["mention_id"] for row in rows] == ["T1", "T2"]
    assert [row["date"] for row in rows] == ["2024-09", ""]
    assert [row["note"] for row in rows] == ["", "not sure; see page 2"]
    assert {row["seed_file"] for row in rows} == {"a.txt"}


def test_brat_divides_spans_at_line_ends(tmp_path, text):
    a, b = place("met")
    c, d = place("the 𝒫olice")
    ann = f"T1\tmentions {a} {b};{c} {d}\tmet the 𝒫olice\n"
    assert found(reads(put(tmp_path, "a.ann", ann), "brat", text)) == [("met\r\nthe 𝒫olice", a, d)]
    c, d = place("chief")
    ann = f"T1\tmentions {a} {b};{c} {d}\tmet chief\n"
    with pytest.raises(sd.DataError, match=r"a.ann:1:T1: a span with several parts"):
        reads(put(tmp_path, "a.ann", ann), "brat", text)


def test_a_tool_that_counts_cr_lf_as_one(tmp_path, text):
    one = TEXT.replace("\r\n", "\n")
    a, b = place("公安部", one)
    ann = f"T1\tmentions {a} {b}\t公安部\n"
    assert found(reads(put(tmp_path, "a.ann", ann), "brat", text)) == [("公安部", *place("公安部"))]
    a, b = place("met", one)  # ends before the line end, and does not contain the carriage return
    line = json.dumps({"text": one, "label": [[a, b, "mentions"]]})
    assert found(reads(put(tmp_path, "a.jsonl", line), "doccano", text)) == [("met", *place("met"))]


WEBANNO = """#FORMAT=WebAnno TSV 3.2
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue
#T_SP=webanno.custom.Mentions|agency|note
#T_RL=webanno.custom.Link|kind|BT_webanno.custom.Mentions


#Text=Ω 😀 王小洪 met
1-1\t{0}\tΩ\tNN\t_\t_\t_\t_\t
1-2\t{1}\t😀\tNN\t_\t_\t_\t_\t
1-3\t{2}\t王小洪\tNE\tMPS\ta\\_b \\[x\\] \\| y\t_\t_\t

#Text=the 𝒫olice chief of Kenya.
2-1\t{3}\tthe\tDT\t_\t_\t_\t_\t
2-2\t{4}\t𝒫olice\tNN\t*[1]|CPLC[2]\tx[1]|*[2]\t_\t_\t
2-3\t{5}\tchief\tNN\t*[1]\tx[1]\t_\t_\t
2-3.1\t{6}\tief\t_\t*[3]\tpart[3]\t_\t_\t
"""


def test_webanno_counts_utf16(tmp_path, text):
    words = ["Ω", "😀", "王小洪", "the", "𝒫olice", "chief", "ief"]
    spans = ["-".join(str(utf16(edge)) for edge in place(word)) for word in words]
    content = WEBANNO.format(*spans)
    # a file with the one layer that matters
    lines = []
    for line in content.splitlines():
        if "POS|" in line:
            continue
        cells = line.split("\t")
        lines.append("\t".join(cells[:3] + cells[4:]) if len(cells) > 3 else line)
    rows = reads(put(tmp_path, "a.tsv", "\n".join(lines)), "webanno", text)
    assert sorted(found(rows)) == sorted([
        ("王小洪", *place("王小洪")),
        ("𝒫olice chief", *place("𝒫olice chief")),
        ("𝒫olice", *place("𝒫olice")),
        ("ief", *place("ief")),
    ])  # fmt: skip
    by_quote = {row["quote"]: row for row in rows}
    assert (by_quote["王小洪"]["agency"], by_quote["王小洪"]["note"]) == ("MPS", "a_b [x] | y")
    assert (by_quote["𝒫olice"]["agency"], by_quote["𝒫olice"]["note"]) == ("CPLC", "")
    assert (by_quote["𝒫olice chief"]["agency"], by_quote["𝒫olice chief"]["note"]) == ("", "x")
    with pytest.raises(sd.DataError, match="add --offsets code_points"):  # offsets of another tool
        points = ["-".join(map(str, place(word))) for word in words]
        wrong = "\n".join(lines)
        for old, new in zip(spans, points, strict=True):
            wrong = wrong.replace(f"\t{old}\t", f"\t{new}\t")
        reads(put(tmp_path, "b.tsv", wrong), "webanno", text)


def test_doccano_of_both_ages(tmp_path, text):
    a, b = place("王小洪")
    c, d = place("𝒫olice")
    old = {"id": 1, "text": TEXT, "label": [[a, b, "MPS"], [c, d, "CPLC"]], "Comments": []}
    rows = reads(put(tmp_path, "a.jsonl", json.dumps(old)), "doccano", text, label_column="agency")
    assert found(rows) == [("王小洪", a, b), ("𝒫olice", c, d)]
    assert [row["agency"] for row in rows] == ["MPS", "CPLC"]
    # the newer export, and one document per paragraph
    lines = [
        {"id": n, "text": piece, "entities": [
            {"id": n * 10, "label": "mentions", "start_offset": piece.index(word),
             "end_offset": piece.index(word) + len(word)}], "relations": [], "date": "2024"}
        for n, (piece, word) in enumerate(
            zip(TEXT.split("\r\n"), ["王小洪", "Kenya", "公安部"], strict=True), 1)
    ]  # fmt: skip
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    rows = reads(put(tmp_path, "b.jsonl", content), "doccano", text)
    assert found(rows) == [(word, *place(word)) for word in ["王小洪", "Kenya", "公安部"]]
    assert [row["mention_id"] for row in rows] == ["10", "20", "30"]
    assert {row["date"] for row in rows} == {"2024"}


def label_studio(*results, text=TEXT, annotations=1):
    done = [{"id": n, "was_cancelled": False, "result": list(results)} for n in range(annotations)]
    return json.dumps([{"id": 1, "data": {"text": text}, "annotations": done}])


def test_label_studio(tmp_path, text):
    a, b = place("𝒫olice")
    common = {"id": "Qx1", "to_name": "text", "origin": "manual"}
    span = {"start": a, "end": b, "text": "𝒫olice", "labels": ["mentions"]}
    results = (
        {**common, "from_name": "label", "type": "labels", "value": span},
        {**common, "from_name": "agency", "type": "choices",
         "value": {"start": a, "end": b, "choices": ["MPS"]}},
        {**common, "from_name": "note", "type": "textarea",
         "value": {"start": a, "end": b, "text": ["one", "two"]}},
        {"id": "r", "from_id": "Qx1", "to_id": "Qx1", "type": "relation", "direction": "right",
         "value": {}, "from_name": "x"},
    )  # fmt: skip
    (row,) = reads(put(tmp_path, "a.json", label_studio(*results)), "label-studio", text)
    assert (row["quote"], row["agency"], row["note"]) == ("𝒫olice", "MPS", "one; two")
    assert row["mention_id"] == "Qx1"
    two = put(tmp_path, "b.json", label_studio(*results, annotations=2))
    with pytest.raises(sd.DataError, match="task 1 has 2 annotations"):
        reads(two, "label-studio", text)
    other = put(tmp_path, "c.json", label_studio(*results, text="another text"))
    with pytest.raises(sd.DataError, match=r"its text is not in a\.txt"):
        reads(other, "label-studio", text)


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("brat", "T1\tmentions 0 1\tΨ\n", "at 0 the text has `Ω`, the annotation `Ψ`"),
        ("brat", "T1\tmentions 0 999\tΩ\n", "offsets 0 to 999 are not in the text"),
        ("brat", "T1\tmentions 1 1\t\n", "offsets 1 to 1 are not in the text"),
        ("brat", "T1 mentions 0 1 Ω\n", "a:1:1: not a line of the format of brat"),
        ("brat", "T1\tmentions 0 1\tΩ\nA1\tcolour T1 red\n", "no column `colour` in mentions"),
        ("brat", "T1\tmentions 0 1\tΩ\nA1\tagency T2 MPS\n", "a:2:1: no annotation `T2`"),
        ("brat", "T1\tPerson 0 1\tΩ\n", "label `Person` is not mentions; name the column"),
        ("brat", "T1\tmentions 0 1\tΩ\nT2\tmentions 0 1\tΩ\nA1\tmention_id T1 T2\n",
         "several spans have the mention_id `T2`"),
        ("webanno", "1-1\t0-1\tΩ\n", "not WebAnno TSV 3"),
        ("webanno", "#FORMAT=WebAnno TSV 3.2\n\nhello\n", "a:3:1: not a token line"),
        ("doccano", "{", "a:1:1: not JSON"),
        ("doccano", '{"text": "x"}', "not a document of doccano"),
        ("label-studio", "[]]", "not JSON"),
        ("label-studio", '[{"data": {}}]', "not a JSON export of Label Studio"),
    ],
)  # fmt: skip
def test_messages(tmp_path, text, kind, content, message):
    with pytest.raises(sd.DataError) as caught:
        reads(put(tmp_path, "a", content), kind, text)
    assert message in str(caught.value)


def test_calls_that_are_wrong(tmp_path, text):
    path = put(tmp_path, "a.ann", "")
    with pytest.raises(sd.UsageError, match="no format"):
        reads(path, "gate", text)
    with pytest.raises(sd.UsageError, match="no such file"):
        reads(tmp_path / "none.ann", "brat", text)
    with pytest.raises(sd.UsageError, match="no column `agencies`"):
        reads(path, "brat", text, label_column="agencies")
    with pytest.raises(sd.UsageError, match="offsets are"):
        reads(path, "brat", text, offsets="words")


# --- round trips --------------------------------------------------------------------------------


def rows_of(*quotes):
    rows = []
    for number, (quote, more) in enumerate(quotes, 1):
        start, end = place(quote)
        row = dict.fromkeys(COLUMNS, "")
        row |= {"mention_id": f"M{number}", "seed_file": "a.txt", "start": str(start)}
        rows.append(row | {"end": str(end), "quote": quote, **more})
    return rows


ROWS = rows_of(
    ("Ω 😀 王", {"agency": "MPS", "note": "_ * | [x] \\ -> ; ->"}),
    ("王小洪", {"note": "多字节 𝒫"}),
    ("met\r\nthe", {"date": "2024-09"}),
    ("olice chief of", {"agency": "a; b"}),
    ("第二行：公安部", {}),
)


@pytest.mark.parametrize("kind", ["brat", "webanno", "label-studio"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_round_trip(tmp_path, kind, line_end):
    text = put(tmp_path, "a.txt", TEXT.replace("\r\n", line_end))
    body = text.read_bytes().decode("utf-8")
    rows = []
    for row in ROWS:
        quote = row["quote"].replace("\r\n", line_end)
        start, end = place(quote, body)
        rows.append(row | {"start": str(start), "end": str(end), "quote": quote})
    written, number = export_spans(rows, kind, text, "mentions")
    assert number == len(rows)
    back = reads(put(tmp_path, "x", written), kind, text)
    assert sorted(back, key=lambda row: row["mention_id"]) == rows


def test_round_trip_of_labels(tmp_path, text):
    rows = [row | {"agency": "MPS", "note": "", "date": "", "mention_id": ""} for row in ROWS]
    written, _ = export_spans(rows, "doccano", text, "mentions", label_column="agency")
    back = reads(put(tmp_path, "x", written), "doccano", text, label_column="agency")
    assert [row["mention_id"] for row in back] == ["1", "2", "3", "4", "5"]
    assert [row | {"mention_id": ""} for row in back] == rows


def test_rows_that_cannot_be_written(tmp_path, text):
    (row,) = rows_of(("met", {}))
    for change, message in [
        ({"quote": "mat"}, "not the quote"),
        ({"start": "x"}, "not whole numbers"),
        ({"start": str(int(row["start"]) - 1), "quote": " met"}, "white space"),
        ({"note": "a\nb"}, "line break"),
    ]:
        with pytest.raises(sd.DataError, match=message):
            export_spans([row | change], "brat", text, "mentions")
    assert export_spans([row | {"seed_file": "b.txt"}], "brat", text, "mentions") == ("", 0)


# --- commands -----------------------------------------------------------------------------------


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in ("annotations", *args)])


def test_commands_append_and_refuse(tmp_path, text):
    a, b = place("王小洪")
    ann = put(tmp_path, "a.ann", f"T1\tmentions {a} {b}\t王小洪\nA1\tdate T1 2024-09\n")
    asked = ("import", ann, "--format", "brat", "--text", text, "--table", "mentions")
    out = tmp_path / "rows.csv"
    assert run(*asked, "-o", out).exit_code == 0
    (row,) = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    assert (row["quote"], row["start"], row["end"]) == ("王小洪", str(a), str(b))
    result = run(*asked, "--append-to", out)
    assert result.exit_code == 1 and "`T1` exists already" in result.stderr
    ann.write_text(ann.read_text(encoding="utf-8").replace("T1", "T2"), encoding="utf-8")
    assert "2 in all" in run(*asked, "--append-to", out).stdout
    back = tmp_path / "b.ann"
    asked = ("export", "--format", "brat", "--text", text, "--table", "mentions", "--rows", out)
    assert run(*asked, "-o", back).stdout.endswith("b.ann: 2 spans\n")
    assert "exists" in run(*asked, "-o", back).stderr
    assert run(*asked).stdout == back.read_text(encoding="utf-8")
    result = run("import", ann, "--format", "brat", "--text", text, "--table", "events")
    assert result.exit_code == 2 and "no table `events` with seed_file" in result.stderr


def test_the_annotations_of_the_built_in_dataset(tmp_path):
    """Every claim of an available text comes back from each tool as it was."""
    import os

    folder = os.environ.get("SECDIPLO_SEED_TEXTS")
    if not folder:
        pytest.skip("the source texts are not available")
    text = sorted(Path(folder).glob("000_*.txt"))[0]
    sheet = Path(__file__).resolve().parents[1] / "seeds" / "annotations" / "claims.csv"
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["seed_file"] == text.name]
    assert rows
    for kind in ("brat", "webanno", "label-studio"):
        written, _ = export_spans(rows, kind, text, "claims")
        back = import_spans(put(tmp_path, kind, written), kind, text, "claims", list(rows[0]))
        assert sorted(back, key=lambda row: row["claim_id"]) == sorted(
            rows, key=lambda row: row["claim_id"]
        )
