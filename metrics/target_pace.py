"""How a target stands: what is reached and due, what each day left must bring, where it will end, how bold it is.

All are expressions over a frame with a row per target. Where a span ends is told from the past: what the last as many
working days of the six spans before brought, on top of what there is.

Held against the past of a made company (deals and orders by company, team, region, person) and of two real ones, at a
quarter, half and three quarters of months and quarters: at a quarter the ends were missed by 10–34 % where the pace so
far carried on missed by 4–52 %, at three quarters by 3–28 % against 3–28 %; a range of the amounts as they are held
62–88 % of the ends (persons 75–87 %; fewest where the business grew steadily).

What came before those last days, in the same spans, tells the spread, too, and late spans count for more (`lately`). At
half and three quarters of eight quarters of a made company without stories, and of the one with them, ranges held so
many ends (in brackets: by last days alone, all spans alike):

    ends of        without stories    with stories     above the range
    company   16   94 % (88 %)        81 % (75 %)       6 %, 19 % (12 %, 25 %)
    teams     96   84 % (78 %)        81 % (78 %)      14 %, 16 % (19 %, 19 %)
    people   539   81 % (81 %)        81 % (82 %)      13 %, 13 % (14 %, 12 %)

They were 4–11 % narrower. Of eight smaller companies without stories they held 80 % of 128 ends of companies (79 %),
78 % of 768 of teams (80 %) and 78 % of 2,374 of people (78 %), 14–18 % ending above (15–20 %).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import polars as pl

from metrics.catalog import Measure
from metrics.chances import student

RESTS, LEAST_RESTS = 6, 3
"""Spans before whose last days are looked at, and how many of them there must be to tell where one will end."""
HALF_LIFE = 2
"""Spans back that count half as much as the last: of quarters half a year, as days of the past for the landing."""
HELD = 0.8
"""Of ends of spans, the part that ranges are made to hold."""
_WITHIN = NormalDist().inv_cdf((1 + HELD) / 2)
PAST = {"week": 26, "month": 12, "quarter": 12, "year": 6, "fiscal_quarter": 12, "fiscal_year": 6}
"""Spans of the past that a target is held against, by what the calendar calls them."""
LEAST_PAST = 4
"""Spans of the past that there must be for a target to be called bold or easy."""
VERDICTS = ("met", "likely", "open", "unlikely", "missed")


def pace(one: Measure, gone: int, whole: int) -> list[pl.Expr]:
    """Columns over `actual`, `target` and `original`: how far, how far it should be, and what each day left must bring.

    `attainment` and `attainment_original`; `gap` (what is missing; below 0 is more than asked); `elapsed` (the share of
    working days gone); of what adds up `pace` (attainment ÷ elapsed: 1 is as due), `due`, `run_rate` (a working day so
    far) and `required` (a working day left, null once there is none left or nothing missing).

    Args:
        gone, whole: working days of the span, until the view's day and altogether.
    """
    elapsed = gone / whole if whole else None
    reached = _reached(one, pl.col("target")) if gone else pl.lit(None, pl.Float64)
    first = _reached(one, pl.col("original")) if gone else pl.lit(None, pl.Float64)
    held = holds(one)
    gap = pl.when(held).then(pl.col("target") - pl.col("actual"))
    adds_up = one.additive == "all"
    nothing = pl.lit(None, pl.Float64)
    missing = pl.when(gap > 0).then(gap)
    return [
        reached.alias("attainment"),
        pl.when(held).then(first).alias("attainment_original"),
        gap.alias("gap"),
        pl.lit(elapsed, pl.Float64).alias("elapsed"),
        (reached / elapsed if elapsed and adds_up else nothing).alias("pace"),
        (pl.when(held).then(pl.col("target") * elapsed) if elapsed is not None and adds_up else nothing).alias("due"),
        (pl.col("actual") / gone if gone and adds_up else nothing).alias("run_rate"),
        (missing / (whole - gone) if whole > gone and adds_up else nothing).alias("required"),
    ]


def holds(one: Measure) -> pl.Expr:
    """Whether a `target` is one: 0 is how one is withdrawn, but of what should stay low."""
    return pl.lit(value=True) if one.better == "lower" else pl.col("target") > 0


def _reached(one: Measure, target: pl.Expr) -> pl.Expr:
    """Actual ÷ target, the other way round where less is better, as attainment everywhere (metrics/attainment.py)."""
    over, under = (target, pl.col("actual")) if one.better == "lower" else (pl.col("actual"), target)
    return pl.when(target.is_not_null() & (under != 0)).then(over / under)


def ended(rests: pl.DataFrame, owner: list[str]) -> pl.DataFrame:
    """What the days that are left will bring, by owner: `rest`, `rest.low`, `rest.high`.

    The mean of what they brought in the spans before, and the interval for the next value: of their roots where none
    was below 0 (sums of a few deals lie skewed to the right, and spread more the larger they are), else of themselves.
    Null with fewer than LEAST_RESTS spans.

    Args:
        rests: a row for each owner and span of the past: `rest`.

    Source: the prediction interval of a normal sample, mean ± t(n − 1) s √(1 + 1/n); W. Q. Meeker, G. J. Hahn,
    L. A. Escobar (2017), Statistical Intervals, 2nd ed., §4.7; the root as what makes the spread of sums of Poisson
    many parts even: M. S. Bartlett (1936), The Square Root Transformation in Analysis of Variance, JRSS Suppl. 3.
    """
    root = pl.col("rest").clip(0).sqrt()
    found = rests.group_by(owner, maintain_order=True).agg(
        pl.len().alias("n"),
        pl.col("rest").mean().alias("mean"),
        pl.col("rest").std().fill_null(0).alias("spread"),
        pl.col("rest").min().alias("least"),
        root.mean().alias("root"),
        root.std().fill_null(0).alias("root_spread"),
    )
    wide = {n: _times(n) for n in range(LEAST_RESTS, RESTS + 1)}
    times = pl.col("n").replace_strict(wide, default=None, return_dtype=pl.Float64)
    is_known, is_root = pl.col("n") >= LEAST_RESTS, pl.col("least") >= 0
    reach, root_reach = pl.col("spread") * times, pl.col("root_spread") * times
    low = pl.when(is_root).then((pl.col("root") - root_reach).clip(0) ** 2).otherwise(pl.col("mean") - reach)
    high = pl.when(is_root).then((pl.col("root") + root_reach) ** 2).otherwise(pl.col("mean") + reach)
    return found.select(
        *owner,
        pl.when(is_known).then("mean").alias("rest"),
        pl.when(is_known).then(low).alias("rest.low"),
        pl.when(is_known).then(high).alias("rest.high"),
    )


def lately(spans: pl.DataFrame, owner: list[str], left: int) -> pl.DataFrame:
    """As `ended`, told by both parts of the spans before and more by late spans than by early ones.

    Of each span the days before the last ones and these brought a sum each. Roots of sums over D days are taken to lie
    around √D times a level, one of the beginnings and one of the last days, with one spread: that is told by twice as
    many values as last days alone, and where an owner grows it is wider. Each span counts half as much as the one
    HALF_LIFE after it. The range is that of the next value, with as many degrees of freedom as the weights leave. Null
    of too few spans, or where a sum was below 0: then `ended` holds.

    Args:
        spans: a row for each owner and span of the past: `back` (1: the one before), `rest` and `rest_days`, `start`
            and `start_days` (working days; null, or none: not known). left: working days that are left now.

    Sources: weighted least squares and its prediction interval, S. Weisberg (2014), Applied Linear Regression, 4th ed.,
    §7.1; the effective number of weighted values, (Σw)² ÷ Σw², L. Kish (1965), Survey Sampling, §11.7; roots as there.
    """
    kept = [*owner, "back"]
    halves = pl.concat([
        spans.select(*kept, value="rest", days="rest_days", is_last=True),
        spans.select(*kept, value="start", days="start_days", is_last=False),
    ], how="vertical_relaxed").filter(pl.col("value").is_not_null() & (pl.col("days") > 0))  # fmt: skip
    weight, days, root = pl.lit(0.5).pow(pl.col("back") / HALF_LIFE), pl.col("days"), pl.col("value").clip(0).sqrt()
    sums = [
        expression.filter(pl.col("is_last") if part == "last" else ~pl.col("is_last")).sum().alias(f"{part}.{name}")
        for part in ("last", "start")
        for name, expression in {
            "n": weight**0, "w": weight, "ww": weight**2,
            "d": weight * days, "dd": weight**2 * days, "y": weight * days.sqrt() * root, "yy": weight * root**2,
        }.items()
    ]  # fmt: skip
    told = halves.group_by(owner, maintain_order=True).agg(pl.col("value").min().alias("least"), *sums)
    return told.select(*owner, *_next_value(float(left)))


def _next_value(left: float) -> list[pl.Expr]:
    """`rest` with its ends, of the sums of `lately`."""
    both = {name: pl.col(f"last.{name}") + pl.col(f"start.{name}") for name in ("w", "ww", "yy")}
    level = {part: pl.col(f"{part}.y") / pl.col(f"{part}.d") for part in ("last", "start")}
    explained = sum((level[part] * pl.col(f"{part}.y") for part in level), pl.lit(0.0))
    effective = both["w"] ** 2 / both["ww"]
    freedom = effective - len(level)
    variance = (both["yy"] - explained).clip(0) / both["w"] * effective / freedom
    middle = math.sqrt(left) * level["last"]
    reach = (variance * (1 + left * pl.col("last.dd") / pl.col("last.d") ** 2)).sqrt() * student(_WITHIN, freedom)
    is_known = (pl.col("least") >= 0) & pl.min_horizontal("last.n", "start.n").ge(LEAST_RESTS) & (freedom > 1)
    told = {
        "rest": middle**2 + variance, "rest.low": (middle - reach).clip(0) ** 2, "rest.high": (middle + reach) ** 2,
    }  # fmt: skip
    return [pl.when(is_known).then(value).alias(name) for name, value in told.items()]


def _times(n: int) -> float:
    """How many standard deviations of n values the next one lies from their mean, HELD of the time."""
    return student(_WITHIN, n - 1) * math.sqrt(1 + 1 / n)


def bold(past: pl.DataFrame, owner: list[str], one: Measure) -> pl.DataFrame:
    """How bold a target is beside its owner's own past: `spans` of it, in how many it was `reached`, `percentile`.

    The percentile is the share of spans that fell short of it: 0 is what was always reached, 1 what never was.
    Null with fewer than LEAST_PAST spans.

    Args:
        past: a row for each owner and span: `was`, and the owner's `target`.
    """
    was, target = pl.col("was"), pl.col("target")
    got = (was <= target) if one.better == "lower" else (was >= target)
    known = past.filter(was.is_not_null() & target.is_not_null() & holds(one))
    found = known.group_by(owner, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("spans"), got.sum().cast(pl.Int64).alias("reached"), was.max().alias("best_past")
    )
    share = 1 - pl.col("reached") / pl.col("spans")
    return found.with_columns(percentile=pl.when(pl.col("spans") >= LEAST_PAST).then(share))


def verdict(one: Measure, *, is_over: bool) -> pl.Expr:
    """One of VERDICTS over `actual` and `projected` with their ranges, and `target`; null where nothing can be said.

    Met is what is reached (of what adds up, even before the end; of what should stay low, only then). Likely and
    unlikely are those whose range lies on one side of the target: that of the end, of a rate that of the rate so far.
    Nothing is said of a target of 0, which is how one is withdrawn, but of what should stay low.
    """
    sign = -1 if one.better == "lower" else 1
    ends = [pl.coalesce(f"projected.{end}", f"actual.{end}") for end in ("low", "high")]
    actual, target, low, high = (told * sign for told in (pl.col("actual"), pl.col("target"), *ends))
    if sign < 0:
        low, high = high, low
    is_met = (actual >= target) if is_over or (sign > 0 and one.additive == "all") else pl.lit(value=False)
    running = pl.when(low >= target).then(pl.lit("likely")).when(high < target).then(pl.lit("unlikely"))
    rest = pl.lit("missed") if is_over else running.when(low.is_not_null()).then(pl.lit("open"))
    known = actual.is_not_null() & target.is_not_null() & holds(one)
    return pl.when(known & is_met).then(pl.lit("met")).when(known).then(rest).alias("verdict")
