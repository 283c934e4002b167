"""What is asked under a list: one answer is asked for once, however many columns leave it open."""

from __future__ import annotations

from tests.data.ingest.test_plan import planned
from ui.asking import joined

OPEN = (
    "deal_id,deal,status,amount,created_on,closed_on\n"
    "1,x,won,5,01/02/2026,05/06/2026\n2,y,won,6,03/04/2026,07/08/2026\n"
)


def test_two_columns_with_one_open_order_are_one_question() -> None:
    questions = planned(OPEN).questions
    assert len(questions) == 2
    (asked,) = joined(questions)
    assert (asked.params["column"], asked.choices) == ("created_on, closed_on", ("dmy", "mdy"))
    assert {"01/02/2026 = 2026-02-01", "05/06/2026 = 2026-06-05"} <= set(asked.samples["dmy"])


def test_other_questions_stay() -> None:
    questions = planned(OPEN.replace("won,5", "talking,5")).questions
    assert {question.code for question in joined(questions)} == {"ask_date_order", "ask_stage"}
