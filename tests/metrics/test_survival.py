"""Times that are not over yet: the published trial, and what leaving them out would do."""

from __future__ import annotations

import polars as pl
import pytest

from metrics.survival import kaplan_meier, kaplan_meier_by, lasting

# Freireich et al. (1963), remission of 21 patients under 6-MP, in weeks; + is still in remission.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()


def _times(texts: list[str]) -> pl.DataFrame:
    rows = [(int(text.rstrip("+")), not text.endswith("+"), 1) for text in texts]
    return pl.DataFrame(rows, ("days", "is_over", "n"), orient="row")


def test_the_published_trial() -> None:
    curve = kaplan_meier(_times(REMISSION))
    assert curve["days"].to_list() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["share"].to_list() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert curve["at_risk"].to_list() == [21, 17, 15, 12, 11, 7, 6]
    assert lasting(curve) == 23
    low, high = curve.filter(pl.col("days") == 10).select("low", "high").row(0)
    assert (low, high) == pytest.approx((0.503, 0.889), abs=5e-4)  # R survival, conf.type = "log-log"


def test_leaving_out_what_goes_on_makes_times_too_short() -> None:
    ended = kaplan_meier(_times([text for text in REMISSION if not text.endswith("+")]))
    assert (lasting(ended) or 0) < (lasting(kaplan_meier(_times(REMISSION))) or 0)


def test_more_than_half_still_going_on_has_no_median() -> None:
    assert lasting(kaplan_meier(_times(["3", "5+", "8+"]))) is None
    assert lasting(kaplan_meier(_times(["3+"]))) is None
    assert lasting(kaplan_meier(_times(["3", "5", "8", "9"])), 0.75) == 8


def test_counts_and_rows_without_days() -> None:
    counted = pl.DataFrame({"days": [3, 5, None], "is_over": [True, False, True], "n": [2, 2, 9]})
    assert kaplan_meier(counted).row(0)[:4] == (3, 4, 2, 0.5)
    assert kaplan_meier(_times(["0", "0"])).row(0) == (0, 2, 2, 0.0, None, None)


def test_times_far_apart_make_the_same_curves_as_times_that_lie_close() -> None:
    groups = (("one", 3), ("two", 40), ("one", 900), (None, 7))
    close = pl.concat([_times(REMISSION).with_columns(pl.col("days") + of, name=pl.lit(name)) for name, of in groups])
    apart = close.with_columns(days=pl.col("days") * 1_000_003)  # put in order, where the others are numbered
    told = kaplan_meier_by(close, ["name"])
    assert kaplan_meier_by(apart, ["name"]).with_columns(pl.col("days") // 1_000_003).equals(told)
    alone = told.filter(name="two").drop("name")
    assert alone.equals(kaplan_meier(close.filter(name="two").drop("name")))
