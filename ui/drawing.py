"""What every drawing shares: the rows in the order drawn, their names and marks, axes, legend and the empty figure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import plotly.graph_objects as go
import polars as pl
from babel.dates import format_date

from metrics.lines import in_line
from metrics.query import Result
from ui import answers, numbers
from ui.answers import Series
from ui.look import Look
from ui.sheet import Sheet

FLOATS = np.ndarray
MOST_TICKS = 8
"""Names of months under a time axis that fit a phone without being turned."""
_MOST_LONG = 4
"""The same of what is named at more length, such as days."""
LONGEST_NAME = 26
"""Screen columns of a name on an axis; a Chinese character takes two."""
_LATIN = 0x2E7F
_PIECES = re.compile("(?<= )|(?=（)")
"""Where a name may be parted."""


@dataclass(frozen=True)
class Shown:
    """The rows of a drawing in order: their names, the marks a click returns, their place on the axis."""

    frame: pl.DataFrame
    labels: list[str]
    marks: list[str | None]
    place: FLOATS
    axis: list[object]
    grain: str | None
    is_rest: bool = False
    all_rows: pl.DataFrame | None = None

    @property
    def height(self) -> int:
        """How many rows are drawn."""
        return self.frame.height

    @property
    def is_empty(self) -> bool:
        """Nothing to draw."""
        return self.frame.is_empty()

    @property
    def buckets(self) -> int:
        """How many places the axis has."""
        return len(self.axis)

    @property
    def is_other(self) -> list[bool]:
        """Which rows stand for several values."""
        return [mark is None for mark in self.marks]

    @property
    def is_partial(self) -> list[bool]:
        """Which buckets are not over yet."""
        return answers.flags(self.frame, answers.IS_PARTIAL)

    @property
    def hatching(self) -> list[str]:
        """The pattern of each bar: hatched while its bucket is not over."""
        return ["/" if partial else "" for partial in self.is_partial]

    @property
    def is_soft(self) -> FLOATS:
        """Which buckets are unfinished or rebuilt from dates."""
        rebuilt = answers.flags(self.frame, answers.IS_RECONSTRUCTED)
        return np.asarray(np.logical_or(self.is_partial, rebuilt))

    @property
    def around_soft(self) -> FLOATS:
        """The soft buckets and their neighbours: where the dashed line runs."""
        soft = self.is_soft
        around = soft.copy()
        around[1:] |= soft[:-1]
        around[:-1] |= soft[1:]
        return around

    def column(self, name: str | None) -> FLOATS:
        """A column of numbers; NaN where there is none."""
        return np.array([np.nan if v is None else v for v in answers.values(self.frame, name)], dtype=float)

    def drawn(self, name: str | None) -> FLOATS:
        """The same column without what stands for several values: their bar would dwarf the others."""
        return np.where(np.array(self.is_other, dtype=bool), np.nan, self.column(name))

    def is_small(self, part: Series) -> list[bool]:
        """Which rows stand on fewer cases than a rate can be read from."""
        return [n is not None and n < answers.SMALL_SAMPLE for n in answers.values(self.frame, part.n)]

    def texts(self, part: Series, look: Look) -> list[str]:
        """Each row's number as written, with n where the sample is small."""
        cells = zip(self.column(part.value), answers.values(self.frame, part.n), strict=True)
        return [number_text(float(value), n, part, look) for value, n in cells]

    def overall(self, part: Series) -> float | None:
        """The rate over all rows, drawn or not: Σ value·n / Σ n. None where the answer carries no n."""
        frame = self.frame if self.all_rows is None else self.all_rows
        pairs = zip(answers.values(frame, part.value), answers.values(frame, part.n), strict=True)
        known = [(value, n) for value, n in pairs if value is not None and n]
        total = sum(n for _, n in known)
        return sum(value * n for value, n in known) / total if total else None


def number_text(value: float, n: float | None, part: Series, look: Look) -> str:
    """One value as written; a small sample says its size."""
    text = answers.written(value, part, look.lang, look.currency)
    if n is not None and n < answers.SMALL_SAMPLE:
        return f"{text} (n={n:.0f})"
    return text


def frame_of(result: Result, look: Look) -> Shown:
    """The rows to draw: the first `look.top`, and where values add up one more row for all others together."""
    bys, frame = answers.cut_by(result), result.frame
    parts = answers.series(result)
    is_long = look.top is not None and frame.height > look.top + 1
    top = frame.head(look.top) if is_long and look.top is not None else frame
    labels = [label_of(row, bys, look) for row in top.iter_rows(named=True)]
    marks: list[str | None] = [answers.mark(row, bys) for row in top.iter_rows(named=True)]
    grain = answers.grain_of(result)
    axis = [row[grain] for row in top.iter_rows(named=True)] if grain else list(labels)
    if is_long and parts and parts[0].is_additive and grain is None:
        rest = frame.slice(top.height)
        sums = [added(name) for name in (parts[0].value, parts[0].before) if name]
        top = pl.concat([top, rest.select(sums)], how="diagonal_relaxed")
        labels.append(answers.words("chart.others", look.lang, count=numbers.count(rest.height, look.lang)))
        marks.append(None)
        axis.append(labels[-1])
    return Shown(top, labels, marks, np.arange(top.height, dtype=float), axis, grain, all_rows=frame)


