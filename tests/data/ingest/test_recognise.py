"""A profile is chosen only when its score clearly wins; what would be a guess is a question."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import ingest
from data.ingest import Options, Source
from data.ingest.match import GENERAL_RANK
from data.ingest.profile import profiles
from data.ingest.recognise import CLEAR, Wish, matches, recognise
from data.ingest.texttable import TextTable
from metrics.errors import SalesError
from tests.data.ingest.test_crms import EXPORTS

TODAY = date(2026, 11, 21)
HEADERS = sorted(
    {header for profile in profiles().values() for section in profile.tables.values() for header in section.headers()}
)


def listed(headers: list[str]) -> TextTable:
    import polars as pl

    frame = pl.DataFrame({"#line": [2], **{str(index): ["x"] for index in range(len(headers))}})
    return TextTable("a.csv", headers, frame, "utf-8", ",", 1, [])


@given(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=20, unique=True))
@settings(max_examples=60, deadline=None)
def test_a_crm_is_chosen_only_when_no_other_reading_is_as_good(headers: list[str]) -> None:
    table = listed(headers)
    try:
        found = recognise(table, Wish())
    except SalesError:
        return
    if found.rivals:
        return  # a question
    best = found.best
    assert not best.missing
    for other in matches(table, Wish()):
        if other.missing or other.table == best.table or other.score < 0.3:
            continue
        assert best.score - other.score >= CLEAR - 1e-9, (best.section, other.section)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.stem)
def test_columns_of_its_own_and_another_order_change_nothing(export: Path) -> None:
    """A company adds columns and moves them about."""
    profile, table, _ = export.stem.split("-")
    lines = [line for line in export.read_text("utf-8").splitlines() if not line.startswith(("Confid", "Copyr"))]
    import csv

    sign = max(",;", key=lines[0].count)
    rows = list(csv.reader(lines, delimiter=sign))
    own = [[f"Custom field {n}" if number == 0 else f"v{n}" for n in range(4)] for number in range(len(rows))]
    order = random.Random(7).sample(range(len(rows[0]) + 4), len(rows[0]) + 4)
    shuffled = [[(row + extra)[index] for index in order] for row, extra in zip(rows, own, strict=True)]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in shuffled)
    plan = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files[0]
    assert (plan.profile, plan.table) == (profile, table), [(m.profile.name, m.section, m.score) for m in plan.scores]


def test_two_readings_as_good_as_each_other_are_asked_about() -> None:
    text = "Lead Name,Contact Name,Email,Company,Status,Source,Created Date,Owner\na,b,c@d.fr,e,New,Web,2026-01-05,f\n"
    (file,) = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files
    (question,) = file.questions
    assert (question.code, question.flag, question.choices) == ("ask_reading", "--table", ("leads", "contacts"))
    assert "leads (generic) 62%; contacts (generic) 62%" in question.text("en")
    (answered,) = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY, table="contacts")).files
    assert (answered.table, answered.questions) == ("contacts", [])


def test_usual_names_are_no_crm() -> None:
    text = "商机名称,客户名称,商机阶段,商机金额,预计成交日期,创建时间,负责人\n一,甲,赢单,5,2026-01-05,2026-01-01,李\n"
    (file,) = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files
    assert file.profile == "generic", "nothing in it says whose CRM it is"
    assert all(
        profile.rank > GENERAL_RANK or name in ("generic", "sales-compass") for name, profile in profiles().items()
    )


def test_a_companys_own_columns_do_not_outdo_the_crm() -> None:
    """Usual names know 备注 and Phone too; the file is still the one that says opportunity_id and sales_agent."""
    maven = [
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ]
    for own in (["备注"], ["Notes", "Phone"]):
        found = recognise(listed([*maven, *own]), Wish())
        assert found.best.profile.name == "maven"
        assert not found.rivals


@pytest.mark.parametrize("won", ["Won", "Closed Won"])
@pytest.mark.parametrize("header", ["Stage", "Deal Stage", "Deal Stagee"])
def test_a_stage_says_won_and_lost_under_whatever_name_it_is_found(header: str, won: str) -> None:
    text = f"Deal ID,Deal Name,{header},Amount,Close Date\n1,A,{won},100,2026-01-05\n2,B,Lost,200,2026-01-06\n"
    plan = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files[0]
    assert (plan.profile, plan.questions) == ("hubspot", [])
    assert plan.checked is not None
    assert plan.checked.rows["stage"].to_list() == [won, "Lost"]
    assert plan.checked.rows["status"].to_list() == ["won", "lost"]
    assert plan.checked.rows["closed_on"].to_list() == [date(2026, 1, 5), date(2026, 1, 6)]


@pytest.mark.parametrize(
    ("headers", "table"),
    [
        ("Campaign ID,Campaign Name,Source,Start Date,End Date,Cost", "campaigns"),
        ("Campaign Name,Type,Status,Start Date,End Date,Budgeted Cost,Actual Cost", "campaigns"),
        ("市场活动名称,渠道,开始日期,结束日期,实际费用", "campaigns"),
        ("Product,Warehouse,Quantity on Hand,Date", "stock"),
        ("商品名称,仓库,库存数量,盘点日期", "stock"),
        ("Market,Region,Start Date,End Date,Market Size,Competitor,Competitor Sales", "market"),
        ("市场,区域,开始日期,结束日期,市场规模,竞争对手,竞争对手销售额", "market"),
        ("Order ID,Date,Product,Quantity,Amount,Campaign", "order_lines"),  # that an order names one makes it none
        ("Invoice Number,Invoice Date,Deal ID,Amount", "invoices"),
    ],
)
def test_lists_beside_a_crm_go_by_their_usual_names(headers: str, table: str) -> None:
    """Campaigns were taken for invoices, and a deal's id on an invoice for nothing."""
    found = recognise(listed(headers.split(",")), Wish())
    assert (found.best.table, list(found.rivals)) == (table, [])
    if table == "invoices":
        assert "deal_id" in found.best.columns


