"""What a list says once for several rows reaches all of them where that is sure, and is asked where it is not."""

from __future__ import annotations

from datetime import date

import pytest

from data.ingest import FilePlan, Options, Source, plan
from tests.command_line import Company

TODAY = date(2026, 11, 21)
LINES = """订单编号,订单日期,客户名称,销售员,产品名称,数量,金额
SO1,2026-03-01,海川机械,张伟,泵,1,10
,,,,阀,2,20
,,,,管,3,30
SO2,2026-03-02,恒泰电子,李娜,泵,1,40
,,,,阀,2,50
SO3,2026-03-03,,李娜,泵,1,60
"""
BY_REP = """负责人,客户名称,商机名称,金额,阶段,预计成交日期
张伟,甲,a,10,方案报价,2026-09-01
,乙,b,20,方案报价,2026-09-02
,丙,c,30,方案报价,2026-09-03
李娜,丁,d,40,方案报价,2026-09-04
,戊,e,50,方案报价,2026-09-05
,己,f,60,方案报价,2026-09-06
"""


def planned(text: str, **said: object) -> FilePlan:
    return plan([Source("list.csv", text.encode())], Options(today=TODAY, **said)).files[0]  # type: ignore[arg-type]


def column(file: FilePlan, name: str) -> list[object]:
    assert file.checked is not None, [question.text("en") for question in file.questions]
    return file.checked.rows.sort("line")[name].to_list()


def codes(file: FilePlan) -> set[str]:
    return {remark.code for remark in file.warnings}


def test_lines_without_a_number_belong_to_the_order_above_with_its_day_and_people() -> None:
    file = planned(LINES)
    assert column(file, "order_id") == ["SO1", "SO1", "SO1", "SO2", "SO2", "SO3"]
    assert column(file, "customer") == ["海川机械"] * 3 + ["恒泰电子"] * 2 + [None]
    assert column(file, "rep") == ["张伟"] * 3 + ["李娜"] * 3
    assert column(file, "ordered_on") == [date(2026, 3, day) for day in (1, 1, 1, 2, 2, 3)]
    assert file.read == 6
    assert {"lines_below_order", "said_in_first_line"} <= codes(file)


def test_what_the_first_line_of_an_order_says_is_of_its_other_lines() -> None:
    numbered = LINES.replace("\n,,,,阀,2,20\n,", "\nSO1,,,,阀,2,20\nSO1,").replace("\n,,,,阀,2,50", "\nSO2,,,,阀,2,50")
    file = planned(numbered)
    assert column(file, "customer") == ["海川机械"] * 3 + ["恒泰电子"] * 2 + [None]
    assert "lines_below_order" not in codes(file)


def test_a_customer_that_orders_name_anywhere_is_not_taken_to_other_lines() -> None:
    rows = "订单编号,订单日期,客户名称,产品名称,金额\n" + "".join(
        f"SO{order},2026-03-01,{'甲' if line == order % 3 else ''},p{line},10\n"
        for order in range(6)
        for line in range(3)
    )
    assert column(planned(rows), "customer").count("甲") == 6


def test_a_line_of_its_own_customer_without_a_number_is_refused() -> None:
    rows = LINES.replace(",,,,管,3,30", ",2026-03-09,别人,,管,3,30")
    file = planned(rows)
    assert file.refused == 1


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_blanks_below_a_salesperson_are_asked(lang: str) -> None:
    (question,) = planned(BY_REP).questions
    assert (question.code, question.flag, question.choices) == ("ask_blanks", "--blanks", ("above", "blank"))
    assert "负责人" in question.text(lang)
    assert "张伟" in question.text(lang)
    assert question.samples == {
        "above": ["乙 → 张伟", "丙 → 张伟", "戊 → 李娜"],
        "blank": ["乙 → —", "丙 → —", "戊 → —"],
    }


def test_either_answer_is_taken() -> None:
    assert column(planned(BY_REP, blanks="above"), "rep") == ["张伟"] * 3 + ["李娜"] * 3
    assert column(planned(BY_REP, blanks="blank"), "rep").count(None) == 4


def test_subtotals_below_each_group_prove_it() -> None:
    rows = BY_REP.replace("李娜", "小计,,,60,,\n李娜").rstrip("\n") + "\n小计,,,150,,\n合计,,,210,,\n"
    file = planned(rows)
    assert not file.questions
    assert column(file, "rep") == ["张伟"] * 3 + ["李娜"] * 3
    assert "said_above" in codes(file)


