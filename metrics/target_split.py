"""A target broken down: over quarters, months and weeks, over teams and people, so that the parts are the whole.

Parts are whole cents (or whole deals), given out by the largest remainder: each gets its share rounded down, and the
cents that are left go to those that lost most by it. So the parts add up to the whole exactly, whatever the shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from metrics.catalog import Measure
from metrics.errors import SalesError
from metrics.target import Span, aimed_at
from metrics.workdays import Workdays

Way = Literal["equal", "history", "workdays"]
WAYS: tuple[Way, ...] = ("equal", "history", "workdays")
"""By what a target is split: alike, by what was reached a year before, or by working days."""
_MOST_PLACES = 4


class TargetNotSplit(SalesError):
    """A rate, a median or a stock has no parts that add up to it. Params: `measure`."""


class TargetSplitByNothing(SalesError):
    """There is nobody, or no span, to split a target over. Params: `over`."""


def splittable(of: str) -> Measure:
    """The measure of a target that is to be split.

    Raises:
        UnknownMeasure. TargetNotSplit: what it counts does not add up.
    """
    found = aimed_at(of)
    if found.additive != "all":
        raise TargetNotSplit(measure=found.label)
    return found


def places(of: Measure, value: float) -> int:
    """How many decimals the parts of a target have: cents, whole things, and as many as the target itself has."""
    least = 0 if of.unit in ("count", "days") else 2
    digits = Decimal(str(value)).normalize().as_tuple().exponent
    return min(_MOST_PLACES, max(least, -digits if isinstance(digits, int) else 0))


def exact(value: float, decimals: int) -> int:
    """A value in its smallest units."""
    return int((Decimal(str(value)) * 10**decimals).to_integral_value())


def split(value: float, weights: Sequence[float], decimals: int = 2) -> list[float]:
    """The parts of a value in proportion to weights, to the smallest unit; they add up to it exactly.

    Args:
        value: at least 0. weights: one per part, none below 0; where all are 0 the parts are alike.
        decimals: of the smallest unit.

    Source: the method of largest remainders (Hamilton 1792); ties go to the earlier part.
    """
    units, shares = exact(value, decimals), [Fraction(max(0.0, weight)) for weight in weights]
    if not shares:
        return []
    whole = sum(shares) or Fraction(len(shares))
    shares = shares if sum(shares) else [Fraction(1)] * len(shares)
    parts = [units * share / whole for share in shares]
    floors = [int(part) for part in parts]
    left = units - sum(floors)
    order = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place], place))
    for place in order[:left]:
        floors[place] += 1
    return [float(Decimal(floor).scaleb(-decimals)) for floor in floors]


def difference(whole: float, parts: Sequence[float]) -> float:
    """What the parts leave of the whole: above 0 is unallocated, below 0 over-allocated. Without errors of floats."""
    return float(Decimal(str(whole)) - sum((Decimal(str(part)) for part in parts), Decimal(0)))


def overridden(
    whole: float, parts: Sequence[float], changed: Mapping[int, float], decimals: int = 2, *, spread: bool = False
) -> list[float]:
    """The parts after some were set by hand. The whole stays: what no longer fits is `difference`, or is spread.

    Args:
        whole: the parent's. parts: as they were. changed: place -> what it is now.
            Each is rounded to the smallest unit, as the other parts are.
        spread: over the others, in proportion to what they were; where nothing is left they are 0.
    """
    changed = {place: float(Decimal(exact(value, decimals)).scaleb(-decimals)) for place, value in changed.items()}
    now = [changed.get(place, part) for place, part in enumerate(parts)]
    others = [place for place in range(len(parts)) if place not in changed]
    if not spread or not others:
        return now
    left = difference(whole, list(changed.values()))
    for place, part in zip(others, split(max(0.0, left), [parts[place] for place in others], decimals), strict=True):
        now[place] = part
    return now


# -------------------------------------------------------------------------------------------------------------- weights


def by_workdays(spans: Sequence[Span], days: Workdays) -> list[float]:
    """The working days of each span: the week of the Spring Festival has none, and gets nothing."""
    return [float(days.between(*span)) for span in spans]


def by_presence(span: Span, people: Sequence[tuple[date | None, date | None]], days: Workdays) -> list[float]:
    """The working days that each person is there in a span: from the first to the last day with us, None is open."""
    return [
        float(days.between(max(span.starts_on, hired or span.starts_on), min(span.ends_on, left or span.ends_on)))
        for hired, left in people
    ]


def by_history(reached: Sequence[float | None]) -> list[float]:
    """What each reached in the same span a year before; None, where nobody knows, counts as the others on average."""
    known = [max(0.0, value) for value in reached if value is not None]
    average = sum(known) / len(known) if known else 0.0
    return [average if value is None else max(0.0, value) for value in reached]
