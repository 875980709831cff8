"""Numbers with their nouns, as messages, notes and captions have them."""

from __future__ import annotations


def plural(noun: str, number: float) -> str:
    """Return a noun in the singular or plural, with spaces for underscores.

    Examples
    --------
    >>> plural("bilateral_meeting", 2), plural("country", 3), plural("day", 0), plural("event", 1)
    ('bilateral meetings', 'countries', 'days', 'event')
    """
    word = noun.replace("_", " ")
    if number == 1:
        return word
    return word[:-1] + "ies" if word[-1] == "y" and word[-2] not in "aeiou" else word + "s"


def counted(number: int, noun: str) -> str:
    """Return a number and its noun.

    Examples
    --------
    >>> counted(1, "country"), counted(2000, "event")
    ('1 country', '2,000 events')
    """
    return f"{number:,} {plural(noun, number)}"


def counted_are(number: int, noun: str) -> str:
    """Return a number, its noun and the verb.

    Examples
    --------
    >>> counted_are(1, "event"), counted_are(2, "event")
    ('1 event is', '2 events are')
    """
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'}"
