"""The product to offer to a customer next, with its reason, and whether such offers would have been right before.

Customers are looked at on an earlier day: who had bought A (and B) in the year before it, and not C; how many of them
bought C in the days since, and how many of all who buy as much (metrics/bought_next.py)? A customer is offered what, of
all products not bought within the year and still sold, has the largest share of buyers among those who do not have it,
times the best rule that fits the customer. Where no rule fits this is simply the most popular product. The worth of an
offer is the share of buyers times what they usually spend on it (the median of those who bought it anew).

Whether rules are worth it is asked of the past: rules learned from days before the earlier day are applied on it, and
what was bought since says who was right, rules or the most popular product. Where rules do not hit more often beyond
chance, or fewer than LEAST_JUDGED customers can be judged, the most popular product is all that is suggested.

Source: Q. McNemar (1947), Psychometrika 12:153–157 (two methods on the same customers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from math import erfc, sqrt
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from metrics.bought_next import LEAST_BOUGHT, Flags, Floats, Learned, Places, Rule, State, learn, ranked
from metrics.intervals import wilson
from metrics.life import SILENT
from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.view import View
from metrics.worked_out import Asked

YEAR, WITHIN = 365, 180
"""What a customer has is what was bought in so many days; what is looked for is bought within so many."""
SPANS = (30, 90, 180)
"""Days that may be looked ahead."""
LEAST_KNOWN = 90
"""Days of record before the earliest day that is looked from."""
MOST_PRODUCTS = 50
"""The products that most customers have, which are looked at."""
MOST_LISTED = 10_000
"""Customers listed, those with the largest expected amounts."""
TOPS, LEAST_JUDGED = (1, 3), 30
"""In the look at the past: offers of which one must hit, and customers that it must judge for a verdict."""
METHODS = ("rules", "popular")
"""What is offered by in the look at the past: rules, or the most popular product alone."""
_BITS = 50
_RULE: dict[str, Any] = {
    **dict.fromkeys(("because", "because_too", "offer"), pl.String),
    **dict.fromkeys(("such_customers", "bought"), pl.Int64),
    **dict.fromkeys(("share", "share.low", "share.high", "share_of_all", "times"), pl.Float64),
}
_RULES = {**_RULE, "is_beyond_chance": pl.Boolean}
_AMOUNTS = {"expected_share": "share", **dict.fromkeys(("usual_amount", "expected_amount", "year_amount"), "money")}
_OFFERS = {"customer": pl.String, **_RULE, **dict.fromkeys(_AMOUNTS, pl.Float64)}
_PAST: dict[str, Any] = {
    "method": pl.String, **dict.fromkeys(("offers", "customers", "hits"), pl.Int64),
    **dict.fromkeys(("hit_rate", "hit_rate.low", "hit_rate.high"), pl.Float64), "is_beyond_chance": pl.Boolean,
}  # fmt: skip
_HAD = (
    "select held.customer_key from held join kept on kept.product_key = held.product_key"
    " where held.has_then = 1 and kept.product ="
)
_BOUGHT = (
    "population.product = $at_offer and population.sold_on > $then"
    f" and population.customer_key in ({_HAD} $at_because)"
    f" and (cast($at_because_too as varchar) is null or population.customer_key in ({_HAD} $at_because_too))"
    f" and population.customer_key not in ({_HAD} $at_offer)"
)


def longest(begun: date | None, day: date) -> int:
    """The longest of SPANS for which the record suffices on a day; WITHIN where it does for none, as the answer says.

    Args:
        begun: the first day of the record. day: from which it is looked.
    """
    known = (day - begun).days if begun else 0
    return max((one for one in SPANS if 2 * one + LEAST_KNOWN <= known), default=WITHIN)


def begun() -> Query:
    """The first day of the record that offers are learned from, `begun_on`: order lines, or without any deals won."""
    return from_file("sold_since")


def next_product(view: View, within: int = WITHIN) -> Query:
    """What to offer to each customer, the largest expected amount first.

    Columns: `customer`, `because`, `because_too` (what the customer has that speaks for it; null: most popular),
    `offer`; of the customers who had that on the earlier day and not the offer, `such_customers`, how many `bought` it
    since, as a `share` with `.low .high`; `share_of_all` (of customers who buy as much), `times` as often;
    `expected_share` (the latter drawn towards once) of `usual_amount` (what those who bought it anew spent, median) is
    `expected_amount`; `year_amount` (in the last year, without returns; of equal expected amounts the largest first).
    `rows("offer", customer=…)` are the customer's purchases of the last year.

    Args:
        view: its last day; filters choose customers with a purchase in that year, not what rules are learned from.
        within: days that are looked ahead.
    """
    columns = (
        Column("customer", "by"), Column("rep_key", "detail"),
        Column("offer", "value", where="population.sold_on >= $year_from"),
        *_numbers(), *(Column(name, "value", unit=unit) for name, unit in _AMOUNTS.items()),
    )  # fmt: skip
    return replace(_asked(view, within), columns=columns, by=("customer",), finish="next_product")


def next_rules(view: View, within: int = WITHIN) -> Query:
    """What goes with what over time: of whom had one product, how many bought another, against all who buy as much.

    Columns as of `next_product`, by `because`, `because_too`, `offer`; `is_beyond_chance`. First those beyond chance.
    `rows("bought", …)` are the purchases of the offer by those who bought it.
    """
    by = ("because", "because_too", "offer")
    columns = (
        *(Column(name, "by") for name in by), Column("rep_key", "detail"),
        *_numbers(), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(_asked(view, within), columns=columns, by=by, finish="next_rules")


def next_past(view: View, within: int = WITHIN) -> Query:
    """How often offers made on an earlier day, with what was known then, would have been bought since.

    One row per `method` (rules, popular) and number of `offers`: `customers`, `hits` (bought one of them), `hit_rate`
    with `.low .high`, `is_beyond_chance` (of rules: they hit more often than the most popular product; null where fewer
    than LEAST_JUDGED were judged).
    `rows("hit_rate", method=…, offers=…)` are the customers judged (metrics/next_judged.py).
    """
    columns = (
        *(Column(name, "value", unit="count") for name in ("offers", "customers", "hits")),
        Column("hit_rate", "value", unit="share"), *(Column(f"hit_rate.{end}", end, unit="share") for end in _ENDS),
        Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(_asked(view, within), columns=columns, finish="next_past")


_ENDS: tuple[Any, ...] = ("low", "high")


def _numbers() -> tuple[Column, ...]:
    return (
        Column("such_customers", "value", unit="count"), Column("bought", "value", unit="count", where=_BOUGHT),
        Column("share", "value", unit="share"), *(Column(f"share.{end}", end, unit="share") for end in _ENDS),
        Column("share_of_all", "value", unit="share"), Column("times", "value", unit="number"),
    )  # fmt: skip


def _asked(view: View, within: int) -> Query:
    day = view.at
    then, before = day - timedelta(days=within), day - timedelta(days=2 * within)
    year = timedelta(days=YEAR - 1)
    return from_file(
        "next_product", view, day=day, then=then, before=before, year_from=day - year, then_from=then - year,
        before_from=before - year, most_products=MOST_PRODUCTS,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ looking


class Read(NamedTuple):
    """The answer of the file: products (a row each), customers' names and whether they are listed, and their states."""

    products: pl.DataFrame
    customers: pl.DataFrame
    now: State
    then: State
    before: State


