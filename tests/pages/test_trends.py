"""The trends page: every block in both languages, what is refused with its reason, one bucket, hostile addresses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from metrics.catalog import measure
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts


def headed(page: object) -> str:
    return " ".join(button.label.replace("\\", "") for button in page.button)  # type: ignore[attr-defined]


def told(page: object) -> str:
    said = (*page.info, *page.caption, *page.markdown)  # type: ignore[attr-defined]
    return " ".join(str(one.value).replace("\\", "") for one in said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_block_over_time_is_there(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("trends", lang=lang, period="this_year", against="previous,last_year,two_years")
    assert not page.exception
    assert not page.error
    label = measure("won_amount").label.text(lang)
    grain = {"en": "month", "zh-CN": "月"}[lang]
    for name in ("trend_course", "trend_so_far", "trend_usual"):
        assert texts(lang)[f"question.{name}"].format(measure=label, grain=grain) in headed(page)
    assert len(page.get("plotly_chart")) == 3
    assert texts(lang)["trends.rules"] in told(page)


@pytest.mark.parametrize("about", ["cumulative", "split", "festival"])
def test_the_other_ways_to_look_draw(about: str, demo: Store, open_page: Open) -> None:
    page = open_page("trends", lang="zh-CN", period="this_year", measure="created_deals", about=about, by="team")
    assert not page.exception
    assert not page.error
    assert len(page.get("plotly_chart")) == 1
    if about == "festival":
        assert "不是信号" in told(page)


def test_a_split_of_all_time_begins_with_the_data(demo: Store, open_page: Open) -> None:
    with demo.snapshot() as seen:
        first, last = seen.frame("select min(year(created_on)), max(year(created_on)) from crm.deals").row(0)
    asked = {"lang": "en", "period": "all", "grain": "year", "measure": "created_deals", "about": "split", "by": "team"}
    page = open_page("trends", **asked)
    assert not page.exception
    drawn = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert drawn["layout"]["xaxis"]["range"] == [-0.6, last - first + 0.6]


@pytest.mark.parametrize(
    ("params", "key"),
    [
        ({"about": "cumulative"}, "trends.not_added"),
        ({"about": "split", "as": "share"}, "trends.not_stacked"),
        ({"about": "split", "as": "stacked"}, "trends.not_stacked"),
    ],
)
def test_what_does_not_add_up_is_refused_with_the_reason(
    params: dict[str, str], key: str, demo: Store, open_page: Open
) -> None:
    page = open_page("trends", lang="en", measure="win_rate", **params)
    assert not page.exception
    assert texts("en")[key].format(measure="Win rate") in told(page)
    assert not page.get("plotly_chart")


def test_one_bucket_says_that_limits_need_more(demo: Store, open_page: Open) -> None:
    page = open_page("trends", lang="en", period="this_year", grain="year", measure="created_deals")
    assert not page.exception
    assert not page.error
    assert "No limits for" in told(page)
    assert "so far" in told(page)


def test_a_stock_and_hostile_addresses_do_not_break_it(demo: Store, open_page: Open) -> None:
    page = open_page("trends", lang="en", period="this_quarter", measure="open_amount", about="festival", against="x,'")
    assert not page.exception
    assert not page.error
    assert "a stock carries over" in told(page)
    page = open_page("trends", measure="'; drop", grain="<b>", about="split", by="no", step="-1")
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("name", ["trend_course", "trend_so_far", "trend_usual"])
def test_what_is_drawn_is_explained_and_listed(name: str, demo: Store, open_page: Open) -> None:
    page = open_page("trends", lang="zh-CN", period="this_year", measure="win_rate")
    page.button(key=f"{name}.details").click().run()
    assert not page.exception
    assert not page.error
    assert measure("win_rate").meaning.text("zh-CN").rstrip("。") in told(page)
    assert texts("zh-CN")[f"question.{name}_help"][:20] in told(page)


@pytest.mark.real
def test_a_real_export(shown: Callable[[Path], Store], real_path: Path, open_page: Open) -> None:
    shown(real_path)
    page = open_page("trends", lang="en", period="this_year")
    assert not page.exception
    assert not page.error
    assert "data begin later" in told(page)
