"""The normal form of text: one rule in Python and in SQL, for all that is compared."""

from __future__ import annotations

import unicodedata

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import secdiplo as sd
from secdiplo import countries
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
