"""Numbers, money, shares and dates on the screen: written as everything that is taken away writes them."""

from __future__ import annotations

from data.numerals import (
    NOTHING,
    Number,
    bucket,
    change,
    change_ratio,
    count,
    day,
    days,
    exact,
    hours,
    is_missing,
    is_number,
    listed,
    locale,
    moment,
    money,
    share,
    ticks,
    written,
)

__all__ = (
    "NOTHING",
    "Number",
    "bucket",
    "change",
    "change_ratio",
    "count",
    "day",
    "days",
    "exact",
    "hours",
    "is_missing",
    "is_number",
    "listed",
    "locale",
    "moment",
    "money",
    "share",
    "ticks",
    "written",
)
