"""The address is the state: widgets follow it, changes are written to it, and nothing in it can break a page."""

from __future__ import annotations

from datetime import date

from data.store import Store
from tests.pages.conftest import Open, with_filters
from ui.address import first_view


def numbers_of(page: object) -> dict[str, str]:
    """Every card on the page: its label and value."""
    return {metric.label: metric.value for metric in page.metric}  # type: ignore[attr-defined]


def test_widgets_show_what_the_address_says(demo: Store, open_page: Open) -> None:
    page = open_page(period="this_quarter", compare="last_year")
    assert page.selectbox(key="filter_period").value == "this_quarter"
    assert page.selectbox(key="filter_compare").value == "last_year"


def test_a_changed_period_is_in_the_address(demo: Store, open_page: Open) -> None:
    page = open_page(period="this_quarter")
    page.selectbox(key="filter_period").select("last_year").run()
    assert page.query_params["period"] == "last_year"
    assert not page.exception


def test_days_of_ones_own(demo: Store, open_page: Open) -> None:
    page = open_page(period="last_year")
    page.selectbox(key="filter_period").select("custom").run()
    assert page.query_params["from"] < page.query_params["to"]
    assert page.date_input(key="filter_days").value


def test_a_chosen_team_is_in_the_address_and_changes_the_numbers(demo: Store, open_page: Open) -> None:
    page = with_filters(open_page())
    everyone = numbers_of(page)
    options = page.multiselect(key="filter_team").options
    team = next(option for option in options if option != "Unassigned" and not option.endswith(" below)"))
    page.multiselect(key="filter_team").select(team).run()
    assert page.multiselect(key="filter_team").value == [team], "the filters stay open for the next choice"
    assert page.query_params["team"] == team
    assert numbers_of(page) != everyone
    assert numbers_of(open_page(team=team)) == numbers_of(page)


def test_a_chosen_division_comes_with_all_its_teams_and_goes_with_them(demo: Store, open_page: Open) -> None:
    page = with_filters(open_page())
    box = page.multiselect(key="filter_team")
    (division,) = [option for option in box.options if option.startswith("South Division (")]
    box.select(division).run()
    teams = ["South Division", "East China Team", "South China Team", "Southwest Team"]
    assert page.multiselect(key="filter_team").value == teams
    assert not [one for one in page.caption if "South Division" in one.value and "not" in one.value]
    assert numbers_of(open_page(team="South Division")) == numbers_of(page), "a link that names the division alone"
    page.multiselect(key="filter_team").unselect("South Division").run()
    assert page.multiselect(key="filter_team").value == []
    assert "team" not in page.query_params


def test_reset_leads_back_to_the_first_view(demo: Store, open_page: Open) -> None:
    page = open_page(period="last_year", compare="last_year", status="won")
    page.button(key="filter_reset").click().run()
    with demo.snapshot() as seen:
        assert seen.as_of is not None
        assert dict(page.query_params) == {"lang": "en"} | first_view(seen.as_of)
    assert "filter_reset" not in {button.key for button in page.button}, "there is nothing left to take away"


def test_an_address_without_a_period_opens_the_first_view_and_all_time_is_named(demo: Store, open_page: Open) -> None:
    page = open_page()
    with demo.snapshot() as seen:
        assert seen.as_of is not None
        assert dict(page.query_params) == {"lang": "en"} | first_view(seen.as_of)
    page.selectbox(key="filter_period").select("all").run()
    assert page.query_params["period"] == "all"
    assert numbers_of(open_page(period="all")) == numbers_of(page)


def test_any_dimension_in_the_address_can_be_seen_and_lifted(demo: Store, open_page: Open) -> None:
    page = with_filters(open_page(status="won"))
    page.multiselect(key="filter_status").unselect("won").run()
    assert "status" not in page.query_params


HOSTILE = {
    "period": "'; drop table crm.deals; --",
    "from": "2026-99-99",
    "to": "x" * 5000,
    "compare": "\0",
    "as_of": "9999-12-31",
    "team": "'; drop table crm.deals; --;%ff;~;;",
    "rep": "$rep",
    "month": "2026-01",
    "measure": "<script>",
    "id": "../../etc/passwd",
    "lang": "tlh",
    "nonsense": "![](http://example.org/x.png)",
}


def test_nonsense_in_the_address_is_said_and_ignored(demo: Store, open_page: Open) -> None:
    page = open_page(**HOSTILE)
    assert not page.exception
    assert not page.error
    said = " ".join(caption.value for caption in page.caption)
    assert "period" in said
    assert "No rows of Team" in said
    with demo.snapshot() as seen:
        assert seen.frame("select count(*) as n from crm.deals")["n"][0] > 1000


def test_nonsense_is_ignored_on_every_page(demo: Store, open_page: Open) -> None:
    for stem in ("explore", "deal", "glossary", "upload", "history", "settings"):
        page = open_page(stem, **(HOSTILE | {"measures": "drop", "by": "x", "grain": "y"}))
        assert not page.exception, stem
        assert not page.error, stem


def test_a_bare_address_opens_a_quarter_that_can_be_judged() -> None:
    assert first_view(date(2026, 6, 17)) == {"period": "this_quarter", "compare": "previous"}
    assert first_view(date(2017, 12, 31))["period"] == "this_quarter"
    assert first_view(date(2026, 4, 3))["period"] == "last_quarter", "three days are no quarter"


def test_the_form_of_an_answer_is_in_the_address(demo: Store, open_page: Open) -> None:
    page = open_page("explore", **{"as": "pivot", "measures": "won_amount,win_rate", "by": "rep", "grain": "month"})
    assert not page.exception
    assert len(page.dataframe) == 2, "each measure has a cross table of its own"
