"""What became of decisions about deals: stages, money, days and next steps as uploads showed them, and activities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from data.review.decided import Before, Said, Verdict
from data.review.judging import Case, check, iso, met, unmet
from metrics.period import DAY

if TYPE_CHECKING:
    from data.review.course import Course, State
    from data.review.outcomes import Expected


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a deal.

    `met`: of a state. `moved`: whether a state is nearer to it than what was said before. `tell`: what became, in
    evidence. `is_open`: whether it is about an open deal: one that was lost is past it.
    """

    met: Callable[[State], bool]
    moved: Callable[[Before, State], bool]
    tell: Callable[[Before, State], Said]
    is_open: bool = True


def wanted_of(one: Expected, course: Course) -> Wanted | None:
    """What an outcome wants of a deal's states; None of an outcome that is not about them."""
    if one.outcome == "stage":
        return _stage_wanted(one.text("stage"), course)
    if one.outcome in ("won", "closed"):
        ends = ("won",) if one.outcome == "won" else ("won", "lost")
        return replace(_stage_wanted(None, course), met=lambda now: now.status in ends, is_open=one.outcome == "won")
    if one.outcome == "close_by":
        return _close_wanted(one.day("day"))
    if one.outcome == "amount":
        return _amount_wanted(one.number("at_least"))
    if one.outcome == "next_step":
        return Wanted(
            met=lambda now: now.status == "won" or (now.status == "open" and bool((now.next_step or "").strip())),
            moved=lambda _, __: False,
            tell=lambda _, now: Said("step", {"step": now.next_step}) if now.next_step else Said("no_step"),
        )
    return None


def _stage_wanted(stage: str | None, course: Course) -> Wanted:
    def met(now: State) -> bool:
        if now.status != "open":
            return now.status == "won"
        if course.is_guess(now.pipeline, now.stage) or course.is_guess(now.pipeline, stage):
            return now.stage == stage  # what lies beyond it is not known
        at, goal = course.place(now.pipeline, now.stage), course.place(now.pipeline, stage)
        return at is not None and goal is not None and at >= goal

    def moved(before: Before, now: State) -> bool:
        at, was = _places(course, before, now)
        return now.status == "open" and at is not None and was is not None and at > was

    def tell(before: Before, now: State) -> Said:
        if now.pipeline != before.pipeline:
            return Said("pipeline", {"old": before.pipeline, "new": now.pipeline, "stage": now.stage})
        if now.stage == before.stage:
            return Said("stays", {"new": now.stage})
        at, was = _places(course, before, now)
        is_back = at is not None and was is not None and at < was
        return Said("back" if is_back else "stage", {"old": before.stage, "new": now.stage})

    return Wanted(met, moved, tell)


def _places(course: Course, before: Before, now: State) -> tuple[int | None, int | None]:
    """Where a deal is and where it was: a guessed order is the one of the day of the decision, as long as it is one."""
    is_guess = course.is_guess(now.pipeline, now.stage) or course.is_guess(before.pipeline, before.stage)
    if is_guess and before.stages and now.pipeline == before.pipeline:
        order = {stage: at for at, stage in enumerate(before.stages, 1)}
        return order.get(now.stage or ""), order.get(before.stage or "")
    return course.place(now.pipeline, now.stage), course.place(before.pipeline, before.stage)


def _close_wanted(day: date) -> Wanted:
    def met(now: State) -> bool:
        if now.status == "won":
            return now.closed_on is not None and now.closed_on <= day
        return now.status == "open" and now.close_on is not None and now.close_on <= day

    def moved(before: Before, now: State) -> bool:
        return now.close_on is not None and (before.close_on is None or now.close_on < before.close_on)

    def tell(before: Before, now: State) -> Said:
        if now.close_on == before.close_on:
            return Said("close_stays", {"new_day": iso(now.close_on)})
        return Said("close", {"old_day": iso(before.close_on), "new_day": iso(now.close_on)})

    return Wanted(met, moved, tell)


def _amount_wanted(at_least: float) -> Wanted:
    def met(now: State) -> bool:
        return now.status != "lost" and now.amount is not None and now.amount >= at_least

    def moved(before: Before, now: State) -> bool:
        return now.amount is not None and now.amount > (before.amount or 0)

    def tell(before: Before, now: State) -> Said:
        code = "value_stays" if now.amount == before.amount else "value"
        return Said(code, {"old": before.amount, "new": now.amount, "unit": "money"})

    return Wanted(met, moved, tell)


@check("stage")
@check("won")
@check("closed")
@check("close_by")
@check("amount")
@check("next_step")
def deal(case: Case, reach: date) -> Verdict:
    """What became of a deal, by its states."""
    action, course = case.action, case.course
    wanted = wanted_of(case.expected, course)
    if wanted is None:
        raise ValueError(case.expected.outcome)
    found = _first_met(case, wanted, reach)
    now = course.at(reach)
    if found is not None:
        return _done(case, wanted, found, now)
    if now is None:
        return Verdict("unknown", (_vanished(course),))
    evidence = _told(case, wanted, now, reach)
    if now.status == "lost" and wanted.is_open:
        return Verdict("failed", evidence)
    return unmet(case, reach, evidence, has_moved=wanted.moved(action.before, now))