def series_of(result: Result, part: Series, look: Look, most: int) -> list[tuple[str, Shown]]:
    """An answer over time as one Shown per series, all on one axis; without a second cut there is one, unnamed.

    The largest come first: of a ratio whose parts are in the answer too, those with the largest denominators. Series
    beyond `most` are put together as "others" where values add up or such parts do, else left out (the remark says so).
    """
    grain = answers.grain_of(result) or answers.cut_by(result)[0]
    bys, frame = answers.cut_by(result), result.frame
    axis = sorted({value for value in frame.get_column(grain) if value is not None})
    other = next((by for by in bys if by != grain), None)
    if other is None:
        return [("", _on_axis(frame, bys, grain, axis, look))]
    parts = _parts_of(part, frame)
    size = pl.col(parts[1] if parts else part.value).cast(pl.Float64).abs().sum()
    order = frame.group_by(other, maintain_order=True).agg(size.alias("size")).sort("size", descending=True)
    names = order.get_column(other).to_list()
    groups = []
    for name in names[:most]:
        rows = frame.filter(pl.col(other).eq_missing(pl.lit(name, dtype=frame.schema[other])))
        groups.append((answers.label(name, other, look.lang), _on_axis(rows, bys, grain, axis, look)))
    rest = [name for name in names[most:] if name is not None]
    if names[most:] and (parts or part.measure.additive == "all"):
        left = frame.filter(pl.col(other).is_in(rest) | (pl.col(other).is_null() if None in names[most:] else False))
        flags = [pl.col(answers.IS_PARTIAL).any()] if answers.IS_PARTIAL in left.columns else []
        summed = left.group_by(grain, maintain_order=True).agg(_together(part, parts), *flags)
        text = answers.words("chart.others", look.lang, count=numbers.count(len(names) - most, look.lang))
        groups.append((text, _on_axis(summed, bys, grain, axis, look, is_rest=True)))
    return groups


def _parts_of(part: Series, frame: pl.DataFrame) -> tuple[str, str] | None:
    """Numerator and denominator of a ratio, where both are in the answer and add up."""
    ratio = part.measure.ratio
    if ratio is None or not set(ratio) <= set(frame.columns):
        return None
    return ratio if all(one.additive == "all" for one in part.measure.parts) else None


def added(name: str) -> pl.Expr:
    """The sum of a column; of values none of which is known, none."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def _together(part: Series, parts: tuple[str, str] | None) -> pl.Expr:
    """The measure over several values: their sum, or numerators ÷ denominators."""
    if parts is None:
        return added(part.value)
    over, under = (pl.col(name).cast(pl.Float64).sum() for name in parts)
    return (over / pl.when(under != 0).then(under)).alias(part.value)


def _on_axis(
    frame: pl.DataFrame, bys: Sequence[str], grain: str, axis: list[object], look: Look, *, is_rest: bool = False
) -> Shown:
    places = {value: float(index) for index, value in enumerate(axis)}
    rows = frame.filter(pl.col(grain).is_not_null()).sort(grain)
    days = rows.get_column(grain).to_list()
    labels = [numbers.bucket(day, grain, look.lang, look.fiscal_start) for day in days]
    marks = [None if is_rest else answers.mark(row, bys) for row in rows.iter_rows(named=True)]
    place = np.array([places[day] for day in days], dtype=float)
    return Shown(rows, labels, marks, place, axis, grain, is_rest=is_rest)


def label_of(row: dict[str, object], bys: Sequence[str], look: Look) -> str:
    """The name of a row: the values it is cut by; of several dimensions at once, the dimension's name before."""
    if list(bys[:2]) == ["dimension", "value"]:
        cut = answers.known_dimension(str(row["dimension"]))
        name = cut.label.text(look.lang) if cut else str(row["dimension"])
        return f"{answers.label(row['value'], str(row['dimension']), look.lang)} · {name}"
    return " · ".join(answers.label(row[by], by, look.lang, look.fiscal_start) for by in bys)


def literal(name: object) -> str:
    """A name as a drawing shows it: what looks like markup in it is none."""
    return html.escape(in_line(name), quote=False)


def under_pointer(name: str, *lines: str) -> str:
    """What a mark says under the pointer: its name, and lines of ours below."""
    return "<br>".join((f"<b>{literal(name)}</b>", *lines))


