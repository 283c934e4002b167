"""Lists whose column names say nothing: what their values prove is asked, never taken."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from data import ingest
from data.ingest import Options, Question, Source
from data.ingest.errors import TableUnrecognised
from tests.command_line import Company
from tests.data.ingest.test_plan import TODAY

ACTIVITIES = "".join(
    f"{row},{('Call', 'Visit', 'Email')[row % 3]},2026-01-{row % 27 + 1:02} 10:00,Ann,Talk {row}\n" for row in range(20)
)
LEADS = "".join(
    f"L{row},{('New', 'Contacted', 'Converted')[row % 3]},2026-01-{row % 27 + 1:02},Person {row}\n" for row in range(20)
)
CONTACTS = "".join(f"P{row},Person {row},p{row}@example.org,1380000{row:04}\n" for row in range(20))
CUSTOMERS = "".join(f"C{row},某某{row}有限公司,x{row % 3}\n" for row in range(20))
DEALS = "".join(
    f"{1001 + row},Deal {row},{('Won', 'Lost', 'Prospecting')[row % 3]},{1000 + row * 7 % 90},2026-01-{row + 1:02}\n"
    for row in range(20)
)


INVOICES = "".join(
    f"{7000 + row},某某{row}有限公司,2026-01-{row + 1:02},2026-02-{row + 1:02},{1000 + row * 7 % 90}.50\n"
    for row in range(20)
)
NUMBERED = "".join(f"FP2026-{row:03},2026-01-{row + 1:02},{1000 + row * 7 % 90}.50\n" for row in range(20))
CONTRACTS = "".join(
    f"X{row},采购合同{row},某某{row}有限公司,2026-01-{row + 1:02},2027-01-{row + 1:02},{1000 + row * 7 % 90}\n"
    for row in range(20)
)
QUOTES = "".join(
    f"QT-{row:04},{('Sent', 'Accepted', 'Declined')[row % 3]},2026-01-{row + 1:02},{1000 + row * 7 % 90}\n"
    for row in range(20)
)


def asked(text: str, header: str) -> list[Question]:
    made = ingest.plan([Source("a.csv", f"{header}\n{text}".encode())], Options(today=TODAY))
    assert not made.loads, "nothing is taken without asking"
    return made.questions


def guessed(question: Question) -> dict[str, str]:
    return {header: ours for header, (ours, _) in question.samples.items()}


@pytest.mark.parametrize(
    ("text", "header", "table", "fields"),
    [
        (DEALS, "c1,c2,c3,c4,c5", "deals", {"c1": "deal_id", "c2": "deal", "c3": "status", "c4": "amount"}),
        (ACTIVITIES, "c1,c2,c3,Owner,c5", "activities", {"c1": "activity_id", "c2": "kind", "c3": "done_at"}),
        (LEADS, "c1,c2,c3,c4", "leads", {"c1": "lead_id", "c2": "status", "c3": "created_at"}),
        (CONTACTS, "c1,c2,c3,c4", "contacts", {"c1": "contact_id", "c2": "contact", "c3": "email", "c4": "phone"}),
        (CUSTOMERS, "c1,c2,c3", "customers", {"c1": "customer_id", "c2": "customer"}),
        (
            INVOICES,
            "c1,c2,c3,c4,c5",
            "invoices",
            {"c1": "invoice_id", "c2": "customer", "c3": "issued_on", "c4": "due_on", "c5": "amount"},
        ),
        (NUMBERED, "c1,c2,c3", "invoices", {"c1": "invoice_id", "c2": "issued_on", "c3": "amount"}),
        (
            CONTRACTS,
            "c1,c2,c3,c4,c5,c6",
            "contracts",
            {"c1": "contract_id", "c2": "contract", "c4": "starts_on", "c5": "ends_on", "c6": "amount"},
        ),
        (QUOTES, "c1,c2,c3,c4", "quotes", {"c1": "quote_id", "c2": "status", "c3": "issued_on", "c4": "amount"}),
    ],
)
def test_values_give_a_list_away_and_it_is_asked(text: str, header: str, table: str, fields: dict[str, str]) -> None:
    question = asked(text, header)[0]
    assert (question.code, question.params["table"]) == ("ask_columns", table)
    assert fields.items() <= guessed(question).items()
    for lang in ("en", "zh-CN"):
        assert f"--table {table}" in question.text(lang)


def test_an_answer_about_documents_loads_them() -> None:
    question = asked(INVOICES, "c1,c2,c3,c4,c5")[0]
    said = Options(table="invoices", columns=guessed(question), today=TODAY)
    (file,) = ingest.plan([Source("a.csv", f"c1,c2,c3,c4,c5\n{INVOICES}".encode())], said).files
    assert (file.table, file.read, file.refused, file.questions) == ("invoices", 20, 0, [])


def test_pieces_times_price_prove_an_order_list() -> None:
    lines = [
        f"SO-{100 + row // 3},2026-01-{row // 3 % 27 + 1:02},{row % 5 + 1},{10.5 + row % 7:.2f},"
        f"{(row % 5 + 1) * (10.5 + row % 7):.2f}"
        for row in range(30)
    ]
    question = asked("\n".join(lines), "a,b,c,d,e")[0]
    assert question.params["table"] == "order_lines"
    assert guessed(question) == {"a": "order_id", "b": "ordered_on", "c": "quantity", "d": "unit_price", "e": "amount"}


@pytest.mark.parametrize("name", ["Call duration", "通话时长", "Seconds", "Time in days"])
def test_how_long_something_took_is_no_money(name: str) -> None:
    text = "".join(f"某某{row}有限公司,2026-01-{row + 1:02},{1000 + row * 7 % 90}.50\n" for row in range(20))
    assert any("c3=amount" in question.text("en") for question in asked(text, "c1,c2,c3"))
    try:
        questions = asked(text, f"c1,c2,{name}")
    except TableUnrecognised:
        return  # a customer and a day alone are no list
    assert not any(f"{name}=amount" in question.text("en") for question in questions)


def test_noise_is_no_list() -> None:
    draw = random.Random(1)
    noise = "\n".join(f"{draw.random()},{draw.choice('xyz')},{draw.randint(0, 9)}" for _ in range(40))
    with pytest.raises(TableUnrecognised):
        asked(noise, "a,b,c")


def test_names_that_the_store_knows_tell_payments_and_the_answer_loads_them(company: Company, tmp_path: Path) -> None:
    deals = tmp_path / "deals.csv"
    deals.write_text("deal_id,deal,customer,rep,status,amount\n1,a,Acme,Ann,won,5\n2,b,Umbra,Bob,won,7\n", "utf-8")
    company.load(deals)
    file = tmp_path / "x.csv"
    rows = [f"R{row},{('Acme', 'Umbra')[row % 2]},2026-02-{row + 1:02},{100 + row * 10}.50" for row in range(10)]
    file.write_text("c1,c2,c3,c4\n" + "\n".join(rows), "utf-8")
    ran = company("import", file)
    assert ran.code == 3
    (question, *_) = ran.json["uploads"][0]["questions"]
    assert "--table payments" in question
    maps = ("--map", "c1=payment_id", "--map", "c2=customer", "--map", "c3=paid_on", "--map", "c4=amount")
    company.load(file, "--table", "payments", *maps)
    assert company.ask("collected") == [{"collected": 1455.0}]
