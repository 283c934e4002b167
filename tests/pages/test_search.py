"""Search finds what a viewer may see, and nothing else; what is typed is never SQL."""

from __future__ import annotations

import pytest

from data.saved_views import forget_view, save_view, saved_views
from data.store import Store
from metrics.search import KINDS, search
from metrics.viewer import EVERYTHING, Viewer
from tests.pages.conftest import Open
from ui.text import plain


def found(store: Store, kind: str, words: str, viewer: Viewer = EVERYTHING) -> list[str]:
    with store.snapshot() as seen:
        return list(seen.ask(search(kind, words), viewer).raw["name"])


def test_a_part_of_a_name_is_enough_in_any_case(demo: Store) -> None:
    with demo.snapshot() as seen:
        name = seen.frame("select customer from crm.customers order by customer limit 1")["customer"][0]
    assert name in found(demo, "customers", name[:6].upper())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", ["'; drop table crm.deals; --", "$pattern", "\\", "日本語"])
def test_what_is_typed_is_only_looked_for(demo: Store, kind: str, words: str) -> None:
    assert found(demo, kind, words) == []


def test_what_one_may_not_see_is_not_found(demo: Store) -> None:
    with demo.snapshot() as seen:
        mine, theirs = seen.frame("select rep_key from crm.deals where rep_key is not null group by all order by all")[
            "rep_key"
        ].to_list()[:2]
        deal = seen.frame("select deal_id from crm.deals where rep_key = $rep limit 1", {"rep": theirs})["deal_id"][0]
        rep = seen.frame("select rep from crm.reps where rep_key = $rep", {"rep": theirs})["rep"][0]
    viewer = Viewer(email="me@example.org", name="Me", scope="rep", rep_keys=(mine,))
    assert found(demo, "deals", deal)
    assert found(demo, "deals", deal, viewer) == []
    assert found(demo, "reps", rep, viewer) == []


def test_the_box_leads_to_the_glossary(demo: Store, open_page: Open) -> None:
    page = open_page()
    page.text_input(key="search").set_value("win rate").run()
    assert "Win rate" in [link.value for link in page.page_link]


def test_what_leads_to_the_open_page_does_not_look_open(demo: Store, open_page: Open) -> None:
    """A person found on the overview opens the overview: as a link it would be marked as the page that is open."""
    with demo.snapshot() as seen:
        name = seen.frame("select rep from crm.reps order by rep limit 1")["rep"][0]
    page = open_page()
    page.text_input(key="search").set_value(name).run()
    assert plain(name) not in [link.value for link in page.page_link]
    found = next(button for button in page.button if str(button.key).startswith("search."))
    found.click().run()
    assert page.query_params["rep"] in (name, [name])
    assert not page.exception
    other = open_page("glossary")
    other.text_input(key="search").set_value(name).run()
    assert not [button for button in other.button if str(button.key).startswith("search.")]


def test_a_saved_view_keeps_page_and_address(demo: Store, open_page: Open) -> None:
    made = save_view(demo, "Mine", "explore", "lang=en&period=last_year", None)
    with demo.snapshot() as seen:
        assert [(view.name, view.page) for view in saved_views(seen)] == [("Mine", "explore")]
    assert "Mine" in [link.value for link in open_page().page_link]
    forget_view(demo, made)
    with demo.snapshot() as seen:
        assert saved_views(seen) == []
