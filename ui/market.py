"""How competitors and the market look: win rates with their ranges, and shares of each market side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.query import Query, Result
from ui import answers, numbers
from ui.drawing import literal, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import Subject, mark_of
from ui.ranges import Dot, Dots, ranges, rate
from ui.sheet import Sheet

_PATTERNS = ("", "/", "\\", "x", "-", "+", "|")
_LISTED = "listed"
"""What a mark carries that stands on the list of markets, not on what was sold."""


class Market(Subject):
    """What is looked behind in the drawing of markets: what was sold, or the rows of the list."""

    def rows(self) -> Query:
        """The order lines or deals behind the company's own share; behind the others' the rows of the list."""
        at = dict(self.at)
        if self.column != _LISTED:
            return super().rows()
        return self.query.others[0].rows(**at)

    def name(self) -> str:
        """The question, and where in the drawing the mark is."""
        return f"{self.title} · {self.where}" if self.column == _LISTED else super().name()


def against(result: Result, look: Look) -> go.Figure | None:
    """Win rates by competitor with their ranges; hollow ones stand on few deals."""
    frame = result.frame.filter(pl.col("competitor").is_not_null() & pl.col("win_rate").is_not_null())
    if frame.is_empty():
        return None
    rows = frame.head(look.top or 12).to_dicts()
    names = [answers.label(row["competitor"], "competitor", look.lang) for row in rows]
    texts = [rate(row["win_rate"], row["win_rate.low"], row["win_rate.high"], look.lang)
             + ("" if row["is_beyond_chance"] else " ≈") for row in rows]  # fmt: skip
    dots = [
        Dot(row["win_rate"], row["win_rate.low"], row["win_rate.high"], row["win_rate.n"],
            mark_of("win_rate", name, competitor=row["competitor"]),
            under_pointer(name, text, f"n = {row['win_rate.n']}", *_beside(row, look)))
        for row, name, text in zip(rows, names, texts, strict=True)
    ]  # fmt: skip
    return ranges(names, [Dots("", look.colour(0), dots)], texts, look, look.words("channels.win_rate_of"))


def _beside(row: dict[str, Any], look: Look) -> list[str]:
    if row["others"] is None:
        return []
    key = "channels.apart" if row["is_beyond_chance"] else "channels.not_apart"
    return [look.words(key, others=numbers.share(row["others"], look.lang, 0))]


def hardest(result: Result, look: Look) -> str | None:
    """The competitor against whom less is won than against the others, beyond chance; else that none stands out."""
    frame = result.frame.filter(pl.col("competitor").is_not_null() & pl.col("win_rate").is_not_null())
    if frame.height < 2:
        return None
    found = frame.filter("is_beyond_chance").sort("win_rate")
    if found.is_empty():
        return look.words("question.competitors_alike")
    row = found.row(0, named=True)
    if row["win_rate"] > row["others"]:
        row = found.row(-1, named=True)
    own, others = (numbers.share(row[name], look.lang, 0) for name in ("win_rate", "others"))
    key = "question.competitors_below" if row["win_rate"] < row["others"] else "question.competitors_above"
    return look.words(key, competitor=row["competitor"], rate=own, others=others)


# -------------------------------------------------------------------------------------------------------------- market


def shares(result: Result, look: Look) -> go.Figure | None:
    """Each market and region as one bar: our share, the competitors', and what is left; of its last span."""
    rows = _last_spans(result.frame)
    if not rows:
        return None
    sellers = _sellers(result.frame)
    names = [named(own, look, is_short=len({row["market"] for row, _ in rows}) == 1) for own, _ in rows]
    sheet, left = Sheet(), np.zeros(len(rows))
    for index, seller in enumerate([None, *sellers]):
        found = [own if seller is None else others.get(seller) for own, others in rows]
        values = np.array([float(row["share"] or 0) if row else 0.0 for row in found])
        label = look.words("channels.own") if seller is None else seller
        sheet.add_bar(
            x=values, y=np.arange(len(rows)), base=left.copy(), orientation="h", width=0.66, name=literal(label),
            marker={"color": look.colour(index), "pattern": _pattern(index)},
            hoverinfo="text",
            customdata=[mark(row, f"{name} · {label}") if row else None
                        for row, name in zip(found, names, strict=True)],
            hovertext=[under_pointer(f"{name} · {label}", *says(row, look)) if row else ""
                       for row, name in zip(found, names, strict=True)],
        )  # fmt: skip
        left += values
    texts = [_own_text(own, look) for own, _ in rows]
    numbers_at(sheet, left, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(float(left.max()), 0.01)), look)


