"""Every answer is remembered with the columns of its file: a later export with the same columns is asked nothing."""

from __future__ import annotations

from datetime import date

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.options import Answers
from data.ingest.remember import remembered
from data.store import Store

TODAY, NEXT_YEAR = date(2026, 6, 1), date(2027, 1, 8)


def again(store: Store, name: str, content: bytes, today: date = TODAY) -> ingest.Plan:
    with store.snapshot() as seen:
        return ingest.plan([Source(name, content)], Options(today=today), seen)


def load(store: Store, name: str, content: bytes, **said: object) -> None:
    with store.snapshot() as seen:
        made = ingest.plan([Source(name, content)], Options(today=TODAY, **said), seen)  # type: ignore[arg-type]
    assert not made.questions
    ingest.run(store, made)


ALIKE = "Name,Owner,Created,Note\n{0},Ann,2026-01-05,x\n"


def test_a_kind_of_list_is_remembered(store: Store) -> None:
    told = {"Name": "customer", "Owner": "rep", "Created": "created_on"}
    load(store, "list 2026-01-05.csv", ALIKE.format("A").encode(), table="customers", columns=told)
    made = again(store, "list 2026-01-12.csv", ALIKE.format("B").encode())
    assert not made.questions
    assert [file.table for file in made.files] == ["customers"]


def test_a_crm_is_remembered(store: Store) -> None:
    text = "Deal Name,Stage,Amount,Account Name,Closing Date\na,Closed Won,5,A,2026-01-05\n"
    alone = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files[0].profile
    other = "generic" if alone == "zoho" else "zoho"
    load(store, "a.csv", text.encode(), profile=other)
    assert again(store, "b.csv", text.encode()).files[0].profile == other


@pytest.mark.parametrize(
    ("header", "said", "table"),
    [("销售,1月,2月,3月", "2026", "targets"), ("rep,2026-01,2026-02,2026-03", "rows", "targets")],
)
def test_months_in_rows_are_remembered(store: Store, header: str, said: str, table: str) -> None:
    name = "销售目标 {}.csv"
    content = f"{header}\nAnn,10,20,30\n".encode()
    load(store, name.format(1), content, months=said)
    made = again(store, name.format(2), content.replace(b"10", b"11"))
    assert not made.questions
    assert [(file.table, file.read) for file in made.files] == [(table, 3)]
    later = again(store, name.format(3), content, NEXT_YEAR)
    assert bool(later.questions) == said.isdigit(), "the same columns are another year's list a year later"


def test_the_names_of_columns_are_remembered_for_files_called_alike(store: Store) -> None:
    names = "order_id,ordered_on,amount"
    load(store, "sales 2026-01.csv", b"7,2026-01-05,12.50\n8,2026-01-06,8.25\n", header=names)
    later = b"9,2026-02-05,1.50\n10,2026-02-06,2.25\n"
    made = again(store, "sales 2026-02.csv", later)
    assert not made.questions
    assert [file.headers for file in made.files] == [names.split(",")]
    assert "header_remembered" in [remark.code for remark in made.files[0].warnings]
    assert again(store, "returns 2026-02.csv", later).questions, "another file is asked about"
    assert again(store, "sales 2026-03.csv", b"2026-02-05,9,1.50\n2026-02-06,10,2.25\n").questions, "other columns"


WESTERN = "deal_id,status,amount,customer\n{0},won,5,M\xfcller\n"


