"""How the factors, prices and customers behind a change look: waterfalls, and the sentence that says which was most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data.punctuation import paired
from metrics import buyers, prices
from metrics.factors import of_unit, tree_of
from metrics.kpi_tree import Factor, tree
from metrics.query import Result
from metrics.two_spans import END, START
from ui import numbers
from ui.drawing import literal, shorten
from ui.look import Look
from ui.question import Subject, mark_of
from ui.reader import period_name
from ui.text import lang, plain
from ui.waterfall import Bar, stepwise


class FactorsSubject(Subject):
    """What is looked behind: the factors of a tree, each with its own meaning."""

    @property
    def title(self) -> str:
        """The tree in words."""
        return tree_of(self.query).label.text(lang())

    def explain(self) -> None:
        """What the tree asks, its factors, and the rule by which the change is shared out."""
        of = tree_of(self.query)
        super().explain()
        lines = [
            paired(f"- **{plain(one.label.text(lang()))}**", plain(one.meaning.text(lang())), lang())
            for one in of.factors
        ]
        st.markdown("\n".join([plain(of.meaning.text(lang())), "", *lines]))

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The whole answer, factors by their names."""
        frame, units = super().figures(result)
        labels = {one.id: one.label.text(lang()) for one in tree_of(self.query).factors}
        return frame.with_columns(pl.col("driver").replace(labels)), units


def tree_name(tree_id: str) -> str:
    """A tree in the reader's language."""
    return tree(tree_id).label.text(lang())


# ----------------------------------------------------------------------------------------------------------- factors


def by_factors(result: Result, look: Look) -> go.Figure | None:
    """From the result of the days compared with to that of the period, factor by factor."""
    if result.frame.is_empty():
        return None
    of = tree_of(result.query)
    unit, known = of_unit(of), {one.id: one for one in of.factors}
    bars = []
    for row in result.frame.iter_rows(named=True):
        factor = known.get(row["driver"])
        if factor is None:
            column = of.result if row["driver"] == END else f"{of.result}.before"
            bars.append(_level(result, row["driver"], row["amount"], unit, look, mark_of(column, "")))
            continue
        name = factor.label.text(look.lang)
        read = _read(factor, row, look)
        says = (read, look.labelled("column.by_shapley", _signed(row["by_shapley"], unit, look)))
        amount = _signed(row["amount"], unit, look)
        bars.append(
            Bar(name, row["amount"], amount if look.is_narrow else f"{amount} · {read}", _colour(row["amount"], look),
                mark_of(factor.asks[0], name), says)
        )  # fmt: skip
    return stepwise(bars, look)


def _read(factor: Factor, row: Mapping[str, Any], look: Look) -> str:
    """What a factor was and is."""
    then, now = (numbers.written(row[span], factor.unit, look.lang, look.currency) for span in ("then", "now"))
    return f"{then} → {now}"


def which_factor(result: Result, look: Look) -> str | None:
    """By how much the result changed, the factor that brought most of it, and the one that worked most against it."""
    if result.frame.is_empty():
        return None
    of = tree_of(result.query)
    known = {one.id: one for one in of.factors}
    rows = result.frame.filter(pl.col("driver").is_in(list(known))).rows(named=True)
    amounts = {row["driver"]: float(row["amount"]) for row in rows}
    told = {row["driver"]: _read(known[row["driver"]], row, look) for row in rows}
    first, last = (float(result.frame.filter(pl.col("driver") == at)["amount"][0]) for at in (START, END))

    def name(driver: str) -> str:
        return f"{known[driver].label.text(look.lang)} ({told[driver]})"

    return _sentence(first, last, amounts, of_unit(of), name, look)


# ------------------------------------------------------------------------------------------------ prices and customers


def by_prices(result: Result, look: Look) -> go.Figure | None:
    """From revenue to revenue: price, volume, mix, and what has no price to compare."""
    return _blocks(result, "driver", "products", look)


def which_effect(result: Result, look: Look) -> str | None:
    """By how much revenue changed, and by which effect most."""
    return _told(result, "driver", look)


def by_customers(result: Result, look: Look) -> go.Figure | None:
    """From level to level: new customers, those who came back, buy more, buy less, are gone."""
    return _blocks(result, "buying", "customers", look)


def which_customers(result: Result, look: Look) -> str | None:
    """By how much the measure changed, and by which kind of customers most."""
    return _told(result, "buying", look)


def _blocks(result: Result, by: str, count: str, look: Look) -> go.Figure | None:
    frame = result.frame
    always = {START, END, *prices.EFFECTS} - {"joint"} if by == "driver" else {START, END}
    rows = [row for row in frame.iter_rows(named=True) if row[by] in always or row["amount"]]
    if frame.is_empty() or not any(row["amount"] for row in rows):
        return None
    bars = []
    for row in rows:
        name, amount = _block_name(by, row[by], look), float(row["amount"])
        how_many = numbers.exact(row[count], "count", look.lang)
        mark = mark_of("amount", name, **{by: row[by]}) if row[count] != 0 else None
        if row[by] in {START, END}:
            bars.append(_level(result, row[by], amount, "money", look, mark, how_many if by == "buying" else ""))
            continue
        text = _signed(amount, "money", look)
        has_count = row[by] not in prices.EFFECTS and row[count] is not None and not look.is_narrow
        says = (
            numbers.exact(row["amount"], "money", look.lang, look.currency),
            look.labelled(f"column.{count}", how_many),
        )
        bars.append(Bar(name, amount, f"{text} · {how_many}" if has_count else text, _colour(amount, look), mark, says))
    return stepwise(bars, look, whole=True)


