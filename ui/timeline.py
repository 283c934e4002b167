"""The history of one deal, drawn: its stages and owners as bars, what changed as marks, what was done as dots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from data import punctuation
from data.punctuation import paired
from metrics.history import LANES
from metrics.query import Result
from ui import answers, numbers
from ui.drawing import legend, literal, shorten, under_pointer
from ui.look import Look, with_alpha
from ui.question import mark_of
from ui.sheet import Sheet

_BARS = ("stage", "rep")
_A_DAY = 86_400_000
"""Milliseconds: how plotly counts on an axis of days."""
_MOST_TEXTS = 1
"""Values written beside the marks of a lane, the newest; the others are under the pointer."""
_HEIGHT = 52


def drawn(result: Result, look: Look) -> go.Figure | None:
    """One lane for each thing that an entry can be about; a click on a mark opens the lane's entries."""
    rows = [row for row in result.frame.to_dicts() if row["day"] is not None]
    if not rows:
        return None
    lanes = [lane for lane in LANES if any(row["lane"] == lane for row in rows)]
    last = _last(rows, result)
    sheet = Sheet()
    for place, lane in enumerate(lanes):
        entries = sorted((row for row in rows if row["lane"] == lane), key=lambda row: row["day"])
        if lane in _BARS:
            _spans(sheet, place, entries, last, look)
        else:
            _marks(sheet, place, entries, look)
    names = [_name(lane, look) for lane in lanes]
    sheet.update_xaxes(
        type="date", fixedrange=True, showgrid=True, gridcolor=look.palette.grid, zeroline=False, nticks=6
    )
    sheet.update_yaxes(
        tickvals=list(range(len(lanes))), ticktext=[shorten(name, 18) for name in names], autorange=False,
        range=[len(lanes) - 0.4, -0.6], automargin=True, showgrid=False, zeroline=False, ticks="", fixedrange=True,
        tickfont={"size": 14, "color": look.palette.text},
    )  # fmt: skip
    sheet.update_layout(barmode="overlay", height=_HEIGHT * len(lanes) + 60)
    return legend(sheet, shows=False, look=look, right=24)


def _last(rows: list[dict[str, Any]], result: Result) -> date:
    """Where bars end that go on: today, or the day the deal was closed."""
    closed: list[date] = [row["day"] for row in rows if row["lane"] in ("closed", "gone")]
    today = dict(result.query.params).get("day")
    return max(closed) if closed or not isinstance(today, date) else today


def _name(lane: str, look: Look) -> str:
    return answers.words(f"value.lane.{lane}", look.lang)


def _spans(sheet: Sheet, place: int, entries: Sequence[dict[str, Any]], last: date, look: Look) -> None:
    """Bars from one entry to the end of its visit, or to the next entry; a mark where that took no time.

    Whose a deal was that had been closed before anybody saw it is known of the day on which it was seen only.
    """
    following = [*(row["day"] for row in entries[1:]), last]
    until = [row["until_on"] or then for row, then in zip(entries, following, strict=True)]
    lasting = [(row, end) for row, end in zip(entries, until, strict=True) if end > row["day"]]
    if len(lasting) < len(entries):
        _marks(sheet, place, [row for row, end in zip(entries, until, strict=True) if end <= row["day"]], look)
    entries, starts = [row for row, _ in lasting], [row["day"] for row, _ in lasting]
    ends = [end for _, end in lasting]
    days = [(end - start).days for start, end in zip(starts, ends, strict=True)]
    texts = [said(row["lane"], row["new"], look) for row in entries]
    sheet.add_bar(
        base=[start.isoformat() for start in starts], x=[day * _A_DAY for day in days], y=[place] * len(entries),
        orientation="h", width=0.6, showlegend=False, hoverinfo="text", textposition="inside", insidetextanchor="start",
        text=[shorten(text, 20) for text in texts], constraintext="none", textangle=0,
        textfont={"size": 12, "color": look.palette.background},
        marker={"color": [with_alpha(look.colour(0), (0.95, 0.7)[index % 2]) for index in range(len(entries))]},
        customdata=[mark_of(None, _name(row["lane"], look), lane=row["lane"]) for row in entries],
        hovertext=[under_pointer(text, f"{numbers.day(start, look.lang)} – {numbers.day(end, look.lang)}")
                   for text, start, end in zip(texts, starts, ends, strict=True)],
    )  # fmt: skip


