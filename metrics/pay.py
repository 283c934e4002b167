"""What people are paid: by everybody and period, line by line, what is open, and what another plan would have paid.

A question about pay is made of statements of three kinds: who may be paid, the money that their plans pay on (one for
each kind of money, credited and dated in one way), and targets. They are the same for all questions about one span of
days. Filters of the page do not apply: pay is of all that counts, or it would not be the pay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

import polars as pl

from metrics.attainment import goal_parts
from metrics.catalog import measure
from metrics.errors import NoPeriod, NoSuchColumn, nearest
from metrics.notes import Note, note
from metrics.pay_plan import BASES, Plan, in_force
from metrics.pay_work import Known, Source, Work, earned_of, goals_of, people_of, source_of, worked
from metrics.period import DAY, bucket_next, bucket_start
from metrics.query import Column, Query, from_file
from metrics.view import View

Goal = tuple[str, str]


@dataclass(frozen=True)
class Pay(Query):
    """A question about pay.

    Attributes:
        plans: as they hold beside each other. instead: those that they are compared with.
        from_on, to_on: days that the periods asked for touch.
        sources: kinds of money, in the order of their statements among `others`; `goals` (measure and period) follow,
            then the calendar. rep, plan: of whom and by which plan; more: money that is imagined.
    """

    plans: tuple[Plan, ...] = ()
    instead: tuple[Plan, ...] = ()
    from_on: date = date.min
    to_on: date = date.max
    sources: tuple[Source, ...] = ()
    goals: tuple[Goal, ...] = ()
    rep: str | None = None
    more: Decimal | None = None

    def __hash__(self) -> int:
        return hash((super().__hash__(), self.finish, self.from_on, self.to_on, self.rep, self.more))

    def rows(self, column: str | None = None, **at: object) -> Query:
        """The lines that a row of the answer stands on: deals, contracts, payments or orders.

        Args:
            column: of the answer. **at: values of the columns it is cut by.
        """
        if column is not None and column not in {one.name for one in self.columns}:
            raise NoSuchColumn(name=column, suggestion=nearest(column, [one.name for one in self.columns]))
        if not self.sources:
            return from_file("pay_people", self.view)  # nobody has a plan: these are they
        plan = next((one for one in (*self.plans, *self.instead) if one.id == at.get("plan")), None)
        place = self.sources.index(source_of(plan)) if plan is not None else int(str(at.get("source", 0)))
        part = next(one for one in self.others if one.finish == f"pay_money_{min(place, len(self.sources) - 1)}")
        values = {name: at[name] for name in ("rep", "bucket", "state") if name in at}
        if "from_on" in at:
            values |= {"bucket": at["from_on"], "state": "counted"}
        if values.get("state") in ("no_plan", "no_target"):  # the lines themselves are in order
            values["state"] = "counted"
        return replace(part, finish="plain").rows(None, **values)


# -------------------------------------------------------------------------------------------------------------- asking


def payouts(plans: Sequence[Plan], view: View) -> Pay:
    """Pay of everybody by `plan`, `rep` and period (`from_on`), for all periods that touch the view's days.

    `money` that counts, of so many `lines`; `target` after `relief`, and `attainment` of it; `pay`, the `rate` it is of
    the money, and the money `to_next` until the next tier begins. A plan that needs a target pays nothing that could
    be told where there is none: `pay` is null, and a note counts these people.

    Raises:
        NoPeriod: the view is of all time.
    """
    columns = (
        *(Column(name, "by") for name in ("plan", "rep", "from_on")),
        Column("team", "detail"),
        Column("to_on", "detail"),
        Column("money", "value", unit="money"),
        Column("lines", "value", unit="count"),
        Column("target", "value", unit="money"),
        Column("relief", "value", unit="share"),
        Column("attainment", "value", unit="share"),
        Column("pay", "value", unit="money"),
        Column("rate", "value", unit="share"),
        Column("to_next", "value", unit="money"),
    )
    return _asked(in_force(plans), (), view, columns, ("plan", "rep", "from_on"), "pay_payouts")


def by_period(plans: Sequence[Plan], view: View) -> Pay:
    """Pay and money of all people together by `plan` and period (`from_on`), with the number of `people`."""
    columns = (
        *(Column(name, "by") for name in ("plan", "from_on")),
        Column("to_on", "detail"),
        Column("people", "value", unit="count"),
        Column("money", "value", unit="money"),
        Column("pay", "value", unit="money"),
        Column("rate", "value", unit="share"),
    )
    return _asked(in_force(plans), (), view, columns, ("plan", "from_on"), "pay_periods")


def compared(plans: Sequence[Plan], instead: Sequence[Plan], view: View) -> Pay:
    """What other plans would have paid for the same history, by `rep`: `pay_now`, `pay_instead` and the `change`.

    People are assumed to have sold what they did: a plan that pays otherwise would have had them sell otherwise. Whom
    either cannot pay for want of a target is in neither sum, and counted in a note.
    """
    columns = (
        Column("rep", "by"),
        Column("team", "detail"),
        *(Column(name, "value", unit="money") for name in ("pay_now", "pay_instead", "change")),
    )
    return _asked(in_force(plans), in_force(instead), view, columns, ("rep",), "pay_compared")


def questions(plans: Sequence[Plan], view: View) -> Pay:
    """What keeps money from being paid: one row per kind of money (`source`, `measure`), reason (`state`) and person.

    Reasons: no_person (nobody to pay), no_rate (a currency without a rate: `foreign_money` in it), no_amount, no_cost,
    no_day (in no period), no_plan (nobody's plan), no_target (a plan by attainment, and no target).
    """
    columns = (
        *(Column(name, "by") for name in ("source", "state", "rep", "bucket")),
        Column("measure", "detail"),
        Column("lines", "value", unit="count"),
        Column("money", "value", unit="money"),
        Column("currency", "detail"),
        Column("foreign_money", "value", unit="number"),
    )
    return _asked(in_force(plans), (), view, columns, ("source", "state", "rep", "bucket"), "pay_questions")


def _asked(
    plans: tuple[Plan, ...],
    instead: tuple[Plan, ...],
    view: View,
    columns: tuple[Column, ...],
    by: tuple[str, ...],
    finish: str,
) -> Pay:
    """The statements of a question about pay, and what is made of their answers."""
    if view.period is None:
        raise NoPeriod
    first, last = view.period.from_on, min(view.period.to_on, view.as_of)
    last = max(first, last)
    plain = View(as_of=view.as_of, fiscal_start=view.fiscal_start, week_start=view.week_start)
    here = [plan for plan in (*plans, *instead) if plan.from_on <= last and (plan.to_on is None or plan.to_on >= first)]
    sources = tuple(dict.fromkeys(map(source_of, here)))
    goals = tuple(dict.fromkeys((plan.target, plan.period) for plan in here if plan.needs_target and plan.target))
    parts = [_money(source, place, plain, first, last) for place, source in enumerate(sources)]
    parts += [_goals(goal, plain, first, last) for goal in goals]
    if any(plan.ramp or plan.leave or plan.is_prorated for plan in here):
        begins, ends = _touched({plan.period for plan in here}, first, last, view.fiscal_start)
        parts.append(from_file("calendar_days", plain, from_on=begins, to_on=ends))
    people = from_file("pay_people", plain)
    return Pay(
        steps=people.steps, answer=people.answer, params=people.params, tables=people.tables,
        view=plain.with_period(from_on=first, to_on=last), columns=columns, finish=finish, by=by, others=tuple(parts),
        plans=plans, instead=instead, from_on=first, to_on=last, sources=sources, goals=goals,
    )  # fmt: skip


def _touched(grains: set[str], first: date, last: date, fiscal_start: int) -> tuple[date, date]:
    """First and last day of all periods that a span touches."""
    begins = min(bucket_start(first, grain, fiscal_start) for grain in grains)
    ends = max(bucket_next(bucket_start(last, grain, fiscal_start), grain) - DAY for grain in grains)
    return begins, ends


def _money(source: Source, place: int, view: View, first: date, last: date) -> Query:
    """The money of one kind that belongs to the periods that a span touches, until the view's day."""
    begins, ends = _touched({source.period}, first, last, view.fiscal_start)
    found = from_file(
        BASES[source.measure].file, view, credit=source.credit, dated_by=source.on, of=source.measure,
        grain=source.period, from_on=begins, to_on=min(ends, view.as_of),
    )  # fmt: skip
    columns = (
        *(Column(name, "by") for name in ("rep", "bucket", "state")),
        Column("customer_key", "detail"),
        Column("money", "value", unit="money"),
    )
    return replace(found, columns=columns, by=("rep", "bucket", "state"), finish=f"pay_money_{place}")


def _goals(goal: Goal, view: View, first: date, last: date) -> Query:
    """The targets by person of the whole periods that a span touches."""
    name, grain = goal
    begins, ends = _touched({grain}, first, last, view.fiscal_start)
    parts, _ = goal_parts(measure(f"attainment:{name}"), (grain, "rep"), view.with_period(from_on=begins, to_on=ends))
    return parts[0]


# ----------------------------------------------------------------------------------------------------------- answering


def known_of(query: Pay, frames: Sequence[pl.DataFrame]) -> Known:
    """What pay is worked out from: the frames of people and of all `others` that `_asked` made."""
    people, *others = frames
    money = dict(zip(query.sources, map(earned_of, others), strict=False))
    rest = others[len(query.sources) :]
    goals = {goal: goals_of(frame, *goal) for goal, frame in zip(query.goals, rest, strict=False)}
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
    frame = payout_frame(works(asked, frames, asked.plans))
    notes += _remarks(asked, frame)
    return frame.sort("from_on", "pay", "rep", descending=[True, True, False], nulls_last=True)


def _remarks(query: Pay, frame: pl.DataFrame) -> list[Note]:
    unpaid = frame.filter(pl.col("pay").is_null()).get_column("rep").n_unique()
    told = [note("pay_no_target", count=unpaid)] if unpaid else []
    as_of = query.view.as_of if query.view else None
    if as_of is not None and frame.height and frame.get_column("to_on").max() > as_of:  # type: ignore[operator]
        told.append(note("pay_so_far", day=as_of))
    return told


def finished_periods(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All people together, by plan and period."""
    asked = asked_of(query)
    frame = payout_frame(works(asked, frames, asked.plans))
    notes += _remarks(asked, frame)
    paid = frame.filter(pl.col("pay").is_not_null())
    whole = paid.group_by("plan", "from_on", "to_on").agg(
        pl.len().cast(pl.Int64).alias("people"), pl.col("money").sum(), pl.col("pay").sum()
    )
    share = pl.col("pay").cast(pl.Float64) / pl.when(pl.col("money") > 0).then(pl.col("money").cast(pl.Float64))
    return whole.with_columns(share.alias("rate")).select(_names(asked)).sort("from_on", "plan")


def finished_compared(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """What both sets of plans pay to each person over all periods, who gains most first."""
    asked = asked_of(query)
    sums = []
    for plans, name in ((asked.plans, "pay_now"), (asked.instead, "pay_instead")):
        frame = payout_frame(works(asked, frames, plans))
        unpaid = frame.filter(pl.col("pay").is_null()).get_column("rep").unique()
        by_rep = frame.sort("to_on").group_by("rep").agg(pl.col("team").last(), pl.col("pay").sum().alias(name))
        sums.append((by_rep, set(unpaid)))
    (now, unpaid_now), (then, unpaid_then) = sums
    both = now.join(then, on="rep", how="full", coalesce=True)
    both = both.with_columns(pl.coalesce("team", "team_right").alias("team"))
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


def asked_of(query: Query) -> Pay:
    """The question as one about pay: the finishes of this package are asked of no other."""
    return cast("Pay", query)


FINISHES = {
    "pay_payouts": finished_payouts,
    "pay_periods": finished_periods,
    "pay_compared": finished_compared,
    "pay_questions": finished_questions,
}
