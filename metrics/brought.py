"""What channels brought: leads and deals by source, what became of them, what each step cost; first and last touch.

One cohort: what was brought in the period, followed until the view's day. A lead is brought on the day it is created; a
deal with its first lead, without one on its own creation day. So a deal counts once, in one channel and one cohort, and
the channels (those without a name among them) add up to all.

Filters choose which leads and which deals are looked at, never who brought a deal: it keeps the channel and the day of
its lead whatever is chosen. Of a lead out of the viewer's scope nothing is told but that there is one: its deal is not
called direct, and counts by its own channel and day (a note says how many).

A lead and its deal may name different channels. First touch believes the lead, last touch the deal; where one names
none, the other's counts. Costs belong to whole channels: whoever looks at a part of them (a team, a filter) sees none.

Who loses hears it soon: of deals brought two months ago those closed are nearly all lost. A channel that began lately
is therefore held against what the others brought in the same weeks (Mantel and Haenszel), not against all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import polars as pl

from metrics.base import Step
from metrics.catalog import dimension, table
from metrics.costs import costs, dated, spent, unplaced
from metrics.intervals import wilson
from metrics.known import LEAST_COVERED
from metrics.notes import Note, note
from metrics.proportions import discoveries
from metrics.query import Column, Query, Role, from_file
from metrics.repurchase import mantel_haenszel
from metrics.view import View

Touch = Literal["first", "last"]
TOUCHES: tuple[Touch, ...] = ("first", "last")
LEAST_CLOSED = 30
"""Closed deals that a channel, and the others together, must have for its win rate to be held against theirs."""
_SOON = 31
"""Days that the costs of a channel may begin after what it brought, before it is said."""
_DEAL = "population.what = 'deal'"
_LEAD = "population.what = 'lead'"
_COUNTS = {
    "leads": _LEAD,
    "qualified": f"{_LEAD} and population.furthest > 1",
    "became": f"{_LEAD} and population.furthest > 2",
    "deals": _DEAL,
    "direct": f"{_DEAL} and population.is_direct",
    "won": f"{_DEAL} and population.status = 'won'",
    "lost_deals": f"{_DEAL} and population.status = 'lost'",
}
_RATES = {"qualified_rate": ("qualified", "leads"), "became_rate": ("became", "leads"), "win_rate": ("won", "closed")}
_BEHIND_RATE = {
    "qualified_rate": _LEAD,
    "became_rate": _LEAD,
    "win_rate": f"{_DEAL} and population.status <> 'open'",
}
PER = {"cost_per_lead": "leads", "cost_per_qualified": "qualified", "cost_per_deal": "deals", "cost_per_won": "won"}
"""What a step cost, and of which count."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")


def brought(view: View, touch: Touch = "first", *, with_costs: bool = True) -> Query:
    """Leads and deals by `source` that were brought in the view's period, and what has become of them.

    One row per source, the most deals first: `leads`, `qualified` and `became` (leads that came as far, or further),
    `deals`, `direct` (without a lead), `won`, `lost_deals`, `won_money`; `qualified_rate` and `became_rate` (of the
    leads) and `win_rate` (of the deals closed), each with `.low .high .n`; `others`, the win rate of what all other
    channels brought in the same weeks, and `is_beyond_chance` (Benjamini–Hochberg over channels with a name and
    LEAST_CLOSED deals); `cost` of
    the period's days, `cost_per_lead` … `cost_per_won`, `won_per_cost`. What is not known is null, and a note says
    why. Without `with_costs` nothing is asked, or said, about costs: the statement is the same.
    """
    asked = chosen(followed("brought", view, is_first=touch == "first", **span(view)), view)
    columns: tuple[Column, ...] = (
        Column("source", "by"),
        Column("rep_key", "detail"),
        *(Column(name, "value", unit="count", agg="count", where=rule) for name, rule in _COUNTS.items()),
        Column("won_money", "value", unit="money", where=_COUNTS["won"]),
        *(Column(name, "value", unit="share", where=rule) for name, rule in _BEHIND_RATE.items()),
        *(Column(f"{name}.{end}", end) for name in _RATES for end in _ENDS),
        Column("others", "value", unit="share"),
        Column("is_beyond_chance", "flag"),
    )
    if with_costs:
        columns += (
            Column("cost", "value", unit="money"),
            *(Column(name, "value", unit="money", where=_COUNTS[of]) for name, of in PER.items()),
            Column("won_per_cost", "value", unit="number", where=_COUNTS["won"]),
        )
    return replace(
        asked, columns=columns, by=("source",), finish="brought", others=(costs(view),) if with_costs else ()
    )


