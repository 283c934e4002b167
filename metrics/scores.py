"""Normal scores: how many standard deviations something lies from what was expected, and what to make of that."""

from __future__ import annotations

from collections.abc import Iterable
from math import erfc, sqrt
from statistics import median

MEDIAN_OF_A_SQUARE = 0.4549364231195724
"""Median of a squared standard normal value."""


def two_sided(score: float) -> float:
    """The chance of a standard normal value at least so far from 0, on either side."""
    return erfc(abs(score) / sqrt(2))


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
