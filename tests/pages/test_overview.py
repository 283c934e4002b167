"""The first page of a company that has uploaded sales and no deals."""

from __future__ import annotations

from datetime import date

import pytest

from data.store import Store
from metrics.view import View
from tests.pages.conftest import Open
from ui.overview import DEALS, SALES, by_all, over_time, told
from ui.text import LANGUAGES, texts


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


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_a_quarter_to_come_nothing_is_shown_as_zero_and_the_reason_is_told(
    lang: str, demo: Store, open_page: Open
) -> None:
    page = open_page(lang=lang, **{"from": "2030-01-01", "to": "2030-03-31", "compare": "previous"})
    assert not page.exception
    assert not page.error
    known = [card.value for card in page.metric if card.value != "—"]
    assert len(known) == 2, "what is open, as of today"
    assert not any(card.delta for card in page.metric)
    assert texts(lang)["show.no_answer"] not in {info.value for info in page.info}
