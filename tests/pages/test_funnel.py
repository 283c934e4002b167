"""The funnel's page: each thing to look at, on a full and on a real store without stage history, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from ui.question import Finding, mark_of
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


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("about", ABOUT)
def test_a_period_that_has_not_begun_says_so(demo: Store, open_page: Open, about: str, lang: str) -> None:
    page = open_page("funnel", lang=lang, about=about, **{"from": "2040-01-01", "to": "2040-03-31"})
    assert not page.error, [error.value for error in page.error]
    told = texts(lang)["funnel.not_begun"].split("{")[0]
    assert any(told in info.value for info in page.info) == (about != "rules")
    assert not page.get("plotly_chart")


@pytest.mark.parametrize(
    ("lang", "says"), [("en", ("Bottleneck: ", "no stage stands out")), ("zh-CN", ("瓶颈：", "没有阶段明显偏弱"))]
)
@pytest.mark.parametrize("period", ["last_12_months", "all"])
def test_the_funnel_names_its_bottleneck_or_says_that_none_stands_out(
    demo: Store, open_page: Open, period: str, lang: str, says: tuple[str, str]
) -> None:
    page = open_page("funnel", lang=lang, period=period)
    told = [text.value for text in page.markdown if any(start in text.value for start in says)]
    assert len(told) == 1, [text.value for text in page.markdown]
    has_evidence = any(button.key == "funnel.evidence" for button in page.button)
    assert has_evidence == (says[0] in told[0])


def test_the_deals_behind_the_bottleneck_are_a_click_away(
    demo: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = mark_of("decided", "Talk", pipeline="Standard", span="now", place=1)
    monkeypatch.setattr("ui.spans.bottleneck", lambda *_: Finding("Bottleneck: Talk.", mark))
    page = open_page("funnel", period="last_12_months")
    page.button(key="funnel.evidence").click().run()
    assert not page.exception
    assert any("Talk" in tab.label or "Rows" in tab.label for tab in page.tabs)


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
