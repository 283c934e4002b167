"""Numbers, money, shares and dates as the reader writes them: 1,234.57万 or 12.35M, never more digits than they mean.

Pure functions of a value and a language: the screen, slides and pages to print write the same number alike. A missing
value is "—" everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import TypeGuard

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

NOTHING = "—"
Number = int | float | Decimal

_UNITS: dict[str, tuple[tuple[int, str], ...]] = {
    "zh-CN": ((100_000_000, "亿"), (10_000, "万")),
    "en": ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")),
}
_IN_FULL_BELOW = {"money": 10_000, "count": 100_000}
"""Smaller values are written out: 2,361 reads better than 2.36K, and 8,800 deals are a count one can check."""


@cache
def locale(lang: str) -> Locale:
    """Babel's locale for a language of the app."""
    return Locale.parse(lang, sep="-")


def written(value: Number | None, unit: str, lang: str, currency: str | None = None) -> str:
    """A measure's value as text, by the unit its definition names.

    Args:
        value: The number; None and NaN are "—". Shares are 0-1.
        unit: "money", "count", "share", "difference" (of shares), "days", "hours", "points" (a score); any other is a
            plain number with at most two decimals.
        lang: Language of the reader.
        currency: ISO code of the money shown, or None to show no symbol.
    """
    if not is_number(value):
        return NOTHING
    if unit == "money":
        return money(value, lang, currency)
    of_unit = {"count": count, "share": share, "difference": difference, "days": days, "hours": hours}.get(unit)
    return of_unit(value, lang) if of_unit else _decimal(value, lang, 1 if unit == "points" else 2)


def money(value: Number | None, lang: str, currency: str | None = None) -> str:
    """Money in the reader's units: 12,345,678 is ¥1,234.57万 or $12.35M."""
    if not is_number(value):
        return NOTHING
    number = _exactly(value)
    return _sign(number) + _symbol(currency, lang) + _scaled(abs(number), lang, _IN_FULL_BELOW["money"])


def count(value: Number | None, lang: str) -> str:
    """How many: whole in full up to 100,000, then in the reader's units."""
    if not is_number(value):
        return NOTHING
    number = _exactly(value)
    return _sign(number) + _scaled(abs(number), lang, _IN_FULL_BELOW["count"])


def share(value: Number | None, lang: str, digits: int = 1) -> str:
    """A share of 0-1 as a percentage: 0.6315 is 63.2%."""
    return _decimal(_exactly(value) * 100, lang, digits, fixed=True) + "%" if is_number(value) else NOTHING


def days(value: Number | None, lang: str) -> str:
    """A number of days, with one decimal below 100."""
    return _span(value, lang, "day", "天")


def hours(value: Number | None, lang: str) -> str:
    """A number of hours, with one decimal below 100."""
    return _span(value, lang, "hour", "小时")


def _span(value: Number | None, lang: str, english: str, chinese: str) -> str:
    if not is_number(value):
        return NOTHING
    digits = 0 if abs(_exactly(value)) >= 100 else 1
    text = _decimal(value, lang, digits)
    if lang == "zh-CN":
        return f"{text} {chinese}"
    return f"{text} {english}" + ("" if text in ("1", "-1") else "s")


def exact(value: Number | None, unit: str, lang: str, currency: str | None = None) -> str:
    """The value with nothing scaled away, for a tooltip: ¥12,345,678.00."""
    if not is_number(value):
        return NOTHING
    if unit == "money":
        number = _exactly(value)
        return _sign(number) + _symbol(currency, lang) + _decimal(abs(number), lang, 2, fixed=True)
    if unit == "share":
        return share(value, lang, 2)
    if unit in ("days", "hours", "difference"):
        return written(value, unit, lang)
    return _decimal(value, lang, 2)


def change(now: Number | None, before: Number | None, unit: str, lang: str) -> str:
    """How a number moved: "+12.3%", shares in percentage points, scores in points.

    "—" where the base of a percentage is missing, zero or negative.
    """
    if not (is_number(now) and is_number(before)):
        return NOTHING
    if unit == "share":
        return difference(_exactly(now) - _exactly(before), lang)
    if unit == "points":
        points = _rounded(_exactly(now) - _exactly(before), 1)
        return f"{_signed(points, lang, 1)}{' 分' if lang == 'zh-CN' else ' points'}"
    ratio = change_ratio(now, before)
    return NOTHING if ratio is None else _signed(_rounded(_exactly(ratio) * 100, 1), lang, 1) + "%"


def difference(value: Number | None, lang: str) -> str:
    """How far two shares lie apart, in percentage points: "-23.9 pp"; "—" where one is missing."""
    if not is_number(value):
        return NOTHING
    return f"{_signed(_rounded(_exactly(value) * 100, 1), lang, 1)}{'个百分点' if lang == 'zh-CN' else ' pp'}"


def change_ratio(now: Number | None, before: Number | None) -> float | None:
    """(now - before) / before, or None where that would mislead: a base that is missing, zero or negative."""
    if not (is_number(now) and is_number(before)) or before <= 0:
        return None
    return float((_exactly(now) - _exactly(before)) / _exactly(before))