def hover(labels: Sequence[str], values: FLOATS, part: Series, look: Look) -> list[str]:
    """What a mark says under the pointer: its name and its exact value."""
    name = part.measure.label.text(look.lang)
    known = [None if np.isnan(value) else float(value) for value in values]
    exact = [numbers.exact(value, part.unit, look.lang, look.currency) for value in known]
    return [under_pointer(label, look.paired(name, value)) for label, value in zip(labels, exact, strict=True)]


def shorten(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that fits beside a chart, as a drawing shows it; the full one is under the pointer."""
    name, width = in_line(name), 0
    for index, character in enumerate(name):
        width += 2 if ord(character) > _LATIN else 1
        if width > longest:
            return literal(name[:index].rstrip() + "…")
    return literal(name)


def broken(name: str, longest: int) -> str:
    """A name in as many lines as it takes, parted between words; none is cut."""
    lines, width = [""], 0
    for piece in _PIECES.split(in_line(name)):
        columns = sum(2 if ord(character) > _LATIN else 1 for character in piece.rstrip())
        if lines[-1] and width + columns > longest:
            lines, width = [*lines, ""], 0
        lines[-1] += piece
        width += columns + len(piece) - len(piece.rstrip())
    return "<br>".join(literal(line.rstrip()) for line in lines)


def value_range(drawn: Sequence[FLOATS], *, from_zero: bool) -> tuple[float, float]:
    """From the smallest to the largest of everything drawn; bars start at zero."""
    known = np.concatenate([values[~np.isnan(values)] for values in drawn] or [np.zeros(1)])
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return low - 0.5 * (low != 0), high + (abs(high) * 0.5 or 1.0)
    return low, high


def value_axis(figure: Sheet, drawn: Sequence[FLOATS], part: Series, look: Look, *, from_zero: bool = True) -> None:
    """An upright axis with few round numbers in the reader's units."""
    low, high = value_range(drawn, from_zero=from_zero)
    places, texts = numbers.ticks(low, high, part.unit, look.lang, at_most=5)
    top = max(high, places[-1]) if places else high
    figure.update_yaxes(
        tickvals=places, ticktext=texts, range=[min(low, places[0] if places else low), top + (top - low) * 0.08],
        showgrid=True, gridcolor=look.palette.grid, zeroline=False, ticks="", fixedrange=True, automargin=True,
    )  # fmt: skip


def most_days(look: Look) -> int:
    """How many names of days, or of weeks by their first, stand under a drawing without running into each other."""
    return _MOST_LONG if look.is_narrow else MOST_TICKS


def place_ticks(shown: Shown, look: Look) -> tuple[list[int], list[str]]:
    """A few names under a time axis; months say their year at the first and at each January."""
    buckets, grain = [day for day in shown.axis if isinstance(day, date)], shown.grain or "day"
    most = MOST_TICKS if grain == "month" else most_days(look)
    every = next((step for step in (1, 2, 3, 6, 12, 24, 52) if len(buckets) / step <= most), len(buckets) // most + 1)
    anchor = next((index for index, day in enumerate(buckets) if day.month == 1), 0) if grain == "month" else 0
    places = [index for index in range(len(buckets)) if (index - anchor) % every == 0]
    return places, [_tick(buckets[at], grain, look, is_first=at == places[0]) for at in places]


def _tick(day: date, grain: str, look: Look, *, is_first: bool) -> str:
    if grain not in ("day", "week", "month"):
        return numbers.bucket(day, grain, look.lang, look.fiscal_start)
    chinese = look.lang == "zh-CN"
    pattern = ("M月" if chinese else "MMM") if grain == "month" else ("M月d日" if chinese else "d MMM")
    text = format_date(day, pattern, locale=numbers.locale(look.lang))
    starts_year = is_first or (day.month == 1 and (grain == "month" or day.day <= 7))
    return f"{text}<br>{day.year}{'年' if chinese else ''}" if starts_year else str(text)


def legend(figure: Sheet, *, shows: bool, look: Look, right: int = 8) -> go.Figure:
    """Shared layout; the legend, where there is one, lies above the drawing."""
    figure.update_layout(
        showlegend=shows, legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None,
                                  "traceorder": "normal", "font": {"size": 13}, "itemclick": False,
                                  "itemdoubleclick": False},
        margin={"l": 4, "r": right, "t": 34 if shows else 10, "b": 8}, dragmode=False, hovermode="closest",
        bargap=0.2, font={"family": look.palette.font, "size": 14}, separators=".,", uniformtext={"minsize": 11},
        hoverlabel={"align": "left"}, meta={"lang": look.lang}, plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    return figure.figure()


def nothing(look: Look, why: str = "chart.nothing") -> go.Figure:
    """A figure that says that there is nothing to draw."""
    figure = Sheet()
    figure.add_annotation(
        text=answers.words(why, look.lang), showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper",
        font={"size": 15, "color": look.palette.muted},
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(height=160)
    return legend(figure, shows=False, look=look)