def _pattern(index: int) -> dict[str, object]:
    """What tells sellers apart without colours; the company itself has none."""
    return {"shape": _PATTERNS[index % len(_PATTERNS)], "fillmode": "overlay", "fgopacity": 0.35}


def _last_spans(frame: pl.DataFrame) -> list[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
    """Of each market and region the last span: our row, and the others' by name; the largest markets first."""
    last = frame.filter(pl.col("starts_on") == pl.col("starts_on").max().over("market", "region"))
    own = last.filter(pl.col("seller").is_null()).sort("size", descending=True, nulls_last=True)
    found = []
    for row in own.head(15).iter_rows(named=True):
        same = (pl.col("market") == row["market"]) & pl.col("region").eq_missing(pl.lit(row["region"], pl.String))
        theirs = last.filter(same & pl.col("seller").is_not_null())
        found.append((row, {one["seller"]: one for one in theirs.iter_rows(named=True)}))
    return found


def _sellers(frame: pl.DataFrame) -> list[str]:
    """The competitors that sell most, as many as an eye can keep apart."""
    theirs = frame.filter(pl.col("seller").is_not_null()).group_by("seller").agg(pl.col("amount").sum())
    return list(theirs.sort("amount", "seller", descending=[True, False], nulls_last=True).get_column("seller").head(6))


def mark(row: dict[str, Any], where: str) -> str:
    """What a click on a share opens: what was sold of it, of a competitor's the rows of the list."""
    at = {name: row[name] for name in ("market", "region")}
    days = {name: row[name].isoformat() for name in ("starts_on", "ends_on")}
    if row["seller"] is None:
        return mark_of("amount", where, **at, **days)
    return mark_of(_LISTED, where, **at, **days, competitor=row["seller"])


def named(row: dict[str, Any], look: Look, *, is_short: bool) -> str:
    """The region, before it the market where there are several."""
    region = row["region"] or look.words("channels.everywhere")
    return region if is_short and row["region"] else f"{row['market']} · {region}"


def says(row: dict[str, Any], look: Look) -> list[str]:
    """The days of a span, the share with its two amounts, and the share before."""
    days = f"{numbers.day(row['starts_on'], look.lang)} – {numbers.day(row['ends_on'], look.lang)}"
    share = numbers.written(row["share"], "share", look.lang)
    sold, size = (look.money(float(row[name] or 0)) for name in ("amount", "size"))
    lines = [days, look.words("channels.of_market", share=share, sold=sold, size=size)]
    if row["share_before"] is not None:
        lines.append(
            look.words("channels.share_before", share=numbers.written(row["share_before"], "share", look.lang))
        )
    return lines


def _own_text(row: dict[str, Any], look: Look) -> str:
    """Our share, and how it has moved since the span before."""
    if row["share"] is None:
        return "—"
    text = numbers.written(row["share"], "share", look.lang)
    if row["share_before"] is None:
        return text
    return f"{text} ({numbers.change(row['share'], row['share_before'], 'share', look.lang)})"


def our_share(result: Result, look: Look) -> str | None:
    """Our share of the last spans of a market's regions together, and in how many it has grown.

    Several markets, or a region beside all regions, may hold the same sales: of these only the largest is said.
    """
    own = [row for row, _ in _last_spans(result.frame) if row["share"] is not None]
    if not own:
        return None
    is_apart = len({row["market"] for row in own}) == 1 and (len(own) == 1 or all(row["region"] for row in own))
    summed = own if is_apart else own[:1]
    size = sum(float(row["size"]) for row in summed)
    now = sum(float(row["amount"]) for row in summed) / size
    text = {"share": numbers.written(now, "share", look.lang), "size": look.money(size),
            "market": own[0]["market"] if is_apart else named(own[0], look, is_short=False)}  # fmt: skip
    known = [row for row in own if row["share_before"] is not None]
    gained = sum(1 for row in known if row["share"] > row["share_before"])
    if len(known) < 2:
        return look.words("question.market_found", **text)
    key = "question.market_moved" if is_apart else "question.market_moved_apart"
    return look.words(key, gained=gained, of=len(known), **text)
