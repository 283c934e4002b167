"""Everybody against all others: by hand, and only beyond chance."""

from __future__ import annotations

import polars as pl
import pytest

from metrics.proportions import differ
from metrics.rep_claims import claims

_SIGNS = ("is_past_due", "is_silent", "is_pushed", "is_stepless")


def _moved(*people: tuple[str | None, int, int]) -> pl.DataFrame:
    """One stage, by person: moved on, lost; each deal is worth 10."""
    return pl.DataFrame(
        [
            {
                "rep": rep, "pipeline": "P", "place": 1, "stage": "talk", "entered": won + lost, "moved_on": won,
                "lost": lost, "entered_amount": 10.0 * (won + lost), "decided.n": won + lost,
            }
            for rep, won, lost in people
        ],
        None if people else {"rep": pl.String, "pipeline": pl.String, "place": pl.Int64},
    )  # fmt: skip


def _open(*people: tuple[str, int, int]) -> pl.DataFrame:
    """Open deals by person, so many of them past their day; the data know of no other sign."""
    rows = [
        {"rep": rep, "is_past_due": number < late, "is_silent": None, "is_pushed": None, "is_stepless": None}
        for rep, late, of in people
        for number in range(of)
    ]
    return pl.DataFrame(rows, {"rep": pl.String} | dict.fromkeys(_SIGNS, pl.Boolean))


def test_a_stage_is_held_against_all_others_together() -> None:
    found = claims(_moved(("Ann", 20, 40), ("Bob", 60, 20), ("Cal", 60, 20), (None, 0, 500)), _open())
    ann = found.row(0, named=True)
    assert (ann["rep"], ann["claim"], ann["stage"], ann["own.n"], ann["others.n"]) == (
        "Ann",
        "conversion",
        "talk",
        60,
        160,
    )
    assert (ann["own"], ann["others"]) == pytest.approx((1 / 3, 0.75))
    assert ann["p_value"] == pytest.approx(differ(20, 60, 120, 160))
    assert (ann["is_beyond_chance"], ann["is_better"]) == (True, False)
    assert ann["expected_loss"] == pytest.approx(60 * (0.75 - 1 / 3) * 10)  # decided × what is missing × 10 each
    assert ann["own.low"] < ann["own"] < ann["own.high"] < ann["others"]


def test_of_few_cases_nothing_is_claimed() -> None:
    found = claims(_moved(("Ann", 0, 19), ("Bob", 300, 100)), _open(("Ann", 19, 19), ("Bob", 0, 400)))
    assert found.filter(pl.col("rep") == "Ann")["p_value"].is_null().all()
    assert not found["is_beyond_chance"].any()


def test_a_sign_is_the_share_of_open_deals_that_show_it() -> None:
    found = claims(_moved(), _open(("Ann", 30, 40), ("Bob", 20, 100), ("Cal", 20, 100)))
    assert set(found["claim"]) == {"past_due"}, "signs that the data cannot tell are none"
    ann = found.row(0, named=True)
    assert (ann["own"], ann["own.n"], ann["others"], ann["others.n"]) == (0.75, 40, 0.2, 200)
    assert (ann["is_beyond_chance"], ann["is_better"], ann["expected_loss"]) == (True, False, None)


def test_one_alone_is_compared_with_nobody() -> None:
    found = claims(_moved(("Ann", 20, 40)), _open(("Ann", 30, 40)))
    assert not found["is_beyond_chance"].any()
    assert claims(_moved(), _open()).is_empty()


def test_who_is_like_the_others_is_not_told_of() -> None:
    found = claims(_moved(*((f"r{at}", 60 + at % 3, 20) for at in range(30))), _open())
    assert found.height == 30
    assert not found["is_beyond_chance"].any()


def test_where_stages_are_not_known_wins_of_those_closed_are_compared() -> None:
    refused = _moved(("Ann", 20, 40), ("Bob", 60, 20), ("Cal", 60, 20)).with_columns(
        pl.lit(None, pl.Int64).alias("decided.n"), pl.lit(None, pl.Int64).alias("place")
    )
    found = claims(refused, _open())
    ann = found.filter(pl.col("rep") == "Ann").row(0, named=True)
    assert (ann["claim"], ann["own.n"], ann["others.n"]) == ("win_rate", 60, 160)
    assert (ann["own"], ann["others"]) == pytest.approx((1 / 3, 0.75))
    assert ann["p_value"] == pytest.approx(differ(20, 60, 120, 160))
    assert (ann["is_beyond_chance"], ann["is_better"], ann["expected_loss"]) == (True, False, None)
