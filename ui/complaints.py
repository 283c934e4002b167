"""How complaints look: their rates and ranges, how long they last, which are open, and who buys again after one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data import punctuation
from metrics import repurchase
from metrics.query import Result
from metrics.view import View
from ui import answers, numbers
from ui.drawing import legend, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet
from ui.text import t

Row = dict[str, Any]
_NAMED = 3
"""Names that a sentence lists."""


def rates(result: Result, look: Look) -> go.Figure | None:
    """Tickets per order of each product, kind or severity; those beyond chance in the strong colour."""
    if "rate" not in result.frame.columns:
        return None
    frame = result.frame.filter(pl.col("rate").is_not_null()).head(look.top or 12)
    by = str(dict(result.query.params).get("by", "product"))

    def name(row: Row) -> str:
        return answers.label(row["member"], by, look.lang)

    def says(row: Row) -> Sequence[str]:
        over = look.words(f"satisfaction.per_{row['per']}", tickets=f"{row['tickets']:,}", of=f"{row['of']:,}")
        lines = [
            _ranged(row, "rate", look, 2),
            over,
            look.labelled("column.still_open", f"{row['still_open']:,}"),
        ]
        if row["others_rate"] is not None:
            lines.append(look.labelled("column.others_rate", numbers.share(row["others_rate"], look.lang, 2)))
        return lines

    def text(row: Row) -> str:
        share = numbers.share(row["rate"], look.lang, 2)
        return share if look.is_narrow else f"{share} · {row['tickets']:,} / {row['of']:,}"

    return _dots(frame, "rate", "tickets", ("member",), (name, says, text), look)


def _dots(
    frame: pl.DataFrame, value: str, counted: str, by: Sequence[str],
    words: tuple[Callable[[Row], str], Callable[[Row], Sequence[str]], Callable[[Row], str]], look: Look,
) -> go.Figure | None:  # fmt: skip
    """A dot for each row, a line from end to end of its range. `words`: its name, its pointer's lines, its number."""
    if frame.is_empty():
        return None
    (name, says, text), rows, sheet = words, frame.to_dicts(), Sheet()
    labels = [name(row) for row in rows]
    middle = np.array([float(row[value]) for row in rows])
    low, high = (
        np.array([float(row[value] if row[f"{value}.{end}"] is None else row[f"{value}.{end}"]) for row in rows])
        for end in ("low", "high")
    )
    sheet.add_scatter(
        x=middle, y=np.arange(len(rows)), mode="markers", hoverinfo="text", showlegend=False,
        marker={"size": 13, "color": [look.colour(1 if row.get("is_beyond_chance") else 0) for row in rows]},
        error_x={"type": "data", "symmetric": False, "array": high - middle, "arrayminus": middle - low,
                 "color": str(look.palette.neutral), "thickness": 2},
        customdata=[mark_of(counted, label, **{one: row[one] for one in by})
                    for label, row in zip(labels, rows, strict=True)],
        hovertext=[under_pointer(label, *says(row)) for label, row in zip(labels, rows, strict=True)],
    )  # fmt: skip
    texts = [text(row) for row in rows]
    numbers_at(sheet, high, texts, look, from_zero=False)
    return in_rows(sheet, labels, texts, (0.0, float(high.max()) or 0.01), look)


def _ranged(row: Row, name: str, look: Look, digits: int = 1) -> str:
    value, *ends = (row[at] for at in (name, f"{name}.low", f"{name}.high"))
    text = numbers.share(value, look.lang, digits)
    if None in ends:
        return text
    return look.words(
        "satisfaction.ranged", value=text, ends=" – ".join(numbers.share(end, look.lang, digits) for end in ends)
    )


