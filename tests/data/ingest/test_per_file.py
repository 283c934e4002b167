"""What is said of one file holds for that file alone: options of an import, and --for on the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.errors import FileRefused, SheetUnknown, UnknownColumn
from data.ingest.options import Answers
from data.store import Store
from tests.command_line import Company
from tests.data.ingest.test_together import workbook

TODAY = date(2026, 6, 1)
DAYS = "deal_id,status,amount,created_on,{more}\n{id},won,5,01/02/2026,x\n"


def days(id_: int, more: str = "note") -> bytes:
    return DAYS.format(id=id_, more=more).encode()


def created(file: ingest.FilePlan) -> object:
    assert file.checked is not None
    return file.checked.rows["created_on"][0]


def test_an_answer_about_one_file_is_none_about_another() -> None:
    files = [Source("a.csv", days(1)), Source("b.csv", days(2))]
    told = Options(files={"a.csv": Answers(date_order="dmy")}, today=TODAY)
    first, second = ingest.plan(files, told).files
    assert created(first) == date(2026, 2, 1)
    assert [question.code for question in second.questions] == ["ask_date_order"]
    both = Options(files={"a.csv": Answers(date_order="dmy"), "b.csv": Answers(date_order="mdy")}, today=TODAY)
    assert [created(file) for file in ingest.plan(files, both).files] == [date(2026, 2, 1), date(2026, 1, 2)]


def test_what_is_said_of_a_file_goes_before_what_is_said_of_all() -> None:
    files = [Source("a.csv", days(1)), Source("b.csv", days(2))]
    told = Options(date_order="mdy", as_of=date(2026, 3, 1), files={"b.csv": Answers(date_order="dmy")}, today=TODAY)
    first, second = ingest.plan(files, told).files
    assert (created(first), created(second)) == (date(2026, 1, 2), date(2026, 2, 1))
    assert first.as_of == second.as_of == date(2026, 3, 1)


def test_files_of_one_name_are_told_apart_by_their_ids() -> None:
    files = [Source("a.csv", days(1), "x"), Source("a.csv", days(2), "y")]
    told = Options(files={"x": Answers(date_order="dmy"), "y": Answers(date_order="mdy")}, today=TODAY)
    assert [created(file) for file in ingest.plan(files, told).files] == [date(2026, 2, 1), date(2026, 1, 2)]


def test_the_key_and_the_full_export_of_one_file_leave_the_other_alone() -> None:
    text = "Deal Name,Stage,Amount,Customer,Site\na,Won,5,A,1\nb,Won,6,B,2\n"
    files = [Source("a.csv", text.encode()), Source("b.csv", text.replace("Won,5", "Won,9").encode())]
    told = Options(files={"a.csv": Answers(keys=(("Deal Name", "Site"),), is_full=True)}, today=TODAY)
    first, second = ingest.plan(files, told).files
    assert (first.key_columns, first.is_whole) == (["Deal Name", "Site"], True)
    assert second.key_columns != ["Deal Name", "Site"]
    assert second.is_whole is None


def test_sheets_of_one_workbook_are_told_apart() -> None:
    book = workbook(
        {
            "Old": [["deal_id", "status", "amount", "created_on", "x"], ["1", "won", "5", "01/02/2026", "y"]],
            "New": [["deal_id", "status", "amount", "created_on", "z"], ["2", "won", "5", "01/02/2026", "y"]],
        }
    )
    told = Options(files={"b.xlsx / Old": Answers(date_order="dmy")}, today=TODAY)
    old, new = ingest.plan([Source("b.xlsx", book)], told).files
    assert created(old) == date(2026, 2, 1)
    assert [question.code for question in new.questions] == ["ask_date_order"]


def test_months_are_asked_of_each_sheet() -> None:
    book = workbook(
        {
            "Targets": [["rep", "Jan", "Feb", "Mar"], ["Ann", 1, 2, 3]],
            "Costs": [["product", "Jan", "Feb", "Mar"], ["Pen", 4, 5, 6]],
        }
    )
    asked = ingest.plan([Source("b.xlsx", book)], Options(today=TODAY)).files
    assert [(file.file, [question.flag for question in file.questions]) for file in asked] == [
        ("b.xlsx / Targets", ["--months"]),
        ("b.xlsx / Costs", ["--months"]),
    ]
    told = Options(files={"b.xlsx / Targets": Answers(months="2026")}, today=TODAY)
    (left,) = ingest.plan([Source("b.xlsx", book)], told).files
    assert left.file == "b.xlsx / Costs"


def test_a_column_that_no_file_or_not_that_file_has_is_a_mistake() -> None:
    files = [Source("a.csv", days(1, "mine")), Source("b.csv", days(2, "yours"))]
    ingest.plan(files, Options(columns={"mine": ""}, date_order="dmy", today=TODAY))
    with pytest.raises(UnknownColumn):
        ingest.plan(files, Options(columns={"theirs": ""}, today=TODAY))
    with pytest.raises(UnknownColumn):
        ingest.plan(files, Options(files={"a.csv": Answers(columns={"yours": ""})}, today=TODAY))
    with pytest.raises(SheetUnknown):
        ingest.plan(files, Options(sheet="Sheet1", today=TODAY))


def test_a_file_that_is_not_understood_is_kept_for_a_person_to_say_more() -> None:
    strange = Source("b.csv", b"foo,bar\n1,x\n2,y\n")
    with pytest.raises(FileRefused):
        ingest.plan([Source("a.csv", days(1)), strange], Options(today=TODAY))
    made = ingest.plan([Source("a.csv", days(1)), strange], Options(date_order="dmy", today=TODAY), keep_refused=True)
    good, bad = made.files
    assert good.error is None
    assert bad.error is not None
    assert bad.headers == ["foo", "bar"]
    assert made.refused == [bad]
    assert made.loads == []


def test_options_after_for_hold_for_that_file(company: Company, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(days(1))
    second.write_bytes(days(2))
    loaded = company.load(
        first, second, "--date-order", "mdy", "--for", second, "--date-order", "dmy", "--as-of", "2026-03-09"
    )
    assert [upload["as_of"] for upload in loaded] == ["2026-01-02", "2026-03-09"]
    refused = company("import", first, "--for", "c.csv", "--table", "deals")
    assert refused.code == 1
    assert "c.csv" in refused.out + refused.err
    wrong = company("import", first, "--for", first, second)
    assert wrong.code == 2


def test_a_sheet_is_named_on_the_command_line(company: Company, tmp_path: Path) -> None:
    rows = [["deal_id", "status", "amount", "created_on"], ["1", "won", "5", "01/02/2026"]]
    others = [["deal_id", "status", "amount", "created_on", "note"], ["2", "won", "5", "2026-02-01", "y"]]
    file = tmp_path / "book.xlsx"
    file.write_bytes(workbook({"Old": rows, "New": others}))
    assert company("import", file).code == 3
    loaded = company.load(file, "--for", f"{file} / Old", "--date-order", "dmy")
    assert [upload["file"] for upload in loaded] == ["book.xlsx / Old", "book.xlsx / New"]
    assert company("import", file, "--for", f"{file} / Ald", "--date-order", "dmy").code == 1


def test_each_file_remembers_its_own_answers_only(store: Store) -> None:
    other = b"deal_id,status,amount,created_on,owner_note\n7,won,5,03/04/2026,x\n"
    files = [Source("a.csv", days(1)), Source("b.csv", other)]
    told = Options(files={"a.csv": Answers(date_order="dmy"), "b.csv": Answers(date_order="mdy")}, today=TODAY)
    ingest.run(store, ingest.plan(files, told))
    with store.snapshot() as seen:
        again = ingest.plan([Source("b 2.csv", other), Source("a 2.csv", days(3))], Options(today=TODAY), seen)
    assert not again.questions
    assert [created(file) for file in again.files] == [date(2026, 3, 4), date(2026, 2, 1)]
