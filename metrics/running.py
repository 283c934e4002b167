"""The running period: what it has brought, and the forecast of the days that are left of it.

A forecast of the whole period knows nothing of what that has brought so far. Raised to it where it lies below, a good
month would be told to end where it stands today, without a doubt. So only the rest is forecast: the period's forecast
times the share of its working days still to come, on top of what it has brought. Its range reaches as far as that of
the whole period times the root of this share, as sums of independent days do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import sqrt
from typing import NamedTuple

from metrics.forecasters import DAY_OFF


class Told(NamedTuple):
    """A forecast with its range."""

    forecast: float
    at_least: float
    at_most: float

    def raised(self, least: float) -> Told:
        """With nothing below what there is already."""
        return Told(*(max(part, least) for part in self))


def left(is_workday: Mapping[date, bool], first: date, last: date, day: date) -> float:
    """The share of a period's working days that lie after a day: 1 before it begins, 0 once it is over.

    A day off counts for as little as it does in forecasts. Where the calendar holds no working days all days count.

    Args:
        is_workday: by day. first, last: days of the period. day: the last one that is over.
    """
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    is_kept = any(is_workday.get(one, False) for one in days)
    weights = {one: 1.0 if not is_kept or is_workday.get(one, False) else DAY_OFF for one in days}
    return sum(weight for one, weight in weights.items() if one > day) / sum(weights.values())


def carried(whole: Told, so_far: float, share: float, *, can_fall: bool) -> Told:
    """The forecast of a period of which a share is left, from that of the whole period.

    Args:
        whole: what was forecast before it began. so_far: what it has brought. share: what is left of it, 0 to 1.
        can_fall: whether what it has brought may become less.
    """
    forecast = so_far + whole.forecast * share
    low, high = ((end - whole.forecast) * sqrt(share) for end in (whole.at_least, whole.at_most))
    told = Told(forecast, forecast + low, forecast + high)
    return told if can_fall else told.raised(so_far)
