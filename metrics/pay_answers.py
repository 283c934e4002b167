"""What is made of the answers to questions about pay: one row per person, per period, per change, per open question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from metrics.notes import Note, note, some
from metrics.pay import Pay, asked_of
from metrics.pay_plan import Plan
from metrics.pay_work import Known, Source, Work, earned_of, goals_of, people_of, source_of, worked
from metrics.period import DAY, bucket_next
from metrics.query import Query


def known_of(query: Pay, frames: Sequence[pl.DataFrame]) -> Known:
    """What pay is worked out from: the frames of people and of all `others` that `_asked` made."""
    people, *others = frames[: 1 + query.own_parts]
    money = dict(zip(query.sources, map(earned_of, others), strict=False))
    rest = others[len(query.sources) :]
    goals = {goal: goals_of(frame) for goal, frame in zip(query.goals, rest, strict=False)}
    days: tuple[date, ...] = ()
    if len(rest) > len(query.goals):
        days = tuple(rest[len(query.goals)].filter("is_workday").get_column("day"))
    fiscal_start = query.view.fiscal_start if query.view else 1
    return Known(people_of(people), money, goals, days, fiscal_start)


def works(query: Pay, frames: Sequence[pl.DataFrame], plans: Sequence[Plan], only: str | None = None) -> list[Work]:
    """Pay of everybody by these plans."""
    return list(worked(plans, known_of(query, frames), query.from_on, query.to_on, only))


def finished_payouts(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """One row per person and period, the highest pay first."""
    asked = asked_of(query)
    found = works(asked, frames, asked.plans)
    frame = payout_frame(found)
    unpaid = frame.filter(pl.col("pay").is_null()).get_column("rep").n_unique()
    last = max(frame.get_column("to_on").to_list(), default=None)
    notes += [*_remarks(asked, unpaid, last), *paid_twice(around(asked, frames, found))]
    return frame.sort("from_on", "pay", "rep", descending=[True, True, False], nulls_last=True)


def _remarks(query: Pay, unpaid: int, last: date | None) -> list[Note]:
    """How many have no target that their plan needs, and that the last period is not over."""
    told = [note("pay_no_target", count=unpaid)] if unpaid else []
    as_of = query.view.as_of if query.view else None
    if as_of is not None and last is not None and last > as_of:
        told.append(note("pay_so_far", day=as_of))
    return told


def around(query: Pay, frames: Sequence[pl.DataFrame], found: list[Work]) -> list[Work]:
    """Pay of all periods within the longest one that is touched: a month looked at may be in a quarter paid too."""
    if query.around is None:
        return found
    wide = [frames[0], *frames[1 + query.own_parts : 1 + query.own_parts + len(query.around.others)]]
    reps = {work.person.rep for work in found}
    return [one for one in works(query.around, wide, query.plans, query.rep) if one.person.rep in reps]


def paid_twice(found: Sequence[Work]) -> list[Note]:
    """That days of somebody are in the periods of two plans, both of which pay money of theirs.

    The team on the last day of a period decides who pays it. So who comes from a team that is paid by the month into
    one that is paid by the quarter has months that were paid, and then the whole quarter.
    """
    last: dict[str, date] = {}
    twice: dict[str, None] = {}
    for work in sorted((one for one in found if one.pay), key=lambda one: (one.person.rep, one.from_on, one.to_on)):
        if (before := last.get(work.person.rep)) is not None and work.from_on <= before:
            twice[work.person.rep] = None
        last[work.person.rep] = max(work.to_on, before or work.to_on)
    return [note("pay_twice", count=len(twice), names=some(twice, _NAMED))] if twice else []


_NAMED = 5


def finished_periods(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All people together, by plan and period."""
    asked = asked_of(query)
    sums: dict[tuple[str, date, date], list[Any]] = {}
    unpaid = set()
    found = works(asked, frames, asked.plans)
    for work in found:
        pay = work.pay
        if pay is None:
            unpaid.add(work.person.rep)
            continue
        told = sums.setdefault((work.plan.id, work.from_on, work.to_on), [0, Decimal(0), Decimal(0)])
        told[0] += 1
        told[1] += work.money
        told[2] += pay
    rows = [(*key, *told, float(told[2] / told[1]) if told[1] > 0 else None) for key, told in sums.items()]
    notes += _remarks(asked, len(unpaid), max((last for _, _, last in sums), default=None))
    notes += paid_twice(around(asked, frames, found))
    schema = {name: _PAYOUTS.get(name, pl.Int64) for name in _names(asked)}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("from_on", "plan")


