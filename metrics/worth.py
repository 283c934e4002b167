"""Who is worth it: whether each customer still buys, how often it will, and what that is worth (BG/NBD, gamma–gamma).

For customers without a contract who buy again and again: all orders of a day are one purchase, in weeks since the
first. The models are fitted to all customers that the viewer may see; filters choose who is listed. Purchases of nought
count, as in the published treatment. What a purchase is worth is told by the repeat ones, returns taken off.

As many weeks as are looked ahead are looked back first: the models are fitted to what was known then, and hold where

    all customers together bought since within MOST_OFF of what was expected, and
    by how often they had bought again (0, 1 … 6, 7 and more) the differences add up to at most MOST_OFF_BY_CLASS, and
    of classes of LEAST_IN_CLASS or more who had bought again, none is off by more than MOST_OFF_IN_CLASS beyond
    chance: heavy buyers, who make most purchases, would hide the others.

Else nothing is said of single customers; nor where fewer than LEAST_REPEATERS had bought again by then, where the
record before is shorter than those weeks or LEAST_WEEKS, or where the likelihood has no peak or by it nobody ever stops
(metrics/worth_fit.py). A verdict is of one horizon: what holds over a quarter may not over a year.

Whoever has a contract running on the day may be silent and stay: they are set apart, neither fitted nor judged (in the
look back those who had one then). Where they brought more than MOST_IN_CONTRACT of the money, nothing is said of
anybody.

    alive      contract: one is running; once: bought once, of which the model knows nothing; lost: P(alive) under
               LOST; alive: from ALIVE on; unsure: between
    worth      by what they brought so far, the most first: high brought the first half of all money, middle the next
               30 %, low the rest

The value is that of the weeks ahead, discounted to today: ∫ e^(−δs) dE(s) of purchases × what one is worth.

Sources: those of metrics/bgnbd.py and metrics/gamma_gamma.py; P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), RFM
and CLV: using iso-value curves for customer base analysis, J. Marketing Research 42:415–430.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from metrics.errors import NoSuchColumn, nearest
from metrics.held import remembered
from metrics.intervals import Z
from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.view import View
from metrics.worth_fit import ALIVE, CLASSES, LOST, STATES, WORTH, Fit, fit, log_odds, under_contract

HORIZONS = (13, 26, 52)
"""Weeks ahead: a quarter, half a year, a year."""
DISCOUNT = 0.1
"""A year, where none is named."""
MOST = 500
"""Customers that a list shows."""
PARAMETERS = ("r", "alpha", "a", "b", "p", "q", "gamma")
_PARAMETERS_OF_ALIVE = PARAMETERS[:4]
_MONEY = ("brought_so_far", "value_each", "value_ahead")
_LIST: dict[str, Any] = {
    **dict.fromkeys(("customer", "tier", "rep", "worth", "alive"), pl.String),
    "chance_alive": pl.Float64, "expected_purchases": pl.Float64, "value_each": pl.Float64, "value_ahead": pl.Float64,
    "purchases": pl.Int64, "last_on": pl.Date, "brought_so_far": pl.Float64,
}  # fmt: skip
_BANDS: dict[str, Any] = {
    "worth": pl.String, "alive": pl.String, "customers": pl.Int64,
    **dict.fromkeys(("brought_so_far", "expected_purchases", "value_ahead", "amount_from", "amount_under"), pl.Float64),
    **dict.fromkeys(_PARAMETERS_OF_ALIVE, pl.Float64),
}  # fmt: skip


def _asked(view: View, horizon: int, discount: float, finish: str, *, named: bool = False) -> Query:
    day = view.at
    asked = from_file("worth", view, day=day, until=day - timedelta(weeks=horizon), discount=discount)
    others = [from_file("worth_chosen", view, day=day)] if view.is_filtered else []
    others += [from_file("worth_names", view)] if named else []
    return replace(asked, others=tuple(others), finish=finish)


def worth(view: View, horizon: int = HORIZONS[0], discount: float = DISCOUNT) -> Query:
    """The customers of the largest value in the weeks ahead, at most MOST, who have no contract.

    Columns: `customer`, `tier`, `rep` (who owns the account), `worth`, `alive` (bands), `chance_alive`,
    `expected_purchases`, `value_each` (what one is worth), `value_ahead` (of the weeks ahead, discounted),
    `purchases`, `last_on`, `brought_so_far`. Notes say how the fit held, or why there are no rows.
    `rows(customer=…)` are all the order lines of a customer.

    Args:
        view: its day and filters. horizon: weeks. discount: of a year, 0.1 for 10 %.
    """
    return _listing(view, horizon, discount, "worth")


def lost(view: View, horizon: int = HORIZONS[0], discount: float = DISCOUNT) -> Query:
    """Customers of high or middle worth who are likely lost, those first who brought most; else as `worth`."""
    return _listing(view, horizon, discount, "worth_lost")


def _listing(view: View, horizon: int, discount: float, finish: str) -> Query:
    columns = (
        Column("customer", "by"),
        *(Column(name, "detail") for name in ("rep_key", "product_key")),
        Column("chance_alive", "value", unit="share"),
        Column("expected_purchases", "value", unit="number"),
        *(Column(name, "value", unit="money") for name in _MONEY),
        Column("purchases", "value", unit="count"),
    )
    return replace(_asked(view, horizon, discount, finish, named=True), columns=columns, by=("customer",))


def bands(view: View, horizon: int = HORIZONS[0], discount: float = DISCOUNT) -> Query:
    """How many customers are of each band of worth and state, and their money: each customer in one.

    Columns: `worth`, `alive`, `customers`, `brought_so_far`, `expected_purchases`, `value_ahead`; and what the rows
    behind are found by: the parameters of P(alive), `amount_from` and `amount_under` (what somebody in it brought).
    `rows("customers", **row)`, with all of these of one row, are its customers.
    """
    columns = (
        *(Column(name, "by") for name in ("worth", "alive")),
        Column("customers", "value", unit="count"),
        *(Column(name, "value", unit="money") for name in ("brought_so_far", "value_ahead")),
        Column("expected_purchases", "value", unit="number"),
    )
    return replace(_asked(view, horizon, discount, "worth_bands"), columns=columns, by=("worth", "alive"))


def check(view: View, horizon: int = HORIZONS[0], discount: float = DISCOUNT) -> Query:
    """What was expected of customers as many weeks ago as are looked ahead, and what came, by how often they bought.

    Columns: `repeats` (repeat purchases by then; CLASSES: that and more), `customers`, `foreseen`, `made` (purchases
    since), `foreseen_each`, `made_each` with `.low .high`. All in scope who had no contract then, whatever the filters.
    `rows("customers", repeats=…)` are the customers of a class.
    """
    columns = (
        Column("repeats", "by"),
        Column("customers", "value", unit="count"),
        *(Column(name, "value", unit="number") for name in ("foreseen", "made", "foreseen_each", "made_each")),
        Column("made_each.low", "low"),
        Column("made_each.high", "high"),
    )
    return replace(_asked(view, horizon, discount, "worth_check"), columns=columns, by=("repeats",))


def parameters(view: View, horizon: int = HORIZONS[0], discount: float = DISCOUNT) -> Query:
    """The parameters of both models with their intervals at 95 % (of their logarithms), one below the other."""
    columns = (
        Column("parameter", "by"), Column("fitted", "value", unit="number"), Column("fitted.low", "low"),
        Column("fitted.high", "high"),
    )  # fmt: skip
    return replace(_asked(view, horizon, discount, "worth_parameters"), columns=columns, by=("parameter",))


def contracted(view: View) -> Query:
    """What customers with a contract running on the view's day brought, and the others: whether to fit anything.

    Columns: `in_contract` (0 or 1), `customers`, `brought` (by the day, net, no less than 0 of each); of all in scope,
    whatever the filters; without rows where nobody has a contract. The note `worth_contracts` says that they brought
    too much for the model, `worth_in_contract` that they brought less. `rows("customers", in_contract=1)` are those.
    """
    columns = (
        Column("in_contract", "by"), Column("customers", "value", unit="count"),
        Column("brought", "value", unit="money"),
    )  # fmt: skip
    asked = from_file("worth_contracts", view, day=view.at)
    return replace(asked, columns=columns, by=("in_contract",), finish="worth_contracts")


# --------------------------------------------------------------------------------------------------------------- rows

_OF_BAND = """
select customers.customer, histories.purchases, histories.first_on, histories.last_on, histories.amount
from histories
join customers on customers.customer_key = histories.customer_key{chosen}
where histories.purchases > 0 and histories.amount >= $at_from and histories.amount < $at_under
    and histories.in_contract = {contract} and {state}
