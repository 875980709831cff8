"""Numbers with their nouns, as messages, notes and captions have them."""

from __future__ import annotations


def plural(noun: str, number: float) -> str:
    """Return a noun in the form that a number of it has; an underscore is a blank.

    Examples
    --------
    >>> plural("bilateral_meeting", 2), plural("country", 3), plural("day", 0), plural("event", 1)
    ('bilateral meetings', 'countries', 'days', 'event')
    """
    word = noun.replace("_", " ")
    if number == 1:
        return word
    return word[:-1] + "ies" if word[-1] == "y" and word[-2] not in "aeou" else word + "s"


def counted(number: int, noun: str) -> str:
    """Return a number and its noun.

    Examples
    --------
    >>> counted(1, "country"), counted(2000, "event")
    ('1 country', '2,000 events')
    """
    return f"{number:,} {plural(noun, number)}"
