"""Suggestions: the nearest names, all that are equally near, or what is known."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

import secdiplo as sd
from secdiplo.cli import main
from secdiplo.errors import DataError
from secdiplo.suggest import closest, did_you_mean, suggest

MINI = "tests/data/mini"


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("MPX", ["CPLC", "MPS", "MSS"], ["MPS"]),
        ("MSP", ["CPLC", "MPS", "MSS"], ["MPS", "MSS"]),  # two letters swapped, or one wrong
        ("mps", ["CPLC", "MPS", "MSS"], ["MPS"]),
        ("REPRODUCE", ["reproduce", "report"], ["reproduce"]),
        ("ministre", ["minister", "vice_minister"], ["minister"]),
        ("visits", ["events", "interactions", "officials"], []),
        ("Atlantis", ["Caribbean Netherlands", "Albania", "Antilles"], []),
        ("totals", ["agency_totals", "country_totals", "shares"], ["agency_totals", "country_totals"]),
        ("total", ["a_total", "b_total", "c_total", "d_total", "e_total", "f_total"], []),
        ("all", ["all_or_nothing"], []),
        ("number", ["the number of all events"], []),
        ("", ["a", "b"], []),
        ("x", [], []),
        ("same", ["Same", "SAME"], ["SAME", "Same"]),
    ],
)  # fmt: skip
def test_the_nearest_names(word, known, found):
    assert closest(word, known) == found
    assert closest(word, reversed(known)) == found


def test_a_message_offers_names_or_lists_what_is_known():
    assert suggest("cvs", ["csv", "json"]) == "did you mean `csv`?"
    assert suggest("xlsx", ["csv", "json"], "formats") == "formats: csv, json"
    assert suggest("x", []) == "known: none"
    many = [f"name {number}" for number in range(14)]
    assert suggest("x", many).endswith("name 11, ... (14 in all)")
    assert did_you_mean(["a", "b", "a"], '"') == 'did you mean "a" or "b"?'


def test_an_old_header_of_the_claims_is_answered_with_the_present_names(mini):
    sheet = mini / "annotations" / "claims.csv"
    head, body = sheet.read_text(encoding="utf-8").split("\n", 1)
    now = {
        "anchor": "quote",
        "rank": "official_rank",
        "readings": "interpretations",
        "season": "forum_window",
    }
    names = head.split(",")
    for old, new in now.items():
        names[names.index(new)] = old
    sheet.write_text(",".join(names) + "\n" + body, encoding="utf-8")
    assert [str(problem) for problem in sd.check(mini)] == [
        f"annotations/claims.csv:1:{place}: unknown column `{name}`; it is now `{now[name]}`"
        for place, name in enumerate(names, 1)
        if name in now
    ]


def test_only_a_suggestion_imports_rapidfuzz():
    code = (
        "import sys\nfrom secdiplo.suggest import suggest\n"
        "print('rapidfuzz' in sys.modules)\nsuggest('a', ['b'])\n"
        "print('rapidfuzz' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]


# --- names of version 1 --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["synth", "--rows", "5"], "no command `synth`; it is now `simulate`"),
        (["complete", "-o", "x"], "no command `complete`; it is now `impute`"),
        (["build", "--onto", "x", "y"], "no option --onto; it is now --append-to"),
    ],
)
def test_a_former_command_or_option_has_a_present_name(args, said):
    result = CliRunner().invoke(main, args)
    assert (result.exit_code, said in result.stderr) == (2, True)


@pytest.mark.parametrize(("former", "present"), [("synth", "simulate"), ("build_onto", "append")])
def test_a_former_function_has_a_present_name(former, present):
    with pytest.raises(AttributeError, match=f"it is now `{present}`"):
        getattr(sd, former)
    with pytest.raises(AttributeError, match=r"has no attribute `nothing`$"):
        sd.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("former", "present"), [("complete", "impute"), ("is_complete", "is_exhaustive")]
)
def test_a_former_method_has_a_present_name(former, present):
    ds = sd.load()
    with pytest.raises(AttributeError, match=f"it is now `{present}`"):
        getattr(ds, former)
    assert not hasattr(ds, "nothing")


def test_a_former_key_of_dataset_toml_has_a_present_name(tmp_path):
    folder = shutil.copytree(MINI, tmp_path / "mini")
    settings = (folder / "dataset.toml").read_text(encoding="utf-8")
    old = settings.replace("exhaustive = ", "complete = ")
    (folder / "dataset.toml").write_text(old, encoding="utf-8")
    with pytest.raises(DataError, match="unknown key `complete`; it is now `exhaustive`"):
        sd.load(folder)
