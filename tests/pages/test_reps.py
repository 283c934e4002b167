"""The page of salespeople beside each other: every block in both languages, hostile addresses, scope, a real list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import Store
from metrics.reps_tenure import tenure
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_channels import headed, told
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from ui import reps_lists
from ui.text import texts

BLOCKS = {
    "board": (("reps_list",), 1),
    "quadrant": (("rep_quadrant", "rep_quadrant_list"), 1),
    "like": (("like_for_like", "tenure"), 2),
    "spread": (("rep_shares", "rep_course"), 2),
    "handover": (("leavers",), 0),
}


@pytest.mark.parametrize(
    ("lang", "about"), [*(("zh-CN", about) for about in BLOCKS), ("en", "board"), ("en", "quadrant")]
)
def test_every_block_is_there(lang: str, about: str, demo: Store, open_page: Open) -> None:
    page = open_page("reps", lang=lang, period="last_12_months", about=about)
    assert not page.exception
    assert not page.error
    names, charts = BLOCKS[about]
    assert {texts(lang)[f"question.{name}"] for name in names} <= headed(page)
    assert len(page.get("plotly_chart")) == charts


@pytest.mark.parametrize("about", ["board", "spread"])
def test_a_company_that_only_has_sales_is_ranked_by_them(
    about: str, demo: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of the measures that usually are compared is there: the first of those that are take their place."""
    monkeypatch.setattr("ui.show.present", lambda names: [name for name in names if name == "revenue"])
    page = open_page("reps", period="last_12_months", about=about)
    assert not page.error
    assert page.get("plotly_chart")


def test_an_address_may_say_anything(demo: Store, open_page: Open) -> None:
    page = open_page("reps", about="board", measures="x,win_rate,<b>", of="'; drop", peers="tenure", first="worst")
    assert not page.error
    assert not page.exception
    assert {texts("en")["question.reps_board_of"].format(measure="Win rate")} <= headed(page)
    assert not open_page("reps", about="like", by="nothing").error


def test_a_salesperson_sees_nobody_else(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    _, mine, others = scoped
    for about in BLOCKS:
        page = open_page("reps", period="last_12_months", about=about)
        assert not page.error
        assert not page.exception
    assert mine or others


@pytest.mark.real
def test_a_real_list_with_people_who_have_no_deals(
    shown: Callable[[Path], Store], real_path: Path, open_page: Open
) -> None:
    shown(real_path)
    page = open_page("reps", period="all", of="win_rate")
    assert not page.error
    assert not page.exception
    assert "5 people have nothing on record" in told(page)


def test_behind_a_band_are_the_deals_of_its_people(demo: Store) -> None:
    with demo.snapshot() as seen:
        assert seen.as_of is not None
        view = View(as_of=seen.as_of).with_period("last_12_months")
        bands = seen.ask(tenure(view), EVERYTHING).frame
        for row in bands.iter_rows(named=True):
            subject = reps_lists.Band(tenure(view), "tenure", view, at=(("tenure", row["tenure"]),))
            assert seen.ask(subject.rows(), EVERYTHING).frame.height == row["closed_deals"]


def test_other_peers_are_another_list_and_everybody_has_a_page(demo: Store, open_page: Open) -> None:
    lists = [
        open_page("reps", period="last_12_months", of="win_rate", peers=peers).dataframe[0].value
        for peers in ("company", "team")
    ]
    assert lists[0]["win_rate.rank"].tolist() != lists[1]["win_rate.rank"].tolist()
    link = lists[0]["open"].iloc[0]
    assert link.startswith("/rep?")
    assert "name=" in link
