"""How tiers of customers look beside what they bring: a field of tiers and classes, and whose tier does not fit."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import answers, numbers
from ui.drawing import LONGEST_NAME, shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.look import Look
from ui.question import mark_of

_UNCLASSED = ("none", "others")
_CLASSES = ("A", "B", "C", *_UNCLASSED)
_FITS = {"low": "▲", "high": "▼"}
"""What a cell of those whose tier does not fit carries: too low, too high."""


def tiers(result: Result, look: Look) -> go.Figure | None:
    """Tiers down the side, the best first, classes across the top; the colour is the share of the tier's customers."""
    frame = result.frame
    if frame.is_empty():
        return None
    downs = frame.get_column("tier").unique(maintain_order=True).to_list()
    tops = [name for name in _CLASSES if name in set(frame.get_column("class"))]
    known = {(row["tier"], row["class"]): row for row in frame.iter_rows(named=True)}
    shares = [[known[tier, name]["share"] if (tier, name) in known else None for name in tops] for tier in downs]
    sheet = shaded(shares, look.palette.sequential, 0, 1)
    marks = [(x, y, known[tier, name]) for y, tier in enumerate(downs) for x, name in enumerate(tops)
             if (tier, name) in known]  # fmt: skip
    titles = [f"{_tier(row, look)} · {_class(row['class'], look)}" for *_, row in marks]
    sheet.add_scatter(
        x=[x for x, *_ in marks], y=[y for _, y, _ in marks], mode="markers+text", hoverinfo="text", showlegend=False,
        marker={"size": 44, "opacity": 0, "symbol": "square"}, text=[_text(row, look) for *_, row in marks],
        textfont={"size": 12 if look.is_narrow else 14, "color": [_ink(row["share"], look) for *_, row in marks]},
        customdata=[
            mark_of("amount", title, tier=row["tier"], **{"class": row["class"]})
            for title, (*_, row) in zip(titles, marks, strict=True)],
        hovertext=[_says(row, title, look) for title, (*_, row) in zip(titles, marks, strict=True)],
    )  # fmt: skip
    names = [shorten(answers.label(tier, "tier", look.lang), 14 if look.is_narrow else LONGEST_NAME) for tier in downs]
    heads = [_class(name, look) for name in tops]
    return in_field(sheet, heads, names, look, height=56 * len(downs) + 60)


def _tier(row: dict[str, Any], look: Look) -> str:
    return answers.label(row["tier"], "tier", look.lang)


def _class(name: str, look: Look) -> str:
    return look.words(f"value.class.{name}") if name in _UNCLASSED else look.words("products.class", name=name)


def _text(row: dict[str, Any], look: Look) -> str:
    count = numbers.written(row["customers"], "count", look.lang)
    fit = _FITS.get(row["fit"] or "", "")
    amount = "" if look.is_narrow or row["amount"] is None else f" · {look.money(float(row['amount']))}"
    return f"{count}{amount} {fit}".strip()


def _ink(share: float, look: Look) -> str:
    return ink(share, look.palette.sequential, 0, 1, look.palette.muted)


def _says(row: dict[str, Any], title: str, look: Look) -> str:
    lines = [f"{numbers.exact(row['customers'], 'count', look.lang)} · {numbers.share(row['share'], look.lang)}"]
    if row["amount"] is not None:
        lines.append(look.money(float(row["amount"])))
    if row["fit"]:
        lines.append(look.words(f"value.fit.{row['fit']}"))
    return under_pointer(title, *lines)


def who_fits_not(result: Result, look: Look) -> str | None:
    """How many of class A are below their worth, with their money, and how many above it bring little or nothing."""
    low, high = (result.frame.filter(pl.col("fit") == fit) for fit in ("low", "high"))
    if low.is_empty() and high.is_empty():
        return None
    counts = {name: numbers.exact(int(part["customers"].sum()), "count", look.lang)
              for name, part in (("low", low), ("high", high))}  # fmt: skip
    amount = look.money(float(low["amount"].sum() or 0))
    return look.words("question.customer_tiers_found", amount=amount, **counts)


def misfits(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Whose tier does not fit, in words."""
    fits = {name: look.words(f"value.fit.{name}") for name in _FITS}
    return frame.with_columns(
        pl.col("fit").replace(fits),
        pl.col("class").replace({name: look.words(f"value.class.{name}") for name in _UNCLASSED}),
    )
