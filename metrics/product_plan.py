"""Products against their plan, and the lever: what brought a product under it.

The plan is the product's targets of revenue; due of it are the goals of the days that have gone by (each target spread
over its own working days, metrics/attainment.py). Where there is none for some of these days nothing is due: what was
sold on all of them says nothing of a plan for some. A product is said to lie under plan where it lacks at least
LEAST_GAP of what is due and, beyond chance and what is usual, reaches less of it than the other products do
(metrics/standing_out.py; a plan is made of what was before, so it is taken to be as uncertain as the days compared
with). A company that misses its plan with all products alike is no product's story. All of this is told beside all
products, also where some are chosen.

What lies behind is told by the change against the days compared with, as in metrics/prices.py with the convention
"now": price; volume, the product's part in selling more or fewer pieces of everything; mix, its own pieces beyond that.
They add up, with what has no price. Conversion is what the change of the product's win rate brought in won amount
(LMDI, metrics/kpi_tree.py), nothing unless the two win rates differ beyond chance, all products looked at together. It
lies inside volume and mix and is not added to them: it is the lever where it makes up at least INSIDE of what fewer
pieces cost; else the lever is the most negative of price, volume and mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from metrics.attainment import goal_parts
from metrics.catalog import measure
from metrics.cuts import breakdown
from metrics.kpi_tree import explained, tree
from metrics.notes import Note, note
from metrics.number import number
from metrics.prices import effects
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query
from metrics.sold import asked, by_product
from metrics.standing_out import Sums, stand_out
from metrics.two_spans import is_comparable
from metrics.view import View

LEVERS = ("price", "volume", "mix", "conversion")
LEAST_GAP = 0.1
"""Of what is due, the part that must be missing."""
INSIDE = 0.5
_EFFECTS = ("price", "volume", "mix", "other_effects")
_SCHEMA: dict[str, Any] = {
    "product": pl.String,
    **dict.fromkeys(("plan", "due_by_now", "amount_now", "attainment", "gap", "amount_then", *_EFFECTS), pl.Float64),
    **dict.fromkeys(("conversion_effect", "win_rate", "win_rate_then"), pl.Float64),
    "lever": pl.String,
    "is_under": pl.Boolean,
}


def against_plan(view: View) -> Query:
    """Products that have a target in the period, the largest gap first.

    Columns: `product`, `plan` (of the whole period), `due_by_now` (of it by now; null where it is for some of the days
    gone by only, and with it all that follows from it), `amount_now`, `attainment` (amount ÷ due), `gap` (amount −
    due), `amount_then`, and what its change is made of: `price`, `volume`, `mix`, `other_effects`
    (returns, lines without a price, products sold in one span only), which add up; `conversion_effect` with `win_rate`
    and `win_rate_then`; `lever` (one of LEVERS; null where nothing is missing, or nothing fell), `is_under`.

    Raises:
        NoPeriod: the view compares nothing.
    """
    chosen, view = view, view.with_filter("product", ())
    goals, why = goal_parts(measure("attainment:revenue"), ("product",), view)
    named = ("plan", "due_by_now", "gap", *_EFFECTS, "conversion_effect")
    money = (Column(name, "value", unit="money") for name in named)
    shares = (Column(name, "value", unit="share") for name in ("attainment", "win_rate", "win_rate_then"))
    query = asked(
        view, "product_plan",
        Column("amount_now", "value", unit="money", where="population.is_now = 1"),
        Column("amount_then", "value", unit="money", where="population.is_then = 1"),
        *money, *shares, Column("is_under", "flag"),
    )  # fmt: skip
    return replace(query, others=(*query.others, *goals, *_deals(chosen).parts), notes=why)


def _deals(view: View) -> Query:
    return breakdown(tree("won_amount").asks, "product", view)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Products with their gap and lever."""
    chosen = next((part.view for part in reversed(query.others) if part.population is not None), None)
    if chosen is None:
        return pl.DataFrame(schema=_SCHEMA)
    deals = _deals(chosen)
    goals = frames[-len(deals.parts) - 2 : -len(deals.parts)] if not query.notes else ()
    if not goals or "revenue_goal" not in goals[0].columns or goals[0].is_empty():
        notes += [] if query.notes else [note("no_product_plan")]  # they say why none is shown that may well be there
        return pl.DataFrame(schema=_SCHEMA)
    comparable = is_comparable(query, "revenue", frames, notes)
    raw = frames[0] if comparable else _only_now(frames[0])
    frame = _due(*goals).join(by_product(raw), on="product", how="left")
    empty = [pl.col(name).fill_null(0) for name in frame.columns if name.startswith(("amount", "squares", "lines"))]
    frame = frame.with_columns(empty).with_columns(
        attainment=pl.col("amount_now") / pl.when(pl.col("due_by_now") > 0).then("due_by_now"),
        gap=pl.col("amount_now") - pl.col("due_by_now"),
    )
    frame = frame.sort(pl.col("due_by_now").is_null(), maintain_order=True)  # those that nothing can be said of last
    due = frame.filter(pl.col("due_by_now").is_not_null())
    stand = stand_out([_sums(row) for row in due.iter_rows(named=True)])
    under = (pl.Series(stand, dtype=pl.Boolean) & (due["attainment"] < 1 - LEAST_GAP)).to_list()
    under += [False] * (frame.height - due.height)
    told = _conversions(deals, frames[-len(deals.parts) :]) if comparable else {}
    pieces = {row["product"]: row for row in contributions(raw).iter_rows(named=True)} if comparable else {}
    rows = []
    for row, is_under in zip(frame.iter_rows(named=True), under, strict=True):
        found = pieces.get(row["product"], {}) | told.get(row["product"], {})
        rows.append({**row, **found, "lever": lever(found) if (row["gap"] or 0) < 0 else None, "is_under": is_under})
    whole = pl.DataFrame(rows, schema=None, infer_schema_length=None)
    shown = [pl.col(name).cast(kind) if name in whole.columns else pl.lit(None, kind).alias(name)
             for name, kind in _SCHEMA.items()]  # fmt: skip
    names = chosen.chosen("product")
    asked_of = whole.select(shown).filter(pl.col("product").is_in(names) if names else pl.lit(value=True))
    if partly := asked_of.get_column("due_by_now").null_count():
        notes.append(note("product_plan_partly", count=partly))
    return asked_of.sort("gap", "product", nulls_last=True)


