"""How a measure looks around the Spring Festival, the years laid on each other. Result → figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.festival import LEAST_WORKDAYS
from metrics.query import Result
from ui import numbers
from ui.answers import Series
from ui.drawing import legend, value_axis
from ui.look import Look, with_alpha
from ui.over_time import SYMBOLS
from ui.sheet import Sheet
from ui.trends import floats, inside, marks, measured, says


def festival(result: Result, look: Look) -> go.Figure | None:
    """A line for each festival, the last one strong; weeks of a common fall are shaded, differing ones ringed."""
    part, frame = measured(result), result.frame
    is_weeks = result.query.finish == "festival"
    column = "per_day" if is_weeks else part.value
    if is_weeks:  # of one or two working days chance makes any number
        frame = frame.filter(pl.col("workdays") >= LEAST_WORKDAYS)
    frame = frame.filter(pl.col(column).is_not_null())
    if frame.is_empty():
        return None
    sheet, drawn = Sheet(), []
    years = frame.get_column("year").unique().sort().to_list()
    for index, year in enumerate(years):
        drawn.append(_year(sheet, frame.filter(pl.col("year") == year), column, part, look, len(years) - 1 - index))
    low = frame.filter("is_low").get_column("step").unique().sort().to_list()
    for step in low:
        sheet.layout["shapes"].append({
            "type": "rect", "x0": step - 0.5, "x1": step + 0.5, "y0": 0, "y1": 1, "xref": "x", "yref": "y domain",
            "line": {"width": 0}, "fillcolor": with_alpha(look.palette.neutral, 0.14), "layer": "below",
        })  # fmt: skip
    sheet.add_vline(0, {"color": look.palette.muted, "width": 1, "dash": "dot"})
    return _laid_out(sheet, frame, drawn, part, look, is_weeks=is_weeks)


def _year(sheet: Sheet, rows: pl.DataFrame, column: str, part: Series, look: Look, ago: int) -> np.ndarray:
    """One festival; the last one is number 0."""
    rows = rows.sort("step")
    value, year = floats(rows, column), str(rows.item(0, "year"))
    labels = [f"{year} · {_days(first, last, look)}" for first, last in rows.select("from_on", "to_on").rows()]
    worked = [look.words("question.trend_workdays", count=count) for count in rows.get_column("workdays")]
    is_other, is_partial = (rows.get_column(name).to_list() for name in ("is_other", "is_partial"))
    symbol = SYMBOLS[ago % len(SYMBOLS)]
    colour = look.colour(ago)
    sheet.add_scatter(
        x=rows.get_column("step").to_list(), y=value, mode="lines+markers", name=year, hoverinfo="text",
        line={"color": colour, "width": 3 if ago == 0 else 1.6, "dash": "solid" if ago == 0 else "dot"},
        marker={
            "size": [13 if other else 7 if ago == 0 else 5 for other in is_other],
            "symbol": [symbol + ("-open" if other or partial else "")
                       for other, partial in zip(is_other, is_partial, strict=True)],
            "color": colour,
        },
        customdata=marks(rows, labels, part.measure.id), hovertext=says(labels, value, part, look, worked),
    )  # fmt: skip
    return value


def _days(first: date, last: date, look: Look) -> str:
    said = [numbers.day(day, look.lang) for day in (first, last)]
    return said[0] if first == last else " – ".join(said)


def _signed(step: int) -> str:
    return f"{step:+d}".replace("-", "−")


def _laid_out(
    sheet: Sheet, frame: pl.DataFrame, drawn: Sequence[np.ndarray], part: Series, look: Look, *, is_weeks: bool
) -> go.Figure:
    steps = frame.get_column("step").to_list()
    first, last = min(steps), max(steps)
    every = 4 if is_weeks else 7
    ticks = [step for step in range(first, last + 1) if step % every == 0]
    zero = look.words("question.trend_festival_mark")
    sheet.update_xaxes(
        tickvals=ticks, ticktext=[zero if step == 0 else _signed(step) for step in ticks],
        range=[first - 0.6, last + 0.6], showgrid=False, zeroline=False, fixedrange=True, tickangle=0,
        title={"text": look.words("column.step" if is_weeks else "column.step_days"), "font": {"size": 12}},
    )  # fmt: skip
    value_axis(sheet, drawn, part, look, from_zero=part.unit != "share")
    sheet.update_layout(height=look.height)
    return legend(sheet, shows=True, look=look, right=26)


def told(result: Result, look: Look) -> str | None:
    """The fall that festivals have in common, and whether the last one differs from those before."""
    frame = result.frame
    if result.query.finish != "festival" or frame.get_column("level").is_null().all():
        return None
    part = measured(result)
    judged = frame.filter(pl.col("level").is_not_null())
    years = judged.get_column("year").unique().sort().to_list()
    low = judged.filter("is_low")
    said = []
    if low.height:
        steps = low.get_column("step").unique().sort().to_list()
        level = float(low.get_column("all_years").mean() or 0)  # type: ignore[arg-type]
        is_level = part.measure.additive == "all"
        said.append(look.words(
            "question.trend_festival_low" if is_level else "question.trend_festival_low_rate",
            measure=inside(part.measure.label.text(look.lang)), first=_signed(steps[0]), last=_signed(steps[-1]),
            level=numbers.share(level, look.lang, 0) if is_level else look.written(level, part),
            years=numbers.listed([str(year) for year in years], look.lang),
        ))  # fmt: skip
    if len(years) < 2:
        return punctuation.sentences(said, look.lang) or None
    other = judged.filter("is_other").sort("from_on").to_dicts()
    if other:
        weeks = numbers.listed([_days(row["from_on"], row["to_on"], look) for row in other], look.lang)
        said.append(look.words("question.trend_festival_other", year=years[-1], weeks=weeks))
    elif low.height:
        said.append(look.words("question.trend_festival_alike", year=years[-1]))
    return punctuation.sentences(said, look.lang) or None
