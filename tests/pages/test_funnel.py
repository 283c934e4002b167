"""The funnel's page: each thing to look at, on a full and on a real store without stage history, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

ABOUT = ("deals", "leads", "losses", "moves", "rules")


@pytest.mark.parametrize("about", ABOUT)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("store", ["demo_path", pytest.param("real_path", marks=pytest.mark.real)])
def test_each_thing_to_look_at_has_something_to_say(
    store: str, lang: str, about: str, request: pytest.FixtureRequest, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(request.getfixturevalue(store))
    page = open_page("funnel", lang=lang, about=about)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert page.get("plotly_chart") or page.dataframe or page.info


@pytest.mark.parametrize("by", ["size_band", "before", "team", "nonsense"])
def test_splits(by: str, demo: Store, open_page: Open) -> None:
    page = open_page("funnel", by=by, period="last_quarter")
    assert not page.error, [error.value for error in page.error]
    assert len(page.get("plotly_chart")) == 4


def test_nothing_comes_before_all_time(demo: Store, open_page: Open) -> None:
    page = open_page("funnel", by="before", period="all")
    assert not page.error
    assert texts("en")["question.split"] in {button.label.replace("\\", "") for button in page.button}


@pytest.mark.real
def test_without_leads_the_page_says_which_file_brings_them(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("funnel", about="leads", period="all")
    assert any("a file of leads" in caption.value for caption in page.caption)
    assert not page.get("plotly_chart")
