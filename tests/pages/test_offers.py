"""The page of next offers: each thing to look at in both languages, and what it says without data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui import offers, show
from ui.text import LANGUAGES, texts

ABOUT = ("next", "together", "alike")


@pytest.mark.parametrize("about", ABOUT)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_thing_to_look_at_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("offers", lang=lang, about=about)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert len(page.get("plotly_chart")) == (0 if about == "together" else 1)
    assert page.dataframe
    day_only = texts(lang)["offers.seen_on"].partition("{day}")[2]
    assert any(day_only in said.value for said in page.caption) == (about != "together")


def test_sets_of_customers_and_fewer_days(demo: Store, open_page: Open) -> None:
    assert open_page("offers", about="together", of="customer").dataframe
    assert not open_page("offers", about="next", within="30").exception


def test_a_short_record_opens_on_what_can_be_answered(demo: Store, open_page: Open) -> None:
    """306 days after the first order 180 days ahead would be refused, 90 are answered; who asks for 180 is told why."""
    page = open_page("offers", about="next", as_of="2024-02-01")
    assert not page.exception
    assert page.get("plotly_chart")
    assert any("enough to look 90 days ahead" in said.value for said in page.caption)
    asked = open_page("offers", about="next", as_of="2024-02-01", within="180")
    assert not asked.get("plotly_chart")
    assert not any("enough to look" in said.value for said in asked.caption)
    whole = open_page("offers", about="next")
    assert not any("enough to look" in said.value for said in whole.caption), "180 days is what is usual"


def test_a_large_store_is_looked_through_when_asked_for(
    demo: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "ON_DEMAND", 1)
    page = open_page("offers", about="next")
    assert not page.dataframe
    assert "order lines are read" in page.info[0].value
    asks = next(button for button in page.button if button.label == texts("en")["offers.work_out"])
    asks.click().run()
    assert page.dataframe
    assert not page.exception


@pytest.mark.real
def test_deals_without_orders_say_so(real_path: Path, shown: Callable[[Path], Store], open_page: Open) -> None:
    shown(real_path)
    page = open_page("offers", about="together", of="customer")
    assert not page.exception
    assert not page.error


def test_without_sales_the_page_says_which_file_brings_them(
    demo: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "present", lambda _: ())
    page = open_page("offers")
    assert [info.value for info in page.info] == [texts("en")["offers.nothing"]]
    assert not page.get("plotly_chart")
