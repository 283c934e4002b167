"""The page of pay: every block in both languages, settling, changing plans, hostile addresses, who may see what."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data import pay_plans
from data.pay import settled
from data.settings import settings
from data.store import Store
from data.viewers import add_viewer
from metrics.pay import payouts
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from ui.text import LANGUAGES, texts

Q1 = "2026-01-01"
TOTALS = {
    "Melvin Marxen": 2_251_930, "Summer Sewald": 1_964_750, "Rocco Neubert": 1_960_545, "Celia Rouche": 1_603_897,
    "Cara Losch": 1_130_049, "Dustin Brinkmann": 1_094_363,
}  # fmt: skip
"""What the salespeople of each manager won in the real export, as its publisher counted."""


def headed(page: object) -> set[str]:
    return {button.label.replace("\\", "") for button in page.button}  # type: ignore[attr-defined]


def told(page: object) -> str:
    said = (*page.info, *page.caption, *page.markdown, *page.error)  # type: ignore[attr-defined]
    return " ".join(str(one.value).replace("\\", "") for one in said)


def names(store: Store) -> list[str]:
    with store.snapshot() as seen:
        return [str(name) for name in seen.frame("select rep from crm.reps")["rep"]]


@pytest.fixture
def own(tmp_path: Path, demo_path: Path, shown: Callable[[Path], Store]) -> Iterator[Store]:
    """The demo company, to be written to."""
    store = shown(Path(shutil.copy(demo_path, tmp_path / "demo.duckdb")))
    yield store
    store.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_block_is_there(lang: str, demo: Store, open_page: Open) -> None:
    words = texts(lang)
    everybody = open_page("pay", lang=lang, pay_from=Q1)
    person = open_page("pay", lang=lang, pay_from=Q1, about="statement", more="50000")
    plans = open_page("pay", lang=lang, about="plans")
    for page in (everybody, person, plans):
        assert not page.exception
        assert not page.error
    over_time = open_page("pay", lang=lang, pay_from=Q1, about="periods")
    assert words["question.pay_periods"] in headed(over_time)
    assert len(over_time.get("plotly_chart")) == 1
    assert {words[f"question.pay_{name}"] for name in ("paid", "list", "open")} <= headed(everybody)
    assert {words[f"question.pay_{name}"] for name in ("curve", "lines", "deals")} <= headed(person)
    assert (len(everybody.get("plotly_chart")), len(person.get("plotly_chart"))) == (1, 1)
    assert words["pay.look"] in headed(plans)
    assert words["pay.everybody"] not in told(plans)  # its plans are for teams
    assert "销售提成方案" in told(plans) or "Sales commission" in told(plans)


def test_an_address_may_say_anything(demo: Store, open_page: Open) -> None:
    for more in ("'; drop", "NaN"):
        page = open_page("pay", about="statement", pay_from="<b>", whose="'; drop table", more=more, every="x")
        assert not page.error
        assert not page.exception


def test_a_period_is_settled_and_shown_as_it_was(own: Store, open_page: Open) -> None:
    page = open_page("pay", pay_from=Q1)
    page.button(key="pay.settle").click().run()
    assert not page.error
    with own.snapshot() as seen:
        made = settled(seen, EVERYTHING)
    assert made
    assert texts("en")["pay.still_right"] in told(page)
    assert "statements settled" in told(page)
    page.button(key="pay.settle").click().run()
    assert "nothing to settle" in told(page).lower()
    person = open_page("pay", pay_from=Q1, about="statement", whose=made[0].rep)
    assert len(person.expander) == 1
    running = open_page("pay")
    assert not [button for button in running.button if button.key == "pay.settle"]
    assert texts("en")["pay.not_over"] in told(running)


def test_plans_are_checked_compared_and_saved(own: Store, open_page: Open) -> None:
    page = open_page("pay", about="plans")
    text = page.text_area(key="pay.text").value
    page.text_area(key="pay.text").set_value(text.replace("rate = 0.006", "rate = 6")).run()
    page.button(key="pay.look").click().run()
    assert "0.05" in told(page)  # a rate is a share: 5 % is 0.05
    assert not page.get("plotly_chart")
    page.text_area(key="pay.text").set_value(text.replace("rate = 0.010", "rate = 0.012")).run()
    page.button(key="pay.look").click().run()
    assert not page.error
    assert texts("en")["question.pay_change"] in headed(page)
    assert len(page.get("plotly_chart")) == 1
    page.button(key="pay.save").click().run()
    assert not page.error
    with own.snapshot() as seen:
        assert {str(tier.rate) for plan in pay_plans.plans(seen) for tier in plan.tiers} >= {"0.012"}
        assert len(pay_plans.versions(seen)) == 3  # two of them were told again, none was lost


def test_without_plans_it_says_so_and_offers_one(
    shown: Callable[[Path], Store], empty_path: Path, open_page: Open
) -> None:
    shown(empty_path)
    page = open_page("pay", lang="zh-CN")
    assert not page.exception
    assert "还没有提成方案" in told(page)
    assert "[[plans]]" in open_page("pay", about="plans").text_area(key="pay.text").value


def test_a_team_sees_its_own_pay_and_cannot_settle(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    store, team, _ = scoped
    with store.snapshot() as seen:
        own = set(seen.frame("select rep from crm.reps where team = $team", {"team": team})["rep"])
    page = open_page("pay", pay_from=Q1)
    assert not page.error
    assert not [button for button in page.button if button.key == "pay.settle"]
    person = open_page("pay", pay_from=Q1, about="statement")
    assert set(person.selectbox(key="choice_whose").options) <= own
    plans = open_page("pay", about="plans")
    assert not plans.text_area


def test_a_rep_sees_their_own_statement_only(own: Store, monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    with own.snapshot() as seen:
        rep = pay_plans.plans(seen)  # the store is open: now who sells most
        assert rep
        name = seen.frame(
            "select rep from crm.deals join crm.reps using (rep_key) where status = 'won' and closed_on >= '2026-01-01'"
            " group by rep order by sum(amount) desc, rep limit 1"
        ).item()
    add_viewer(own, "r@example.org", "rep", rep=name)
    monkeypatch.setenv("SALES_VIEWER", "r@example.org")
    settings.cache_clear()
    try:
        page = open_page("pay", pay_from=Q1, whose="somebody else")
        everybody = open_page("pay", pay_from=Q1, about="payouts")
    finally:
        settings.cache_clear()
    assert texts("en")["question.pay_lines"] in headed(page)  # the first thing a salesperson sees
    assert not [one for one in page.selectbox if one.key == "choice_whose"]
    others = [one for one in names(own) if one != name]
    assert not [one for one in others if one in told(everybody)]
    for block in everybody.dataframe:
        assert not set(map(str, block.value.to_numpy().ravel())) & set(others)


@pytest.mark.real
def test_a_real_export_without_targets_can_be_paid(
    tmp_path: Path, shown: Callable[[Path], Store], real_path: Path, open_page: Open
) -> None:
    store = shown(Path(shutil.copy(real_path, tmp_path / "real.duckdb")))
    page = open_page("pay", about="plans")
    page.button(key="pay.look").click().run()
    page.button(key="pay.save").click().run()
    assert not page.error
    paid = open_page("pay", pay_from="2017-10-01")
    assert not paid.error
    assert "Darcel Schlecht" in told(paid)
    with store.snapshot() as seen:
        year = View(as_of=date(2017, 12, 31), from_on=date(2017, 1, 1), to_on=date(2017, 12, 31))
        found = seen.ask(payouts(pay_plans.plans(seen), year), EVERYTHING).frame
        managers = seen.frame("select rep, manager from crm.reps")
    assert found.get_column("rep").n_unique() == 35  # the five without deals among them
    assert found.group_by("rep").agg(pl.col("money").sum()).filter(pl.col("money") == 0).height == 5
    by_manager = found.join(managers, on="rep").group_by("manager").agg(pl.col("money").sum().cast(pl.Float64))
    assert dict(by_manager.iter_rows()) == TOTALS
    store.close()