def ticks(low: float, high: float, unit: str, lang: str, at_most: int = 6) -> tuple[list[float], list[str]]:
    """Round axis positions covering low to high, and their texts in the reader's units, all at one scale.

    The steps are 1, 2 or 5 times a power of ten, so the texts need no decimals beyond the step's own.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return [], []
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = _round_step((high - low) / max(at_most - 1, 1))
    first, last = math.floor(low / step), math.ceil(high / step)
    places = [round(n * step, 12) for n in range(first, last + 1)]
    return places, [_tick(place, step, max(abs(places[0]), abs(places[-1])), unit, lang) for place in places]


def day(value: date | None, lang: str) -> str:
    """A day: "5 Jan 2026" or "2026年1月5日"."""
    if value is None:
        return NOTHING
    pattern = "y年M月d日" if lang == "zh-CN" else "d MMM y"
    return format_date(value, pattern, locale=locale(lang))


def moment(value: datetime | None, lang: str) -> str:
    """A time of day, to the minute."""
    if value is None:
        return NOTHING
    pattern = "y年M月d日 HH:mm" if lang == "zh-CN" else "d MMM y HH:mm"
    return format_datetime(value, pattern, locale=locale(lang))


def bucket(value: date | None, grain: str, lang: str, fiscal_start: int = 1) -> str:
    """The name of a calendar bucket by its first day: "Jan 2026", "Q1 2026", "2026年1月", "2026年第1季度".

    A week is named by its first day; with a fiscal year that starts in another month, years and quarters are fiscal.
    """
    if value is None:
        return NOTHING
    chinese = lang == "zh-CN"
    if grain == "month":
        return format_skeleton("yMMM", value, locale=locale(lang))
    if grain in ("quarter", "fiscal_quarter"):
        year, quarter = _quarter(value, fiscal_start if grain == "fiscal_quarter" else 1)
        fiscal = grain == "fiscal_quarter" and fiscal_start != 1
        return (
            (f"{year}{'财年' if fiscal else '年'}第{quarter}季度")
            if chinese
            else f"{'FY' if fiscal else ''}{year} Q{quarter}"
        )
    if grain in ("year", "fiscal_year"):
        year, _ = _quarter(value, fiscal_start if grain == "fiscal_year" else 1)
        fiscal = grain == "fiscal_year" and fiscal_start != 1
        return (f"{year}{'财年' if fiscal else '年'}") if chinese else f"{'FY' if fiscal else ''}{year}"
    return day(value, lang)


def is_number(value: Number | None) -> TypeGuard[Number]:
    """Whether there is a number at all: neither None nor NaN."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def is_missing(value: Number | None) -> bool:
    """No number at all: None or NaN."""
    return not is_number(value)


def listed(words: Sequence[str], lang: str) -> str:
    """Words as a list in a sentence: "a, b and c" or "a、b和c"."""
    if len(words) < 2:
        return "".join(words)
    head, last = words[:-1], words[-1]
    return "、".join(head) + "和" + last if lang == "zh-CN" else ", ".join(head) + " and " + last


def _exactly(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _rounded(number: Decimal, digits: int) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded  # never "-0"


@lru_cache(maxsize=10_000)
def _decimal(value: Number, lang: str, digits: int, *, fixed: bool = False) -> str:
    """Remembered, since a page writes the same numbers on cards, marks and under the pointer."""
    return str(_pattern(digits, fixed=fixed).apply(_rounded(_exactly(value), digits), locale(lang)))


@cache
def _pattern(digits: int, *, fixed: bool) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + ("0" if fixed else "#") * digits if digits else ""))


def _scaled(number: Decimal, lang: str, in_full_below: int) -> str:
    """A number that is not negative, in the largest unit that leaves at least 1 after rounding."""
    if _rounded(number, 0) < in_full_below:
        return _decimal(number, lang, 0 if number >= 100 else 2)
    for size, name in _UNITS[lang]:
        scaled = _rounded(number / size, 2)
        if scaled >= 1:
            return _decimal(scaled, lang, 2) + name
    return _decimal(number, lang, 0)


def _sign(number: Decimal) -> str:
    return "-" if number < 0 else ""


def _signed(number: Decimal, lang: str, digits: int) -> str:
    return ("+" if number > 0 else "") + _decimal(number, lang, digits)


def _symbol(currency: str | None, lang: str) -> str:
    return get_currency_symbol(currency, locale=locale(lang)) if currency else ""


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999999)


def _tick(place: float, step: float, largest: float, unit: str, lang: str) -> str:
    """One axis text; all of an axis share the unit of its largest value, and the step decides the decimals."""
    if unit == "share":
        return _decimal(Decimal(str(place)) * 100, lang, _decimals(step * 100)) + "%"
    size, name = next(((s, n) for s, n in _UNITS[lang] if largest >= s and largest >= 10_000), (1, ""))
    text = _decimal(Decimal(str(place)) / size, lang, _decimals(step / size))
    return text if place == 0 else text + name


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _quarter(first: date, starts: int) -> tuple[int, int]:
    """Year and quarter of a day; a fiscal year is named by the calendar year in which it ends."""
    months = (first.month - starts) % 12
    year = first.year + (1 if starts > 1 and first.month >= starts else 0)
    return year, months // 3 + 1
