"""Exponential smoothing of many series side by side, in numpy: simple, Holt's, damped, and Holt–Winters.

Each row of a matrix is a series, and each is smoothed with every set of parameters of a grid at once; the set with the
smallest squared errors one step ahead is kept. So the forecasts of twenty days of the past cost about as much as one,
and none of them knows what came later. Levels and trends begin with a straight line through the first values.

Sources: Gardner (1985), Hyndman & Athanasopoulos (2021), ch. 8; Assimakopoulos & Nikolopoulos (2000) for theta.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

_BEGIN = 10
"""Values through which the first line is drawn."""
_SHARES = (0.02, 50.0)
"""Between which a season's share of the level stays: beyond, a bad set of parameters would grow without end."""
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Grid:
    """Sets of parameters, one per place: how fast level, trend and season follow, and how much of a trend stays."""

    level: Floats
    trend: Floats
    damping: Floats
    season: Floats

    @classmethod
    def of(
        cls,
        level: tuple[float, ...],
        trend: tuple[float, ...] = (0.0,),
        damping: tuple[float, ...] = (0.0,),
        season: tuple[float, ...] = (0.0,),
    ) -> Grid:
        """Every combination."""
        return cls(*np.array(list(product(level, trend, damping, season))).T)


_LEVELS = (0.02, 0.05, *(round(0.1 * step, 1) for step in range(1, 10)), 0.98)
SIMPLE = Grid.of(_LEVELS)
HOLT = Grid.of(_LEVELS, (0.02, 0.1, 0.3, 0.6), (1.0,))
DAMPED = Grid.of(_LEVELS, (0.02, 0.1, 0.3, 0.6), (0.8, 0.9, 0.98))
WINTERS = Grid.of((0.02, 0.1, 0.2, 0.35, 0.5, 0.8), (0.01, 0.1, 0.3), (0.9, 0.98), (0.0, 0.1, 0.3, 0.6))


@dataclass(frozen=True, eq=False)
class Smoothed:
    """The best set of each series and where it ended: (series,) each; `factors` (series, season) if it has seasons.

    `error`: mean squared error one step ahead.
    """

    level: Floats
    trend: Floats
    damping: Floats
    speed: Floats
    error: Floats
    factors: Floats | None = None


def begin(series: Floats, lengths: Ints) -> tuple[Floats, Floats]:
    """Level before the first value and trend, of the line through the first values: (series,) each."""
    count = int(min(_BEGIN, lengths.min()))
    time = np.arange(1, count + 1) - (count + 1) / 2
    first = series[:, :count]
    slope = first @ time / (time @ time) if count > 1 else np.zeros(len(series))
    return first.mean(axis=1) - slope * (count + 1) / 2, slope


def smooth(series: Floats, lengths: Ints, grid: Grid) -> Smoothed:
    """Smooth every series without seasons.

    Args:
        series: (series, time); what lies behind a series' length is not read. lengths: (series,), at least 2.
        grid: of which each series keeps the best set.
    """
    start, slope = begin(series, lengths)
    is_flat = grid.damping == 0
    level = np.where(is_flat, series[:, : int(min(4, lengths.min()))].mean(axis=1)[:, None], start[:, None])
    trend = np.broadcast_to(slope[:, None], level.shape).copy()
    squares = np.zeros(level.shape)
    for at in range(int(lengths.max())):
        ahead = level + grid.damping * trend
        off = series[:, at, None] - ahead
        goes_on = (at < lengths)[:, None]
        squares += np.where(goes_on, off * off, 0)
        level = np.where(goes_on, ahead + grid.level * off, level)
        trend = np.where(goes_on, grid.damping * trend + grid.level * grid.trend * off, trend)
    return _best(level, trend, grid, squares / lengths[:, None])


def smooth_seasons(
    series: Floats,
    lengths: Ints,
    factors: Floats,
    grid: Grid,
    *,
    is_share: bool,
    start: tuple[Floats, Floats] | None = None,
) -> Smoothed:
    """Holt–Winters with a damped trend.

    Args:
        series, lengths, grid: as for `smooth`. factors: (series, season) of the first season's places.
        is_share: seasons multiply the level, else they are added to it.
        start: level and trend before the first value; by default of the line through the first values.
    """
    season = factors.shape[1]
    spread = np.tile(factors, series.shape[1] // season + 1)[:, : series.shape[1]]
    first, slope = start or begin(series / spread if is_share else series - spread, lengths)
    shape = (len(series), len(grid.level))
    level, trend = (np.broadcast_to(one[:, None], shape).copy() for one in (first, slope))
    now = np.broadcast_to(factors.T[:, :, None], (season, *shape)).copy()
    squares = np.zeros(shape)
    for at in range(int(lengths.max())):
        ahead, of = level + grid.damping * trend, now[at % season]
        off = series[:, at, None] - (ahead * of if is_share else ahead + of)
        goes_on = (at < lengths)[:, None]
        squares += np.where(goes_on, off * off, 0)
        by_level = off / of if is_share else off
        by_season = off / np.where(np.abs(ahead) > _TINY, ahead, np.inf) if is_share else off
        level = np.where(goes_on, ahead + grid.level * by_level, level)
        trend = np.where(goes_on, grid.damping * trend + grid.level * grid.trend * by_level, trend)
        changed = of + grid.season * (1 - grid.level) * by_season
        now[at % season] = np.where(goes_on, np.clip(changed, *_SHARES) if is_share else changed, of)
    return _best(level, trend, grid, squares / lengths[:, None], now)


def _best(level: Floats, trend: Floats, grid: Grid, error: Floats, factors: Floats | None = None) -> Smoothed:
    best = np.argmin(np.where(np.isfinite(error), error, np.inf), axis=1)
    rows = np.arange(len(best))
    return Smoothed(
        level[rows, best], trend[rows, best], grid.damping[best], grid.level[best], error[rows, best],
        None if factors is None else factors[:, rows, best].T,
    )  # fmt: skip


def ahead(found: Smoothed, steps: int) -> Floats:
    """The forecasts of the next `steps` periods without seasons: (series, steps)."""
    kept = np.cumsum(found.damping[:, None] ** np.arange(1, steps + 1), axis=1)
    return found.level[:, None] + found.trend[:, None] * kept


def theta(series: Floats, lengths: Ints, steps: int) -> Floats:
    """The theta method: simple smoothing, and half the slope of the line through all values: (series, steps)."""
    found = smooth(series, lengths, SIMPLE)
    time = np.arange(series.shape[1])
    is_there = time < lengths[:, None]
    centred = np.where(is_there, time - (lengths[:, None] - 1) / 2, 0.0)
    slope = (centred * np.where(is_there, series, 0.0)).sum(axis=1) / (centred**2).sum(axis=1)
    caught_up = (1 - (1 - found.speed) ** lengths) / found.speed
    told: Floats = found.level[:, None] + slope[:, None] / 2 * (np.arange(steps) + caught_up[:, None])
    return told
