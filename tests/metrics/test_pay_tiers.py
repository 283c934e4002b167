"""Tiers, accelerators, caps and cents: worked by hand, and as rules that hold for any plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.pay_file import plan_of
from metrics.pay_plan import Plan
from metrics.pay_tiers import Scale, in_cents, pieces_of, scale_of

D = Decimal


def plan(**told: object) -> Plan:
    """Three tiers in money, from 0, 100,000 and 200,000 on: 1, 2 and 3 %."""
    tiers = [{"at": 0, "rate": D("0.01")}, {"at": 100_000, "rate": D("0.02")}, {"at": 200_000, "rate": D("0.03")}]
    return plan_of({"id": "p", "measure": "won_amount", "from_on": date(2026, 1, 1), "tiers": tiers} | told)


def scale(target: int | None = None, **told: object) -> Scale:
    found = scale_of(plan(**told), None if target is None else D(target))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("money", "graduated", "whole"),
    [
        (0, "0", "0"),
        (D("99999.99"), "1000.00", "1000.00"),
        (100_000, "1000", "2000"),  # exactly at the threshold: the tier that begins there
        (D("100000.50"), "1000.01", "2000.01"),
        (200_000, "3000", "6000"),
        (250_000, "4500", "7500"),
    ],
)
def test_tiers_by_hand(money: Decimal, graduated: str, whole: str) -> None:
    assert scale().pay(D(money)) == D(graduated)
    assert scale(mode="whole").pay(D(money)) == D(whole)


def test_a_cap_is_the_most_that_is_paid() -> None:
    assert scale(cap=4000).pay(D(230_000)) == D("3900")
    assert scale(cap=4000).pay(D(250_000)) == D(4000)
    assert scale(cap=0).pay(D(250_000)) == 0


def test_thresholds_by_attainment_and_an_accelerator() -> None:
    """Target 200,000: 1 % up to half of it, 2 % up to all, 3 % beyond, from 120 % on (240,000) half as much again."""
    tiers = [{"at": 0, "rate": "0.01"}, {"at": "0.5", "rate": "0.02"}, {"at": 1, "rate": "0.03"}]
    faster = [{"over": "1.2", "times": "1.5"}]
    told = scale(200_000, tiers_by="attainment", tiers=tiers, accelerators=faster)
    assert [(step.at, step.rate) for step in told.steps] == [
        (0, D("0.01")), (100_000, D("0.02")), (200_000, D("0.03")), (240_000, D("0.045")),
    ]  # fmt: skip
    assert told.pay(D(300_000)) == 1000 + 2000 + 1200 + 2700
    assert told.next_at(D(200_000)) == 240_000
    assert told.next_at(D(240_000)) is None


def test_without_a_target_nothing_is_said() -> None:
    assert scale_of(plan(tiers_by="attainment"), None) is None
    assert scale_of(plan(accelerators=[{"over": 1, "times": 2}]), D(0)) is None
    assert scale_of(plan(), None) is not None


def test_a_deal_that_crosses_a_threshold_is_paid_in_two_pieces() -> None:
    found = pieces_of(scale(), [D(80_000), D(50_000), D(100_000)])
    assert [(one.line, one.money, one.rate, one.brings) for one in found] == [
        (0, 80_000, D("0.01"), 800),
        (1, 20_000, D("0.01"), 200), (1, 30_000, D("0.02"), 600),
        (2, 70_000, D("0.02"), 1400), (2, 30_000, D("0.03"), 900),
    ]  # fmt: skip


def test_a_deal_that_ends_at_a_threshold_is_one_piece() -> None:
    found = pieces_of(scale(), [D(100_000), D(1)])
    assert [(one.line, one.money, one.rate) for one in found] == [(0, 100_000, D("0.01")), (1, 1, D("0.02"))]


def test_what_goes_back_takes_its_pay_with_it_over_the_same_thresholds() -> None:
    found = pieces_of(scale(), [D(120_000), D(-40_000)])
    assert [(one.money, one.rate, one.brings) for one in found] == [
        (100_000, D("0.01"), 1000), (20_000, D("0.02"), 400), (-20_000, D("0.02"), -400), (-20_000, D("0.01"), -200),
    ]  # fmt: skip
    assert scale().pay(D(-5_000)) == D("-50")
    kept = pieces_of(scale(clawback=False), [D(120_000), D(-40_000)])
    assert [one.brings for one in kept if one.line == 1] == [] or not sum(one.brings for one in kept if one.line == 1)


def test_a_cap_cuts_the_line_that_reaches_it() -> None:
    found = pieces_of(scale(cap=1200), [D(100_000), D(20_000), D(5_000)])
    assert [(one.brings, one.is_capped) for one in found] == [(1000, False), (200, True), (0, True)]
    spread = pieces_of(scale(cap=1500, mode="whole"), [D(60_000), D(40_000)])
    assert [(one.brings, one.is_capped) for one in spread] == [(900, True), (600, True)]


def test_cents_go_to_those_that_lost_most() -> None:
    thirds = [D(10) / 3] * 3
    assert in_cents(thirds, D(10)) == [D("3.34"), D("3.33"), D("3.33")]
    assert in_cents([D("0.004"), D("0.009"), D("-0.003")], D("0.01")) == [D("0.00"), D("0.01"), D("0.00")]
    assert in_cents([], D(0)) == []


MONEY = st.decimals(-1_000_000, 1_000_000, places=4, allow_nan=False)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    ats = sorted(draw(st.sets(st.integers(1, 500_000), max_size=4)))
    rates = draw(st.lists(st.decimals(0, 1, places=4), min_size=len(ats) + 1, max_size=len(ats) + 1))
    tiers = [{"at": at, "rate": rate} for at, rate in zip([0, *ats], rates, strict=True)]
    told = {
        "tiers": tiers,
        "mode": draw(st.sampled_from(["graduated", "whole"])),
        "cap": draw(st.none() | st.integers(0, 100_000)),
        "clawback": draw(st.booleans()),
        "accelerators": draw(st.sampled_from([[], [{"over": 1, "times": 2}]])),
    }
    return scale(100_000, **told)


@settings(max_examples=60, deadline=None)
@given(scales(), st.lists(MONEY, max_size=8))
def test_lines_add_up_to_the_pay_to_the_cent(told: Scale, lines: list[Decimal]) -> None:
    pieces = pieces_of(told, lines)
    total = sum(map(told.counted, lines), D(0))
    cents = in_cents([one.brings for one in pieces], told.pay(total))
    assert sum(cents) == told.pay(total)
    assert all(abs(cent - one.brings) < D("0.01") for cent, one in zip(cents, pieces, strict=True))
    for place, money in enumerate(lines):
        assert sum(one.money for one in pieces if one.line == place) == told.counted(money)


@settings(max_examples=40, deadline=None)
@given(scales(), MONEY, st.decimals(0, 100_000, places=2))
def test_more_money_never_brings_less_where_rates_rise(told: Scale, money: Decimal, more: Decimal) -> None:
    rising = Scale(
        tuple(type(step)(step.at, D(place) / 100) for place, step in enumerate(told.steps)), told.is_whole, told.cap
    )
    assert rising.pay(money + more) >= rising.pay(money)


@settings(max_examples=40, deadline=None)
@given(scales(), MONEY, st.integers(2, 1000))
def test_another_currency_changes_nothing_but_the_unit(told: Scale, money: Decimal, rate: int) -> None:
    other = Scale(
        tuple(type(step)(step.at * rate, step.rate) for step in told.steps), told.is_whole,
        None if told.cap is None else told.cap * rate,
    )  # fmt: skip
    assert other.exact(money * rate) == Scale(told.steps, told.is_whole, told.cap).exact(money) * rate
