"""Pay of everybody, period by period: who is paid by which plan, their money, target, relief, and what it brings.

Sums per person come from SQL; what is done here is done once per person and period, never per deal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from metrics.pay_plan import Plan
from metrics.pay_tiers import ZERO, Ruler, Scale
from metrics.period import DAY, bucket_next, buckets


class Source(NamedTuple):
    """Where money comes from that is paid on: what several plans may ask for alike."""

    measure: str
    credit: str
    on: str
    period: str


def source_of(plan: Plan) -> Source:
    """The money that a plan pays on."""
    return Source(plan.measure, plan.credit, plan.on, plan.period)


class Person(NamedTuple):
    """Somebody who may be paid. `teams`: from which day to the day after which they were in which."""

    rep: str
    team_now: str | None
    hired_on: date | None
    left_on: date | None
    teams: tuple[tuple[str, date, date], ...]

    def team_on(self, day: date) -> str | None:
        """Their team on a day; where nobody says, today's."""
        return next((team for team, from_on, to_on in self.teams if from_on <= day < to_on), self.team_now)

    def is_there(self, from_on: date, to_on: date) -> bool:
        """Whether they belonged to the company on some day of a span."""
        return (self.hired_on or from_on) <= to_on and (self.left_on or to_on) >= from_on


class Earned(NamedTuple):
    """Money of a person in a period: all of it, what of it is above zero, and of how many lines."""

    money: Decimal
    gains: Decimal
    lines: int


NOTHING = Earned(ZERO, ZERO, 0)
_ALL = Decimal(1)


@dataclass(frozen=True)
class Known:
    """What pay is worked out from. `goals`: by measure and period, of person and first day. `days`: working days."""

    people: Mapping[str, Person]
    earned: Mapping[Source, Mapping[tuple[str, date], Earned]]
    goals: Mapping[tuple[str, str], Mapping[tuple[str, date], Decimal]] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    fiscal_start: int = 1


@dataclass(frozen=True)
class Work:
    """Pay of one person for one period.

    Attributes:
        money: that counts. target: in money, relieved; None where there is none or none is needed. relief: the share of
            the target that is left. scale: None where the plan needs a target and there is none.
    """

    plan: Plan
    person: Person
    team: str | None
    from_on: date
    to_on: date
    money: Decimal
    lines: int
    target: Decimal | None
    relief: Decimal
    scale: Scale | None

    @property
    def pay(self) -> Decimal | None:
        """What it brings, to the cent; None where nothing can be said."""
        return None if self.scale is None else self.scale.pay(self.money)


# ------------------------------------------------------------------------------------------------- from what was asked


def people_of(frame: pl.DataFrame) -> dict[str, Person]:
    """Everybody by name, from the answer of pay_people.sql."""
    spans: dict[str, list[tuple[str, date, date]]] = {}
    found: dict[str, Person] = {}
    for row in frame.iter_rows(named=True):
        if row["team"] is not None:
            spans.setdefault(row["rep"], []).append((row["team"], row["from_on"], row["to_on"]))
        found[row["rep"]] = Person(row["rep"], row["team_now"], row["hired_on"], row["left_on"], ())
    return {rep: person._replace(teams=tuple(spans.get(rep, ()))) for rep, person in found.items()}


def earned_of(frame: pl.DataFrame) -> dict[tuple[str, date], Earned]:
    """What counts of the answer of a question of money, by person and first day of the period."""
    counted = frame.filter((pl.col("state") == "counted") & pl.col("bucket").is_not_null())
    rows = counted.select("rep", "bucket", "money", "gains", "lines").iter_rows()
    return {(rep, bucket): Earned(money, gains or ZERO, lines) for rep, bucket, money, gains, lines in rows}


def goals_of(frame: pl.DataFrame) -> dict[tuple[str, date], Decimal]:
    """Targets by person and first day of the period, from the answer of pay_targets.sql."""
    return {(rep, bucket): Decimal(str(round(value, 4))) for rep, bucket, value in frame.iter_rows()}


