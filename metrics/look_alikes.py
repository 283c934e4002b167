"""Who looks like the best customers: which traits those share beyond chance, and who else has them.

The best are the fifth of the customers who bought in the last year that bought most. A trait (industry, region, size,
tier, first source) is evidence where customers with it are among the best more or less often than customers with
another known value, beyond chance, all values of all traits counted (Benjamini and Hochberg); at least LEAST_WITH
customers must have it. Lift is the share of the best among those with the trait ÷ the share among all of whom the trait
is known, with its interval at 95 %.

What a trait counts for are its points: its weight of evidence, ln(odds of being among the best with it ÷ odds of all
of whom the trait is known), drawn towards 0 by STRENGTH customers like all (Good 1950). Two traits that go together
must not count twice: a logistic regression on the weights of all traits says how much of each is its own (a factor of 0
to 1 for each; customers of whom a trait is unknown have a term of their own there, which nobody's score holds). A score
is the sum of the points of what somebody has, and nothing else; e to the power of it is how many times the odds are.
From LEAST_SCORE on (odds of one and a half) somebody is called a look-alike. A tier is shown and has no points: it is
what the company made of its customers, often by what they bought.

Whether that holds is asked of customers who were not learned from: buyers fall into PARTS by their keys, which are
digests and so at random, and each part is scored by what the others teach. Nobody is listed unless those called
look-alikes are among the best more often than all, beyond chance. Leads have fewer traits, and so rules of their own.
Traits are as of today.

Sources: I. J. Good (1950), Probability and the Weighing of Evidence, ch. 6; M. Stone (1974), Cross-validatory choice
and assessment of statistical predictions, J. R. Stat. Soc. B 36:111–147.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl

from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.traits import LEAST_SCORE, PARTS, SCORED, TRAITS_SCHEMA, learn, scored, tested
from metrics.view import View

TRAITS = ("industry", "region", "size_band", "tier", "source")
LEAD_TRAITS = ("industry", "region", "source")
"""Traits that are looked at, and those that leads have."""
YEAR = 365
BEST_SHARE = 0.2
LEAST_BEST = 20
"""Customers that must be among the best for anything to be said."""
KINDS = ("small", "none")
"""Who else: bought less than half of the buyers did; nothing in the year."""
_FILTERED = (*TRAITS, "customer", "rep", "team", "manager")
_PARTS_A_KEY = PARTS / 2**63
_LISTED = """
select
    population.customer, population.kind, population.industry, population.region, population.size_band, population.tier,
    population.source, population.rep, population.team, population.manager, population.amount as year_amount,
    population.last_on
from population
where population.kind is not null
"""
"""The answer that names customers, where the file's own counts them."""
_TRAIT = "(" + " or ".join(f"($at_trait = '{name}' and population.{name} = $at_value)" for name in TRAITS) + ")"
_POINTS = {f"{name}_points": pl.Float64 for name in SCORED}
_HELD_OUT: dict[str, Any] = {
    "traits_of": pl.String, **dict.fromkeys(("customers", "best_customers", "called", "called_best"), pl.Int64),
    **dict.fromkeys(("share", "share_of_all", "lift", "lift.low", "lift.high"), pl.Float64),
    "is_beyond_chance": pl.Boolean,
}  # fmt: skip
_ALIKE: dict[str, Any] = {
    "customer": pl.String, "kind": pl.String, **dict.fromkeys(SCORED, pl.String), **_POINTS, "score": pl.Float64,
    "odds": pl.Float64, "year_amount": pl.Decimal(38, 4), "last_on": pl.Date, "rep": pl.String,
}  # fmt: skip
_LEADS: dict[str, Any] = {
    **dict.fromkeys(("lead_id", "lead", "rep"), pl.String), "created_on": pl.Date,
    **dict.fromkeys(LEAD_TRAITS, pl.String), **{f"{name}_points": pl.Float64 for name in LEAD_TRAITS},
    "score": pl.Float64, "odds": pl.Float64,
}  # fmt: skip


