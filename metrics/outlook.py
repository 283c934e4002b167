"""When open money is expected, and how sure it is: stage × month × forecast category, and the forecast of a period.

The category of an open deal is what the CRM says; else what its stage's setting says; else it follows from the
probability, the deal's own or its stage's: `commit` from COMMIT_FROM on, `best_case` from BEST_CASE_FROM on, `omitted`
at 0, and `pipeline` for everything else. How much is told by which of these is said beside the numbers.

Forecasts are read one by one and rolled up, as Salesforce does: closed; closed and commit; these and best case; and the
open pipeline, which is commit, best case and pipeline without what is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.notes import Note, note
from metrics.period import FIRST, LAST, Period, bucket_next, bucket_start
from metrics.query import Column, Query, from_file
from metrics.view import View

COMMIT_FROM, BEST_CASE_FROM = 0.9, 0.6
"""Probabilities from which on a deal that nobody put into a category is commit, or best case."""
MONTHS_AHEAD = 13
"""Months, the running one among them, that are told one by one; those after them are summed up as "later"."""
CATEGORIES = ("closed", "commit", "best_case", "pipeline", "omitted")
"""From the surest on."""
_ROLLED_UP = {
    "closed": ("closed",),
    "commit": ("closed", "commit"),
    "best_case": ("closed", "commit", "best_case"),
    "pipeline": ("commit", "best_case", "pipeline"),
}
_ROLLED_ROWS = " or ".join(
    f"($at_forecast_category = '{name}' and population.forecast_category in ({', '.join(map(repr, parts))}))"
    for name, parts in _ROLLED_UP.items()
)
"""The rows behind a category rolled up."""


def outlook(view: View, day: date | None = None, due: Period | None = None) -> Query:
    """The open deals of a day: one row per pipeline, stage, expected month and category.

    Columns: `due_month` ("past": before the day; "2026-07"; "later"; null: no expected close), `forecast_category`,
    `deals`, `amount`, and the stage's `place` and labels. All amounts together are `open_amount` of that day.

    Args:
        view: whose filters apply. day: by default the day the view's stocks are read at.
        due: only deals expected to close in these days; by default all.
    """
    at = day or view.at
    asked = _asked(
        "outlook", view, at, is_bounded=due is not None, due_from=due.from_on if due else FIRST,
        due_to=due.to_on if due else LAST,
        later_from=bucket_next(bucket_start(at, "month"), "month", MONTHS_AHEAD),
    )  # fmt: skip
    names = ("pipeline", "stage", "due_month", "forecast_category")
    return replace(
        asked, columns=(*(Column(name, "by") for name in names), *asked.columns), by=names, finish="outlook",
        others=(from_file("funnel_stages", view),),
    )  # fmt: skip


def forecast(view: View, due: Period, day: date | None = None) -> Query:
    """What a period is forecast to bring, by category: won in it so far, and open and expected to close in it.

    One row per category, surest first: `deals`, `amount`, and `rolled_up`, the amount with that of surer categories
    (null for omitted; of the pipeline without what is closed).

    Args:
        view: whose filters apply. due: the period. day: by default the day the view's stocks are read at.
    """
    asked = _asked("forecast", view, day or view.at, due_from=due.from_on, due_to=due.to_on)
    rolled = Column("rolled_up", "value", "open_amount", "money", where=_ROLLED_ROWS)
    columns = (Column("forecast_category", "by"), *asked.columns, rolled)
    return replace(asked, columns=columns, by=("forecast_category",), finish="forecast")


def _asked(name: str, view: View, at: date, **params: object) -> Query:
    money = measure("open_amount")
    asked = from_file(name, view, day=at, commit_from=COMMIT_FROM, best_case_from=BEST_CASE_FROM, **params)
    counted = (Column("deals", "value", "open_deals", "count"), Column("amount", "value", money.id, "money"))
    return replace(asked, columns=counted, **shares.split(money, (name for name, _ in view.filters)))


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_outlook(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Who told the category is no cut of the answer; stages in their order, months forward."""
    told, stages = frames
    notes += _told_by(told)
    summed = told.group_by(query.by, maintain_order=True).agg(pl.col("deals", "amount").sum())
    named = summed.join(stages, on=["pipeline", "stage"], how="left", nulls_equal=True)
    sure = pl.col("forecast_category").replace_strict(
        {name: place for place, name in enumerate(CATEGORIES)}, default=None
    )
    first = pl.when(pl.col("due_month") == "past").then(pl.lit("")).otherwise("due_month")
    return named.sort("pipeline", "place", "stage", first, sure, nulls_last=True)


def finished_forecast(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Every category, with what it comes to together with the surer ones."""
    told = frames[0]
    notes += _told_by(told.filter(pl.col("forecast_category") != "closed"))
    amounts = dict(told.group_by("forecast_category").agg(pl.col("amount").sum()).iter_rows())
    deals = dict(told.group_by("forecast_category").agg(pl.col("deals").sum()).iter_rows())
    zero = told.get_column("amount").sum() * 0 if told.height else 0
    rows = [
        (name, int(deals.get(name, 0)), amounts.get(name, zero),
         sum((amounts.get(part, zero) for part in _ROLLED_UP[name]), zero) if name in _ROLLED_UP else None)
        for name in CATEGORIES
    ]  # fmt: skip
    money = pl.Decimal(38, 4)
    schema: dict[str, pl.DataType] = {
        "forecast_category": pl.String(), "deals": pl.Int64(), "amount": money, "rolled_up": money,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _told_by(told: pl.DataFrame) -> list[Note]:
    """By whom the categories are told, where it is not the CRM alone."""
    counts = dict(told.group_by("told_by").agg(pl.col("deals").sum()).iter_rows())
    if set(counts) <= {"crm"}:
        return []
    limits = {"commit": f"{COMMIT_FROM:.0%}", "best": f"{BEST_CASE_FROM:.0%}"}
    return [
        note(f"category_by_{name}", count=int(counts[name]), **(limits if name == "probability" else {}))
        for name in ("crm", "stage", "probability", "nobody")
        if counts.get(name)
    ]
