"""Rates of products and discounts with their intervals, row by row, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from data.punctuation import enumerated
from metrics.query import Result
from metrics.sold import LEAST_RETURNED
from ui import answers, numbers
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

Row = dict[str, Any]


def margins(result: Result, look: Look) -> go.Figure | None:
    """The margin that is left at each depth of discount."""
    if "gross_margin_rate" not in result.frame.columns:
        return None
    frame = result.frame.filter(pl.col("gross_margin_rate").is_not_null())
    return _rates(frame, "gross_margin_rate", "lines", _depth(look), ("depth_band",), look)


def wins(result: Result, look: Look) -> go.Figure | None:
    """How often deals were won at each depth of discount."""
    name = _depth(look)
    if result.frame.get_column("discount_from").n_unique() > 1:  # told by quotes, and of other deals by list prices
        name = _depth_and_origin(look)
    return _rates(result.frame, "win_rate", "closed", name, ("depth_band", "discount_from"), look)


def returned(result: Result, look: Look) -> go.Figure | None:
    """How much of each product came back, those first of which it is surest that much does.

    Products that hardly sold would lead with one line of one; they are in the table behind.
    """
    frame = result.frame.filter((pl.col("returned_lines") > 0) & pl.col("share").is_not_null())
    often = frame.filter(pl.col("sold_lines") >= LEAST_RETURNED)
    frame = (often if often.height else frame).head(look.top or 12)
    return _rates(
        frame, "share", "returned_lines", lambda row: answers.label(row["product"], "product", look.lang),
        ("product",), look,
    )  # fmt: skip


def _depth(look: Look) -> Callable[[Row], str]:
    return lambda row: look.words(f"value.depth_band.{row['depth_band']}")


def _depth_and_origin(look: Look) -> Callable[[Row], str]:
    depth = _depth(look)

    def name(row: Row) -> str:
        origin = look.words(f"value.discount_from.{row['discount_from']}")
        return f"{depth(row)} · {origin if look.lang == 'zh-CN' else origin.lower()}"

    return name


def _rates(
    frame: pl.DataFrame, rate: str, counted: str, name: Callable[[Row], str], by: Sequence[str], look: Look
) -> go.Figure | None:
    """A dot for each rate, a line from end to end of its interval; those beyond chance in the strong colour."""
    if frame.is_empty():
        return None
    rows, sheet = frame.to_dicts(), Sheet()
    names, at = [name(row) for row in rows], np.arange(frame.height)
    low, high = (np.array([float(row[f"{rate}.{end}"] or row[rate]) for row in rows]) for end in ("low", "high"))
    value = np.array([float(row[rate]) for row in rows])
    colours = [look.colour(1) if row.get("is_beyond_chance") else look.colour(0) for row in rows]
    sheet.add_scatter(
        x=value, y=at, mode="markers", hoverinfo="text", showlegend=False,
        marker={"size": 13, "color": colours},
        error_x={"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low,
                 "color": str(look.palette.neutral), "thickness": 2},
        customdata=[mark_of(counted, label, **{one: row[one] for one in by})
                    for label, row in zip(names, rows, strict=True)],
        hovertext=[_says(label, row, rate, counted, look) for label, row in zip(names, rows, strict=True)],
    )  # fmt: skip
    texts = [numbers.share(one, look.lang) for one in value]
    if not look.is_narrow:
        texts = [f"{text} · n = {numbers.exact(row[f'{rate}.n'], 'count', look.lang)}"
                 for text, row in zip(texts, rows, strict=True)]  # fmt: skip
    numbers_at(sheet, high, texts, look, from_zero=False)
    span = min(0.0, float(low.min())), max(0.0, float(high.max()))
    known = answers.known_measure(rate)
    called = known.label.text(look.lang) if known else look.words("column.share_returned")
    return in_rows(sheet, names, texts, span, look, axis=called)


def _says(label: str, row: Row, rate: str, counted: str, look: Look) -> str:
    between = "–".join(numbers.share(row[f"{rate}.{end}"], look.lang) for end in ("low", "high"))
    ends = "" if row[f"{rate}.low"] is None else f" ({between})"
    count = look.labelled(f"column.{counted}", numbers.exact(row[counted], "count", look.lang))
    lines = [enumerated((f"{numbers.share(row[rate], look.lang)}{ends}", f"n = {row[f'{rate}.n']}"), look.lang), count]
    if row.get("discount_worth"):
        lines.append(look.labelled("column.discount_worth", look.money(row["discount_worth"])))
    if row.get("premium_worth"):
        lines.append(look.labelled("column.premium_worth", look.money(row["premium_worth"])))
    if row.get("returned_amount"):
        lines.append(look.labelled("column.returned_amount", look.money(row["returned_amount"])))
    return under_pointer(label, *lines)


def what_it_costs(result: Result, look: Look) -> str | None:
    """What all discounts together took off, and what was charged above list price."""
    worth, above = (float(result.frame.get_column(f"{name}_worth").sum() or 0) for name in ("discount", "premium"))
    revenue = float(result.frame.filter(pl.col("depth_band") != "unknown").get_column("revenue").sum() or 0)
    if worth <= 0 or revenue <= 0:
        return None
    share = numbers.share(worth / (worth + revenue - above), look.lang)
    said = [look.words("question.discount_margins_found", worth=look.money(worth), share=share)]
    if above > 0:
        said.append(look.words("question.discount_margins_premium", worth=look.money(above)))
    return punctuation.sentences(said, look.lang)


def which_depth(result: Result, look: Look) -> str | None:
    """The depth at which deals were won more or less often than at all others, beyond chance."""
    row = _furthest(result.frame, "win_rate", "rate_of_others")
    if row is None:
        return None
    rates = {name: numbers.share(row[name], look.lang, 0) for name in ("win_rate", "rate_of_others")}
    if row["depth_band"] == "none":
        return look.words("question.discount_wins_none", **rates)
    return look.words("question.discount_wins_found", depth=_depth(look)(row).lower(), **rates)


def what_comes_back(result: Result, look: Look) -> str | None:
    """The product that comes back more often than the others, beyond chance."""
    row = _furthest(result.frame.filter(pl.col("share") > pl.col("share_of_others")), "share", "share_of_others")
    if row is None:
        return None
    shares = {name: numbers.share(row[name], look.lang) for name in ("share", "share_of_others")}
    return look.words("question.returned_found", product=row["product"], **shares)


def _furthest(frame: pl.DataFrame, rate: str, others: str) -> Row | None:
    """Of those beyond chance, the one furthest from the others."""
    found = frame.filter("is_beyond_chance").sort((pl.col(rate) - pl.col(others)).abs(), descending=True)
    return found.row(0, named=True) if found.height else None
