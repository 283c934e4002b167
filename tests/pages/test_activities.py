"""The activities page, the deal's page and the list of open deals: in both languages, and within scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from tests.pages.conftest import Open
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from ui.text import LANGUAGES, texts

BLOCKS = (
    "pace", "silence", "activity_weeks", "longest_silent", "quiet", "touches", "landmark", "response", "response_by",
)  # fmt: skip


def _shown(page: object) -> str:
    kinds = ("title", "markdown", "caption", "info", "button", "subheader")
    found = [one for kind in kinds for one in getattr(page, kind)]
    return " ".join(str(one.label if one.type == "button" else one.value) for one in found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_block_of_the_page_is_there(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("activities", lang=lang, period="ytd")
    assert not page.exception
    assert not page.error
    headed = {button.label.replace("\\", "") for button in page.button}
    assert {texts(lang)[f"question.{name}"] for name in BLOCKS} <= headed
    assert len(page.get("plotly_chart")) == 7
    assert ("因果" if lang == "zh-CN" else "proof of a cause") in _shown(page)


def test_choices_of_the_page_stand_in_the_address(demo: Store, open_page: Open) -> None:
    page = open_page("activities", period="ytd", per="workday", one_kind="visit", within="30", by="source")
    assert not page.error
    hostile = open_page("activities", period="ytd", per="'; drop", one_kind="<b>", within="-1", by="month")
    assert not hostile.error
    assert not hostile.exception


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_deal_tells_signs_and_history(lang: str, demo: Store, open_page: Open) -> None:
    with demo.snapshot() as seen:
        deal = seen.frame(
            "select deal_id from crm.deals where status = 'open' and not is_gone and push_count >= 2"
            " order by deal_id limit 1"
        ).item()
        closed = seen.frame("select deal_id from crm.deals where status = 'won' order by deal_id limit 1").item()
    page = open_page("deal", id=deal, lang=lang)
    assert not page.error
    told = _shown(page)
    assert texts(lang)["question.timeline"] in told
    assert ("多次延期" if lang == "zh-CN" else "Pushed") in told
    assert page.get("plotly_chart")
    ended = _shown(open_page("deal", id=closed, lang=lang))
    assert texts(lang)["deal.not_open"] in ended


def test_open_deals_are_listed_with_reasons(demo: Store, open_page: Open) -> None:
    page = open_page("pipeline")
    assert not page.error
    reasons = [cell for table in page.dataframe for cell in table.value.get("reasons", [])]
    assert any("close" in reason or "activity" in reason for reason in reasons)


def test_nothing_of_another_team_is_shown(scoped: tuple[Store, str, str], open_page: Open) -> None:  # noqa: F811
    store, own, other = scoped
    with store.snapshot() as seen:
        names = seen.frame("select rep, team from crm.reps where team in ($own, $other)", {"own": own, "other": other})
        theirs = seen.frame("select deal_id from crm.deals where team = $t and status = 'open' limit 1", {"t": other})
    mine = set(names.filter(names["team"] == own)["rep"])
    hidden = set(names.filter(names["team"] == other)["rep"]) - mine
    page = open_page("activities", period="ytd", by="rep")
    assert not page.error
    listed = {str(cell) for table in page.dataframe for column in table.value for cell in table.value[column]}
    drawn = " ".join(str(chart.proto.spec) for chart in page.get("plotly_chart"))
    assert mine & (listed | {name for name in mine if name in drawn})
    assert not hidden & listed
    assert not {name for name in hidden if name in drawn}
    refused = open_page("deal", id=theirs.item())
    assert not refused.get("plotly_chart")
    assert len(refused.info) == 1


@pytest.mark.real
def test_a_store_without_activities_says_so(shown: Callable[[Path], Store], real_path: Path, open_page: Open) -> None:
    shown(real_path)
    for lang in LANGUAGES:
        page = open_page("activities", lang=lang)
        assert not page.error
        said = " ".join(str(info.value) for info in page.info).replace("\\", "")
        assert texts(lang)["question.pace_empty"] in said
        assert texts(lang)["question.silence_empty"] in said
