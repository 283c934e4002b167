"""Columns that are called by the question of a survey."""

from __future__ import annotations

from datetime import date

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.question_names import RECOMMENDING, names_asked
from tests.data.ingest.test_plan import rows


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("2、您有多大可能把我们推荐给同事或朋友？(0-10)", (RECOMMENDING,)),
        ("Q7. On a scale from 0 to 10, how likely would you recommend us?", (RECOMMENDING,)),
        ("您的推荐意愿", (RECOMMENDING,)),
        ("1、您的公司名称", ("公司名称",)),
        ("3. 贵公司", ("公司",)),
        ("Your company name", ("company name",)),
        ("Recommended by", ()),
        ("Amount", ()),
        ("2026.Amount", ()),
        ("客户名称", ()),
    ],
)
def test_a_question_is_known_by_what_it_asks(header: str, names: tuple[str, ...]) -> None:
    assert names_asked(header) == names


def test_answers_of_a_form_are_answers_of_a_survey() -> None:
    text = (
        "序号,提交答卷时间,所用时间,来源,来自IP,1、您的公司名称,2、您有多大可能把我们推荐给同事或朋友？(0-10),3、原因\n"
        "1,2026/10/12 10:11:12,45秒,微信,1.1.1.1,华为,9,快\n2,2026/10/13 11:11:12,30秒,链接,1.1.1.2,中兴,3,慢\n"
    )
    (file,) = ingest.plan([Source("nps.csv", text.encode())], Options(today=date(2026, 11, 21))).files
    assert (file.table, file.questions) == ("surveys", [])
    assert rows(file).select("kind", "customer", "score", "comment").rows() == [
        ("nps", "华为", 9.0, "快"), ("nps", "中兴", 3.0, "慢")
    ]  # fmt: skip
