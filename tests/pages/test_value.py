"""The page of customer value: both things to look at in both languages, a horizon that is refused, and no orders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts


@pytest.mark.parametrize("about", ["ahead", "overdue"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_thing_to_look_at_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("value", lang=lang, about=about)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert len(page.get("plotly_chart")) == (0 if about == "overdue" else len(page.get("plotly_chart")) or 1)
    said = " ".join(caption.value for caption in page.caption)
    assert ("13" in said) if about == "ahead" else ("5" in said)


def test_another_horizon_is_looked_back_at(demo: Store, open_page: Open) -> None:
    page = open_page("value", horizon="52")
    assert not page.exception
    assert "52 weeks" in " ".join(caption.value for caption in page.caption)


@pytest.mark.real
def test_where_there_are_only_deals_the_model_is_refused_and_rhythms_are_told(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("value")
    assert not page.exception
    assert texts("en")["worth.deals_only"] in [info.value for info in page.info]
