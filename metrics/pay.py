"""What people are paid: by everybody and period, line by line, what is open, and what another plan would have paid.

A question about pay is made of statements of three kinds: who may be paid, the money that their plans pay on (one for
each kind of money, credited and dated in one way), and targets. They are the same for all questions about one span of
days. Filters of the page do not apply: pay is of all that counts, or it would not be the pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from metrics import pay_rows
from metrics.errors import NoPeriod, NoSuchColumn, nearest
from metrics.pay_plan import BASES, Plan
from metrics.pay_plans import in_force
from metrics.pay_work import Source, source_of
from metrics.period import DAY, bucket_next, bucket_start
from metrics.query import Column, Query, from_file
from metrics.view import View

Goal = tuple[str, str]
_MONEY = "pay_money_{}"
"""The finish of the statements of money among the parts of a question: no answer of their own, only a mark."""


@dataclass(frozen=True)
class Pay(Query):
    """A question about pay.

    Attributes:
        plans: as they hold beside each other. instead: those that they are compared with.
        from_on, to_on: days that the periods asked for touch.
        sources: kinds of money, in the order of their statements among `others`; `goals` (measure and period) follow,
            then the calendar. around: the same of the longest period that the days touch, where it is more; its parts
            follow in `others`, `own_parts` is the number of those before.
        rep, plan: of whom and by which plan's id; more: money that is imagined.
    """

    plans: tuple[Plan, ...] = ()
    instead: tuple[Plan, ...] = ()
    from_on: date = date.min
    to_on: date = date.max
    sources: tuple[Source, ...] = ()
    goals: tuple[Goal, ...] = ()
    rep: str | None = None
    plan: str | None = None
    around: Pay | None = None
    own_parts: int = 0
    more: Decimal | None = None

    def __hash__(self) -> int:
        return hash((super().__hash__(), self.finish, self.from_on, self.to_on, self.rep, self.plan, self.more))

    def money(self, source: Source) -> Query:
        """The statement that asks for a kind of money."""
        name = _MONEY.format(self.sources.index(source))
        return next(one for one in self.others if one.finish == name)

    def rows(self, column: str | None = None, **at: object) -> Query:
        """The lines that a row of the answer stands on: deals, contracts, payments or orders.

        Args:
            column: of the answer. **at: values of the columns it is cut by.
        """
        if column is not None and column not in {one.name for one in self.columns}:
            raise NoSuchColumn(name=column, suggestion=nearest(column, [one.name for one in self.columns]))
        if not self.sources:
            return from_file("pay_people", self.view)  # nobody has a plan: these are they
        values = {name: at[name] for name in ("rep", "bucket", "state") if name in at}
        if "from_on" in at:
            values["bucket"] = at["from_on"]
        if isinstance(values.get("bucket"), str):  # a mark of a drawing carries days as text
            values["bucket"] = date.fromisoformat(str(values["bucket"]))
        if "source" in at:
            if values.get("state") in ("no_plan", "no_target"):  # the lines themselves are in order
                values["state"] = "counted"
            return replace(self.money(self.sources[int(str(at["source"]))]), finish="plain").rows(None, **values)
        plan = self._plan(at.get("plan"), values.get("bucket"))
        if plan is None:
            return self._all_rows()
        part = self.money(source_of(plan))
        found = replace(part, finish="plain").rows(None, **values, state="counted")
        return found if "rep" in at else pay_rows.restricted(found, pay_rows.of_plan(part, plan))

    def _all_rows(self) -> Query:
        """What the whole answer stands on: lines that plans pay on; of open questions those that bring nobody pay."""
        if self.finish == "pay_questions":
            return pay_rows.all_lines([(self.money(one), "population.state <> 'counted'", {}) for one in self.sources])
        plans = [one for one in self.plans if source_of(one) in self.sources]
        arms = [pay_rows.of_plan(self.money(source_of(one)), one) for one in plans]
        return pay_rows.all_lines([pay_rows.of_person(arm, self.rep) for arm in arms])

    def _plan(self, name: object, day: object) -> Plan | None:
        """The plan of this id, in the version that held on a day."""
        named = [one for one in (*self.plans, *self.instead) if one.id == name]
        held = [one for one in named if isinstance(day, date) and one.from_on <= day <= (one.to_on or date.max)]
        return next(iter((*held, *named)), None)


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

    `plan` is the one that pays them last.

    People are assumed to have sold what they did: a plan that pays otherwise would have had them sell otherwise. Whom
    either cannot pay for want of a target is in neither sum, and counted in a note.
    """
    columns = (
        *(Column(name, "by") for name in ("plan", "rep")),
        Column("team", "detail"),
        *(Column(name, "value", unit="money") for name in ("pay_now", "pay_instead", "change")),
    )
    return _asked(in_force(plans), in_force(instead), view, columns, ("plan", "rep"), "pay_compared")


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
    around, own = None, len(parts)
    if finish in {"pay_payouts", "pay_periods"} and len({plan.period for plan in plans}) > 1:
        begins, ends = _touched({plan.period for plan in plans}, first, last, view.fiscal_start)
        if (begins, min(ends, view.as_of)) != (first, last):
            wide = plain.with_period(from_on=begins, to_on=ends)
            around = _asked(plans, (), wide, (), (), "part")
            parts += [replace(one, finish="part") for one in around.others]
    return Pay(
        steps=people.steps, answer=people.answer, params=people.params, tables=people.tables,
        view=plain.with_period(from_on=first, to_on=last), columns=columns, finish=finish, by=by, others=tuple(parts),
        plans=plans, instead=instead, from_on=first, to_on=last, sources=sources, goals=goals, around=around,
        own_parts=own,
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
    return replace(found, columns=columns, by=("rep", "bucket", "state"), finish=_MONEY.format(place))


def _goals(goal: Goal, view: View, first: date, last: date) -> Query:
    """The targets by person of the whole periods that a span touches."""
    name, grain = goal
    begins, ends = _touched({grain}, first, last, view.fiscal_start)
    return from_file("pay_targets", view, goal=name, grain=grain, from_on=begins, to_on=ends)


def asked_of(query: Query) -> Pay:
    """The question as one about pay: the finishes of this package are asked of no other."""
    return cast("Pay", query)
