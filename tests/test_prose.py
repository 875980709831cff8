"""Plain English in every text that people read: no words of `prose.AVOIDED`, no long sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

import prose
from secdiplo.cli import main


def found(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Return the places where a text has words to avoid, with what to write instead."""
    return [
        f"{place}: `{match[0]}`; write: {instead}"
        for place, text in texts
        for pattern, instead in prose.AVOIDED.items()
        if (match := re.search(pattern, text, re.IGNORECASE))
    ]


def of_pages() -> Iterable[tuple[str, str]]:
    for page, text in prose.pages():
        for line, paragraph in prose.paragraphs(text):
            yield f"{page}:{line}", paragraph


def test_pages_have_no_words_to_avoid():
    assert found(of_pages()) == []


def test_pages_have_no_long_sentences():
    long = [
        f"{place}: {len(sentence.split())} words: {sentence[:60]}"
        for place, paragraph in of_pages()
        for sentence in prose.sentences(paragraph)
        if len(sentence.split()) > prose.MAX_WORDS
    ]
    assert long == []


@pytest.mark.parametrize(
    "texts",
    [prose.helps(main, "secdiplo"), prose.headers(), prose.declared(), prose.messages()],
    ids=["help", "headers", "declarations", "messages"],
)
def test_other_texts_have_no_words_to_avoid(texts):
    assert found(texts) == []


def test_docstrings_have_no_words_to_avoid():
    avoided = [each for each in found(prose.docstrings()) if "`of which`" not in each]
    assert avoided == []  # "of which" is no error in a technical sentence


def test_the_check_finds_what_it_is_for():
    text = "---\na: b\n---\n# Head\n\nThe row stands in a table.\n\n```\nmend it\n```\n\n| mend | x |\n"
    assert [p for _, p in prose.paragraphs(text)] == ["The row stands in a table."]
    assert len(found([("x", "mend it; one row a claim")])) == 2
    assert found([("x", "A figure is a picture.")]) == []
    assert prose.sentences("One `a. b`. Two [x](y.z).") == ["One x.", "Two x."]
