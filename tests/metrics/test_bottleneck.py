"""The stage that is named: by hand, and only beyond chance."""

from __future__ import annotations

import polars as pl
import pytest

from metrics.bottleneck import against_the_rest, compared, worst


def _funnel(*steps: tuple[int, int, int], **more: object) -> pl.DataFrame:
    """Stages from (moved on, lost, still there); each deal is worth 10."""
    rows = []
    for place, (moved, lost, still) in enumerate(steps, 1):
        entered, decided = moved + lost + still, moved + lost
        rows.append({
            "place": place, "stage": f"s{place}", "entered": entered, "moved_on": moved, "lost": lost,
            "still_there": still, "entered_amount": 10 * entered, "decided.n": decided,
            **more,
        })  # fmt: skip
    return pl.DataFrame(rows)


def test_the_loss_of_each_stage_by_hand() -> None:
    own = _funnel((60, 20, 20), (20, 40, 0))
    others = _funnel((600, 200, 0), (300, 300, 0))
    found = compared(own, others)
    assert found.select("stage", "decided", "others", "decided.n").rows() == [
        ("s2", pytest.approx(1 / 3), 0.5, 60),
        ("s1", 0.75, 0.75, 80),
    ]
    # 60 decided × (1/2 − 1/3) × 10 each, and a deal that moves on from the last stage is won
    assert found["expected_loss"].to_list() == pytest.approx([100, 0])
    named = worst(found)
    assert named is not None
    assert named["stage"] == "s2"


def test_an_early_loss_counts_what_the_later_stages_would_have_kept() -> None:
    found = compared(_funnel((40, 60, 0), (20, 20, 0)), _funnel((500, 500, 0), (250, 250, 0)))
    assert dict(found.select("stage", "expected_loss").iter_rows()) == {
        "s1": pytest.approx(100 * 0.1 * 10 * 0.5),
        "s2": 0,
    }


def test_where_nobody_else_gets_through_there_is_still_a_number() -> None:
    found = compared(_funnel((15, 5, 0)), _funnel((0, 20, 0)))
    assert found["expected_loss"].to_list() == pytest.approx([20 * -0.75 * 10])
    assert worst(found) is None


def test_small_differences_are_not_named() -> None:
    assert worst(compared(_funnel((3, 4, 0)), _funnel((50, 50, 0)))) is None
    assert worst(compared(_funnel((0, 0, 9)), _funnel((50, 50, 0)))) is None
    nobody = _funnel((1, 1, 0)).clear()
    assert worst(compared(nobody, nobody)) is None


def test_who_loses_where_against_all_others() -> None:
    parts = pl.concat([
        _funnel((80, 20, 0), (70, 10, 0), rep="Ann"), _funnel((80, 20, 0), (30, 50, 0), rep="Bob"),
        _funnel((78, 22, 0), (66, 12, 0), rep="Cem"), _funnel((5, 1, 0), (4, 1, 0), rep=None),
    ])  # fmt: skip
    found = against_the_rest(parts, "rep")
    first = worst(found)
    assert first is not None
    assert (first["rep"], first["stage"], first["others.n"]) == ("Bob", "s2", 80 + 78 + 5)
    assert found.filter("is_beyond_chance").filter(pl.col("expected_loss") > 0).height == 1
    refused = parts.with_columns(pl.lit(None, pl.Int64).alias("decided.n"))  # too many were lost nobody knows where
    assert against_the_rest(parts.clear(), "rep").is_empty()
    assert against_the_rest(refused, "rep").is_empty()