def first_last(view: View) -> Query:
    """Deals of which the lead names a channel, and the deal too: one row per pair, the most deals first.

    `lead_source` is the first touch, `deal_source` the last; `deals`, `won`, `lost_deals`, `won_money`. Brought in the
    view's period. Where no pair differs, a note says so.
    """
    asked = from_file("first_last", whole(view), **span(view), is_first=True)
    asked = chosen(asked, view, ("lead_source", "deal_source"))
    won, lost = ("population.status = 'won'", "population.status = 'lost'")
    columns = (
        *(Column(name, "by") for name in ("lead_source", "deal_source")),
        *(Column(name, "detail") for name in ("rep_key", "customer_key")),
        Column("deals", "value", unit="count", agg="count"),
        Column("won", "value", unit="count", agg="count", where=won),
        Column("lost_deals", "value", unit="count", agg="count", where=lost),
        Column("won_money", "value", unit="money", where=won),
    )
    return replace(asked, columns=columns, by=("lead_source", "deal_source"), finish="first_last")


def span(view: View) -> dict[str, object]:
    """The values that bind a question to the view's period, and to its day."""
    period = view.period
    return {
        "has_period": period is not None, "from_on": period.from_on if period else view.as_of,
        "to_on": period.to_on if period else view.as_of, "until": view.as_of,
    }  # fmt: skip


def whole(view: View) -> View:
    """The view without its choice of channels: which channel brought a deal is not known before it is worked out."""
    return view.with_filter("source", ())


def chosen(asked: Query, view: View, columns: Sequence[str] = ("source",)) -> Query:
    """Only what the chosen channels brought: the last step once more, cut to rows that name one in any of `columns`."""
    values = view.chosen("source")
    if not values:
        return asked
    named = {f"source_{place}": value for place, value in enumerate(values) if value is not None}
    kept = [f"told.{name} in ({', '.join(f'${value}' for value in named)})" for name in columns if named]
    kept += [f"told.{name} is null" for name in columns if None in values]
    *before, last = asked.steps
    cut = Step("population", f"select told.*\nfrom told\nwhere {' or '.join(kept)}")
    return replace(asked, steps=(*before, Step("told", last.sql), cut), params=(*asked.params, *named.items()))


def followed(name: str, view: View, **values: object) -> Query:
    """The question of a file that reads `followed`: the leads of the period as metrics/lead_funnel.py follows them."""
    return replace(from_file(name, whole(view), **values), notes=_not_of_leads(view))


def _not_of_leads(view: View) -> tuple[Note, ...]:
    leads = table("leads")
    return tuple(note("not_filtered_by", measure="leads", dimension=name)
                 for name, _ in view.filters if not leads.has(dimension(name)))  # fmt: skip


def is_part(view: View | None) -> bool:
    """Whether a view shows a part of what channels brought, beside which their costs would mislead."""
    return any(name != "source" for name, _ in view.filters) if view else False


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Rates with their intervals, what stands out, and costs."""
    weeks = frames[0]
    raw = _known(_summed(weeks), notes)
    unseen = int(raw.get_column("unseen").sum() or 0)
    if unseen:
        notes.append(note("leads_unseen", count=unseen))
    frame = raw.with_columns(closed=pl.col("won") + pl.col("lost_deals"))
    notes += _still_open(frame)
    columns = []
    for name, (some, of) in _RATES.items():
        low, high = wilson(pl.col(some), pl.col(of))
        rate = pl.col(some) / pl.when(pl.col(of) > 0).then(of)
        columns += [rate.alias(name), low.alias(f"{name}.low"), high.alias(f"{name}.high"),
                    pl.col(of).cast(pl.Int64).alias(f"{name}.n")]  # fmt: skip
    frame = frame.with_columns(*columns).hstack(against_others(frame, weeks, "source", "brought_in"))
    names = [column.name for column in query.columns if column.role != "detail"]
    if query.others:
        frame = _priced(frame, frames[1], query.others[0].view, notes)
    order = frame.sort("deals", "leads", "source", descending=[True, True, False], nulls_last=True)
    return order.select(names)


def _summed(weeks: pl.DataFrame) -> pl.DataFrame:
    """Each channel's weeks together, in the order in which they are answered."""
    counts = [name for name in weeks.columns if name not in ("source", "brought_in", "first_on")]
    return weeks.group_by("source", maintain_order=True).agg(pl.col("first_on").min(), pl.col(counts).sum())


def against_others(frame: pl.DataFrame, parts: pl.DataFrame, by: str, within: str) -> pl.DataFrame:
    """Beside each value of `by` its `others`, and `is_beyond_chance`: whether its win rate differs from theirs.

    Args:
        frame: the values of `by`; null has no name and is no claim. parts: `won` and `lost_deals` of each of them.
        within: a column of `parts`, as the week a deal began in: what began together is held against each other.
    """
    won = pl.col("won")
    closed = won + pl.col("lost_deals")
    cells = parts.select(
        by, some=won, of=closed, some_others=won.sum().over(within) - won, of_others=closed.sum().over(within) - closed
    )
    of_each = {value[0]: own for value, own in cells.group_by(by, maintain_order=True)}
    found = [mantel_haenszel(of_each[value]) for value in frame.get_column(by)]
    chances = [
        one.p_value if value is not None and min(one.compared, one.others) >= LEAST_CLOSED else None
        for value, one in zip(frame.get_column(by), found, strict=True)
    ]
    others = pl.Series("others", [one.expected for one in found], pl.Float64)
    return pl.DataFrame([others, pl.Series("is_beyond_chance", discoveries(chances), pl.Boolean)])


