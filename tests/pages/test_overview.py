"""The first page of a company that has uploaded sales and no deals."""

from __future__ import annotations

from datetime import date

from metrics.view import View
from ui.overview import DEALS, SALES, by_all, over_time, told


def test_a_company_without_deals_is_told_of_what_it_sold() -> None:
    assert told({"order_lines", "customers"}) is SALES
    assert told({"order_lines", "deals"}) is DEALS
    assert told(set()) is DEALS


def test_what_it_draws_can_be_asked() -> None:
    view = View(as_of=date(2026, 6, 30), preset="last_12_months")
    for one in (DEALS, SALES):
        assert {measure for measure, _ in one.cuts} <= {found.id for found in by_all(one, view).measures}
        asked = over_time(one, view, ())
        assert {one.amount, one.counted, one.rate} == {found.id for found in asked.measures}
        assert {part for _, parts in one.cuts for part in parts} <= set(one.by)
