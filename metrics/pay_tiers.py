"""What an amount of money brings under a plan: tiers, accelerators, cap; and what of it each line brings, to the cent.

Everything is exact decimals. Pay of a period is a function of its whole money; a line brings the difference that it
makes to that function in its turn, so that lines add up to the pay whatever their order, and a line that crosses a
threshold is paid in two pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import pairwise

from metrics.pay_plan import Plan

ZERO, CENT = Decimal(0), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on (money, included) the rate is `rate`."""

    at: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Scale:
    """A plan for one person and period: thresholds in money, accelerators worked in. Made by `scale_of`."""

    steps: tuple[Step, ...]
    is_whole: bool
    cap: Decimal | None = None
    clawback: bool = True

    def counted(self, money: Decimal) -> Decimal:
        """The money that counts: what goes back does not where nothing is clawed back."""
        return money if self.clawback else max(money, ZERO)

    def rate_at(self, money: Decimal) -> Decimal:
        """The rate of the tier that so much money reaches; at a threshold that of the tier that begins there."""
        return next((step.rate for step in reversed(self.steps) if step.at <= money), self.steps[0].rate)

    def uncapped(self, money: Decimal) -> Decimal:
        """What so much money brings, before the cap and before rounding."""
        if money <= 0:
            return money * self.steps[0].rate
        if self.is_whole:
            return money * self.rate_at(money)
        total = ZERO
        for step, above in zip(self.steps, (*self.steps[1:], None), strict=True):
            if step.at >= money:
                break
            end = money if above is None else min(money, above.at)
            total += (end - step.at) * step.rate
        return total

    def exact(self, money: Decimal) -> Decimal:
        """What so much money brings, before rounding."""
        brought = self.uncapped(money)
        return brought if self.cap is None else min(brought, self.cap)

    def pay(self, money: Decimal) -> Decimal:
        """What so much money brings, to the cent."""
        return self.exact(money).quantize(CENT, ROUND_HALF_UP)

    def next_at(self, money: Decimal) -> Decimal | None:
        """The next threshold above so much money; None on the last tier."""
        return next((step.at for step in self.steps if step.at > money), None)


class Ruler:
    """A plan made ready once for many people: whom it is for, and its tiers, to be laid on their targets."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names = frozenset(plan.teams), frozenset(plan.reps), frozenset(plan.without)
        self._by_share = plan.tiers_by == "attainment"
        self._plain = None if plan.needs_target else self._laid(None)
        # Where all thresholds are shares of the target, only they differ from person to person.
        self._shares = self._merged(plan_tiers(plan), faster(plan, Decimal(1))) if self._by_share else None

    def is_for(self, rep: str, team: str | None) -> bool:
        """As `Plan.is_for`; a settled plan may name thousands."""
        teams, reps, without = self._names
        return rep not in without and (rep in reps or team in teams or not (teams or reps))

    def scale(self, target: Decimal | None) -> Scale | None:
        """The tiers for a target in money; None where the plan needs one and there is none above zero."""
        if self._plain is not None:
            return self._plain
        if target is None or target <= 0:
            return None
        if self._shares is not None:
            return self._of(tuple(Step(step.at * target, step.rate) for step in self._shares))
        return self._laid(target)

    def _laid(self, target: Decimal | None) -> Scale:
        quicker = faster(self._plan, target) if target is not None else []
        return self._of(self._merged(plan_tiers(self._plan), quicker))

    def _of(self, steps: tuple[Step, ...]) -> Scale:
        return Scale(steps, self._plan.mode == "whole", self._plan.cap, self._plan.clawback)

    @staticmethod
    def _merged(tiers: Sequence[Step], quicker: Sequence[Step]) -> tuple[Step, ...]:
        """Tiers with the accelerators worked in: a step wherever either begins."""
        steps = []
        for at in sorted({step.at for step in (*tiers, *quicker)}):
            rate = next(step.rate for step in reversed(tiers) if step.at <= at)
            times = next((step.rate for step in reversed(quicker) if step.at <= at), Decimal(1))
            steps.append(Step(at, rate * times))
        return tuple(steps)


def plan_tiers(plan: Plan) -> list[Step]:
    """The tiers of a plan, their thresholds as it says them."""
    return [Step(tier.at, tier.rate) for tier in plan.tiers]


def faster(plan: Plan, target: Decimal) -> list[Step]:
    """The accelerators of a plan, from which money on rates are how many times as high."""
    return [Step(one.over * target, one.times) for one in plan.accelerators]


def scale_of(plan: Plan, target: Decimal | None) -> Scale | None:
    """The tiers of a plan for a target in money; None where the plan needs one and there is none above zero."""
    return Ruler(plan).scale(target)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line in one tier: its money, the rate, and what it brings before rounding.

    `line`: the place of its line. `is_capped`: the cap takes some of it.
    """

    line: int
    money: Decimal
    rate: Decimal
    brings: Decimal
    is_capped: bool = False


def pieces_of(scale: Scale, lines: Sequence[Decimal]) -> list[Piece]:
    """What each line brings, in the order in which the money came.

    Args:
        scale: of the person and period. lines: money of each line; below zero where it went back.

    Returns:
        One piece per line and tier that it lies in; what they bring adds up to `scale.exact` of their sum.
    """
    counted = [scale.counted(money) for money in lines]
    if scale.is_whole:
        return _at_one_rate(scale, counted)
    pieces: list[Piece] = []
    so_far = ZERO
    for place, money in enumerate(counted):
        for before, after in _cut(scale, so_far, so_far + money):
            brings = scale.exact(after) - scale.exact(before)
            low = min(before, after)
            rate = scale.rate_at(low) if low >= 0 else scale.steps[0].rate
            pieces.append(Piece(place, after - before, rate, brings, brings != (after - before) * rate))
        so_far += money
    return pieces


def _cut(scale: Scale, before: Decimal, after: Decimal) -> list[tuple[Decimal, Decimal]]:
    """The way from one total to another, cut at the thresholds between them; money can go back over them, too."""
    low, high = sorted((before, after))
    stops = [step.at for step in scale.steps if low < step.at < high]
    way = [low, *stops, high]
    pieces = list(pairwise(way))
    return pieces if before <= after else [(end, start) for start, end in reversed(pieces)]


def _at_one_rate(scale: Scale, lines: Sequence[Decimal]) -> list[Piece]:
    """All money at the rate of the tier reached; a cap takes the same share of every line."""
    total = sum(lines, ZERO)
    rate = scale.rate_at(total) if total > 0 else scale.steps[0].rate
    plain, paid = total * rate, scale.exact(total)
    is_capped = paid != plain
    kept = paid / plain if is_capped else Decimal(1)
    return [Piece(place, money, rate, money * rate * kept, is_capped) for place, money in enumerate(lines)]


def in_cents(amounts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Amounts to the cent that add up to `total`, which is what they add up to, rounded.

    Each is rounded down, and the cents that are then missing go to those that lost most (largest remainder).
    """
    floors = [amount.quantize(CENT, ROUND_FLOOR) for amount in amounts]
    missing = int((total - sum(floors, ZERO)) / CENT)
    by_loss = sorted(range(len(amounts)), key=lambda place: (floors[place] - amounts[place], place))
    for place in by_loss[:missing]:
        floors[place] += CENT
    return floors
