"""The forecast page: every block in both languages, what sliders do, a reason where there is no forecast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

BLOCKS = ("ahead", "looked_back", "ahead_methods", "what_if")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_block_of_the_page_is_there(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("forecast", lang=lang, of="revenue", if_average_order_value="10")
    assert not page.exception
    assert not page.error
    headed = {button.label.replace("\\", "") for button in page.button}
    assert {texts(lang)[f"question.{name}"] for name in BLOCKS} <= headed
    assert len(page.get("plotly_chart")) == 3
    assert [slider.value for slider in page.slider] == [0, 0, 10]
    said = " ".join(str(one.value) for one in (*page.markdown, *page.caption))
    assert "10" in said
    assert texts(lang)["question.what_if_none"] not in said


def test_the_quarter_is_told_by_its_deals_and_by_its_months(demo: Store, open_page: Open) -> None:
    page = open_page("forecast", of="won_amount", both="shown", ahead="6")
    assert not page.exception
    assert not page.error
    headed = {button.label.replace("\\", "") for button in page.button}
    assert texts("en")["question.both_forecasts"] in headed
    told = " ".join(str(one.value) for one in page.markdown)
    assert "Neither forecast has surely lain closer" in told, "three quarters prove nothing"
    hidden = open_page("forecast", of="won_amount")
    assert len(hidden.get("plotly_chart")) == len(page.get("plotly_chart")) - 1


@pytest.mark.parametrize("wrong", ["999", "-51", "ten", "1e3", "'; drop"])
def test_an_impossible_change_in_the_address_is_none(wrong: str, demo: Store, open_page: Open) -> None:
    page = open_page("forecast", of="revenue", by="quarter", if_average_order_value=wrong)
    assert not page.error
    assert not page.exception
    assert {slider.value for slider in page.slider} == {0}
    assert texts("en")["question.what_if_none"] in {caption.value for caption in page.caption}


@pytest.mark.real
def test_a_short_history_is_refused_with_its_reason(
    shown: Callable[[Path], Store], real_path: Path, open_page: Open
) -> None:
    """Ten months of won deals."""
    shown(real_path)
    page = open_page("forecast", lang="en")
    assert not page.exception
    told = " ".join(str(one.value) for one in (*page.info, *page.caption))
    assert texts("en")["question.ahead_empty"] in told
    assert "at least 12 are needed" in told
