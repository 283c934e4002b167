"""The command about products, and the planted product: found by the page's own rule, and by it nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from data.demo import AS_OF, STORIES
from data.store import Snapshot
from metrics.baskets import baskets
from metrics.discounts import wins
from metrics.product_plan import against_plan
from metrics.sold import quadrant, returned
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.command_line import Company, run
from tests.small import copied, small_demo
from tests.ui.answered import EN, ZH
from ui.look import Look
from ui.products import who_is_under, who_moved

STORY = next(story for story in STORIES if story.id == "product_under_plan")
SINCE = View(as_of=AS_OF, from_on=STORY.from_on, to_on=AS_OF, compare="last_year")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("products") / "s.duckdb"))


@pytest.mark.parametrize("about", ["pareto", "growth", "plan", "margins", "wins", "returns", "life", "pairs"])
def test_each_thing_that_can_be_asked(company: Company, about: str) -> None:
    told = company("products", "--about", about).json
    assert told["rows"]
    assert "order_lines" in told["sql"] or about == "wins"
    said = run("products", "--about", about, "--store", company.path, lang="zh-CN")
    assert said.code == 0
    assert not any(word in said.out for word in ("is_", "to_10", "amount_now", "_lines", "mature", "leader"))


def test_tables_say_their_days_and_shares_in_per_cent(company: Company) -> None:
    ranked = run("products", "--store", company.path)
    assert " %" in ranked.out
    assert "Days: 2025-06-" in ranked.out
    grown = run("products", "--about", "growth", "--store", company.path)
    assert "compared with 2024-06-" in grown.out
    assert "Nothing is compared" not in ranked.out + grown.out


def test_any_measure_that_adds_up_has_a_ranking(company: Company) -> None:
    told = company("products", "--measure", "won_amount", "--by", "rep").json
    assert {row["class"] for row in told["rows"]} == {"A", "B", "C"}
    assert any("HHI" in said for said in told["notes"])
    ran = run("products", "--measure", "win_rate", "--store", company.path)
    assert ran.code == 1


@pytest.mark.slow
def test_the_product_under_plan_is_found_with_its_lever_and_no_other(companies: tuple[Snapshot, Snapshot]) -> None:
    planted, plain = (seen.ask(against_plan(SINCE), EVERYTHING).frame for seen in companies)
    under = planted.filter("is_under")
    assert under.select("product", "lever").rows() == [(STORY.where["en"]["product"], "mix")]
    assert plain.filter("is_under").is_empty()


@pytest.mark.slow
@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_the_page_says_it_in_words(companies: tuple[Snapshot, Snapshot], look: Look) -> None:
    """Over the drawing of the plan: the product and its lever; over growth beside share that it lost most."""
    said = who_is_under(companies[0].ask(against_plan(SINCE), EVERYTHING), look) or ""
    assert STORY.where["en"]["product"] in said
    assert look.words("value.lever.mix").lower() in said
    assert STORY.where["en"]["product"] in (who_moved(companies[0].ask(quadrant(SINCE), EVERYTHING), look) or "")
    assert who_is_under(companies[1].ask(against_plan(SINCE), EVERYTHING), look) is None
    assert who_moved(companies[1].ask(quadrant(SINCE), EVERYTHING), look) is None


@pytest.mark.slow
def test_nothing_is_claimed_of_products_that_differ_by_chance(companies: tuple[Snapshot, Snapshot]) -> None:
    for ask in (quadrant, returned, wins, baskets):
        frame = companies[1].ask(ask(SINCE), EVERYTHING).frame
        assert frame.height
        assert not frame["is_beyond_chance"].any(), ask.__name__
    assert SINCE.from_on == date(2026, 1, 1)
