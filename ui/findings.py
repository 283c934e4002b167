"""One sentence per chart, built from facts, by stated rules; no sentence when nothing is significant.

Pure and deterministic: the same answer gives the same words. The rules, in the order tried:

- Rates over values (with n): a value differs from the rate of all others together by a two-sided z-test at 5 %, divided
  by the number of values compared (Bonferroni), so that "stands out" is not the luck of many looks.
- Amounts over values, compared with a period before: the largest move, when it is at least 30 % of all movement and 5 %
  of the total before.
- Amounts over values: the share of the largest when it is at least twice an equal share; of the three largest, when
  six or more values leave them at least half.
- Over time, since anything came at all: the last finished bucket outside the natural limits of those before it (XmR:
  mean ± 2.66 × mean moving range, Wheeler), from eight buckets on; else a rise or fall by Mann-Kendall at 5 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist, fmean

import polars as pl

from metrics.query import Result
from ui import answers, numbers
from ui.answers import Series
from ui.drawing import label_of
from ui.look import Look

ALPHA = 0.05
LEAST_BUCKETS = 8
XMR = 2.66

_TELLING = 0.1
"""Twice an equal share is still nothing worth a sentence where thousands share: 1 % of the products of a shop."""


def finding(result: Result, look: Look) -> str | None:
    """The sentence a chart of this answer states, or None."""
    parts = answers.series(result)
    bys = answers.cut_by(result)
    if not parts or not bys or result.frame.height < 2:
        return None
    part = parts[0]
    if answers.grain_of(result):
        return _over_time(result, part, look) if len(bys) == 1 else None
    if bys[:2] == ["dimension", "value"]:
        return _moved_anywhere(result, part, look)
    if part.n:
        return _rate_stands_out(result, part, look)
    if not part.is_additive:
        return None
    return _moved_most(result, part, look) or _concentrated(result, part, look)


def _rate_stands_out(result: Result, part: Series, look: Look) -> str | None:
    """The value whose rate differs most from all others together, if it differs beyond chance."""
    rates, sizes = answers.values(result.frame, part.value), answers.values(result.frame, part.n)
    known = [(at, p, n) for at, (p, n) in enumerate(zip(rates, sizes, strict=True)) if p is not None and n]
    if len(known) < 2:
        return None
    hits, cases = sum(p * n for _, p, n in known), sum(n for _, _, n in known)
    limit = NormalDist().inv_cdf(1 - ALPHA / 2 / len(known))
    scores = [(abs(z), at, z) for at, p, n in known if (z := _difference(p, n, hits, cases)) is not None]
    strongest, at, z = max(scores, default=(0.0, 0, 0.0))
    if strongest <= limit:
        return None
    p, n = rates[at] or 0.0, sizes[at] or 0.0
    rest = (hits - p * n) / (cases - n)
    return answers.words(
        "finding.rate_above" if z > 0 else "finding.rate_below", look.lang, name=_name(result, at, look),
        measure=_measure(part, look), value=numbers.share(p, look.lang), rest=numbers.share(rest, look.lang),
    )  # fmt: skip


def _difference(p: float, n: float, hits: float, cases: float) -> float | None:
    """The z of one group's rate against all others together, pooled variance; None when there are no others."""
    others = cases - n
    pooled = hits / cases
    if others <= 0 or not 0 < pooled < 1:
        return None
    return (p - (hits - p * n) / others) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / others))


def _moved_anywhere(result: Result, part: Series, look: Look) -> str | None:
    """The largest move of any value of several dimensions, judged within its own dimension."""
    if part.before is None or not part.is_additive:
        return None
    news = result.frame.filter(pl.len().over("dimension") > 1)  # the only value of its dimension is the total
    if news.is_empty():
        return None
    now, before = (answers.values(news, name) for name in (part.value, part.before))
    moves = [abs((here or 0.0) - (then or 0.0)) for here, then in zip(now, before, strict=True)]
    largest = news.get_column("dimension")[max(range(len(moves)), key=moves.__getitem__)]
    within = replace(result, frame=news.filter(pl.col("dimension") == largest))
    return _moved_most(within, part, look)


