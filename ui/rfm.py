"""How segments of customers look: their share of customers and money, the field of scores, and who went where."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics import rfm_cells
from metrics.period import FIRST
from metrics.query import Result
from metrics.rfm_moves import FROM, TO
from metrics.view import View
from ui import numbers
from ui.drawing import shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet
from ui.text import lang, t

_MOST = 0.7
"""A share of a row so large has the strongest colour."""


def days(view: View) -> str:
    """Which days customers are looked at over."""
    last = numbers.day(view.at, lang())
    if view.period is None or view.period.from_on == FIRST:
        return t("segments.days_all", to_on=last)
    return t("segments.days", from_on=numbers.day(view.period.from_on, lang()), to_on=last)


def label(segment: str, look: Look) -> str:
    """What a segment, or what stands for one, is called."""
    known = rfm_cells.named().get(segment)
    return known.label.text(look.lang) if known else look.words(f"value.segment.{segment}")


def segments(result: Result, look: Look) -> go.Figure | None:
    """Segments below each other, the best first: the share of customers and that of money."""
    rows = result.frame.filter(pl.col("place").is_not_null()).to_dicts()
    if not rows:
        return None
    sheet, names = Sheet(), [label(row["segment"], look) for row in rows]
    for column, of, colour in (
        ("share", "customers", str(look.palette.neutral)), ("share_amount", "amount", look.colour(0)),
    ):  # fmt: skip
        sheet.add_bar(
            x=[max(row[column] or 0, 0) for row in rows], y=np.arange(len(rows)), orientation="h", hoverinfo="text",
            name=look.words(f"segments.of_{of}"), marker={"color": colour},
            customdata=[mark_of(of, name, segment=row["segment"]) for row, name in zip(rows, names, strict=True)],
            hovertext=[_segment_says(row, name, look) for row, name in zip(rows, names, strict=True)],
        )  # fmt: skip
    ends = [max(row["share"], row["share_amount"] or 0) for row in rows]
    texts = [_segment_text(row, look) for row in rows]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0, max(ends)), look, "group").update_layout(height=36 * len(rows) + 64)


def _segment_text(row: dict[str, Any], look: Look) -> str:
    count = numbers.exact(row["customers"], "count", look.lang)
    return count if look.is_narrow else f"{count} · {look.money(float(row['amount'] or 0))}"


def _segment_says(row: dict[str, Any], name: str, look: Look) -> str:
    known = rfm_cells.named()[row["segment"]]
    shares = f"{numbers.share(row['share'], look.lang)} → {numbers.share(row['share_amount'], look.lang)}"
    times = look.words(
        "segments.median", days=numbers.written(row["recency_days"], "count", look.lang),
        times=numbers.written(row["frequency"], "number", look.lang),
    )  # fmt: skip
    return under_pointer(name, _segment_text(row, look), shares, times, known.meaning.text(look.lang))


def who_brings_it(result: Result, look: Look) -> str | None:
    """What the best bring, and what those who slip used to bring."""
    frame = result.frame.filter(pl.col("place").is_not_null())
    if frame.is_empty():
        return None
    said = []
    for place in ("best", "slipping"):
        part = frame.filter(pl.col("place") == place)
        if part.height and part["share_amount"].null_count() < part.height:
            said.append(look.words(
                f"question.rfm_{place}", count=numbers.exact(int(part["customers"].sum()), "count", look.lang),
                share=numbers.share(float(part["share"].sum()), look.lang, 0),
                of=numbers.share(float(part["share_amount"].sum()), look.lang, 0),
                amount=look.money(float(part["amount"].sum())),
            ))  # fmt: skip
    return punctuation.sentences(said, look.lang) or None


# -------------------------------------------------------------------------------------------------------------- scores


def cells(result: Result, look: Look) -> go.Figure | None:
    """How many customers have which recency, from left to right, and which frequency, from bottom to top."""
    known = {(row["r_score"], row["f_score"]): row for row in result.frame.iter_rows(named=True)}
    if not known:
        return None
    ups, sides = [5, 4, 3, 2, 1], [1, 2, 3, 4, 5]
    counts = [[known[r, f]["customers"] if (r, f) in known else None for r in sides] for f in ups]
    most = max(row["customers"] for row in known.values())
    sheet = shaded(counts, look.palette.sequential, 0, most)
    marks = [(r, f) for f in ups for r in sides if (r, f) in known]
    sheet.add_scatter(
        x=[r - 1 for r, _ in marks], y=[5 - f for _, f in marks], mode="markers+text", hoverinfo="text",
        showlegend=False, marker={"size": 40, "opacity": 0, "symbol": "square"},
        text=[numbers.written(known[at]["customers"], "count", look.lang) for at in marks],
        textfont={"size": 13, "color": [_ink(known[at]["customers"], most, look) for at in marks]},
        customdata=[mark_of("amount", f"R{r} F{f}", r_score=r, f_score=f) for r, f in marks],
        hovertext=[_cell_says(known[at], look) for at in marks],
    )  # fmt: skip
    figure = in_field(sheet, [f"R{r}" for r in sides], [f"F{f}" for f in ups], look, height=440)
    told = {"size": 13, "color": look.palette.muted}
    titles = {"xaxis": ("segments.recency", 6), "yaxis": ("segments.frequency", 16)}
    axes = {name: {"title": {"text": look.words(key), "font": told, "standoff": away}}
            for name, (key, away) in titles.items()}  # fmt: skip
    return figure.update_layout(**axes, margin={"l": 4, "r": 8, "t": 58, "b": 8})


def _cell_says(row: dict[str, Any], look: Look) -> str:
    times = look.words(
        "segments.median", days=numbers.written(row["recency_days"], "count", look.lang),
        times=numbers.written(row["frequency"], "number", look.lang),
    )  # fmt: skip
    count = numbers.exact(row["customers"], "count", look.lang)
    return under_pointer(
        f"R{row['r_score']} F{row['f_score']}", f"{count} · {look.money(float(row['amount'] or 0))}", times
    )


def _ink(value: float, most: float, look: Look) -> str:
    return ink(value, look.palette.sequential, 0, most, look.palette.muted)


def how_often(result: Result, look: Look) -> str | None:
    """The share of those who bought once in these days."""
    whole, once = (int(result.frame[name].sum()) for name in ("customers", "once"))
    if not once:
        return None
    share = once / whole
    return look.words("question.rfm_cells_once", share=numbers.share(share, look.lang, 0))


# --------------------------------------------------------------------------------------------------------------- moves


def moves(result: Result, look: Look) -> go.Figure | None:
    """From which segment, down the side, to which, across the top; the colour is the share of those who were in it."""
    known = {(row["segment_then"], row["segment_now"]): row for row in result.frame.iter_rows(named=True)}
    if not known:
        return None
    downs = [name for name in (*rfm_cells.named(), *FROM) if any(then == name for then, _ in known)]
    tops = [name for name in (*rfm_cells.named(), TO) if any(now == name for _, now in known)]
    shares = [[known[then, now]["share"] if (then, now) in known else None for now in tops] for then in downs]
    sheet = shaded(shares, look.palette.sequential, 0, _MOST, gap=2)
    marks = [(x, y, known[then, now]) for y, then in enumerate(downs) for x, now in enumerate(tops)
             if (then, now) in known]  # fmt: skip
    titles = [f"{label(row['segment_then'], look)} → {label(row['segment_now'], look)}" for *_, row in marks]
    sheet.add_scatter(
        x=[x for x, *_ in marks], y=[y for _, y, _ in marks], mode="markers+text", hoverinfo="text", showlegend=False,
        marker={"size": 26, "opacity": 0, "symbol": "square"},
        text=[numbers.written(row["customers"], "count", look.lang) for *_, row in marks],
        textfont={"size": 9 if look.is_narrow else 12, "color": [_ink(row["share"], _MOST, look) for *_, row in marks]},
        customdata=[
            mark_of("customers", title, segment_then=row["segment_then"], segment_now=row["segment_now"])
            for title, (*_, row) in zip(titles, marks, strict=True)],
        hovertext=[_move_says(row, title, look) for title, (*_, row) in zip(titles, marks, strict=True)],
    )  # fmt: skip
    heads, names = _heads(tops, look), [label(name, look) for name in downs]
    if look.is_narrow:
        places = {name: str(at) for at, name in enumerate(rfm_cells.named(), start=1)} | {TO: "×"}
        heads = [places[name] for name in tops]
        names = [f"{places.get(name, '')} {shorten(_short(name, look), 12)}".strip() for name in downs]
    figure = in_field(sheet, heads, names, look, height=34 * len(downs) + 80, size=11 if look.is_narrow else 14)
    return figure.update_layout(margin={"l": 4, "r": 8, "t": 34 if look.is_narrow else 52, "b": 8})


def _heads(tops: list[str], look: Look) -> list[str]:
    """Heads in two lines, so that eleven of them fit beside each other."""
    heads = []
    for name in tops:
        text = _short(name, look)
        if look.lang == "zh-CN":
            heads.append(text)
        else:
            first, _, rest = text.partition(" ")
            heads.append(f"{first}<br>{rest}" if rest else text)
    return heads


def _short(name: str, look: Look) -> str:
    """A segment's name, in Chinese without the "customers" that all of them end with, where the rest tells enough."""
    text = label(name, look)
    return text.removesuffix("客户") if look.lang == "zh-CN" and len(text) > 4 else text