@pytest.mark.parametrize("headers", ["Date,Customer,Amount", "Date,Product,Amount", "Date,Customer,Sales Rep,Revenue"])
def test_names_beside_a_day_and_money_are_no_list_of_customers(headers: str) -> None:
    """Whether each row is a sale, nothing in it says: it is refused with the way to say so, unique names or not."""
    table = listed(headers.split(","))
    with pytest.raises(SalesError, match="--table"):
        recognise(table, Wish())
    assert recognise(listed(["Date", "Customer", "City"]), Wish()).best.table == "customers"


@pytest.mark.parametrize("tier", ["Customer Tier", "Account Tier", "客户等级"])
@pytest.mark.parametrize("headers", ["Account ID,Account Name", "Account Name,Industry,Owner,Category"])
def test_a_tier_is_read_whatever_crm_the_list_is_taken_for(headers: str, tier: str) -> None:
    """It was kept aside where the CRM's own list calls something else its tier."""
    found = recognise(listed([*headers.split(","), tier]), Wish()).best
    assert found.table == "customers"
    assert "tier" in found.columns
    assert found.columns["tier"] == len(headers.split(",")) or tier in str(found.columns["tier"])


USUAL = {
    "tickets": "Ticket #,Subject,Customer,Priority,Status,Created,Resolved\n1,x,A,High,Closed,2026-01-05,2026-01-16\n",
    "customers": "客户编码,客户全称,客户等级,城市,业务员,建档日期\nC1,甲公司,A,上海,张三,2023/5/16\n",
    "fx_rates": "日期,币种,汇率(对人民币)\n2026-01-01,USD,7.05\n",
    "deal_stages": "Opportunity ID,Opportunity Name,From Stage,To Stage,Edit Date\nO1,A,New,Won,2026-01-15\n",
    "stock": "Item Code;Item Name;Warehouse;On Hand Qty;As of\nA1;Pump;Main;120;31.01.2026\n",
    "order_lines": "Order Reference,Creation Date,Order Lines/Product,Order Lines/Subtotal\nS1,2026-01-05,Desk,9\n",
}


@pytest.mark.parametrize("table", USUAL)
def test_lists_by_more_of_their_usual_names(table: str) -> None:
    (file,) = ingest.plan([Source("a.csv", USUAL[table].encode())], Options()).files
    assert (file.table, file.refused, file.questions) == (table, 0, [])


def test_deals_that_kommo_calls_leads_and_bitrix24_names_in_russian() -> None:
    head = {
        "ID,Lead title,Company,Responsible user,Lead status,Sale,Created at,Closed at": (
            "Closed - won", "Closed - lost",
        ),
        "ID,Название сделки,Компания,Ответственный,Стадия сделки,Сумма,Дата создания,Дата закрытия": (
            "Сделка успешна", "Сделка провалена",
        ),
    }  # fmt: skip
    for header, (won, lost) in head.items():
        days = "2026-01-05,2026-01-20"
        text = f"{header}\n1,A,ООО Ромашка,Анна,{won},10,{days}\n2,B,ЗАО Вега,Олег,{lost},5,{days}\n"
        (file,) = ingest.plan([Source("a.csv", text.encode())], Options()).files
        assert file.table == "deals"
        assert file.checked is not None
        assert file.checked.rows["status"].to_list() == ["won", "lost"]


def test_of_two_closing_days_the_expected_one_is_called_so() -> None:
    names = "Deal,Account,Owner,Status,Amount,Created Date,Close Date,Forecasted Close Date"
    text = f"{names}\nA,B,C,Open,5,2026-01-05,,2026-02-14\n"
    (file,) = ingest.plan([Source("a.csv", text.encode())], Options()).files
    assert file.checked is not None
    assert str(file.checked.rows["expected_close_on"][0]) == "2026-02-14"


def test_a_refusal_names_the_list_that_lacks_little() -> None:
    text = "Deal,Customer,Owner,Value,Created,Probability\nA,Acme,Ann,1000,2026-01-05,50%\n"
    with pytest.raises(SalesError, match=r"Nearest is deals .*which also needs Stage"):
        ingest.plan([Source("a.csv", text.encode())], Options())
