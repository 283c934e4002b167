"""How leads, campaigns and the effect of activity look: waiting times, shares with their ranges, differences."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.channels import WITHIN as WITHIN_DAYS
from metrics.query import Result
from metrics.response import DAYS_WITHIN, WITHIN
from ui import answers, numbers
from ui.drawing import under_pointer
from ui.look import Look
from ui.question import mark_of
from ui.ranges import Dot, Dots, ranges, rate

_DAY = ("within_1d", "within_1_day")
"""The share that is compared: answered within a day, by the clock or by the calendar."""


# --------------------------------------------------------------------------------------------------------------- leads


def answered(result: Result, look: Look) -> go.Figure | None:
    """The share of leads answered within an hour, a day, a week, with its range."""
    if result.frame.is_empty() or not result.frame.item(0, "answered"):
        return None
    row = result.frame.row(0, named=True)
    known = [name for name in (f"within_{span}" for span in (*WITHIN, *DAYS_WITHIN)) if row.get(name) is not None]
    names = [look.words(f"column.{name}") for name in known]
    texts = [_rate(row, name, look) for name in known]
    dots = [
        Dot(row[name], row[f"{name}.low"], row[f"{name}.high"], row["leads"], mark_of(name, label),
            under_pointer(label, text, f"n = {row['leads']}"))
        for name, label, text in zip(known, names, texts, strict=True)
    ]  # fmt: skip
    return ranges(names, [Dots("", look.colour(0), dots)], texts, look) if dots else None


def _rate(row: dict[str, Any], name: str, look: Look) -> str:
    return rate(row[name], row[f"{name}.low"], row[f"{name}.high"], look.lang)


def usual_wait(result: Result, look: Look) -> str | None:
    """Median and upper quartile, and how many still wait."""
    if result.frame.is_empty() or not result.frame.item(0, "answered"):
        return None
    row = result.frame.row(0, named=True)
    return look.words(
        "question.response_found", median=_wait(row, "median", look), p75=_wait(row, "p75", look),
        waiting=numbers.exact(row["waiting"], "count", look.lang), of=numbers.exact(row["leads"], "count", look.lang),
    )  # fmt: skip


def _wait(row: dict[str, Any], name: str, look: Look) -> str:
    hours, days = row.get(f"{name}_hours"), row.get(f"{name}_days")
    if hours is not None and hours < 48:
        return numbers.hours(hours, look.lang)
    if hours is None and days is None:
        return look.words("activities.not_reached")
    return numbers.days(hours / 24 if hours is not None else days, look.lang)


def answered_by(result: Result, look: Look) -> go.Figure | None:
    """The share answered within a day, row by row, with median waits at the end; most leads first."""
    by = result.query.by[0]
    frame = result.frame.head(look.top or 12)
    day = next((name for name in _DAY if name in frame.columns), None)
    if day is None or not frame.get_column("answered").sum() or frame.height < 2:
        return None
    rows = frame.to_dicts()
    names = [answers.label(row[by], by, look.lang) for row in rows]
    texts = [f"{_rate(row, day, look)} · {_wait(row, 'median', look)}" for row in rows]
    dots = [
        Dot(row[day], row[f"{day}.low"], row[f"{day}.high"], row["leads"], mark_of("leads", name, **{by: row[by]}),
            under_pointer(name, text, f"n = {row['leads']}"))
        for row, name, text in zip(rows, names, texts, strict=True)
    ]  # fmt: skip
    return ranges(names, [Dots("", look.colour(0), dots)], texts, look)


def turned(result: Result, look: Look) -> go.Figure | None:
    """Leads qualified soon by channel, now and before; a filled dot is now."""
    rows = [row for row in result.frame.to_dicts() if row["qualified_now"] is not None]
    if not any(row["qualified_now"] or row["qualified_before"] for row in rows):  # nobody notes when, or if
        return None
    names = [answers.label(row["source"], "source", look.lang) for row in rows]
    series = []
    drawn = (("qualified_before", look.palette.muted, 0.16), ("qualified_now", look.colour(0), -0.16))
    for column, colour, shift in drawn:
        name = look.words(f"column.{column}")
        dots = [
            Dot(row[column], row[f"{column}.low"], row[f"{column}.high"], row[f"{column}.n"],
                mark_of(column, f"{label} · {name}", source=row["source"]),
                under_pointer(f"{label} · {name}", _rate(row, column, look), f"n = {row[f'{column}.n']}"))
            for row, label in zip(rows, names, strict=True)
        ]  # fmt: skip
        series.append(Dots(name, colour, dots, shift))
    texts = [f"{numbers.written(row['qualified_now'], 'share', look.lang)}{_signed(row, look)}" for row in rows]
    return ranges(names, series, texts, look, look.words("channels.qualified_of", days=WITHIN_DAYS))


def _signed(row: dict[str, Any], look: Look) -> str:
    if row["change"] is None or not row["is_beyond_chance"]:
        return ""
    return f" ({numbers.change(row['qualified_now'], row['qualified_before'], 'share', look.lang)})"


def turned_most(result: Result, look: Look) -> str | None:
    """The channel that has changed most, beyond chance."""
    found = result.frame.filter("is_beyond_chance").sort(pl.col("change").abs(), descending=True)
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    now, before = (numbers.written(row[name], "share", look.lang) for name in ("qualified_now", "qualified_before"))
    key = "question.channels_worse" if row["change"] < 0 else "question.channels_better"
    return look.words(key, source=answers.label(row["source"], "source", look.lang), now=now, before=before)


# -------------------------------------------------------------------------------------------------- effect of activity


def effect(result: Result, look: Look) -> go.Figure | None:
    """Win rates of deals with and without an early activity, kind by kind, and at the end the difference."""
    rows = [row for row in result.frame.to_dicts() if None not in (row["with_rate"], row["without_rate"])]
    if not rows:
        return None
    names = [answers.label(row["kind"], "kind", look.lang) for row in rows]
    series = []
    for column, colour, shift in (("with_rate", look.colour(0), -0.16), ("without_rate", look.palette.muted, 0.16)):
        name = look.words(f"column.{column}")
        dots = [
            Dot(row[column], row[f"{column}.low"], row[f"{column}.high"], row[f"{column}.n"],
                mark_of(column, f"{label} · {name}", kind=row["kind"]),
                under_pointer(f"{label} · {name}", _rate(row, column, look), f"n = {row[f'{column}.n']}"))
            for row, label in zip(rows, names, strict=True)
        ]  # fmt: skip
        series.append(Dots(name, colour, dots, shift))
    return ranges(names, series, [_difference(row, look) for row in rows], look)


def _difference(row: dict[str, Any], look: Look) -> str:
    """The difference with its range: "+5.1 pp (+2…+8)"; with ≈ where it is not beyond chance."""
    points = numbers.change(row["with_rate"], row["without_rate"], "share", look.lang)
    low, high = (100 * row[f"difference.{end}"] for end in ("low", "high"))
    text = f"{points} ({low:+.0f}…{high:+.0f})"
    return text if row["is_beyond_chance"] else f"{text} ≈"


def effect_found(result: Result, look: Look) -> str | None:
    """How far apart the win rates lie, and that this is no proof."""
    rows = result.frame.filter((pl.col("kind") == "any") & pl.col("difference").is_not_null())
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    one, other = (_rate(row, name, look) for name in ("with_rate", "without_rate"))
    key = "question.landmark_found" if row["is_beyond_chance"] else "question.landmark_alike"
    return look.words(key, one=one, other=other)


# ----------------------------------------------------------------------------------------------------------- campaigns


def dearest(result: Result, look: Look) -> str | None:
    """What all campaigns with a known cost cost together, and what was won for it."""
    paid = result.frame.filter(pl.col("cost") > 0)
    if paid.is_empty():
        return None
    cost, won = (float(paid.get_column(name).sum()) for name in ("cost", "won_money"))
    written = {name: numbers.written(value, "money", look.lang, look.currency) for name, value in
               (("cost", cost), ("won", won))}  # fmt: skip
    leads = int(paid.get_column("leads").sum())
    each = numbers.written(cost / leads, "money", look.lang, look.currency) if leads else "—"
    return look.words("question.campaigns_found", count=paid.height, per_lead=each, **written)
