"""The page of customer value: where the model holds, where contracts or a horizon refuse it, and no orders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data.store import Store
from metrics import worth_fit
from tests.pages.conftest import Open
from tests.small import copied
from ui.text import LANGUAGES, texts


@pytest.fixture
def without_contracts(shown: Callable[[Path], Store], demo_path: Path, tmp_path: Path) -> Store:
    """The demo company as it would be without contracts."""
    path = copied(demo_path, tmp_path / "free.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("delete from crm.contracts")
    return shown(path)


@pytest.mark.parametrize("about", ["ahead", "overdue"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_contracts_bring_most_overdue_is_shown(demo: Store, open_page: Open, lang: str, about: str) -> None:
    page = open_page("value", lang=lang, about=about)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    said = " ".join(info.value for info in page.info)
    assert (("contract running" if lang == "en" else "合同生效中") in said) is (about == "ahead")
    told = " ".join(caption.value for caption in page.caption)
    assert "730" in told  # of how many customers overdue was judged


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_ahead_is_told_where_the_model_holds(
    without_contracts: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    for name in ("MOST_OFF", "MOST_OFF_BY_CLASS", "MOST_OFF_IN_CLASS"):
        monkeypatch.setattr(worth_fit, name, 9)
    page = open_page("value", lang=lang)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    assert len(page.get("plotly_chart")) == 2
    told = [caption.value for caption in page.caption if "(allowed" in caption.value or "允许" in caption.value]
    assert len(told) == 1  # said once, at the look back


def test_another_horizon_is_looked_back_at(without_contracts: Store, open_page: Open) -> None:
    page = open_page("value", horizon="52")
    assert not page.exception
    assert "52 weeks" in " ".join(said.value for said in [*page.caption, *page.markdown]), "as a remark or the finding"


@pytest.mark.real
def test_where_there_are_only_deals_the_model_is_refused_and_rhythms_are_told(
    real_path: Path, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(real_path)
    page = open_page("value")
    assert not page.exception
    assert texts("en")["worth.deals_only"] in [info.value for info in page.info]
