"""Several lists in one drop: each has its own kind, questions and choices; nothing of one is applied to another."""

from __future__ import annotations

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from data.ingest import Options, Source, plan, run
from data.ingest.remember import remembered
from data.store import Store
from tests.data.ingest.test_hidden_sheets import workbook
from tests.pages.conftest import Open
from tests.pages.test_upload import DAYS, company, drop, held, loaded, widget
from ui.text import LANGUAGES, texts

__all__ = ["company"]

STRANGE = "foo,bar,baz\nx,1,2026-01-05\ny,2,2026-01-06\n"
OTHER_DAYS = DAYS.replace("amount", "amount,next_step").replace("\n1,won,5", "\n2,won,5,call")
ORDERS = "order_id,ordered_on,amount\n1,2026-01-05,30\n"
LINES = "order_id,ordered_on,product,quantity,amount\n1,2026-01-05,Pen,1,30\n"


def asked_of(page: AppTest, name: str) -> list[str]:
    """The keys of the radio buttons that ask for this."""
    return [str(one.key) for one in page.radio if f"ask.{name}" in str(one.key)]


def said(page: AppTest) -> str:
    """Everything the page says, without what its frames hold."""
    parts = [*page.markdown, *page.caption, *page.warning, *page.error, *page.info]
    labels = [one.label for kind in (page.radio, page.checkbox, page.selectbox, page.multiselect) for one in kind]
    return "\n".join([*(part.value for part in parts), *labels]).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_day_order_of_one_file_is_no_answer_about_another(company: Store, open_page: Open, lang: str) -> None:
    page = drop(open_page("upload", lang=lang), a=DAYS, b=OTHER_DAYS)
    first, second = asked_of(page, "date_order")
    page.radio(key=first).set_value("dmy").run()
    (left,) = asked_of(page, "date_order")
    assert left == second
    assert page.radio(key=left).value is None
    page.radio(key=left).set_value("mdy").run()
    loaded(page, lang)
    days = held(company, "select deal_id, created_on from crm.deals order by deal_id")
    assert days == [("1", date(2026, 2, 1)), ("2", date(2026, 1, 2))]
    assert {profile.date_order for profile in remembered(company.folder)} == {"dmy", "mdy"}


def test_lists_with_the_same_columns_are_answered_for_at_once_where_the_reader_wishes(
    company: Store, open_page: Open
) -> None:
    page = drop(open_page("upload"), a=DAYS, b=DAYS.replace("\n1,", "\n2,"))
    assert len(asked_of(page, "date_order")) == 2
    widget(page.toggle, "upload.at_once").set_value(True).run()
    page.radio(key=asked_of(page, "date_order")[0]).set_value("dmy").run()
    assert not asked_of(page, "date_order")
    loaded(page)
    assert held(company, "select distinct created_on from crm.deals") == [(date(2026, 2, 1),)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_kind_of_a_list_is_shown_and_can_be_changed(company: Store, open_page: Open, lang: str) -> None:
    leads = "Lead Name,Status,Source,Created Date,Owner\na,New,Web,2026-01-05,f\n"
    page = drop(open_page("upload", lang=lang), a=leads, b="deal_id,status,amount\n1,won,5\n")
    kinds = [one for one in page.selectbox if str(one.key).startswith("upload.table")]
    assert [one.value for one in kinds] == ["leads", "deals"]
    assert "%" in said(page)
    crms = [one for one in page.selectbox if str(one.key).startswith("upload.profile")]
    assert [one.value for one in crms] == ["generic", "sales-compass"]
    kinds[0].set_value("contacts").run()
    assert page.error, "that kind of list lacks columns, and that is said"
    assert "--" not in said(page)
    assert [one.value for one in page.selectbox if str(one.key).startswith("upload.table")] == ["contacts", "deals"]
    page.button(key="upload.take_back").click().run()
    assert not page.error
    loaded(page, lang)
    assert held(company, "select count(*) from crm.leads") == [(1,)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_list_that_is_not_understood_leaves_the_others_on_the_page(
    company: Store, open_page: Open, lang: str
) -> None:
    page = drop(open_page("upload", lang=lang), a=STRANGE, b="deal_id,status,amount\n1,won,5\n")
    (error,) = page.error
    assert "a.csv" in error.value.replace("\\", "")
    assert "upload.load" not in {button.key for button in page.button}
    assert not re.search(r"--[a-z]", said(page)), "a page has no flags"
    kinds = [one for one in page.selectbox if str(one.key).startswith("upload.table")]
    assert [one.value for one in kinds] == [None, "deals"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_with_nothing_left_to_load_there_is_nothing_to_press(company: Store, open_page: Open, lang: str) -> None:
    run(company, plan([Source("lines.csv", LINES.encode())]))
    page = drop(open_page("upload", lang=lang), orders=ORDERS)
    (key,) = asked_of(page, "orders")
    page.radio(key=key).set_value("lines").run()
    assert not page.exception
    assert "upload.load" not in {button.key for button in page.button}
    assert "upload.clear" in {button.key for button in page.button}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_speaks_its_own_words(company: Store, open_page: Open, lang: str) -> None:
    text = (
        "Name,Stage,Amount,Client,Created\n" + "a,Won,-1,A,31/01/2026\na,Open,-1,A,01/02/2026\na,Open,0,A,01/02/2026\n"
    )
    page = drop(open_page("upload", lang=lang), a=text)
    assert not re.search(r"--[a-z]", said(page))
    if lang == "zh-CN":
        assert not re.search(r"\b(amount|created_on|expected_close_on)\b", said(page)), (
            "fields are called by their names"
        )


def test_remembered_answers_are_those_of_the_store_that_is_loaded_into(company: Store, open_page: Open) -> None:
    told = Options(date_order="dmy")
    run(company, plan([Source("a.csv", DAYS.encode())], told))
    page = open_page("upload")
    assert any(texts("en")["upload.layouts"].format(count=1) in one.label for one in page.expander)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_whose_only_list_is_hidden_is_asked_for_it_and_loaded(
    company: Store, open_page: Open, lang: str
) -> None:
    page = open_page("upload", lang=lang)
    page.file_uploader[0].set_value([("book.xlsx", workbook(cover=True), "application/octet-stream")])
    page.run()
    assert not page.error
    (key,) = asked_of(page, "sheet")
    assert page.radio(key=key).options == ["Old people"]
    page.radio(key=key).set_value("Old people").run()
    loaded(page, lang)
    assert held(company, "select count(*) from crm.reps where not is_implied") == [(3,)]
