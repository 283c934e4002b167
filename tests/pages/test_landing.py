"""The landing page: a forecast of the demo company, a reason where there is none, and hostile addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_block_of_the_page_is_there(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("landing", lang=lang, past="shown")
    assert not page.exception
    assert not page.error
    headed = {button.label.replace("\\", "") for button in page.button}
    assert {texts(lang)[f"question.{name}"] for name in ("landing", "calibration", "backtest")} <= headed
    assert len(page.get("plotly_chart")) == 2


def test_an_unknown_end_in_the_address_is_the_first(demo: Store, open_page: Open) -> None:
    page = open_page("landing", until="'; drop")
    assert not page.error
    assert not page.exception


@pytest.mark.real
def test_a_short_history_is_refused_with_its_reason(
    shown: Callable[[Path], Store], real_path: Path, open_page: Open
) -> None:
    shown(real_path)
    page = open_page("landing", lang="en")
    assert not page.exception
    told = " ".join(str(one.value) for one in (*page.info, *page.caption))
    assert texts("en")["question.landing_empty"] in told
    assert "365 days" in told
