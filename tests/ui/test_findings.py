"""A chart's sentence: said when the facts carry it, silent when they do not."""

from __future__ import annotations

import pytest

from tests.ui.answered import EN, ZH, answer, months
from ui.findings import finding, mann_kendall


def test_one_large_value_is_named_with_its_share() -> None:
    # 600 of 1,000 is 60 %, more than twice an equal share of a quarter.
    result = answer({"team": ["East", "West", "North", "South"], "won_amount": [600, 150, 150, 100]})
    assert finding(result, EN) == "East alone brings 60%: Won amount 600"
    assert finding(result, ZH) == "East居首，占赢单金额的 60%（600）"


def test_even_values_say_nothing() -> None:
    assert finding(answer({"team": ["a", "b", "c", "d"], "won_amount": [100, 101, 99, 100]}), EN) is None


def test_three_that_bring_half_of_many() -> None:
    # 20 + 18 + 17 = 55 of 100; none of ten holds twice a tenth … but for 20, which is exactly two tenths.
    result = answer({"rep": list("abcdefghij"), "won_amount": [19, 18, 17, 8, 7, 7, 6, 6, 6, 6]})
    assert finding(result, EN) == "a, b and c bring 54% of Won amount"


def test_the_largest_move_between_two_periods() -> None:
    # West loses 40 of 150; all others together move by 20: 40 of 60 is two thirds of the movement, 10 % of 400.
    result = answer(
        {"team": ["East", "North", "West"], "won_amount": [160, 110, 110], "won_amount.before": [150, 100, 150]}
    )
    assert finding(result, EN) == "West fell most: Won amount −40 to 110 (all: -20)"


def test_small_moves_say_nothing_and_no_base_is_no_move() -> None:
    still = {"team": ["a", "b", "c"], "won_amount": [101, 100, 99], "won_amount.before": [100, 100, 100]}
    assert finding(answer(still), EN) is None
    new = {"team": ["a", "b", "c"], "won_amount": [100, 100, 99], "won_amount.before": [0, 0, 0]}
    assert finding(answer(new), EN) is None


def test_a_rate_beyond_chance_is_named() -> None:
    # 90 of 100 against 300 of 600: z ≈ 7.5, far beyond the limit for three comparisons.
    result = answer({"rep": ["a", "b", "c"], "win_rate": [0.9, 0.5, 0.5], "win_rate.n": [100, 300, 300]})
    assert finding(result, EN) == "a stands out: Win rate 90.0%, the others 50.0%"


def test_two_of_two_is_not_better_than_sixty_of_a_hundred() -> None:
    # z = (1 − .6) / sqrt(.608·.392·(1/2 + 1/100)) = 1.15, far from the 2.24 that two comparisons ask for.
    result = answer({"rep": ["lucky", "steady"], "win_rate": [1.0, 0.6], "win_rate.n": [2, 100]})
    assert finding(result, EN) is None


def test_a_bad_last_month_is_named_and_an_unfinished_one_is_not() -> None:
    amounts = [100, 102, 98, 101, 99, 100, 102, 98, 60]
    result = answer({"month": months(9), "won_amount": amounts, "is_partial": [False] * 9})
    assert finding(result, EN) == "Sep 2025 is unusually low: Won amount 60, usually 100"
    unfinished = answer({"month": months(9), "won_amount": amounts, "is_partial": [False] * 8 + [True]})
    assert finding(unfinished, EN) is None


def test_a_steady_rise_is_said() -> None:
    # Twelve values, each higher than the last: S = 66, far beyond chance; no last value outside its limits.
    result = answer({"month": months(12), "won_amount": list(range(100, 220, 10))})
    sentence = finding(result, EN)
    assert sentence is not None
    assert "Jan 2025" in sentence or "Dec 2025" in sentence


def test_months_before_anything_came_are_no_base() -> None:
    # Records begin in April, within the month: nobody knows what came before, and April is not whole.
    since = [30, 100, 102, 98, 101, 99, 100, 102, 98]
    even = {"month": months(12), "won_amount": [0, 0, 0, *since], "is_partial": [False] * 12}
    assert finding(answer(even), EN) is None
    fallen = {"month": months(13), "won_amount": [0, 0, 0, *since, 60], "is_partial": [False] * 13}
    assert (finding(answer(fallen), EN) or "").endswith("is unusually low: Won amount 60, usually 100")
    young = {"month": months(12), "won_amount": [0] * 9 + [5, 70, 440], "is_partial": [False] * 12}
    assert finding(answer(young), EN) is None


def test_few_buckets_say_nothing() -> None:
    assert finding(answer({"month": months(7), "won_amount": [1, 2, 3, 4, 5, 6, 700]}), EN) is None


def test_nothing_and_missing_values_are_no_facts() -> None:
    assert finding(answer({"team": [], "won_amount": []}), EN) is None
    assert finding(answer({"team": ["a", "b"], "won_amount": [None, None]}), EN) is None
    assert finding(answer({"rep": ["a", "b"], "win_rate": [None, 0.5], "win_rate.n": [0, 10]}), EN) is None


@pytest.mark.parametrize(
    ("values", "z"),
    # S = 10 of n = 5 without ties: variance 5·4·15/18 = 16.67, z = 9/4.082 = 2.205. Reversed: the same, negative.
    [([1, 2, 3, 4, 5], 2.2045), ([5, 4, 3, 2, 1], -2.2045), ([1, 1, 1], 0.0), ([1], 0.0)],
)
def test_mann_kendall_by_hand(values: list[float], z: float) -> None:
    assert mann_kendall(values) == pytest.approx(z, abs=1e-3)


def test_of_several_dimensions_the_largest_move_within_its_own() -> None:
    # The channel is one value only, so its move is the total's; among the teams West loses 40 of 60 that moved.
    result = answer(
        {
            "dimension": ["source", "team", "team", "team"],
            "value": [None, "East", "North", "West"],
            "won_amount": [380, 160, 110, 110],
            "won_amount.before": [400, 150, 100, 150],
        }
    )
    assert finding(result, EN) == "West · Team fell most: Won amount −40 to 110 (all: -20)"
