"""How the value of customers looks: bands of worth and state, the look back, lists of who leads, is lost, is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from metrics.notes import Note
from metrics.query import Query, Result
from metrics.view import View
from metrics.worth_fit import CLASSES, STATES, WORTH
from ui import numbers, session
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at, rows_height
from ui.look import Look, with_alpha
from ui.question import Subject, mark_of
from ui.sheet import Sheet
from ui.text import lang, t

DISCOUNTS = (0.0, 0.05, 0.1, 0.15)
"""Of a year: what can be chosen on the page."""
_BEHIND = ("worth", "alive", "r", "alpha", "a", "b", "amount_from", "amount_under")
"""What the customers of a band are found by (metrics/worth.rows)."""
_LEGEND_LINE = 22
"""Pixels."""
_LEAST_CHANCE = 0.001
"""Nearer to nought or to certainty than this no chance is told."""


_DOES_NOT_HOLD = ("worth_poor_fit", "worth_poor_total", "worth_poor_classes", "worth_poor_class", "worth_no_peak")
"""Notes of a look back by which nothing is said of single customers."""


class Ahead(Subject):
    """What the model says: how it held is told once, at the look back."""

    def notes(self, result: Result) -> Sequence[Note]:
        """All that is not said elsewhere on the page."""
        return [one for one in result.notes if one.code != "worth_fits"]


class LookBack(Subject):
    """The look back: that the model does not hold is its finding, and is not said twice."""

    def notes(self, result: Result) -> Sequence[Note]:
        """All but the refusal where that stands above a drawing."""
        return [one for one in result.notes if result.frame.is_empty() or one.code not in _DOES_NOT_HOLD]


class Bands(Ahead):
    """A band: its table leaves out what only its rows are found by."""

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The bands in words, and the units of their columns."""
        frame, units = super().figures(result)
        words = [
            pl.col(name).replace({value: t(f"value.{name}.{value}") for value in values})
            for name, values in (("worth", WORTH), ("alive", STATES))
        ]
        return frame.drop(_BEHIND[2:]).with_columns(words), units


class Listed(Ahead):
    """A list of customers, each of whom has a page."""

    page: ClassVar[tuple[str, str, str] | None] = ("customer", "name", "customer")


def discount_text(discount: float) -> str:
    """A discount of a year as it is chosen."""
    return t("worth.discount_of", share=numbers.share(discount, lang(), 0))


def holds(query: Query) -> bool:
    """Whether there is anything to say of single customers: the look back says why not."""
    with st.spinner(t("worth.fitting")), session.reading() as seen:
        return not seen.ask(query, session.viewer()).frame.is_empty()


def under_contract(query: Query) -> str | None:
    """Why the model has no place where contracts bring most of the money; None where they do not."""
    with session.reading() as seen:
        said = seen.ask(query, session.viewer()).notes
    return next((one.text(lang()) for one in said if one.code == "worth_contracts"), None)


def seen_on(view: View, *, by_own: bool) -> None:
    """Say on which day all is seen; to who sees a part, where that alone counts, that others may sell there."""
    st.caption(t("worth.seen_on", day=numbers.day(view.at, lang())))
    if by_own and not session.viewer().sees_all:
        st.caption(t("worth.own"))


# --------------------------------------------------------------------------------------------------------------- bands


def banded(result: Result, look: Look) -> go.Figure | None:
    """The money so far in a row for each band of worth, by whether those who brought it still buy."""
    frame = result.frame
    if frame.is_empty():
        return None
    sheet, present = Sheet(), [band for band in WORTH if band in frame.get_column("worth")]
    alive, lost, contract = look.colour(0), str(look.palette.bad), look.colour(1)
    colours = dict(zip(STATES, (alive, with_alpha(alive, 0.45), lost, look.quiet, contract), strict=True))
    ends = dict.fromkeys(present, 0.0)
    for state in STATES:
        rows = frame.filter(pl.col("alive") == state).to_dicts()
        rows = [row for row in rows if row["brought_so_far"] > 0]
        if not rows:
            continue
        sheet.add_bar(
            x=[row["brought_so_far"] for row in rows], y=[present.index(row["worth"]) for row in rows], orientation="h",
            width=0.62, name=look.words(f"value.alive.{state}"), marker={"color": colours[state]}, hoverinfo="text",
            base=[ends[row["worth"]] for row in rows],
            customdata=[mark_of("customers", _band_name(row, look), **{name: row[name] for name in _BEHIND})
                        for row in rows],
            hovertext=[_band_says(row, look) for row in rows],
        )  # fmt: skip
        for row in rows:
            ends[row["worth"]] += row["brought_so_far"]
    texts = [_ahead(frame.filter(pl.col("worth") == band), look) for band in present]
    numbers_at(sheet, list(ends.values()), texts, look)
    names = [look.words(f"value.worth.{band}") for band in present]
    figure = in_rows(sheet, names, texts, (0, max(*ends.values(), 1.0)), look)
    if not look.is_narrow or sheet.named < 2:
        return figure
    room = _LEGEND_LINE * sheet.named + 12  # the bars leave room for one name a line; a legend stops at half the height
    return figure.update_layout(
        height=rows_height(len(present), has_legend=False) + room,
        margin={**figure.layout.margin.to_plotly_json(), "t": room},
    )


