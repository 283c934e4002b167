"""Lists with a column for every month or quarter: asked about, and then a row for each."""

from __future__ import annotations

from datetime import date

import pytest

from data import ingest
from data.ingest import Options, Source, month_columns
from data.ingest.errors import MonthsInvalid, MostRefused
from data.ingest.read import Reading, Wishes, read
from data.settings import settings
from tests.data.ingest.test_plan import planned, rows


def reading(text: str, name: str = "plan.csv", months: str | None = None) -> Reading:
    return read(Source(name, text.encode()), frozenset(), Wishes(months=months))


GOALS = "负责人,1月,2月,3月,合计\n李伟,10,20,30,60\n王芳,5,,7,12\n"


def test_months_without_a_year_ask_for_it() -> None:
    question = reading(GOALS).questions[0]
    assert (question.code, question.flag) == ("ask_months_year", "--months")
    year = date.today().year
    assert question.choices == (str(year), str(year + 1), str(year - 1), "columns")
    assert question.samples[str(year)] == [f"李伟, {year}-01: 10", f"李伟, {year}-02: 20", f"李伟, {year}-03: 30"]


def test_months_become_rows_blank_ones_none_and_sums_are_left_out() -> None:
    found = reading(GOALS, "2026年目标.csv", months="rows")
    table = found.tables[0]
    assert table.headers == ["负责人", "开始日期", "结束日期", "目标值"]
    assert table.frame.drop("#line").rows() == [
        ("李伟", "2026-01-01", "2026-01-31", "10"), ("李伟", "2026-02-01", "2026-02-28", "20"),
        ("李伟", "2026-03-01", "2026-03-31", "30"), ("王芳", "2026-01-01", "2026-01-31", "5"),
        ("王芳", "2026-03-01", "2026-03-31", "7"),
    ]  # fmt: skip
    assert table.frame["#line"].to_list() == [2, 2, 2, 3, 3]
    assert table.remarks[-1].params["rows"] == 5
    assert (table.remarks[-1].params["blank"], table.remarks[-1].params["sums"]) == (1, "合计")


@pytest.mark.parametrize(
    ("headers", "first", "last"),
    [
        ("Jan,Feb,Mar", "2026-01-01", "2026-03-31"),
        ("Apr-25,May-25,Jun-25", "2025-04-01", "2025-06-30"),
        ("2026-01,2026-02,2026-03", "2026-01-01", "2026-03-31"),
        ("2026年1月,2026年2月,2026年3月", "2026-01-01", "2026-03-31"),
        ("一月,二月,三月", "2026-01-01", "2026-03-31"),
        ("November,December,January", "2026-11-01", "2027-01-31"),
        ("1月目标,2月目标,3月目标", "2026-01-01", "2026-03-31"),
        ("202601,202602,202603", "2026-01-01", "2026-03-31"),
    ],
)
def test_months_in_every_usual_form(headers: str, first: str, last: str) -> None:
    table = reading(f"rep,{headers}\nAnn,1,2,3\nBob,4,5,6\n", "targets 2026.csv", months="rows").tables[0]
    assert (table.frame["1"].min(), table.frame["2"].max(), table.frame.height) == (first, last, 6)


def test_the_users_year_is_that_of_the_first_month() -> None:
    table = reading("rep,Oct,Nov,Dec,Jan\nAnn,1,2,3,4\n", months="2025").tables[0]
    assert table.frame["1"].to_list() == ["2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01"]


@pytest.mark.parametrize(
    "text",
    [
        "rep,1月,2月\nAnn,1,2\n",  # two: may be anything
        "1月,2月,3月\n1,2,3\n",  # nothing beside them
        "rep,Jan,Feb,Mar\nAnn,yes,no,maybe\n",  # no numbers
        "行标签,1月,2月,3月\nAnn,1,2,3\n",  # a pivot table, refused later
        "rep,march_date,may_call,june\nAnn,1,2,3\n",
    ],
)
def test_what_only_looks_like_months_is_left_alone(text: str) -> None:
    found = reading(text)
    assert found.questions == []
    assert len(found.tables[0].headers) == len(text.partition("\n")[0].split(","))