def read_from(query: Query, raw: pl.DataFrame, notes: list[Note]) -> Read | None:
    """What the answer of the file says; None, with the reason, where it is too little to learn from and look back."""
    products = raw.filter(pl.col("place").is_not_null()).sort("place")
    given = dict(query.params)
    before, begun = given["before"], products.get_column("begun_on").min()
    if products.height < 2 or not isinstance(begun, date) or not isinstance(before, date):
        notes.append(note("next_no_products", count=products.height))
        return None
    if not products.get_column("order_lines").max():
        notes.append(note("sold_by_deals"))
    known = (before - begun).days
    if known < LEAST_KNOWN:
        day = given["day"]
        days = (day - begun).days if isinstance(day, date) else 0
        notes.append(note("next_short", count=days, least=days - known + LEAST_KNOWN))
        return None
    if products.get_column("is_now").sum() == MOST_PRODUCTS:
        notes.append(note("next_most", count=MOST_PRODUCTS))
    customers = raw.filter(pl.col("place").is_null()).sort("customer", nulls_last=True)
    flags = {
        name: _flags(customers, name, products.height)
        for name in ("has_now", "got_then", "has_then", "got_before", "has_before")
    }
    lines = {name: customers.get_column(f"lines_{name}").to_numpy() for name in ("now", "then", "before")}
    nothing = np.zeros_like(flags["has_now"])
    return Read(
        products, customers, State(flags["has_now"], lines["now"], nothing),
        State(flags["has_then"], lines["then"], flags["got_then"]),
        State(flags["has_before"], lines["before"], flags["got_before"]),
    )  # fmt: skip


