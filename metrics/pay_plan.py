"""Plans of pay as data: what is paid on, whom it is for, and how much of it.

A plan pays people for one kind of money (`measure`) that is dated by one day (`on`) and credited in one way (`credit`),
period by period. Its tiers are rates of that money between thresholds, which are money or shares of a target. Terms as
the trade uses them: *accelerator* (a higher rate beyond the target), *cap*, *quota relief* (a lower target for people
who have just come or were away), *clawback* (money that goes back takes its pay back with it).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from metrics.catalog import Text, measure
from metrics.errors import SalesError, UnknownMeasure, fill, nearest
from metrics.period import DAY, bucket_next, bucket_start

Grain = Literal["month", "quarter", "year", "fiscal_quarter", "fiscal_year"]


class Basis(NamedTuple):
    """What can be paid on.

    `file`: the question that finds the money, of metrics/sql. `days`: the days that can date it, the first unless said.
    `credits`: how people can be credited. `target`: the measure whose targets are meant unless a plan says another.
    """

    file: str
    days: tuple[str, ...]
    credits: tuple[str, ...]
    target: str


BASES = {
    "won_amount": Basis("pay_won", ("closed_on",), ("shares", "booked"), "won_amount"),
    "signed_amount": Basis("pay_signed", ("signed_on", "starts_on"), ("shares", "booked"), "won_amount"),
    "collected": Basis("pay_collected", ("paid_on", "closed_on"), ("shares", "booked"), "collected"),
    "revenue": Basis("pay_ordered", ("ordered_on",), ("booked",), "revenue"),
    "gross_margin": Basis("pay_ordered", ("ordered_on",), ("booked",), "gross_margin"),
}
"""Signed money and collected money are different things, so a plan always says which."""


class PlanInvalid(SalesError):
    """A plan of pay cannot be used. Params: plan, problem (a Text)."""


def problem(code: str, **params: object) -> Text:
    """The reason of a refusal, in both languages (metrics/pay.toml)."""
    said = words()["problems"][code]
    return Text.model_validate({lang: fill(said, lang, params) for lang in ("en", "zh-CN")})


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """The texts about pay: why a plan is refused, and what its parts are called."""
    return tomllib.loads(Path(__file__).with_name("pay.toml").read_text("utf-8"))


def _listed(given: object) -> object:
    return tuple(given) if isinstance(given, list) else given


Money = Annotated[Decimal, Field(allow_inf_nan=False)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(_Frozen):
    """From the threshold `at` on (included) the money is paid at `rate`, a share from 0 to 1.

    `at` is money, or a share of the target: 1 is the target reached.
    """

    at: Money
    rate: Money


class Accelerator(_Frozen):
    """From the share `over` of the target on (included) every rate is `times` as high."""

    over: Money
    times: Money


class Leave(_Frozen):
    """Somebody was away, so that the target of these days, both included, is not theirs."""

    rep: str
    from_on: date
    to_on: date


class Plan(_Frozen):
    """One plan; several of one id are its versions, each of which holds until the next begins.

    Attributes:
        measure: what is paid on, one of BASES. on: the day that dates it.
        credit: "shares" divides the money of a deal among all who have a share in it; "booked" gives a row's money to
            the person that it names.
        teams, reps: whom it is for, teams as of the last day of a period; nobody named: everybody. without: but these.
        period: pay is worked out for each of them anew.
        mode: "graduated": each part of the money at the rate of its own tier; "whole": all of it at that of the tier
            reached.
        tiers_by: what thresholds are: "money", or "attainment" of the target.
        target: the measure whose targets by person are meant. quota: or one target for everybody, in money.
        cap: the most that is paid to a person in a period.
        ramp: shares of the target in the first, second, … month after somebody was hired.
        is_prorated: days before somebody came and after they left are taken off the target.
        clawback: money below zero (refunds, returns) takes its pay back; else it does not count.
        from_on, to_on: first and last day on which it holds, of whole periods.
    """

    id: str
    label: Text
    measure: str
    on: str = ""
    credit: str = ""
    teams: Names = ()
    reps: Names = ()
    without: Names = ()
    period: Grain = "quarter"
    mode: Literal["graduated", "whole"] = "graduated"
    tiers_by: Literal["money", "attainment"] = "money"
    target: str | None = None
    quota: Money | None = None
    tiers: tuple[Tier, ...]
    accelerators: tuple[Accelerator, ...] = ()
    cap: Money | None = None
    ramp: tuple[Money, ...] = ()
    leave: tuple[Leave, ...] = ()
    is_prorated: bool = False
    clawback: bool = True
    from_on: date
    to_on: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, told: object) -> object:
        """One label may do for both languages; the usual day, credit and target of what is paid on."""
        if not isinstance(told, dict):
            return told
        given = dict(told)
        if isinstance(label := given.get("label", given.get("id")), str):
            given["label"] = {"en": label, "zh-CN": label}
        basis = BASES.get(str(given.get("measure")))
        if basis is not None:
            given.setdefault("on", basis.days[0])
            given.setdefault("credit", basis.credits[0])
            if given.get("quota") is None and given.get("target") is None:
                given["target"] = basis.target
        return given

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        """Refuse what could not be paid, with the reason.

        Raises:
            PlanInvalid: always with what to change.
        """
        for found in (self._basis_is_wrong(), self._tiers_are_wrong(), self._target_is_wrong(), self._span_is_wrong()):
            if found is not None:
                raise PlanInvalid(plan=self.id, problem=found)
        return self

    def _basis_is_wrong(self) -> Text | None:
        known = ", ".join(BASES)
        if self.measure not in BASES:
            return problem("measure", given=self.measure, known=known, suggestion=nearest(self.measure, BASES))
        basis = BASES[self.measure]
        if self.on not in basis.days:
            return problem("on", given=self.on, measure=self.measure, known=", ".join(basis.days))
        if self.credit not in basis.credits:
            return problem("credit", given=self.credit, measure=self.measure, known=", ".join(basis.credits))
        return None if self.id.strip() and len(self.id) <= 80 else problem("id")

    def _tiers_are_wrong(self) -> Text | None:
        if not self.tiers:
            return problem("no_tiers")
        if self.tiers[0].at != 0:
            return problem("first_tier", at=self.tiers[0].at)
        for below, tier in zip(self.tiers, self.tiers[1:], strict=False):
            if tier.at <= below.at:
                return problem("not_rising", at=tier.at, before=below.at)
        for tier in self.tiers:
            if not 0 <= tier.rate <= 1:
                return problem("rate", at=tier.at, rate=tier.rate)
        for before, one in zip((None, *self.accelerators), self.accelerators, strict=False):
            if one.over <= 0 or one.times <= 0 or (before is not None and one.over <= before.over):
                return problem("accelerator", over=one.over, times=one.times)
        return None if self.cap is None or self.cap >= 0 else problem("cap", cap=self.cap)

    def _target_is_wrong(self) -> Text | None:
        if self.quota is not None and self.target is not None:
            return problem("two_targets")
        if self.quota is not None and self.quota <= 0:
            return problem("quota", quota=self.quota)
        if any(not 0 <= share <= 1 for share in self.ramp):
            return problem("ramp")
        if self.target is None:
            return None
        try:
            is_sum = measure(self.target).additive == "all"
        except UnknownMeasure as error:
            return problem("target", given=self.target, suggestion=error.params["suggestion"])
        return None if is_sum else problem("target_rate", given=self.target)

    def _span_is_wrong(self) -> Text | None:
        if self.to_on is not None and self.to_on < self.from_on:
            return problem("span", from_on=self.from_on, to_on=self.to_on)
        for one in self.leave:
            if one.to_on < one.from_on:
                return problem("leave", rep=one.rep, from_on=one.from_on, to_on=one.to_on)
        return None

    @property
    def needs_target(self) -> bool:
        """Whether what is paid depends on a target."""
        return self.tiers_by == "attainment" or bool(self.accelerators)

    def holds(self, from_on: date, to_on: date) -> bool:
        """Whether it holds on all days of a period."""
        return self.from_on <= from_on and (self.to_on is None or to_on <= self.to_on)

    def is_for(self, rep: str, team: str | None) -> bool:
        """Whether somebody, who was in `team` on the last day of a period, is paid by it."""
        if rep in self.without:
            return False
        return rep in self.reps or team in self.teams or not (self.reps or self.teams)


# ------------------------------------------------------------------------------------------------------------- as TOML


def plan_of(told: Mapping[str, object]) -> Plan:
    """The plan of which these fields are said.

    Raises:
        PlanInvalid: with the field and the reason.
    """
    name = str(told.get("id", "?"))
    for field in told:
        if field not in Plan.model_fields:
            like = nearest(field, Plan.model_fields)
            raise PlanInvalid(plan=name, problem=problem("field", field=field, suggestion=like))
    try:
        return Plan.model_validate(dict(told))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        code = "missing" if first["type"] == "missing" else "value"
        given = str(first["input"])[:60]
        raise PlanInvalid(plan=name, problem=problem(code, field=place, given=given)) from error


def from_toml(text: str) -> tuple[Plan, ...]:
    """The plans that a file says, each a table `[[plans]]`; numbers are taken to the digit.

    Raises:
        PlanInvalid: it is no such file, or one of them cannot be used.
    """
    try:
        listed = tomllib.loads(text, parse_float=Decimal)["plans"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        detail = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "[[plans]]"
        raise PlanInvalid(plan="—", problem=problem("toml", detail=detail)) from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise PlanInvalid(plan="—", problem=problem("toml", detail="[[plans]]"))
    return tuple(plan_of(one) for one in listed)


def to_toml(plans: Sequence[Plan]) -> str:
    """The plans as a file that `from_toml` reads; what is as usual is left out."""
    parts = []
    for plan in plans:
        lines = ["[[plans]]"]
        for field, known in Plan.model_fields.items():
            value = getattr(plan, field)
            if value != known.default and not (field == "label" and value.en == value.zh_CN == plan.id):
                lines.append(f"{field} = {_written(value)}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _written(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case Text():
            return f"{{ en = {_written(value.en)}, zh-CN = {_written(value.zh_CN)} }}"
        case BaseModel():
            inside = ", ".join(f"{name} = {_written(getattr(value, name))}" for name in type(value).model_fields)
            return f"{{ {inside} }}"
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


# ------------------------------------------------------------------------------------------------------------ together

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
