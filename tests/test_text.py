"""The normal form of text: one rule in Python and in SQL, for all that is compared."""

from __future__ import annotations

import unicodedata

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import secdiplo as sd
from secdiplo import countries, importer
from secdiplo.countries.text import key
from secdiplo.importer.code_lists import fold
from secdiplo.text import (
    APOSTROPHES,
    HYPHENS,
    define_normal_form,
    difference,
    normal_form,
    unaccented,
)

SAME = [
    ("ＭＰＳ", "MPS"),  # full-width letters
    ("Wang\u00a0Xiaohong", "Wang Xiaohong"),  # no-break space
    ("Wang\u2009Xiaohong", "wang  xiaohong"),  # thin space; case and two blanks
    ("Côte d\u2019Ivoire", "Co\u0302te d'Ivoire"),  # apostrophe; a combining mark
    ("Hawai\u02bbi", "Hawai`i"),
    ("2024\u201301", "2024-01"),
    ("a\u2011b", "a\u2212b"),
    ("o\ufb03cer", "officer"),  # a ligature
    ("Straße", "STRASSE"),
    ("İzmir", "I\u0307ZMIR"),  # the dotted capital I
    ("Wang Xiao\u200bhong", "Wang Xiaohong"),  # zero width
    ("soft\u00adhyphen", "soft\ufeffhyphen"),
    ("\u202eA", "a\u200e"),
    ("É", "e\u0301"),
    ("ΟΔΟΣ", "οδος"),  # a final sigma
    ("①", "1"),
]
LETTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    [
        *APOSTROPHES,
        *HYPHENS,
        *"ßİıſŉＡｆﬁﬃĳ\u00a0\u2009\u3000\u200b\u200d\u00ad\u0301\u0345\t\n\r\x0b\x1c `'-",
    ]
)
TEXTS = st.text(LETTERS, max_size=12) | st.text(st.characters(max_codepoint=127), max_size=12)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_the_same_text(one, other):
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Wáng", "Wang"), ("a-b", "a b"), ("ab", "a b"), ("ı", "i"), ("МВД", "MBД"), ("O'A", "OA")],
)
def test_what_is_another_text(one, other):
    assert normal_form(one) != normal_form(other)


def test_all_hyphens_and_apostrophes_are_one():
    assert {normal_form(f"a{mark}b") for mark in HYPHENS} == {"a-b"}
    assert {normal_form(f"a{mark}b") for mark in APOSTROPHES} == {"a'b"}
    dashes = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Pd"]
    wavy = {"\u301c", "\u3030", "\u30a0"}  # of Japanese, where they are no hyphens
    assert {c for c in dashes if normal_form(c) != "-"} <= {*wavy, "\U00010ead"}


@given(TEXTS)
@example("ŉ\u0345")
def test_the_normal_form_of_a_normal_form_is_itself(text):
    form = normal_form(text)
    assert normal_form(form) == form
    assert unaccented(text) == unaccented(form)


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=200))
@example([one for pair in SAME for one in pair])
@example([f"a{chr(code)}  b" for code in range(128)])
def test_sql_and_python_give_the_same_form(texts):
    texts = [text for text in texts if "\0" not in text]
    with duckdb.connect() as con:
        con.execute("create table given as select unnest($1::varchar[]) as text", [texts])
        define_normal_form(con, "select text from given")
        found = con.execute("select text, normal_form(text) from given").fetchall()
    assert found == [(text, normal_form(text)) for text in texts]


@given(TEXTS, TEXTS)
def test_a_difference_is_told_only_of_the_same_text(one, other):
    if normal_form(one) != normal_form(other) or one == other:
        assert difference(one, other) == ""


@pytest.mark.parametrize(("one", "other"), SAME)
def test_wider_comparisons_start_from_the_normal_form(one, other):
    assert unaccented(one) == unaccented(other)
    assert key(one) == key(other)
    assert fold(one) == fold(other)


def test_a_country_in_any_form():
    assert countries.find("Co\u0302te d\u02bcIvoire").iso3 == "CIV"
    assert countries.find("Ｐｅｒｕ").iso3 == "PER"


def test_ordinary_text_is_free(mini, make_bad):
    both, cell = make_bad["both"], make_bad["cell"]
    both(
        cell(2, "source_title", "China\u2019s call \u2013 a\u00a0report"),
        cell(3, "source_title", "China\u2019s call \u2013 a\u00a0report"),
        cell(4, "source_title", "China\u2019s call \u2013 a\u00a0report"),
        cell(5, "note", "\u201cIt\u2019s\u201d \u2014 so"),
        cell(6, "note", "\u201cIt's\u201d - so"),
    )(mini)
    assert sd.check(mini) == []


def test_an_import_names_the_code_points_of_columns_and_codes(tmp_path):
    file, place = tmp_path / "a.csv", tmp_path / "map.toml"
    file.write_text("day,what\u2009form\n2024-09-07,b\uff49lateral\n", encoding="utf-8")
    place.write_text(
        '[dataset]\nname = "a"\ntitle = "A"\nversion = "1.0"\nlicence = "CC0"\nhome = "CH\uff2e"\n'
        "[columns]\ndate = 'day'\nformat = 'what form'\n[defaults]\nagency = 'M\uff30S'\n"
        "official_rank = 'minister'\nmode = 'video'\ncounterpart = 'KEN'\nconfidence = 'high'\n"
        "source_url = 'https://example.org/a'\n",
        encoding="utf-8",
    )

    def refused():
        with pytest.raises(sd.DataError) as caught:
            importer.run(file, place, tmp_path / "out")
        return [str(problem) for problem in caught.value.problems]

    n, p, i = (
        f"{name} instead of {wide}"
        for name, wide in (
            ("U+004E (latin capital letter n)", "U+FF2E (fullwidth latin capital letter n)"),
            ("U+0050 (latin capital letter p)", "U+FF30 (fullwidth latin capital letter p)"),
            ("U+0069 (latin small letter i)", "U+FF49 (fullwidth latin small letter i)"),
        )
    )
    assert refused() == [
        f"map.toml:6:home: unknown country `CH\uff2e`; did you mean `CHN`, with {n} at place 3?",
        f"map.toml:11:agency: unknown code `M\uff30S`; did you mean `MPS`, with {p} at place 2?",
    ]
    text = place.read_text(encoding="utf-8").replace("\uff2e", "N").replace("\uff30", "P")
    place.write_text(text, encoding="utf-8")
    assert refused() == [
        f"a.csv:2:what form: `b\uff49lateral` (1 row) has no mapping; did you mean `bilateral`, "
        f"with {i} at place 2? write it under [values.format]",
    ]


def test_columns_that_differ_by_a_blank(mini):
    toml = (mini / "dataset.toml").read_text(encoding="utf-8")
    (mini / "dataset.toml").write_text(
        'extra_columns = ["a b", "a\\tb"]\n' + toml, encoding="utf-8"
    )
    assert [str(problem) for problem in sd.check(mini)] == [
        "dataset.toml:1:extra_columns: `a\tb` is already in use: it is `a b`, with U+0020 (space) "
        "instead of U+0009 (control character) at place 2; drop it here, or rename yours"
    ]
