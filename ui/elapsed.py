"""How the running bucket looks beside earlier ones after as many working days. Result → figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go

from metrics.query import Result
from ui import numbers
from ui.answers import Series
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.sheet import Sheet
from ui.trends import floats, marks, measured, named, says, sentence, where_known


def so_far(result: Result, look: Look) -> go.Figure | None:
    """A bar for the running bucket and for each that it is compared with after as many working days."""
    part, frame, grain = measured(result), result.frame, result.query.by[1]
    if frame.get_column(part.value).is_null().all():
        return None
    value = floats(frame, part.value)
    labels = [_span(row, grain, look) for row in frame.iter_rows(named=True)]
    names = [_beside(row, grain, look) for row in frame.iter_rows(named=True)]
    texts = [_with_change(row, part, look) for row in frame.iter_rows(named=True)]
    sheet = Sheet()
    worked = [look.words("question.trend_workdays", count=count) for count in frame.get_column("workdays")]
    sheet.add_bar(
        x=value, y=np.arange(len(labels)), orientation="h", width=0.66, showlegend=False, hoverinfo="text",
        marker={"color": [look.colour(0), *([look.quiet] * (len(labels) - 1))]},
        customdata=where_known(marks(frame, labels, part.measure.id), value),
        hovertext=says(labels, value, part, look, worked),
    )  # fmt: skip
    ends = np.nan_to_num(value)
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (min(0.0, float(ends.min())), float(ends.max()) or 1.0), look)


def _span(row: dict[str, Any], grain: str, look: Look) -> str:
    """The bucket in words; of an unfinished one until which day."""
    return _until(named(row[grain], grain, look), row, look)


def _beside(row: dict[str, Any], grain: str, look: Look) -> str:
    """The same beside the bar: that it is a week is said above, and a phone has no room for the last day."""
    name = numbers.bucket(row[grain], grain, look.lang, look.fiscal_start)
    return name if look.is_narrow else _until(name, row, look)


def _until(name: str, row: dict[str, Any], look: Look) -> str:
    if row["series"] == "now" or not row["is_partial"]:
        return name
    return look.words("question.trend_until", bucket=name, day=_short(row["to_on"], look))


def _short(day: date, look: Look) -> str:
    return f"{day.month}月{day.day}日" if look.lang == "zh-CN" else f"{day.day} {day:%b}"


def _with_change(row: dict[str, Any], part: Series, look: Look) -> str:
    value = look.written(row[part.value], part)
    return value if row["change"] is None else f"{value} ({_signed(row['change'], part, look)})"


def _signed(change: float, part: Series, look: Look) -> str:
    """A change with its sign; of shares and scores in points."""
    if part.unit in ("share", "points"):
        return numbers.change(change, 0.0, part.unit, look.lang)
    return numbers.change(1 + change, 1.0, "number", look.lang)


def so_far_found(result: Result, look: Look) -> str | None:
    """The running bucket against those it is compared with, in words."""
    part, frame, grain = measured(result), result.frame, result.query.by[1]
    now, *others = frame.to_dicts()
    if now[part.value] is None or not others:
        return None
    kind = "so_far" if now["is_partial"] else "over"
    text = look.words(
        f"question.trend_{kind}_found", bucket=named(now[grain], grain, look), days=now["workdays"],
        value=look.written(now[part.value], part),
    )  # fmt: skip
    said = [
        look.words("question.trend_against", change=_signed(row["change"], part, look), bucket=_span(row, grain, look))
        for row in others if row["change"] is not None
    ]  # fmt: skip
    return (
        sentence(text) + look.words("question.trend_comma").join(said) + look.words("question.trend_stop")
        if said
        else None
    )
