"""What the demo company's people said their periods would bring: forecast calls of past weeks.

A word is what came in the end (of the running quarter: what is won and what the CRM's probabilities make of what is
due), as well as its owner knew it then: further from the end they are less near, and each owner leans a little one way.
Numbers are the same in both languages.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, log10

import numpy as np
import polars as pl

from data.demo.company import Size
from data.demo.rhythm import AS_OF
from data.store import Store
from metrics.period import DAY, bucket_next, bucket_start

_MONTHS, _QUARTERS = 9, 6
"""Ended periods for which there are calls."""
_WEEKS = {"month": (3, 2, 1), "quarter": (12, 8, 4, 2, 1)}
_LEANS, _NEAR, _WAVERS = 0.1, 0.07, 0.03
"""How far owners lean; how far off their view of a period is a week before its end, further with the root of the weeks;
and how far a word wavers from one week to the next."""
_SILENT, _NOT_RENEWED = 0.05, 0.2
"""Of the people so many say nothing in the running quarter, or have not renewed their word this week."""


def calls(store: Store, size: Size) -> None:
    """Keep calls in a store that holds the company's files."""
    with store.snapshot() as seen:
        reps = seen.frame("select rep_key, rep, team, email from crm.reps where left_on is null order by rep_id, rep")
        won = seen.frame(
            "select rep_key, closed_on as day, cast(amount as double) as amount from crm.deals where status = 'won'"
        )
        due = seen.frame(
            "select rep_key, cast(sum(amount * probability) as double) as amount from crm.deals where status = 'open'"
            " and expected_close_on between $first and $last group by rep_key",
            {"first": bucket_start(AS_OF, "quarter"), "last": bucket_next(bucket_start(AS_OF, "quarter"), "quarter")},
        )
    owners = _owners(reps)
    rng = size.rng("calls")
    leans = rng.normal(0, _LEANS, len(owners))
    rows: list[tuple[object, ...]] = []
    for grain, count in (("month", _MONTHS), ("quarter", _QUARTERS)):
        for back in range(count, 0, -1):
            first = bucket_next(bucket_start(AS_OF, grain), grain, -back)
            last = bucket_next(first, grain) - DAY
            came = won.filter(pl.col("day").is_between(first, last))
            off = rng.normal(0, _NEAR, len(owners))
            for weeks in _WEEKS[grain]:
                errors = leans + off * np.sqrt(weeks)
                rows += _said(owners, came, errors, rng, last - timedelta(weeks=weeks), (first, last))
    rows += _running(owners, won, due, leans, rng)
    _keep(store, rows)


_Owner = tuple[str, str | None, list[int], str | None]


def _owners(reps: pl.DataFrame) -> list[_Owner]:
    """Scope, name, whose deals, and who says it: the company, its teams, its people."""
    teams = [
        ("team", str(team), part.get_column("rep_key").to_list(), None)
        for (team,), part in reps.filter(pl.col("team").is_not_null()).group_by("team", maintain_order=True)
    ]
    people = [("rep", rep, [key], email) for key, rep, _, email in reps.iter_rows()]
    return [("company", None, reps.get_column("rep_key").to_list(), None), *teams, *people]


def _said(
    owners: list[_Owner], came: pl.DataFrame, errors: np.ndarray, rng: np.random.Generator, day: date,
    span: tuple[date, date],
) -> list[tuple[object, ...]]:  # fmt: skip
    """Everybody's word of one day."""
    sums = dict(came.group_by("rep_key").agg(pl.col("amount").sum()).iter_rows())
    off = errors + rng.normal(0, _WAVERS, len(owners))
    more = rng.uniform(0.05, 0.25, len(owners))
    rows: list[tuple[object, ...]] = []
    for (scope, name, keys, who), error, best in zip(owners, off, more, strict=True):
        amount = max(0.0, sum(float(sums.get(key) or 0) for key in keys) * (1 + float(error)))
        rows.append((day, *span, scope, name, _rounded(amount), _rounded(amount * (1 + float(best))), who))
    return rows


def _running(
    owners: list[_Owner], won: pl.DataFrame, due: pl.DataFrame, leans: np.ndarray, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    """The words of the running quarter, week by week; some are silent, some have not renewed theirs."""
    first = bucket_start(AS_OF, "quarter")
    last = bucket_next(first, "quarter") - DAY
    coming = pl.concat([won.filter(pl.col("day") >= first).select("rep_key", "amount"), due])
    draws, off = rng.uniform(0, 1, len(owners)), rng.normal(0, _NEAR, len(owners))
    rows: list[tuple[object, ...]] = []
    day = AS_OF - timedelta(weeks=(AS_OF - first).days // 7)
    while day <= AS_OF:
        errors = leans + off * np.sqrt((last - day).days / 7)
        words = _said(owners, coming, errors, rng, day, (first, last))
        for (scope, *_), word, draw in zip(owners, words, draws, strict=True):
            is_silent = scope == "rep" and draw < _SILENT
            is_late = scope == "rep" and draw < _SILENT + _NOT_RENEWED and day == AS_OF
            if not is_silent and not is_late:
                rows.append(word)
        day += timedelta(weeks=1)
    return rows


def _rounded(amount: float) -> float:
    """Three digits, as people say amounts."""
    return 0.0 if amount < 1 else round(amount, 2 - floor(log10(amount)))


def _keep(store: Store, rows: list[tuple[object, ...]]) -> None:
    names = ("said_on", "from_on", "to_on", "scope", "scope_value", "commit_amount", "best_case", "who")
    kinds = (pl.Date, pl.Date, pl.Date, pl.String, pl.String, pl.Float64, pl.Float64, pl.String)
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    told = frame.sort("said_on", maintain_order=True).with_row_index("id", 1).with_columns(
        noted_at=pl.col("said_on").cast(pl.Datetime("us")) + pl.duration(hours=9)
    )  # fmt: skip
    with store.noting() as cursor:
        cursor.register("told", told)
        cursor.execute("insert into ops.forecast_calls by name select * from told")
        cursor.unregister("told")
