"""How channels look: their steps side by side, what these cost, how soon it came back, first beside last touch."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.brought import PER, first_last
from metrics.query import Result
from metrics.view import View
from ui import answers, numbers, session
from ui.answers import SMALL_SAMPLE
from ui.drawing import LONGEST_NAME, shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.horizontal import in_rows, numbers_at, rows_height
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_STEPS = {
    "leads": None, "qualified": "qualified_rate", "became": "became_rate", "deals": None, "won": "win_rate",
    "won_money": None,
}  # fmt: skip
"""The columns of the field, and the rate that stands in them: of its count, which deals without a lead are not in."""
_MOST = 0.8
"""A rate so large has the strongest colour."""
_LAST_MONTHS = 6
"""Months after which it is said how much has come back."""


def name_of(value: str | None, look: Look) -> str:
    """A channel as the reader sees it."""
    return answers.label(value, "source", look.lang)


# -------------------------------------------------------------------------------------------------------------- steps


def steps(result: Result, look: Look) -> go.Figure | None:
    """A row per channel, a column per step: how many, and the share of the step before; below all channels together."""
    frame = result.frame
    if frame.is_empty():
        return None
    known = [name for name in _STEPS if frame.get_column(name).null_count() < frame.height]
    columns = [name for name in known if not (look.is_narrow and name == "won_money")]
    shown = frame.head(look.top or 12)
    rows: list[dict[str, Any]] = [*shown.to_dicts(), _together(frame)]
    names = [*(name_of(value, look) for value in shown.get_column("source")), look.words("channels.all")]
    shade = [[row[rate] if (rate := _STEPS[name]) else None for name in columns] for row in rows]
    sheet = shaded(shade, look.palette.sequential, 0, _MOST)
    cells = [(x, y, name, row) for y, row in enumerate(rows) for x, name in enumerate(columns)]
    heads = [look.words(f"channels.{name}") for name in columns]
    sheet.add_scatter(
        x=[x for x, *_ in cells], y=[y for _, y, *_ in cells], mode="markers+text", hoverinfo="text", showlegend=False,
        marker={"size": 34, "opacity": 0}, text=[_cell(row, name, look) for *_, name, row in cells],
        textfont={"size": 13, "color": [_ink(shade[y][x], look) for x, y, *_ in cells]},
        customdata=[mark_of(name, f"{names[y]} · {heads[x]}", **({"source": row["source"]} if y < shown.height else {}))
                    for x, y, name, row in cells],
        hovertext=[under_pointer(f"{names[y]} · {heads[x]}", *_says(row, name, look)) for x, y, name, row in cells],
    )  # fmt: skip
    beside = [shorten(name, 14 if look.is_narrow else LONGEST_NAME) for name in names]
    return in_field(sheet, heads, beside, look, height=rows_height(len(rows), has_legend=True))


def _together(frame: pl.DataFrame) -> dict[str, Any]:
    """All channels as one: sums, and rates of these sums."""
    summed = ("leads", "qualified", "became", "deals", "direct", "won", "lost_deals", "won_money")
    row: dict[str, Any] = {name: frame.get_column(name).sum() for name in summed}
    shares = {
        "qualified_rate": (row["qualified"], row["leads"]), "became_rate": (row["became"], row["leads"]),
        "win_rate": (row["won"], row["won"] + row["lost_deals"]),
    }  # fmt: skip
    for name, (some, of) in shares.items():
        rate = some / of if of and not frame.get_column(name).is_null().all() else None
        row |= {name: rate, f"{name}.low": None, f"{name}.high": None, f"{name}.n": of}
    return row | {"is_beyond_chance": False, "others": None}


def _cell(row: dict[str, Any], name: str, look: Look) -> str:
    """The count, and the rate with ≠ where it differs from the others beyond chance, * where it stands on few."""
    if name == "won_money":
        return look.money(float(row[name] or 0))
    text, rate = numbers.exact(row[name], "count", look.lang), _STEPS[name]
    if rate is None or row[rate] is None:
        return text
    few = "*" if row[f"{rate}.n"] < SMALL_SAMPLE else ""
    apart = " ≠" if name == "won" and row["is_beyond_chance"] else ""
    share = f"{numbers.share(row[rate], look.lang, 0)}{few}{apart}"
    return share if look.is_narrow else f"{text} · {share}"


def _says(row: dict[str, Any], name: str, look: Look) -> list[str]:
    if name == "won_money":
        return [look.money(float(row[name] or 0))]
    lines, rate = [numbers.exact(row[name], "count", look.lang)], _STEPS[name]
    if name == "deals" and row["direct"]:
        lines.append(look.words("channels.direct", count=numbers.exact(row["direct"], "count", look.lang)))
    if rate is None or row[rate] is None:
        return lines
    text = numbers.share(row[rate], look.lang, 0)
    if row[f"{rate}.low"] is not None:
        text += (
            f" ({numbers.share(row[f'{rate}.low'], look.lang, 0)}–{numbers.share(row[f'{rate}.high'], look.lang, 0)})"
        )
    lines.append(look.words(f"channels.{rate}", rate=text, n=numbers.exact(row[f"{rate}.n"], "count", look.lang)))
    if name == "won" and row["others"] is not None:
        key = "channels.apart" if row["is_beyond_chance"] else "channels.not_apart"
        lines.append(look.words(key, others=numbers.share(row["others"], look.lang, 0)))
    return lines


def _ink(shade: float | None, look: Look) -> str:
    return ink(shade, look.palette.sequential, 0, _MOST, look.palette.text)


def who_stands_out(result: Result, look: Look) -> str | None:
    """The channel whose win rate differs most from the others' beyond chance; else that none can be told apart."""
    frame = result.frame.filter(pl.col("source").is_not_null() & (pl.col("win_rate.n") > 0))
    if frame.height < 2:
        return None
    found = frame.filter("is_beyond_chance").sort((pl.col("win_rate") - pl.col("others")).abs(), descending=True)
    if found.is_empty():
        return look.words("question.channel_steps_alike")
    row = found.row(0, named=True)
    rate, others = (numbers.share(row[name], look.lang, 0) for name in ("win_rate", "others"))
    key = "above" if row["win_rate"] > row["others"] else "below"
    return look.words(f"question.channel_steps_{key}", source=name_of(row["source"], look), rate=rate, others=others)