def test_an_inner_group_ends_where_an_outer_one_begins() -> None:
    head = "Sales Rep,Account Name,Deal Name,Amount,Stage,Close Date\n"
    rows = [("Ann", "Acme", "a"), ("", "", "b"), ("", "Globex", "c"), ("Bob", "", "d"), ("", "Acme", "e"),
            ("", "", "f"), ("", "", "g")]  # fmt: skip
    text = head + "".join(f"{rep},{account},{deal},10,Proposal,2026-09-01\n" for rep, account, deal in rows)
    file = planned(text, blanks="above")
    assert column(file, "rep") == ["Ann"] * 3 + ["Bob"] * 4
    assert column(file, "customer") == ["Acme", "Acme", "Globex", None, "Acme", "Acme", "Acme"]


def test_names_that_come_back_are_no_groups() -> None:
    assert not planned(BY_REP.replace("李娜", "张伟")).questions
    assert not planned("\n".join(BY_REP.splitlines()[:5])).questions  # too few rows to say so


HEAD = "Owner,Deal ID,Deal Name,Account,Stage,Amount,Created Date\n"


def listed(*reps: str, head: str = HEAD) -> str:
    return head + "".join(f"{rep},D{no},d{no},A,Closed Won,100,2026-01-0{no}\n" for no, rep in enumerate(reps, 1))


@pytest.mark.parametrize(
    ("reps", "read"),
    [
        (("Ann", "", "", "Bob", ""), ["Ann"] * 3 + ["Bob"] * 2),  # few rows
        (("Ann", "", "Bob", "Cy", "", "Di"), ["Ann", "Ann", "Bob", "Cy", "Cy", "Di"]),  # few blanks
        (("Ann", "", ""), ["Ann"] * 3),  # one group
    ],
)
def test_an_answer_holds_where_blanks_are_few(reps: tuple[str, ...], read: list[str]) -> None:
    file = planned(listed(*reps), blanks="above")
    assert column(file, "rep") == read
    assert "said_above" in codes(file)
    assert column(planned(listed(*reps), blanks="blank"), "rep") == [rep or None for rep in reps]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_an_answer_that_cannot_be_followed_is_named(lang: str) -> None:
    file = planned(listed("Ann", "", "Ann", "", "Bob"), blanks="above")
    assert column(file, "rep") == ["Ann", None, "Ann", None, "Bob"]
    (said,) = [remark for remark in file.warnings if remark.code == "blanks_stay"]
    assert "Owner" in said.text(lang)


GROUPS = {
    "own": "张伟,a,A,赢单,100,2026-01-01\n,b,B,赢单,200,2026-01-02\n小计,,,,300,\n"
    "李娜,c,C,赢单,300,2026-01-03\n,d,D,赢单,400,2026-01-04\n小计,,,,700,\n",
    "nobody": ",e,E,赢单,500,2026-01-05\n,f,F,赢单,600,2026-01-06\n小计,,,,1100,\n",
}


@pytest.mark.parametrize("said", [{}, {"blanks": "above"}])
def test_rows_below_a_subtotal_that_name_nobody_are_nobody_s(said: dict[str, str]) -> None:
    file = planned(f"负责人,商机名称,客户,阶段,金额,创建日期\n{GROUPS['own']}{GROUPS['nobody']}合计,,,,2100,\n", **said)
    assert not file.questions
    assert column(file, "rep") == ["张伟"] * 2 + ["李娜"] * 2 + [None] * 2
    (remark,) = [remark for remark in file.warnings if remark.code == "nobody_below_total"]
    assert (remark.params["rows"], remark.params["line"], remark.params["money"]) == (2, "8", "1,100")
    assert "1,100" in remark.text("zh-CN")


def test_an_inner_group_below_a_subtotal_is_asked_whose_it_is() -> None:
    rows = (
        "负责人,客户,商机名称,阶段,金额,创建日期\n张伟,A,a,赢单,100,2026-01-01\n,,b,赢单,200,2026-01-02\n小计,,,,300,\n"
        ",B,c,赢单,300,2026-01-03\n,,d,赢单,400,2026-01-04\n小计,,,,700,\n李娜,C,e,赢单,500,2026-01-05\n"
        ",,f,赢单,600,2026-01-06\n小计,,,,1100,\n"
    )
    assert [question.code for question in planned(rows).questions] == ["ask_blanks"]
    assert column(planned(rows, blanks="above"), "rep") == ["张伟"] * 4 + ["李娜"] * 2