def _only_now(raw: pl.DataFrame) -> pl.DataFrame:
    """Nothing is known of the days compared with."""
    return raw.with_columns(
        pl.lit(0).cast(raw.schema[name]).alias(name) for name in raw.columns if name.endswith("_then")
    )


def _due(goals: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Each product's target, and what of it is due by now: the goals of the days gone by, if it is for all of them."""
    target, due = (pl.col(f"revenue_goal{end}").cast(pl.Float64).round(4) for end in ("", "_due"))
    is_whole = pl.col("revenue_goal_gone") >= days.item(0, "workdays_gone")
    return goals.filter(target > 0).select("product", plan=target, due_by_now=pl.when(is_whole).then(due))


def _sums(row: dict[str, Any]) -> Sums:
    """Reached against due; the plan's variance is that of the days compared with, in proportion."""
    then = row["amount_then"]
    scale = (row["due_by_now"] / then) ** 2 if then > 0 else 0
    lines = min(row["lines_now"], row["lines_then"])
    return Sums(row["amount_now"], row["due_by_now"], row["squares_now"], row["squares_then"] * scale, lines)


def contributions(raw: pl.DataFrame) -> pl.DataFrame:
    """Of each product's change in revenue: `price`, `volume`, `mix`, `other_effects`, which add up to it."""
    frame = effects(raw, "now")
    goes_on = pl.col("block") == "continuing"
    old, new = (
        float(frame.filter(goes_on).get_column(f"quantity_{span}").cast(pl.Float64).sum()) for span in ("then", "now")
    )
    as_all = new / old - 1 if old else 0.0
    money = {name: pl.col(name).cast(pl.Float64) for name in ("amount_then", "volume", "price", "change")}
    volume = money["amount_then"].filter(goes_on).sum() * as_all
    return frame.group_by("product", maintain_order=True).agg(
        money["price"].sum().alias("price"), volume.alias("volume"), (money["volume"].sum() - volume).alias("mix"),
        money["change"].filter(~goes_on).sum().alias("other_effects"),
    )  # fmt: skip


def _conversions(deals: Query, frames: Sequence[pl.DataFrame]) -> dict[str, dict[str, float | None]]:
    """What each product's win rate brought in won amount; 0 where it did not change beyond chance."""
    of, found = tree("won_amount"), {}
    rows = deals.finished(frames).frame.to_dicts()
    for row, is_changed in zip(rows, discoveries([differ(*_counts(row)) for row in rows]), strict=True):
        then, now = (of.readings({name: number(row[f"{name}{end}"]) for name in of.asks}) for end in (".before", ""))
        told = explained(of, then, now)
        rates = {"win_rate": number(row["win_rate"]), "win_rate_then": number(row["win_rate.before"])}
        brought = told.amounts["win_rate"] if told is not None and is_changed else 0.0
        found[row["product"]] = {**rates, "conversion_effect": brought}
    return found


def _counts(row: dict[str, Any]) -> tuple[int, int, int, int]:
    """Deals won of those decided, now and then."""
    now, then = (int(row[f"win_rate{end}.n"] or 0) for end in ("", ".before"))
    won, before = (round(of * float(row[f"win_rate{end}"] or 0)) for of, end in ((now, ""), (then, ".before")))
    return won, now, before, then


def lever(found: dict[str, Any]) -> str | None:
    """What cost a product most, by the rule of this module; None where nothing fell or nothing is known."""
    if "price" not in found:
        return None
    most = min(("price", "volume", "mix"), key=lambda name: float(found[name]))
    if found[most] >= 0:
        return None
    pieces = found["volume"] + found["mix"]
    if pieces < 0 and (found.get("conversion_effect") or 0) <= INSIDE * pieces and most != "price":
        return "conversion"
    return most
