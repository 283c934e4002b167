"""What was answered for a layout before against what a file of it proves."""

from __future__ import annotations

from data import ingest
from data.ingest import Options, Source
from data.store import Store
from tests.data.ingest.test_remembered import TODAY, again, load

AMOUNTS = "Deal ID;Deal Name;Stage;Amount;Close Date;Owner\n{0}"
FIRST = AMOUNTS.format("1;A;Won;1.234;2026-01-05;Ann\n2;B;Won;2.500;2026-01-06;Ann\n").encode()
DAYS = "Opportunity ID,Opportunity Name,Stage,Amount,Created Date,Owner\n1,A,Closed Won,100,{0},Ann\n"


def test_a_decimal_sign_that_the_file_contradicts_is_asked_again(store: Store) -> None:
    load(store, "a.csv", FIRST, decimal="comma")
    body = "1;A;Won;1234.50;2026-01-05;Ann\n2;B;Won;2500;2026-01-06;Ann\n3;C;Won;2.500;2026-01-06;Ann\n"
    later = AMOUNTS.format(body).encode()
    (question,) = again(store, "b.csv", later).questions
    assert (question.code, question.flag) == ("ask_decimal_again", "--decimal")
    for lang in ("en", "zh-CN"):
        assert "comma" in question.text(lang), "the remembered reading is named"
        assert "1234.50" in question.text(lang)
    load(store, "b.csv", later, decimal="point")
    with store.snapshot() as seen:
        amounts = dict(seen.frame("select deal_id, amount::double from crm.deals").iter_rows())
    assert amounts == {"1": 1234.5, "2": 2500, "3": 2.5}


def test_a_decimal_sign_is_used_as_long_as_nothing_contradicts_it(store: Store) -> None:
    load(store, "a.csv", FIRST, decimal="comma")
    assert not again(store, "b.csv", FIRST.replace(b"1.234", b"1.234,50")).questions
    assert not again(store, "c.csv", FIRST.replace(b"1.234", b"1.235")).questions
    most = AMOUNTS.format("1;A;Won;99.50;2026-01-05;Ann\n2;B;Won;12.25;2026-01-06;Ann\n").encode()
    assert [question.code for question in again(store, "d.csv", most).questions] == ["ask_decimal_again"]


def test_an_order_of_days_that_the_file_contradicts_is_asked_again(store: Store) -> None:
    load(store, "a.csv", DAYS.format("01/02/2026").encode(), date_order="dmy")
    later = (DAYS + "2,B,Closed Won,7,03/25/2026,Ann\n").format("02/03/2026").encode()
    (question,) = again(store, "b.csv", later).questions
    assert (question.code, question.choices) == ("ask_date_order_again", ("mdy", "dmy"))
    for lang in ("en", "zh-CN"):
        assert "dmy" in question.text(lang)
        assert "03/25/2026 = 2026-03-25" in question.text(lang)
    load(store, "b.csv", later, date_order="mdy")
    assert not again(store, "c.csv", later).questions, "the new answer is remembered"


def test_an_order_that_memory_decides_is_said(store: Store) -> None:
    load(store, "a.csv", DAYS.format("01/02/2026").encode(), date_order="dmy")
    made = again(store, "b.csv", DAYS.format("02/03/2026").encode())
    assert not made.questions
    (said,) = [remark for remark in made.files[0].warnings if remark.code == "date_by_memory"]
    assert said.params == {"column": "Created Date", "order": "dmy", "open": 1}
    assert not again(store, "c.csv", DAYS.format("2026-02-03").encode()).questions, "such a day says itself"
    now = ingest.plan([Source("d.csv", DAYS.format("01/02/2026").encode())], Options(today=TODAY, date_order="mdy"))
    assert "date_by_memory" not in [remark.code for remark in now.files[0].warnings]