def _flags(customers: pl.DataFrame, name: str, products: int) -> Flags:
    """Customers × products, from the bits of two numbers."""
    parts = []
    for at in range(-(-products // _BITS)):
        whole = customers.get_column(f"{name}_{at + 1}").cast(pl.Int64).to_numpy()
        parts.append((whole[:, None] >> np.arange(min(_BITS, products - at * _BITS))) & 1 > 0)
    return np.hstack(parts)


def _offered(products: pl.DataFrame, query: Query, name: str, day_name: str, is_in: str) -> Flags:
    """Products that may be offered on a day: among the most bought then, and sold in the last SILENT days."""
    day = dict(query.params)[day_name]
    recent = pl.lit(day).cast(pl.Date) - pl.col(name) < pl.duration(days=SILENT)
    return products.select((recent & pl.col(is_in)).fill_null(value=False)).to_series().to_numpy()


class Past(NamedTuple):
    """What the look at the past found.

    Attributes:
        asked: positions of the customers who were judged. known: positions of the products that were looked at.
        learned: of the days before. made: by method what each was offered (judged × most of TOPS), as of `ranked`.
        hits: by method which of these were bought since. state: what the judged had, and got.
    """

    asked: Places
    known: Places
    learned: Learned
    made: dict[str, tuple[Places, Places, Floats]]
    hits: dict[str, Flags]
    state: State

    def right(self, method: str, top: int) -> Flags:
        """Who bought one of the first `top` offers."""
        return np.asarray(self.hits[method][:, :top].any(axis=1))

    def is_better(self, top: int) -> bool | None:
        """Whether rules hit more often, with so many offers; None where too few were judged to say."""
        is_enough = self.asked.size >= LEAST_JUDGED
        return _hits_more(self.right("rules", top), self.right("popular", top)) if is_enough else None


def looked_back(query: Query, read: Read) -> Past:
    """Offers on the earlier day by what was learned before it, against what was bought since.

    Only products that were among the most bought then, in their order of then: what sells best today was not known.
    """
    known = read.products.with_row_index("at").filter("is_then").sort("rank_then").get_column("at").to_numpy()
    offered = _offered(read.products, query, "sold_then_on", "then", "is_then")[known]
    then, learned = read.then.of(known), learn(read.before.of(known))
    asked = np.flatnonzero((then.lines > 0) & (offered & (learned.bought >= LEAST_BOUGHT) & ~then.has).any(axis=1))
    state = State(then.has[asked], then.lines[asked], then.got[asked])
    made, hits = {}, {}
    for method, by in (("rules", learned), ("popular", learned._replace(rules=[]))):
        made[method] = products, _, share = ranked(by, state.has, offered, max(TOPS))
        hits[method] = np.take_along_axis(state.got, products, axis=1) & (share > 0)
    return Past(asked, known, learned, made, hits, state)


def _hits_more(one: Flags, other: Flags) -> bool:
    """Whether one method hits more often than the other on the same customers, beyond chance (McNemar)."""
    only, only_other = int((one & ~other).sum()), int((other & ~one).sum())
    if only <= only_other:
        return False
    return erfc((only - only_other - 1) / sqrt(only + only_other) / sqrt(2)) < 0.05


# ---------------------------------------------------------------------------------------------------------- finishing


class _Found(NamedTuple):
    """All that is worked out of one answer: three faces look at it. `few`: the note that too few could be judged."""

    notes: tuple[Note, ...]
    past: pl.DataFrame
    rules: pl.DataFrame
    offers: pl.DataFrame
    is_better: bool
    few: tuple[Note, ...] = ()


@lru_cache(maxsize=2)
def _found(asked: Asked) -> _Found:
    notes: list[Note] = []
    found = read_from(asked.query, asked.frame, notes)
    if found is None:
        past, rules, offers = (pl.DataFrame(schema=schema) for schema in (_PAST, _RULES, _OFFERS))
        return _Found(tuple(notes), past, rules, offers, is_better=False)
    back, learned = looked_back(asked.query, found), learn(found.then)
    offered = _offered(found.products, asked.query, "sold_on", "day", "is_now")
    is_better = bool(back.is_better(1))
    is_few = back.asked.size < LEAST_JUDGED
    by = learned if is_better else learned._replace(rules=[])
    return _Found(
        tuple(notes), _past_told(back), _rules_told(learned, offered, found), _offers(by, offered, found), is_better,
        (note("next_few", count=back.asked.size, least=LEAST_JUDGED),) if is_few else (),
    )  # fmt: skip


def finished_past(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Both methods, for one offer and for three."""
    found = _found(Asked(query, frames[0]))
    notes += (*found.notes, *found.few)
    return found.past


def finished_rules(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Rules with enough customers about products that are still sold; those beyond chance first."""
    found = _found(Asked(query, frames[0]))
    notes += found.notes
    return found.rules


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Customers with their best offer; by rules only where rules have hit more often than the most popular product."""
    found = _found(Asked(query, frames[0]))
    notes += found.notes
    if found.offers.height and not found.is_better:
        notes += found.few or (note("next_popular"),)
    if found.offers.height > MOST_LISTED:
        notes.append(note("next_listed", count=MOST_LISTED, of=found.offers.height))
    return found.offers.head(MOST_LISTED)


def _past_told(past: Past) -> pl.DataFrame:
    if not past.asked.size:
        return pl.DataFrame(schema=_PAST)
    rows = [
        (method, top, past.asked.size, int(past.right(method, top).sum()), None, None, None,
         past.is_better(top) if method == "rules" else None)
        for top in TOPS for method in METHODS
    ]  # fmt: skip
    low, high = wilson(pl.col("hits"), pl.col("customers"))
    ends = {"hit_rate": pl.col("hits") / pl.col("customers"), "hit_rate.low": low, "hit_rate.high": high}
    return pl.DataFrame(rows, schema=_PAST, orient="row").with_columns(**ends)


def _rules_told(learned: Learned, offered: Flags, read: Read) -> pl.DataFrame:
    rules = [rule for rule in learned.rules if offered[rule.offer] and rule.bought >= LEAST_BOUGHT]
    rules.sort(key=lambda rule: (not rule.stands, -rule.factor, rule.because, rule.offer))
    stands = pl.Series("is_beyond_chance", [rule.stands for rule in rules], pl.Boolean)
    return _told(rules, read.products.get_column("product").to_list()).with_columns(stands)


def _told(rules: Sequence[Rule], names: Sequence[str]) -> pl.DataFrame:
    """Rules with their products by name and their shares."""
    rows = []
    for rule in rules:
        because = [names[at] for at in rule.because]
        too = because[1] if len(because) > 1 else None
        first = because[0] if because else None
        expected = rule.expected / rule.such if first else None
        times = rule.bought / rule.expected if first and rule.expected else None
        share = rule.bought / rule.such
        rows.append((first, too, names[rule.offer], rule.such, rule.bought, share, None, None, expected, times))
    low, high = wilson(pl.col("bought"), pl.col("such_customers"))
    return pl.DataFrame(rows, schema=_RULE, orient="row").with_columns(**{"share.low": low, "share.high": high})


def _alone(learned: Learned) -> list[Rule]:
    """Each product by itself, as a rule without a reason."""
    return [
        Rule((), at, round(lacking), round(bought), bought, stands=False)
        for at, (lacking, bought) in enumerate(zip(learned.lacking, learned.bought, strict=True))
    ]


def reasons(learned: Learned, names: Sequence[str]) -> pl.DataFrame:
    """Why something is offered, in the columns of rules: a row for each rule, then one for each product by itself."""
    return _told([*learned.rules, *(one._replace(such=max(one.such, 1)) for one in _alone(learned))], names)


def reason_of(learned: Learned, products: Places, by: Places) -> Places:
    """The rows of `reasons` that speak for offers of `products` by rules `by`, as `ranked` gives them."""
    return np.where(by >= 0, by, len(learned.rules) + products)


def _offers(learned: Learned, offered: Flags, read: Read) -> pl.DataFrame:
    """Each customer with the best offer, the largest expected amount first."""
    is_listed = read.customers.get_column("is_chosen").to_numpy() & (read.now.lines > 0)
    has = read.now.has[is_listed]
    best, rule_of, scores = ranked(learned, has, offered, 1)
    products, by, score = best[:, 0], rule_of[:, 0], scores[:, 0]
    names = read.products.get_column("product").to_list()
    at = reason_of(learned, products, by)
    worth = np.array([rule.factor * rule.expected / max(rule.such, 1) for rule in (*learned.rules, *_alone(learned))])
    usual = read.products.get_column("usual_amount").gather(products)
    frame = pl.concat([
        read.customers.filter(is_listed).select("customer", "year_amount"), reasons(learned, names)[at],
        pl.DataFrame({"usual_amount": usual, "expected_share": worth[at].clip(0, 1), "score": score}),
    ], how="horizontal").with_columns(expected_amount=pl.col("usual_amount") * pl.col("expected_share"))  # fmt: skip
    frame = frame.filter((pl.col("score") > 0) & pl.col("customer").is_not_null()).select(*_OFFERS)
    return frame.sort("expected_amount", "year_amount", "customer", descending=[True, True, False], nulls_last=True)
