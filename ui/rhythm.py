"""When somebody does what: a field of kinds by week, and of kinds by day of the week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import answers, numbers
from ui.drawing import most_days, under_pointer
from ui.field import in_field, ink, shaded
from ui.look import Look
from ui.question import mark_of


def by_week(result: Result, look: Look) -> go.Figure | None:
    """A row per kind, a column per week, also for weeks in which nothing was done."""
    found = result.frame
    if found.is_empty():
        return None
    first, last = found.select(pl.col("week").min().alias("first"), pl.col("week").max().alias("last")).row(0)
    weeks = [first + timedelta(days=7 * at) for at in range((last - first).days // 7 + 1)]
    every = -(-len(weeks) // most_days(look))
    heads = {at: _short(week, look) for at, week in enumerate(weeks) if at % every == 0}
    return _field(found, "week", weeks, heads, look)


def by_weekday(result: Result, look: Look) -> go.Figure | None:
    """A row per kind, a column per day of the week."""
    if result.frame.is_empty():
        return None
    first: date = min(result.frame.get_column("week"))
    heads = {at: _named(first + timedelta(days=at), look) for at in range(7)}
    return _field(result.frame, "weekday", list(range(7)), heads, look)


def _short(week: date, look: Look) -> str:
    return f"{week.month}月{week.day}日" if look.lang == "zh-CN" else f"{week.day} {week:%b}"


def _named(day: date, look: Look) -> str:
    return look.words(f"rhythm.day_{day.isoweekday()}")


def _field(found: pl.DataFrame, by: str, places: list[Any], heads: dict[int, str], look: Look) -> go.Figure:
    size = found.group_by("kind").agg(pl.col("activities").sum()).sort("activities", "kind", descending=[True, False])
    kinds = size.get_column("kind").to_list()
    summed = found.group_by("kind", by).agg(pl.col("activities").sum())
    cells = {(kind, place): count for kind, place, count in summed.iter_rows()}
    values = [[cells.get((kind, place), 0) for place in places] for kind in kinds]
    most = max(max(line) for line in values) or 1
    names = [answers.label(kind, "kind", look.lang) for kind in kinds]
    sheet = shaded(values, look.palette.sequential, 0, most, gap=2)
    marks = [(x, y) for y in range(len(kinds)) for x in range(len(places))]
    titles = [f"{names[y]} · {_place(places[x], by, heads, look)}" for x, y in marks]
    shows = by == "weekday" and not look.is_narrow
    sheet.add_scatter(
        x=[x for x, _ in marks], y=[y for _, y in marks], hoverinfo="text", showlegend=False,
        mode="markers+text" if shows else "markers", marker={"size": 24, "opacity": 0, "symbol": "square"},
        text=[numbers.exact(values[y][x], "count", look.lang) for x, y in marks] if shows else None,
        textfont={"size": 12, "color": [
            ink(values[y][x], look.palette.sequential, 0, most, look.palette.text) for x, y in marks]},
        customdata=[
            mark_of("activities", title, kind=kinds[y],
                    **{by: places[x].isoformat() if isinstance(places[x], date) else places[x]})
            for title, (x, y) in zip(titles, marks, strict=True)],
        hovertext=[under_pointer(title, numbers.exact(values[y][x], "count", look.lang))
                   for title, (x, y) in zip(titles, marks, strict=True)],
    )  # fmt: skip
    return in_field(sheet, list(heads.values()), names, look, height=30 * len(kinds) + 60, at=list(heads), size=13)


def _place(place: Any, by: str, heads: dict[int, str], look: Look) -> str:  # noqa: ANN401 - a week or the number of a day
    return numbers.bucket(place, "week", look.lang) if by == "week" else heads[place]


def usual_week(result: Result, look: Look) -> str | None:
    """How much a week was worked, in the median, and which kind most."""
    found = result.frame
    if found.is_empty():
        return None
    weeks = found.group_by("week").agg(pl.col("activities").sum()).get_column("activities")
    kinds = found.group_by("kind").agg(pl.col("activities").sum()).sort("activities", "kind", descending=[True, False])
    whole, (kind, most) = int(kinds.get_column("activities").sum()), kinds.row(0)
    return look.words(
        "question.rep_rhythm_found", usual=numbers.written(float(weeks.median() or 0), "number", look.lang),  # type: ignore[arg-type]
        kind=answers.label(kind, "kind", look.lang), share=numbers.share(most / whole, look.lang, 0),
    )  # fmt: skip
