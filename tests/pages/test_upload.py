"""The upload page: each question on screen answered as a reader would, and what is loaded then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import current
from data.ingest import Options, Source, plan, run
from data.rates import lacking, rates
from data.settings import settings
from data.store import Store, open_store
from tests.pages.conftest import Open
from tests.rules.repository import ROOT
from tests.small import empty_at
from ui.text import LANGUAGES, texts

DEALS = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Created Date,Segment,细分\n"
    "1,a,Closed Won,5,2026-02-05,2026-01-05,gov,甲\n2,b,Closed Won,7,2026-02-06,2026-01-05,edu,乙\n"
)
DAYS = "deal_id,status,amount,created_on\n1,won,5,01/02/2026\n"
NAMELESS = "7,2026-01-05,12.50\n8,2026-01-06,8.25\n9,2026-01-07,4.00\n"
PAYMENTS = (
    "Payment Date,Customer,Amount,Receipt\n"
    "2026-01-05,Acme,100,a\n2026-01-05,Acme,100,b\n2026-01-06,Acme,50,c\n2026-01-06,Acme,50,c\n"
)
OPEN = "Opportunity ID,Opportunity Name,Stage,Amount\n1,a,Prospecting,-1\n2,b,Closed Won,5\n"
FOREIGN = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Currency,Close Date\n"
    "1,a,Closed Won,5,CNY,2026-02-05\n2,b,Closed Won,5,CNY,2026-02-05\n3,c,Closed Won,5,EUR,2026-02-05\n"
)


@pytest.fixture
def company(shown: Callable[[Path], Store], tmp_path: Path) -> Store:
    """A company of the test's own, with nothing in it."""
    return shown(empty_at(tmp_path / "company.duckdb"))


def widget(found: Iterable[Any], start: str) -> Any:
    """The one widget whose key begins like this; what follows tells it from those of other files and answers."""
    (only,) = [one for one in found if str(one.key).startswith(start)]
    return only


def drop(page: AppTest, **files: str) -> AppTest:
    """The page with these CSV files in its uploader, by name, in place of those that were there."""
    page.file_uploader[0].set_value([(f"{name}.csv", text.encode(), "text/csv") for name, text in files.items()])
    return page.run()


def add(page: AppTest, **files: str) -> AppTest:
    """The page with further CSV files beside those that lie there: these stay the same uploads, as in a browser."""
    uploader = page.file_uploader[0]
    uploader._files = uploader._get_files_to_register()
    for name, text in files.items():
        uploader.upload(f"{name}.csv", text.encode(), "text/csv")
    return page.run()


def dropped(open_page: Open, text: str, lang: str = "en") -> AppTest:
    page = open_page("upload", lang=lang)
    page.file_uploader[0].set_value([("a.csv", text.encode(), "text/csv")])
    return page.run()


def loaded(page: AppTest, lang: str = "en") -> AppTest:
    page.button(key="upload.load").click().run()
    for _ in range(100):
        if any(texts(lang)["upload.done"] in said.value for said in page.success):
            break
        time.sleep(0.1)
        page.run()
    assert not page.exception
    assert page.success, [error.value for error in page.error]
    return page


def held(store: Store, sql: str) -> list[tuple[object, ...]]:
    with store.snapshot() as seen:
        return list(seen.frame(sql).iter_rows())


