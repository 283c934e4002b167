"""Texts of unknown origin on their way to a reader: some characters in them are orders, not letters."""

from __future__ import annotations

import re

_ORDERS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_TURNS = r"\u202a-\u202e\u2066-\u2069"  # what follows is read from the other side: 000,1 for 1,000
_BREAKS = re.compile(rf"[ {_ORDERS}]+")
_ORDER = re.compile(rf"[{_ORDERS}]")
_TURN = re.compile(rf"[{_TURNS}]")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_EITHER = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def in_line(text: object) -> str:
    """A name on one line: no line breaks, nothing that a terminal obeys, nothing that turns what follows around."""
    return _TURN.sub("", _BREAKS.sub(" ", str(text)))


def in_lines(text: str) -> str:
    """The same of a text of several lines, whose spaces stay."""
    return "\n".join(_TURN.sub("", _ORDER.sub(" ", line)) for line in text.split("\n"))


def escaped(json: str) -> str:
    """JSON that a terminal may show: the same value, such characters written as their numbers."""
    return _EITHER.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def defused(text: str) -> str:
    """One text cell of a file that no spreadsheet takes for a formula: it is led in by an apostrophe."""
    return "'" + text if is_dangerous(text) else text


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return text.startswith(FORMULAS)
