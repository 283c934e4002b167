"""One target: of which measure, for whom, for which days, how much; and why one is refused.

A target is a version. What was decided first stays, a later decision has the next version, with the day and the reason,
so that what was reached can be held against the first and against the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from metrics.catalog import Measure, catalog, measure
from metrics.errors import BadPeriod, SalesError, UnknownMeasure, nearest
from metrics.period import DAY, bucket_next, bucket_start

SCOPES = ("company", "team", "rep", "product", "region")
"""Whom a target may be for."""
SPANS = ("week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")
"""Spans of the calendar that targets are set for."""
MOST = 1e15
"""More is a slip of the hand: cents of it are still told apart, and no company sells as much in any currency."""


class TargetRefused(SalesError):
    """A target that cannot be. Params: `who` (whose it is, and of which measure), and what the subclass says."""


class TargetWithoutEnd(TargetRefused):
    """A target without a first or a last day is bound to no time. Params: `who`."""


class TargetNegative(TargetRefused):
    """A target below 0. Params: `who`, `value`."""


class TargetAbsurd(TargetRefused):
    """A target above all that anybody sells. Params: `who`, `value`, `most`."""


class TargetOverOne(TargetRefused):
    """The target of a share is more than the whole. Params: `who`, `value`."""


class TargetOfNobody(TargetRefused):
    """A target that does not name whose it is, or is for an unknown kind of owner. Params: `who`, `scopes`."""


class TargetsOverlap(TargetRefused):
    """Two targets of one measure and one owner for days of which some are common. Params: `who`, `first`, `second`."""


class TargetTwice(TargetRefused):
    """Two targets of one version for the same days. Params: `who`, `span`, `version`."""


_WEEK = 7


class Span(NamedTuple):
    """Days from the first to the last, both included."""

    starts_on: date
    ends_on: date

    def __str__(self) -> str:
        return f"{self.starts_on}…{self.ends_on}"

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.ends_on - self.starts_on).days + 1

    def holds(self, other: Span) -> bool:
        """Whether the other lies within this one."""
        return self.starts_on <= other.starts_on and other.ends_on <= self.ends_on


class Target(BaseModel):
    """What is to be reached; frozen.

    Attributes:
        measure: its id. scope: one of SCOPES. scope_value: the name of the team, person, product or region.
        starts_on, ends_on: its days, both included.
        value: in the measure's own unit; shares from 0 to 1.
        version: the highest one holds. reason: why this version. set_on: the day it was decided.

    Raises:
        UnknownMeasure: with a suggestion. TargetWithoutEnd, BadPeriod, TargetNegative, TargetAbsurd,
        TargetOverOne, TargetOfNobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    scope: str = "company"
    scope_value: str | None = None
    starts_on: date
    ends_on: date
    value: float
    version: int = 1
    reason: str | None = None
    set_on: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_bound_in_time(cls, given: object) -> object:
        if isinstance(given, dict) and not (given.get("starts_on") and given.get("ends_on")):
            raise TargetWithoutEnd(who=_who(given.get("measure"), given.get("scope_value")))
        return given

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        of = aimed_at(self.measure)
        is_named = self.scope_value is None or bool(self.scope_value.strip())
        if self.scope not in SCOPES or (self.scope == "company") != (self.scope_value is None) or not is_named:
            raise TargetOfNobody(who=self.who, scopes=", ".join(SCOPES))
        if self.ends_on < self.starts_on:
            raise BadPeriod(from_on=self.starts_on, to_on=self.ends_on)
        check_value(of, self.value, self.who)
        return self

    @property
    def span(self) -> Span:
        """Its days."""
        return Span(self.starts_on, self.ends_on)

    @property
    def owner(self) -> tuple[str, str, str | None]:
        """Of which measure and whose it is."""
        return self.measure, self.scope, self.scope_value

    @property
    def who(self) -> str:
        """The same in a message."""
        return _who(self.measure, self.scope_value)


def _who(of: object, scope_value: object) -> str:
    return " · ".join(str(part) for part in (scope_value, of) if part)


def aimed_at(of: str) -> Measure:
    """The measure that a target is of.

    Raises:
        UnknownMeasure: there is none of this id; an attainment has no target of its own.
    """
    found = measure(of)
    if found.goal_of is not None:
        raise UnknownMeasure(name=of, suggestion=nearest(of.partition(":")[2], catalog().measures))
    return found


