"""The same measure over time, a small drawing for each of a few people, all on one scale."""

from __future__ import annotations

from datetime import date

import plotly.graph_objects as go
import polars as pl

from metrics.query import Query, Result
from metrics.view import View
from ui import numbers, session
from ui.drawing import legend, shorten, under_pointer
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

MOST = 8
"""Small drawings that an eye can take in."""
_EACH, _GAP = 140, 0.06


def first_people(asked: Query, view: View) -> tuple[str, ...]:
    """The first of an answer about people, or those whom the view names."""
    named = tuple(value for value in view.chosen("rep") if value is not None)
    if named:
        return named[:MOST]
    with session.reading() as seen:
        frame = seen.ask(asked, session.viewer()).frame
    kept = frame.filter(pl.col("rep").is_not_null() & ~pl.col("has_nothing"))
    return tuple(kept.get_column("rep").head(MOST))


def courses(result: Result, look: Look) -> go.Figure | None:
    """A line per person; hollow dots are not over yet."""
    grain, of = result.query.by[0], result.query.measures[0]
    frame = result.frame.filter(pl.col("rep").is_not_null())
    buckets: list[date] = sorted(frame.get_column(grain).unique())
    if len(buckets) < 2:
        return None
    chosen = result.query.view.chosen("rep") if result.query.view else ()
    there = set(frame.get_column("rep"))
    names = [name for name in chosen if name is not None and name in there]
    values = frame.get_column(of.id).cast(pl.Float64)
    top = float(values.max() or 0.0) * 1.08 or 1.0  # type: ignore[arg-type]
    across = 2 if look.is_narrow else 4
    down, sheet = -(-len(names) // across), Sheet()
    for index, name in enumerate(names):
        rows = frame.filter(pl.col("rep") == name).sort(grain).to_dicts()
        titles = [f"{name} · {numbers.bucket(row[grain], grain, look.lang, look.fiscal_start)}" for row in rows]
        sheet.add_scatter(
            x=[buckets.index(row[grain]) for row in rows],
            y=[None if row[of.id] is None else float(row[of.id]) for row in rows], mode="lines+markers",
            hoverinfo="text", showlegend=False, line={"color": look.colour(0), "width": 2},
            marker={"size": 7, "symbol": ["circle-open" if row["is_partial"] else "circle" for row in rows]},
            customdata=[mark_of(of.id, title, rep=name, **{grain: row[grain].isoformat()})
                        for title, row in zip(titles, rows, strict=True)],
            hovertext=[under_pointer(title, numbers.written(row[of.id], of.unit, look.lang, look.currency))
                       for title, row in zip(titles, rows, strict=True)],
            xaxis=_axis("x", index), yaxis=_axis("y", index),
        )  # fmt: skip
        ticks = numbers.ticks(0, top, of.unit, look.lang, at_most=3)
        _axes(sheet, index, (across, down), _ends(buckets, grain, look), len(buckets), ticks, look)
        sheet.add_annotation(
            text=shorten(name, 16 if look.is_narrow else 22), x=0, y=1, xanchor="left", yanchor="bottom",
            xref=f"{_axis('x', index)} domain", yref=f"{_axis('y', index)} domain", showarrow=False,
            font={"size": 13, "color": look.palette.text},
        )  # fmt: skip
    sheet.update_layout(height=_EACH * down + 40)
    figure = legend(sheet, shows=False, look=look)
    return figure.update_layout(margin={"l": 56, "r": 8, "t": 26, "b": 30})


def _axis(kind: str, index: int) -> str:
    return f"{kind}{index + 1 if index else ''}"


def _ends(buckets: list[date], grain: str, look: Look) -> dict[int, str]:
    """The first and the last bucket by name."""
    return {at: numbers.bucket(buckets[at], grain, look.lang, look.fiscal_start) for at in (0, len(buckets) - 1)}


def _axes(
    sheet: Sheet, index: int, size: tuple[int, int], ends: dict[int, str], count: int,
    ticks: tuple[list[float], list[str]], look: Look,
) -> None:  # fmt: skip
    """Where a small drawing stands; dates only below the last row, numbers only beside the first column."""
    (across, down), (places, texts) = size, ticks
    column, row = index % across, index // across
    wide, high = (1 - _GAP * (across - 1)) / across, 1 / down
    left, above = column * (wide + _GAP), 1 - row * high
    plain = {"zeroline": False, "fixedrange": True, "tickfont": {"size": 11}}
    sheet.layout[_axis("xaxis", index)] = plain | {
        "domain": [left, left + wide], "anchor": _axis("y", index), "range": [-0.6, count - 0.4],
        "tickvals": list(ends), "ticktext": list(ends.values()), "showgrid": False, "tickangle": 0,
        "showticklabels": row == down - 1,
    }  # fmt: skip
    sheet.layout[_axis("yaxis", index)] = plain | {
        "domain": [above - high * 0.78, above], "anchor": _axis("x", index), "range": [0, max(places)],
        "tickvals": places, "ticktext": texts, "showticklabels": column == 0, "showgrid": True,
        "gridcolor": look.palette.grid, "ticks": "",
    }  # fmt: skip
