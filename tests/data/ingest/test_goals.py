"""Lists of goals with a row for each month, quarter or year are targets: of what, whose, and for which days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.ingest.errors import PivotReport
from data.settings import settings
from data.store import open_store
from tests.command_line import Company
from tests.data.ingest.test_plan import rows
from tests.small import empty_at

ZH = "销售人员,月份,目标\n李伟,2026-01,100000\n李伟,2026-02,120000\n王芳,2026-01,90000\n"
EN = "Rep,Month,Target\nAnn,Jan 2026,100\nAnn,Feb 2026,120\nBob,Jan 2026,90\n"


def planned(text: str, name: str = "goals.csv", **said: str) -> FilePlan:
    (file,) = ingest.plan([Source(name, text.encode())], Options.model_validate(said)).files
    return file


def changed(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    """Settings of another company."""
    other = settings().model_copy(update=values)
    for module in ("goals", "goal_names"):
        monkeypatch.setattr(f"data.ingest.{module}.settings", lambda: other)


def goals(file: FilePlan) -> list[tuple[object, ...]]:
    assert file.checked is not None
    assert (file.table, file.refused) == ("targets", 0)
    return file.checked.rows.select("measure", "scope", "scope_value", "starts_on", "ends_on", "value").rows()


def loaded_again(company: Company, text: str, *answers: str) -> dict[str, Any]:
    """The upload of a file that is loaded with answers, and then without any."""
    file = company.path.parent / "a.csv"
    file.write_text(text)
    company.load(file, *answers)
    (upload,) = company.load(file)
    return upload


def test_goals_of_people_by_month_in_both_languages() -> None:
    jan, feb = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))
    assert goals(planned(ZH)) == [
        ("won_amount", "rep", "李伟", *jan, 100000.0), ("won_amount", "rep", "李伟", *feb, 120000.0),
        ("won_amount", "rep", "王芳", *jan, 90000.0),
    ]  # fmt: skip
    file = planned(EN)
    assert goals(file) == [
        ("won_amount", "rep", "Ann", *jan, 100.0), ("won_amount", "rep", "Ann", *feb, 120.0),
        ("won_amount", "rep", "Bob", *jan, 90.0),
    ]  # fmt: skip
    (said,) = [remark for remark in file.warnings if remark.code == "goals_in_rows"]
    assert all("won_amount" in said.text(lang) for lang in ("en", "zh-CN"))


@pytest.mark.parametrize(
    ("header", "cell", "first", "last"),
    [
        ("月份", "2026年1月", "2026-01-01", "2026-01-31"),
        ("Month", "2024-02", "2024-02-01", "2024-02-29"),
        ("Month", "2026-02-01", "2026-02-01", "2026-02-28"),
        ("Month", "2026/2/1", "2026-02-01", "2026-02-28"),
        ("Month", "202602", "2026-02-01", "2026-02-28"),
        ("Month", "02/2026", "2026-02-01", "2026-02-28"),
        ("Quarter", "2026Q3", "2026-07-01", "2026-09-30"),
        ("季度", "2026年第三季度", "2026-07-01", "2026-09-30"),
        ("年度", "2026年", "2026-01-01", "2026-12-31"),
        ("Year", "2026", "2026-01-01", "2026-12-31"),
        ("Period", "Q4 2026", "2026-10-01", "2026-12-31"),
        ("期间", "2026年12月", "2026-12-01", "2026-12-31"),
    ],
)
def test_periods_in_their_usual_forms(header: str, cell: str, first: str, last: str) -> None:
    (row,) = goals(planned(f"Rep,{header},Quota\nAnn,{cell},5\n"))
    assert row[3:5] == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("月份,目标\n2026-01,5\n", ("won_amount", "company", None)),
        ("团队,月份,销售目标\n华东,2026-01,5\n", ("won_amount", "team", "华东")),
        ("团队,月份,目标\n全公司,2026-01,5\n", ("won_amount", "company", None)),
        ("Product,Month,Target\nPen,2026-01,5\n", ("won_amount", "product", "Pen")),
        ("大区,月份,目标\n华东,2026-01,5\n", ("won_amount", "region", "华东")),
        ("团队,销售人员,月份,目标\n华东,李伟,2026-01,5\n", ("won_amount", "rep", "李伟")),
        ("团队,销售人员,月份,目标\n华东,,2026-01,5\n", ("won_amount", "team", "华东")),
        ("Team,Month,Won deals target\nEast,2026-01,5\n", ("won_deals", "team", "East")),
        ("销售人员,月份,回款目标\n李伟,2026-01,5\n", ("collected", "rep", "李伟")),
        ("销售人员,年,月,开票目标额,备注\n李伟,2026,1,5,x\n", ("invoiced", "rep", "李伟")),
        ("Rep,Year,Quarter,Leads Target\nAnn,2026,1,5\n", ("leads", "rep", "Ann")),
    ],
)
def test_whose_goals_of_what_the_columns_say(text: str, expected: tuple[str, str, str | None]) -> None:
    (row,) = goals(planned(text))
    assert (row[:3], row[5]) == (expected, 5.0)


def test_several_goals_in_a_row_and_units() -> None:
    rows = goals(planned("销售人员,月份,签约目标(万元),回款目标(万元)\n李伟,2026-01,5,3\n王芳,2026-01,,2\n"))
    assert [(row[0], row[2], row[5]) for row in rows] == [
        ("won_amount", "李伟", 50000.0), ("collected", "李伟", 30000.0), ("collected", "王芳", 20000.0)
    ]  # fmt: skip
    titled = goals(planned("目标表,,\n单位：万元,,\n销售人员,月份,目标\n李伟,2026-01,5\n王芳,2026-01,6\n"))
    assert [row[5] for row in titled] == [50000.0, 60000.0]


def test_a_goal_without_a_name_is_of_the_headline_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, headline_measure="collected")
    assert {row[0] for row in goals(planned(EN))} == {"collected"}


def test_months_without_a_year_are_asked_about_and_a_year_in_the_name_is_taken() -> None:
    text = "Rep,Month,Target\nAnn,Oct,1\nAnn,Jan,4\nBob,Oct,2\n"
    (question,) = planned(text).questions
    assert (question.code, question.flag, question.choices[-1]) == ("ask_goal_year", "--months", "columns")
    assert all(question.text(lang) for lang in ("en", "zh-CN"))
    assert [row[3] for row in goals(planned(text, months="2025"))] == [
        date(2025, 10, 1), date(2026, 1, 1), date(2025, 10, 1)
    ]  # fmt: skip
    (row,) = goals(planned("销售人员,月份,目标\n李伟,3月,5\n", "2026年目标.csv"))
    assert row[3:5] == (date(2026, 3, 1), date(2026, 3, 31))


def test_quarters_of_a_company_with_another_fiscal_year_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, fiscal_start=4)
    text = "Rep,Quarter,Target\nAnn,2026Q1,1\n"
    (question,) = planned(text).questions
    assert (question.code, question.choices) == ("ask_goal_quarters", ("rows", "columns"))
    assert question.samples["rows"] == ["2026Q1 = 2026-01-01…2026-03-31"]
    assert goals(planned(text, months="rows"))[0][3] == date(2026, 1, 1)
    assert not planned("Rep,Month,Target\nAnn,2026-01,1\n").questions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("负责人,1月回款目标,2月回款目标,3月回款目标\n李伟,1,2,3\n", ("collected", "rep", "李伟")),
        ("团队,1月目标,2月目标,3月目标\n华东,1,2,3\n", ("won_amount", "team", "华东")),
        ("Team,Q1 Quota,Q2 Quota\nEast,1,2\n", ("won_amount", "team", "East")),
        ("负责人,1月销售目标,2月销售目标,3月销售目标\n李伟,1,2,3\n", ("won_amount", "rep", "李伟")),
        (
            "负责人,工号,1月开票目标(万元),2月开票目标(万元),3月开票目标(万元)\n李伟,7,1,2,3\n",
            ("invoiced", "rep", "李伟"),
        ),
    ],
)
def test_columns_of_months_are_goals_of_what_they_name(text: str, expected: tuple[str, str, str]) -> None:
    rows = goals(planned(text, months="2026"))
    assert {row[:3] for row in rows} == {expected}
    assert rows[0][5] == (10_000.0 if "万元" in text else 1.0)
    assert rows[0][3] == date(2026, 1, 1)
    assert len(rows) == text.partition("\n")[0].count("月") or len(rows) == 2


def test_columns_of_months_of_what_nobody_knows_are_not_read_as_money() -> None:
    made = ingest.plan([Source("a.csv", "负责人,1月拜访目标,2月拜访目标,3月拜访目标\n李伟,1,2,3\n".encode())],
                       Options(months="2026"), keep_refused=True)  # fmt: skip
    assert [file.table for file in made.files] != ["targets"]


def test_a_row_that_names_nobody_is_refused_with_the_reason() -> None:
    file = planned("Rep,Month,Target\nAnn,2026-01,5\n,2026-01,6\nBob,2026-01,7\n")
    assert (file.table, file.read, file.refused) == ("targets", 3, 1)
    assert file.checked is not None
    assert file.checked.refused["reasons"].to_list() == [["blank:Scope Value"]]


@pytest.mark.parametrize(
    "text",
    [
        "deal_id,status,amount,Month,Target\n1,won,5,2026-01,6\n",  # deals with a column of their own
        "Rep,Month,Target\nAnn,soon,5\nBob,later,6\n",  # no months
        "Campaign,Month,Budget\nFair,2026-01,5\n",  # money to spend
    ],
)
def test_what_is_no_list_of_goals_is_not_read_as_one(text: str) -> None:
    made = ingest.plan([Source("a.csv", text.encode())], keep_refused=True)
    assert [file.table for file in made.files] != ["targets"]


def test_goals_are_loaded_and_what_was_answered_is_remembered(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    path = tmp_path / "目标.csv"
    path.write_text("销售人员,月份,目标\n李伟,1月,5\n李伟,2月,6\n", encoding="utf-8")
    company.load(path, "--months", "2026")
    path.write_text("销售人员,月份,目标\n李伟,3月,7\n李伟,4月,8\n", encoding="utf-8")
    company.load(path)
    store = open_store(company.path, create=False)
    with store.snapshot() as seen:
        found = seen.frame("select starts_on, value from crm.targets order by starts_on").rows()
    assert found == [(date(2026, month, 1), value) for month, value in ((1, 5.0), (2, 6.0), (3, 7.0), (4, 8.0))]
    store.close()


# ---------------------------------------------------------------------------------------------- goals of something else

VISITS = "销售员,月份,拜访目标\n李,2026-01,7\n王,2026-02,8\n"


@pytest.mark.parametrize(
    ("text", "column", "months"),
    [(VISITS, "拜访目标", None), ("Sales Rep,Quarter,Visit Quota\nAnn,2026Q1,5\n", "Visit Quota", None)],
)
def test_goals_of_no_known_measure_are_asked_about(text: str, column: str, months: str | None) -> None:
    (question,) = planned(text, months=months).questions
    assert (question.code, question.flag, question.params["column"]) == ("ask_goal", "--goal", column)
    assert "--goal" in question.text("zh-CN")
    assert question.choices[-1] == ""
    plan = planned(text, goals={column: "activities"}, months=months)
    assert set(rows(plan)["measure"]) == {"activities"}
    assert plan.table == "targets"


def test_the_answer_is_remembered_and_a_misspelt_measure_is_said(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "goals.csv"
    file.write_text(VISITS)
    asked = company("import", file)
    assert (asked.code, "--goal" in asked.out + asked.err) == (3, True)
    wrong = company("import", file, "--goal", "拜访目标=activites")
    assert "activities" in wrong.out + wrong.err
    company.load(file, "--goal", "拜访目标=activities")
    file.write_text(VISITS.replace(",8", ",9"))
    (upload,) = company.load(file)
    assert (upload["changed"], upload["same"]) == (1, 1)


def test_columns_of_months_that_are_goals_of_something_else() -> None:
    text = "销售员,1月拜访目标,2月拜访目标,3月拜访目标\n李,5,6,7\n"
    assert [question.code for question in planned(text, months="2026").questions] == ["ask_goal"]
    plan = planned(text, months="2026", goals={"拜访目标": "activities"})
    assert rows(plan).select("measure", "value").rows() == [
        ("activities", 5.0),
        ("activities", 6.0),
        ("activities", 7.0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026年销售目标\n单位：万元\n销售人员,1月,2月,3月\n张三,1,2,\n李四,4,5,\n",
        "2026年销售目标（单位：万元）\n销售人员,2026年1月,2026年2月,2026年3月\n张三,1,2,\n李四,4,5,\n",
        "单位：万元\n销售人员,月份,目标\n张三,2026-01,1\n张三,2026-02,2\n李四,2026-01,4\n李四,2026-02,5\n",
        (
            "单位：万元\n销售人员,开始日期,结束日期,目标值\n张三,2026-01-01,2026-01-31,1\n张三,2026-02-01,2026-02-28,2\n"
            "李四,2026-01-01,2026-01-31,4\n李四,2026-02-01,2026-02-28,5\n"
        ),
    ],
)
def test_the_unit_of_a_title_line_is_that_of_all_goals(text: str) -> None:
    file = planned(text, months="2026")
    assert [value for *_, value in goals(file)] == [10_000.0, 20_000.0, 40_000.0, 50_000.0]
    assert {"unit_of_title", "unit_of_header"} & {remark.code for remark in file.warnings}


def test_a_period_that_is_none_refuses_its_row_and_not_the_list() -> None:
    file = planned("销售人员,月份,目标（万元）\n张三,2026年1月,12.5\n王五,2026年2月,20\n李四,2026年13月,10\n")
    assert file.checked is not None
    assert (file.table, file.refused) == ("targets", 1)
    assert file.checked.rows["value"].to_list() == [125_000.0, 200_000.0]


# ------------------------------------------------------------------------------- numbers across, and of several lengths


ACROSS = "Team,Q1 2026,Q2 2026,Q3 2026\nEast,1,2,3\nWest,4,5,6\n"


def test_numbers_across_that_nothing_explains_are_asked_about_and_the_answer_is_remembered(company: Company) -> None:
    (question,) = planned(ACROSS, name="a.csv", months="rows").questions
    assert (question.code, question.params["column"], question.choices[-1]) == ("ask_goal_value", "Value", "")
    assert all("--goal" in question.text(lang) for lang in ("en", "zh-CN"))
    found = goals(planned(ACROSS, name="a.csv", months="rows", goals={"Value": "won_amount"}))
    assert found[1] == ("won_amount", "team", "East", date(2026, 4, 1), date(2026, 6, 30), 2.0)
    upload = loaded_again(company, ACROSS, "--months", "rows", "--goal", "Value=won_amount")
    assert (upload["table"], upload["same"]) == ("targets", 6)


def test_numbers_across_that_are_no_goals_are_refused_with_their_own_columns() -> None:
    with pytest.raises(PivotReport) as refused:
        planned(ACROSS, name="a.csv", months="rows", goals={"Value": ""})
    assert "Q1 2026" in refused.value.text("en")
    assert "Start Date" not in refused.value.text("en")


def test_a_column_of_years_is_that_of_the_quarters_beside_it() -> None:
    text = "销售人员,年份,一季度,二季度,三季度,四季度,全年\n张三,2025,100,110,120,130,460\n张三,2026,1,2,3,4,10\n"
    (question,) = planned(text).questions
    assert (question.code, question.samples["rows"][0]) == ("ask_quarters", "张三, 2025-01…03: 100")
    found = goals(planned(text, months="rows", goals={"数值": "won_amount"}))
    assert [(row[3], row[5]) for row in found[3:5]] == [(date(2025, 10, 1), 130.0), (date(2026, 1, 1), 1.0)]
    assert len(found) == 8


@pytest.mark.parametrize(
    "text",
    [
        "销售人员,1月目标,1月完成,2月目标,2月完成,3月目标,3月完成\n张三,100,90,110,95,120,130\n",
        "Rep,Jan Target,Jan Actual,Feb Target,Feb Actual,Mar Target,Mar Actual\n张三,100,90,110,95,120,130\n",
        "Rep,Target Jan,Actual Jan,Target Feb,Actual Feb,Target Mar,Actual Mar\n张三,100,90,110,95,120,130\n",
        "负责人,1月目标,1月完成率,2月目标,2月完成率,3月目标,3月完成率\n张三,100,90%,110,86%,120,108%\n",
    ],
)
def test_what_was_reached_beside_each_goal_is_set_aside_and_said(text: str) -> None:
    file = planned(text, months="2026")
    assert [(row[:3], row[5]) for row in goals(file)] == [
        (("won_amount", "rep", "张三"), value) for value in (100.0, 110.0, 120.0)
    ]
    (said,) = [remark for remark in file.warnings if remark.code == "reached_aside"]
    assert said.params["cells"] == 3
    assert all(text.split(",")[2] in said.text(lang) for lang in ("en", "zh-CN"))


def test_a_goal_that_says_its_own_months_is_for_those_whatever_its_row_says() -> None:
    text = "销售人员,月份,年度目标,月度目标\n张三,2026-01,1200,100\n张三,2026-02,1200,110\n李四,2026-01,2400,200\n"
    year, jan, feb = ((date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 1, 1), date(2026, 1, 31)),
                      (date(2026, 2, 1), date(2026, 2, 28)))  # fmt: skip
    assert [(row[2], *row[3:]) for row in goals(planned(text))] == [
        ("张三", *year, 1200.0), ("张三", *jan, 100.0), ("张三", *feb, 110.0),
        ("李四", *year, 2400.0), ("李四", *jan, 200.0),
    ]  # fmt: skip
    only = goals(planned("Rep,Month,Annual quota\nAnn,2026-01,1200\nAnn,2026-02,1200\n"))
    assert [row[3:] for row in only] == [(*year, 1200.0)]
    each = goals(planned("Rep,Year,Quarterly target\nAnn,2026,30\n"))
    assert [(row[3].isoformat(), row[5]) for row in each] == [  # type: ignore[attr-defined]
        ("2026-01-01", 30.0), ("2026-04-01", 30.0), ("2026-07-01", 30.0), ("2026-10-01", 30.0)
    ]  # fmt: skip


def test_goals_in_a_currency_are_not_converted_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for currency, is_said in (("CNY", True), ("USD", False)):
        changed(monkeypatch, currency=currency)
        file = planned("Rep,Month,Quota (k USD)\nAnn,2026-01,5\nBob,2026-01,6\n")
        remarks = [remark for remark in file.warnings if remark.code == "goals_currency"]
        assert bool(remarks) == is_said
        assert all("USD" in remark.text(lang) for remark in remarks for lang in ("en", "zh-CN"))
        assert goals(file)[0][5] == 5000.0


UNNAMED = "c1,c2,c3\n华东,2026年1月,100\n华南,2026年1月,200\n华东,2026年2月,110\n"


def test_names_periods_and_numbers_that_are_called_nothing_are_asked_about(company: Company) -> None:
    whose, what = sorted(planned(UNNAMED).questions, key=lambda one: str(one.params["column"]))
    assert (whose.code, whose.choices) == ("ask_goal_whose", ("rep", "product", "team", "region"))
    assert (what.code, what.choices[-1]) == ("ask_goal_value", "")
    assert all("华东" in whose.text(lang) for lang in ("en", "zh-CN"))
    found = goals(planned(UNNAMED, goals={"c1": "region", "c3": "won_amount"}))
    assert found[2] == ("won_amount", "region", "华东", date(2026, 2, 1), date(2026, 2, 28), 110.0)
    upload = loaded_again(company, UNNAMED, "--goal", "c1=region", "--goal", "c3=won_amount")
    assert (upload["table"], upload["same"]) == ("targets", 3)


@pytest.mark.parametrize(
    "text",
    [
        "c1,c2,c3\nx,2026-01-05,1\ny,2026-02-06,2\n",  # days
        "c1,c2,c3,c4\nx,2026年1月,1,a\ny,2026年2月,2,b\n",  # more than goals need
        "Currency,c2,c3\nUSD,2026年1月,7\nEUR,2026年2月,8\n",  # a name that is known
    ],
)
def test_other_lists_of_three_columns_are_no_goals(text: str) -> None:
    made = ingest.plan([Source("a.csv", text.encode())], keep_refused=True)
    assert not {question.code for question in made.questions} & {"ask_goal_whose", "ask_goal_value"}


def test_a_column_of_measures_says_what_each_goal_by_month_is_of() -> None:
    text = "Year,Month,Region,Rep,Metric,Target\n2026,1,West,Tom,Revenue,50\n2026,1,West,Tom,Leads,7\n"
    found = planned(text + "2026,2,West,Tom,Revenue,55\n")
    assert [row[0] for row in goals(found)] == ["revenue", "leads", "revenue"]
