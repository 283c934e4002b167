"""The page of risks: its list in both languages, one risk with its form, limits, and whoever looks on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.review import alert_watch
from data.review.alert_register import register
from data.review.alert_rules import set_limit
from data.review.alerts import everything, sync
from data.settings import settings
from data.store import Store
from data.viewers import add_viewer
from metrics.viewer import EVERYTHING
from tests.data.review.risky import risky_at
from tests.pages.conftest import Open
from ui.text import LANGUAGES, texts


@pytest.fixture
def risky(shown: Callable[[Path], Store], tmp_path: Path) -> Store:
    return shown(risky_at(tmp_path / "risky.duckdb"))


def number(store: Store, rule: str) -> int:
    with store.snapshot() as seen:
        return next(one.id for one in everything(seen) if one.rule == rule)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_register_is_made_by_its_first_reader(lang: str, risky: Store, open_page: Open) -> None:
    page = open_page("alerts", lang=lang)
    assert not page.exception
    assert not page.error
    table = page.dataframe[0].value
    with risky.snapshot() as seen:
        told = register(seen, EVERYTHING)
    assert len(table) == len(told) > 5
    assert table[texts(lang)["alerts.amount"]].iloc[0] == told[0].amount
    assert "<b>Big</b> 'deal'" in set(table[texts(lang)["alerts.about"]])


def test_the_menu_tells_how_many_are_open(risky: Store, open_page: Open) -> None:
    """As many as the list shows; where nothing was looked at, or the register is behind, no number is told."""

    def labels() -> list[str]:
        return [str(one.proto.label) for one in open_page("glossary").get("page_link")]

    assert "Risks" in labels()
    sync(risky)
    with risky.snapshot() as seen:
        count = len(register(seen, EVERYTHING))
    assert f"Risks · {count}" in labels()
    set_limit(risky, EVERYTHING, "stalled", "share", 0.9)
    assert "Risks" in labels()


def test_one_risk_is_opened_by_its_address_and_taken_up(risky: Store, open_page: Open) -> None:
    sync(risky)
    mine = number(risky, "stalled")
    page = open_page("alerts", alert=str(mine))
    assert not page.exception
    assert any("Big" in one.value for one in page.subheader)
    page.text_area(key=f"alert.{mine}.plan").set_value("Call <b>them</b>")
    next(one for one in page.button if one.label == "Save").click().run()
    assert not page.exception
    assert any("Saved" in one.value for one in page.markdown)
    assert not page.toast
    with risky.snapshot() as seen:
        (kept,) = (one for one in everything(seen) if one.id == mine)
    assert (kept.plan, kept.owner) == ("Call <b>them</b>", "Ann")
    assert any("Plan" in one.value for one in page.markdown)
    next(one for one in page.button if one.label == "Rows behind it").click().run()
    assert not page.exception
    page = open_page("alerts", alert="99999")
    assert any(texts("en")["alerts.unknown"] in one.value for one in page.info)


def test_a_salesperson_sees_their_own_and_no_limits(
    risky: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(risky)
    add_viewer(risky, "ann@x", "rep", rep="Ann")
    sync(risky)
    foreign = number(risky, "leavers")
    monkeypatch.setenv("SALES_VIEWER", "ann@x")
    settings.cache_clear()
    page = open_page("alerts", alert=str(foreign))
    assert not page.exception
    assert len(page.dataframe[0].value) == 5
    assert any(texts("en")["alerts.unknown"] in one.value for one in page.info)
    assert not page.number_input
    settings.cache_clear()


def test_while_the_first_look_is_under_way_nothing_is_claimed(
    risky: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_watch, "sync", lambda _: 0)
    page = open_page("alerts")
    assert not page.exception
    assert not page.success
    assert any(texts("en")["alerts.first_look"] in one.value for one in page.caption)


def test_of_a_first_look_nothing_is_said_to_be_from_before(
    risky: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_watch, "sync", lambda _: 0)
    monkeypatch.setattr(alert_watch, "is_looking", lambda _: True)
    page = open_page("alerts")
    assert not page.exception
    assert any(texts("en")["alerts.first_look"] in one.value for one in page.caption)
    assert not any(texts("en")["alerts.behind"] in one.value for one in page.info), "nothing is shown yet"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_changed_a_limit_stands_where_it_is_changed_and_with_the_risk(
    lang: str, risky: Store, open_page: Open
) -> None:
    set_limit(risky, EVERYTHING.model_copy(update={"email": "boss@x"}), "receivables", "days", 31)
    sync(risky)
    page = open_page("alerts", lang=lang, alert=str(number(risky, "receivables")))
    assert any("31" in one.value and "boss@" in one.value for one in page.caption)
    page.session_state["alerts.rules"] = True
    page.run()
    assert not page.exception
    assert any("boss@" in one.value and "30" in one.value and "31" in one.value for one in page.markdown)
    assert "boss@x" in page.number_input(key="limit.receivables.days").help
