"""How the open pipeline looks: the bridge between two days, and what open deals are worth. Result → figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.bridge import CAUSES, END, START
from metrics.query import Result
from ui import numbers
from ui.drawing import under_pointer
from ui.funnel import names_of
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet
from ui.waterfall import Bar, stepwise


def waterfall(result: Result, look: Look) -> go.Figure | None:
    """Start, what came and grew, what left and shrank, end: each bar begins where the one above it ended."""
    rows = [row for row in result.frame.iter_rows(named=True) if row["deals"] or row["cause"] in (START, END)]
    if not any(row["deals"] for row in rows):
        return None
    bars = [
        Bar(
            name=(name := look.words(f"value.cause.{row['cause']}")), amount=float(row["amount"]),
            text=_step(row, look), colour=_colour(row, look), mark=mark_of(None, name, cause=row["cause"]),
            says=(numbers.exact(row["amount"], "money", look.lang, look.currency),
                  look.labelled("column.deals", numbers.exact(row["deals"], "count", look.lang))),
            is_level=row["cause"] in (START, END),
        )
        for row in rows
    ]  # fmt: skip
    return stepwise(bars, look)


def _colour(row: dict[str, Any], look: Look) -> str:
    if row["cause"] in (START, END):
        return look.colour(0)
    if row["cause"] == "won":
        return str(look.palette.good)
    return str(look.palette.categorical[2] if row["amount"] > 0 else look.palette.bad)


def _step(row: dict[str, Any], look: Look) -> str:
    sign = "+" if row["amount"] > 0 and row["cause"] not in (START, END) else ""
    return f"{sign}{look.money(float(row['amount']))} · {numbers.exact(row['deals'], 'count', look.lang)}"


def what_moved(result: Result, look: Look) -> str | None:
    """From start to end, and the largest cause; nothing where only deals without amounts moved."""
    amounts = {row["cause"]: float(row["amount"]) for row in result.frame.iter_rows(named=True)}
    delta = amounts[END] - amounts[START]
    moved = {cause: amounts[cause] for cause in CAUSES if amounts[cause]}
    between = result.frame.filter(~pl.col("cause").is_in([START, END]))
    if not moved and between.get_column("deals").sum():
        return None
    if not moved:
        return look.words("question.bridge_still", end=look.money(amounts[END]))
    largest = max(moved, key=lambda cause: abs(moved[cause]))
    return look.words(
        "question.bridge_found", start=look.money(amounts[START]), end=look.money(amounts[END]),
        delta=f"{'+' if delta > 0 else ''}{look.money(delta)}", cause=look.words(f"value.cause.{largest}"),
        amount=f"{'+' if moved[largest] > 0 else ''}{look.money(moved[largest])}",
    )  # fmt: skip


def weighed(result: Result, look: Look) -> go.Figure | None:
    """Open money by stage; in it, what history says will be won, and what the CRM's probabilities say."""
    frame = result.frame.filter(pl.col("deals") > 0)
    if not frame.get_column("amount").sum():
        return None
    sheet, place = Sheet(), np.arange(frame.height)
    rows = frame.to_dicts()
    names = names_of(frame, look)
    drawn = {"amount": (0.86, look.quiet), "by_history": (0.5, look.colour(0)), "by_crm": (0.16, look.palette.text)}
    for column, (width, colour) in drawn.items():
        values = [None if value is None else float(value) for value in frame.get_column(column)]
        if not any(value is not None for value in values):
            continue  # nobody knows: no bar, and no name in the legend
        sheet.add_bar(
            x=values, y=place, orientation="h", width=width, name=look.words(f"column.{column}"),
            marker={"color": colour}, hoverinfo="text",
            customdata=[mark_of(None, name, pipeline=row["pipeline"], stage=row["stage"])
                        for name, row in zip(names, rows, strict=True)],
            hovertext=[under_pointer(name, look.labelled(f"column.{column}", look.money(value or 0.0)))
                       for name, value in zip(names, values, strict=True)],
        )  # fmt: skip
    amounts = [float(value) for value in frame.get_column("amount")]
    texts = [look.money(amount) for amount in amounts]
    numbers_at(sheet, amounts, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(amounts) or 1.0), look)


def expected(result: Result, look: Look) -> str | None:
    """What open deals are worth by history, beside the CRM's own word of the same deals; what is left out is said."""
    weighed = result.frame.filter(pl.col("by_history").is_not_null())
    if weighed.is_empty():
        return None
    history, crm = (weighed.get_column(name) for name in ("by_history", "by_crm"))
    told = {"history": look.money(float(history.sum()))}
    said = (
        look.words("question.weighted_alone", **told)
        if crm.null_count() == crm.len()
        else look.words("question.weighted_found", crm=look.money(float(crm.sum())), **told)
    )
    rest = result.frame.filter(pl.col("by_history").is_null()).get_column("amount").sum()
    return said + (look.words("question.weighted_left", amount=look.money(float(rest))) if rest else "")