def test_what_was_said_before_holds_in_few_rows_and_is_asked_again_of_few_blanks(company: Company) -> None:
    file = company.path.parent / "deals.csv"
    file.write_text(listed("Ann", "", "", "Bob", "", ""), "utf-8")
    company.load(file, "--blanks", "above")
    file.write_text(listed("Ann", "", "", "Bob"), "utf-8")
    (again,) = company.load(file)
    assert any("were read as above" in said for said in again["warnings"])
    file.write_text(listed("Ann", "Cy", "Bob", ""), "utf-8")
    asked = company("import", file)
    assert asked.code != 0
    assert "--blanks" in asked.out + asked.err


def test_the_answer_is_remembered(company: Company) -> None:
    file = company.path.parent / "list.csv"
    file.write_text(BY_REP, "utf-8")
    company.load(file, "--blanks", "above")
    file.write_text(BY_REP.replace("a,10", "a,11"), "utf-8")
    (again,) = company.load(file)
    assert (again["changed"], again["same"], again["refused"]) == (1, 5, 0)


def test_the_day_of_a_sale_may_stand_in_the_first_of_its_lines() -> None:
    """As spreadsheets show merged cells; other customers of a day may follow, too."""
    text = "日期,客户,产品,数量,金额\n2026-01-05,甲,软件,1,100\n,,硬件,1,50\n,,服务,1,20\n"
    text += "2026-01-06,乙,软件,1,100\n,丙,硬件,1,9\n"
    file = planned(text)
    assert [question.code for question in file.questions] == ["ask_blanks"]
    file = planned(text, blanks="above")
    assert column(file, "ordered_on") == [date(2026, 1, 5)] * 3 + [date(2026, 1, 6)] * 2
    assert column(file, "customer") == ["甲", "甲", "甲", "乙", "丙"]
    assert len(set(column(file, "order_id"))) == 3


REPORT = (
    "Opportunity Owner,Stage,Opportunity Name,Account Name,Amount,Close Date,Created Date\n"
    "Ann,Prospecting,A,Acme,10,2026-01-14,2025-12-20\n,,B,Beta,20,2026-01-15,2025-12-20\n,Subtotal,,,30,,\n"
    ",Closed Won,C,Cora,40,2026-01-16,2025-12-20\n,Subtotal,,,40,,\nSubtotal,,,,70,,\n"
    "{},Closed Lost,D,Dora,5,2026-01-17,2025-12-20\n,Subtotal,,,5,,\nSubtotal,,,,5,,\nTotal,,,,75,,\n"
)


def test_subtotals_of_two_levels_prove_whose_the_blank_cells_of_a_short_report_are() -> None:
    found = planned(REPORT.format("Bob"))
    assert not found.questions
    assert column(found, "rep") == ["Ann", "Ann", "Ann", "Bob"]
    assert column(found, "stage") == ["Prospecting", "Prospecting", "Closed Won", "Closed Lost"]


def test_a_report_that_names_its_only_person_once_is_asked_about() -> None:
    (question,) = planned(REPORT.format("")).questions
    assert question.code == "ask_blanks"
    assert column(planned(REPORT.format(""), blanks="blank"), "rep") == ["Ann", None, None], "one has no stage, too"


BY_STAGE = """Stage,Opportunity Name,Opportunity Owner,Amount,Close Date
Closed Won,Deal A,Ann Lee,100,2026-01-05
Closed Won,Deal B,,200,2026-01-06
Subtotal,,,300,
Closed Lost,Deal C,Bob Ray,50,2026-01-07
Closed Lost,Deal D,,60,2026-01-07
Subtotal,,,110,
Total,,,410,
"""
BY_MONTH = """Close Month,Opportunity Owner,Stage,Opportunity Name,Amount,Close Date
Jan,Ann Lee,Closed Won,Deal A,100,2026-01-05
,,Closed Won,Deal B,200,2026-01-06
,Subtotal,,,300,
,Bob Ray,Closed Won,Deal C,60,2026-01-08
,Subtotal,,,60,
Subtotal,,,,360,
Feb,Ann Lee,Closed Won,Deal D,80,2026-02-10
,,Closed Won,Deal E,80,2026-02-11
,Subtotal,,,160,
Subtotal,,,,160,
Total,,,,520,
"""


def test_subtotals_of_another_column_prove_nothing_of_blank_names() -> None:
    """They end where the stage changes, which every row names: whose the second deal of a stage is nobody says."""
    assert [one.code for one in planned(BY_STAGE).questions] == ["ask_blanks"]


def test_a_group_that_no_field_takes_is_a_group_all_the_same() -> None:
    assert column(planned(BY_MONTH), "rep") == ["Ann Lee"] * 2 + ["Bob Ray"] + ["Ann Lee"] * 2
    without = "".join(line for line in BY_MONTH.splitlines(keepends=True) if not line.startswith(",Subtotal"))
    assert [one.code for one in planned(without).questions] == ["ask_blanks"]
