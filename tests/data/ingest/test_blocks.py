"""Several lists in one place, beside or below each other: each is read by itself, with its own lines; none is lost."""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl
import pytest
import xlsxwriter

from data import ingest
from data.ingest import Options, Plan, Source
from data.ingest.options import Answers
from tests.data.ingest.test_plan import TODAY

DEALS = [
    ["Deal ID", "Deal Name", "Amount", "Stage", "Close Date"],
    *([f"D{at}", f"Deal {at}", str(10 * at), "Won", f"2026-01-0{at}"] for at in range(1, 6)),
]
REPS = [["Sales Rep", "Team", "Manager"], ["Ann", "East", "Zoe"], ["Bob", "West", "Yan"]]
ORDERS = [
    ["Order ID", "Order Date", "Customer", "Product", "Quantity", "Unit Price", "Amount"],
    ["O1", "2026-02-01", "Acme", "x", "2", "5", "10"],
    ["O2", "2026-02-02", "Beta", "y", "3", "5", "15"],
]


def beside(*lists: Sequence[Sequence[str]]) -> list[list[str]]:
    height = max(map(len, lists))
    return [
        [cell for rows in lists for cell in [*(rows[at] if at < len(rows) else [""] * len(rows[0])), ""]][:-1]
        for at in range(height)
    ]


def below(*lists: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(len(rows[0]) for rows in lists)
    return [[*row, *[""] * (width - len(row))] for rows in lists for row in [*rows, [""]]]


def csv(rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("S")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(at, column, cell)
    return out.getvalue()


def html(rows: Sequence[Sequence[str]]) -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><table>{body}</table></html>".encode()


FORMS = {"csv": csv, "xlsx": xlsx, "html": html}


def plan(form: str, rows: Sequence[Sequence[str]], **options: object) -> Plan:
    return ingest.plan([Source(f"b.{form}", FORMS[form](rows))], Options(today=TODAY, **options))  # type: ignore[arg-type]


def loaded(made: Plan) -> dict[str | None, pl.DataFrame]:
    assert not made.questions
    return {file.table: file.checked.rows for file in made.files if file.checked is not None}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lists", [beside(DEALS, REPS), below(DEALS, REPS), below(DEALS, [["Our people"]], REPS)])
def test_two_lists_are_two(form: str, lists: list[list[str]]) -> None:
    found = loaded(made := plan(form, lists))
    assert found["deals"]["amount"].cast(pl.Int64).to_list() == [10, 20, 30, 40, 50]
    assert found["reps"].select("rep", "team").rows() == [("Ann", "East"), ("Bob", "West")]
    assert any(remark.code == "lists_parted" for file in made.files for remark in file.warnings)
    assert all(file.refused == 0 for file in made.files)


@pytest.mark.parametrize("form", FORMS)
def test_a_wider_list_below_is_no_heap_of_refused_rows(form: str) -> None:
    found = loaded(plan(form, below(DEALS, ORDERS)))
    assert found["order_lines"]["amount"].cast(pl.Int64).to_list() == [10, 15]
    assert found["order_lines"]["line"].to_list() == [9, 10], "its lines are those of the file"


def test_three_lists_below_each_other() -> None:
    found = loaded(plan("xlsx", below(DEALS, REPS, ORDERS)))
    assert {table: rows.height for table, rows in found.items()} == {"deals": 5, "reps": 2, "order_lines": 2}


def test_the_same_list_twice_beside_each_other_is_one() -> None:
    other = [DEALS[0], *([f"E{row[0]}", *row[1:]] for row in DEALS[1:])]
    found = loaded(plan("xlsx", beside(DEALS, other)))
    assert found["deals"]["deal_id"].n_unique() == 10


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_column_or_row_parts_no_list(form: str) -> None:
    spaced = [[*row[:3], "", *row[3:]] for row in DEALS]
    (file,) = plan(form, [*spaced[:3], [""] * 6, *spaced[3:]]).files
    assert (file.table, file.read) == ("deals", 5)


def test_something_can_be_said_of_one_of_them() -> None:
    told = {"b.csv / Sales Rep": Answers(table="reps", columns={"Manager": ""})}
    made = plan("csv", below(DEALS, REPS), files=told)
    assert not made.unmet
    assert [file.table for file in made.files] == ["deals", "reps"]
    assert "manager" not in loaded(made)["reps"].columns


def test_subitems_below_the_rows_of_a_board_are_no_records() -> None:
    text = (
        "Name,Subitems,Owner,Stage,Deal Value,Created Date\nA,Kickoff,Mia,Won,10,2026-01-05\n"
        "Subitems,Name,Owner,Status,Date\n,Kickoff,Leo,Open,2026-01-02\n,Quote,Leo,Won,2026-01-20\n"
        "B,,Leo,Open,7,2026-01-06\nName,x,Leo,Open,1,2026-01-07\n"
    )
    (file,) = ingest.plan([Source("board.csv", text.encode())], Options()).files
    assert file.checked is not None
    assert file.checked.rows["deal"].to_list() == ["A", "B", "Name"], "a deal may be called so"
    assert (file.set_aside, file.refused) == (3, 0)
    assert [one.params["rows"] for one in file.warnings if one.code == "rows_nested"] == [2]
