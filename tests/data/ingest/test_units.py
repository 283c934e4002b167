"""Numbers of a file with their units and currencies: each digit is kept, refused or said, and so is each unit."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from data.ingest.currencies import in_header
from data.ingest.errors import ColumnsMissing
from data.ingest.header_units import unit_beside
from data.ingest.names import normal, unit_in, unit_of_title
from tests.data.ingest.test_plan import WITH_ID, codes, planned, refused, rows


def test_what_is_computed_of_two_columns_is_read_with_the_decimal_sign_that_was_named() -> None:
    text = "order_id;ordered_on;customer;product;quantity;unit_price\nA1;2026-01-05;甲;x;2,000;1.234,50\n"
    plan = planned(text, decimal="comma")
    assert rows(plan).select("quantity", "unit_price", "amount").rows() == [
        (2.0, Decimal("1234.5"), Decimal("2469.0000"))
    ]
    thousands = planned(text.replace("2,000", "2").replace("1.234,50", "1.234"), decimal="comma")
    assert rows(thousands)["amount"].to_list() == [Decimal(2468)], "1.234 is a thousand where a comma is the sign"


def test_numbers_that_cannot_be_held_refuse_their_row_and_rounded_ones_keep_their_text() -> None:
    amounts = ["1e400", "12345678901234567890", "1.23456", "7", "8", "9"]
    text = WITH_ID + "".join(f"D{at},Deal,{amount},won,2026-01-05,Ann\n" for at, amount in enumerate(amounts))
    plan = planned(text)
    assert rows(plan).select("deal_id", "amount", "extra").rows() == [
        ("D2", Decimal("1.2346"), '{"Amount":"1.23456"}'),
        *((f"D{at}", Decimal(amounts[at]), None) for at in (3, 4, 5)),
    ]
    assert [reasons for _, reasons, *_ in refused(plan)] == [[f"unreadable:Amount:{text}"] for text in amounts[:2]]
    assert "rounded" in codes(plan)


def test_a_count_that_is_not_whole_is_refused_not_rounded() -> None:
    text = "order_id,line_no,ordered_on,product,amount\n" + "".join(
        f"A,{line},2026-01-05,x,5\n" for line in ("1", "2.5", "3", "4", "3000000000")
    )
    plan = planned(text)
    assert rows(plan)["line_no"].to_list() == [1, 3, 4]
    assert [why[0] for _, why, *_ in refused(plan)] == ["unreadable:line_no:2.5", "unreadable:line_no:3000000000"]


def test_a_product_of_which_one_part_is_no_number_refuses_its_row() -> None:
    text = "order_id,ordered_on,customer,product,quantity,unit_price,Sales,Profit\n"
    text += "A,2026-01-05,甲,x,2,5,10,lots\n" + "".join(f"B{at},2026-01-05,甲,x,2,5,10,4\n" for at in range(3))
    plan = planned(text)
    assert rows(plan)["cost"].to_list() == [Decimal(6)] * 3
    assert [why[0].partition(":")[0] for _, why, *_ in refused(plan)] == ["unreadable"]


DEALS = "Deal ID,Deal Name,{name},Stage,Close Date\n1,A,{one},Won,2026-01-02\n2,B,{other},Won,2026-02-02\n"


@pytest.mark.parametrize(
    ("header", "base", "factor", "currency"),
    [
        ("Amount (HKD)", "Amount", 1, "HKD"),
        ("Amount (in JPY)", "Amount", 1, "JPY"),
        ("amount_eur", "amount", 1, "EUR"),
        ("Amount USD", "Amount", 1, "USD"),
        ("Value (k€)", "Value", 1_000, "EUR"),
        ("Amount (mln)", "Amount", 1_000_000, None),
        ("Valor (mil)", "Valor (mil)", 1, None),  # a thousand in Portuguese and Spanish, a million in English
        ("Amount in k", "Amount", 1_000, None),
        ("amount_in_k", "amount", 1_000, None),
        ("Amount (k USD)", "Amount", 1_000, "USD"),
        ("Amount USDk", "Amount", 1_000, "USD"),
        ("Amount, thousands", "Amount", 1_000, None),
        ("Amount (USD, in thousands)", "Amount", 1_000, "USD"),
        ("Umsatz (Tsd. €)", "Umsatz", 1_000, "EUR"),
        ("Umsatz TEUR", "Umsatz", 1_000, "EUR"),
        ("Umsatz in T€", "Umsatz", 1_000, "EUR"),
        ("Montant (milliers d'euros)", "Montant", 1_000, "EUR"),
        ("Importe (miles de €)", "Importe", 1_000, "EUR"),
        ("Distance (miles)", "Distance (miles)", 1, None),
        ("Amount (INR Cr)", "Amount", 10_000_000, "INR"),
        ("Amount (lakh)", "Amount", 100_000, None),
        ("Amount (CNY 10,000)", "Amount (CNY 10,000)", 1, None),
        ("Amount x 1,000", "Amount x 1,000", 1, None),
        ("Team K", "Team K", 1, None),
        ("Region MN", "Region MN", 1, None),
        ("金额(万元)(含税)", "金额", 10_000, None),
        ("金额(人民币,万元)", "金额", 10_000, "CNY"),
        ("金额(美元,万元)", "金额", 10_000, "USD"),
        ("合同金额（万元） 含税", "合同金额", 10_000, None),
        ("合同金额（万元）（不含税）", "合同金额(不含税)", 10_000, None),
        ("金额（含税，单位：万元）", "金额", 10_000, None),
        ("金额(万元/年)", "金额(年)", 10_000, None),
        ("金额（万元）*", "金额", 10_000, None),
        ("Amount (k€, net)", "Amount (net)", 1_000, "EUR"),
        ("Amount (USD, incl. VAT)", "Amount", 1, "USD"),
        ("Amount (in thousands) (USD)", "Amount", 1_000, "USD"),
        ("金额/万元", "金额", 10_000, None),
        ("金额（万）", "金额", 10_000, None),
        ("金额（千）", "金额", 1_000, None),
        ("金额(百元)", "金额", 100, None),
        ("金额(RMB万)", "金额", 10_000, "CNY"),
        ("金额（萬元）", "金额", 10_000, None),
        ("Betrag (Mio. EUR)", "Betrag", 1_000_000, "EUR"),
        ("Amount (USD mm)", "Amount", 1_000_000, "USD"),
        ("Amount (USD bn)", "Amount", 1_000_000_000, "USD"),
        ("Width (mm)", "Width (mm)", 1, None),
        ("金额（十万元）", "金额", 100_000, None),
        ("金额（百万美元）", "金额", 1_000_000, "USD"),
        ("金额（千万）", "金额", 10_000_000, None),
        ("金额(百亿元)", "金额", 10_000_000_000, None),
        ("Amount (USD thousands)", "Amount", 1_000, "USD"),
        ("金额（美元）", "金额", 1, "USD"),
        ("金额（万美元）", "金额", 10_000, "USD"),
        ("金额（港币万元）", "金额", 10_000, "HKD"),
        ("金额（单位：万元）", "金额", 10_000, None),
        ("金额/元", "金额", 1, None),
        ("Amount (Won)", "Amount (Won)", 1, None),
        ("Deals/Won", "Deals/Won", 1, None),
        ("Region (ALL)", "Region (ALL)", 1, None),
    ],
)
def test_units_and_currencies_in_the_names_of_columns(
    header: str, base: str, factor: int, currency: str | None
) -> None:
    assert normal(unit_in(header).base) == normal(base)
    assert (unit_in(header).factor, in_header(header)) == (factor, currency)


@pytest.mark.parametrize(
    ("line", "factor", "currency"),
    [
        ("单位：万美元", 10_000, "USD"),
        ("單位：新臺幣萬元", 10_000, "TWD"),
        ("金额单位：人民币百万元", 1_000_000, None),
        ("单位：十万元", 100_000, None),
        ("Unit: EUR mln", 1_000_000, "EUR"),
        ("币种：港币", 1, "HKD"),
        ("Amounts in USD thousands", 1_000, "USD"),
        ("Report in thousands of EUR", 1_000, "EUR"),
        ("Prepared in Hong Kong", 1, None),
    ],
)
def test_units_and_currencies_in_a_line_above(line: str, factor: int, currency: str | None) -> None:
    assert (unit_of_title([line]).factor, in_header("Amount", [line])) == (factor, currency)


@pytest.mark.parametrize("name", ["Amount (HKD)", "Amount HKD", "amount_hkd", "金额（港币）", "Amount/HK$"])
def test_a_currency_in_the_name_hides_no_column(name: str) -> None:
    plan = planned(DEALS.format(name=name, one=5, other=6))
    assert rows(plan).select("amount", "currency").rows() == [(Decimal(5), "HKD"), (Decimal(6), "HKD")]
    assert "currency_sign" in codes(plan)


def test_a_column_without_a_currency_is_the_amount_beside_one_with() -> None:
    plan = planned("Deal ID,Deal Name,Amount USD,Amount,Stage\n1,A,5,35,Won\n")
    assert rows(plan)["amount"].to_list() == [Decimal(35)]
    assert "columns_rival" in codes(plan)


def test_cells_name_their_currency_in_words_signs_and_codes() -> None:
    said = {
        "200美元": (200, "USD"), "HK$ 300": (300, "HKD"), "100 元": (100, "CNY"), "100 万美元": (1_000_000, "USD"),
        "300日元": (300, "JPY"), "300 Euro": (300, "EUR"), "USD 1.2M": (1_200_000, "USD"), "港币5,000": (5_000, "HKD"),
    }  # fmt: skip
    listed = "".join(f'{at},D{at},"{text}",Won\n' for at, text in enumerate(said))
    plan = planned("Deal ID,Deal Name,Amount,Stage\n" + listed, without_rates=True, currency="CNY")
    assert rows(plan).select("amount", "currency").rows() == [(Decimal(many), code) for many, code in said.values()]


def test_a_title_names_unit_and_currency() -> None:
    plan = planned("单位：万美元\n" + DEALS.format(name="Amount", one=5, other=6))
    assert rows(plan).select("amount", "currency").rows() == [(Decimal(50_000), "USD"), (Decimal(60_000), "USD")]


ORDERS = "order_id,ordered_on,customer,product,{}\nA,2026-01-05,甲,x,{}\nB,2026-01-06,乙,y,{}\n"


def test_what_is_computed_goes_by_the_units_of_its_columns() -> None:
    plan = planned(ORDERS.format("quantity,单价(万元),Sales(千元),Profit(千元)", "2,5,100,40", "3,5,150,50"))
    found = rows(plan)
    assert found["cost"].to_list() == [Decimal(60_000), Decimal(100_000)]
    without = planned(ORDERS.format("销售数量,销售单价(万元)", "2,5", "3,5"))
    assert rows(without)["amount"].to_list() == [Decimal(100_000), Decimal(150_000)]


BESIDE = ["商机名称,客户名称,金额,阶段", "a,甲,12,赢单", "b,乙,8,方案报价"]


def deals_of(*lines: str) -> list[int]:
    return [int(amount) for amount in rows(planned("\n".join(lines)))["amount"]]


@pytest.mark.parametrize("note", ["注：以上金额单位均为万元", "说明：金额单位为万元", "注：单位：万元"])
def test_a_note_below_the_list_says_the_unit(note: str) -> None:
    assert deals_of(*BESIDE, "", note) == [120_000, 80_000]


def test_a_column_of_one_unit_of_money_says_it() -> None:
    head, *lines = BESIDE
    assert deals_of(f"{head},单位", *(f"{line},万元" for line in lines)) == [120_000, 80_000]
    assert deals_of(f"{head},单位", *(f"{line},件" for line in lines)) == [12, 8]


MAKERS = [
    "编制单位：某某科技有限公司",
    "报送单位：某某集团",
    "填表单位：销售部",
    "销售单位：华东区",
    "编制单位：万科企业股份有限公司",
]


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(
    "form", ["{},,单位：万元\n", "{}\n单位：万元\n", "{}    单位：万元\n", "{}\n(金额：万元)\n", "{}\n以万元为单位\n"]
)
def test_who_made_a_list_says_no_unit_and_hides_none(maker: str, form: str) -> None:
    assert deals_of(form.format(maker) + "\n".join(BESIDE)) == [120_000, 80_000]


@pytest.mark.parametrize(
    "title",
    [
        *MAKERS, "编制单位：千方科技", "单位：亿联网络", "汇总单位：百万庄营业部", "计量单位：千克",
        "编制单位：万华化学  单位：元",
        "销售单位：美元", "Report in millions of rows", "Units: Thousand Oaks office", "Business unit: K",
        "Note: amounts in thousands of units only", "金额：12万元",
    ],
)  # fmt: skip
def test_names_that_begin_like_a_unit_are_none(title: str) -> None:
    found = unit_of_title([title])
    assert (found.factor, found.currency) == (1, "元" if title.endswith(" 单位：元") else None)


@pytest.mark.parametrize(
    ("line", "factor"),
    [
        ("注：本表以万元为单位", 10_000), ("(金额：万元)", 10_000), ("單位：萬元", 10_000),
        ("註：以上金額單位均為萬元", 10_000),
        ("金额单位：（万元）", 10_000), ("单位：万元人民币", 10_000), ("以万为单位", 10_000), ("Unit: k€", 1_000),
        ("(in thousands, except per share data)", 1_000), ("All figures in USD thousands", 1_000),
    ],
)  # fmt: skip
def test_a_unit_as_titles_and_notes_write_it(line: str, factor: int) -> None:
    assert unit_of_title([line]).factor == factor


@pytest.mark.parametrize("unit", ["千", "万", "k", "thousand"])
def test_goods_counted_in_thousands_are_no_money_in_thousands(unit: str) -> None:
    line = "{},2026-01-0{},A公司,袋,{},{},10,{}\n"
    text = (
        "订单编号,日期,客户名称,产品,数量,单位,单价,金额\n"
        + line.format("S1", 1, 2, unit, 20)
        + line.format("S2", 2, 3, unit, 30)
    )
    assert rows(planned(text))["amount"].to_list() == [Decimal(20), Decimal(30)]
    prices = f"产品,规格,单位,标准价格,产品编号\n袋,大,{unit},10,P1\n盒,小,{unit},20,P2\n"
    assert rows(planned(prices))["list_price"].to_list() == [Decimal(10), Decimal(20)]


@pytest.mark.parametrize("sheet", ["商机(元)", "商机(千元)"])
def test_two_units_that_differ_are_asked_about(sheet: str) -> None:
    head, *lines = BESIDE
    unit = sheet[3:-1]
    text = "\n".join(["单位：万元", f"{head},金额单位", *(f"{line},{unit}" for line in lines)])
    assert "ask_unit" in [question.code for question in planned(text).questions]
    told = planned(text, unit="1000")
    assert rows(told)["amount"].to_list() == [Decimal(12_000), Decimal(8_000)]
    assert "unit_of_title" not in codes(told), "they were not multiplied by 10,000"
    agreed = planned(text.replace(unit, "万元"))
    assert "ask_unit" not in [question.code for question in agreed.questions]


@pytest.mark.parametrize("title", ["USD '000", "(RMB thousands)", "$ thousands"])
def test_a_title_that_is_nothing_but_a_unit(title: str) -> None:
    assert deals_of(title, *BESIDE) == [12_000, 8_000]


@pytest.mark.parametrize(
    ("sheet", "factor"),
    [
        ("商机(万元)", 10_000),
        ("商机（千元）", 1_000),
        ("商机(2026)", 1),
        ("商机", 1),
        ("Deals (thousands)", 1_000),
        ("Deals (000)", 1_000),
        ("Deals (k€)", 1_000),
        ("Deals (in millions)", 1_000_000),
        ("Team (K)", 1),
    ],
)
def test_the_name_of_a_sheet_says_the_unit(sheet: str, factor: int) -> None:
    frame = pl.DataFrame({"0": ["1"]})
    lines = unit_beside(sheet, ["金额"], frame)
    assert unit_of_title(lines).factor == factor


def test_amounts_in_cents_are_divided_but_for_currencies_without_any() -> None:
    text = "id,object,amount,amount_captured,amount_refunded,created,currency,customer,status\n"
    text += "ch_1,charge,2000,2000,0,1767600000,usd,c,succeeded\n"
    text += "ch_2,charge,3055,3055,1000,1767700000,usd,c,succeeded\n"
    found = planned(text + "ch_3,charge,5000,5000,0,1767800000,jpy,c,succeeded\n", without_rates=True)
    assert rows(found)["amount"].to_list() == [Decimal(20), Decimal("20.55"), Decimal(5000)]
    assert "amounts_in_cents" in codes(found)
    found = planned(text + "ch_3,charge,5000,5000,,1767800000,kwd,c,succeeded\n", without_rates=True)
    assert rows(found)["amount"].to_list() == [Decimal(20), Decimal("20.55"), Decimal(5)], "nothing was paid back"


def test_amounts_with_fractions_are_in_no_cents() -> None:
    text = "id,object,amount,amount_captured,amount_refunded,created,currency,customer,status\n"
    found = planned(text + "ch_1,charge,123.45,123.45,0.00,1767600000,usd,c,succeeded\n")
    assert rows(found)["amount"].to_list() == [Decimal("123.45")]
    assert "amounts_not_in_cents" in codes(found)


HEADLESS = "商机编号,商机名称,客户名称,负责人,阶段,金额,创建时间\nD1,甲,客,张三,赢单,12,2026-01-05\n"


@pytest.mark.parametrize("name", ["金额(千元, 不含税)", "金额(税前/千元)", "金额(千元)(net)", "金额(千元) 含税"])
def test_the_only_amount_may_say_what_it_holds_of_tax(name: str) -> None:
    text = HEADLESS.replace("金额", f'"{name}"')
    assert rows(planned(text))["amount"].to_list() == [Decimal(12_000)]


def test_an_amount_without_tax_is_none_beside_one_that_says_no_tax() -> None:
    text = HEADLESS.replace("金额", "金额,金额(不含税)").replace(",12,", ",12,10,")
    assert rows(planned(text))["amount"].to_list() == [Decimal(12)]
    two = HEADLESS.replace("金额", "金额(税前),金额(税后)").replace(",12,", ",12,10,")
    with pytest.raises(ColumnsMissing):
        planned(two, table="deals", profile="generic")


def test_the_words_at_the_ends_of_a_scale_are_no_part_of_its_numbers() -> None:
    """SurveyMonkey writes them beside the first and the last number, and a second line below the names."""
    text = "Respondent ID,End Date,How likely is it that you would recommend us?\n,,Response\n"
    text += "1,01/15/2026 10:05:00 AM,Extremely likely - 10\n2,01/16/2026 10:05:00 AM,8\n"
    text += "3,01/17/2026 10:05:00 AM,Not at all likely - 0\n4,01/18/2026 10:05:00 AM,9 (likely)\n"
    assert rows(planned(text))["score"].to_list() == [10, 8, 0, 9]
