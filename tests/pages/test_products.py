"""The page of products: each thing to look at in both languages, what it finds, and what it says without data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

ABOUT = ("sales", "discounts", "life", "pairs")


@pytest.mark.parametrize("about", ABOUT)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_thing_to_look_at_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("products", lang=lang, about=about)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert not page.info, [info.value for info in page.info]
    assert len(page.get("plotly_chart")) == {"sales": 3, "discounts": 3}.get(about, 0)
    assert bool(page.dataframe) == (about in {"life", "pairs"})


@pytest.mark.real
def test_without_orders_the_page_says_which_file_brings_them(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("products")
    assert [info.value for info in page.info] == [texts("en")["products.nothing"]]
    assert not page.get("plotly_chart")