def _block_name(by: str, block: str, look: Look) -> str:
    return look.words(f"value.{'driver' if block in {START, END} else by}.{block}")


def _told(result: Result, by: str, look: Look) -> str | None:
    amounts = {row[by]: float(row["amount"]) for row in result.frame.iter_rows(named=True)}
    if not amounts:
        return None
    first, last = amounts.pop(START), amounts.pop(END)
    counts = dict(result.frame.select(by, "customers").iter_rows()) if by == "buying" else {}

    def name(key: str) -> str:
        said = look.words(f"value.{by}.{key}")
        return f"{said} ({numbers.exact(counts[key], 'count', look.lang)})" if counts.get(key) is not None else said

    return _sentence(first, last, amounts, "money", name, look)


def kinds(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - same shape as other lists
    """Customers as a list, without the columns that say nothing."""
    return frame.select("customer", "buying", "amount_then", "amount_now", "change", "first_on")


def who_stopped(result: Result, look: Look, *, sees_all: bool = True) -> str | None:
    """How many regular customers have stopped ordering, and the largest; of a row scope, within it."""
    if result.frame.is_empty():
        return None
    first = result.frame.row(0, named=True)
    days = numbers.written(first["days_since"], "days", look.lang)
    return look.words(
        f"question.{lapsed_name(sees_all=sees_all)}_found", count=result.frame.height, customer=first["customer"],
        days=days, pause=numbers.written(first["longest_pause"], "days", look.lang), least=buyers.LEAST_ORDERS,
    )  # fmt: skip


def lapsed_name(*, sees_all: bool) -> str:
    """The texts of the list: others may still sell to whom a viewer with a row scope sees as stopped."""
    return "lapsed" if sees_all else "lapsed_own"


# -------------------------------------------------------------------------------------------------------------- shared


def _level(result: Result, at: str, amount: float, unit: str, look: Look, mark: str | None, beside: str = "") -> Bar:
    """The bar of one of both spans, by the name of its days; of an unfinished one, of those gone by."""
    text = numbers.written(amount, unit, look.lang, look.currency)
    days, short = _days(result, at, look.lang)
    name = look.words(f"value.driver.{at}") if look.is_narrow else short
    shown = text if look.is_narrow or not beside else f"{text} · {beside}"
    exact = numbers.exact(amount, unit, look.lang, look.currency)
    return Bar(name, amount, shown, str(look.palette.neutral), mark, (days, exact), is_level=True)


def _days(result: Result, at: str, lang: str) -> tuple[str, str]:
    """The days of one of both spans: as people say them, and as they fit beside the chart, both spans alike."""
    view = result.query.view
    span = (view.period if at == END else view.before) if view else None
    if view is None or span is None:
        return "", ""
    ends = [one for one in (span, view.period, view.before) if one]
    counted = [replace(one, to_on=max(min(one.to_on, view.as_of), one.from_on)) for one in ends]
    said, *both = [period_name(one, lang) for one in counted]
    fits = all(shorten(name) == literal(name) for name in both)
    return said, said if fits else f"{counted[0].from_on} – {counted[0].to_on}"


def _signed(amount: float, unit: str, look: Look) -> str:
    return ("+" if amount > 0 else "") + numbers.written(amount, unit, look.lang, look.currency)


def _colour(amount: float, look: Look) -> str:
    return str(look.palette.good if amount >= 0 else look.palette.bad)


def _sentence(
    first: float, last: float, amounts: Mapping[str, float], unit: str, name: Callable[[str], str], look: Look
) -> str | None:
    """The change, what brought most of it, and what worked most against it."""
    delta = last - first
    along = {key: amount for key, amount in amounts.items() if amount * delta > 0}
    against = {key: amount for key, amount in amounts.items() if amount * delta < 0}
    if not along:
        return look.words("question.drivers_still", now=numbers.written(last, unit, look.lang, look.currency))
    most = max(along, key=lambda key: abs(along[key]))
    said = look.words(
        f"question.drivers_{'rose' if delta > 0 else 'fell'}", change=numbers.change(last, first, unit, look.lang),
        delta=numbers.written(abs(delta), unit, look.lang, look.currency), most=name(most),
        amount=_signed(along[most], unit, look),
    )  # fmt: skip
    if not against:
        return said
    other = max(against, key=lambda key: abs(against[key]))
    return said + look.words("question.drivers_against", other=name(other), amount=_signed(against[other], unit, look))
