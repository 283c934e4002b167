"""Forecasts tried on the past: which method was closest, how far it lay off, and how wide a range has to be.

On days of the past every method says what it would have said from what was known then. The combination is chosen unless
another one was surely closer. Since the best of many tries looks better than it is, the errors told are those of
choosing itself: on each day the method is taken that is chosen by what had come until then, and its range is made from
the errors known then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np

from metrics.forecasters import BENCHMARKS, History, Method, forecasts, grows_by_shares
from metrics.running import Told
from metrics.smoothing import Flags, Floats, Ints

WITHIN = 0.8
"""The share of outcomes that a range is made to hold."""
LEAST_PERIODS = 12
"""Finished periods without which there is no forecast."""
LEAST_LOOKS = 4
"""Days of the past on which a method must have spoken to be judged."""
LEAST_TOLD = 10
"""Forecasts that must have come due for their errors to say anything: of three in range, 100 % is no more than luck."""
_MOST_LOOKS = {12: 24, 52: 26}
"""Days of the past that are looked back to at most, by periods in a year."""
_LEAST_DAYS = 8
"""Days of the past whose outcomes must be known for a choice among methods."""
_LEAST_ERRORS = 6
"""Errors that must be known for a range, and for that of a step by itself."""


class Past(NamedTuple):
    """What was said when `known` periods were known about the period `step` after them (0: the next), and what came.

    `simple`: what the benchmark said. `unit`: the mean error of last year's values until then (MASE's scale).
    """

    known: int
    step: int
    method: Method
    told: float
    at_least: float
    at_most: float
    came: float
    simple: float
    unit: float


class Error(NamedTuple):
    """How far a method lay off: `mase` (mean error ÷ that of last year's values before), `smape` as a share of 2."""

    method: Method
    mase: float
    smape: float


@dataclass(frozen=True)
class Judged:
    """A series carried on.

    Attributes:
        chosen: the method. benchmark: the simple one it is held against.
        told, at_least, at_most: of the periods ahead.
        errors: of every method over all looks, the smallest first.
        past: what choosing would have said on days of the past, and what came.
        is_seasonal: whether methods could learn a season. looks: on how many days of the past all of them spoke.
    """

    chosen: Method
    benchmark: Method
    told: tuple[float, ...]
    at_least: tuple[float, ...]
    at_most: tuple[float, ...]
    errors: tuple[Error, ...]
    past: tuple[Past, ...]
    is_seasonal: bool
    looks: int

    @property
    def coming(self) -> list[Told]:
        """The periods ahead with their ranges."""
        return [Told(*one) for one in zip(self.told, self.at_least, self.at_most, strict=True)]


@lru_cache(maxsize=64)
def judge(history: History, steps: int) -> Judged | None:
    """The next `steps` periods by the mean of three smoothings, unless another was closer on the past beyond chance.

    None where the series is too short.
    """
    values, count = np.array(history.values), len(history.values)
    if count < LEAST_PERIODS:
        return None
    ends = days_back(count, history.season)
    days = np.append(ends, count)
    lowest = np.where(
        np.minimum.accumulate(values)[days - 1] < 0, -np.inf, 0.0
    )  # what was never below 0 is not told so
    said = {one: np.maximum(told, lowest[:, None]) for one, told in forecasts(history, days, steps).items()}
    is_seasonal = bool(ends.min() >= 2 * history.season)
    at = ends[:, None] + np.arange(steps)
    came = np.where(at < count, values[np.minimum(at, count - 1)], np.nan)
    looks = _Looks(
        {one: told[:-1] for one, told in said.items()}, came, ends,
        np.array([usual_error(values[:end], history.season) for end in ends]), grows_by_shares(values, ends),
        lowest[:-1],
        moves=None if is_seasonal else {int(end): moved(values[:end], steps) for end in (*ends, count)},
    )  # fmt: skip
    chosen, benchmark = looks.best(np.isfinite(came)), next(one for one in map(Method, BENCHMARKS) if one in said)
    told = said[chosen][-1]
    reach = looks.reach(told, count, usual_error(values, history.season), is_share=history.is_share)
    reach = np.where(np.isnan(reach), moved(values, steps), reach)  # too few errors: as far as it moves
    return Judged(
        chosen, benchmark, tuple(told.tolist()), tuple(np.maximum(told - reach, lowest[-1]).tolist()),
        tuple((told + reach).tolist()), looks.errors(), looks.choosing(benchmark),
        is_seasonal, len(ends),
    )  # fmt: skip


def days_back(count: int, season: int) -> Ints:
    """How many periods were known on each day looked back to: where it can be, at least two seasons, else one."""
    first = max(count // 2, LEAST_PERIODS // 2)
    for seasons in (1, 2):
        if count >= seasons * season + LEAST_LOOKS:
            first = seasons * season
    return np.arange(max(first, count - _MOST_LOOKS.get(season, 24)), count)


def usual_error(values: Floats, season: int) -> float:
    """The mean error of a year before's values within a series, of the last value where it holds no two seasons.

    It is MASE's scale (Hyndman & Koehler 2006). Of a series that never changes, the size of its values; of zeros 1.
    """
    apart = season if len(values) >= 2 * season else 1
    error = float(np.abs(values[apart:] - values[:-apart]).mean())
    return error or float(np.abs(values).mean()) or 1.0


@dataclass(frozen=True, eq=False)
class _Looks:
    """What methods said on days of the past, (day, step) each, and what came; nan: has not come yet.

    `units`: the usual error until each day. `shares`: whether errors were shares of the level by what was known then.
    `lowest`: below what nothing was told. `moves`: how far the series had moved by itself within as many periods, by
    how many were known; where no season is.
    """

    said: dict[Method, Floats]
    came: Floats
    ends: Ints
    units: Floats
    shares: Flags
    lowest: Floats
    moves: dict[int, Floats] | None = None

    def _off(self, one: Method) -> Floats:
        return np.asarray(np.abs(self.said[one] - self.came))

    def known_on(self, end: int) -> Flags:
        """What had come when `end` periods were known."""
        return np.asarray(self.ends[:, None] + np.arange(self.came.shape[1]) < end)

    # ----------------------------------------------------------------------------------------------------- the choice

    def best(self, known: Flags) -> Method:
        """The combination, unless another method is surely better; of its calendars the one that was closest.

        Surely: by more than a standard error of the mean difference (Breiman et al. 1984). Before enough is known, the
        combination: with all that is known of the calendar where it has been seen for two years, else without. Where
        the simplest method lay closer on so few days, it is told and not taken: of sixteen series of the demo, the
        superstore and others in which taking it would have changed anything, fourteen were told worse.
        """
        usual = [one for one in self.said if one.name == "combination"]
        days = known.any(axis=1)
        if days.sum() < _LEAST_DAYS:
            return usual[-1 if self.moves is None else 0]
        means = {one: float((self._off(one) / self.units[:, None])[known].mean()) for one in self.said}
        closest, default = (min(among, key=means.__getitem__) for among in (self.said, usual))
        gain = (self._off(default) - self._off(closest)) / self.units[:, None]
        by_day = np.mean(gain[days], axis=1, where=known[days])
        doubt = by_day.std() / np.sqrt(len(by_day) - 1)
        return closest if by_day.mean() > doubt else default

    @cached_property
    def picks(self) -> list[Method]:
        """What would have been chosen on each day."""
        return [self.best(self.known_on(int(end))) for end in self.ends]

    def errors(self) -> tuple[Error, ...]:
        """Of every method, the best first."""
        known = np.isfinite(self.came)
        found = [
            Error(one, float((self._off(one) / self.units[:, None])[known].mean()),
                  smape(self.said[one][known], self.came[known]))
            for one in self.said
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda error: error.mase))

    # ----------------------------------------------------------------------------------------------------- the ranges

    @cached_property
    def _told(self) -> Floats:
        """What choosing said."""
        return np.array([self.said[one][day] for day, one in enumerate(self.picks)])

    @cached_property
    def _first_reach(self) -> Floats:
        """How far ranges would have reached on each day, before they were stretched; nan: too little was known."""
        rows = [
            self._widths(self.known_on(int(end)), is_share=share) * _scale(told, unit, is_share=share)
            for end, told, unit, share in zip(self.ends, self._told, self.units, self.shares.tolist(), strict=True)
        ]
        return np.array(rows)

    def _widths(self, known: Flags, *, is_share: bool) -> Floats:
        """The error, per step, that WITHIN of those known do not exceed; never less for a later step.

        Steps are taken together with their neighbours. One of which too few errors are known is given that of the last
        before it, growing with the root of time.
        """
        off = np.abs(self._told - self.came) / np.array(
            [_scale(told, unit, is_share=is_share) for told, unit in zip(self._told, self.units, strict=True)]
        )
        found = np.full(off.shape[1], np.nan)
        for step in range(len(found)):
            near = slice(max(step - 1, 0), step + 2)
            here = off[:, near][known[:, near]]
            if len(here) >= _LEAST_ERRORS:
                found[step] = held(here)
            elif step:
                found[step] = found[step - 1] * np.sqrt((step + 1) / step)
        return np.asarray(np.maximum.accumulate(found))

    def reach(self, told: Floats, end: int, unit: float, *, is_share: bool) -> Floats:
        """How far the ranges around forecasts reach to each side, when `end` periods were known.

        Where earlier ranges held too little, it is stretched by as much as would have held WITHIN. Where no season is
        known, it is never less than the series has moved by itself within as many periods.
        """
        known = self.known_on(end)
        missed = (np.abs(self._told - self.came) / np.where(self._first_reach > 0, self._first_reach, np.nan))[known]
        missed = missed[np.isfinite(missed)]
        stretch = max(1.0, held(missed)) if len(missed) >= _LEAST_ERRORS else 1.0
        reach = self._widths(known, is_share=is_share) * _scale(told, unit, is_share=is_share) * stretch
        return np.asarray(reach if self.moves is None else np.maximum(reach, self.moves[end]))

    def choosing(self, benchmark: Method) -> tuple[Past, ...]:
        """What would have been told on each day, from the errors known on it, where it has come."""
        found: list[Past] = []
        for day, end in enumerate(map(int, self.ends)):
            told, unit = self._told[day], float(self.units[day])
            reach = self.reach(told, end, unit, is_share=bool(self.shares[day]))
            for step in np.flatnonzero(np.isfinite(reach) & np.isfinite(self.came[day])):
                low, high = max(told[step] - reach[step], self.lowest[day]), told[step] + reach[step]
                numbers = (told[step], low, high, self.came[day, step], self.said[benchmark][day, step], unit)
                found.append(Past(end, int(step), self.picks[day], *map(float, numbers)))
        return tuple(found)


def _scale(told: Floats, unit: float, *, is_share: bool) -> Floats:
    """What errors are shares of: the forecast itself where a series grows by shares, else the usual error."""
    return np.maximum(told, 0.01 * unit) if is_share else np.full(len(told), unit)


def held(errors: Floats) -> float:
    """The error that WITHIN of future ones will not exceed, if they are like these.

    Of n errors the ceil((n + 1) · WITHIN)-th smallest: split conformal prediction (Vovk et al. 2005).
    """
    return float(np.sort(errors)[min(ceil((len(errors) + 1) * WITHIN), len(errors)) - 1])


def smape(told: Floats, came: Floats) -> float:
    """The mean of 2 · |error| ÷ (|forecast| + |outcome|), from 0 to 2; of two zeros 0."""
    both = np.abs(told) + np.abs(came)
    return float(np.divide(2 * np.abs(told - came), both, out=np.zeros_like(both), where=both > 0).mean())


class Trust(NamedTuple):
    """How forecasts of the past did: `mase` and `smape` of choosing, of the benchmark, and the share within ranges.

    `off`, `simply_off`: the mean error of both as a share of what came. MASE weighs each look by how much the series
    moved until then, so of one that grew, late errors count for less in it than they do in money.
    `told`: of how many forecasts, made on `looks` days.
    """

    mase: float
    simple: float
    off: float
    simply_off: float
    smape: float
    within: float
    told: int
    looks: int

    @property
    def is_better(self) -> bool:
        """Whether choosing was closer than the benchmark by either way of adding up errors."""
        return self.mase < self.simple and self.off < self.simply_off


def trust(judged: Judged) -> Trust | None:
    """The errors of choosing; None where too few forecasts of the past have come due."""
    past = judged.past
    if len(past) < LEAST_TOLD:
        return None
    told, came, simple, unit = (
        np.array([getattr(one, name) for one in past]) for name in ("told", "came", "simple", "unit")
    )
    inside = sum(one.at_least <= one.came <= one.at_most for one in past)
    off, simply_off, usual = (float(np.abs(one).mean()) for one in (told - came, simple - came, came))
    return Trust(
        float((np.abs(told - came) / unit).mean()), float((np.abs(simple - came) / unit).mean()),
        off / (usual or 1.0), simply_off / (usual or 1.0), smape(told, came),
        inside / len(past), len(past), len({one.known for one in past}),
    )  # fmt: skip


def moved(values: Floats, steps: int) -> Floats:
    """What WITHIN of a series' own moves over 1, 2, … `steps` periods did not exceed; never less for more periods."""
    found = [held(np.abs(values[step:] - values[:-step])) for step in range(1, min(steps, len(values) - 1) + 1)]
    return np.asarray(np.maximum.accumulate(found + [found[-1]] * (steps - len(found))))
