"""Targets one by one: which are refused and why, which holds, and of which days they are."""

from __future__ import annotations

from datetime import date

import pytest

from metrics.errors import BadPeriod, SalesError, UnknownMeasure
from metrics.target import (
    Span,
    Target,
    TargetAbsurd,
    TargetNegative,
    TargetOfNobody,
    TargetOverOne,
    TargetsOverlap,
    TargetTwice,
    TargetWithoutEnd,
    crossed,
    earlier,
    grain_of,
    held,
    parts_of,
    together,
)

QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))
MARCH = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}


def target(**changes: object) -> Target:
    return Target.model_validate({"measure": "won_amount", "value": 100.0, **MARCH, **changes})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"measure": "won_amuont"}, UnknownMeasure),
        ({"measure": "attainment:won_amount"}, UnknownMeasure),
        ({"ends_on": None}, TargetWithoutEnd),
        ({"starts_on": None}, TargetWithoutEnd),
        ({"ends_on": date(2026, 2, 1)}, BadPeriod),
        ({"value": -1.0}, TargetNegative),
        ({"value": float("nan")}, TargetNegative),
        ({"measure": "win_rate", "value": 30.0}, TargetOverOne),
        ({"value": float("inf")}, TargetAbsurd),
        ({"value": 1e25}, TargetAbsurd),
        ({"scope": "team"}, TargetOfNobody),
        ({"scope": "rep", "scope_value": ""}, TargetOfNobody),
        ({"scope": "city", "scope_value": "Bern"}, TargetOfNobody),
        ({"scope_value": "North"}, TargetOfNobody),
    ],
)
def test_what_is_refused_says_why_in_both_languages(changes: dict[str, object], error: type[SalesError]) -> None:
    with pytest.raises(error) as refused:
        target(**changes)
    texts = refused.value.text("en"), refused.value.text("zh-CN")
    assert texts[0] != texts[1]
    assert not any("{" in text for text in texts)


def test_a_near_measure_is_suggested() -> None:
    with pytest.raises(UnknownMeasure) as refused:
        target(measure="won_amuont")
    assert "won_amount" in refused.value.text("en")


def test_a_rate_of_the_whole_is_no_error() -> None:
    assert target(measure="win_rate", value=1.0).value == 1


def test_months_within_their_quarter_stand_beside_each_other() -> None:
    months = [target(starts_on=span.starts_on, ends_on=span.ends_on) for span in parts_of(QUARTER, "month")]
    together([target(starts_on=QUARTER.starts_on, ends_on=QUARTER.ends_on), *months, target(version=2)])


def test_spans_with_only_some_days_in_common_are_refused() -> None:
    with pytest.raises(TargetsOverlap) as refused:
        together([target(), target(starts_on=date(2026, 3, 16), ends_on=date(2026, 4, 15))])
    assert "2026-03-16…2026-04-15" in refused.value.text("en")
    together(
        [target(), target(scope="team", scope_value="North", starts_on=date(2026, 3, 16), ends_on=date(2026, 4, 15))]
    )


def test_one_version_twice_is_refused() -> None:
    with pytest.raises(TargetTwice):
        together([target(), target(value=120.0)])


def test_crossing_is_found_behind_a_longer_span() -> None:
    year, first, crossing = (
        Span(date(2026, 1, 1), date(2026, 12, 31)),
        QUARTER,
        Span(date(2026, 3, 1), date(2026, 4, 30)),
    )
    assert crossed([crossing, year, first]) == (first, crossing)
    assert crossed([year, first]) is None


def test_a_week_may_reach_over_the_end_of_a_month() -> None:
    june, week = Span(date(2026, 6, 1), date(2026, 6, 30)), Span(date(2026, 6, 29), date(2026, 7, 5))
    assert crossed([june, week]) is None
    assert crossed([week, Span(date(2026, 7, 1), date(2026, 7, 6))]) is not None


def test_the_highest_version_holds_and_the_first_is_remembered() -> None:
    raised = target(version=3, value=150.0, reason="more people", set_on=date(2026, 3, 10))
    (found,) = held([raised, target(), target(version=2, value=120.0)])
    assert (found.original.value, found.current) == (100.0, raised)
    assert [one.version for one in found.versions] == [1, 2, 3]


def test_spans_of_the_calendar() -> None:
    assert grain_of(QUARTER) == "quarter"
    assert grain_of(Span(date(2026, 2, 1), date(2026, 4, 30)), fiscal_start=2) == "fiscal_quarter"
    assert grain_of(Span(date(2026, 3, 2), date(2026, 3, 8))) == "week"
    assert grain_of(Span(date(2026, 3, 2), date(2026, 3, 13))) is None


def test_weeks_are_cut_at_the_ends_of_a_month() -> None:
    weeks = parts_of(Span(date(2026, 7, 1), date(2026, 7, 31)), "week")  # 1 July is a Wednesday
    assert weeks[0] == (date(2026, 7, 1), date(2026, 7, 5))
    assert weeks[-1] == (date(2026, 7, 27), date(2026, 7, 31))
    assert sum((end - start).days + 1 for start, end in weeks) == 31


def test_earlier_spans_are_months_before_months_and_days_before_days() -> None:
    assert earlier(QUARTER, 2) == [(date(2025, 10, 1), date(2025, 12, 31)), (date(2025, 7, 1), date(2025, 9, 30))]
    fortnight = Span(date(2026, 3, 2), date(2026, 3, 15))
    assert earlier(fortnight, 1) == [(date(2026, 2, 16), date(2026, 3, 1))]
