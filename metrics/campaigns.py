"""What campaigns and events brought for their money: cost per lead, per deal, per deal won, and what was won for it.

A campaign is taken whole: those that began in the period, with all that has come of them until the view's day, however
late. One that is held again under its name counts with the runs that began in the period: what came after a run had
begun and before the next did is that run's. Cost is what the list of campaigns says; a campaign without it has no cost
per anything, which is not the same as one that was free. Costs belong to whole campaigns: whoever looks at a part of
what they brought (a team, a filter) sees the part, and no cost. A deal may name another campaign than its lead did:
first touch believes the lead, last touch the deal, and where one names none the other's counts, as with channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.brought import Touch
from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.view import View

_PER = {"cost_per_lead": "leads", "cost_per_deal": "deals", "cost_per_won": "won"}


def campaigns(view: View, touch: Touch = "first") -> Query:
    """Campaigns that began in the period, and what came of them until the view's day.

    One row per `campaign`, the largest cost first: `source`, `starts_on`, `ends_on`, `cost`, `leads`, `deals`, `won`
    (deals), `won_money`, `cost_per_lead`, `cost_per_deal`, `cost_per_won`, and `won_per_cost` (money won for one of
    cost). What is divided by nothing is null. `rows("leads", campaign=…)` are the leads.
    """
    period = view.period
    values = {
        "has_period": period is not None, "from_on": period.from_on if period else view.as_of,
        "to_on": period.to_on if period else view.as_of, "until": view.as_of,
    }  # fmt: skip
    whole = view.with_filter("campaign", ())  # a deal may name its campaign by its lead only: chosen afterwards
    asked = from_file("campaigns", whole, is_first=touch == "first", **values)
    costs = from_file("campaign_costs", view, **values)
    deals = "population.what = 'deal'"
    where = {"leads": "population.what = 'lead'", "deals": deals, "won": f"{deals} and population.status = 'won'"}
    columns = (
        Column("campaign", "by"),
        Column("rep_key", "detail"),
        Column("cost", "value", unit="money"),
        *(Column(name, "value", unit="count", agg="count", where=rule) for name, rule in where.items()),
        Column("won_money", "value", unit="money", where=where["won"]),
        *(Column(name, "value", unit="money", where=where[of]) for name, of in _PER.items()),
        Column("won_per_cost", "value", unit="number", where=where["won"]),
    )
    return replace(asked, columns=columns, by=("campaign",), finish="campaigns", others=(costs,))


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Costs beside results; a campaign that brought nothing is there too."""
    came, costs = frames
    view = query.others[0].view
    narrowed = [name for name, _ in query.view.filters] if query.view else []
    if narrowed:
        costs = costs.clear()
    if view and view.period:  # without a listed start it began with the first it brought, if it brought anything
        is_here = pl.col("campaign").is_in(came.get_column("campaign").implode(), nulls_equal=True)
        costs = costs.filter(pl.col("starts_on").is_not_null() | is_here)
    known = came.join(costs, on="campaign", how="full", coalesce=True, nulls_equal=True, suffix="_listed")
    chosen = view.chosen("campaign") if view else ()
    if chosen:
        known = known.filter(pl.col("campaign").is_in([name for name in chosen if name is not None]))
    counted = pl.col("leads", "deals", "won", "won_money").fill_null(0)
    is_whole = pl.col("priced") == pl.col("listed")  # of two of one name, both must say what they cost
    frame = known.with_columns(
        counted, cost=pl.when(is_whole).then(pl.col("cost")).cast(pl.Float64),
        source=pl.coalesce("source_listed", "source"),
        starts_on=pl.when(pl.col("listed") > 0).then("starts_on_listed").otherwise("starts_on"),
    )  # fmt: skip
    per = [(pl.col("cost") / pl.when(pl.col(of) > 0).then(of)).alias(name) for name, of in _PER.items()]
    back = pl.col("won_money").cast(pl.Float64) / pl.when(pl.col("cost") > 0).then("cost")
    frame = frame.with_columns(*per, won_per_cost=back)
    notes += _remarks(frame, narrowed=bool(narrowed), has_list=costs.height > 0)
    names = ["campaign", "source", "starts_on", "ends_on", "cost", "leads", "deals", "won", "won_money"]
    order = frame.sort("cost", "won_money", "campaign", descending=[True, True, False], nulls_last=True)
    return order.select(*names, *_PER, "won_per_cost")


def _remarks(frame: pl.DataFrame, *, narrowed: bool, has_list: bool) -> list[Note]:
    if not frame.height:
        return []
    if narrowed:
        return [note("cost_of_whole")]
    without = int(frame.get_column("cost").null_count())
    if not has_list:
        return [note("no_costs")]
    return [note("campaigns_without_cost", count=without, of=frame.height)] if without else []