def _first_met(case: Case, wanted: Wanted, reach: date) -> State | None:
    """The state that met what was wanted: the first in a row up to the day it is judged by; or later."""
    judged_on = min(reach, case.action.due_on)
    first: State | None = None
    for one in case.course.states:
        if one.seen_from > judged_on:
            break
        if one.seen_to > case.action.decided_on:
            first = (first or one) if wanted.met(one) else None
    if first is not None and case.course.at(judged_on) is not None:
        return first
    return next((one for one in case.course.states if judged_on < one.seen_from <= reach and wanted.met(one)), None)


def _done(case: Case, wanted: Wanted, met: State, now: State | None) -> Verdict:
    """When it was met, whether that was late, and what came after."""
    action = case.action
    on, is_known = _met_day(case, met)
    sighted = sorted(day for _, day in case.telling())
    is_late = on > action.due_on if is_known else any(action.due_on <= day < met.seen_from for day in sighted)
    evidence: list[Said] = [_end(met) or wanted.tell(action.before, met), *_guess(case, met)]
    if is_late:
        evidence.append(Said("late", {"on": iso(action.due_on)}))
    elif not is_known and on > action.due_on:
        last = max((day for day in sighted if day < met.seen_from), default=action.decided_on)
        evidence.append(Said("between", {"from_day": iso(last), "to_day": iso(on)}))
    if now is None:
        evidence.append(_vanished(case.course))
    elif now != met and not wanted.met(now):
        evidence.append(Said("since", {"told": list(_end(now) or wanted.tell(_as_before(met, action.before), now))}))
    return Verdict("done", tuple(evidence), on, is_late)


def _met_day(case: Case, met: State) -> tuple[date, bool]:
    """The day it was met, and whether it is known to the day: not where it is only that of an upload."""
    if met.status != "open" and met.closed_on is not None:
        return max(min(met.closed_on, met.seen_from), case.action.decided_on), True
    if case.expected.outcome != "stage":
        return met.seen_from, False
    course, before = case.course, case.action.decided_on
    wanted = case.expected.text("stage")
    goal = course.place(met.pipeline, wanted)
    is_guess = course.is_guess(met.pipeline, met.stage) or course.is_guess(met.pipeline, wanted)

    def reaches(stage: str) -> bool:
        return stage == wanted if is_guess else (course.place(met.pipeline, stage) or 0) >= (goal or 0)

    floor = max([before, *(one.seen_from for one in course.states if one.seen_from < met.seen_from)])
    entered = [
        day for stage, day in course.visits
        if floor < day <= met.seen_from and goal is not None and reaches(stage)
    ]  # fmt: skip
    on = min(entered, default=met.seen_from)
    return on, on not in {day for _, day in case.telling()}


def _told(case: Case, wanted: Wanted, now: State, reach: date) -> tuple[Said, ...]:
    """What a deal that has not met it says, and what it had been meanwhile."""
    action, told = case.action, [_end(now) or wanted.tell(case.action.before, now)]
    between = [one for one in case.course.states if action.decided_on < one.seen_from <= reach and one != now]
    had = next((one for one in reversed(between) if wanted.met(one)), None)
    if had is not None:
        stage = had.stage if had.status == "open" else None
        told.append(Said("had_been", {"status": had.status, "stage": stage, "from_day": iso(_since(had)),
                                      "to_day": iso(had.seen_to - DAY)}))  # fmt: skip
    elif now.status == "open" and (ended := next((one for one in reversed(between) if one.status != "open"), None)):
        told.append(Said("reopened", {"status": ended.status, "from_day": iso(_since(ended))}))
    return (*told, *_guess(case, now))


def _guess(case: Case, state: State) -> tuple[Said, ...]:
    """That the order of stages is guessed, where it matters: with a known one, stages beyond would count as well."""
    if case.expected.outcome != "stage" or state.status != "open":
        return ()
    either = (state.stage, case.expected.text("stage"))
    return (Said("guessed"),) if any(case.course.is_guess(state.pipeline, one) for one in either) else ()


def _end(state: State) -> Said | None:
    """That a deal is over; None while it is open."""
    return None if state.status == "open" else Said(state.status, {"on": iso(_since(state))})


def _since(state: State) -> date:
    """The day from which it was so: of one that is over, the day that it says it was closed."""
    return state.seen_from if state.status == "open" else state.closed_on or state.seen_from


def _as_before(state: State, before: Before) -> Before:
    return Before(
        pipeline=state.pipeline, stage=state.stage, status=state.status, amount=state.amount, close_on=state.close_on,
        next_step=state.next_step, stages=before.stages,
    )  # fmt: skip


def _vanished(course: Course) -> Said:
    """That a deal is no more: no longer in a full export, deleted or joined to another."""
    last = course.states[-1].seen_to if course.states else None
    return Said("gone" if course.is_there else "deleted", {"on": iso(last)})


@check("activity")
def touched(case: Case, reach: date) -> Verdict:
    """Whether anybody did something for the deal after the day of the decision."""
    days = {day for day in case.course.touches if day <= reach}
    days |= {one.activity_on for one in case.course.states if one.activity_on and one.seen_from <= reach}
    after = sorted(day for day in days if case.action.decided_on < day <= reach)
    if after:
        return met(case, Said("touched", {"on": iso(after[0]), "count": len(after)}), after[0],
                    is_late=after[0] > case.action.due_on)  # fmt: skip
    now = case.course.at(reach)
    if now is None:
        return Verdict("unknown", (_vanished(case.course),))
    return unmet(case, reach, (_end(now) or Said("untouched"),), has_moved=False)
