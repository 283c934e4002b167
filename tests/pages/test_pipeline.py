"""The pipeline page: what changed, what it is worth, when it is due, and the deals with what speaks against them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

BLOCKS = ("bridge", "weighted", "coverage", "outlook", "forecast", "outlook_field", "signals")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_block_of_the_page_is_there(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("pipeline", lang=lang)
    assert not page.exception
    assert not page.error
    headed = {button.label.replace("\\", "") for button in page.button}
    assert {texts(lang)[f"question.{name}"] for name in BLOCKS} <= headed
    assert len(page.get("plotly_chart")) == 6


def test_another_day_and_what_is_due_in_a_quarter_are_chosen(demo: Store, open_page: Open) -> None:
    page = open_page("pipeline", since="quarter", due="quarter")
    assert not page.exception
    assert not page.error
    assert len(page.get("plotly_chart")) == 6


def test_an_unknown_choice_in_the_address_is_the_first(demo: Store, open_page: Open) -> None:
    page = open_page("pipeline", since="'; drop", due="never")
    assert not page.error
    assert not page.exception


def test_a_store_without_deals_says_so_and_draws_nothing(
    shown: Callable[[Path], Store], empty_path: Path, open_page: Open
) -> None:
    shown(empty_path)
    page = open_page("pipeline")
    assert not page.exception
    assert not page.get("plotly_chart")
