"""The five letters of a target, each by what it stands on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from metrics.target import Span
from metrics.target_smart import LETTERS, serves, smart

SPAN = Span(date(2026, 3, 1), date(2026, 3, 31))
ROW: dict[str, Any] = {
    "scope": "company", "name": None, "parent": None, "depth": 0, "target": 100.0, "actual": 50.0, "spans": 12,
    "reached": 6, "percentile": 0.5, "best_past": 140.0,
}  # fmt: skip


def told(
    of: str = "won_amount", as_of: date = date(2026, 3, 15), others: set[str] | None = None, **row: object
) -> dict[str, str]:
    checks = smart(of, SPAN, ROW | row, as_of, True, others or set())
    assert tuple(check.letter for check in checks) == LETTERS
    for check in checks:
        texts = {lang: check.text(lang, lambda value: f"{value:g}") for lang in ("en", "zh-CN")}
        assert texts["en"] != texts["zh-CN"]
        assert "{" not in "".join(texts.values())
    return {check.letter: check.code for check in checks}


@pytest.mark.parametrize(
    ("reached", "spans", "code"),
    [(6, 12, "achievable"), (9, 12, "easy"), (1, 12, "bold"), (2, 12, "achievable"), (0, 12, "never_reached"),
     (2, 3, "too_little_history"), (0, 0, "too_little_history")],
)  # fmt: skip
def test_achievable_by_the_own_past(reached: int, spans: int, code: str) -> None:
    percentile = 1 - reached / spans if spans >= 4 else None
    assert told(reached=reached, spans=spans, percentile=percentile)["achievable"] == code


def test_relevant_only_where_it_can_be_said() -> None:
    assert told()["relevant"] == "serves_nothing"
    assert told(scope="team", depth=1)["relevant"] == "serves_company"
    assert told(scope="rep", depth=2, parent="North")["relevant"] == "serves_above"
    assert told("win_rate", others={"won_amount"})["relevant"] == "serves_measure"
    assert "won_amount" in serves("win_rate")
    assert serves("won_amount") <= {"revenue", "velocity"}


@pytest.mark.parametrize(("day", "code"), [(1, "ahead"), (60, "running"), (90, "over")])
def test_bound_in_time(day: int, code: str) -> None:
    assert told(as_of=date.fromordinal(date(2026, 1, 1).toordinal() + day - 1))["timed"] == code


def test_a_margin_that_is_not_known_is_not_out_of_view() -> None:
    unknown = told("gross_margin", actual=None, spans=0, reached=None, percentile=None, best_past=None)
    assert (unknown["measurable"], unknown["achievable"]) == ("not_known", "too_little_history")
    known_before = told("gross_margin", actual=None)
    assert (known_before["measurable"], known_before["achievable"]) == ("not_known", "achievable")
    out = told("gross_margin", actual=None, spans=None, reached=None, percentile=None, best_past=None)
    assert (out["measurable"], out["achievable"]) == ("measurable", "out_of_view")


def test_what_nobody_measures() -> None:
    (_, measurable, *_) = smart("won_amount", SPAN, ROW, SPAN.starts_on, False)
    assert (measurable.holds, measurable.code) == (False, "not_measured")
