"""How good the leads of channels are over time: a small drawing per channel, its range, and all channels as a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import numbers
from ui.channels import name_of
from ui.drawing import legend, shorten, under_pointer
from ui.look import Look, with_alpha
from ui.question import mark_of
from ui.ranges import rate
from ui.sheet import Sheet

_MOST = 8
"""Small drawings that an eye can take in; the channels with the most leads."""
_EACH, _GAP, _KEY = 150, 0.06, 34
"""Pixels of a row of drawings, the gap between two as a share of the width, pixels of what the signs mean."""


def over_time(result: Result, look: Look) -> go.Figure | None:
    """The share of each channel's leads, bucket by bucket, with its range; dotted: all channels together."""
    grain = result.query.by[-1]
    frame = result.frame.filter(pl.col("reached").is_not_null())
    if frame.is_empty():
        return None
    size = frame.group_by("source").agg(pl.col("reached.n").sum()).sort("reached.n", "source", descending=[True, False])
    sources = size.get_column("source").head(_MOST).to_list()
    buckets: list[date] = sorted(frame.get_column(grain).unique())
    whole = frame.group_by(grain).agg(pl.col("came_so_far", "reached.n").sum()).sort(grain)
    together = (whole.get_column("came_so_far") / whole.get_column("reached.n")).to_list()
    across = 2 if look.is_narrow else 4
    down = -(-len(sources) // across)
    top = min(1.0, float(frame.filter(~pl.col("is_few")).get_column("reached.high").max() or 1.0) * 1.1)  # type: ignore[arg-type]
    sheet = Sheet()
    for index, source in enumerate(sources):
        here = frame.filter(pl.col("source").eq_missing(pl.lit(source, pl.String)))
        _panel(sheet, index, here, buckets, together, look)
        _axes(sheet, index, (index % across, across), (index // across, down), buckets, grain, top, look)
        sheet.add_annotation(
            text=shorten(name_of(source, look), 16 if look.is_narrow else 22), x=0, y=1, xanchor="left",
            yanchor="bottom", yshift=2, xref=f"{_axis('x', index)} domain", yref=f"{_axis('y', index)} domain",
            showarrow=False, font={"size": 13, "color": look.palette.text},
        )  # fmt: skip
    _explained(sheet, look, is_turned=bool(frame.get_column("is_beyond_chance").any()))
    height = _EACH * down + 40 + _KEY
    sheet.update_layout(height=height)
    figure = legend(sheet, shows=True, look=look)
    below = {"y": -34 / (height - 56 - _KEY), "yanchor": "top"}  # below the dates
    return figure.update_layout(margin={"l": 48, "r": 8, "t": 26, "b": 30 + _KEY}, legend=below)


def _explained(sheet: Sheet, look: Look, *, is_turned: bool) -> None:
    """What the signs mean, below the drawings: all channels, hollow dots, and diamonds where there are any."""
    ink = look.palette.muted
    signs: list[tuple[str, dict[str, Any]]] = [
        ("all", {"mode": "lines", "line": {"color": ink, "width": 1.5, "dash": "dot"}}),
        ("sign_few", {"mode": "markers", "marker": {"symbol": "circle-open", "size": 8, "color": look.colour(0)}}),
    ]
    if is_turned:
        signs.append(("sign_turned", {"mode": "markers", "marker": {"symbol": "diamond", "size": 12, "color": ink}}))
    for name, style in signs:
        sheet.add_scatter(x=[None], y=[None], hoverinfo="skip", name=look.words(f"channels.{name}"), **style)


def _axis(kind: str, index: int) -> str:
    return f"{kind}{index + 1 if index else ''}"


def _panel(
    sheet: Sheet, index: int, here: pl.DataFrame, buckets: Sequence[date], together: Sequence[float], look: Look
) -> None:
    """The range as an area, the line with a dot per bucket; hollow dots stand on few leads or are unfinished."""
    axes = {"xaxis": _axis("x", index), "yaxis": _axis("y", index)}
    grain = here.columns[1]
    rows = here.to_dicts()
    place = [buckets.index(row[grain]) for row in rows]
    sheet.add_scatter(
        x=list(range(len(buckets))), y=list(together), mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": look.palette.muted, "width": 1.5, "dash": "dot"}, **axes,
    )  # fmt: skip
    sheet.add_scatter(
        x=[*place, *reversed(place)],
        y=[*(row["reached.high"] for row in rows), *(row["reached.low"] for row in reversed(rows))],
        mode="lines", fill="toself", fillcolor=with_alpha(look.colour(0), 0.16), line={"width": 0}, hoverinfo="skip",
        showlegend=False, **axes,
    )  # fmt: skip
    name = name_of(rows[0]["source"], look)
    titles = [f"{name} · {numbers.bucket(row[grain], grain, look.lang)}" for row in rows]
    sheet.add_scatter(
        x=place, y=[row["reached"] for row in rows], mode="lines+markers", hoverinfo="text", showlegend=False,
        line={"color": look.colour(0), "width": 2},
        marker={
            "size": [12 if row["is_beyond_chance"] else 8 for row in rows], "symbol": [_symbol(row) for row in rows],
            "color": [look.palette.bad if _is_worse(row) else look.colour(0) for row in rows],
        },
        customdata=[mark_of("reached", title, source=row["source"], **{grain: row[grain].isoformat()})
                    for title, row in zip(titles, rows, strict=True)],
        hovertext=[under_pointer(title, *_says(row, look)) for title, row in zip(titles, rows, strict=True)], **axes,
    )  # fmt: skip


def _is_worse(row: dict[str, Any]) -> bool:
    return bool(row["is_beyond_chance"] and row["reached"] < row["reached_before"])


def _symbol(row: dict[str, Any]) -> str:
    if row["is_beyond_chance"]:
        return "diamond"
    return "circle-open" if row["is_few"] or row["is_partial"] else "circle"


def _says(row: dict[str, Any], look: Look) -> list[str]:
    lines = [rate(row["reached"], row["reached.low"], row["reached.high"], look.lang), f"n = {row['reached.n']}"]
    if row["is_beyond_chance"]:
        lines.append(look.words("channels.turned", before=numbers.share(row["reached_before"], look.lang, 0)))
    if row["is_few"]:
        lines.append(look.words("channels.few"))
    if row["is_partial"]:
        lines.append(look.words("channels.young"))
    return lines


def _axes(
    sheet: Sheet, index: int, column: tuple[int, int], row: tuple[int, int], buckets: Sequence[date], grain: str,
    top: float, look: Look,
) -> None:  # fmt: skip
    """Where a small drawing stands; dates only below the last of each column, shares only beside the first of a row."""
    wide, high = (1 - _GAP * (column[1] - 1)) / column[1], 1 / row[1]
    left, above = column[0] * (wide + _GAP), 1 - row[0] * high
    shown = sorted({0, len(buckets) - 1})
    places, texts = numbers.ticks(0, top, "share", look.lang, at_most=3)
    sheet.layout[_axis("xaxis", index)] = {
        "domain": [left, left + wide], "anchor": _axis("y", index), "range": [-0.6, len(buckets) - 0.4],
        "tickvals": shown, "ticktext": [numbers.bucket(buckets[at], grain, look.lang) for at in shown],
        "showgrid": False, "zeroline": False, "fixedrange": True, "tickangle": 0, "tickfont": {"size": 11},
        "showticklabels": row[0] == row[1] - 1,
    }  # fmt: skip
    sheet.layout[_axis("yaxis", index)] = {
        "domain": [above - high * 0.78, above], "anchor": _axis("x", index), "range": [0, max(top, *places) * 1.08],
        "tickvals": places, "ticktext": texts, "showticklabels": column[0] == 0, "showgrid": True,
        "gridcolor": look.palette.grid, "zeroline": False, "fixedrange": True, "tickfont": {"size": 11}, "ticks": "",
    }  # fmt: skip


def turned(result: Result, look: Look) -> str | None:
    """The channel whose last finished time is most unlike its times before, beyond chance."""
    found = result.frame.filter("is_beyond_chance").sort(
        (pl.col("reached") - pl.col("reached_before")).abs(), descending=True
    )
    if found.is_empty():
        return None
    row, grain = found.row(0, named=True), result.query.by[-1]
    now, before = (numbers.share(row[name], look.lang, 0) for name in ("reached", "reached_before"))
    key = (
        "question.channel_quality_worse"
        if row["reached"] < row["reached_before"]
        else "question.channel_quality_better"
    )
    return look.words(
        key, source=name_of(row["source"], look), time=numbers.bucket(row[grain], grain, look.lang), now=now,
        before=before,
    )  # fmt: skip
