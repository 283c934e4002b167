"""The page of satisfaction: each thing to look at in both languages, and what it says where files are missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

SHOWN = {"opinions": (5, 1), "complaints": (2, 1), "again": (2, 0)}
"""Charts and lists of each thing to look at."""


@pytest.mark.parametrize("about", SHOWN)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_thing_to_look_at_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("satisfaction", lang=lang, about=about, period="all", count="tickets")
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert not page.info, [info.value for info in page.info]
    assert (len(page.get("plotly_chart")), len(page.dataframe)) == SHOWN[about]


@pytest.mark.parametrize("by", ["month", "quarter"])
def test_other_choices(demo: Store, open_page: Open, by: str) -> None:
    page = open_page("satisfaction", lang="zh-CN", period="last_quarter", grain=by, by="industry")
    assert not page.exception
    assert not page.error
    page = open_page("satisfaction", lang="en", about="complaints", per="severity" if by == "month" else "kind")
    assert not page.exception
    assert not page.error


@pytest.mark.real
def test_without_surveys_and_tickets_the_page_says_which_files_bring_them(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("satisfaction")
    assert [info.value for info in page.info] == [texts("en")["satisfaction.nothing"]]
    assert not page.get("plotly_chart")
