"""Pictures of a review as SVG within a page that needs nothing else.

Every value is written beside its mark, so that a picture says as much in black and white; axes have round numbers.
What a value means (good, bad) and whether it rises has a sign besides its colour.
"""

from __future__ import annotations

from html import escape
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from data import numerals
from data.review.colours import colours
from data.review.floating import bars, span
from data.review.letters import clean, ems, lines, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Picture, Series
    from data.review.said import Said

WIDTH, HALF = 720, 350  # pixels of a picture over the whole width, and of one beside another
_SIZE, _LEAST = 12, 9  # pixels of letters, and of those that would touch each other else
LEVELS = ((260, 18, 12, 10), (180, 16, 12, 8), (140, 15, 12, 5), (104, 13, 12, 3))
"""From roomy to tight: how tall standing pictures are, without the labels below; of lying ones how thick one bar
is, and one of several, and the room between labels. Letters stay as large."""
_LEADING = 15
_MOST_LABEL = 230  # pixels of a label beside a lying bar
_SIGNS = {"good": "✓ ", "bad": "! ", "plain": ""}
_TICKS = 6


def drawn(picture: Picture, said: Said, level: int = 0, width: int = WIDTH) -> str:
    """The picture as one `<svg>`; a sentence where it holds no value.

    Args:
        level: how tight it is drawn, of LEVELS. width: in pixels.
    """
    drawing = _drawing(picture, said, level, width)
    return drawing.svg() if drawing else f"<p>{escape(said.word('nothing'))}</p>"


def height(picture: Picture, said: Said, level: int = 0, width: int = WIDTH) -> float:
    """How tall it is, in pixels; 0 where there is nothing to draw."""
    drawing = _drawing(picture, said, level, width)
    return drawing.height if drawing else 0.0


def _drawing(picture: Picture, said: Said, level: int, width: int) -> _Drawing | None:
    values = [value for series in picture.series for value in series.values if value is not None and isfinite(value)]
    if not values or not picture.labels:
        return None
    drawing = _Drawing(picture, said, level, width)
    make = {"bars": drawing.lying, "columns": drawing.standing, "line": drawing.line, "waterfall": drawing.waterfall}
    make[picture.kind]()
    return drawing


class _Plot(NamedTuple):
    """Where values and labels stand: `low` to `high` from the bottom to the top, one slot per label."""

    left: float
    top: float
    width: float
    height: float
    low: float
    high: float
    slots: int

    def y(self, value: float) -> float:
        return self.top + self.height * (self.high - max(value, self.low)) / (self.high - self.low)

    def x(self, at: int) -> float:
        return self.left + self.width * (at + 0.5) / self.slots

    @property
    def slot(self) -> float:
        return self.width / self.slots


