"""Room for the words beside a drawing, known before it is drawn.

A browser that is left to find out draws each chart, measures every word, and draws the chart again with the room that
they need, which takes twice as long. What is said here is a little more than words take in the app's own letters.
"""

from __future__ import annotations

from typing import Any

_PAD = 13
"""Pixels between the words and the drawing, and on their other side."""
_LINE = 16
"""Pixels of a line of words along the bottom."""
_SIZE = 12
"""Of letters, where an axis does not say."""
_UNMEASURED = {"automargin": False}
_LATIN, _IDEOGRAPHS = 0x24F, 0x2E7F
_WIDE, _NARROW = frozenset("mwMW@%—…"), frozenset("iljI.,:;'|!·()-‐ tfr")


def fitted(layout: dict[str, Any]) -> dict[str, Any]:
    """The layout with margins that the named ticks of its first two axes fit into, which need not be measured then.

    Axes that name nothing, or of which it is not known here what they say, stay as they were.
    """
    margin = layout.get("margin")
    if margin is None:
        return layout
    up, along, room = layout.get("yaxis", {}), layout.get("xaxis", {}), dict(margin)
    changed = {name: axis | _UNMEASURED for name, axis in (("xaxis", along), ("yaxis", up)) if _is_empty(axis)}
    if _is_known(up):
        room["l"] = max(margin.get("l", 0), round(_PAD + max(width(text, _size(up)) for text in up["ticktext"])))
        changed["yaxis"] = up | _UNMEASURED | {"ticklabeloverflow": "allow"}
    if _is_known(along) and along.get("tickangle") == 0:
        lines = max(str(text).count("<br>") + 1 for text in along["ticktext"])
        room["b"] = max(margin.get("b", 0), _PAD + _LINE * lines)
        changed["xaxis"] = along | _UNMEASURED
    return layout | {"margin": room} | changed


def width(text: object, size: float) -> float:
    """Pixels of the longest line of a text in letters of `size`: what the widest letters of its kind take."""
    return size * max(sum(map(_letter, line)) for line in str(text).split("<br>"))


def columns(text: str) -> int:
    """Screen columns of a text: a Chinese character takes two."""
    return sum(2 if ord(mark) > _IDEOGRAPHS else 1 for mark in text)


def _is_empty(axis: dict[str, Any]) -> bool:
    """Whether nothing at all is written at this axis."""
    return axis.get("visible") is False


def _is_known(axis: dict[str, Any]) -> bool:
    """Whether what stands at this axis is known, and stands outside of the drawing."""
    return (
        not _is_empty(axis)
        and bool(len(axis.get("ticktext", ())))
        and axis.get("automargin") is True
        and axis.get("showticklabels", True)
        and axis.get("side", "left") in ("left", "bottom")
        and "title" not in axis
        and "ticklabelposition" not in axis
    )


def _size(axis: dict[str, Any]) -> float:
    return float((axis.get("tickfont") or {}).get("size", _SIZE))


def _letter(character: str) -> float:
    if ord(character) > _IDEOGRAPHS:
        return 1.0
    if character in _WIDE or (ord(character) > _LATIN and character.isalpha()):
        return 0.86
    if character.isupper():
        return 0.62
    return 0.34 if character in _NARROW else 0.52
