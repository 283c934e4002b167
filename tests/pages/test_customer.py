"""The page of one customer: every part in both languages, who needs attention, who is found, hostile addresses."""

from __future__ import annotations

import pytest

from data.store import Store
from tests.pages.conftest import Open
from tests.pages.test_channels import headed
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from ui.text import LANGUAGES, plain, texts

ALWAYS = ("customer_actions", "customer_signals")
BLOCKS = {
    "history": ("customer_timeline", "customer_rhythm", "customer_entries"),
    "sales": ("customer_orders", "customer_deals"),
    "work": ("customer_activities", "customer_contacts"),
    "money": ("customer_invoices", "customer_payments", "customer_contracts"),
    "voices": ("customer_surveys", "customer_tickets"),
    "family": (),
}


def _planted(store: Store) -> str:
    with store.snapshot() as seen:
        return str(seen.frame("select customer from crm.customers where customer_id = 'C000002'").item())


@pytest.mark.parametrize("about", BLOCKS)
def test_every_block_is_there(about: str, demo: Store, open_page: Open) -> None:
    lang = list(LANGUAGES)[list(BLOCKS).index(about) % 2]
    page = open_page("customer", lang=lang, period="all", name=_planted(demo), about=about)
    assert not page.exception
    assert not page.error
    assert page.header[0].value == plain(_planted(demo))
    assert {texts(lang)[f"question.{name}"] for name in (*ALWAYS, *BLOCKS[about])} <= headed(page)
    assert len(page.get("plotly_chart")) == (2 if about == "history" else 0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_customer_those_who_need_attention_are_listed(lang: str, demo: Store, open_page: Open) -> None:
    page = open_page("customer", lang=lang)
    assert not page.exception
    assert texts(lang)["question.attention"] in headed(page)
    (listed,) = [table.value for table in page.dataframe]
    assert _planted(demo) in listed["customer"].to_list()


def test_an_id_and_a_filter_name_a_customer_too(demo: Store, open_page: Open) -> None:
    for address in ({"name": "C000002"}, {"customer": _planted(demo)}):
        assert open_page("customer", **address).header[0].value == plain(_planted(demo))


def test_that_it_is_of_one_customer_is_no_filter_of_the_reader(demo: Store, open_page: Open) -> None:
    address = {"name": "C000002", "about": "voices", "from": "2026-06-16", "to": "2026-06-17"}
    nothing, hint = (texts("en")[key] for key in ("question.customer_surveys_empty", "show.empty_filtered"))
    assert nothing in [info.value for info in open_page("customer", **address).info]
    filtered = open_page("customer", **address, region="East China")
    assert f"{nothing} {hint}" in [info.value for info in filtered.info]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'; drop table crm.customers", "no such customer"])
def test_an_address_may_say_anything(name: str, demo: Store, open_page: Open) -> None:
    page = open_page("customer", name=name, about="<b>")
    assert not page.error
    assert not page.exception
    assert page.info
    assert texts("en")["question.attention"] in headed(page)


def test_a_customer_is_found_by_a_part_of_its_name(demo: Store, open_page: Open) -> None:
    name = _planted(demo)
    page = open_page("customer")
    page.text_input(key="customer.find").set_value(name[3:14].upper()).run()
    found = [button for button in page.button if str(button.key).startswith("customer.find.")]
    assert plain(name) in [button.label for button in found]
    found[0].click().run()
    assert page.header


def test_from_anywhere_search_opens_the_page(demo: Store, open_page: Open) -> None:
    page = open_page()
    page.text_input(key="search").set_value(_planted(demo)).run()
    (link,) = [link for link in page.page_link if link.value == plain(_planted(demo))]
    assert link


def test_nobody_opens_a_customer_out_of_sight(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    store, own, _ = scoped
    with store.snapshot() as seen:
        hidden = seen.frame(
            """
            select min(customer) from crm.customers as c where not exists (
                select 1 from crm.reps join (
                    select customer_key, rep_key from crm.customers union all
                    select customer_key, rep_key from crm.order_lines union all
                    select customer_key, rep_key from crm.deals union all
                    select customer_key, rep_key from crm.activities union all
                    select customer_key, rep_key from crm.invoices union all
                    select customer_key, rep_key from crm.payments union all
                    select customer_key, rep_key from crm.quotes union all
                    select customer_key, rep_key from crm.contracts union all
                    select customer_key, rep_key from crm.surveys union all
                    select customer_key, rep_key from crm.tickets
                ) as met using (rep_key) where met.customer_key = c.customer_key and team = $team
            )
            """,
            {"team": own},
        ).item()
    page = open_page("customer", name=hidden)
    assert not page.header
    assert page.info