def which_stands_out(result: Result, look: Look) -> str | None:
    """Products with more or fewer complaints than their part of the orders lets expect; else that there are none."""
    frame = result.frame
    if frame.is_empty():
        return None
    if frame.get_column("others_rate").drop_nulls().is_empty():
        count = numbers.exact(int(frame.get_column("tickets").sum()), "count", look.lang)
        return look.words(
            "question.complaints_count", count=count, of=numbers.exact(frame.item(0, "of"), "count", look.lang)
        )
    found = frame.filter("is_beyond_chance")
    if found.is_empty():
        is_judged = dict(result.query.params).get("of") == "complaints"
        return look.words("question.complaints_none") if is_judged else None
    said = [
        look.words(
            "question.complaints_found",
            name=row["member"],
            rate=numbers.share(row["rate"], look.lang, 2),
            others=numbers.share(row["others_rate"], look.lang, 2),
            count=f"{row['tickets']:,}",
        )
        for row in found.head(_NAMED).iter_rows(named=True)
    ]
    return punctuation.sentences(said, look.lang)


# ------------------------------------------------------------------------------------------------------------ how long


def curves(result: Result, look: Look) -> go.Figure | None:
    """The share still open after so many days: of all, and by severity."""
    if result.frame.is_empty():
        return None
    sheet, longest = Sheet(), max(result.frame.get_column("days").to_list())
    names = result.frame.get_column("severity").unique(maintain_order=True).to_list()
    for at, severity in enumerate(names[:6]):
        part = result.frame.filter(pl.col("severity").eq_missing(pl.lit(severity, pl.String)))
        title = look.words("satisfaction.all_severities") if severity is None else str(severity)
        days, shares = [0, *part.get_column("days").to_list()], [1.0, *part.get_column("share").to_list()]
        mark = mark_of("tickets", title, **({} if severity is None else {"severity": severity}))
        says = [look.paired(numbers.days(day, look.lang), numbers.share(share, look.lang))
                for day, share in zip(days, shares, strict=True)]  # fmt: skip
        sheet.add_scatter(
            x=days, y=shares, mode="lines+markers", name=title, hoverinfo="text", marker={"size": 5},
            line={"shape": "hv", "width": 3 if severity is None else 1.5, "color": look.colour(at)},
            hovertext=[under_pointer(title, one) for one in says], customdata=[mark] * len(days),
        )  # fmt: skip
    places, texts = numbers.ticks(0.0, 1.0, "share", look.lang, at_most=5)
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=[0, 1.04], gridcolor=look.palette.grid, fixedrange=True, automargin=True,
        zeroline=False,
    )  # fmt: skip
    sheet.update_xaxes(
        range=[0, longest * 1.02], fixedrange=True, showgrid=False, zeroline=False,
        title={"text": look.words("satisfaction.days_open")}, automargin=True,
    )  # fmt: skip
    sheet.update_layout(height=look.height)
    return legend(sheet, shows=len(names) > 1, look=look)


def how_long(result: Result, look: Look) -> str | None:
    """By when half and three quarters were closed, and how many are still open."""
    if result.frame.is_empty():
        return None
    row = result.frame.row(0, named=True)
    counts = {name: numbers.exact(row[name], "count", look.lang) for name in ("tickets", "still_open")}
    if row["median_days"] is None:
        return look.words("question.time_to_close_open", **counts)
    spans = {name: numbers.days(row[name], look.lang) for name in ("median_days", "p75_days")}
    known = "found" if row["p75_days"] is not None else "half"
    return look.words(f"question.time_to_close_{known}", **counts, **spans)