def _marks(sheet: Sheet, place: int, entries: Sequence[dict[str, Any]], look: Look) -> None:
    """One mark per entry; the newest values are written beside theirs."""
    is_many = entries[0]["lane"] == "activity"
    written = {} if is_many else {id(row): said(row["lane"], row["new"], look) for row in entries[-_MOST_TEXTS:]}
    sheet.add_scatter(
        x=[row["day"].isoformat() for row in entries], y=[place] * len(entries), mode="markers+text", showlegend=False,
        marker={"size": 11 if is_many else 13, "color": look.colour(2) if is_many else look.palette.text,
                "symbol": "circle" if is_many else "diamond", "opacity": 0.7 if is_many else 1},
        text=[shorten(written.get(id(row), ""), 16) for row in entries], textposition="top center", cliponaxis=False,
        textfont={"size": 12, "color": look.palette.muted}, hoverinfo="text",
        customdata=[mark_of(None, _name(row["lane"], look), lane=row["lane"]) for row in entries],
        hovertext=[under_pointer(numbers.day(row["day"], look.lang), literal(in_words(row, look))) for row in entries],
    )  # fmt: skip


def in_words(row: dict[str, Any], look: Look) -> str:
    """One entry in a line: "Amount: 120,000 → 95,000", "Call: agreed on a visit · Li Wei"."""
    old, new = (said(row["lane"], row[name], look) for name in ("old", "new"))
    if row["lane"] == "activity":
        kind = answers.label(row["old"], "kind", look.lang) if row["old"] else _name("activity", look)
        return " · ".join(part for part in (kind, new, row["who"]) if part)
    change = f"{old} → {new or '—'}" if old else new
    return paired(_name(row["lane"], look), change, look.lang) if change else _name(row["lane"], look)


def said(lane: str, value: str | None, look: Look) -> str:
    """A value as SQL wrote it, in the reader's words."""
    if value is None:
        return ""
    match lane:
        case "amount":
            return numbers.written(float(value), "money", look.lang, look.currency)
        case "probability":
            return numbers.written(float(value), "share", look.lang)
        case "expected_close_on":
            return numbers.day(date.fromisoformat(value[:10]), look.lang)
        case "status" | "closed":
            return answers.label(value, "status", look.lang)
        case "forecast_category":
            return answers.label(value, "forecast_category", look.lang)
        case _:
            return value


def entries(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The entries as a list, values in the reader's words."""
    rows = frame.to_dicts()
    words = {
        name: [said(row["lane"], row[name], look) if (row["lane"], name) != ("activity", "old")
               else answers.label(row["old"], "kind", look.lang) if row["old"] else "" for row in rows]
        for name in ("old", "new")
    }  # fmt: skip
    lanes = [_name(row["lane"], look) for row in rows]
    kept = frame.select(
        "day", pl.Series("lane", lanes, pl.String), *(pl.Series(k, v, pl.String) for k, v in words.items())
    )
    return kept.with_columns(frame.get_column(name) for name in ("who", "until_on"))


def changes_found(result: Result, look: Look) -> str | None:
    """How often the expected close was moved, and what became of the amount since it was first seen."""
    said_so = []
    frame = result.frame
    dues = frame.filter((pl.col("lane") == "expected_close_on") & pl.col("old").is_not_null())
    if dues.height:
        first, now = (said("expected_close_on", dues.item(at, name), look) for at, name in ((-1, "old"), (0, "new")))
        said_so.append(
            answers.words("question.timeline_due", look.lang, count=dues.height, first=first, now=now or "—")
        )
    amounts = frame.filter((pl.col("lane") == "amount") & pl.col("old").is_not_null())
    if amounts.height:
        first, now = (said("amount", amounts.item(at, name), look) for at, name in ((-1, "old"), (0, "new")))
        said_so.append(answers.words("question.timeline_amount", look.lang, first=first, now=now or "—"))
    return punctuation.sentences(said_so, look.lang) or None
