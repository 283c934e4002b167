"""How a measure over time looks beside other times, and the running bucket beside earlier ones. Result → figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data import punctuation
from data.punctuation import paired
from metrics.catalog import Measure, dimension
from metrics.cuts import total
from metrics.known import UNTOLD
from metrics.period import Period, bucket_start
from metrics.query import Result
from metrics.together import begins, first_day, over
from metrics.trends import AGAINST, span_of
from metrics.view import View
from metrics.workdays import Workdays, calendar
from ui import answers, numbers, session
from ui.answers import Series
from ui.drawing import Shown, legend, place_ticks, under_pointer, value_axis
from ui.kept import Kept
from ui.look import Look, with_alpha
from ui.question import Subject, mark_of
from ui.sheet import Sheet
from ui.text import lang, plain, t

LINES = {"previous": ("dot", "diamond"), "last_year": ("dash", "square"), "two_years": ("dashdot", "triangle-up")}
"""How what is compared looks: told apart without colours too."""


class Course(Subject):
    """What is looked behind in a drawing over time: it is about a measure, which its title and its definition name."""

    @property
    def title(self) -> str:
        """The measure, and what is drawn of it."""
        known = self.query.measures[0]
        return t(f"question.{self.measure}", measure=known.label.text(lang()), grain=self._grain())

    def _grain(self) -> str:
        named = [name for name in self.query.by if (cut := answers.known_dimension(name)) and cut.kind == "grain"]
        return inside(dimension(named[0]).label.text(lang())) if named else ""

    def explain(self) -> None:
        """What is measured, what is drawn, and by which rules."""
        for term, text in self.terms():
            st.markdown(paired(f"**{plain(term)}**", plain(text), lang()))

    def terms(self) -> list[tuple[str, str]]:
        """The same for a file."""
        known = self.query.measures[0]
        return [
            (known.label.text(lang()), known.meaning.text(lang())),
            (t("show.formula"), known.formula(lang())),
            (self.title, t(f"question.{self.measure}_help")),
        ]

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The answer without the days that each compared number is of."""
        frame, units = super().figures(result)
        named = [name for name in frame.columns if not (name.endswith((".from_on", ".to_on")) or name == "away")]
        words = {
            name: [t(f"value.{name}.{value}") for value in frame.get_column(name).drop_nulls().unique().sort()]
            for name in ("series", "rule") if name in named
        }  # fmt: skip
        for name, said in words.items():
            known = frame.get_column(name).drop_nulls().unique().sort().to_list()
            frame = frame.with_columns(pl.col(name).replace(dict(zip(known, said, strict=True))))
        years = [pl.col("year").cast(pl.String)] if "year" in named else []
        days = {"from_on": "days_from", "to_on": "days_to"}  # elsewhere they say since when something holds
        return frame.select(named).with_columns(years).rename(days), units


def inside(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]


def sentence(text: str) -> str:
    """A text that stands by itself: "Week of 15 June"."""
    return text[:1].upper() + text[1:]


def measured(result: Result) -> Series:
    """The measure of a question over time; what is beside it is read by name."""
    one: Measure = result.query.measures[0]
    ends = {end: name if (name := f"{one.id}.{end}") in result.frame.columns else None for end in ("low", "high", "n")}
    return Series(one, one.unit, one.id, ends["low"], ends["high"], ends["n"], None)


def named(day: date | None, grain: str, look: Look) -> str:
    """A bucket of time in words; a week by its first day, and that it is one."""
    text = numbers.bucket(day, grain, look.lang, look.fiscal_start)
    return look.words("question.trend_week", day=text) if grain == "week" else text


def marks(frame: pl.DataFrame, labels: Sequence[str], column: str, before: str = "") -> list[str]:
    """What each point carries: the days that its number stands on."""
    ends = frame.select(f"{before}from_on", f"{before}to_on").rows()
    return [
        mark_of(column, label, from_on=_iso(first), to_on=_iso(last))
        for label, (first, last) in zip(labels, ends, strict=True)
    ]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def on_axis(frame: pl.DataFrame, grain: str, part: Series, look: Look) -> Shown:
    """The buckets of an answer, each at its place."""
    days = frame.get_column(grain).to_list()
    labels = [named(day, grain, look) for day in days]
    carried: list[str | None] = list(marks(frame, labels, part.measure.id))
    return Shown(frame, labels, carried, np.arange(float(len(days))), list(days), grain)


