"""Rates on the same mix: published tables that turn round, and people who only got the easy deals."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.errors import MeasureNotBy
from metrics.like_for_like import like_for_like, standardised
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

STONES = {("open", "small"): (81, 87), ("open", "large"): (192, 263),
          ("closed", "small"): (234, 270), ("closed", "large"): (55, 80)}  # fmt: skip
"""Charig et al. (1986), BMJ 292:879: kidney stones removed by two kinds of surgery, by their size."""
BERKELEY = {"A": (512, 825, 89, 108), "B": (353, 560, 17, 25), "C": (120, 325, 202, 593), "D": (138, 417, 131, 375),
            "E": (53, 191, 94, 393), "F": (22, 373, 24, 341)}  # fmt: skip
"""Bickel et al. (1975), Science 187:398: admitted and applied, men and women, by department."""


def cells(rows: list[tuple[str, str, float, float]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["rep", "size", "some", "of"], orient="row").cast({"some": float, "of": float})


def test_the_treatment_that_looks_worse_is_better_on_the_same_stones() -> None:
    """78 % against 83 % as they are; 83.3 % against 77.9 % on the sizes of all stones."""
    found = standardised(cells([(how, size, *counts) for (how, size), counts in STONES.items()]), ["size"])
    assert dict(found.select("rep", "adjusted").rows()) == {
        "open": pytest.approx(0.8325, abs=0.0001), "closed": pytest.approx(0.7789, abs=0.0001),
    }  # fmt: skip
    assert found.get_column("covered").to_list() == pytest.approx([1, 1])
    for row in found.iter_rows(named=True):
        assert row["adjusted_low"] < row["adjusted"] < row["adjusted_high"]
        assert row["adjusted_high"] - row["adjusted_low"] < 0.12


def test_berkeley_prefers_nobody_within_its_departments() -> None:
    """The test of Mantel and Haenszel without correction: chi-squared 1.52, p = .217 (R: mantelhaen.test)."""
    rows = [(who, name, *counts[at : at + 2]) for name, counts in BERKELEY.items() for who, at in (("m", 0), ("w", 2))]
    found = standardised(cells(rows), ["size"])
    assert found.get_column("p_value").to_list() == pytest.approx([0.217, 0.217], abs=0.001)


def test_who_has_worked_too_little_of_the_mix_has_no_such_rate() -> None:
    found = standardised(cells([("a", "x", 9, 10), ("b", "x", 50, 100), ("b", "y", 10, 200)]), ["size"])
    few, many = found.sort("rep").rows(named=True)
    assert (few["adjusted"], few["p_value"]) == (None, None)
    assert few["covered"] == pytest.approx(110 / 310)
    assert many["adjusted"] == pytest.approx(0.5 * 110 / 310 + 0.05 * 200 / 310)


def write(connection: duckdb.DuckDBPyConnection, counts: dict[tuple[str, str], tuple[int, int]]) -> None:
    """Deals of people (numbered in order of their names) from channels, won of closed."""
    names = sorted({name for name, _ in counts})
    connection.executemany(
        "insert into crm.reps (rep_key, rep, is_implied) values (?, ?, false)",
        [(at, name) for at, name in enumerate(names, start=1)],
    )
    for (name, source), (won, of) in counts.items():
        connection.execute(
            "insert into crm.deals (deal_id, rep_key, source, status, amount, closed_on, push_count, is_gone)"
            " select $name || $source || n, $rep, $source, case when n < $won then 'won' else 'lost' end, 1,"
            " date '2026-02-01', 0, false from range($of) as t(n)",
            {"name": name, "source": source, "rep": names.index(name) + 1, "won": won, "of": of},
        )


MIX = {("Easy", "web"): (60, 80), ("Easy", "fair"): (2, 20), ("Hard", "web"): (16, 20), ("Hard", "fair"): (24, 80),
       ("Usual", "web"): (37, 50), ("Usual", "fair"): (10, 50)}  # fmt: skip


def test_who_only_got_the_easy_deals_does_not_lead(empty: duckdb.DuckDBPyConnection) -> None:
    """The web is won in three of four, the fair in one of four: 62 and 40 of 100; on one mix the other way round."""
    write(empty, MIX)
    query = like_for_like(view(), ("source",))
    frame = answered(empty, query).frame
    assert frame.get_column("rep").to_list() == ["Hard", "Usual", "Easy"]
    told = {row["rep"]: row for row in frame.iter_rows(named=True)}
    assert (told["Easy"]["win_rate"], told["Hard"]["win_rate"]) == (0.62, 0.4)
    assert told["Easy"]["win_rate.adjusted"] == pytest.approx((0.75 + 0.1) / 2)
    assert told["Hard"]["win_rate.adjusted"] == pytest.approx((0.8 + 0.3) / 2)
    assert told["Easy"]["win_rate.mix"] == pytest.approx(0.62 - 0.425)
    assert told["Easy"]["win_rate.expected"] == pytest.approx((113 / 150 + 36 / 150) / 2)
    assert frame.get_column("win_rate.is_apart").to_list() == [False, False, False]
    rows = answered(empty, query.rows("win_rate", rep="Easy")).frame
    assert rows.height == 100


def test_a_difference_within_the_segments_is_found(empty: duckdb.DuckDBPyConnection) -> None:
    write(empty, MIX | {("Weak", "web"): (12, 50), ("Weak", "fair"): (2, 50)})
    frame = answered(empty, like_for_like(view(), ("source",))).frame
    assert dict(frame.select("rep", "win_rate.is_apart").rows())["Weak"] is True


def test_nobody_sees_others_through_the_mix(empty: duckdb.DuckDBPyConnection) -> None:
    write(empty, MIX)
    frame = answered(empty, like_for_like(view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 1)), ("source",)),
                     Viewer(scope="rep", rep_keys=(1,))).frame  # fmt: skip
    row = frame.row(0, named=True)
    assert (frame.height, row["rep"]) == (1, "Easy")
    assert row["win_rate.adjusted"] == pytest.approx(row["win_rate"]), "on their own mix"
    assert row["win_rate.is_apart"] is None


def test_only_rates_are_put_on_another_mix() -> None:
    with pytest.raises(MeasureNotBy, match="no rate"):
        like_for_like(view(), ("source",), "won_amount")
