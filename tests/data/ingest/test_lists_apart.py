"""Lists that only their columns or names tell apart: each is a list of its own, or it is asked; none is mixed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from data import ingest
from data.ingest import Options, Source
from data.ingest.options import Answers
from data.ingest.read import read
from data.ingest.recognise import known_headers
from data.store import Store
from tests.data.ingest import binary_workbooks
from tests.data.ingest.test_blocks import DEALS, REPS, below, beside, csv, loaded, plan
from tests.data.ingest.test_plan import TODAY

Rows = Sequence[Sequence[str]]
FORMS = ("csv", "xlsx")  # a web page is read like a sheet

GOALS = [["Month", "Target"], *([f"2026-0{at}", str(100 * at)] for at in range(1, 6))]
PAYMENTS = [
    ["回款编号", "客户名称", "回款金额", "回款日期"],
    *([f"P{at}", f"客户{at}", str(at), f"2026-03-0{at}"] for at in range(1, 6)),
]
CUSTOMERS = [["Customer ID", "Customer Name", "Industry"], *([f"C{at}", f"Firm {at}", "Steel"] for at in range(1, 6))]
SPACED = [
    ["商机名称", "客户名称", "", "阶段", "金额", "预计成交日期"],
    *([f"商机{at}", f"客户{at}", "", "赢单", str(at), f"2026-03-0{at}"] for at in range(1, 6)),
]


def with_title(title: str, rows: Rows) -> list[list[str]]:
    return [[title, *[""] * (len(rows[0]) - 1)], *map(list, rows)]


def lower(by: int, rows: Rows) -> list[list[str]]:
    return [*([""] * len(rows[0]) for _ in range(by)), *map(list, rows)]


def counted(form: str, rows: Rows, **said: object) -> dict[str | None, int]:
    return {table: found.height for table, found in loaded(plan(form, rows, **said)).items()}


def asked(form: str, rows: Rows) -> ingest.Question:
    (question,) = plan(form, rows).questions
    for lang in ("en", "zh-CN"):
        assert "{" not in question.text(lang)
    return question


@pytest.mark.parametrize("form", FORMS)
def test_lists_with_as_many_rows_are_told_apart_by_what_they_hold(form: str) -> None:
    found = loaded(plan(form, beside(DEALS, GOALS, PAYMENTS)))
    assert found["deals"]["amount"].cast(int).to_list() == [10, 20, 30, 40, 50]
    assert found["targets"]["value"].to_list() == [100, 200, 300, 400, 500]
    assert found["payments"].select("customer", "amount").cast({"amount": int}).rows()[-1] == ("客户5", 5)
    assert "extra" not in found["deals"].drop_nulls().columns or found["deals"]["extra"].null_count() == 5


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", [1, 2, 4])
def test_a_list_may_begin_lower_or_be_shorter(form: str, by: int) -> None:
    lines = [["Deal ID", "Product Name", "Quantity"], ["D1", "x", "2"], ["D2", "y", "3"]]
    found = loaded(plan(form, beside(DEALS, lower(by, lines))))
    assert found["deals"]["deal_id"].to_list() == ["D1", "D2", "D3", "D4", "D5"]
    assert found["deal_lines"].select("deal_id", "quantity", "line").rows() == [("D1", 2, by + 2), ("D2", 3, by + 3)]


@pytest.mark.parametrize("form", FORMS)
def test_each_has_its_own_title_with_its_unit(form: str) -> None:
    first = with_title("单位：万元", [["商机编号", "商机名称", "阶段", "金额"], ["A1", "甲", "赢单", "5"]])
    second = with_title("二季度（元）", [["商机编号", "商机名称", "阶段", "金额"], ["A2", "乙", "赢单", "70000"]])
    made = plan(form, beside(first, second))
    assert not made.questions
    amounts = [(row["deal_id"], int(row["amount"])) for file in made.files if file.checked
               for row in file.checked.rows.iter_rows(named=True)]  # fmt: skip
    assert sorted(amounts) == [("A1", 50_000), ("A2", 70_000)]


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_column_within_a_list_is_no_border(form: str) -> None:
    assert counted(form, SPACED) == {"deals": 5}
    wide = [[*row[:1], "", *row[1:3], "", *row[3:]] for row in DEALS]
    open_ones = [*wide[:-1], [*wide[-1][:-1], ""]]  # the last deal has no day yet
    assert counted(form, open_ones) == {"deals": 5}


@pytest.mark.parametrize("form", FORMS)
def test_what_a_list_refers_to_again_and_again_is_no_list(form: str) -> None:
    customers = [CUSTOMERS[0], *(CUSTOMERS[1 + at % 2] for at in range(5))]
    found = loaded(plan(form, beside(DEALS, customers)))
    assert found["deals"]["customer_id"].to_list() == ["C1", "C2", "C1", "C2", "C1"]


@pytest.mark.parametrize("form", ["xlsx"])
def test_what_nothing_tells_is_asked_with_both_readings(form: str) -> None:
    rows = beside(DEALS, CUSTOMERS)
    question = asked(form, rows)
    assert (question.code, question.choices) == ("ask_lists", ("apart", "together"))
    assert "Firm 1" in question.samples["together"][0]
    assert "Customer ID" in question.samples["apart"][1]
    assert counted(form, rows, lists="apart") == {"deals": 5, "customers": 5}
    assert counted(form, rows, lists="together") == {"deals": 5}


@pytest.mark.parametrize("kind", ["xls", "xlsb"])
def test_empty_texts_between_lists_are_blank_cells(kind: str) -> None:
    rows = [tuple(row) for row in beside(DEALS, lower(1, REPS))]
    made = ingest.plan([Source(f"b.{kind}", getattr(binary_workbooks, kind)(rows))], Options(today=TODAY))
    assert [(file.table, file.read) for file in made.files] == [("deals", 5), ("reps", 2)]


@pytest.mark.parametrize("form", ["csv"])
@pytest.mark.parametrize(
    ("other", "field"),
    [
        ([["Order ID", "Customer", "Product"], *([f"O{at}", "Acme", "x"] for at in range(1, 6))], "customer"),
        ([["Owner", "Amount"], ["Ann", "7"], ["Bob", "8"]], "amount"),  # sums that stop before the list does
    ],
)
def test_columns_that_may_speak_of_something_else_fill_no_deal_unasked(form: str, other: Rows, field: str) -> None:
    rows = beside([[*row[:2], *row[3:]] for row in DEALS], other)
    assert asked(form, rows).code == "ask_lists"
    deals = next(file for file in plan(form, rows, lists="apart").files if file.table == "deals")
    assert deals.checked is not None
    assert field not in deals.checked.rows.columns
    assert field in loaded(plan(form, rows, lists="together"))["deals"].columns


def test_an_answer_about_lists_is_remembered_for_the_same_columns(store: Store) -> None:
    said = {"a.csv": "apart", "b.csv": "together"}
    files = {name: beside([[*DEALS[0], name], *([*row, "1"] for row in DEALS[1:])], CUSTOMERS) for name in said}
    sources = [Source(name, csv(rows)) for name, rows in files.items()]
    told = {name: Answers(lists=word) for name, word in said.items()}  # type: ignore[arg-type]
    made = ingest.plan(sources, Options(today=TODAY, files=told))
    assert not made.questions
    ingest.run(store, made)
    later = [Source(source.name, source.content.replace(b"\nD", b"\nE")) for source in sources]
    with store.snapshot() as seen:
        made = ingest.plan(later, Options(today=TODAY), seen)
    assert not [question for question in made.questions if question.flag == "--lists"]
    assert [file.table for file in made.files] == ["deals", "customers", "deals"]


def test_it_may_be_said_of_one_sheet_alone() -> None:
    rows = beside(DEALS, CUSTOMERS)
    assert len(plan("xlsx", rows, files={"b.xlsx / S": Answers(lists="apart")}).files) == 2


LEADS = [["Lead ID", "Lead Name", "Company", "Status", "Created Time"], ["L1", "P", "Acme", "New", "2026-01-02"]]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("other", [LEADS, REPS, [[*row[:3]] for row in REPS]])
def test_a_list_below_without_a_blank_row_is_one(form: str, other: Rows) -> None:
    width = max(len(DEALS[0]), len(other[0]))
    rows = [[*row, *[""] * (width - len(row))] for row in (*DEALS, *other)]
    found = loaded(plan(form, rows))
    assert found["deals"].height == 5
    assert sum(rows.height for rows in found.values()) == 5 + len(other) - 1


@pytest.mark.parametrize("between", [[], [[""]]])
@pytest.mark.parametrize("form", FORMS)
def test_the_title_of_a_wider_list_below_is_its_own(form: str, between: Rows) -> None:
    rows = [["客户编号", "客户名称", "行业"], ["C1", "甲", "制造"], *between, ["单位：万元"]]
    deals = [["商机编号", "商机名称", "阶段", "金额", "成交日期"], ["A1", "a", "赢单", "5", "2026-01-05"]]
    found = loaded(plan(form, [*rows, *deals]))
    assert (found["customers"].height, found["deals"]["amount"].cast(int).to_list()) == (1, [50_000])


@pytest.mark.parametrize("form", FORMS)
def test_sums_below_a_list_are_named_and_no_records(form: str) -> None:
    sums = [["Won deals by owner"], ["Who", "How many", "Sum"], ["Ann", "2", "300"], ["Bob", "1", "300"]]
    made = plan(form, below(DEALS, [[*row, *[""] * (5 - len(row))] for row in sums]))
    assert (loaded(made)["deals"].height, [file.refused for file in made.files]) == (5, [0])
    assert "Who" in made.left[0].text("en")


@pytest.mark.parametrize("form", ["xlsx"])
def test_rows_of_another_shape_below_a_list_are_asked_about(form: str) -> None:
    rows = below(DEALS, [["Who", "How many", "Sum"], ["Ann", "2", "300"], ["Bob", "1", "300"]])
    question = asked(form, rows)
    assert (question.code, question.params["line"]) == ("ask_lists_below", 8)
    assert counted(form, rows, lists="apart") == {"deals": 5}
    (file,) = plan(form, rows, lists="together").files
    assert file.read == len(DEALS) - 1 + 3, "as records, the names of the columns are one, too"


def test_records_that_say_the_names_of_columns_are_records() -> None:
    history = [
        ["Deal ID", "Field", "Old Value", "New Value", "Edit Date"],
        *([f"D{at}", word, "Owner", "Amount", f"2026-01-0{at}"] for at, word in enumerate(("Stage", "Status"), 1)),
    ]
    assert len(read(Source("h.csv", csv(history)), known_headers()).tables) == 1
    calls = [
        ["Subject", "Type", "Owner", "Due Date"],
        ["Call", "Email", "Ann", "2026-01-05"],
        ["Email", "Call", "Bob", ""],
    ]
    assert len(read(Source("c.csv", csv(calls)), known_headers()).tables) == 1


def test_sheets_whose_titles_say_different_units_are_not_one_list() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, unit, amount in (("一月", "单位：万元", "5"), ("二月", "单位：元", "70000")):
            sheet = book.add_worksheet(name)
            rows = [[unit], ["商机编号", "商机名称", "阶段", "金额"], [name, "甲", "赢单", amount]]
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    made = ingest.plan([Source("b.xlsx", out.getvalue())], Options(today=TODAY))
    rows = [row for file in made.files if file.checked for row in file.checked.rows.iter_rows(named=True)]
    assert [(row["deal_id"], int(row["amount"])) for row in rows] == [("一月", 50_000), ("二月", 70_000)]