def test_an_encoding_is_remembered_as_long_as_it_can_be(store: Store) -> None:
    first = WESTERN.format(1).encode("cp1252")
    assert ingest.plan([Source("a.csv", first)], Options(today=TODAY)).questions, "nothing proves it"
    load(store, "a.csv", first, encoding="cp1252")
    made = again(store, "b.csv", WESTERN.format(2).encode("cp1252"))
    assert not made.questions
    assert made.files[0].checked is not None
    assert made.files[0].checked.rows["customer"].to_list() == ["Müller"]
    assert "encoding_remembered" in [remark.code for remark in made.files[0].warnings]
    with store.snapshot() as seen:
        loaded = ingest.plan([Source("b.csv", WESTERN.format(2).encode("cp1252"))], Options(today=TODAY), seen)
        assert loaded.loads[0].mapping["read"] == {"encoding": "cp1252"}, "its original is read again the same way"
    impossible = b"deal_id,status,amount,customer\n3,won,5,\x81\x8d\xfc\n"
    asked = again(store, "c.csv", impossible).questions
    assert [question.code for question in asked] == ["ask_encoding"]
    other = again(store, "d.csv", "deal_id,status,amount,rep\n1,won,5,M\xfcller\n".encode("cp1252"))
    assert [question.code for question in other.questions] == ["ask_encoding"], "other columns, another answer"


def test_lines_that_count_are_remembered(store: Store) -> None:
    heads = b"order_id,ordered_on,amount\n1,2026-01-05,30\n2,2026-01-06,20\n"
    lines = b"order_id,ordered_on,product,quantity,amount\n1,2026-01-05,Pen,1,30\n2,2026-01-06,Ink,1,20\n"
    files = [Source("orders.csv", heads), Source("lines.csv", lines)]
    assert ingest.plan(files, Options(today=TODAY)).questions
    ingest.run(store, ingest.plan(files, Options(today=TODAY, files={"orders.csv": Answers(orders="lines")})))
    with store.snapshot() as seen:
        made = ingest.plan(files, Options(today=TODAY), seen)
    assert not made.questions
    assert [file.file for file in made.files] == ["lines.csv"]


def test_the_last_word_about_a_file_holds(store: Store) -> None:
    text = ALIKE.format("A").encode()
    load(store, "list 1.csv", text, table="customers", columns={"Name": "customer"})
    load(store, "list 2.csv", text, table="leads", columns={"Name": "lead_id", "Owner": "rep", "Created": "created_at"})
    made = again(store, "list 3.csv", text)
    assert (made.questions, made.files[0].table) == ([], "leads")
    assert len(remembered(store.folder)) == 1


def test_two_kinds_of_lists_with_the_same_columns_are_told_apart_by_name_or_asked(store: Store) -> None:
    text = ALIKE.format("A").encode()
    load(store, "customers 1.csv", text, table="customers", columns={"Name": "customer"})
    load(
        store, "leads 1.csv", text, table="leads", columns={"Name": "lead_id", "Owner": "rep", "Created": "created_at"}
    )
    assert again(store, "customers 2.csv", text).files[0].table == "customers"
    assert again(store, "leads 2.csv", text).files[0].table == "leads"
    (question,) = again(store, "others.csv", text).questions
    assert (question.code, set(question.choices)) == ("ask_reading", {"customers", "leads"})


def test_what_two_files_with_the_same_columns_were_told_differently_is_asked_again(store: Store) -> None:
    days = "deal_id,status,amount,created_on\n{0},{1},5,01/02/2026\n"
    files = [Source(f"{at}.csv", days.format(at, word).encode()) for at, word in ((1, "Blorp"), (2, "Zunk"))]
    told = {
        "1.csv": Answers(date_order="dmy", stages={"Blorp": "won"}),
        "2.csv": Answers(date_order="mdy", stages={"Zunk": "lost"}),
    }
    with store.snapshot() as seen:
        made = ingest.plan(files, Options(today=TODAY, files=told), seen)
    ingest.run(store, made)
    both = (days + "4,Zunk,6,02/03/2026\n").format(3, "Blorp").encode()
    assert [question.code for question in again(store, "3.csv", both).questions] == ["ask_date_order"]


def test_nothing_is_remembered_of_a_file_about_which_nothing_was_said(store: Store) -> None:
    files = [Source("a.csv", b"deal_id,status,amount,created_on\n1,won,5,01/02/2026\n"), Source("b.csv", b"rep\nAnn\n")]
    told = Options(today=TODAY, files={"a.csv": Answers(date_order="dmy")})
    ingest.run(store, ingest.plan(files, told))
    assert [profile.columns for profile in remembered(store.folder)] == [["deal_id", "status", "amount", "created_on"]]
