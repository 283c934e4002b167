"""Answers of surveys and lead forms, and what a text file tells Excel about its digits."""

from __future__ import annotations

from datetime import date

import pytest

from data.ingest import FilePlan, Options, Source, plan


def planned(text: str) -> FilePlan:
    file = plan([Source("list.csv", text.encode())], Options(today=date(2026, 11, 21))).files[0]
    assert file.checked is not None, [question.text("en") for question in file.questions]
    return file


ENGLISH = """Response ID,Recorded Date,Company,How likely are you to recommend us to a friend or colleague?,Why?
R1,2026-06-01 10:00:00,Acme,9,good
R2,2026-06-02 10:00:00,Globex,3,slow
"""
CHINESE = """提交时间,客户名称,您有多大可能推荐我们？（0-10分）,意见,销售
2026/6/1 10:00,甲,9,好,张伟
2026/6/2 10:00,乙,3,慢,张伟
"""


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_how_likely_somebody_is_to_recommend_is_an_answer_of_a_survey(text: str) -> None:
    file = planned(text)
    assert file.table == "surveys"
    assert file.checked is not None
    assert file.checked.rows.select("kind", "score", "answered_on").rows() == [
        ("nps", 9.0, date(2026, 6, 1)), ("nps", 3.0, date(2026, 6, 2))
    ]  # fmt: skip


def test_lead_forms_are_leads_and_no_contacts() -> None:
    file = planned(
        "id,created_time,ad_name,campaign_name,form_name,is_organic,platform,full_name,email,phone_number,lead_status\n"
        "l:1,2026-03-01T10:00:00-05:00,ad,Spring,form,false,fb,Joe,j@example.com,p:+1555,CREATED\n"
    )
    assert (file.table, file.read, file.refused) == ("leads", 1, 0)


def test_digits_that_are_told_to_be_a_text_are_that_text() -> None:
    file = planned('订单编号,订单日期,客户名称,金额\n"=""0012""",2026-03-01,甲,10\n"=""0013""",2026-03-02,乙,20\n')
    assert file.checked is not None
    assert file.checked.rows["order_id"].to_list() == ["0012", "0013"]


def test_a_log_of_calls_and_meetings() -> None:
    file = planned(
        "Date,Rep,Type,Company,Notes\n2026-06-13 14:00,Ann,Call,Acme,talked\n2026-06-14 15:00,Bob,Demo,Globex,\n"
    )
    assert file.table == "activities"
    assert file.checked is not None
    assert file.checked.rows.select("rep", "customer", "kind").rows() == [
        ("Ann", "Acme", "call"),
        ("Bob", "Globex", "demo"),
    ]