def as_list(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """The longest open first, with who sees to them."""
    return frame.select(
        "days_open", "customer", "rep", "product", "kind", "severity", "status", "opened_on", "ticket_id"
    )


def what_is_open(result: Result, look: Look) -> str | None:
    """How many are open, and the longest."""
    if result.frame.is_empty():
        return None
    row = result.frame.row(0, named=True)
    return look.words(
        "question.open_longest_found", count=numbers.exact(result.frame.height, "count", look.lang),
        days=numbers.days(row["days_open"], look.lang),
        rep=row["rep"] or look.words("satisfaction.nobody"),
        customer=row["customer"] or look.words("satisfaction.no_customer"),
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- buying again


def why_fewer(view: View, within: int) -> None:
    """That the period is too young to look as far ahead as usual, where the page therefore opens on fewer days."""
    if within != repurchase.USUAL and within == repurchase.opens(view) and view.period is not None:
        known = (view.as_of - view.period.from_on).days
        st.caption(t("satisfaction.fewer", known=known, within=within, usual=repurchase.USUAL))


def after_survey(result: Result, look: Look) -> go.Figure | None:
    """The share that bought again, by what the answer was."""
    frame = result.frame.filter(pl.col("customers") > 0)
    many = frame.get_column("kind").n_unique() > 1

    def name(row: Row) -> str:
        opinion = look.words(f"value.opinion.{row['opinion']}")
        return f"{opinion} · {row['kind'].upper()}" if many else opinion

    def says(row: Row) -> Sequence[str]:
        counts = look.words("satisfaction.again_of", again=f"{row['again']:,}", customers=f"{row['customers']:,}")
        return _ranged(row, "share", look), counts

    return _dots(frame, "share", "customers", ("kind", "opinion"), (name, says, _share_text(look, "share")), look)


def _share_text(look: Look, name: str) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        share = numbers.share(row[name], look.lang)
        return share if look.is_narrow else f"{share} · n = {row['customers']:,}"

    return text


def who_returns(result: Result, look: Look) -> str | None:
    """Which answers go along with buying again more or less often; else that no difference can be told."""
    frame = result.frame.filter(pl.col("customers") > 0)
    if frame.is_empty():
        return None
    days = dict(result.query.params)["within"]
    found = frame.filter("is_beyond_chance")
    if found.is_empty():
        return look.words("question.after_survey_none", days=days)
    said = [
        look.words(
            "question.after_survey_found",
            name=look.words(f"value.opinion.{row['opinion']}"),
            days=days,
            share=numbers.share(row["share"], look.lang, 0),
            others=numbers.share(row["share_of_others"], look.lang, 0),
        )
        for row in found.iter_rows(named=True)
    ]
    return punctuation.sentences([*said, look.words("satisfaction.no_reason")], look.lang)


def after_complaint(result: Result, look: Look) -> go.Figure | None:
    """Customers who complained, and others on the same mix of how often and how lately they had bought."""
    if "alike_share" not in result.frame.columns:
        return None
    frame = result.frame.filter(pl.col("alike_share").is_not_null())

    def name(row: Row) -> str:
        return look.words(f"value.complained.{row['side']}")

    def says(row: Row) -> Sequence[str]:
        counts = look.words("satisfaction.again_of", again=f"{row['again']:,}", customers=f"{row['customers']:,}")
        plain = look.words("satisfaction.as_they_are", share=_ranged(row, "share", look))
        return _ranged(row, "alike_share", look), plain, counts

    return _dots(frame, "alike_share", "customers", ("side",), (name, says, _share_text(look, "alike_share")), look)


def who_returns_after(result: Result, look: Look) -> str | None:
    """Whether those who complained buy again as often as others like them, with the range of the difference."""
    frame = result.frame.filter(pl.col("side") == "complained") if "side" in result.frame.columns else result.frame
    if frame.is_empty() or frame.item(0, "difference") is None:
        return None
    row, days = frame.row(0, named=True), dict(result.query.params)["within"]
    others = result.frame.filter(pl.col("side") == "others").item(0, "alike_share")
    shares = {"share": numbers.share(row["alike_share"], look.lang, 0), "others": numbers.share(others, look.lang, 0)}
    ends = " – ".join(f"{100 * row[f'difference.{end}']:+.0f}" for end in ("low", "high"))
    verdict = {None: "few", False: "none", True: "found"}[row["is_beyond_chance"]]
    text = look.words(f"question.after_complaint_{verdict}", days=days, ends=ends, count=row["customers"], **shares)
    if row["is_beyond_chance"]:
        text += (" " if look.lang == "en" else "") + look.words("satisfaction.no_reason")
    return text
