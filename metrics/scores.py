"""How far something lies from what was expected, in standard deviations or in signs, and what to make of that."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb, erfc, sqrt
from statistics import median

MEDIAN_OF_A_SQUARE = 0.4549364231195724
"""Median of a squared standard normal value."""


def two_sided(score: float) -> float:
    """The chance of a standard normal value at least so far from 0, on either side."""
    return erfc(abs(score) / sqrt(2))


def by_signs(more: int, less: int) -> float:
    """The chance that a fair coin falls as unevenly, either way (the sign test, J. Arbuthnott 1710)."""
    n, most = more + less, max(more, less)
    return float(min(1.0, 2 * sum(comb(n, k) for k in range(most, n + 1)) / 2.0**n))


def usual_spread(squares: Iterable[float], least: float = 1.0) -> float:
    """By what the variance of scores is multiplied, so that the one in the middle lies where it should.

    Where people, products or months differ by more than their numbers alone explain, every second one would stand out;
    judged by how far they usually lie apart, only those far beyond the others do.

    Args:
        squares: squared scores, at least one. least: what it is at least; below 1 it would make claims of mere luck.

    Source: D. J. Spiegelhalter (2005), Handling over-dispersion of performance indicators, Qual. Saf. Health Care
    14:347–351.
    """
    return max(least, median(squares) / MEDIAN_OF_A_SQUARE)