# --------------------------------------------------------------------------------------------------------------- cost


def priced(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """What each step cost: of all columns, those about money, as numbers that can be sorted; dearest first."""
    names = pl.Series("source", [name_of(value, look) for value in frame.get_column("source")], dtype=pl.String)
    shown = frame.select(names, "cost", *PER, "won_per_cost", "won_money")
    return shown.sort("cost", descending=True, nulls_last=True, maintain_order=True)


def what_it_cost(result: Result, look: Look) -> str | None:
    """What all channels with a known cost cost together, and what was won for it."""
    known = result.frame.filter(pl.col("cost") > 0)
    if known.is_empty():
        return None
    cost, won = (look.money(float(known.get_column(name).sum())) for name in ("cost", "won_money"))
    return look.words("question.channel_costs_found", count=known.height, cost=cost, won=won)


def paid_back(result: Result, look: Look) -> go.Figure | None:
    """Months until each channel has won back its cost; a pale bar where it has not in the months that can be seen."""
    rows = _paybacks(result.frame)
    if not rows:
        return None
    texts = [_payback_text(row, look) for row in rows]
    worth = "margin" if "margin" in result.frame.columns else "won_money"
    names = [name_of(row["source"], look) for row in rows]
    sheet = Sheet()
    sheet.add_bar(
        x=[row["after_months"] for row in rows], y=np.arange(len(rows)), orientation="h", width=0.66, hoverinfo="text",
        showlegend=False,
        marker={"color": [look.colour(0) if row["is_back"] else look.quiet for row in rows],
                "pattern": {"shape": ["" if row["is_back"] else "/" for row in rows]}},
        customdata=[mark_of(worth, name, **{by: row[by] for by in result.query.by})
                    for name, row in zip(names, rows, strict=True)],
        hovertext=[
            under_pointer(name, text, f"{look.money(float(row[worth]))} / {look.money(float(row['cost']))}",
                          look.words("channels.cohort", months=row["cohort_months"]))
            for name, text, row in zip(names, texts, rows, strict=True)],
    )  # fmt: skip
    ends = [float(row["after_months"]) for row in rows]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(ends)), look)


