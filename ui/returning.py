"""How it looks who comes back: curves of the time between purchases, and money by what customers did, over time."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from metrics.buyers_over_time import KINDS
from metrics.query import Result
from metrics.repeat import MOST, WITHIN
from ui import numbers
from ui.cohorts import bucket_name
from ui.drawing import legend, under_pointer
from ui.look import Look, with_alpha
from ui.question import mark_of
from ui.sheet import Sheet

_LONGEST = 365
"""Days that are drawn at most."""
_TICKS = (0, *WITHIN)


def curves(result: Result, look: Look) -> go.Figure | None:
    """The share that has bought again by each day, one line per purchase; a band around the first."""
    frame = result.frame
    if frame.is_empty():
        return None
    sheet = Sheet()
    for number in range(1, MOST + 1):
        own = frame.filter(pl.col("purchase") == number)
        if own.height:
            _curve(sheet, own, number, look)
    top = min(1.0, 1.1 * float(frame.filter(pl.col("days") <= _LONGEST).get_column("again").max() or 1))  # type: ignore[arg-type]
    places, texts = numbers.ticks(0.0, top, "share", look.lang, at_most=5)
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=[0, max(top, places[-1])], gridcolor=look.palette.grid, zeroline=False,
        fixedrange=True, automargin=True,
    )  # fmt: skip
    shown = [day for day in _TICKS if day != 60 or not look.is_narrow]
    sheet.update_xaxes(
        tickvals=shown, ticktext=[str(day) for day in shown], title={"text": look.words("retention.days_after")},
        range=[0, _LONGEST + 8], showgrid=False, zeroline=False, fixedrange=True, automargin=True,
    )  # fmt: skip
    sheet.update_layout(height=max(look.height, 400))
    return legend(sheet, shows=True, look=look)


def _curve(sheet: Sheet, own: pl.DataFrame, number: int, look: Look) -> None:
    """One line of steps; its last dot is a mark that opens the rows."""
    drawn = own.filter(pl.col("days") <= _LONGEST)
    days, again = [0, *drawn.get_column("days")], [0.0, *drawn.get_column("again")]
    known = int(own.get_column("days").max() or 0)  # type: ignore[arg-type]  # a whole number
    if known > _LONGEST:
        days, again = [*days, _LONGEST], [*again, again[-1]]
    colour, name = look.colour(number - 1), look.words("retention.after", number=number)
    if number == 1:
        band = drawn.with_columns(low=pl.col("again.low").fill_null(pl.col("again")),
                                  high=pl.col("again.high").fill_null(pl.col("again")))  # fmt: skip
        sheet.add_scatter(
            x=[*band.get_column("days"), *reversed(band.get_column("days"))], fill="toself", mode="lines",
            y=[*band.get_column("high"), *reversed(band.get_column("low"))], line={"width": 0}, hoverinfo="skip",
            fillcolor=with_alpha(colour, 0.18), showlegend=False,
        )  # fmt: skip
    told = [
        under_pointer(name, look.words("retention.by_day", days=day, share=numbers.share(share, look.lang)))
        for day, share in zip(days, again, strict=True)
    ]
    width = 3 if number == 1 else 2
    sheet.add_scatter(
        x=days, y=again, name=name, mode="lines", hoverinfo="text", hovertext=told,
        line={"width": width, "color": colour, "shape": "hv", "dash": "solid" if number == 1 else "dot"},
    )  # fmt: skip
    sheet.add_scatter(
        x=days[-1:], y=again[-1:], mode="markers", hoverinfo="text", showlegend=False, hovertext=told[-1:],
        marker={"size": 12, "color": colour}, customdata=[mark_of("again", name, purchase=number)], cliponaxis=False,
    )  # fmt: skip


def how_soon(result: Result, look: Look) -> str | None:
    """After how long half have bought again for the first time, with its interval; else how many have in a year."""
    frame = result.frame.filter(pl.col("purchase") == 1)
    if frame.is_empty():
        return None
    row = frame.row(0, named=True)
    rate = {name: numbers.share(row[f"repeat_rate{end}"], look.lang, 0)
            for name, end in (("rate", ""), ("low", ".low"), ("high", ".high"))}  # fmt: skip
    said = look.words("question.repeat_rate", count=numbers.exact(row["pauses"], "count", look.lang), **rate)
    if row["median_days"] is not None:
        ends = f"{row['median_days.low']}–{row['median_days.high']}"
        known = row["median_days.low"] is not None and row["median_days.high"] is not None
        return said + look.words(f"question.repeat_half{'' if known else '_open'}", days=row["median_days"], ends=ends)
    known_days = [days for days in WITHIN if row[f"within_{days}"] is not None]
    if not known_days:
        return said
    share = numbers.share(row[f"within_{known_days[-1]}"], look.lang, 0)
    return said + look.words("question.repeat_within", days=known_days[-1], share=share)


def pauses(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """What a person reads of pauses."""
    shares = [f"within_{days}" for days in WITHIN]
    return frame.select(
        "purchase", "pauses", "again", "repeat_rate", "repeat_rate.low", "repeat_rate.high", "median_days",
        "median_days.low", "median_days.high", "p75_days", *shares,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- over time


def course(result: Result, look: Look) -> go.Figure | None:
    """Period by period the money of each kind of customers, stacked; below zero what those who are gone had brought."""
    frame = result.frame
    if frame.is_empty():
        return None
    days = frame.get_column("bucket").unique().sort().to_list()
    place = {day: at for at, day in enumerate(days)}
    sheet = Sheet()
    ups, downs = [0.0] * len(days), [0.0] * len(days)
    for kind in KINDS:
        column = "amount_then" if kind == "lost" else "amount_now"
        own = frame.filter((pl.col("buying") == kind) & pl.col(column).is_not_null() & (pl.col(column) != 0))
        if own.is_empty():
            continue
        name, colour = look.words(f"value.buying.{kind}"), _colour(kind, look)
        sums = [(-1 if kind == "lost" else 1) * float(row[column]) for row in own.iter_rows(named=True)]
        for day, height in zip(own.get_column("bucket"), sums, strict=True):
            (ups if height > 0 else downs)[place[day]] += height
        where = [f"{bucket_name(day, result, look)} · {name}" for day in own.get_column("bucket")]
        sheet.add_bar(
            x=[place[day] for day in own.get_column("bucket")], y=sums, name=name, hoverinfo="text",
            marker={"color": colour, "pattern": {"shape": [
                "/" if row["is_partial"] else "x" if kind == "lost" else "" for row in own.iter_rows(named=True)]}},
            customdata=[mark_of(column, at, bucket=str(day), buying=kind)
                        for at, day in zip(where, own.get_column("bucket"), strict=True)],
            hovertext=[_told(at, height, row["customers"], look)
                       for at, height, row in zip(where, sums, own.iter_rows(named=True), strict=True)],
        )  # fmt: skip
    return _over_time(sheet, [bucket_name(day, result, look) for day in days], min(downs), max(ups), look)


def _over_time(sheet: Sheet, names: list[str], low: float, high: float, look: Look) -> go.Figure:
    every = -(-len(names) // (3 if look.is_narrow else 9))
    shown = list(range(len(names) - 1, -1, -every))[::-1]
    sheet.update_xaxes(
        tickvals=shown, ticktext=[names[at] for at in shown], fixedrange=True, showgrid=False, zeroline=False
    )
    places, texts = numbers.ticks(low, high, "money", look.lang, at_most=6)
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=[min(1.08 * low, places[0]), max(high * 1.08, places[-1])],
        gridcolor=look.palette.grid, zeroline=True, zerolinecolor=look.palette.muted, zerolinewidth=2, ticks="",
        fixedrange=True, automargin=True,
    )  # fmt: skip
    sheet.update_layout(barmode="relative", height=max(look.height, 440))
    return legend(sheet, shows=True, look=look)


def _colour(kind: str, look: Look) -> str:
    """New and back again stand out; those who stayed are of one colour, paler the less they buy."""
    named = {"new": look.colour(1), "returned": look.colour(2), "expanding": look.colour(0),
             "steady": with_alpha(look.colour(0), 0.75), "shrinking": with_alpha(look.colour(0), 0.5),
             "lost": str(look.palette.bad)}  # fmt: skip
    return named.get(kind, str(look.palette.neutral))


def _told(where: str, height: float, customers: int | None, look: Look) -> str:
    lines = [look.money(height)]
    if customers is not None:
        lines.append(look.labelled("column.customers", numbers.exact(customers, "count", look.lang)))
    return under_pointer(where, *lines)


def what_moved(result: Result, look: Look) -> str | None:
    """Of the last period that is over: what new customers and those who came back brought, and what was lost."""
    frame = result.frame.filter(~pl.col("is_partial") & pl.col("change").is_not_null())
    if frame.is_empty():
        return None
    last = frame.filter(pl.col("bucket") == pl.col("bucket").max())
    told = {row["buying"]: row for row in last.iter_rows(named=True)}
    amounts = {
        kind: look.money(told[kind]["amount_then" if kind == "lost" else "amount_now"] if kind in told else 0.0)
        for kind in ("new", "returned", "lost")
    }
    stayed = sum(told[kind]["amount_now"] for kind in ("expanding", "steady", "shrinking") if kind in told)
    period = bucket_name(last.item(0, "bucket"), result, look)
    return look.words("question.buyers_over_time_found", period=period, stayed=look.money(stayed), **amounts)
