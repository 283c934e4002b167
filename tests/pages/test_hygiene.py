"""The hygiene list on screen: the table per salesperson, the list of one with files and link, whoever looks on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.review.asking import asked
from data.review.hygiene import Hygiene, hygiene
from data.settings import settings
from data.store import Store
from data.viewers import add_viewer
from metrics.hygiene import FAULTS
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_channels import headed, told
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from tests.small import copied, small_demo
from ui.text import LANGUAGES, texts

_PANEL = """
from ui import controls
from ui.review import hygiene
hygiene.panel(controls.view())
"""


def _panel(**params: str) -> AppTest:
    page = AppTest.from_string(_PANEL, default_timeout=60)
    page.query_params.update({"lang": "en", "period": "all"} | params)
    return page.run()


def _found(store: Store) -> Hygiene:
    with store.snapshot() as seen:
        return hygiene(asked(seen, EVERYTHING, "en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_has_a_row_per_salesperson(lang: str, demo: Store) -> None:
    page = _panel(lang=lang)
    assert not page.exception
    assert not page.error
    found = _found(demo)
    shown = page.dataframe[0].value
    assert len(shown) == found.by_rep().height
    assert shown[texts(lang)["hygiene.deals"]].sum() == found.faulty.height
    for one in FAULTS:
        label, count = one.label.text(lang), found.counts().get(one.id, 0)
        assert (label in shown.columns) == bool(count)
        if count:
            assert shown[label].sum() == count
    assert f"{found.faulty.height:,}" in told(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_address_opens_the_list_of_one(lang: str, demo: Store) -> None:
    found = _found(demo)
    rep = str(found.by_rep()["rep"][0])
    page = _panel(lang=lang, hygiene=rep)
    assert not page.exception
    assert page.selectbox[0].value == rep
    own = found.of(rep)
    assert page.dataframe[0].value["deal_id"].tolist() == own.faulty["deal_id"].to_list()
    assert len(page.get("download_button")) == 3
    assert "about=hygiene" in page.code[0].value
    for one in FAULTS:
        assert (one.rule.text(lang) in told(page).replace("\\", "")) == bool(own.counts().get(one.id))


def test_an_address_may_say_anything(demo: Store) -> None:
    page = _panel(hygiene="<script>'; drop table")
    assert not page.exception
    assert page.selectbox[0].value == "~all"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ones_own_page_has_the_list(lang: str, demo: Store, open_page: Open) -> None:
    found = _found(demo)
    rep = str(found.by_rep()["rep"][0])
    page = open_page("rep", lang=lang, period="this_quarter", name=rep, about="hygiene")
    assert not page.exception
    assert not page.error
    assert texts(lang)["question.hygiene"] in headed(page)
    assert page.dataframe[-1].value["deal_id"].tolist() == found.of(rep).faulty["deal_id"].to_list()


def test_who_sees_only_themselves_finds_only_their_own(
    shown: Callable[[Path], Store], open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link that a manager sent opens the very list, and nobody else's."""
    store = shown(copied(small_demo(), tmp_path / "small.duckdb"))
    found = _found(store)
    rep, other = found.by_rep()["rep"][:2]
    add_viewer(store, "self@example.org", "rep", rep=rep)
    monkeypatch.setenv("SALES_VIEWER", "self@example.org")
    settings.cache_clear()
    try:
        page = open_page("rep", name=other, about="hygiene")
        assert not page.error
        assert page.header[0].value == rep
        assert page.dataframe[-1].value["deal_id"].tolist() == found.of(rep).faulty["deal_id"].to_list()
        assert set(_panel().dataframe[0].value["rep"]) == {rep}
    finally:
        settings.cache_clear()
        store.close()


def test_a_team_sees_its_own_people(scoped: tuple[Store, str, str]) -> None:  # noqa: F811
    store, own, _ = scoped
    page = _panel()
    assert not page.exception
    assert set(page.dataframe[0].value["team"]) == {own}
    assert store


def test_without_deals_the_missing_file_is_named(shown: Callable[[Path], Store], empty_path: Path) -> None:
    shown(empty_path)
    page = _panel()
    assert not page.exception
