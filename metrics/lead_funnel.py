"""From the first contact to the win as one funnel: lead, qualified, deal, won.

The leads created in a period are one cohort, followed through to the deals they became. As in the funnel of deals, what
was skipped counts as passed, and of every step entered = moved on + lost + still there + unseen. Unseen are those whose
deal is not loaded, or belongs to somebody whose rows the viewer may not see: of them nobody can say how they ended, so
they are in no share. Where no lead can be told to have become a deal, nothing is said about deals and wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import Dimension, dimension, table
from metrics.errors import MeasureNotBy
from metrics.intervals import wilson
from metrics.members import with_member
from metrics.notes import Note, note
from metrics.query import Column, Query, Role, from_file
from metrics.view import View

STEPS = {
    1: ("lead", "Lead", "线索"),
    2: ("qualified", "Qualified", "合格"),
    3: ("deal", "Deal", "商机"),
    4: ("won", "Won", "赢单"),
}
"""The steps by place: id, label in English, label in Chinese."""
BY = ("source", "campaign", "rep", "team", "region", "industry", "manager")
"""What leads can be split by."""
_AT = "population.furthest = $at_place"
_BEHIND = {  # a number of a step: its rows in the population of the question
    "entered": "population.furthest >= $at_place",
    "moved_on": "population.furthest > $at_place",
    "lost": f"{_AT} and population.outcome = 'lost'",
    "still_there": f"{_AT} and population.outcome = 'open'",
    "unseen": f"{_AT} and population.outcome = 'unseen'",
    "won": f"population.furthest = {max(STEPS)} and $at_place = {max(STEPS)}",
}
_DECIDED = f"population.furthest > $at_place or ({_AT} and population.outcome = 'lost')"
_SEEN = f"population.furthest > $at_place or ({_AT} and population.outcome <> 'unseen')"
_ENDS: tuple[Role, ...] = ("low", "high", "n")
_DAYS = {1: "days_to_qualified", 2: "days_to_deal", 3: "days_to_won", 4: "days_in_all"}
_WITH_DAYS = f"""
select
    furthest, outcome, grouping(furthest) as is_all, count(*) as leads, count(qualified_on) as dated,
    sum(coalesce(won_amount, 0)) as won_amount, {", ".join(f"median({name}) as {name}" for name in _DAYS.values())}
from population
group by grouping sets ((furthest, outcome), ())
"""
"""The file's answer, and one more row, of all leads together, with the days: one statement for both."""


def lead_funnel(view: View, by: str | Dimension | None = None) -> Query:
    """The leads created in the view's period and what they have become.

    One row per value of `by` and step: `place` (1–4), `stage` (a step of STEPS), the leads that `entered`, `moved_on`,
    were `lost` there, are `still_there`, are `unseen`, in the last row are `won`; `conversion` (moved on ÷ entered,
    unseen left out) and `decided` (moved on ÷ moved on or lost), both with `.low .high .n`; `of_leads` (entered ÷ all
    leads) with `.low .high .n`; `median_days` of those that moved on (of the wins: from lead to win), without a split;
    `won_amount` in the last row. A step of which the data say nothing is left out, with a note.

    Raises:
        MeasureNotBy: leads cannot be cut by this dimension.
    """
    period = view.period
    values = {
        "has_period": period is not None,
        "from_on": period.from_on if period else view.as_of,
        "to_on": period.to_on if period else view.as_of,
        "until": view.as_of,
    }
    asked = from_file("funnel_leads", view, **values)
    dim = dimension(by) if by is not None else None
    asked = replace(asked, answer=_WITH_DAYS) if dim is None else _split_by(asked, dim)
    names = (dim.id,) if dim is not None else ()
    columns = (
        *(Column(name, "by") for name in (*names, "place")),
        *(Column(name, "detail") for name in ("stage", "rep_key")),
        *(Column(name, "value", unit="count", agg="count", where=where) for name, where in _BEHIND.items()),
        Column("conversion", "value", unit="share", where=_SEEN),
        Column("decided", "value", unit="share", where=_DECIDED),
        Column("of_leads", "value", unit="share", where="population.furthest >= $at_place"),
        *(Column(f"{name}.{end}", end) for name in ("conversion", "decided", "of_leads") for end in _ENDS),
        Column("median_days", "value", unit="days"),
        Column("won_amount", "value", unit="money"),
    )
    leads = table("leads")
    ignored = [note("not_filtered_by", measure="leads", dimension=name)
               for name, _ in view.filters if not leads.has(dimension(name))]  # fmt: skip
    return replace(
        asked, columns=columns, by=(*names, "place"), finish="lead_funnel",
        notes=tuple(ignored),
    )  # fmt: skip