def _moved_most(result: Result, part: Series, look: Look) -> str | None:
    if part.before is None:
        return None
    now = [value or 0.0 for value in answers.values(result.frame, part.value)]
    before = [value or 0.0 for value in answers.values(result.frame, part.before)]
    moves = [here - then for here, then in zip(now, before, strict=True)]
    movement, base = sum(map(abs, moves)), sum(before)
    if base <= 0 or not movement:
        return None
    at = max(range(len(moves)), key=lambda index: abs(moves[index]))
    if abs(moves[at]) < 0.3 * movement or abs(moves[at]) < 0.05 * base:
        return None
    return answers.words(
        "finding.moved_up" if moves[at] > 0 else "finding.moved_down", look.lang, name=_name(result, at, look),
        measure=_measure(part, look), change=look.written(abs(moves[at]), part),
        now=look.written(now[at], part), total=look.signed(sum(moves), part),
    )  # fmt: skip


def _concentrated(result: Result, part: Series, look: Look) -> str | None:
    amounts = [value or 0.0 for value in answers.values(result.frame, part.value)]
    total = sum(amounts)
    if total <= 0 or min(amounts) < 0:
        return None
    order = sorted(range(len(amounts)), key=lambda index: -amounts[index])
    largest = amounts[order[0]] / total
    if largest >= max(2 / len(amounts), _TELLING) and (len(amounts) > 2 or largest > 0.75):
        return answers.words(
            "finding.largest", look.lang, name=_name(result, order[0], look), measure=_measure(part, look),
            value=look.written(amounts[order[0]], part), share=numbers.share(largest, look.lang, 0),
        )  # fmt: skip
    three = sum(amounts[index] for index in order[:3]) / total
    if len(amounts) >= 6 and three >= 0.5:
        names = numbers.listed([_name(result, index, look) for index in order[:3]], look.lang)
        share = numbers.share(three, look.lang, 0)
        return answers.words("finding.top_three", look.lang, names=names, measure=_measure(part, look), share=share)
    return None


def _over_time(result: Result, part: Series, look: Look) -> str | None:
    partial = answers.flags(result.frame, answers.IS_PARTIAL)
    values = answers.values(result.frame, part.value)
    known = [(at, v) for at, v in enumerate(values) if v is not None and not partial[at]]
    if part.n is None:  # a rate of 0 is one of something
        known = _since_anything_came(known)
    if len(known) < LEAST_BUCKETS:
        return None
    return _beyond_limits(result, part, known, look) or _drifts(result, part, known, look)


def _since_anything_came(known: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Without the zeros that a course begins with, and the bucket after them, which may have begun before its data.

    Nobody knows here whether nothing came or nobody wrote it down yet: a company that began to keep records in spring
    has not risen from nothing, nor is its fifth month unusual beside ten that were 0.
    """
    first = next((place for place, (_, value) in enumerate(known) if value), len(known))
    return known[first + 1 :] if first else known


def _beyond_limits(result: Result, part: Series, known: Sequence[tuple[int, float]], look: Look) -> str | None:
    earlier, (at, last) = [value for _, value in known[:-1]], known[-1]
    middle = fmean(earlier)
    reach = XMR * fmean(abs(here - then) for then, here in pairwise(earlier))
    if abs(last - middle) <= reach:
        return None
    return answers.words(
        "finding.unusually_high" if last > middle else "finding.unusually_low", look.lang,
        measure=_measure(part, look), when=_name(result, at, look), value=look.written(last, part),
        usual=look.written(middle, part),
    )  # fmt: skip


def _drifts(result: Result, part: Series, known: Sequence[tuple[int, float]], look: Look) -> str | None:
    values = [value for _, value in known]
    z = mann_kendall(values)
    if abs(z) <= NormalDist().inv_cdf(1 - ALPHA / 2):
        return None
    return answers.words(
        "finding.rises" if z > 0 else "finding.falls", look.lang, measure=_measure(part, look),
        start=_name(result, known[0][0], look), end=_name(result, known[-1][0], look),
        first=look.written(values[0], part), last=look.written(values[-1], part),
    )  # fmt: skip


def mann_kendall(values: Sequence[float]) -> float:
    """The z of the Mann-Kendall test for a trend, with ties and the continuity correction (Mann 1945, Kendall 1975)."""
    n = len(values)
    score = sum((b > a) - (b < a) for i, a in enumerate(values) for b in values[i + 1 :])
    ties = [values.count(value) for value in set(values)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    if not score or variance <= 0:
        return 0.0
    return (score - math.copysign(1, score)) / math.sqrt(variance)


def _name(result: Result, at: int, look: Look) -> str:
    return label_of(result.frame.row(at, named=True), answers.cut_by(result), look)


def _measure(part: Series, look: Look) -> str:
    return part.measure.label.text(look.lang)
