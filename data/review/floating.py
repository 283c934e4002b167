"""The bars of a waterfall: from where to where each goes, below zero, too, and as a stack that others can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from data.review.chapter import Picture

_SMALL = 0.15
"""The part of a level up to which its changes are small."""
Part = Literal["base", "level", "up", "down", "up_below", "down_below"]
PARTS: tuple[Part, ...] = ("base", "level", "up", "down", "up_below", "down_below")


class Bar(NamedTuple):
    """One bar, from `low` to `high`. `value`: what it says: a level, or a change with its sign; None where none is."""

    label: str
    value: float | None
    low: float
    high: float
    kind: Literal["level", "up", "down"]


def bars(picture: Picture) -> list[Bar]:
    """The bars of a waterfall's first series: the first and the last are levels, those between lead from one on."""
    values = picture.series[0].values if picture.series else ()
    made, running, last = [], 0.0, len(values) - 1
    for at, (label, value) in enumerate(zip(picture.labels, values, strict=False)):
        step = value or 0.0
        begun = 0.0 if at in (0, last) else running
        running = begun + step
        kind: Literal["level", "up", "down"] = "level" if at in (0, last) else "down" if step < 0 else "up"
        made.append(Bar(label, value, min(begun, running), max(begun, running), kind))
    return made


def stacked(bar: Bar) -> dict[Part, float]:
    """A bar as parts of a stack, in which what is above zero and what is below are piled up apart.

    A bar that crosses zero has two parts; one that does not stands on, or hangs from, a base that is not drawn.
    """
    above = max(bar.high, 0.0) - max(bar.low, 0.0)
    below = min(bar.low, 0.0) - min(bar.high, 0.0)
    if bar.kind == "level" or not (above and below):
        return {"base": max(bar.low, 0.0) + min(bar.high, 0.0), bar.kind: above + below}
    return {"base": 0.0, bar.kind: above, "up_below" if bar.kind == "up" else "down_below": below}


def span(steps: list[Bar]) -> tuple[float, float]:
    """From where to where a waterfall is drawn: where changes are small, start and end are cut off below them.

    The changes then have room, and the numbers beside start and end say how much these are.
    """
    reached = [end for bar in steps for end in (bar.low, bar.high) if bar.kind != "level"]
    reached += [bar.low if bar.high <= 0 else bar.high for bar in steps if bar.kind == "level"]
    low, high = min(reached, default=0.0), max(reached, default=0.0)
    return cut(low, high), max(high, 0.0)


def cut(low: float, high: float) -> float:
    """From where bars are drawn that change between `low` and `high`: from zero on, except beside small changes.

    Beside these levels are cut off, for nobody could tell the changes apart; their lengths tell no size then.
    """
    return low - 0.6 * (high - low) if 0 < high - low < _SMALL * low else min(0.0, low)
