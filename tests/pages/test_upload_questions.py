"""Questions about what a list means, on the upload page: answered as a reader would, and what is loaded then."""

from __future__ import annotations

import time
from datetime import date

import pytest

from data.store import Store
from tests.pages.conftest import Open
from tests.pages.test_upload import company, dropped, held, loaded, widget
from ui.text import LANGUAGES, texts

__all__ = ["company"]  # the fixture of a company with nothing in it

INVOICES = "发票编号,客户名称,开票金额,开票日期,发票状态\nF1,甲,100,2026-01-05,已开票\nF2,乙,200,2026-01-06,草稿\n"
LINES = (
    "Deal ID,Deal Name,Stage,Close Date,Amount,Product\n1,Big,Closed Won,2026-01-05,300,Pen\n"
    "1,Big,Closed Won,2026-01-05,300,Cup\n2,Small,Closed Won,2026-01-06,50,Pen\n"
)
ORDERED = (
    "Order ID,Order Date,Customer Name,Product Name,Order Amount\n"
    "A1,2026-03-01,Acme,pen,50\nA1,2026-03-01,Acme,ink,50\nA2,2026-03-02,Acme,pen,40\nA2,2026-03-02,Acme,cap,40\n"
)
BY_PERSON = (
    "负责人,客户名称,商机名称,金额,阶段,预计成交日期\n张伟,甲,a,10,方案报价,2026-09-01\n,乙,b,20,方案报价,2026-09-02\n"
    ",丙,c,30,方案报价,2026-09-03\n李娜,丁,d,40,方案报价,2026-09-04\n,戊,e,50,方案报价,2026-09-05\n,己,f,60,方案报价,2026-09-06\n"
)
AMOUNTS = "Deal ID,Deal Name,Stage,Amount (USD),Amount (EUR),Close Date\n1,A,Closed Won,100,90,2026-01-05\n"
RENAMED = (
    "Deal Name,Stage,Amount,Account Name,Created Date\nA,Won,1,One,2026-01-10\nB,Won,2,Two,2026-01-10\n"
    "Phase 1,Won,50,{},2026-01-10\n"
)
GOALS = "c1,c2,c3\n华东,2026年1月,100\n华南,2026年1月,200\n"
FEW = "客户名称,回款金额,回款日期\n甲,100,2026-01-05\n乙,200,2026-01-06\n"
SALES = "日期,客户,产品,数量,金额,业务员\n2026-01-05,甲,软件,1,100,张三\n2026-01-06,乙,服务,1,40,李四\n"
NUMBERED = "回款编号,客户名称,回款金额,回款日期\nR1,甲,100,2026-01-05\nR2,乙,200,2026-01-06\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_nearly_void_and_whose_an_amount_is(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, INVOICES, lang)
    widget(page.segmented_control, "upload.ask.counts").set_value("no").run()
    loaded(page, lang)
    assert held(company, "select invoice_id from crm.invoices") == [("F1",)]
    page = dropped(open_page, LINES, lang)
    widget(page.radio, "upload.ask.lines").set_value("line").run()
    loaded(page, lang)
    assert held(company, "select sum(amount)::double from crm.deals") == [(650.0,)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_stands_once_for_several_rows(company: Store, open_page: Open, lang: str) -> None:
    page = dropped(open_page, ORDERED, lang)
    widget(page.radio, "upload.ask.lines").set_value("deal").run()
    loaded(page, lang)
    assert held(company, "select sum(amount)::double, count(*) from crm.order_lines") == [(90.0, 4)]
    page = dropped(open_page, BY_PERSON, lang)
    asked = widget(page.radio, "upload.ask.blanks")
    assert "负责人" in asked.label
    answers = [["As above\\:", "Nothing\\:"], ["同上一行：", "没有内容："]][lang != "en"]
    assert [option.startswith(answer) for option, answer in zip(asked.options, answers, strict=True)] == [True, True]
    assert "乙 → 张伟" in asked.options[0]
    asked.set_value("above").run()
    loaded(page, lang)
    found = held(company, "select rep, count(*) from crm.deals join crm.reps using (rep_key) group by rep order by rep")
    assert found == [("张伟", 3), ("李娜", 3)]


def test_which_of_two_currencies_is_meant(company: Store, open_page: Open) -> None:
    page = dropped(open_page, AMOUNTS)
    asked = widget(page.radio, "upload.ask.currency_column")
    assert ["USD" in option for option in asked.options] == [True, False]
    asked.set_value("Amount (EUR)").run()
    loaded(page)
    assert held(company, "select amount_original::double, currency from crm.deals") == [(90.0, "EUR")]


@pytest.mark.parametrize(("lang", "answer", "money"), [("en", "same", 53.0), ("zh-CN", "apart", 103.0)])
def test_whether_a_renamed_deal_is_the_same(
    company: Store, open_page: Open, lang: str, answer: str, money: float
) -> None:
    """Phase 1 was won of Globex Corp, and is listed under Globex SE a week later."""
    loaded(dropped(open_page, RENAMED.format("Globex Corp"), lang), lang)
    page = dropped(open_page, RENAMED.format("Globex SE"), lang)
    asked = widget(page.radio, "upload.ask.renamed")
    assert "Globex Corp → Globex SE" in asked.label
    asked.set_value(answer).run()
    if answer == "apart":  # two of three rows are found again
        widget(page.checkbox, "upload.ask.accept_keys").check().run()
    loaded(page, lang)
    assert held(company, "select sum(amount)::double from crm.deals where status = 'won'") == [(money,)]


def test_of_what_and_whose_goals_are(company: Store, open_page: Open) -> None:
    page = dropped(open_page, GOALS)
    widget(page.selectbox, "upload.ask.goal.c3").set_value("won_amount").run()
    widget(page.selectbox, "upload.ask.goal.c1").set_value("region").run()
    loaded(page)
    found = held(
        company, "select measure, scope, scope_value, starts_on, value from crm.targets order by value limit 1"
    )
    assert found == [("won_amount", "region", "华东", date(2026, 1, 1), 100.0)]


def test_the_key_of_before_is_chosen_where_few_rows_are_found_again(company: Store, open_page: Open) -> None:
    loaded(dropped(open_page, FEW))
    page = dropped(open_page, NUMBERED)
    asked = widget(page.radio, "upload.ask.keys_before")
    assert asked.options[0].replace("\\", "").count("100.0 %") == 2, "all are unique, and all are found again"
    assert widget(page.multiselect, "upload.ask.other_key").options == ["回款编号", "客户名称", "回款金额", "回款日期"]
    asked.set_value("客户名称,回款日期,回款金额").run()
    loaded(page)
    assert held(company, "select count(*), sum(amount)::double from crm.payments") == [(2, 300.0)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lines_that_a_corrected_list_takes_the_place_of_are_seen_before_and_after(
    company: Store, open_page: Open, lang: str
) -> None:
    """Beside its counts, of which they are none: in the dry run, what was loaded, and the uploads so far."""
    loaded(dropped(open_page, SALES, lang), lang)
    page = dropped(open_page, SALES.replace(",40,", ",45,"), lang)
    said = [*page.radio, *page.segmented_control]
    widget([one for one in said if "orders" in str(one.key)], "upload.").set_value("replace").run()
    rehearsed = "no longer count: lines" if lang == "en" else "不再计入：此前上传"
    for _ in range(100):
        cells = [str(cell) for frame in page.dataframe for row in frame.value.to_numpy() for cell in row]
        if any(rehearsed in cell for cell in cells):
            break
        time.sleep(0.1)
        page.run()
    assert any(rehearsed in cell for cell in cells)
    assert texts(lang)["rehearsed.nothing_odd"] not in [one.value for one in page.success]
    told = texts(lang)["upload.withdrawn"].format(rows="1 (40.00)")
    page = loaded(page, lang)
    assert any(told in one.value.replace("\\", "") for one in page.markdown)
    history = open_page("history", lang=lang)
    assert any(told in one.value.replace("\\", "") for one in history.caption)
    assert "1 (40.00)" in [str(cell) for frame in history.dataframe for row in frame.value.to_numpy() for cell in row]