def best_traits(view: View) -> Query:
    """What the best customers have more or less often than others, beyond chance first.

    One row per `trait` and `value`: the `customers` who bought in the year and have it, how many of them are among the
    `best_customers`, as a `share`; `share_of_all` (of those of whom the trait is known), `lift` with `.low .high`;
    `points`, and whether it `is_beyond_chance` (only then there are points). `rows("best_customers", trait=…, value=…)`
    are those customers.
    """
    has = f"population.is_buyer and {_TRAIT}"
    columns = (
        Column("trait", "by"), Column("value", "by"),
        Column("customers", "value", unit="count", where=has),
        Column("best_customers", "value", unit="count", where=f"population.is_best and {has}"),
        *_shares(), Column("points", "value", unit="number"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(_customers(view), columns=columns, by=("trait", "value"), finish="best_traits")


def look_alikes(view: View) -> Query:
    """Small customers, and customers who bought nothing in the year, who look like the best; the highest score first.

    Columns: `customer`, `kind` (KINDS), each trait with its `<trait>_points` (null where it is no evidence), `score`,
    `odds` (how many times), `year_amount` and `last_on` of the year, `rep`. `rows(customer=…)` is the customer.

    Args:
        view: its last day; filters by what customers are (industry, region, tier, …, salesperson, team) choose whom to
            list, not who is best.
    """
    columns = (
        Column("customer", "by"), Column("score", "value", unit="number"), Column("odds", "value", unit="number"),
        Column("year_amount", "value", unit="money"),
    )  # fmt: skip
    cells = _customers(view)
    asked = replace(cells, answer=_LISTED, others=(cells,), params=_without(cells, "parts_a_key"))
    return replace(asked, columns=columns, by=("customer",), finish="look_alikes")


def lead_look_alikes(view: View) -> Query:
    """Open leads of the year that look like the best customers: `lead_id`, `lead`, `rep`, `created_on`, traits, score.

    Columns as of `look_alikes`, of the traits that leads have. `rows(lead_id=…)` is the lead.
    """
    day = view.at
    asked = from_file(
        "look_alike_leads", view, from_on=day - timedelta(days=YEAR - 1), to_on=day, until=day, has_period=True
    )
    columns = (
        Column("lead_id", "by"), Column("score", "value", unit="number"), Column("odds", "value", unit="number")
    )  # fmt: skip
    return replace(
        asked, columns=columns, by=("lead_id",), finish="lead_look_alikes", others=(_customers(view),)
    )  # fmt: skip


def held_out(view: View) -> Query:
    """Whether look-alikes are better among customers who were not learned from.

    One row for the traits of `customers` and one for those of `leads` (`traits_of`): the `customers` tested, how many
    are `best_customers`, how many were `called` look-alikes and of these are best (`called_best`), the `share` of best
    among the called, `share_of_all`, `lift` with `.low .high`, `is_beyond_chance` (the whole interval is above 1).
    """
    columns = (
        *(Column(name, "value", unit="count") for name in ("customers", "best_customers", "called", "called_best")),
        *_shares(), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(_customers(view), columns=columns, finish="held_out")


def _shares() -> tuple[Column, ...]:
    return (
        Column("share", "value", unit="share"), Column("share_of_all", "value", unit="share"),
        Column("lift", "value", unit="number"), Column("lift.low", "low"), Column("lift.high", "high"),
    )  # fmt: skip


def _customers(view: View) -> Query:
    day = view.at
    return from_file(
        "look_alikes", view, from_on=day - timedelta(days=YEAR - 1), day=day, best_share=BEST_SHARE,
        parts_a_key=_PARTS_A_KEY,
    )  # fmt: skip


def _without(asked: Query, name: str) -> tuple[tuple[str, object], ...]:
    """Its parameters but one: engines refuse a value that is not used."""
    return tuple((known, value) for known, value in asked.params if known != name)


# ---------------------------------------------------------------------------------------------------------- finishing


def _buyers(raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame | None:
    """Who bought in the year, counted by traits; None, with the reason, where too few of them are best."""
    if raw.height and not raw.get_column("order_lines").max():
        notes.append(note("sold_by_deals"))
    customers, best = (int(raw.get_column(name).sum() or 0) for name in ("customers", "best"))
    if best < LEAST_BEST:
        notes.append(note("look_alikes_few", count=customers, best=best, least=LEAST_BEST))
        return None
    return raw.with_columns(pl.col("customers", "best").cast(pl.Int64))


def finished_traits(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Every value of every trait that enough customers have."""
    buyers = _buyers(frames[0], notes)
    if buyers is None:
        return pl.DataFrame(schema=TRAITS_SCHEMA)
    found = learn(buyers, TRAITS).found.filter(pl.col("lift").is_not_null())
    return found.sort("is_beyond_chance", "lift", "trait", "value", descending=[True, True, False, False])


def finished_held_out(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """The traits of customers and those of leads."""
    buyers = _buyers(frames[0], notes)
    rows: list[tuple[Any, ...]] = []
    for whose, traits in (("customers", SCORED), ("leads", LEAD_TRAITS)):
        if buyers is None:
            break
        found = tested(buyers, traits)
        ends = found.lift or (None, None, None)
        share = found.called_best / found.called if found.called else None
        rows.append((whose, *found, share, found.best / found.customers, *ends, found.holds))
    return pl.DataFrame(rows, schema=_HELD_OUT, orient="row")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Customers who look like the best and are not; nobody where the rules do not hold."""
    points = _holding(frames[1], SCORED, notes)
    if points is None:
        return pl.DataFrame(schema=_ALIKE)
    frame = _filtered(frames[0], query, notes)
    alike = scored(frame, points, SCORED).filter(pl.col("score") >= LEAST_SCORE).select(*_ALIKE)
    return alike.sort("score", "year_amount", "customer", descending=[True, True, False])


def finished_leads(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Leads who look like the best customers; nobody where the rules do not hold."""
    points = _holding(frames[1], LEAD_TRAITS, notes)
    if points is None:
        return pl.DataFrame(schema=_LEADS)
    alike = scored(frames[0], points, LEAD_TRAITS).filter(pl.col("score") >= LEAST_SCORE).select(*_LEADS)
    return alike.sort("score", "created_on", "lead_id", descending=[True, True, False])


def _holding(raw: pl.DataFrame, traits: Sequence[str], notes: list[Note]) -> dict[tuple[str, str], float] | None:
    """The points, where they hold of customers who were not learned from; else None, with the reason."""
    buyers = _buyers(raw, notes)
    if buyers is None:
        return None
    points = learn(buyers, traits).points
    if not points:
        notes.append(note("look_alikes_none_leads" if "size_band" not in traits else "look_alikes_none"))
        return None
    if not tested(buyers, traits).holds:
        notes.append(note("look_alikes_fail"))
        return None
    return points


def _filtered(frame: pl.DataFrame, query: Query, notes: list[Note]) -> pl.DataFrame:
    """Those whom the view asks for, by what is known of customers."""
    for name, values in query.view.filters if query.view else ():
        if not values:
            continue
        if name in _FILTERED:
            frame = frame.filter(pl.col(name).is_in(pl.Series(list(values), dtype=pl.String), nulls_equal=True))
        else:
            notes.append(note("look_alikes_not_filtered", dimension=name))
    return frame


def reasons(rows: Iterable[Mapping[str, Any]], labels: Mapping[str, str], colon: str = ": ") -> list[str]:
    """What speaks for each, in words: "Tier: Key +2.1 · Industry: Chemicals −0.4", the weightiest first.

    Args:
        rows: of a list of look-alikes. labels: of the traits. colon: between a trait and its value.
    """
    said = []
    for row in rows:
        parts = [(row[f"{name}_points"], labels[name], row[name]) for name in labels if row.get(f"{name}_points")]
        parts.sort(key=lambda part: -abs(part[0]))
        said.append(" · ".join(f"{label}{colon}{value} {_signed(points)}" for points, label, value in parts))
    return said


def _signed(points: float) -> str:
    return f"{'+' if points > 0 else '−'}{abs(points):.1f}"