# ------------------------------------------------------------------------------------------------------------- working


def worked(plans: Sequence[Plan], known: Known, from_on: date, to_on: date, only: str | None = None) -> Iterator[Work]:
    """Pay of everybody who is paid by some plan, for all its periods that touch a span of days.

    Args:
        plans: as they hold beside each other (`pay_plan.in_force`). known: what it is worked out from.
        from_on, to_on: the span. only: of this person alone.
    """
    rulers = {id(plan): Ruler(plan) for plan in plans}
    for grain in dict.fromkeys(plan.period for plan in plans):
        for first in buckets(from_on, to_on, grain, known.fiscal_start):
            last = bucket_next(first, grain) - DAY
            here = [(plan, rulers[id(plan)]) for plan in plans if plan.period == grain and plan.holds(first, last)]
            yield from _of_period(here, known, first, last, only) if here else ()


def _of_period(
    plans: Sequence[tuple[Plan, Ruler]], known: Known, first: date, last: date, only: str | None
) -> Iterator[Work]:
    people = known.people.values() if only is None else [known.people[only]] if only in known.people else []
    days = [day for day in known.days if first <= day <= last]
    money = {id(plan): known.earned.get(source_of(plan), {}) for plan, _ in plans}
    for person in people:
        team = person.team_on(last)
        plan, ruler = next((found for found in plans if found[1].is_for(person.rep, team)), (None, None))
        if plan is None or ruler is None:
            continue
        earned = money[id(plan)].get((person.rep, first), NOTHING)
        if earned is NOTHING and not person.is_there(first, last):
            continue
        target, relief = _target(plan, person, known, days, (first, last))
        counts = earned.money if plan.clawback else earned.gains
        yield Work(plan, person, team, first, last, counts, earned.lines, target, relief, ruler.scale(target))


def _target(
    plan: Plan, person: Person, known: Known, days: Sequence[date], span: tuple[date, date]
) -> tuple[Decimal | None, Decimal]:
    """The target of a person for a period after relief, and the share of it that is left."""
    if not plan.needs_target:
        return None, _ALL
    goal = plan.quota
    if plan.target is not None:
        goal = known.goals.get((plan.target, plan.period), {}).get((person.rep, span[0]))
    relief = relief_of(plan, person, days, *span)
    return (goal if goal is None or relief == _ALL else goal * relief), relief


def relief_of(plan: Plan, person: Person, days: Sequence[date], first: date, last: date) -> Decimal:
    """The share of a target that is left to a person: the mean over `days`, the working days of a period.

    A day counts nothing in a leave, and before somebody came or after they left where the plan is prorated; as much as
    the ramp says in the first months after that; else all.
    """
    away = [one for one in plan.leave if one.rep == person.rep and one.from_on <= last and one.to_on >= first]
    is_new = bool(plan.ramp) and person.hired_on is not None and _months(person.hired_on, first) < len(plan.ramp)
    comes_or_goes = plan.is_prorated and bool(
        (person.hired_on and person.hired_on > first) or (person.left_on and person.left_on < last)
    )
    if not (away or is_new or comes_or_goes):
        return _ALL
    if not days:
        return _ALL
    left = ZERO
    for day in days:
        if not any(one.from_on <= day <= one.to_on for one in away):
            left += _share_of_day(plan, person, day)
    return (left / len(days)).quantize(Decimal("0.000001"))


def _share_of_day(plan: Plan, person: Person, day: date) -> Decimal:
    hired, gone = person.hired_on, person.left_on
    if plan.is_prorated and ((hired is not None and day < hired) or (gone is not None and day > gone)):
        return ZERO
    if not plan.ramp or hired is None:
        return Decimal(1)
    months = max(_months(hired, day), 0)
    return plan.ramp[months] if months < len(plan.ramp) else Decimal(1)


def _months(hired: date, day: date) -> int:
    """Whole months from the day somebody came until a day; below zero before it."""
    return (day.year - hired.year) * 12 + day.month - hired.month - (day.day < hired.day)
