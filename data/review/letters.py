"""How much room letters take, so that texts are cut, broken and sized before they are drawn.

Widths are those of common sans-serif fonts, in ems; Chinese characters take a whole one. A program that shows the file
may have another font, so that whoever asks leaves some room.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import east_asian_width

from metrics.lines import in_line

_NARROW = frozenset("iljtfr.,:;'|!()[]{}I ")
_WIDE = frozenset("mwMWQOGD@%—…")
_NO_LETTER = re.compile("[\ud800-\udfff\ufffe\uffff]")  # what no XML can hold
_PIECES = re.compile(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef]")
_MEETING = re.compile(r"(?<=[\u2e80-\uffef])(?=[0-9A-Za-z¥$€%+-])|(?<=[0-9A-Za-z%])(?=[\u2e80-\uffef])")
_AIR = 0.25
_CUT = "…"


def clean(text: object, most: int = 4000) -> str:
    """A text of unknown origin on one line, with nothing in it that a file cannot hold, at most so many letters."""
    return cut(in_line(_NO_LETTER.sub("", str(text))).strip(), most)


def cut(text: str, most: int) -> str:
    """At most so many letters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + _CUT


@lru_cache(maxsize=4096)
def ems(text: str) -> float:
    """The width of a text in ems, with the air that programs leave between Chinese and other letters."""
    return sum(map(_em, text)) + _AIR * len(_MEETING.findall(text))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.9
    if east_asian_width(letter) in "WF" or ord(letter) > 0xFFFF:
        return 1.0
    return 0.69 if letter.isupper() else 0.6


def lines(text: str, room: float, most: int = 1000) -> list[str]:
    """A text in lines that are at most `room` ems wide, at most so many of them; cut where it has no more room."""
    made: list[str] = [""]
    for piece in _pieces(text, room):
        if made[-1] and ems(made[-1] + piece.rstrip()) > room:
            made[-1] = made[-1].rstrip()
            if len(made) == most:
                return [*made[:-1], _shorter(made[-1] + _CUT, room)]
            made.append("")
        made[-1] += piece if made[-1] else piece.lstrip()
    return [line.rstrip() for line in made]


def _pieces(text: str, room: float) -> list[str]:
    """Words with the space behind them, and Chinese characters; words wider than a line are broken."""
    found: list[str] = []
    for piece in _PIECES.findall(text):
        if piece.isspace() and found:
            found[-1] += " "
        elif ems(piece) <= room:
            found.append(piece)
        else:
            found.extend(_broken(piece, room))
    return found


def _broken(word: str, room: float) -> list[str]:
    """A word wider than a line in pieces that are not."""
    found, begun, width = [], 0, 0.0
    for at, letter in enumerate(word):
        if width + _em(letter) > room and at > begun:
            found.append(word[begun:at])
            begun, width = at, 0.0
        width += _em(letter)
    return [*found, word[begun:]]


def _shorter(text: str, room: float) -> str:
    """A line that ends with the sign of what was cut, cut further until it has room."""
    while len(text) > 1 and ems(text) > room:
        text = text[:-2].rstrip() + _CUT
    return text


def shortened(text: str, room: float, most: int) -> str:
    """A text that has at most so many lines of `room` ems when somebody breaks it; cut where it has more."""
    if len(lines(text, room)) <= most:
        return text
    told = lines(text, room, most)
    letters = sum(not letter.isspace() for line in told for letter in line) - 1
    for at, letter in enumerate(text):
        letters -= not letter.isspace()
        if letters < 0:
            return text[:at].rstrip() + _CUT
    return text


def one_line(text: str, room: float) -> str:
    """A text in at most `room` ems."""
    return text if ems(text) <= room else _shorter(text[: int(4 * room) + 4] + _CUT, room)


def sized(text: str, width: float, height: float, sizes: tuple[float, ...], leading: float = 1.25) -> tuple[float, str]:
    """The largest of some sizes in which a text has room in a box, and the text, cut where the smallest is too large.

    Args:
        width, height: of the box, in the unit of sizes. sizes: falling. leading: of lines, in sizes.
    """
    text = cut(text, 4000)
    for size in sizes:
        if len(lines(text, width / size)) * size * leading <= height:
            return size, text
    least = sizes[-1]
    return least, "\n".join(lines(text, width / least, max(1, int(height / (least * leading)))))
