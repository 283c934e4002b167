"""Exports as people's systems and hands write them, in both languages: recognised, or asked about, never guessed."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.ingest.names import unit_of_title, without_unit

TODAY = date(2026, 10, 1)
TEXTS = {
    "people": "负责人,团队,主管\n张三,华东一区,李四\n李四,华东一区,\n王五,华南区,赵六\n",
    "close": "Deal,Owner,Stage,Value,Created,Close\nAlpha,Ann,Won,1000,2026-01-05,2026-02-06\n",
    "xiaoshouyi": "销售机会名称,客户名称,销售机会所有人,销售阶段,销售金额（元）,结单日期,可能性,创建日期\n"
    '升级,甲公司,张三,赢单,"120,000.00",2026/3/5,100%,2026/1/2\n',
    "fxiaoke": "商机2.0名称,客户名称,负责人（必填）,商机2.0阶段,商机金额,预计成交日期,实际成交日期,赢率,负责人所在部门,"
    "业务类型\nA,甲公司,张三,赢单,100000,2026-03-05,2026-03-04,100,华东区,默认\n",
    "dynamics": "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,Topic,Potential Customer,Est. Close Date,"
    "Est. Revenue,Status,Owner,Created On,Actual Close Date\n"
    'a1,x,Renewal,Fabrikam,3/31/2026,"$8,000.00",Won,Bob,1/20/2026 9:00 AM,3/28/2026\n',
    "pipedrive": "Deal - ID,Deal - Title,Deal - Organization,Deal - Owner,Deal - Value,Deal - Currency of Value,"
    "Deal - Stage,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Lost time\n"
    "2,Beta,Beta Ltd,Bob,2000,EUR,Negotiation,Won,2026-01-06 10:00:00,2026-02-06 10:00:00,\n",
    "hubspot": "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Deal owner,Create Date,Associated Company\n"
    "123,Acme,Closed Won (Sales Pipeline),Sales Pipeline,1200,2026-03-05 10:00,Ann,2026-01-05 09:00,Acme\n",
    "hubspot_zh": "记录 ID,交易名称,交易阶段,管道,金额,成交日期,交易所有者,创建日期,关联公司\n"
    "123,甲项目,已成交,销售管道,1200,2026-03-05 10:00,张三,2026-01-05 09:00,甲公司\n",
    "contracts": "合同编号,合同名称,客户,签约人,签约日期,合同总额（万元）,开始日期,到期日期,合同状态\n"
    "HT-1,年度服务,甲公司,张三,2026年1月5日,12.5,2026年1月10日,2027年1月9日,执行中\n",
    "leads": "Lead Name,Company,E-mail,Source,Status,Assigned To,Date Added\n"
    "John,Acme,j@acme.com,Web,New,Ann,01/15/2026\n",
    "activities": "跟进时间,跟进人,客户名称,跟进方式,跟进内容\n2026-03-01 10:00,张三,甲公司,电话,确认需求\n",
}
EXPECTED: dict[str, tuple[str, str, dict[str, object]]] = {
    "people": ("reps", "generic", {"rep": "张三", "team": "华东一区", "manager": "李四"}),
    "close": ("deals", "generic", {"closed_on": date(2026, 2, 6), "created_on": date(2026, 1, 5), "status": "won"}),
    "xiaoshouyi": ("deals", "xiaoshouyi", {"rep": "张三", "status": "won", "closed_on": date(2026, 3, 5)}),
    "fxiaoke": ("deals", "fxiaoke", {"deal": "A", "rep": "张三", "closed_on": date(2026, 3, 4), "team": "华东区"}),
    "dynamics": ("deals", "dynamics", {"deal_id": "a1", "closed_on": date(2026, 3, 28), "currency": "USD"}),
    "pipedrive": ("deals", "pipedrive", {"deal_id": "2", "currency": "EUR", "closed_on": date(2026, 2, 6)}),
    "hubspot": ("deals", "hubspot", {"status": "won", "closed_on": date(2026, 3, 5), "customer": "Acme"}),
    "hubspot_zh": ("deals", "hubspot", {"status": "won", "rep": "张三", "customer": "甲公司"}),
    "contracts": ("contracts", "generic", {"rep": "张三", "ends_on": date(2027, 1, 9), "signed_on": date(2026, 1, 5)}),
    "leads": ("leads", "generic", {"rep": "Ann", "source": "Web"}),
    "activities": ("activities", "fxiaoke", {"rep": "张三", "kind": "call"}),
}


def understood(name: str, content: bytes) -> FilePlan:
    file = ingest.plan([Source(name, content)], Options(today=TODAY)).files[0]
    assert not file.questions, [question.text("en") for question in file.questions]
    return file


@pytest.mark.parametrize("name", TEXTS)
def test_a_plausible_export_is_read(name: str) -> None:
    file = understood(f"{name}.csv", TEXTS[name].encode())
    table, profile, said = EXPECTED[name]
    assert (file.table, file.profile, file.refused) == (table, profile, 0)
    assert file.checked is not None
    first = file.checked.rows.row(0, named=True)
    assert {field: first.get(field) for field in said} == said


def test_goals_by_month_are_no_list_of_people() -> None:
    file = understood("a.csv", "销售人员,部门,月份,目标(万元)\n张三,华东,2026-01,50\n".encode())
    assert file.checked is not None
    assert (file.table, file.checked.rows["scope_value"][0], file.checked.rows["value"][0]) == (
        "targets",
        "张三",
        500_000,
    )


def book(path: str, *lines: list[object]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet(path)
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    return content.getvalue()


HAND = [
    ["2026年上半年销售台账"],
    ["制表：王五", "", "", "日期：2026-06-30", "单位：万元"],
    ["序号", "客户名称", "项目名称", "跟进人", "当前状态", "预计金额", "登记日期", "预计签约日期"],
    [1, "甲公司", "甲一期", "张三", "已签约", 120, "2026-01-05", "2026-03-05"],
    [2, "乙公司", "乙改造", "李四", "洽谈中", 80.5, "2026-02-05", "2026-09-05"],
    ["合计", "", "", "", "", 200.5],
]


def test_a_hand_made_workbook_with_its_unit_and_day_in_title_lines() -> None:
    file = understood("台账.xlsx", book("台账", *HAND))
    assert file.checked is not None
    assert [str(amount) for amount in file.checked.rows["amount"]] == ["1200000.0000", "805000.0000"]
    assert (file.as_of, file.read, file.set_aside) == (date(2026, 6, 30), 2, 3), "two titles and a total are listed"
    assert "unit_of_title" in [remark.code for remark in file.warnings]


def test_a_unit_in_the_header_goes_before_that_of_the_title() -> None:
    lines = [line.copy() for line in HAND]
    lines[2][5] = "预计金额(元)"
    amounts = understood("台账.xlsx", book("台账", *lines)).checked
    assert amounts is not None
    assert str(amounts.rows["amount"][0]) == "120.0000"


def test_thousands_in_a_western_header_are_multiplied() -> None:
    text = "Opportunity,Client,Salesperson,Status,Value (k€),Start,Expected Close\n"
    text += "A,Acme,Ann,Won,120,15/01/2026,28/02/2026\n"
    file = understood("a.csv", text.encode())
    assert file.checked is not None
    assert (str(file.checked.rows["amount"][0]), file.checked.rows["currency"][0]) == ("120000.0000", "EUR")


@pytest.mark.parametrize(
    ("header", "factor"),
    [("Value (k€)", 1_000), ("Amount (in thousands)", 1_000), ("Revenue ($m)", 1_000_000), ("Length (m)", 1),
     ("Amount (EUR k)", 1_000), ("Umsatz (Tsd. EUR)", 1_000), ("Amount (USD)", 1), ("金额(万元)", 10_000)],
)  # fmt: skip
def test_units_of_headers(header: str, factor: int) -> None:
    assert without_unit(header)[1] == factor


def test_units_of_titles() -> None:
    assert unit_of_title(["x", "金额单位：人民币万元"])[:2] == ("万元", 10_000)
    assert unit_of_title(["单位: 百万元"])[:2] == ("百万元", 1_000_000)
    assert unit_of_title(["单位：上海某某公司"])[:2] == ("", 1)


def test_the_unit_of_a_header_is_said_and_that_of_a_cell_goes_before_it() -> None:
    file = understood("a.csv", "商机编号,商机名称,商机阶段,金额(万元)\n1,a,谈判,1.5\n2,b,谈判,1.2万\n".encode())
    assert file.checked is not None
    assert [float(amount) for amount in file.checked.rows["amount"]] == [15_000, 12_000]
    said = {one.code: one for one in file.warnings}
    assert "10,000" in said["unit_of_header"].text("en")
    assert "有 1 个单元格自带单位（如 1.2万）" in said["unit_of_cells"].text("zh-CN")
