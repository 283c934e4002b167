"""The ways a series may be carried on: what each would have said on days of the past, all of them worked out at once.

Two things are taken out of a series first, and put back afterwards: how much the calendar gives a period to work with,
and its season. Both are learnt anew for each day of the past, from what lay before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.smoothing import DAMPED, HOLT, SIMPLE, WINTERS, Flags, Floats, Ints, ahead, smooth, smooth_seasons, theta

BENCHMARKS = ("seasonal_naive", "naive")
METHODS = ("growth", "theta", "combination", "smoothing")
CALENDARS = ("none", "workdays", "festival")
DAY_OFF = 0.1
"""What a day off counts for beside a working day: few sell nothing at all on it."""
_FESTIVE_SHARES = (1.0, 0.75, 0.5, 0.25)
"""What a working day around the Spring Festival may count for; which of these fits best is learnt."""
_LEAST_FESTIVALS = 2
_MANY_SEASONS, _NEIGHBOURS = 26, 5
"""From so many places in a year on, each is seen too rarely to speak alone: five neighbours are averaged."""


class Method(NamedTuple):
    """A way to forecast. `calendar`: what was taken out of the series before."""

    name: str
    calendar: str = "none"


@dataclass(frozen=True)
class History:
    """A series and its calendar.

    Attributes:
        values: of finished periods, oldest first.
        days, workdays, festive: how many days each period has, how many of them are working days, and how many of
            these lie around a Spring Festival; also of the periods ahead.
        season: periods in a year: 12 months, 52 weeks.
    """

    values: tuple[float, ...]
    days: tuple[int, ...]
    workdays: tuple[int, ...]
    festive: tuple[int, ...]
    season: int

    @property
    def is_share(self) -> bool:
        """Whether seasons and errors grow with the level: only where nothing is 0 or less."""
        return all(value > 0 for value in self.values)

    @property
    def can_fall(self) -> bool:
        """Whether a period may end below 0, and so below what it has brought: only where one has been there."""
        return any(value < 0 for value in self.values)


def grows_by_shares(values: Floats, ends: Ints) -> Flags:
    """On each day, whether all that was known lay above 0 (History.is_share): what comes later does not tell."""
    return np.asarray(np.minimum.accumulate(values)[ends - 1] > 0)


def forecasts(history: History, ends: Ints, steps: int) -> dict[Method, Floats]:
    """What every method says on several days: (day, steps) each.

    Args:
        history: with at least `steps` periods of calendar ahead. ends: how many periods were known on each day; where
            the least of them holds two seasons, methods know seasons.
        steps: how many periods ahead.
    """
    values, season = np.array(history.values), history.season
    found = dict(_naive(values, ends, steps, season))
    is_seasonal, shares = bool(ends.min() >= 2 * season), grows_by_shares(values, ends)
    for calendar, worked in _calendars(history, ends, shares):
        known = np.where(np.arange(len(values)) < ends[:, None], values / worked[:, : len(values)], 0.0)
        later = _after(worked, ends, steps)
        for is_share in (True, False):
            rows = np.flatnonzero(shares == is_share)
            if not len(rows):
                continue
            said = _methods(known[rows], ends[rows], steps, season if is_seasonal else 1, is_share=is_share)
            for name, told in said:
                found.setdefault(Method(name, calendar), np.empty(later.shape))[rows] = told * later[rows]
    if is_seasonal and shares.any():
        last_years = found[Method("seasonal_naive")]
        found[Method("growth")] = np.where(shares[:, None], _grown(values, ends, steps, season), last_years)
    return found


def _naive(values: Floats, ends: Ints, steps: int, season: int) -> Iterator[tuple[Method, Floats]]:
    """The values of a year before, and the last value: what anybody could say."""
    at = np.arange(steps)
    if ends.min() >= season:
        yield Method("seasonal_naive"), values[ends[:, None] - season + at % season]
    yield Method("naive"), np.repeat(values[ends - 1][:, None], steps, axis=1)


def _grown(values: Floats, ends: Ints, steps: int, season: int) -> Floats:
    """The values of a year before, times how much the last year was above the one before it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    last, before = sums[ends] - sums[ends - season], sums[ends - season] - sums[ends - 2 * season]
    grown = np.divide(last, before, out=np.ones_like(last), where=before > 0)
    told: Floats = values[ends[:, None] - season + np.arange(steps) % season] * grown[:, None]
    return told


def _after(spread: Floats, ends: Ints, steps: int) -> Floats:
    """Of each row the `steps` places from its end on."""
    return np.take_along_axis(spread, ends[:, None] + np.arange(steps), axis=1)


# ------------------------------------------------------------------------------------------------- season and methods