class _Drawing:
    """The marks of one picture, from back to front."""

    def __init__(self, picture: Picture, said: Said, level: int, width: int) -> None:
        self.width = width
        self.picture, self.said, self.of = picture, said, colours()
        self.stands, self.single, self.several, self.gap = LEVELS[level]
        self.marks: list[str] = []
        self.height = 0.0
        self.labels = [clean(label, 200) for label in picture.labels]

    def svg(self) -> str:
        title, rule = clean(self.picture.title), clean(self.picture.rule)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {self.width} {self.height:.0f}"'
            f' aria-label="{escape(title)}"><title>{escape(title)}</title><desc>{escape(rule)}</desc>'
            f"{''.join(self.marks)}</svg>"
        )

    # ----------------------------------------------------------------------------------------------------------- marks

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        *,
        colour: str = "",
        weight: int = 400,
        size: float = _SIZE,
    ) -> None:
        self.marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}"'
            f' font-weight="{weight}" fill="#{colour or self.of.text}">{escape(text)}</text>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, is_open: bool = False) -> None:
        """A filled box, or with `is_open` its outline."""
        paint = f'fill="#ffffff" stroke="#{colour}" stroke-width="1.5"' if is_open else f'fill="#{colour}"'
        width, height = max(width, 0.8), max(height, 0.8)
        self.marks.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {paint}/>')

    def stroke(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> None:
        self.marks.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#{colour}" stroke-width="{width}"/>'
        )

    # ------------------------------------------------------------------------------------------------------ what it has

    def shown(self) -> list[Series]:
        """The series that are marks of their own; low and high are the ends of a line across these."""
        return [one for one in self.picture.series if one.role not in ("low", "high")]

    def range_of(self) -> list[tuple[float, float]] | None:
        """Low and high of each label, where both are told."""
        by = {one.role: one.values for one in self.picture.series}
        if "low" not in by or "high" not in by:
            return None
        ends = zip(by["low"], by["high"], strict=True)
        return [(float("nan"), float("nan")) if low is None or high is None else (low, high) for low, high in ends]

    def paint(self, series: Series, at: int) -> str:
        """The colour of a value: of its meaning, where it has one, else of its role."""
        if series.role == "before":
            return self.of.before
        if series.role == "target":
            return self.of.text
        meant = self.meant(at)
        return {"good": self.of.good, "bad": self.of.bad, "plain": self.of.muted}[meant] if meant else self.of.accent

    def shade(self, one: Series) -> str:
        """The colour of a series where it means nothing: of several lines each has its own."""
        values = [each for each in self.picture.series if each.role == "value"]
        if self.picture.kind != "line" or one not in values:
            is_meant = one.role == "value" and "plain" in self.picture.colours  # as most of its marks are
            return self.of.muted if is_meant else self.paint(one, len(self.labels))
        return (self.of.accent, self.of.bad, self.of.good, self.of.muted)[values.index(one) % 4]

    def meant(self, at: int) -> str:
        return self.picture.colours[at] if at < len(self.picture.colours) else ""

    def number(self, value: float, at: int, series: Series) -> str:
        sign = _SIGNS.get(self.meant(at), "") if series.role == "value" else ""
        return sign + self.said.number(value, self.picture.unit)

    def key(self, top: float) -> float:
        """What the colours are, where there are several series; returns where the picture begins."""
        shown = self.shown()
        named = [*shown, *([self._range_named()] if self.range_of() and self.picture.kind != "line" else [])]
        if len(named) < 2:
            return top
        x, y = 2.0, top + 12
        for one in named:
            name = one_line(clean(one.name), 30)
            if x + 30 + ems(name) * _SIZE > self.width and x > 2:
                x, y = 2.0, y + _LEADING + 3
            self._swatch(one, x, y)
            self.text(x + 18, y, name, colour=self.of.muted)
            x += 34 + ems(name) * _SIZE
        return y + 12

    def _range_named(self) -> Series:
        low = next(one for one in self.picture.series if one.role == "low")
        high = next(one for one in self.picture.series if one.role == "high")
        return low._replace(name=f"{clean(low.name)} – {clean(high.name)}")

    def _swatch(self, one: Series, x: float, y: float) -> None:
        if one.role in ("low", "high"):
            self.stroke(x, y - 4, x + 13, y - 4, self.of.text, 1.5)
        else:
            self.box(x, y - 9, 13, 10, self.shade(one), is_open=one.role == "target")

    def plot(self, low: float, high: float, top: float, slots: int, below: float) -> _Plot:
        """A standing picture's room, its axis drawn, with `below` pixels for labels."""
        places, texts = numerals.ticks(low, high, self.picture.unit, self.said.lang, _TICKS)
        left = max(ems(text) for text in texts) * _SIZE + 10
        plot = _Plot(left, top + 14, self.width - left - 4, self.stands, places[0], places[-1], slots)
        for place, text in zip(places, texts, strict=True):
            y = plot.y(place)
            self.stroke(left, y, self.width - 4, y, self.of.muted if place == 0 else self.of.line)
            self.text(left - 6, y + 4, text, "end", colour=self.of.muted)
        self.height = plot.top + plot.height + below
        return plot

    def below(self, plot: _Plot, told: Sequence[list[str]]) -> None:
        """The labels under their slots; where they would touch each other, every second, third … only."""
        widest = max((ems(line) for text in told for line in text), default=0.0) * _SIZE + 8
        step = max(1, -(-int(widest) // max(1, int(plot.slot))))
        for at, text in enumerate(told):
            if at % step == 0:
                for row, line in enumerate(text):
                    self.text(plot.x(at), plot.top + plot.height + 18 + row * _LEADING, line, "middle")

    # ----------------------------------------------------------------------------------------------------------- kinds

    def lying(self) -> None:
        """Bars for names: labels at the left, values at the ends."""
        shown, ends = self.shown(), self.range_of()
        top = self.key(0.0)
        thick = self.single if len(shown) == 1 else self.several
        row = thick * len(shown) + self.gap
        label = min(_MOST_LABEL, 0.36 * self.width, max(ems(text) for text in self.labels) * _SIZE) + 8
        told = [[self._told(one, at) for at in range(len(self.labels))] for one in shown]
        room = max(ems(text) for texts in told for text in texts) * _SIZE + 12
        values = [value for one in self.picture.series for value in one.values if value is not None]
        low, high = min(0.0, *values), max(0.0, *values)
        left, right = label + (room if low < 0 else 0), self.width - room
        scale = (right - left) / ((high - low) or 1.0)
        zero = left - low * scale
        for at, name in enumerate(self.labels):
            y = top + at * row + self.gap / 2
            self.text(label - 8, y + row / 2 - 1, one_line(name, (label - 6) / _SIZE), "end")
            for part, one in enumerate(shown):
                value = one.values[at]
                wide = abs(value or 0.0) * scale
                begun = zero - wide if (value or 0.0) < 0 else zero
                here = y + part * thick
                if value is not None:
                    self.box(begun, here, wide, thick - 2, self.paint(one, at), is_open=one.role == "target")
                far = begun + wide
                if part == 0 and ends and isfinite(ends[at][1]):
                    far = max(far, zero + ends[at][1] * scale)
                self._at_end(value, told[part][at], (begun, far), here + thick / 2 + 3)
            if ends and isfinite(ends[at][0]):
                middle = y + thick / 2 - 1
                self.stroke(zero + ends[at][0] * scale, middle, zero + ends[at][1] * scale, middle, self.of.text, 1.5)
        self.stroke(zero, top, zero, top + row * len(self.labels) + 4, self.of.muted)
        self.height = top + row * len(self.labels) + 8

    def _told(self, one: Series, at: int) -> str:
        value = one.values[at]
        return numerals.NOTHING if value is None else self.number(value, at, one)

    def _at_end(self, value: float | None, text: str, ends: tuple[float, float], y: float) -> None:
        if value is not None and value < 0:
            self.text(ends[0] - 5, y, text, "end")
        else:
            self.text(ends[1] + 5, y, text)

    def standing(self) -> None:
        """Columns for time."""
        shown, ends = self.shown(), self.range_of()
        top = self.key(0.0)
        values = [value for one in self.picture.series for value in one.values if value is not None]
        plot = self.plot(min(0.0, *values), max(0.0, *values), top, len(self.labels), 30)
        wide = min(60.0, plot.slot * 0.74 / len(shown))
        for at in range(len(self.labels)):
            first = plot.x(at) - wide * len(shown) / 2
            for part, one in enumerate(shown):
                value = one.values[at]
                if value is None:
                    continue
                high, low = sorted((plot.y(value), plot.y(0.0)))
                is_open = one.role == "target"
                self.box(first + part * wide, high, wide - 1.5, low - high, self.paint(one, at), is_open=is_open)
                self._on_top(plot, first + (part + 0.5) * wide, value, self.number(value, at, one), wide)
            if ends and isfinite(ends[at][0]):
                x = first + wide / 2
                self.stroke(x, plot.y(ends[at][0]), x, plot.y(ends[at][1]), self.of.text, 1.5)
        self.below(plot, [[one_line(name, 14)] for name in self.labels])

    def _on_top(self, plot: _Plot, x: float, value: float, text: str, wide: float) -> None:
        """A value at its mark, where it has room; the axis says it otherwise."""
        if ems(text) * _SIZE <= wide + 6:
            self.text(x, plot.y(value) + (14 if value < 0 else -4), text, "middle")

    def line(self) -> None:
        """Lines over time; a gap where there is no value. The last value of each is written."""
        top = self.key(0.0)
        values = [value for one in self.picture.series for value in one.values if value is not None]
        plot = self.plot(min(0.0, *values), max(0.0, *values), top, len(self.labels), 30)
        dashes = {"before": "5 4", "target": "2 3", "low": "1 4", "high": "1 4"}
        for one in self.picture.series:
            colour = self.of.muted if one.role in ("low", "high") else self.shade(one)
            dash = f' stroke-dasharray="{dashes[one.role]}"' if one.role in dashes else ""
            for run in _runs(one.values):
                points = " ".join(f"{plot.x(at):.1f},{plot.y(value):.1f}" for at, value in run)
                thick = 2.4 if one.role == "value" else 1.6
                self.marks.append(
                    f'<polyline points="{points}" fill="none" stroke="#{colour}" stroke-width="{thick}"{dash}/>'
                    if len(run) > 1
                    else f'<circle cx="{plot.x(run[0][0]):.1f}" cy="{plot.y(run[0][1]):.1f}" r="2.6" fill="#{colour}"/>'
                )
            told = [(at, value) for run in _runs(one.values) for at, value in run]
            if told and one.role == "value":
                at, value = told[-1]
                is_right = plot.x(at) > self.width - 60
                text = self.said.number(value, self.picture.unit)
                x = plot.x(at) + (4 if is_right else 0)
                self.text(x, plot.y(value) - 7, text, "end" if is_right else "middle", weight=600)
        self.below(plot, [[one_line(name, 14)] for name in self.labels])

    def waterfall(self) -> None:
        """From a level to a level, by changes that begin where the one before ended."""
        steps = bars(self.picture)
        low, high = span(steps)
        room = (self.width - 70) / len(steps)
        named = [clean(bar.label, 200) for bar in steps]
        longest = max((ems(word) for label in named for word in label.split()), default=1.0)
        letters = max(_LEAST, min(_SIZE, int(2 * room / (longest + 0.4)) / 2))  # no word is broken that need not be
        told = [lines(label, room / letters - 0.4, 3) for label in named]
        plot = self.plot(low, high, 0.0, len(steps), 12 + _LEADING * max(map(len, told)))
        wide = min(70.0, plot.slot * 0.72)
        reached: float | None = None
        for at, bar in enumerate(steps):
            x = plot.x(at)
            if reached is not None:
                self.stroke(plot.x(at - 1) + wide / 2, plot.y(reached), x - wide / 2, plot.y(reached), self.of.muted)
            reached = bar.low if bar.kind == "down" or (bar.kind == "level" and bar.high <= 0) else bar.high
            meant = self.meant(at) or {"level": "", "up": "good", "down": "bad"}[bar.kind]
            colour = {"good": self.of.good, "bad": self.of.bad, "plain": self.of.muted}.get(meant, self.of.accent)
            colour = self.of.accent if bar.kind == "level" else colour
            self.box(x - wide / 2, plot.y(bar.high), wide, plot.y(bar.low) - plot.y(bar.high), colour)
            if bar.value is not None:
                sign = "+" if bar.kind == "up" and bar.value > 0 else ""
                text = sign + self.said.number(bar.value, self.picture.unit)
                size = max(_LEAST, min(_SIZE, int(plot.slot / ems(text))))  # its neighbours have numbers, too
                self.text(x, plot.y(bar.high) - 4, text, "middle", size=size)
        for at, label in enumerate(told):
            for row, line in enumerate(label):
                self.text(plot.x(at), plot.top + plot.height + 18 + row * _LEADING, line, "middle", size=letters)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches of values without a gap, each with its place."""
    found: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((at, value))
    return [run for run in found if run]