def _ahead(rows: pl.DataFrame, look: Look) -> str:
    """How many customers, and what they will bring."""
    count = numbers.written(rows.get_column("customers").sum(), "count", look.lang)
    value = rows.get_column("value_ahead")
    if look.is_narrow or value.null_count() == rows.height:
        return look.words("worth.customers", count=count)
    return look.words("worth.customers_ahead", count=count, money=look.money(float(value.sum())))


def _band_name(row: dict[str, Any], look: Look) -> str:
    return f"{look.words('value.worth.' + row['worth'])} · {look.words('value.alive.' + row['alive'])}"


def _band_says(row: dict[str, Any], look: Look) -> str:
    lines = [
        look.words("worth.customers", count=numbers.exact(row["customers"], "count", look.lang)),
        look.labelled("column.brought_so_far", look.money(row["brought_so_far"])),
    ]
    if row["value_ahead"] is not None:
        lines.append(look.labelled("column.value_ahead", look.money(row["value_ahead"])))
    return under_pointer(_band_name(row, look), *lines)


def how_much_is_lost(result: Result, look: Look) -> str | None:
    """Of the customers of high worth: how many are likely lost, and how much of the money they brought."""
    high = result.frame.filter(pl.col("worth") == "high")
    lost = high.filter(pl.col("alive") == "lost")
    if lost.is_empty():
        return None
    share = float(lost.get_column("brought_so_far").sum()) / float(result.frame.get_column("brought_so_far").sum())
    return look.words(
        "question.worth_bands_found", count=numbers.exact(lost.get_column("customers").sum(), "count", look.lang),
        of=numbers.exact(high.get_column("customers").sum(), "count", look.lang),
        share=numbers.share(share, look.lang, 1),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- look back


def looked_back(result: Result, look: Look) -> go.Figure | None:
    """Purchases of each customer since, by how often it had bought: expected as bars, made as dots with their range."""
    frame = result.frame
    if frame.is_empty():
        return None
    sheet, rows, at = Sheet(), frame.to_dicts(), np.arange(frame.height)
    names = [_class_name(row["repeats"], look) for row in rows]
    marks = [mark_of("customers", name, repeats=row["repeats"]) for name, row in zip(names, rows, strict=True)]
    says = [_class_says(name, row, look) for name, row in zip(names, rows, strict=True)]
    sheet.add_bar(
        x=[row["foreseen_each"] for row in rows], y=at, orientation="h", width=0.6, hoverinfo="text", hovertext=says,
        customdata=marks, name=look.words("worth.foreseen"), marker={"color": look.quiet},
    )  # fmt: skip
    came = np.array([row["made_each"] for row in rows])
    low, high = (np.array([row[f"made_each.{end}"] for row in rows]) for end in ("low", "high"))
    sheet.add_scatter(
        x=came, y=at, mode="markers", hoverinfo="text", hovertext=says, customdata=marks, name=look.words("worth.made"),
        marker={"size": 13, "color": look.colour(0)},
        error_x={"type": "data", "symmetric": False, "array": high - came, "arrayminus": came - low,
                 "color": str(look.palette.neutral), "thickness": 2},
    )  # fmt: skip
    ends = [max(row["foreseen_each"], row["made_each.high"]) for row in rows]
    texts = [
        " / ".join(numbers.written(row[name], "number", look.lang) for name in ("foreseen_each", "made_each"))
        for row in rows
    ]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0, max(*ends, 0.1)), look)


