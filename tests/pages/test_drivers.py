"""The drivers' page: each way to tell a change, on a full and on a real store, and the way into one segment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

ABOUT = {"change": 2, "prices": 1, "customers": 1}


@pytest.mark.parametrize("about", list(ABOUT))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_way_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("drivers", lang=lang, about=about, period="ytd", compare="last_year")
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert len(page.get("plotly_chart")) == ABOUT[about], [info.value for info in page.info]


@pytest.mark.real
def test_a_real_store_without_orders_tells_by_deals(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    for about in ("change", "prices", "customers"):
        page = open_page("drivers", about=about, period="last_year")
        assert not page.error, [error.value for error in page.error]
        assert page.get("plotly_chart") or page.info


def test_one_segment_becomes_the_filter_of_the_page(demo: Store, open_page: Open) -> None:
    page = open_page("drivers", measure="revenue", period="ytd", compare="last_year")
    button = next(one for one in page.button if str(one.key).startswith("only."))
    _, dimension, value = str(button.key).split(".", 2)
    button.click().run()
    assert not page.exception
    assert page.query_params[dimension] in (value, [value])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_all_time_the_last_twelve_months_are_told_and_a_comparison_is_supplied(
    demo: Store, open_page: Open, lang: str
) -> None:
    asked = {"lang": lang, "measure": "won_amount"}
    page, year = open_page("drivers", period="all", **asked), open_page("drivers", period="last_12_months", **asked)
    assert texts(lang)["drivers.no_period"] in [said.value for said in page.caption]
    assert texts(lang)["drivers.no_period"] not in [said.value for said in year.caption]
    drawn = [chart.proto.spec for chart in page.get("plotly_chart")]
    assert len(drawn) == 2
    assert drawn == [chart.proto.spec for chart in year.get("plotly_chart")]
    page = open_page("drivers", lang=lang, period="last_quarter", compare="none")
    assert len(page.get("plotly_chart")) == 2


def test_more_than_one_tree_is_a_choice(demo: Store, open_page: Open) -> None:
    page = open_page("drivers", measure="revenue", tree="revenue_by_unit", period="last_quarter", compare="previous")
    assert not page.error
    assert any("units per order" in button.label for button in page.button)
    page = open_page("drivers", measure="velocity", tree="nonsense", period="last_quarter", compare="previous")
    assert not page.error
    assert len(page.get("plotly_chart")) + len(page.info) == 1  # a pace has no segments