def check_value(of: Measure, value: float, who: str) -> None:
    """Whether a target may be so much.

    Raises:
        TargetNegative: it is below 0, or no number. TargetAbsurd: above MOST. TargetOverOne: a share above 1.
    """
    if not value >= 0:
        raise TargetNegative(who=who, value=value)
    if value > MOST:
        raise TargetAbsurd(who=who, value=f"{value:g}", most=f"{MOST:,.0f}")
    if of.unit == "share" and value > 1:
        raise TargetOverOne(who=who, value=f"{value:g}")


def together(targets: Iterable[Target]) -> None:
    """Whether targets can stand beside each other: their spans lie within each other, or apart.

    Raises:
        TargetTwice: one version twice for the same days. TargetsOverlap: spans that have only some days in common.
    """
    by_owner: dict[tuple[str, str, str | None], list[Target]] = {}
    for one in targets:
        by_owner.setdefault(one.owner, []).append(one)
    for listed in by_owner.values():
        seen: set[tuple[Span, int]] = set()
        for one in listed:
            if (one.span, one.version) in seen:
                raise TargetTwice(who=one.who, span=str(one.span), version=one.version)
            seen.add((one.span, one.version))
        crossing = crossed({one.span for one in listed})
        if crossing is not None:
            raise TargetsOverlap(who=listed[0].who, first=str(crossing[0]), second=str(crossing[1]))


def crossed(spans: Iterable[Span]) -> tuple[Span, Span] | None:
    """Two spans that overlap without one lying within the other; None where all are nested or apart.

    A week may reach over the end of a month: of two that cover a day, the shorter holds (metrics/attainment.py).
    """
    open_ones: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.starts_on, -one.ends_on.toordinal())):
        open_ones = [other for other in open_ones if other.ends_on >= span.starts_on]
        for other in open_ones:
            if not other.holds(span) and (other.days <= _WEEK) == (span.days <= _WEEK):
                return other, span
        open_ones.append(span)
    return None


class Held(NamedTuple):
    """What one owner is to reach in one span: the first version and the one that holds, and all of them in order."""

    original: Target
    current: Target
    versions: tuple[Target, ...]


def held(targets: Iterable[Target]) -> list[Held]:
    """The targets by owner and span, in the order in which they first come."""
    found: dict[tuple[tuple[str, str, str | None], Span], list[Target]] = {}
    for one in targets:
        found.setdefault((one.owner, one.span), []).append(one)
    ordered = (sorted(listed, key=lambda one: one.version) for listed in found.values())
    return [Held(listed[0], listed[-1], tuple(listed)) for listed in ordered]


# --------------------------------------------------------------------------------------------------------------- spans


def grain_of(span: Span, fiscal_start: int = 1, week_start: int = 1) -> str | None:
    """Which span of the calendar it is: one of SPANS; None where it is none."""
    for grain in SPANS:
        first = bucket_start(span.starts_on, grain, fiscal_start, week_start)
        if first == span.starts_on and bucket_next(first, grain) - DAY == span.ends_on:
            return grain
    return None


def parts_of(span: Span, grain: str, fiscal_start: int = 1, week_start: int = 1) -> list[Span]:
    """The weeks, months or quarters of a span, cut at its ends: the first week of July begins on 1 July."""
    found: list[Span] = []
    start = bucket_start(span.starts_on, grain, fiscal_start, week_start)
    while start <= span.ends_on:
        after = bucket_next(start, grain)
        found.append(Span(max(start, span.starts_on), min(after - DAY, span.ends_on)))
        start = after
    return found


def earlier(span: Span, count: int) -> list[Span]:
    """As many spans of the same length right before one, the latest first: months before months, else days."""
    after = span.ends_on + DAY
    is_whole = span.starts_on.day == 1 and after.day == 1
    months = (after.year - span.starts_on.year) * 12 + after.month - span.starts_on.month
    days = (after - span.starts_on).days
    grain, each = ("month", months) if is_whole else ("day", days)
    starts: Sequence[date] = [bucket_next(span.starts_on, grain, -each * back) for back in range(count + 1)]
    return [Span(first, following - DAY) for following, first in pairwise(starts)]
