"""Numbers as a reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import numbers

MONEY = [
    # value, English, Chinese: 万 is 10^4, 亿 is 10^8
    (12_345_678, "12.35M", "1,234.57万"),
    (10_005_534, "10.01M", "1,000.55万"),
    (123_456_789_012, "123.46B", "1,234.57亿"),
    (999_999, "1M", "100万"),  # rounding reaches the next unit
    (99_999_999, "100M", "1亿"),
    (2_361.2, "2,361", "2,361"),  # small money is written out
    (0, "0", "0"),
    (-45_000, "-45K", "-4.5万"),
    (Decimal("0.5"), "0.5", "0.5"),
    (None, "—", "—"),
    (float("nan"), "—", "—"),
]


@pytest.mark.parametrize(("value", "english", "chinese"), MONEY)
def test_money_in_the_readers_units(value: numbers.Number | None, english: str, chinese: str) -> None:
    assert numbers.money(value, "en") == english
    assert numbers.money(value, "zh-CN") == chinese


def test_the_currency_stands_before_the_number_and_the_sign_before_it() -> None:
    assert numbers.money(12_345_678, "zh-CN", "CNY") == "¥1,234.57万"
    assert numbers.money(-12_345_678, "en", "USD") == "-$12.35M"
    assert numbers.exact(1234.5, "money", "en", "USD") == "$1,234.50"


def test_counts_are_written_out_as_long_as_one_can_check_them() -> None:
    assert numbers.count(8_800, "en") == "8,800"
    assert numbers.count(54_321, "zh-CN") == "54,321"
    assert numbers.count(1_234_567, "en") == "1.23M"
    assert numbers.count(1_234_567, "zh-CN") == "123.46万"


def test_shares_and_days() -> None:
    assert numbers.share(4238 / 6711, "en") == "63.2%"  # 63.1500…
    assert numbers.share(1, "zh-CN") == "100.0%"
    assert numbers.days(47.985, "en") == "48 days"
    assert numbers.days(1, "en") == "1 day"
    assert numbers.days(51.782, "zh-CN") == "51.8 天"


CHANGES = [
    (110, 100, "money", "+10%"),
    (95.5, 100, "count", "-4.5%"),
    (0.5, 0.45, "share", "+5 pp"),
    (13.7, 21.56, "points", "-7.9 points"),  # NPS: a percentage of a score says nothing
    (-3.25, 0, "points", "-3.3 points"),
    (1, 0, "count", "—"),  # no base
    (1, -5, "money", "—"),  # a negative base would turn the sign
    (None, 5, "money", "—"),
    (5, None, "share", "—"),
]


@pytest.mark.parametrize(("now", "before", "unit", "expected"), CHANGES)
def test_change(now: float | None, before: float | None, unit: str, expected: str) -> None:
    assert numbers.change(now, before, unit, "en") == expected


@pytest.mark.parametrize(("value", "expected"), [(-0.2386, "-23.9 pp"), (0.0256, "+2.6 pp"), (None, "—")])
def test_shares_lie_points_apart(value: float | None, expected: str) -> None:
    assert numbers.written(value, "difference", "en") == numbers.exact(value, "difference", "en") == expected


@given(st.floats(-1e12, 1e12), st.floats(0.01, 1e12), st.sampled_from(("money", "count", "share", "days")))
def test_ticks_are_round_and_cover_the_range(low: float, width: float, unit: str) -> None:
    places, words = numbers.ticks(low, low + width, unit, "zh-CN")
    assert len(places) == len(words) <= 9
    step = places[1] - places[0]
    assert places[0] <= low + step * 1e-6
    assert places[-1] >= low + width - step * 1e-6


def test_ticks_of_one_axis_share_a_unit() -> None:
    assert numbers.ticks(0, 2_300_000, "money", "zh-CN")[1] == ["0", "50万", "100万", "150万", "200万", "250万"]
    assert numbers.ticks(0, 0.63, "share", "en")[1] == ["0%", "20%", "40%", "60%", "80%"]


BUCKETS = [
    ("month", "Apr 2026", "2026年4月"),
    ("quarter", "2026 Q2", "2026年第2季度"),
    ("year", "2026", "2026年"),
    ("fiscal_quarter", "FY2027 Q1", "2027财年第1季度"),  # a year that starts in April is named by where it ends
    ("day", "1 Apr 2026", "2026年4月1日"),
]


@pytest.mark.parametrize(("grain", "english", "chinese"), BUCKETS)
def test_buckets_have_names(grain: str, english: str, chinese: str) -> None:
    assert numbers.bucket(date(2026, 4, 1), grain, "en", 4) == english
    assert numbers.bucket(date(2026, 4, 1), grain, "zh-CN", 4) == chinese


@given(
    st.one_of(st.none(), st.floats(-1e15, 1e15), st.decimals(-(10**15), 10**15, places=4)),
    st.sampled_from(("en", "zh-CN")),
)
def test_every_number_can_be_written(value: numbers.Number | None, lang: str) -> None:
    for unit in ("money", "count", "share", "days", "number", "quantity"):
        assert numbers.written(value, unit, lang, "CNY")
        assert numbers.exact(value, unit, lang, "CNY")