order by histories.amount desc, customers.customer"""
_OF_CLASS = """
select
    customers.customer, histories.purchases_then - 1 as repeats,
    histories.purchases - histories.purchases_then as made, histories.first_on, histories.last_then
from histories
join customers on customers.customer_key = histories.customer_key
where histories.in_contract_then = 0 and {which}
order by histories.purchases - histories.purchases_then desc, customers.customer"""
_CHOSEN = """
join (select distinct order_lines.customer_key from order_lines where order_lines.ordered_on <= $day) as chosen
    on chosen.customer_key = histories.customer_key"""
_LOG_ODDS = """
ln(cast($at_a as double)) - ln($at_b + histories.purchases - 2) + ($at_r + histories.purchases - 1) * (
    ln($at_alpha + cast(date_diff('day', histories.first_on, cast($day as date)) as double) / 7)
    - ln($at_alpha + cast(date_diff('day', histories.first_on, histories.last_on) as double) / 7))"""
"""Of being gone."""


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The customers of a band or of a class, told by SQL as the model tells them."""
    if query.finish == "worth_check":
        answer, values = _class(at)
    elif query.finish == "worth_bands":
        answer, values = _band(query, at)
    else:
        answer, values = "select histories.* from histories", {}
    if column is not None and column not in (known := [one.name for one in query.columns]):
        raise NoSuchColumn(name=column, suggestion=nearest(column, known))
    from metrics.query import used

    sql = " ".join([*(step.sql for step in query.steps), answer])
    tables = dict.fromkeys([*query.tables, *(["order_lines"] if "order_lines" in answer else [])])
    return replace(
        query, answer=answer, params=used(sql, {**dict(query.params), **values}), tables=tuple(tables), others=(),
        finish="plain", columns=(), by=(),
    )  # fmt: skip


