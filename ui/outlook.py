"""How expected money looks: by month and category, by stage and month, and rolled up. Result → figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.outlook import CATEGORIES
from metrics.query import Result
from ui import numbers
from ui.drawing import shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.funnel import names_of
from ui.horizontal import in_rows, numbers_at, rows_height
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_MOST_MONTHS = 9
"""Months that the field of stages has room for; the others are in the list of months."""
_LIGHTEST = 1.4
"""What the strongest colour would stand for: cells stay paler than that."""


def by_month(result: Result, look: Look) -> go.Figure | None:
    """Open money by the month it is expected in: one bar per month, a part per forecast category."""
    frame = result.frame
    if frame.is_empty() or not frame.get_column("amount").sum():
        return None
    dues = frame.get_column("due_month").unique(maintain_order=True).to_list()
    dues = _in_order(dues)
    names, sheet = [_due(due, look) for due in dues], Sheet()
    for category in [name for name in CATEGORIES if name in frame.get_column("forecast_category")]:
        rows = [_sum(frame, due_month=due, forecast_category=category) for due in dues]
        said = look.words(f"value.forecast_category.{category}")
        sheet.add_bar(
            x=[amount for amount, _ in rows], y=np.arange(len(dues)), orientation="h", width=0.66, name=said,
            marker={"color": _colour(category, look)}, hoverinfo="text",
            customdata=[mark_of("amount", f"{name} · {said}", due_month=due, forecast_category=category)
                        for due, name in zip(dues, names, strict=True)],
            hovertext=[_told(f"{name} · {said}", row, look) for name, row in zip(names, rows, strict=True)],
        )  # fmt: skip
    sums = [_sum(frame, due_month=due) for due in dues]
    texts = [f"{look.money(amount)} · {numbers.exact(deals, 'count', look.lang)}" for amount, deals in sums]
    ends = [amount for amount, _ in sums]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(ends) or 1.0), look, "stack")


def _in_order(dues: list[str | None]) -> list[str | None]:
    """What is past first, then the months, then what is later, then what nobody knows."""
    places = {"past": "", "later": "~", None: "~~"}
    return sorted(dues, key=lambda due: places.get(due, due or ""))


def _due(due: str | None, look: Look) -> str:
    """A month, or what stands instead of one, in words."""
    if due is None or due in ("past", "later"):
        return look.words(f"outlook.{due or 'undated'}")
    return numbers.bucket(date.fromisoformat(f"{due}-01"), "month", look.lang)


def _sum(frame: pl.DataFrame, **at: str | None) -> tuple[float, int]:
    """Money and deals of the rows with these values."""
    for name, value in at.items():
        frame = frame.filter(pl.col(name).eq_missing(pl.lit(value, pl.String)))
    return float(frame.get_column("amount").sum() or 0), int(frame.get_column("deals").sum() or 0)


def _colour(category: str, look: Look) -> str:
    colours = {"closed": look.palette.good, "commit": look.colour(0), "best_case": look.colour(1)}
    return colours.get(category, look.quiet if category == "pipeline" else look.palette.grid)


def _told(name: str, row: tuple[float, int], look: Look) -> str:
    amount, deals = row
    return under_pointer(
        name, numbers.exact(amount, "money", look.lang, look.currency),
        look.labelled("column.deals", numbers.exact(deals, "count", look.lang)),
    )  # fmt: skip


def when_due(result: Result, look: Look) -> str | None:
    """How much is expected by when, and how much of the open money should have come already."""
    frame = result.frame
    if frame.is_empty():
        return None
    past, undated = _sum(frame, due_month="past"), _sum(frame, due_month=None)
    every = float(frame.get_column("amount").sum() or 0)
    if not every:
        return None
    said = look.words(
        "question.outlook_found", amount=look.money(every), past=look.money(past[0]),
        share=numbers.written(past[0] / every, "share", look.lang),
    )  # fmt: skip
    return said + look.words("question.outlook_found_undated", undated=look.money(undated[0])) if undated[1] else said


# ------------------------------------------------------------------------------------------------------- stage by month


def field(result: Result, look: Look) -> go.Figure | None:
    """A field of open money: a row per stage, a column per expected month; the darker the more."""
    frame = result.frame
    if frame.is_empty() or not frame.get_column("amount").sum():
        return None
    rows = frame.select("pipeline", "stage", "place", "label_en", "label_zh").unique(maintain_order=True)
    names = names_of(rows, look)
    dues = _in_order(frame.get_column("due_month").unique().to_list())[:_MOST_MONTHS]
    keys = rows.select("pipeline", "stage").rows()
    cells = [[_sum(frame, pipeline=line, stage=stage, due_month=due) for due in dues] for line, stage in keys]
    most = max(amount for line in cells for amount, _ in line) or 1.0
    shares = [[amount / most if deals else None for amount, deals in line] for line in cells]
    sheet = shaded(shares, look.palette.sequential, 0, _LIGHTEST)
    _write_cells(sheet, cells, keys, dues, names, most, look)
    heads = [shorten(_due(due, look), 14) for due in dues]
    height = rows_height(len(keys), has_legend=True)
    return in_field(sheet, heads, [shorten(name) for name in names], look, height=height)


def _write_cells(
    sheet: Sheet, cells: list[list[tuple[float, int]]], keys: list[tuple[Any, ...]], dues: list[str | None],
    names: list[str], most: float, look: Look,
) -> None:  # fmt: skip
    """The amount in each cell that has deals; a click on it opens them."""
    met = [(x, y, cell) for y, line in enumerate(cells) for x, cell in enumerate(line) if cell[1]]
    wheres = [f"{names[y]} · {_due(dues[x], look)}" for x, y, _ in met]
    sheet.add_scatter(
        x=[x for x, _, _ in met], y=[y for _, y, _ in met], hoverinfo="text", showlegend=False,
        mode="markers" if look.is_narrow else "markers+text",  # sums of money side by side need a screen
        marker={"size": 34, "opacity": 0}, text=[look.money(amount) for _, _, (amount, _) in met],
        textfont={"size": 13, "color": [
            ink(amount / most, look.palette.sequential, 0, _LIGHTEST, look.palette.text) for *_, (amount, _) in met]},
        customdata=[mark_of("amount", where, pipeline=keys[y][0], stage=keys[y][1], due_month=dues[x])
                    for where, (x, y, _) in zip(wheres, met, strict=True)],
        hovertext=[_told(where, cell, look) for where, (_, _, cell) in zip(wheres, met, strict=True)],
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ forecast


def rolled_up(result: Result, look: Look) -> go.Figure | None:
    """One bar per category by itself, and behind it what it comes to together with the surer ones."""
    frame = result.frame
    if not frame.get_column("deals").sum():
        return None
    rows = frame.filter((pl.col("forecast_category") != "omitted") | (pl.col("deals") > 0)).to_dicts()
    names = [look.words(f"value.forecast_category.{row['forecast_category']}") for row in rows]
    sheet, place = Sheet(), np.arange(len(rows))
    wide = [float(row["rolled_up"]) if row["rolled_up"] is not None else None for row in rows]
    single = [float(row["amount"]) for row in rows]
    for values, column, width, colour in (
        (wide, "rolled_up", 0.86, look.quiet), (single, "amount", 0.4, look.colour(0)),
    ):  # fmt: skip
        sheet.add_bar(
            x=values, y=place, orientation="h", width=width, name=look.words(f"outlook.{column}"),
            marker={"color": colour}, hoverinfo="text",
            customdata=[mark_of(column, name, forecast_category=row["forecast_category"])
                        if row[column] is not None else None for name, row in zip(names, rows, strict=True)],
            hovertext=[_about(row, name, look) for name, row in zip(names, rows, strict=True)],
        )  # fmt: skip
    texts = [_both(row, look) for row in rows]
    ends = [max(value or 0.0, alone) for value, alone in zip(wide, single, strict=True)]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(ends) or 1.0), look)


def _both(row: dict[str, Any], look: Look) -> str:
    """The category's own amount, and rolled up: "¥100 → ¥150"."""
    own = look.money(float(row["amount"]))
    return own if row["rolled_up"] in (None, row["amount"]) else f"{own} → {look.money(float(row['rolled_up']))}"


def _about(row: dict[str, Any], name: str, look: Look) -> str:
    exact = [numbers.exact(row[column], "money", look.lang, look.currency) for column in ("amount", "rolled_up")
             if row[column] is not None]  # fmt: skip
    deals = numbers.exact(row["deals"], "count", look.lang)
    return under_pointer(name, " → ".join(exact), look.labelled("column.deals", deals))


def how_sure(result: Result, look: Look) -> str | None:
    """What is closed, what it comes to with commit, and with best case."""
    sums = dict(result.frame.select("forecast_category", "rolled_up").iter_rows())
    if not result.frame.get_column("deals").sum():
        return None
    omitted = result.frame.filter(pl.col("forecast_category") == "omitted").get_column("amount").sum()
    told = {name: float(sums[name]) for name in ("closed", "commit", "best_case")}
    told["pipeline"] = float(sums["pipeline"]) + float(omitted or 0)
    said = look.words("question.forecast_found", **{name: look.money(amount) for name, amount in told.items()})
    return said + (look.words("question.forecast_omitted", amount=look.money(float(omitted))) if omitted else "")