def does_not_hold(result: Result, look: Look) -> str | None:
    """Why nothing is said of single customers; None where the model holds."""
    return next((one.text(look.lang) for one in result.notes if one.code in _DOES_NOT_HOLD), None)


def _class_name(bought: int, look: Look) -> str:
    key = "worth.bought_more" if bought == CLASSES else "worth.bought_once" if not bought else "worth.bought"
    return look.words(key, count=bought + 1)


def _class_says(name: str, row: dict[str, Any], look: Look) -> str:
    parts = {
        key: " · ".join(numbers.written(row[column], "number", look.lang) for column in (key, f"{key}_each"))
        for key in ("foreseen", "made")
    }
    customers = look.words("worth.customers", count=numbers.exact(row["customers"], "count", look.lang))
    return under_pointer(name, customers, *(look.labelled(f"worth.{key}", text) for key, text in parts.items()))


# --------------------------------------------------------------------------------------------------------------- lists


def ranked(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Bands in words; columns in which nobody has anything are left out."""
    words = [
        pl.col(name).replace({value: look.words(f"value.{name}.{value}") for value in values})
        for name, values in (("worth", WORTH), ("alive", STATES))
    ]
    known = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
    # a number, to sort by: neither nought nor certain, which the text says
    chance = pl.col("chance_alive").clip(_LEAST_CHANCE, 1 - _LEAST_CHANCE).round(3)
    return frame.with_columns(*words, chance, pl.col("expected_purchases").round(1)).select(known)


def who_leads(result: Result, look: Look) -> str | None:
    """The customer of the largest value ahead."""
    if result.frame.is_empty() or result.frame.row(0, named=True)["value_ahead"] is None:
        return None
    row = result.frame.row(0, named=True)
    return look.words(
        "question.worth_found", customer=row["customer"], money=look.money(row["value_ahead"]),
        purchases=numbers.written(row["expected_purchases"], "number", look.lang), each=look.money(row["value_each"]),
    )  # fmt: skip


def who_is_lost(result: Result, look: Look) -> str | None:
    """How many customers of worth are likely lost, and who of them brought most."""
    if result.frame.is_empty():
        return None
    row = result.frame.row(0, named=True)
    of = next((one for one in result.notes if one.code == "worth_first"), None)
    count = int(str(of["count"])) if of else result.frame.height
    return look.words(
        "question.worth_lost_found", count=numbers.exact(count, "count", look.lang), customer=row["customer"],
        money=look.money(row["brought_so_far"]), day=numbers.day(row["last_on"], look.lang),
    )  # fmt: skip


def _small(share: float | None, look: Look) -> str | None:
    """A chance beyond chance in words: none is nought. Of one that is not told, nothing."""
    if share is None:
        return None
    least = _LEAST_CHANCE
    return f"< {numbers.share(least, look.lang)}" if share < least else numbers.share(share, look.lang)


def late(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """What a person reads of those who are overdue: the silence first."""
    known = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
    first = [
        name for name in ("customer", "days_since", "usual_pause", "longest_pause", "at_stake", "rep") if name in known
    ]
    chances = [_small(one, look) for one in frame.get_column("chance_of_pause")]
    told = frame.with_columns(pl.Series("chance_of_pause", chances, pl.String), pl.col("at_stake").round(0))
    return told.select(*first, *(name for name in known if name not in first))


def who_is_overdue(result: Result, look: Look) -> str | None:
    """The overdue customer with most at stake: how it used to buy, and how many more there are."""
    if result.frame.is_empty():
        return None
    row = result.frame.row(0, named=True)
    if row["days_since"] is None:  # in part by what others sold
        return look.words(
            "question.overdue_found_in_part", customer=row["customer"],
            count=numbers.exact(result.frame.height, "count", look.lang),
        )  # fmt: skip
    return look.words(
        "question.overdue_found", customer=row["customer"],
        usual=numbers.written(row["usual_pause"], "days", look.lang),
        days=numbers.written(row["days_since"], "days", look.lang),
        count=numbers.exact(result.frame.height, "count", look.lang),
        money=look.money(float(result.frame.get_column("at_stake").sum())),
    )  # fmt: skip
