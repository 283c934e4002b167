"""A viewer sees their own rows only, whatever the address asks for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.settings import Settings, settings
from data.store import Store
from data.viewers import add_viewer
from tests.pages.conftest import Open, with_filters

EMAIL = "lead@example.org"


@pytest.fixture
def scoped(
    tmp_path: Path, demo_path: Path, shown: Callable[[Path], Store], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Store, str, str]]:
    """The demo company as the lead of one team sees it: the store, the team, and another team."""
    copy = tmp_path / "demo.duckdb"
    shutil.copy(demo_path, copy)
    store = shown(copy)
    with store.snapshot() as seen:
        teams = seen.frame(
            "select team from crm.deals where team is not null group by all order by count(*) desc, team"
        )["team"].to_list()
        below = seen.frame("select parent from crm.teams")["parent"].to_list()
    own, other = [team for team in teams if team not in below][:2]
    add_viewer(store, EMAIL, "teams", name="Lead", teams=(own,))
    monkeypatch.setenv("SALES_VIEWER", EMAIL)
    settings.cache_clear()
    yield store, own, other
    settings.cache_clear()
    store.close()


def test_filters_offer_only_ones_own(scoped: tuple[Store, str, str], open_page: Open) -> None:
    _, own, other = scoped
    page = with_filters(open_page(period="all"))
    options = page.multiselect(key="filter_team").options
    assert own in options
    assert other not in options


def test_an_address_cannot_ask_for_another_team(scoped: tuple[Store, str, str], open_page: Open) -> None:
    _, _, other = scoped
    page = open_page(period="all", team=other)
    assert not page.exception
    won = next(metric.value for metric in page.metric if metric.label == "Deals created")
    assert won in ("0", "—")


def test_an_address_cannot_open_another_teams_deal(scoped: tuple[Store, str, str], open_page: Open) -> None:
    store, _, other = scoped
    with store.snapshot() as seen:
        deal = seen.frame("select deal_id, deal from crm.deals where team = $team limit 1", {"team": other})
    page = open_page("deal", id=deal["deal_id"][0])
    assert not page.exception
    shown = " ".join(str(element.value) for kind in (page.title, page.markdown, page.metric) for element in kind)
    assert deal["deal"][0] not in shown


def test_loading_and_viewers_are_for_those_who_see_all(scoped: tuple[Store, str, str], open_page: Open) -> None:
    assert not open_page("upload").get("file_uploader")
    assert not [button for button in open_page("settings").button if button.label == "Add or change"]


def test_what_uploads_did_to_the_company_is_for_those_who_see_all_of_it(
    scoped: tuple[Store, str, str], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Effects on its money, and names of other teams with theirs."""
    page = open_page("history")
    assert not page.exception
    columns = set(page.dataframe[0].value.columns)
    assert "Rows new" in columns or "New" in columns, columns
    assert not {"Won amount", "Open amount", "Win rate"} & columns
    assert "Two spellings, one name?" not in [one.value for one in page.subheader]
    assert not [button for button in page.button if str(button.key).startswith("history.")]
    monkeypatch.setenv("SALES_VIEWER", "")
    add_viewer(scoped[0], "boss@example.org", "all")
    monkeypatch.setenv("SALES_VIEWER", "boss@example.org")
    settings.cache_clear()
    page = open_page("history")
    assert "Won amount" in page.dataframe[0].value.columns
    assert [button for button in page.button if button.key == "history.undo"]


def test_stages_are_shown_without_what_everybody_has_in_them(scoped: tuple[Store, str, str], open_page: Open) -> None:
    page = open_page("settings")
    assert not page.exception
    shown = next(frame.value for frame in page.dataframe if "Stage" in frame.value.columns)
    assert len(shown) > 3
    assert not {"Open deals", "Open amount"} & set(shown.columns)
    assert not [button for button in page.button if str(button.key).startswith("stages.")]


def test_who_is_not_on_the_list_sees_nothing(
    scoped: tuple[Store, str, str], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALES_VIEWER", "stranger@example.org")
    settings.cache_clear()
    assert Settings().viewer == "stranger@example.org"
    page = open_page()
    assert not page.exception
    assert len(page.error) == 1
    assert not page.metric
    assert not page.title


def test_who_stopped_ordering_within_a_scope_is_said_to_be_so(scoped: tuple[Store, str, str], open_page: Open) -> None:
    """Others may still sell to them, and the orders of others must not be seen."""
    page = open_page("drivers", about="customers", period="ytd", compare="last_year")
    assert not page.exception
    shown = " ".join(str(element.value) for kind in (page.subheader, page.markdown, page.info) for element in kind)
    assert "within what you may see" in shown.lower()