def floats(frame: pl.DataFrame, name: str) -> np.ndarray:
    """A column as numbers; NaN where nothing is known."""
    return np.array([np.nan if v is None else v for v in answers.values(frame, name)], dtype=float)


def says(labels: Sequence[str], values: np.ndarray, part: Series, look: Look, *more: Sequence[str]) -> list[str]:
    """Under the pointer: the bucket, its exact value, and further lines."""
    told = [numbers.exact(None if np.isnan(v) else float(v), part.unit, look.lang, look.currency) for v in values]
    lines = zip(labels, told, *more, strict=True)
    return [under_pointer(label, *(line for line in rest if line)) for label, *rest in lines]


def along(sheet: Sheet, shown: Shown, drawn: Sequence[np.ndarray], part: Series, look: Look, **axis: Any) -> go.Figure:  # noqa: ANN401
    """The layout of marks over time."""
    places, texts = place_ticks(shown, look)
    few = slice(None, None, 2 if look.is_narrow and shown.grain in ("day", "week") else 1)  # dates are long
    sheet.update_xaxes(
        tickvals=places[few], ticktext=texts[few], range=[-0.6, shown.buckets - 0.4], showgrid=False, zeroline=False,
        fixedrange=True, automargin=True, tickangle=0,
    )  # fmt: skip
    value_axis(sheet, drawn, part, look, **axis)
    sheet.layout.setdefault("barmode", "overlay")
    sheet.update_layout(height=look.height)
    return legend(sheet, shows=sheet.named > 1, look=look, right=26)


# ------------------------------------------------------------------------------------------------------------- course


def course(result: Result, look: Look) -> go.Figure | None:
    """The buckets of the period, hatched or hollow while they are unfinished, and a line for each other time."""
    part, frame, grain = measured(result), result.frame, result.query.by[0]
    if frame.is_empty() or frame.get_column(part.value).is_null().all():
        return None
    shown, sheet = on_axis(frame, grain, part, look), Sheet()
    value = floats(frame, part.value)
    has_bars = part.measure.additive == "all"
    (_bars if has_bars else _line)(sheet, shown, value, part, look)
    drawn = [value]
    for index, name in enumerate(name for name in AGAINST if name in frame.columns):
        other, (dash, symbol) = floats(frame, name), LINES[name]
        if np.isnan(other).all():
            continue
        days = frame.get_column(f"{name}.from_on").to_list()
        labels = [f"{named(day, grain, look)} · {look.words(f'value.series.{name}')}" for day in days]
        colour = str(look.palette.neutral) if name == "previous" else look.colour(1 + index)
        sheet.add_scatter(
            x=shown.place, y=other, mode="lines+markers", name=look.words(f"value.series.{name}"), hoverinfo="text",
            line={"color": colour, "width": 2, "dash": dash}, marker={"size": 6, "symbol": symbol},
            customdata=where_known(marks(frame, labels, name, f"{name}."), other),
            hovertext=says(labels, other, part, look),
        )  # fmt: skip
        drawn.append(other)
    return along(sheet, shown, drawn, part, look, from_zero=has_bars or part.unit != "share")


def where_known(carried: Sequence[str], values: np.ndarray) -> list[str | None]:
    """The marks of what has a number; there is nothing behind the others."""
    return [None if np.isnan(value) else mark for mark, value in zip(carried, values, strict=True)]


def _bars(sheet: Sheet, shown: Shown, value: np.ndarray, part: Series, look: Look) -> None:
    sheet.add_bar(
        x=shown.place, y=value, width=0.72, showlegend=False, hoverinfo="text",
        marker={"color": look.colour(0), "pattern": {"shape": shown.hatching}},
        customdata=where_known([mark or "" for mark in shown.marks], value),
        hovertext=says(shown.labels, value, part, look),
    )  # fmt: skip
    # The legend takes the look of a trace's first bar, which may be hatched: it gets a bar of its own.
    sheet.add_bar(
        x=[None], y=[None], name=look.words("value.series.now"), marker={"color": look.colour(0)}, hoverinfo="skip"
    )