def is_asked(page: AppTest, name: str, lang: str = "en") -> bool:
    """Whether the beginning of a text of the locale stands somewhere on the page, and nothing can be loaded."""
    beginning = texts(lang)[f"upload.{name}"].split("{", maxsplit=1)[0].strip() or texts(lang)[f"upload.{name}"][-12:]
    said = [
        *(one.value for one in (*page.markdown, *page.warning)),
        *(one.label for one in (*page.radio, *page.checkbox)),
    ]
    return any(beginning in text.replace("\\", "") for text in said) and "upload.load" not in {
        button.key for button in page.button
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_column_becomes_a_dimension_of_explore(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, DEALS, lang)
    widget(page.multiselect, "upload.own.").set_value(["Segment", "细分"]).run()
    loaded(page, lang)
    assert held(company, "select field, id from ops.dimensions order by field") == [
        ("Segment", "segment"),
        ("细分", "deal_column_1"),
    ]
    explored = open_page("explore", lang=lang, measures="won_amount", by="segment", **{"as": "table"})
    assert not explored.exception
    assert not explored.error
    assert {"Segment", "细分"} <= set(explored.selectbox(key="choice_by").options)
    cells = {str(cell) for frame in explored.dataframe for row in frame.value.to_numpy() for cell in row}
    assert {"gov", "edu"} <= cells, [type(one).__name__ for one in explored.main]
    again = dropped(open_page, DEALS, lang)
    widget(again.multiselect, "upload.own.").set_value(["Segment"]).run()
    loaded(again, lang)
    assert len(held(company, "from ops.dimensions")) == 2, "what is a dimension already stays"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_columns_without_names_are_named_in_the_page(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, NAMELESS, lang)
    assert is_asked(page, "ask_header", lang)
    assert "7 | 2026-01-05 | 12.50" in [code.value for code in page.code]
    widget(page.text_input, "upload.ask.header").set_value("order_id,ordered_on,amount").run()
    loaded(page, lang)
    assert held(company, "select count(*), sum(amount)::double from crm.order_lines") == [(3, 24.75)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_and_repeats_are_chosen_in_the_page(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, PAYMENTS, lang)
    asked = page.radio[0]
    assert len(asked.options) > 1
    asked.set_value(asked.options[1]).run()
    assert set(widget(page.multiselect, "upload.key.").value) >= {"Payment Date", "Customer", "Amount", "Receipt"}
    widget(page.segmented_control, "upload.offer.repeats.drop").set_value("keep").run()
    loaded(page, lang)
    assert held(company, "select count(*), sum(amount)::double from crm.payments") == [(4, 300.0)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_minus_one_is_asked_in_the_page(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, OPEN, lang)
    assert widget(page.radio, "upload.ask.missing_amounts") == page.radio[0]
    page.radio[0].set_value("blank").run()
    loaded(page, lang)
    assert held(company, "select amount::double from crm.deals order by deal_id") == [(None,), (5.0,)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_currencies_without_a_rate_are_asked_in_the_page(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, FOREIGN, lang)
    assert any("EUR" in one.value for one in page.warning)
    widget(page.checkbox, "upload.ask.without_rates").check().run()
    loaded(page, lang)
    assert held(company, "select count(amount) from crm.deals") == [(2,)]


@pytest.mark.parametrize("way", ["removed", "other page", "replaced"])
def test_answers_go_with_the_files_they_were_given_for(company: Store, open_page: Open, way: str) -> None:
    page = dropped(open_page, DAYS)
    page.radio[0].set_value("dmy").run()
    widget(page.selectbox, "upload.is_full").set_value(True).run()
    widget(page.date_input, "upload.as_of").set_value(date(2026, 3, 9)).run()
    assert page.button(key="upload.load"), "all is answered"
    if way == "removed":
        page.file_uploader[0].set_value([])
        page.run()
    elif way == "other page":
        page.switch_page(str(ROOT / "pages" / "data" / "history.py")).run()
        page.switch_page(str(ROOT / "pages" / "data" / "upload.py")).run()
        assert not page.file_uploader[0].value
    drop(page, b=DAYS)
    assert page.radio, "the day order of another file is asked anew"
    assert page.radio[0].value is None
    page.radio[0].set_value("mdy").run()
    assert widget(page.selectbox, "upload.is_full").value is None
    assert widget(page.date_input, "upload.as_of").value != date(2026, 3, 9)
    loaded(page)
    assert held(company, "select is_full, as_of = date '2026-03-09' from ops.uploads") == [(None, False)]
    assert held(company, "select created_on from crm.deals") == [(date(2026, 1, 2),)]


def test_answers_stay_while_a_file_they_were_given_for_is_there(company: Store, open_page: Open) -> None:
    page = open_page("upload")
    drop(page, a=DAYS)
    page.radio[0].set_value("dmy").run()
    add(page, b=OPEN)
    assert not [radio for radio in page.radio if "date_order" in str(radio.key)]
    widget(page.radio, "upload.ask.missing_amounts").set_value("keep").run()
    assert page.button(key="upload.load")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_answer_is_taken_back(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, NAMELESS, lang)
    widget(page.text_input, "upload.ask.header").set_value("one,two").run()
    assert page.error
    page.button(key="upload.take_back").click().run()
    assert not page.error
    assert is_asked(page, "ask_header", lang)
    widget(page.text_input, "upload.ask.header").set_value("order_id,ordered_on,amount").run()
    loaded(page, lang)
    assert held(company, "select count(*) from crm.order_lines") == [(3,)]


@pytest.mark.usefixtures("company")
def test_a_file_that_cannot_be_read_is_left_behind(open_page: Open) -> None:
    page = dropped(open_page, NAMELESS)
    widget(page.text_input, "upload.ask.header").set_value("one,two").run()
    assert page.error
    page.button(key="upload.clear").click().run()
    assert not page.error
    assert not page.file_uploader[0].value
    drop(page, b=NAMELESS)
    assert widget(page.text_input, "upload.ask.header").value == ""


def days_shown(page: AppTest) -> list[date]:
    return [one.value for one in page.date_input if str(one.key).startswith("upload.as_of")]


def test_a_day_that_was_only_shown_is_no_answer(company: Store, open_page: Open) -> None:
    january, march = (f"deal_id,status,amount\n{deal},won,5\n" for deal in (1, 2))
    page = drop(open_page("upload"), **{"deals 2026-01-31": january})
    assert days_shown(page) == [date(2026, 1, 31)]
    add(page, **{"deals 2026-03-31": march})
    assert days_shown(page) == [date(2026, 1, 31), date(2026, 3, 31)], "each list has its own"
    loaded(page)
    days = "select as_of, as_of_from from ops.uploads order by as_of"
    assert held(company, days) == [(date(2026, 1, 31), "file name"), (date(2026, 3, 31), "file name")]


def test_a_day_that_was_chosen_is_the_answer(company: Store, open_page: Open) -> None:
    page = drop(open_page("upload"), **{"deals 2026-01-31": "deal_id,status,amount\n1,won,5\n"})
    widget(page.date_input, "upload.as_of").set_value(date(2026, 2, 3)).run()
    assert widget(page.date_input, "upload.as_of").value == date(2026, 2, 3)
    loaded(page)
    assert held(company, "select as_of, as_of_from from ops.uploads") == [(date(2026, 2, 3), "flag")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_stages_mean_is_asked_of_each_file(company: Store, open_page: Open, lang: str) -> None:
    stages = {"a": ("1", "Blorp"), "b": ("2", "Zunk")}
    files = {name: f"deal_id,status,amount\n{deal},{word},5\n" for name, (deal, word) in stages.items()}
    page = drop(open_page("upload", lang=lang), **files)

    def asked(word: str) -> list[Any]:
        return [one for one in page.segmented_control if word in one.label]

    assert len(asked("Blorp")) == len(asked("Zunk")) == 1, "each file's question stands on the page"
    asked("Zunk")[0].set_value("lost").run()
    assert not asked("Zunk")
    assert asked("Blorp")[0].value is None, "a word of one file is no answer about another"
    asked("Blorp")[0].set_value("won").run()
    loaded(page, lang)
    assert held(company, "select deal_id, status from crm.deals order by deal_id") == [("1", "won"), ("2", "lost")]


@pytest.mark.usefixtures("demo")
def test_with_the_demo_on_screen_files_are_planned_for_the_companys_own_store(
    open_page: Open, demo_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALES_STORE", str(tmp_path / "own.duckdb"))
    monkeypatch.setenv("SALES_DEMO_STORE", str(demo_path))
    settings.cache_clear()
    try:
        own = open_store(tmp_path / "own.duckdb")
        first = "deal_id,status,amount,closed_on\n1,open,5,\n2,open,7,\n3,won,9,2026-01-05\n"
        run(own, plan([Source(name="deals 2026-01-31.csv", content=first.encode())]))
        later = "deal_id,status,amount,closed_on\n3,won,9,2026-01-05\n1,open,6,\n"
        page = drop(open_page("upload"), **{"deals 2026-03-31": later})
        assert current.is_demo(current.current())
        assert any("1 open deal with 7.00" in said.value.replace("\\", "") for said in page.warning), (
            "one of the own store is missing"
        )
        assert "upload.load" not in {button.key for button in page.button}
        assert not page.exception
        own.close()
    finally:
        settings.cache_clear()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_dry_run_names_what_is_odd_in_the_page(company: Store, open_page: Open, lang: str) -> None:
    run(company, plan([Source("customers.csv", b"customer_id,customer\nC1,Acme Corp\n")]))
    deals = "deal_id,deal,customer,status,amount,created_on,closed_on\n"
    deals += "1,a,Acme Corporation,won,100,2026-03-05,2026-02-05\n"
    page = drop(open_page("upload", lang=lang), deals=deals).run()
    assert not page.exception
    listed = [frame.value for frame in page.dataframe]
    cells = {str(cell) for frame in listed for column in frame.columns for cell in frame[column]}
    assert {"Acme Corporation", "Acme Corp"} <= cells
    said = {"en": "deals closed before they were created", "zh-CN": "商机的关闭日期早于创建日期"}[lang]
    assert said in cells


def test_a_rate_is_set_and_taken_back_in_the_page(company: Store, open_page: Open) -> None:
    deals = "deal_id,deal,status,amount,currency,created_on,closed_on\n"
    deals += "".join(f"{at},a,won,100,CNY,2026-01-05,2026-02-05\n" for at in range(3))
    deals += "9,b,won,5,USD,2026-01-05,2026-02-05\n"
    run(company, plan([Source("deals.csv", deals.encode())], Options(without_rates=True)))
    page = open_page("settings")
    page.text_input(key="rate.currency").set_value("USD")
    page.number_input(key="rate.rate").set_value(7.5)
    next(button for button in page.button if button.label == "Set the rate").click().run()
    assert not page.exception
    with company.snapshot() as seen:
        assert [(one.currency, one.rate) for one in rates(seen)] == [("USD", 7.5)]
        assert not lacking(seen)
    page.button(key="settings.rate_undo").click().run()
    with company.snapshot() as seen:
        assert not rates(seen)
