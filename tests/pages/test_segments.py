"""The page of segments: each thing to look at in both languages, by orders and deals, and what it says without data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

CHARTS = {"segments": 2, "customers": 0, "moves": 1, "shares": 2, "tiers": 1}
LISTS = {"segments": 1, "customers": 1, "moves": 1, "shares": 0, "tiers": 1}


@pytest.mark.parametrize("about", CHARTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_thing_to_look_at_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("segments", lang=lang, about=about, scored="revenue" if lang == "en" else "won_amount")
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert not page.info, [info.value for info in page.info]
    assert len(page.get("plotly_chart")) == CHARTS[about]
    assert len(page.dataframe) == LISTS[about]


def test_a_list_names_its_segment_and_what_to_do(demo: Store, open_page: Open) -> None:
    page = open_page("segments", about="customers", segment="cannot_lose", months="12")
    assert any("Visit them now" in text.value for text in page.markdown)
    assert any("18 Jun 2025" in text.value for text in page.caption)


@pytest.mark.real
def test_a_company_without_orders_is_looked_at_by_deals(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("segments", about="shares", months="0")
    assert not page.error
    assert any("HHI 135\\.8" in text.value for text in page.caption)
    tiers = open_page("segments", about="tiers")
    assert any(info.value == texts("en")["question.customer_tiers_empty"] for info in tiers.info)


def test_filters_keep_everybody_where_they_are(demo: Store, open_page: Open) -> None:
    page = open_page("segments", about="segments", region="East China")
    assert not page.error
    assert any("are told by all purchases" in text.value for text in page.caption)