def _still_open(frame: pl.DataFrame) -> list[Note]:
    """That the win rates will move: of many of the deals nobody knows how they end, and who loses hears it soon."""
    deals, closed = (int(frame.get_column(name).sum()) for name in ("deals", "closed"))
    return [note("brought_open", count=deals - closed, of=deals)] if closed < LEAST_COVERED * deals else []


def _known(raw: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """The counts without the steps of which the data say nothing: nobody notes them, or no lead names its deal."""
    leads = int(raw.get_column("leads").sum() or 0)
    unknown = []
    if leads and not raw.get_column("dated").sum():
        unknown.append("qualified")
        notes.append(note("leads_never_qualified"))
    if leads and not raw.select(pl.col("became").sum() + pl.col("deals").sum() - pl.col("direct").sum()).item():
        unknown.append("became")
        notes.append(note("leads_of_no_deal", count=leads))
    return raw.with_columns(pl.lit(None, pl.Int64).alias(name) for name in unknown)


def _priced(frame: pl.DataFrame, listed: pl.DataFrame, view: View | None, notes: list[Note]) -> pl.DataFrame:
    """What each channel and each of its steps cost, and why that is not known."""
    known = spent(listed.clear() if is_part(view) else listed, view)
    frame = _with_idle(frame, known, view)
    per = [(pl.col("cost") / pl.when(pl.col(of) > 0).then(of)).alias(name) for name, of in PER.items()]
    back = pl.col("won_money").cast(pl.Float64) / pl.when(pl.col("cost") > 0).then("cost")
    frame = frame.with_columns(*per, won_per_cost=back)
    notes += _remarks(frame, listed, view)
    return frame


def _with_idle(frame: pl.DataFrame, known: pl.DataFrame, view: View | None) -> pl.DataFrame:
    """The channels with their costs, those among them that cost something and brought nothing."""
    is_here = pl.col("source").is_in(frame.get_column("source").drop_nulls().implode())
    known = _of_chosen(known, view).filter(is_here | (pl.col("cost") > 0))
    unknown = [name for name in ("qualified", "became")
               if frame.height and frame.get_column(name).null_count() == frame.height]  # fmt: skip
    counted = [name for name in (*_COUNTS, *(f"{rate}.n" for rate in _RATES), "won_money") if name not in unknown]
    joined = frame.join(known, on="source", how="full", coalesce=True, nulls_equal=True)
    return joined.with_columns(pl.col(counted).fill_null(0), pl.col("is_beyond_chance").fill_null(value=False))


def _of_chosen(listed: pl.DataFrame, view: View | None) -> pl.DataFrame:
    names = view.chosen("source") if view else ()
    return listed.filter(pl.col("source").is_in(list(names), nulls_equal=True)) if names else listed


def _remarks(frame: pl.DataFrame, listed: pl.DataFrame, view: View | None) -> list[Note]:
    """Why there is no cost, and where it begins too late to be held against all that was brought."""
    elsewhere = [] if is_part(view) else unplaced(_of_chosen(listed, view), view)
    if frame.is_empty():
        return elsewhere
    if is_part(view):
        return [note("cost_of_whole")]
    if dated(listed, view).is_empty():
        return [note("no_channel_costs"), *elsewhere]
    found = elsewhere
    without = frame.filter(pl.col("cost").is_null() & pl.col("source").is_not_null()).get_column("source").sort()
    if without.len():
        found.append(note("channels_without_cost", channels=" · ".join(without)))
    is_late = pl.col("costs_from") > pl.col("first_on") + timedelta(days=_SOON)
    late = frame.filter(pl.col("cost").is_not_null() & is_late).sort("costs_from")
    if late.height:
        found.append(note("costs_begin", channels=" · ".join(late.get_column("source").sort()),
                          from_on=late.item(-1, "costs_from")))  # fmt: skip
    return found


def finished_first_last(_: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The pairs, most deals first."""
    frame = frames[0].with_columns(won_money=pl.col("won_money").fill_null(0))
    if frame.height and not frame.filter(pl.col("lead_source") != pl.col("deal_source")).height:
        notes.append(note("touches_alike", count=int(frame.get_column("deals").sum())))
    return frame.sort("deals", "lead_source", "deal_source", descending=[True, False, False])


FINISHES = {"brought": finished, "first_last": finished_first_last}