def test_columns_stay_when_the_user_says_so_and_nonsense_is_refused() -> None:
    assert len(reading(GOALS, months="columns").tables[0].headers) == 5
    with pytest.raises(MonthsInvalid):
        reading(GOALS, months="maybe")


def test_a_plan_asks_and_then_loads_goals() -> None:
    source = Source("2026年目标.csv", GOALS.encode())
    asked = ingest.plan([source])
    assert [question.code for question in asked.questions] == ["ask_months"]
    assert "--months" in asked.questions[0].text("zh-CN")
    told = ingest.plan([source], Options(months="rows"))
    assert [(file.table, file.read) for file in told.files] == [("targets", 5)]


def test_english_goals_by_month_are_goals_of_people() -> None:
    source = Source("Targets 2026.csv", b"Rep,Jan,Feb,Mar,Total\nAnn,1,2,3,6\nBob,4,5,6,15\n")
    told = ingest.plan([source], Options(months="rows")).files[0]
    assert told.checked is not None
    rows = told.checked.rows.select("scope", "scope_value", "measure", "starts_on", "ends_on", "value")
    assert (told.table, rows.row(0)) == (
        "targets", ("rep", "Ann", "won_amount", date(2026, 1, 1), date(2026, 1, 31), 1.0)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "first", "last"),
    [
        ("Q1,Q2,Q3,Q4", "2026-01-01", "2026-12-31"),
        ("Q1 2025,Q2 2025", "2025-01-01", "2025-06-30"),
        ("2025Q3,2025Q4,2026Q1", "2025-07-01", "2026-03-31"),
        ("1Q26,2Q26,3Q26", "2026-01-01", "2026-09-30"),
        ("Q3,Q4,Q1", "2026-07-01", "2027-03-31"),
        ("一季度,二季度,三季度,四季度", "2026-01-01", "2026-12-31"),
        ("第一季度目标,第二季度目标", "2026-01-01", "2026-06-30"),
        ("2026年1季度,2026年2季度", "2026-01-01", "2026-06-30"),
        ("Quarter 1,Quarter 2", "2026-01-01", "2026-06-30"),
        ("FY26 Q1,FY26 Q2", "2026-01-01", "2026-06-30"),
        ("Q1 FY2026,Q2 FY2026", "2026-01-01", "2026-06-30"),
        ("2026财年Q1,2026财年Q2", "2026-01-01", "2026-06-30"),
    ],
)
def test_quarters_in_every_usual_form(headers: str, first: str, last: str) -> None:
    width = headers.count(",") + 1
    text = f"rep,{headers},Total\nAnn,{','.join('12345'[:width])},9\n"
    asked = reading(text, "targets 2026.csv").questions[0]
    assert asked.code == "ask_quarters"
    assert all(asked.text(lang) for lang in ("en", "zh-CN"))
    table = reading(text, "targets 2026.csv", months="rows").tables[0]
    assert (table.frame["1"].min(), table.frame["2"].max(), table.frame.height) == (first, last, width)
    assert table.remarks[-1].params["sums"] == "Total"