def _class(at: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    if "repeats" not in at:
        return _OF_CLASS.format(which="histories.purchases_then > 0"), {}
    sign = ">=" if at["repeats"] == CLASSES else "="
    return _OF_CLASS.format(which=f"histories.purchases_then - 1 {sign} $at_repeats"), {"at_repeats": at["repeats"]}


def _band(query: Query, at: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    needed = (*_PARAMETERS_OF_ALIVE, "amount_from", "amount_under", "alive")
    if missing := [name for name in needed if name not in at]:
        raise NoSuchColumn(name=missing[0], suggestion=None)
    is_filtered = query.view is not None and query.view.is_filtered
    again, few, many = "histories.purchases > 1", -log_odds(ALIVE), -log_odds(LOST)
    lines = {
        "contract": "histories.purchases > 0",
        "once": "histories.purchases = 1",
        "alive": f"{again} and {_LOG_ODDS} <= {few!r}",
        "unsure": f"{again} and {_LOG_ODDS} > {few!r} and {_LOG_ODDS} <= {many!r}",
        "lost": f"{again} and {_LOG_ODDS} > {many!r}",
    }
    state = str(at["alive"])
    if state not in lines:
        raise NoSuchColumn(name=state, suggestion=nearest(state, lines))
    values = {f"at_{name}": at[name] for name in _PARAMETERS_OF_ALIVE}
    chosen, contract = _CHOSEN if is_filtered else "", int(state == "contract")
    answer = _OF_BAND.format(chosen=chosen, contract=contract, state=lines[state])
    return answer, values | {"at_from": at["amount_from"], "at_under": at["amount_under"]}


# ---------------------------------------------------------------------------------------------------------- finishing


def _fitted(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> tuple[Fit, pl.DataFrame]:
    """The fit, and the customers that are chosen, named where the question asks for names."""
    given = dict(query.params)
    day, until, discount = given["day"], given["until"], given["discount"]
    if not (isinstance(day, date) and isinstance(until, date) and isinstance(discount, float)):
        msg = "a question of worth has two days and a discount"
        raise TypeError(msg)
    found = fit(frames[0], day, until, discount)
    notes += found.notes
    customers = found.customers
    for other in frames[1:]:
        if other.columns == ["customer_key"]:
            customers = customers.join(other, on="customer_key", how="semi", maintain_order="left")
    return found, customers


def finished_list(
    query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], by: str = "value_ahead"
) -> pl.DataFrame:
    """The first customers by value; or of those likely lost, who brought something, by what they brought."""
    fitting, customers = _fitted(query, frames, notes)
    if fitting.reason is not None:
        return pl.DataFrame(schema=_LIST)
    customers = customers.filter(pl.col("alive") != "contract")
    if by == "brought_so_far":
        customers = customers.filter((pl.col("alive") == "lost") & (pl.col("worth") != "low"))
    elif customers.get_column("value_ahead").null_count() == customers.height:
        by = "expected_purchases"
    if customers.height > MOST:
        notes.append(note("worth_first", most=MOST, count=customers.height))
    first = customers.top_k(MOST, by=[by, "customer_key"])
    named = first.join(frames[-1], on="customer_key", how="left")
    shown = named.select(pl.col(name).cast(kind) for name, kind in _LIST.items())
    return shown.sort(by, "customer", descending=[True, False], nulls_last=True)


def finished_lost(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Those likely lost."""
    return finished_list(query, frames, notes, by="brought_so_far")


def finished_bands(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every band of worth and state that somebody is in."""
    fitting, customers = _fitted(query, frames, notes)
    if fitting.reason is not None:
        return pl.DataFrame(schema=_BANDS)
    kept = {name: getattr(fitting.model, name, None) for name in _PARAMETERS_OF_ALIVE}
    found = customers.group_by("worth", "alive").agg(
        customers=pl.len().cast(pl.Int64), brought_so_far=pl.col("brought_so_far").sum(),
        **{name: pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum())
           for name in ("expected_purchases", "value_ahead")},
    )  # fmt: skip
    ends = _ends(fitting.customers)
    return (
        found.sort("worth", "alive")
        .with_columns(
            pl.col("worth").cast(pl.String).replace_strict({k: v[0] for k, v in ends.items()}, default=None)
            .cast(pl.Float64).alias("amount_from"),
            pl.col("worth").cast(pl.String).replace_strict({k: v[1] for k, v in ends.items()}, default=None)
            .cast(pl.Float64).alias("amount_under"),
            pl.col("worth", "alive").cast(pl.String),
            *(pl.lit(value, pl.Float64).alias(name) for name, value in kept.items()),
        )
    )  # fmt: skip


def _ends(customers: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """From what amount on a customer is of each band, and under what; the amounts of two bands never meet."""
    least: dict[str, float] = {}
    for band in WORTH:
        lowest = customers.filter(pl.col("worth") == band).get_column("brought_so_far").min()
        least[band] = float(lowest) if isinstance(lowest, float) else np.inf  # nobody is in it
    high, middle = least["high"], min(least["high"], least["middle"])
    return {"high": (high, 1e300), "middle": (middle, high), "low": (-1e300, middle)}


def finished_check(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The classes, whether the fit holds or not."""
    return _fitted(query, frames, notes)[0].check


def finished_parameters(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Both models' parameters; an interval where the likelihood has a peak."""
    found = _fitted(query, frames, notes)[0]
    told: list[tuple[str, float, float | None, float | None]] = []
    for model, names in ((found.model, PARAMETERS[:4]), (found.spend, PARAMETERS[4:])):
        if model is not None:
            for place, name in enumerate(names):
                value, error = float(getattr(model, name)), model.errors[place] if model.errors else None
                factor = float(np.exp(min(Z * error, 700))) if error is not None else None
                told.append((name, value, value / factor if factor else None, value * factor if factor else None))
    schema = {"parameter": pl.String, **dict.fromkeys(("fitted", "fitted.low", "fitted.high"), pl.Float64)}
    return pl.DataFrame(told, schema, orient="row")


def finished_contracts(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001
    """Both kinds of customers, and what it means for the model."""
    frame = frames[0]
    own = frame.filter(pl.col("in_contract") == 1)
    sums = [float(one.get_column(name).sum()) for one in (own, frame) for name in ("customers", "brought")]
    said = under_contract(int(sums[0]), int(sums[2]), sums[1], sums[3])
    notes += [said] if said else []
    return frame


FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "worth": remembered(finished_list),
    "worth_bands": remembered(finished_bands),
    "worth_check": finished_check,
    "worth_contracts": finished_contracts,
    "worth_lost": remembered(finished_lost),
    "worth_parameters": finished_parameters,
}
"""By the name that a question gives its finish (metrics/finish.py)."""
QUESTIONS = {"ranking": worth, "lost": lost, "bands": bands, "check": check, "parameters": parameters}

__all__ = ["FINISHES", "STATES", "WORTH", "bands", "check", "contracted", "lost", "parameters", "rows", "worth"]