def finished_compared(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """What both sets of plans pay to each person over all periods, who gains most first."""
    asked = asked_of(query)
    sums = []
    for plans, name in ((asked.plans, "pay_now"), (asked.instead, "pay_instead")):
        frame = payout_frame(works(asked, frames, plans))
        unpaid = frame.filter(pl.col("pay").is_null()).get_column("rep").unique()
        by_rep = frame.sort("to_on").group_by("rep").agg(pl.col("plan", "team").last(), pl.col("pay").sum().alias(name))
        sums.append((by_rep, set(unpaid)))
    (now, unpaid_now), (then, unpaid_then) = sums
    both = now.join(then, on="rep", how="full", coalesce=True)
    both = both.with_columns(pl.coalesce(name, f"{name}_right").alias(name) for name in ("plan", "team"))
    aimless = unpaid_now | unpaid_then
    if aimless:
        notes.append(note("pay_no_target", count=len(aimless)))
    kept = both.filter(~pl.col("rep").is_in(sorted(aimless))).with_columns(
        pl.col("pay_now", "pay_instead").fill_null(Decimal(0))
    )
    kept = kept.with_columns(change=pl.col("pay_instead") - pl.col("pay_now"))
    return kept.select(_names(asked)).sort("change", "rep", descending=[True, False])


def finished_questions(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001
    """What is open, most money first: what the statements of money set aside, and people whom no plan can pay."""
    asked = asked_of(query)
    known = known_of(asked, frames)
    found = list(worked(asked.plans, known, asked.from_on, asked.to_on))
    rows = []
    for place, source in enumerate(asked.sources):
        told = {"source": place, "measure": source.measure}
        rows += [told | row for row in frames[1 + place].filter(pl.col("state") != "counted").iter_rows(named=True)]
        for state, rep, bucket in _unpaid(asked, source, known, found):
            earned = known.earned[source][rep, bucket]
            rows.append(told | {"state": state, "rep": rep, "bucket": bucket, "lines": earned.lines,
                                "money": earned.money})  # fmt: skip
    frame = pl.DataFrame([{name: row.get(name) for name in _OPEN} for row in rows], schema=_OPEN)
    return frame.sort("money", "state", "rep", descending=[True, False, False], nulls_last=True)


_OPEN: dict[str, Any] = {
    "source": pl.Int64, "state": pl.String, "rep": pl.String, "bucket": pl.Date, "measure": pl.String,
    "lines": pl.Int64, "money": pl.Decimal(38, 4), "currency": pl.String, "foreign_money": pl.Decimal(38, 4),
}  # fmt: skip


def _unpaid(asked: Pay, source: Source, known: Known, found: Sequence[Work]) -> Iterator[tuple[str, str, date]]:
    """People with money of a kind that nobody pays: no plan in the period, or one that lacks their target."""
    aimless = {(work.person.rep, work.from_on) for work in found if work.scale is None}
    for rep, bucket in known.earned[source]:
        last, person = bucket_next(bucket, source.period) - DAY, known.people[rep]
        here = [plan for plan in asked.plans if plan.from_on <= last and (plan.to_on is None or plan.to_on >= bucket)]
        own = [plan for plan in here if plan.is_for(rep, person.team_on(last))]
        if not own:
            yield "no_plan", rep, bucket
        elif (rep, bucket) in aimless and any(source_of(plan) == source for plan in own):
            yield "no_target", rep, bucket


def payout_frame(found: Sequence[Work]) -> pl.DataFrame:
    """Pay as a frame; money to four digits, pay to the cent."""
    rows = []
    for work in found:
        pay, above = work.pay, None if work.scale is None else work.scale.next_at(work.money)
        reached = work.money / work.target if work.target else None
        rows.append(
            (work.plan.id, work.person.rep, work.from_on, work.team, work.to_on, work.money, work.lines, work.target,
             float(work.relief) if work.plan.needs_target else None, None if reached is None else float(reached), pay,
             float(pay / work.money) if pay is not None and work.money > 0 else None,
             None if above is None else above - work.money)
        )  # fmt: skip
    return pl.DataFrame(rows, schema=_PAYOUTS, orient="row")


_PAYOUTS: dict[str, Any] = {
    "plan": pl.String, "rep": pl.String, "from_on": pl.Date, "team": pl.String, "to_on": pl.Date,
    "money": pl.Decimal(38, 4), "lines": pl.Int64, "target": pl.Decimal(38, 4), "relief": pl.Float64,
    "attainment": pl.Float64, "pay": pl.Decimal(38, 2), "rate": pl.Float64, "to_next": pl.Decimal(38, 4),
}  # fmt: skip


def _names(query: Query) -> list[str]:
    return [column.name for column in query.columns]


FINISHES = {
    "pay_payouts": finished_payouts,
    "pay_periods": finished_periods,
    "pay_compared": finished_compared,
    "pay_questions": finished_questions,
}
