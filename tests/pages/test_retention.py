"""The page of retention: each thing to look at in both languages; stores without orders or contracts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts

DRAWN = {"cohorts": 1, "repeat": 1, "course": 2, "contracts": 2}


@pytest.mark.parametrize("about", list(DRAWN))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_thing_to_look_at_has_something_to_say(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("retention", lang=lang, about=about)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert not page.info, [info.value for info in page.info]
    assert len(page.get("plotly_chart")) == DRAWN[about]
    assert bool(page.dataframe) == (about != "course")
    words = " ".join(text.value for text in (*page.caption, *page.markdown))
    assert (texts(lang)["retention.by_revenue"] in words) == (about != "contracts")


@pytest.mark.parametrize("about", ["cohorts", "repeat", "course"])
def test_where_the_period_does_not_matter_that_is_said(demo: Store, open_page: Open, about: str) -> None:
    page = open_page("retention", about=about, period="last_12_months", compare="previous")
    words = " ".join(caption.value for caption in page.caption)
    assert ("does not matter here" in words) == (about != "course")


@pytest.mark.parametrize("cells", ["amount", "cumulative", "per_customer"])
def test_cells_of_deals_won_too(demo: Store, open_page: Open, cells: str) -> None:
    page = open_page("retention", cells=cells, bought="won_amount", grain="quarter")
    assert not page.exception
    assert not page.error
    assert len(page.get("plotly_chart")) == 1
    assert texts("en")["retention.by_won_amount"] in " ".join(caption.value for caption in page.caption)


@pytest.mark.real
def test_a_store_of_deals_is_told_by_these_and_has_no_contracts(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("retention")
    assert texts("en")["retention.by_won_amount"] in " ".join(caption.value for caption in page.caption)
    assert page.get("plotly_chart")
    page = open_page("retention", about="contracts")
    assert texts("en")["question.contract_retention_empty"] in [info.value for info in page.info]
