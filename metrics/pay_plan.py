"""Plans of pay as data: what is paid on, whom it is for, and how much of it.

A plan pays people for one kind of money (`measure`) that is dated by one day (`on`) and credited in one way (`credit`),
period by period. Its tiers are rates of that money between thresholds, which are money or shares of a target. Terms as
the trade uses them: *accelerator* (a higher rate beyond the target), *cap*, *quota relief* (a lower target for people
who have just come or were away), *clawback* (money that goes back takes its pay back with it).
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from metrics.catalog import Text, measure
from metrics.errors import SalesError, UnknownMeasure, fill, nearest

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