def _split_by(query: Query, dim: Dimension) -> Query:
    leads = table("leads")
    if dim.id not in BY or not leads.has(dim):
        raise MeasureNotBy(measure="leads", dimension=dim.id)
    is_own = dim.id in leads.own or dim.via is None
    return (query if is_own else with_member(query, dim)).cut_by(dim.id)


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every step in its order, with what reached it and what became of it."""
    raw, days = frames[0], None
    if "is_all" in raw.columns:
        raw, days = raw.filter(pl.col("is_all") == 0), raw.filter(pl.col("is_all") == 1).select(_DAYS.values())
    keys = list(query.by[:-1])
    if raw.is_empty():
        notes.append(note("no_leads"))
    known = _known(raw, notes)
    steps = pl.DataFrame(
        [(place, *names) for place, names in STEPS.items() if place in known],
        schema={"place": pl.Int64, "stage": pl.String, "label_en": pl.String, "label_zh": pl.String},
        orient="row",
    )
    cuts = raw.select(keys).unique(maintain_order=True).sort(keys, nulls_last=True) if keys else None
    frame = cuts.join(steps, how="cross") if cuts is not None else steps.head(len(steps) if raw.height else 0)
    frame = frame.select(pl.lit(None, pl.String).alias("pipeline"), *keys, *steps.columns)
    counted = _counted(raw, frame.select(*keys, "place"))
    frame = _with_shares(frame.join(counted, on=[*keys, "place"], nulls_equal=True, how="left"), keys)
    if days is not None:
        lasted = {place: days.get_column(name).to_list()[0] for place, name in _DAYS.items()} if days.height else {}
        median = pl.col("place").replace_strict(lasted, default=None, return_dtype=pl.Float64)
        frame = frame.with_columns(median_days=median)
    return frame.sort(*keys, "place", nulls_last=True, maintain_order=True)


def _known(raw: pl.DataFrame, notes: list[Note]) -> set[int]:
    """The steps that something can be said about."""
    places, leads = set(STEPS), int(raw.get_column("leads").sum())
    if leads and not raw.get_column("dated").sum():
        places.remove(2)
        notes.append(note("leads_never_qualified"))
    if leads and not raw.filter(pl.col("furthest") > 2).height:
        places -= {3, 4}
        notes.append(note("leads_unlinked", count=leads))
    unseen = int(raw.filter(pl.col("outcome") == "unseen").get_column("leads").sum())
    if unseen:
        notes.append(note("deals_unseen", count=unseen))
    return places


def _counted(raw: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Leads of each step, from how many came how far."""
    keys = [name for name in places.columns if name != "place"]
    met = places.join(raw, on=keys, how="left", nulls_equal=True) if keys else places.join(raw, how="cross")
    then, place, outcome = pl.col("furthest"), pl.col("place"), pl.col("outcome")
    which = {
        "entered": then >= place,
        "moved_on": then > place,
        "lost": (then == place) & (outcome == "lost"),
        "still_there": (then == place) & (outcome == "open"),
        "unseen": (then == place) & (outcome == "unseen"),
        "won": (then == place) & (place == max(STEPS)),
        "hidden": (outcome == "unseen"),
    }
    counts = [pl.col("leads").filter(kept).sum().cast(pl.Int64).alias(name) for name, kept in which.items()]
    money = pl.col("won_amount").filter((place == max(STEPS)) & (then == place)).sum()
    won = pl.when(pl.col("place") == max(STEPS)).then("won_amount").alias("won_amount")
    return met.group_by([*keys, "place"], maintain_order=True).agg(*counts, money).with_columns(won)


def _with_shares(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Shares with their intervals: of those that entered, of those decided, and of all leads."""
    first = pl.col("entered").max()
    hidden = pl.when(pl.col("place") == max(STEPS)).then("hidden").otherwise(0)  # a win among them would not be seen
    shares = {
        "conversion": (pl.col("moved_on"), pl.col("entered") - pl.col("unseen")),
        "decided": (pl.col("moved_on"), pl.col("moved_on") + pl.col("lost")),
        "of_leads": (pl.col("entered"), (first.over(keys) if keys else first) - hidden),
    }
    columns = []
    for name, (some, of) in shares.items():
        low, high = wilson(some, of)
        ends = {name: some / pl.when(of > 0).then(of), f"{name}.low": low, f"{name}.high": high, f"{name}.n": of}
        is_end = (pl.col("place") == max(STEPS)) & (name != "of_leads")  # nothing comes after the win
        columns += [pl.when(~is_end).then(value).alias(column) for column, value in ends.items()]
    return frame.with_columns(columns).drop("hidden")
