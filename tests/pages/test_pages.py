"""Every page, in both languages, on a full, an empty and a real store: no error, and something to read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open, path_of
from ui.navigation import PAGES
from ui.text import LANGUAGES, texts

_ENGLISH_MARK = re.compile(r".{0,30}[\u4e00-\u9fff）”][*\\)]*[:;,] .{0,10}")
STORES = ("demo_path", "empty_path", pytest.param("real_path", marks=pytest.mark.real))


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.stem) for entry in PAGES])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("store", STORES)
def test_a_page_has_something_to_say(
    store: str,
    lang: str,
    entry: object,
    request: pytest.FixtureRequest,
    shown: Callable[[Path], Store],
    open_page: Open,
) -> None:
    shown(request.getfixturevalue(store))
    page = open_page(entry.stem, lang=lang)  # type: ignore[attr-defined]
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    title = "empty.title" if store == "empty_path" and entry.asks else f"page.{entry.stem}"  # type: ignore[attr-defined]
    assert page.title[0].value.replace("\\", "") == texts(lang)[title]
    if entry.asks and store != "empty_path":  # type: ignore[attr-defined]
        is_refused = store == "real_path" and page.info  # deals of ten months: no order lines, no forecast
        has_number = page.metric or page.get("plotly_chart") or page.dataframe
        assert has_number or is_refused, "a page that asks shows a number, a chart or a table"
    texts_said = [one.proto.spec for one in page.get("plotly_chart")] + [one.value for one in page.markdown]
    assert not [hit for said in texts_said for hit in _ENGLISH_MARK.findall(said)], "see data/punctuation.py"


def test_one_page_leaves_nothing_that_disturbs_the_next(demo: Store, open_page: Open) -> None:
    page = open_page()
    for entry in (*PAGES[1:], PAGES[0]):
        page.switch_page(path_of(entry.stem)).run()
        assert not page.exception
        assert not page.error, [error.value for error in page.error]
        assert page.title[0].value == texts("en")[f"page.{entry.stem}"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_frame_speaks_one_language(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page(lang=lang)
    links = [link.value.split(" · ")[0] for link in page.page_link]  # how many risks are open stands behind the name
    for entry in PAGES:
        if entry.is_listed:
            assert texts(lang)[f"page.{entry.stem}"] in links


def test_an_empty_store_leads_to_the_demo_or_an_upload(
    shown: Callable[[Path], Store], empty_path: Path, open_page: Open
) -> None:
    shown(empty_path)
    page = open_page()
    assert page.button(key="empty_upload").label == texts("en")["empty.upload"]
    assert page.button(key="empty_demo").label == texts("en")["empty.demo"]
