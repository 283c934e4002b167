"""The fit of worth: bands of money, classes that were looked back at, and how far they may be off."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from metrics.worth_fit import _bands, apart, checked, failed, told_per_cent, worst_class


def test_bands_of_worth() -> None:
    """Of 100: 40 and 20 bring the first half, two of 15 are alike and reach over 80, the rest is low."""
    assert _bands(np.array([15.0, 40, 10, 20, 15, 0, -5])).tolist() == [1, 0, 2, 0, 1, 2, 2]
    assert _bands(np.array([10.0, 10, 10])).tolist() == [0] * 3
    assert _bands(np.array([0.0])).tolist() == [2]
    assert _bands(np.array([])).tolist() == []


def test_classes_looked_back_at() -> None:
    """Two who had bought once bought 0 and 4 times since, one of ten purchases 6 times more."""
    then = pl.DataFrame({"purchases_then": [1, 1, 10], "purchases": [1, 5, 16]})
    found = checked(then, np.array([1.0, 2, 7]))
    assert found.select("repeats", "customers", "foreseen", "made", "foreseen_each", "made_each").rows() == [
        (0, 2, 3, 4, 1.5, 2), (7, 1, 7, 6, 7, 6),
    ]  # fmt: skip
    assert found["made_each.low"].to_list() == [0, 6]
    assert found["made_each.high"][0] == pytest.approx(2 + 1.96 * 2, abs=1e-3)  # variance 8 of two
    off, by_class = apart(found)
    assert (off, by_class) == pytest.approx((0, 0.2))
    assert apart(found.with_columns(made=pl.lit(0.0)))[0] == np.inf


def test_a_class_that_is_far_off_is_found_behind_heavy_buyers() -> None:
    """As seen in a company of few light buyers: five repeats bought half of what was expected, all together 1 %."""
    made = [375, 259, 204, 184, 117, 59, 57, 1167]
    check = pl.DataFrame(
        {
            "repeats": range(8),
            "customers": [1660, 1579, 1218, 934, 605, 371, 247, 504],
            "made": [float(one) for one in made],
            "foreseen": [383.0, 263, 254, 243, 182, 127, 96, 897],
        }
    ).with_columns(
        foreseen_each=pl.col("foreseen") / pl.col("customers"), made_each=pl.col("made") / pl.col("customers")
    )
    check = check.with_columns((pl.col("made_each") + 0.06).alias("made_each.high"))
    off, by_class = apart(check)
    assert abs(off) < 0.02
    assert by_class < 0.25
    worst = worst_class(check)
    assert worst is not None
    assert worst["repeats"] == 5
    assert worst_class(check.with_columns(customers=pl.lit(49))) is None  # too few to judge
    assert worst_class(check.with_columns((pl.col("made_each") + 2).alias("made_each.high"))) is None  # chance
    assert worst_class(check.filter(pl.col("repeats") == 0).with_columns(foreseen_each=9.0, foreseen=9e3)) is None


@pytest.mark.parametrize(
    ("off", "by_class", "code"),
    [
        (0.3, 0.245, "worth_poor_total"), (-0.3, 0.1, "worth_poor_total"),
        (0.1, 0.4, "worth_poor_classes"), (-0.3, 0.4, "worth_poor_fit"),
    ],
)  # fmt: skip
def test_only_what_failed_is_named_as_the_reason(off: float, by_class: float, code: str) -> None:
    assert failed(off, by_class) == code


def test_what_is_just_over_its_limit_does_not_read_as_the_limit() -> None:
    assert [told_per_cent(one) for one in (0.2004, -0.2004, 0.2, 0.245, 0.1999)] == [20.1, 20.1, 20.0, 24.5, 20.0]
