"""Our share of each market and region over the spans that the list gives: a line each."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import market, numbers
from ui.drawing import legend, shorten, under_pointer
from ui.look import Look
from ui.over_time import MOST_SERIES, SYMBOLS
from ui.sheet import Sheet


def over_time(result: Result, look: Look) -> go.Figure | None:
    """A line per market and region, the largest markets; hollow: it still runs. None where there is one span only."""
    own = result.frame.filter(pl.col("seller").is_null() & pl.col("share").is_not_null())
    days: list[date] = sorted(own.get_column("starts_on").unique())
    if len(days) < 2:
        return None
    where = ["market", "region"]
    largest = own.group_by(where).agg(pl.col("size").max()).sort("size", *where, descending=[True, False, False])
    is_short = largest.get_column("market").n_unique() == 1
    sheet = Sheet()
    for index, (named, region) in enumerate(largest.head(MOST_SERIES).select(where).rows()):
        here = own.filter((pl.col("market") == named) & pl.col("region").eq_missing(pl.lit(region, pl.String)))
        _line(sheet, index, here.sort("starts_on").to_dicts(), days, look, is_short=is_short)
    top = float(own.get_column("share").max() or 0) * 1.1 or 1.0  # type: ignore[arg-type]
    places, texts = numbers.ticks(0, top, "share", look.lang)
    sheet.update_yaxes(range=[0, top], tickvals=places, ticktext=texts)
    step = -(-len(days) // (4 if look.is_narrow else 10))
    shown = list(range(0, len(days), step))
    sheet.update_xaxes(
        range=[-0.4, len(days) - 0.6], tickvals=shown, ticktext=[numbers.day(days[at], look.lang) for at in shown]
    )
    return legend(sheet, shows=True, look=look)


def _line(
    sheet: Sheet, index: int, rows: list[dict[str, Any]], days: list[date], look: Look, *, is_short: bool
) -> None:
    name, symbol = market.named(rows[0], look, is_short=is_short), SYMBOLS[index % len(SYMBOLS)]
    sheet.add_scatter(
        x=[days.index(row["starts_on"]) for row in rows], y=[row["share"] for row in rows], mode="lines+markers",
        name=shorten(name), line={"color": look.colour(index), "width": 2.5},
        marker={"size": 9, "symbol": [f"{symbol}-open" if row["is_partial"] else symbol for row in rows]},
        customdata=[market.mark(row, f"{name} · {numbers.day(row['starts_on'], look.lang)}") for row in rows],
        hovertext=[under_pointer(name, *market.says(row, look)) for row in rows], hoverinfo="text",
    )  # fmt: skip


def gone(result: Result, look: Look) -> str | None:
    """From the first span to the last: of a single market and region how the share has moved."""
    own = result.frame.filter(pl.col("seller").is_null() & pl.col("share").is_not_null()).sort("starts_on")
    if own.select("market", "region").n_unique() != 1 or own.height < 2:
        return None
    first, last = own.row(0, named=True), own.row(-1, named=True)
    values = {f"{at}_day": numbers.day(row["starts_on"], look.lang) for at, row in (("first", first), ("last", last))}
    values |= {at: numbers.written(row["share"], "share", look.lang) for at, row in (("first", first), ("last", last))}
    return look.words("question.market_course_gone", market=market.named(last, look, is_short=False), **values)