def test_fiscal_quarters_of_another_year_than_the_calendars_are_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By which of its two calendar years a fiscal year is called, nobody has told."""
    text = "rep,FY26 Q1,FY26 Q2,FY26 Total\nAnn,1,2,3\n"
    assert reading(text, "targets.csv").questions[0].code == "ask_quarters"
    monkeypatch.setattr(month_columns, "settings", lambda: settings().model_copy(update={"fiscal_start": 4}))
    assert not reading(text, "targets.csv").questions


def test_quarters_without_a_year_ask_for_it_and_show_which_months_they_are() -> None:
    question = reading("销售,一季度,二季度,三季度,四季度\n李伟,10,20,30,40\n").questions[0]
    assert question.code == "ask_quarters_year"
    year = question.choices[0]
    assert question.samples[year][:2] == [f"李伟, {year}-01…03: 10", f"李伟, {year}-04…06: 20"]


def test_goals_by_quarter_are_loaded_and_quarters_beside_months_are_their_sums() -> None:
    source = Source("目标 2026.csv", "销售,一季度,二季度,三季度,四季度\n李伟,10,20,30,40\n".encode())
    told = ingest.plan([source], Options(months="rows")).files[0]
    assert told.checked is not None
    assert told.checked.rows.select("starts_on", "ends_on", "value").row(1) == (
        date(2026, 4, 1), date(2026, 6, 30), 20.0
    )  # fmt: skip
    table = reading("rep,Jan,Feb,Mar,Q1\nAnn,1,2,3,6\n", "2026.csv", months="rows").tables[0]
    assert (table.frame.height, table.remarks[-1].params["sums"]) == (3, "Q1")


def test_the_unit_of_the_sums_is_that_of_the_quarters_beside_them() -> None:
    text = "销售,年度目标(万元),Q1,Q2,Q3,Q4\n张三,400,100,100,100,100\n李四,200,50,50,50,50\n合计,600,150,150,150,150\n"
    found = planned(text, name="2026销售目标.csv", months="2026")
    assert rows(found)["value"].sum() == 6_000_000
    other = planned(text.replace("400", "900"), name="2026销售目标.csv", months="2026")
    assert rows(other)["value"].sum() == 600, "what is not their sum says nothing of them"


def test_goals_of_which_a_column_says_the_measure_are_of_that_measure() -> None:
    """They were taken for goals of won amount, whatever the column said; a unit beside its name is not guessed away."""
    text = "部门,销售人员,考核指标,一季度,二季度\n华东,张三,回款额,30,35\n华东,李四,赢单金额,20,25\n"
    goals = rows(planned(text, name="目标2026.csv", months="2026")).sort("line", "starts_on")
    assert goals.select("scope", "scope_value", "measure", "value").rows() == [
        ("rep", "张三", "collected", 30), ("rep", "张三", "collected", 35), ("rep", "李四", "won_amount", 20),
        ("rep", "李四", "won_amount", 25),
    ]  # fmt: skip
    with pytest.raises(MostRefused):
        planned(
            text.replace("回款额", "回款额(万元)").replace("赢单金额", "赢单金额(万元)"),
            name="目标2026.csv",
            months="2026",
        )


SOLD = "客户名称,业务员,1月,2月,3月,合计\n甲,张三,12,,15,27\n乙,李四,5,0,7,12\n合计,,17,0,22,39\n"


def test_sales_of_customers_by_month_become_orders_after_asking_for_the_day() -> None:
    (question,) = planned(SOLD, months="2026").questions
    assert (question.code, question.flag, question.choices) == ("ask_month_sales", "--periods", ("first", "last"))
    found = planned(SOLD, months="2026", periods="last")
    assert (found.table, rows(found)["amount"].sum(), found.read) == ("order_lines", 39, 4)
    assert rows(found)["order_id"].to_list()[:2] == ["甲 张三 2026-01", "甲 张三 2026-03"]
    assert rows(found)["ordered_on"].to_list()[:2] == [date(2026, 1, 31), date(2026, 3, 31)]
    assert [one.params["none"] for one in found.warnings if one.code == "months_of_sales"] == [1]


@pytest.mark.parametrize("name", ["2026目标.csv", "回款计划.csv"])
def test_goals_of_customers_are_no_sales(name: str) -> None:
    assert planned(SOLD, name=name, months="2026").table != "order_lines"


def test_months_below_their_quarter_are_months() -> None:
    text = "负责人,一季度 1月,一季度 2月,二季度 4月,Q2 5月,合计\n李伟,10,20,30,5,65\n"
    table = reading(text, "2026年目标.csv", months="rows").tables[0]
    assert table.frame["1"].to_list() == ["2026-01-01", "2026-02-01", "2026-04-01", "2026-05-01"]
