"""The agenda as it is typed: rows by their places, thresholds with their steps."""

from __future__ import annotations

from data.review.agenda import usual
from ui.review.agenda_form import in_order, limit_name


def test_rows_are_ordered_by_their_places_and_ties_stay_as_they_stood() -> None:
    planned = usual()[:3]
    typed = [
        {"place": 2, "minutes": 4.0, "is_on": True},
        {"place": 1, "minutes": 5.0, "is_on": False},
        {"place": 2, "minutes": 6.0, "is_on": True},
    ]
    told = in_order(planned, typed, {planned[0].id: {"stale_days": 3.0}})
    assert [one["id"] for one in told] == [planned[1].id, planned[0].id, planned[2].id]
    assert [one["minutes"] for one in told] == [5.0, 4.0, 6.0]
    assert told[1]["limits"] == {"stale_days": 3.0}
    assert not told[0]["is_on"]


def test_every_threshold_has_a_name() -> None:
    for one in usual():
        for name in one.limits:
            assert limit_name(one.id, name)
    assert limit_name("deals", "of_tomorrow") == "Deals to talk about: of tomorrow"