def _line(sheet: Sheet, shown: Shown, value: np.ndarray, part: Series, look: Look) -> None:
    """A line; hollow where a bucket is not over."""
    colour, is_partial = look.colour(0), shown.is_partial
    if part.low and part.high:
        low, high = floats(shown.frame, part.low), floats(shown.frame, part.high)
        known = ~(np.isnan(low) | np.isnan(high))
        sheet.add_scatter(
            x=np.concatenate([shown.place[known], shown.place[known][::-1]]),
            y=np.concatenate([high[known], low[known][::-1]]), fill="toself", mode="lines", line={"width": 0},
            fillcolor=with_alpha(colour, 0.15), hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    sheet.add_scatter(
        x=shown.place, y=value, mode="lines+markers", name=look.words("value.series.now"), hoverinfo="text",
        line={"color": colour, "width": 2.5},
        marker={"size": 8, "symbol": ["circle-open" if open_ else "circle" for open_ in is_partial]},
        customdata=where_known([mark or "" for mark in shown.marks], value),
        hovertext=says(shown.labels, value, part, look),
    )  # fmt: skip


def course_found(result: Result, look: Look) -> str | None:
    """How what adds up compares over the buckets that are over in both; of rates nothing is added.

    Nor is it of what is not known in all of them.
    """
    part, frame, grain = measured(result), result.frame, result.query.by[0]
    if any(note.code in UNTOLD for note in result.notes if note["measure"] == part.measure.id):
        return None
    said: dict[tuple[str, str, str], list[str]] = {}
    for name in AGAINST:
        if name not in frame.columns or part.measure.additive != "all":
            continue
        both = frame.filter(_is_whole(grain, "") & _is_whole(grain, f"{name}.") & pl.col(name).is_not_null())
        both = both.filter(pl.col(part.value).is_not_null())
        if both.height:
            now, then = (float(both.get_column(of).cast(pl.Float64).sum()) for of in (part.value, name))
            change = numbers.change(now, then, part.unit, look.lang)
            if change != numbers.NOTHING:
                first, last = (named(both.item(at, grain), grain, look) for at in (0, -1))
                against = {"change": change, "then": look.words(f"value.series.{name}")}
                other = look.words("question.trend_course_against", **against)
                said.setdefault((first, last, look.written(now, part)), []).append(other)
    comma = look.words("question.trend_comma")
    told = [
        look.words(f"question.trend_course_{'found' if first != last else 'one'}",
                   first=first, last=last, value=value, others=comma.join(others))
        for (first, last, value), others in said.items()
    ]  # fmt: skip
    return punctuation.sentences(map(sentence, told), look.lang) or None


def _is_whole(grain: str, before: str) -> pl.Expr:
    """Whether all days of a bucket are counted."""
    start, first, last = pl.col(grain), pl.col(f"{before}from_on"), pl.col(f"{before}to_on")
    length = (last - first).dt.total_days() + 1
    least = {"day": 1, "week": 7, "month": 28, "quarter": 90, "fiscal_quarter": 90}.get(grain, 365)
    return (length >= least) & (start.is_not_null() if before else ~pl.col("is_partial"))


# ------------------------------------------------------------------------------------------------------------ calendar


def known_span(of: Measure, grain: str, view: View) -> Period:
    """The days looked at: the period, or where nobody asked for days those since the data begin."""
    span = span_of(view, grain)
    if view.begins_on is not None:
        return span
    asked = begins(total(of, over(view, span.from_on, span.to_on)), of, view)
    with session.reading() as seen:
        first = first_day({name: seen.ask(one, session.viewer()) for name, one in asked.items()})
    if first is None or not span.from_on < first <= span.to_on:
        return span
    return Period(bucket_start(first, grain, view.fiscal_start, view.week_start), span.to_on)


def workdays(view: View) -> Workdays:
    """The working days around the view's day, which some of these questions are put by."""
    with session.reading() as seen:
        frame = seen.ask(calendar(view), session.viewer()).frame
    return _workdays.of((frame,), (), lambda: Workdays.of(frame))


_workdays = Kept[Workdays](8)