def factors(values: Floats, season: int, *, is_share: bool) -> Floats:
    """The season of each place by classical decomposition: the mean distance from a centred moving average.

    Of two whole seasons or more. Factors have the mean 1 (shares of the level) or 0 (added to it).
    """
    kernel = np.ones(season) / season
    if season % 2 == 0:
        kernel = np.convolve(kernel, [0.5, 0.5])
    half = len(kernel) // 2
    trend, middle = np.convolve(values, kernel, "valid"), values[half : len(values) - half]
    place = np.arange(half, len(values) - half) % season
    off = middle / trend if is_share else middle - trend
    found = np.bincount(place, off, season) / np.bincount(place, minlength=season)
    if season > _MANY_SEASONS:
        around = np.concatenate([found[-(_NEIGHBOURS // 2) :], found, found[: _NEIGHBOURS // 2]])
        found = np.convolve(around, np.ones(_NEIGHBOURS) / _NEIGHBOURS, "valid")
    return np.asarray(found / found.mean() if is_share else found - found.mean())


def _methods(known: Floats, ends: Ints, steps: int, season: int, *, is_share: bool) -> Iterator[tuple[str, Floats]]:
    """Theta, the combination of M4, and damped smoothing with a season that may change; of a season 1 none has any."""
    neutral = np.ones(1) if is_share else np.zeros(1)
    learnt = np.array([factors(row[:end], season, is_share=is_share) if season > 1 else neutral
                       for row, end in zip(known, ends, strict=True)])  # fmt: skip
    spread = np.tile(learnt, (known.shape[1] + steps) // season + 1)
    here, later = spread[:, : known.shape[1]], _after(spread, ends, steps)
    flat = known / here if is_share else known - here

    def seasoned(told: Floats) -> Floats:
        return told * later if is_share else told + later

    damped = ahead(smooth(flat, ends, DAMPED), steps)
    three = ahead(smooth(flat, ends, SIMPLE), steps) + ahead(smooth(flat, ends, HOLT), steps) + damped
    yield "theta", seasoned(theta(flat, ends, steps))
    yield "combination", seasoned(three / 3)
    if season == 1:
        yield "smoothing", seasoned(damped)
        return
    found = smooth_seasons(known, ends, learnt, WINTERS, is_share=is_share)
    places = (ends[:, None] + np.arange(steps)) % season
    changed = np.take_along_axis(np.asarray(found.factors), places, axis=1)
    yield "smoothing", ahead(found, steps) * changed if is_share else ahead(found, steps) + changed


# ------------------------------------------------------------------------------------------------------------ calendar


def _calendars(history: History, ends: Ints, shares: Flags) -> Iterator[tuple[str, Floats]]:
    """How much work each period holds, 1 on average of what was known: (day, time and steps), by calendar.

    What a festival takes is learnt where on every day two of them had been seen: of one, it may be anything else.
    """
    days, workdays, festive = (np.array(one, dtype=float) for one in (history.days, history.workdays, history.festive))
    shape = (len(ends), len(days))
    yield "none", np.ones(shape)
    worked = workdays + DAY_OFF * (days - workdays)
    if not workdays.any():
        return
    yield "workdays", _relative(np.broadcast_to(worked, shape), ends)
    is_festive = festive[: ends.min()] > 0
    if np.count_nonzero(is_festive[1:] & ~is_festive[:-1]) + is_festive[0] < _LEAST_FESTIVALS:
        return
    tried = [_relative(np.broadcast_to(worked - (1 - share) * festive, shape), ends) for share in _FESTIVE_SHARES]
    best = np.argmin([_restless(history, one, ends, shares) for one in tried], axis=0)
    if best.any():  # else a day around the festival counts like any other
        yield "festival", np.stack(tried)[best, np.arange(len(ends))]


def _relative(worked: Floats, ends: Ints) -> Floats:
    is_known = np.arange(worked.shape[1]) < ends[:, None]
    return np.asarray(worked / np.mean(worked, axis=1, where=is_known, keepdims=True))


def _restless(history: History, worked: Floats, ends: Ints, shares: Flags) -> Floats:
    """How far a series per unit of work lies from simple smoothing without its season, one step ahead."""
    values, season = np.array(history.values), history.season
    known = np.where(np.arange(len(values)) < ends[:, None], values / worked[:, : len(values)], 0.0)
    if ends.min() >= 2 * season:
        learnt = np.array([factors(row[:end], season, is_share=bool(is_share))
                           for row, end, is_share in zip(known, ends, shares, strict=True)])  # fmt: skip
        spread = np.tile(learnt, known.shape[1] // season + 1)[:, : known.shape[1]]
        known = np.where(shares[:, None], known / np.where(shares[:, None], spread, 1.0), known - spread)
    return smooth(known, ends, SIMPLE).error
