"""How long until what a channel brought has won back what it cost: the share of the cost by months after.

What was brought is followed from its own day on, and of each channel all months speak of one cohort: what was brought
on days so many months old that all of it has had the months, and the cost of the same days. It holds at least half of
the channel's days, so a longer look (up to MOST_MONTHS) takes a longer past; younger days, which have had less time, do
not make a channel look slower. A month has 30 days here. Won amounts are revenue, not margin: by these a channel seems
to pay for itself sooner than it does. What a deal won earned is told by its orders, where invoices name both: its
amount at the margin rate of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import polars as pl

from metrics.brought import Touch, chosen, is_part, span, whole
from metrics.costs import costs, dated, within
from metrics.known import LEAST_COVERED
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.query import Column, Query, from_file
from metrics.view import View

Worth = Literal["amount", "margin"]
WORTHS: tuple[Worth, ...] = ("amount", "margin")
"""What comes back: the amount won, or what was earned on it."""
_BY = ("source", "after_months", "cohort_months")
MONTH, MOST_MONTHS = 30, 24
"""Days of a month, and the months that are looked at."""
_COHORT = "population.had >= $at_cohort_months"
_WON = f"population.status = 'won' and population.won_month <= $at_after_months and {_COHORT}"

_MARGIN = (
    Column("margin", "value", unit="money", where=f"{_WON} and population.margin_rate is not null"),
    Column("margin_known", "value", unit="share", where=_WON),
)


def payback(view: View, touch: Touch = "first", worth: Worth = "amount") -> Query:
    """The share of its cost that each channel has won back, by months since what it brought was brought.

    One row per `source` with a known cost and `after_months` (1 to `cohort_months`, the age of the youngest day of its
    cohort): `cost` of the cohort's days, `won` and `won_money` of what they brought within so many months, `recovered`
    (won_money ÷ cost), and `is_back` in the first month in which it is 1 or more. Days before the first campaign of a
    channel are left out. `rows("won_money", source=…, after_months=…, cohort_months=…)` are the deals won.

    By margin, `margin` is what was earned on them and is held against the cost, and `margin_known` the share of
    `won_money` whose orders are known with all their costs; below LEAST_COVERED both, and `recovered`, are null.
    """
    asked = from_file(
        "payback" if worth == "amount" else "payback_margin", whole(view), **span(view), is_first=touch == "first"
    )
    asked = chosen(asked, view)
    columns = (
        *(Column(name, "by") for name in _BY),
        *(Column(name, "detail") for name in ("rep_key", "customer_key")),
        Column("cost", "value", unit="money", where=_COHORT),
        Column("won", "value", unit="count", agg="count", where=_WON),
        Column("won_money", "value", unit="money", where=_WON),
        *_MARGIN[: None if worth == "margin" else 0],
        Column("recovered", "value", unit="number", where=_WON),
        Column("is_back", "flag"),
    )
    return replace(asked, columns=columns, by=_BY, finish="payback", others=(costs(view),))


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Month by month: what the cohorts old enough had won by then, beside what they cost."""
    won, listed = frames
    view = query.others[0].view
    names = [column.name for column in query.columns if column.role != "detail"]
    listed = dated(listed, view)
    if view is None or is_part(view) or listed.is_empty():
        notes.append(note("cost_of_whole" if is_part(view) else "no_channel_costs"))
        return pl.DataFrame(schema=dict.fromkeys(names, pl.Float64) | {"source": pl.String})
    is_known = pl.col("priced").sum() == pl.col("campaigns").sum()
    known = listed.group_by("source").agg(is_known=is_known, first_on=pl.col("starts_on").min())
    known = known.filter(pl.col("is_known") & pl.col("source").is_not_null() & pl.col("first_on").is_not_null())
    if view.chosen("source"):
        known = known.filter(pl.col("source").is_in([name for name in view.chosen("source") if name is not None]))
    began = view.period.from_on if view.period else FIRST
    rows = [
        one for source, first_on in known.sort("source").select("source", "first_on").rows()
        for one in _months(source, max(first_on, began), view, listed.filter(pl.col("source") == source), won)
    ]  # fmt: skip
    schema = {
        "source": pl.String, "after_months": pl.Int64, "cohort_months": pl.Int64, "cost": pl.Float64, "won": pl.Int64,
        "won_money": pl.Float64, "margin": pl.Float64, "costed": pl.Float64,
    }  # fmt: skip
    frame, back = pl.DataFrame(rows, schema=schema, orient="row"), pl.col("won_money")
    if "margin" in names:
        frame, back = _earned(frame, notes), pl.col("margin")
    frame = frame.with_columns(recovered=back / pl.col("cost"))
    is_over = pl.col("recovered") >= 1
    is_over = is_over.fill_null(value=False)
    frame = frame.with_columns(is_back=is_over & (is_over.cast(pl.Int64).cum_sum().over("source") == 1))
    return frame.select(names)


def _earned(frame: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """What was earned, where the orders of nearly all that was won are known; the other channels are named."""
    share = pl.col("costed") / pl.when(pl.col("won_money") > 0).then("won_money")
    frame = frame.with_columns(margin_known=share).with_columns(
        margin=pl.when((pl.col("won_money") == 0) | (pl.col("margin_known") >= LEAST_COVERED)).then("margin")
    )
    unknown = frame.filter(pl.col("margin").is_null()).get_column("source").unique().sort().to_list()
    if unknown:
        notes.append(note("payback_unknown", sources=" · ".join(unknown), least=f"{100 * LEAST_COVERED:.0f} %"))
    return frame


def cohort_months(from_on: date, view: View) -> int:
    """How many months back the youngest day of a channel's cohort is, which began on `from_on`; 0 where there is none.

    As many as leave at least half of its days and MONTH of them (all, where there are fewer: of some, one deal would
    decide); one month is worth less than half.
    """
    days, had = (view.at - from_on).days + 1, (view.as_of - from_on).days + 1
    least = min(MONTH, days)
    months = (had - max(least, -(-days // 2))) // MONTH
    return min(MOST_MONTHS, max(months, 1 if had - MONTH >= least else 0))


def _months(
    source: str, from_on: date, view: View, listed: pl.DataFrame, won: pl.DataFrame
) -> list[tuple[object, ...]]:
    """The months of one channel's cohort; none where its days cost nothing."""
    cohort = cohort_months(from_on, view)
    last = min(view.at, view.as_of - timedelta(days=MONTH * cohort))
    cost = float(within(listed, from_on, last).get_column("cost").sum())
    if cost <= 0:
        return []
    cells, found = won.filter((pl.col("source") == source) & (pl.col("had") >= cohort)), []
    for month in range(1, cohort + 1):
        soon = cells.filter(pl.col("won_month") <= month)
        sums = [
            float(soon.get_column(name).cast(pl.Float64).sum() or 0) if name in soon.columns else 0.0
            for name in ("won_money", "margin", "costed")
        ]
        found.append((source, month, cohort, cost, int(soon.get_column("won").sum()), *sums))
    return found


FINISHES = {"payback": finished}