def _paybacks(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Of each channel the month in which its cost was back, else the last one seen; and how much came back later."""
    found = []
    for (_,), months in frame.drop_nulls("recovered").group_by("source", maintain_order=True):
        back = months.filter("is_back")
        row = (back if back.height else months.tail(1)).row(0, named=True)
        later = (
            months.filter(pl.col("after_months") <= max(_LAST_MONTHS, row["after_months"])).tail(1).row(0, named=True)
        )
        found.append(row | {"later": later["after_months"], "later_recovered": later["recovered"]})
    return sorted(found, key=lambda row: (not row["is_back"], row["after_months"], row["source"]))


def _payback_text(row: dict[str, Any], look: Look) -> str:
    times = numbers.written(row["later_recovered"], "number", look.lang)
    key = "channels.back" if row["is_back"] else "channels.not_back"
    return look.words(
        f"{key}_short" if look.is_narrow else key, month=row["after_months"], later=row["later"], times=times
    )


def slowest_back(result: Result, look: Look) -> str | None:
    """Which channels have not won back their cost; else in which months all had."""
    rows = _paybacks(result.frame)
    if not rows:
        return None
    open_ones = [row for row in rows if not row["is_back"]]
    if open_ones:
        names = numbers.listed([name_of(row["source"], look) for row in open_ones], look.lang)
        return look.words("question.payback_open", sources=names)
    return look.words("question.payback_found", month=rows[-1]["after_months"])


# ------------------------------------------------------------------------------------------------- first and last touch


def touches_differ(view: View) -> bool:
    """Whether any lead and its deal name different channels: else there is only one way to count."""
    with session.reading() as seen:
        frame = seen.ask(first_last(view), session.viewer()).frame
    return bool(frame.filter(pl.col("lead_source") != pl.col("deal_source")).height)


def touched(result: Result, look: Look) -> go.Figure | None:
    """Rows are the channels of the leads, columns those of the deals; the shade is the share of the row."""
    frame = result.frame
    if frame.is_empty() or not frame.filter(pl.col("lead_source") != pl.col("deal_source")).height:
        return None
    most = look.top or 12
    firsts, lasts = (_largest(frame, name, 5 if look.is_narrow and name == "deal_source" else most)
                     for name in ("lead_source", "deal_source"))  # fmt: skip
    cells = {(row["lead_source"], row["deal_source"]): row for row in frame.iter_rows(named=True)}
    whole = dict(frame.group_by("lead_source").agg(pl.col("deals").sum()).rows())
    shade = [[cells[first, last]["deals"] / whole[first] if (first, last) in cells else None for last in lasts]
             for first in firsts]  # fmt: skip
    sheet = shaded(shade, look.palette.sequential, 0, 1)
    drawn = [(x, y, cells[first, last]) for y, first in enumerate(firsts) for x, last in enumerate(lasts)
             if (first, last) in cells]  # fmt: skip
    titles = [f"{name_of(row['lead_source'], look)} → {name_of(row['deal_source'], look)}" for *_, row in drawn]
    sheet.add_scatter(
        x=[x for x, *_ in drawn], y=[y for _, y, _ in drawn], mode="markers+text", hoverinfo="text", showlegend=False,
        marker={"size": 30, "opacity": 0}, text=[numbers.exact(row["deals"], "count", look.lang) for *_, row in drawn],
        textfont={"size": 12, "color": [
            ink(shade[y][x], look.palette.sequential, 0, 1, look.palette.text) for x, y, _ in drawn]},
        customdata=[mark_of("deals", title, lead_source=row["lead_source"], deal_source=row["deal_source"])
                    for title, (*_, row) in zip(titles, drawn, strict=True)],
        hovertext=[under_pointer(title, look.words(
            "channels.pair", deals=numbers.exact(row["deals"], "count", look.lang),
            won=numbers.exact(row["won"], "count", look.lang), money=look.money(float(row["won_money"]))))
            for title, (*_, row) in zip(titles, drawn, strict=True)],
    )  # fmt: skip
    heads = [shorten(name_of(name, look), 7 if look.is_narrow or len(lasts) > 8 else 12) for name in lasts]
    beside = [shorten(name_of(name, look), 14 if look.is_narrow else LONGEST_NAME) for name in firsts]
    return in_field(sheet, heads, beside, look, height=rows_height(len(firsts), has_legend=True))


def _largest(frame: pl.DataFrame, by: str, most: int) -> list[str]:
    size = frame.group_by(by).agg(pl.col("deals").sum()).sort("deals", by, descending=[True, False])
    return list(size.get_column(by).head(most))


def how_many_differ(result: Result, look: Look) -> str | None:
    """How many deals name another channel than their lead."""
    frame = result.frame
    apart = int(frame.filter(pl.col("lead_source") != pl.col("deal_source")).get_column("deals").sum())
    whole = int(frame.get_column("deals").sum())
    if not apart:
        return None
    counts = {name: numbers.exact(value, "count", look.lang) for name, value in (("count", apart), ("of", whole))}
    return look.words("question.first_last_found", share=numbers.share(apart / whole, look.lang, 0), **counts)
