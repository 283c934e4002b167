"""The company's plans of pay: what was said, by whom and when; the last word on each version counts.

Nothing is written over: a version that is told again, or a plan that is withdrawn, is one more row of ops.pay_plans.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from data.clock import now
from data.errors import PlanUnknown
from data.settings import settings
from metrics.errors import nearest
from metrics.pay_plan import Plan, PlanInvalid, problem
from metrics.pay_plans import Membership, checked, in_force
from metrics.query import from_file
from metrics.viewer import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

_WITHDRAWN = "null"
_TOLD = "select id, definition, from_on, who, noted_at from ops.pay_plans order by noted_at"


class Told(NamedTuple):
    """One row of the history: a version that was told, or the withdrawal of a plan."""

    id: str
    plan: Plan | None
    who: str | None
    noted_at: datetime


def history(seen: Snapshot) -> list[Told]:
    """Everything that was said about plans, the earliest first."""
    return [
        Told(id_, None if text == _WITHDRAWN else Plan.model_validate_json(text), who, noted_at)
        for id_, text, _, who, noted_at in seen.frame(_TOLD).iter_rows()
    ]


def versions(seen: Snapshot) -> tuple[Plan, ...]:
    """Every version of every plan as it was told, with an end of its own only."""
    held: dict[tuple[str, date], Plan] = {}
    for told in history(seen):
        if told.plan is not None:
            held[told.id, told.plan.from_on] = told.plan
        else:
            held = {key: plan for key, plan in held.items() if key[0] != told.id}
    return tuple(held.values())


def plans(seen: Snapshot) -> tuple[Plan, ...]:
    """The plans as they hold beside each other."""
    return in_force(versions(seen))


def plans_for(seen: Snapshot, viewer: Viewer) -> tuple[Plan, ...]:
    """The plans that a viewer may read: those of the people in their scope, without the names of anybody else."""
    known = plans(seen)
    if viewer.sees_all:
        return known
    people = membership(seen.ask(from_file("pay_people"), viewer).frame)
    own = (plan for plan in known if any(_ever(plan, rep, spans) for rep, spans in people.items()))
    return tuple(_without_others(plan, people) for plan in own)


def _without_others(plan: Plan, people: Membership) -> Plan:
    """A plan that pays some of these people, with their names only. It still is for somebody, and for none besides."""
    named = {
        "reps": tuple(rep for rep in plan.reps if rep in people),
        "without": tuple(rep for rep in plan.without if rep in people),
        "leave": tuple(one for one in plan.leave if one.rep in people),
    }
    return plan.model_copy(update=named)


def _ever(plan: Plan, rep: str, spans: Sequence[tuple[str, date, date]]) -> bool:
    """Whether a plan pays somebody on some day on which it holds."""
    last = plan.to_on or date.max
    teams = [team for team, from_on, to_on in spans if from_on <= last and to_on > plan.from_on]
    return any(plan.is_for(rep, team) for team in (None, *teams))


def membership(frame: pl.DataFrame) -> Membership:
    """Who was in which team when, from the answer of pay_people.sql; whose past nobody knows are where they are."""
    found: dict[str, list[tuple[str, date, date]]] = {}
    for row in frame.iter_rows(named=True):
        spans = found.setdefault(row["rep"], [])
        if row["team"] is not None:
            spans.append((row["team"], row["from_on"], row["to_on"]))
        elif row["team_now"] is not None:
            spans.append((row["team_now"], date.min, date.max))
    return found


def checked_here(seen: Snapshot, told: Sequence[Plan]) -> tuple[Plan, ...]:
    """The plans as they hold beside each other in this company.

    Raises:
        PlanInvalid: one names nobody who is known, or two pay one person for the same days.
    """
    people = membership(seen.ask(from_file("pay_people"), EVERYTHING).frame)
    teams = set(seen.frame("select team from crm.teams where team is not null")["team"])
    teams |= {team for spans in people.values() for team, _, _ in spans}
    for plan in told:
        for code, named, known in (
            ("unknown_team", plan.teams, teams),
            ("unknown_rep", (*plan.reps, *plan.without, *(one.rep for one in plan.leave)), set(people)),
        ):
            for name in named:
                if name not in known:
                    like = {one.lower(): one for one in known}
                    reason = problem(code, given=name, suggestion=like.get(nearest(name, like) or ""))
                    raise PlanInvalid(plan=plan.id, problem=reason)
    return checked(told, people, settings().fiscal_start)


def with_those(held: Sequence[Plan], told: Sequence[Plan]) -> tuple[Plan, ...]:
    """All versions once these are told: one told again takes the place of the version that begins on the same day."""
    by_version = {(plan.id, plan.from_on): plan for plan in (*held, *told)}
    return tuple(by_version.values())


def save(store: Store, told: Sequence[Plan], who: str | None) -> tuple[Plan, ...]:
    """Let these plans count from now on, beside or instead of those of the same id and first day.

    Returns:
        All plans, as they hold beside each other.

    Raises:
        PlanInvalid: as `checked_here`; nothing is changed.
    """
    with store.turn():  # what is checked holds until it is written
        with store.snapshot() as seen:
            held = checked_here(seen, with_those(versions(seen), told))
        _write(store, (), told, who)
    return held


def replace_all(store: Store, told: Sequence[Plan], who: str | None) -> tuple[Plan, ...]:
    """Let these plans and no others count from now on; those that are not among them are withdrawn.

    Raises:
        PlanInvalid: as `checked_here`; nothing is changed.
    """
    with store.turn():
        with store.snapshot() as seen:
            held, known = checked_here(seen, told), versions(seen)
        new = [plan for plan in told if plan not in known]
        kept = {(plan.id, plan.from_on) for plan in told}
        gone = dict.fromkeys(plan.id for plan in known if (plan.id, plan.from_on) not in kept)
        _write(store, tuple(gone), [*new, *(plan for plan in told if plan.id in gone and plan not in new)], who)
    return held


def _write(store: Store, gone: Sequence[str], told: Sequence[Plan], who: str | None) -> None:
    """Withdraw plans, then tell versions: both at one moment, in one transaction."""
    moment = now()
    with store.writing() as cursor:
        for place, (plan_id, plan) in enumerate([*((one, None) for one in gone), *((one.id, one) for one in told)]):
            text = _WITHDRAWN if plan is None else plan.model_dump_json(by_alias=True)
            day = None if plan is None else plan.from_on
            at = moment + timedelta(microseconds=place)  # what is told first comes first in the history
            row = {"id": plan_id, "text": text, "day": day, "who": who, "at": at}
            cursor.execute("insert into ops.pay_plans values ($id, $text, $day, $who, $at)", row)


def withdraw(store: Store, plan_id: str, who: str | None) -> None:
    """Take a plan away with all its versions; what was settled by it stays.

    Raises:
        PlanUnknown: there is no plan of this id.
    """
    with store.snapshot() as seen:
        known = {plan.id for plan in plans(seen)}
    if plan_id not in known:
        raise PlanUnknown(name=plan_id, suggestion=nearest(plan_id, known))
    _write(store, (plan_id,), (), who)