def _move_says(row: dict[str, Any], title: str, look: Look) -> str:
    count = f"{numbers.exact(row['customers'], 'count', look.lang)} · {numbers.share(row['share'], look.lang, 0)}"
    money = " → ".join(look.money(float(row[name] or 0)) for name in ("amount_then", "amount_now"))
    near = look.words("segments.near", near=row["by_one_step"], same=row["unchanged"])
    return under_pointer(title, count, money, near)


def who_moved(result: Result, look: Look) -> str | None:
    """How many went down from the best segments to silent ones, with their money, and how many came up to the best."""
    frame, places = result.frame, {name: one.place for name, one in rfm_cells.named().items()}
    was, now = (pl.col(f"segment_{at}").replace_strict(places, default=None, return_dtype=pl.String)
                for at in ("then", "now"))  # fmt: skip
    down = frame.filter(was == "best", now.is_in(["slipping", "away"]) | (pl.col("segment_now") == TO))
    up = frame.filter(was.is_not_null(), was != "best", now == "best")
    if down.is_empty() and up.is_empty():
        return None
    counts = {name: int(part["customers"].sum()) for name, part in (("down", down), ("up", up))}
    said = {name: numbers.exact(count, "count", look.lang) for name, count in counts.items()}
    money = look.money(float(down["amount_then"].sum() or 0))
    same = numbers.exact(int(down["unchanged"].sum()), "count", look.lang)
    return look.words("question.rfm_moves_found", amount=money, same=same, **said)
