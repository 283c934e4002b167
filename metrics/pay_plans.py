"""Plans of pay beside each other: which version holds when, and that nobody is paid by two at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from metrics.pay_plan import Plan, PlanInvalid, problem
from metrics.period import DAY, bucket_next, bucket_start

Membership = Mapping[str, Sequence[tuple[str, date, date]]]
"""Of each person the teams they were in, from the first day to the day after the last."""


def in_force(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The versions of all plans, each ended where the next one of its id begins; in order of id and time."""
    found = []
    ordered = sorted(
        {(plan.id, plan.from_on): plan for plan in plans}.values(), key=lambda plan: (plan.id, plan.from_on)
    )
    for plan, following in zip(ordered, [*ordered[1:], None], strict=False):
        last = plan.to_on
        if following is not None and following.id == plan.id:
            last = min(last or date.max, following.from_on - DAY)
        found.append(plan.model_copy(update={"to_on": last}))
    return tuple(found)


def checked(plans: Sequence[Plan], teams_of: Membership | None = None, fiscal_start: int = 1) -> tuple[Plan, ...]:
    """The plans as they hold beside each other.

    Args:
        plans: all of them, versions too. teams_of: who was in which team; None: only what the plans say is compared.
        fiscal_start: first month of the fiscal year.

    Raises:
        PlanInvalid: one does not begin and end with its periods, or two pay one person for the same days.
    """
    held = in_force(plans)
    for plan in held:
        _whole_periods(plan, fiscal_start)
    for place, one in enumerate(held):
        for other in held[place + 1 :]:
            if one.id == other.id or not _overlap(one, other):
                continue
            who = _both(one, other, teams_of or {})
            if who is not None:
                told = problem("overlap", other=other.id, who=who, day=max(one.from_on, other.from_on))
                raise PlanInvalid(plan=one.id, problem=told)
    return held


def _whole_periods(plan: Plan, fiscal_start: int) -> None:
    begins = bucket_start(plan.from_on, plan.period, fiscal_start)
    if begins != plan.from_on:
        raise PlanInvalid(plan=plan.id, problem=problem("begins", day=plan.from_on, first=begins))
    if plan.to_on is None:
        return
    ends = bucket_next(bucket_start(plan.to_on, plan.period, fiscal_start), plan.period) - DAY
    if ends != plan.to_on:
        raise PlanInvalid(plan=plan.id, problem=problem("ends", day=plan.to_on, last=ends))


def _overlap(one: Plan, other: Plan) -> bool:
    return one.from_on <= (other.to_on or date.max) and other.from_on <= (one.to_on or date.max)


def _both(one: Plan, other: Plan, teams_of: Membership) -> str | None:
    """Somebody, or a team, whom both are for on a day on which both hold; "*" where both are for everybody else."""
    is_open, other_open = (not (plan.reps or plan.teams) for plan in (one, other))
    if is_open and other_open:
        return "*"
    named = [rep for rep in (*one.reps, *other.reps) if _pays(one, rep, teams_of) and _pays(other, rep, teams_of)]
    if named:
        return named[0]
    if is_open or other_open:
        return next(iter((other if is_open else one).teams), None)
    return next((team for team in one.teams if team in other.teams), None)


def _pays(plan: Plan, rep: str, teams_of: Membership) -> bool:
    """Whether a plan is for somebody on some day on which it holds."""
    spans = teams_of.get(rep, ())
    held = (team for team, from_on, to_on in spans if from_on <= (plan.to_on or date.max) and to_on > plan.from_on)
    return any(plan.is_for(rep, team) for team in (None, *held))
