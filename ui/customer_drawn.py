"""One customer drawn: what happened as one timeline, and the pauses between its purchases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from data.punctuation import paired
from metrics.customer import LANES, told
from metrics.query import Result
from ui import numbers
from ui.drawing import legend, literal, shorten, under_pointer
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_HEIGHT, _MOST_MARKS = 40, 1_500
_COLOURS = {
    "order": 0, "won": 0, "created": 0, "contract": 0, "activity": 2, "survey": 2, "invoice": 3, "payment": 3,
}  # fmt: skip
_ADVERSE = ("lost", "return", "ticket")


def lane(name: str, look: Look) -> str:
    """What an entry is about, in words."""
    return look.words(f"value.customer_lane.{name}")


def timeline(result: Result, look: Look) -> go.Figure | None:
    """One lane for each thing that an entry can be about; a click on a mark opens the entries of its lane."""
    found = result.frame.filter(pl.col("day").is_not_null()).head(_MOST_MARKS)
    if found.is_empty():
        return None
    lanes = [one for one in LANES if one in set(found.get_column("lane"))]
    sheet = Sheet()
    for place, one in enumerate(lanes):
        own = found.filter(lane=one).to_dicts()
        colour = look.palette.bad if one in _ADVERSE else look.colour(_COLOURS[one])
        sheet.add_scatter(
            x=[row["day"].isoformat() for row in own], y=[place] * len(own), mode="markers", showlegend=False,
            marker={"size": 11, "color": colour, "opacity": 0.75, "symbol": "diamond" if one in _ADVERSE else "circle"},
            hoverinfo="text", customdata=[mark_of(None, lane(one, look), lane=one)] * len(own),
            hovertext=[under_pointer(numbers.day(row["day"], look.lang), literal(_said(row, look))) for row in own],
        )  # fmt: skip
    ticks = _ticks(found.get_column("day").to_list(), gaps=1 if look.is_narrow else 3)
    sheet.update_xaxes(
        type="date", fixedrange=True, showgrid=True, gridcolor=look.palette.grid, zeroline=False,
        tickvals=[day.isoformat() for day in ticks], ticktext=[numbers.day(day, look.lang) for day in ticks],
        tickangle=0,
    )  # fmt: skip
    sheet.update_yaxes(
        tickvals=list(range(len(lanes))), ticktext=[shorten(lane(one, look), 18) for one in lanes], autorange=False,
        range=[len(lanes) - 0.4, -0.6], automargin=True, showgrid=False, zeroline=False, ticks="", fixedrange=True,
        tickfont={"size": 14, "color": look.palette.text},
    )  # fmt: skip
    sheet.update_layout(height=_HEIGHT * len(lanes) + 60)
    return legend(sheet, shows=False, look=look, right=24)


def _ticks(days: list[date], gaps: int) -> list[date]:
    """Days from the first to the last with so many gaps, as even as may be: written in the language of the page."""
    first, length = min(days), (max(days) - min(days)).days
    return sorted({first + timedelta(days=round(length * part / gaps)) for part in range(gaps + 1)})


def _said(row: dict[str, Any], look: Look) -> str:
    """One entry in a line: "Order: O26-000874 · 12,592.80"."""
    values = (
        row["what"], row["who"],
        numbers.written(row["amount"], "money", look.lang, look.currency) if row["amount"] is not None else None,
        numbers.exact(row["score"], "number", look.lang) if row["score"] is not None else None,
    )  # fmt: skip
    return paired(lane(row["lane"], look), " · ".join(str(value) for value in values if value is not None), look.lang)


def pauses(result: Result, look: Look) -> go.Figure | None:
    """A bar per purchase as high as the pause after it, that still running in another colour; a line at the usual."""
    found = result.frame
    known = told(result)
    if known is None:
        return None
    sheet = Sheet()
    colours = [look.palette.bad if row["is_running"] and known.is_late else look.colour(1) if row["is_running"]
               else look.quiet for row in found.iter_rows(named=True)]  # fmt: skip
    days = [numbers.day(day, look.lang) for day in found.get_column("day")]
    lasted = [numbers.written(pause, "days", look.lang) for pause in found.get_column("pause")]
    sheet.add_bar(
        x=list(range(found.height)), y=found.get_column("pause").to_list(), marker={"color": colours}, showlegend=False,
        hoverinfo="text", customdata=[mark_of("pause", told_day, day=day.isoformat()) for day, told_day in zip(
            found.get_column("day"), days, strict=True)],
        hovertext=[under_pointer(day, pause) for day, pause in zip(days, lasted, strict=True)],
    )  # fmt: skip
    sheet.add_scatter(
        x=[-0.5, found.height - 0.5], y=[known.usual_pause] * 2, mode="lines", hoverinfo="skip", showlegend=True,
        line={"color": look.palette.text, "width": 2, "dash": "dot"},
        name=look.words("customer.usual", days=numbers.written(known.usual_pause, "days", look.lang)),
    )  # fmt: skip
    step = max(1, -(-found.height // (2 if look.is_narrow else 6)))
    ticks = list(range(0, found.height, step))
    sheet.update_xaxes(
        tickvals=ticks, ticktext=[days[at] for at in ticks], showgrid=False, fixedrange=True, tickangle=0,
    )  # fmt: skip
    sheet.update_yaxes(
        title={"text": look.words("customer.pause_days")}, rangemode="tozero", fixedrange=True,
        gridcolor=look.palette.grid,
    )  # fmt: skip
    sheet.update_layout(height=look.height, bargap=0.15)
    return legend(sheet, shows=True, look=look, right=24)


def usual_pause(result: Result, look: Look) -> str | None:
    """How long it usually pauses, how long it pauses now, and whether it ever paused for so long."""
    known = told(result)
    if known is None:
        return None
    usual, longest, now = (
        numbers.written(value, "days", look.lang)
        for value in (known.usual_pause, known.longest_pause, known.days_since)
    )
    key = "question.customer_rhythm_late" if known.is_late else "question.customer_rhythm_found"
    return look.words(key, usual=usual, longest=longest, now=now)


def own_pause(result: Result, look: Look) -> str | None:
    """The same to who sees a part of the sales: others may have sold to it on other days."""
    said = usual_pause(result, look)
    return None if said is None else look.words("question.customer_rhythm_own", told=said)
