"""The channels page: every block in both languages, what it says where files are missing, hostile addresses, scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from ui.text import LANGUAGES, texts

BLOCKS = {
    "steps": (("channel_steps", "channels", "payback", "channel_costs"), 3),
    "quality": (("channel_quality",), 1),
    "campaigns": (("campaigns",), 0),
    "market": (("competitors", "market", "market_course"), 3),
}


def headed(page: object) -> set[str]:
    return {button.label.replace("\\", "") for button in page.button}  # type: ignore[attr-defined]


def told(page: object) -> str:
    said = (*page.info, *page.caption, *page.markdown)  # type: ignore[attr-defined]
    return " ".join(str(one.value).replace("\\", "") for one in said)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("about", BLOCKS)
def test_every_block_is_there(lang: str, about: str, demo: Store, open_page: Open) -> None:
    page = open_page("channels", lang=lang, period="last_12_months", about=about)
    assert not page.exception
    assert not page.error
    names, charts = BLOCKS[about]
    assert {texts(lang)[f"question.{name}"] for name in names} <= headed(page)
    assert len(page.get("plotly_chart")) == charts


def test_an_address_may_say_anything(demo: Store, open_page: Open) -> None:
    page = open_page("channels", about="quality", reached="'; drop", grain="<b>", touch="-1", own="x")
    assert not page.error
    assert not page.exception


def test_whoever_sees_a_part_sees_no_cost_and_no_market(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    page = open_page("channels", period="last_12_months")
    assert not page.error
    assert "whole company" in told(page)
    market = open_page("channels", about="market")
    assert texts("en")["question.market_empty"] in told(market)


@pytest.mark.real
def test_a_real_export_without_costs_or_markets_says_so(
    shown: Callable[[Path], Store], real_path: Path, open_page: Open
) -> None:
    shown(real_path)
    for lang in LANGUAGES:
        page = open_page("channels", lang=lang)
        assert not page.error
        assert not page.exception
        market = open_page("channels", lang=lang, about="market")
        assert texts(lang)["question.competitors_empty"] in told(market)
        assert texts(lang)["question.market_empty"] in told(market)
