"""An answer that fits nothing is said, a day that has not come is refused; answers that fit are not spoken of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.errors import DayAhead
from tests.command_line import Company
from tests.data.ingest.test_plan import TODAY
from tests.data.written import written

DEALS = "Deal ID,Deal Name,Stage,Amount,Close Date\n1,A,Won,100,2026-01-05\n2,B,Odd Phase,200,2026-01-06\n"
GOALS = "负责人,1月,2月,3月\n张三,1,2,3\n"


def said(text: str, name: str = "a.csv", **options: object) -> list[str]:
    made = ingest.plan([Source(name, text.encode())], Options(today=TODAY, **options))  # type: ignore[arg-type]
    return [f"{remark.code}: {remark.text('en')} {remark.text('zh-CN')}" for remark in made.warnings]


def test_a_stage_that_no_deal_is_in_is_said() -> None:
    (text,) = said(DEALS, stages={"Foo": "won", "odd phase": "open"})
    assert text.startswith("stage_unmet")
    assert text.count("“Foo”") == 2
    assert "hase" not in text
    assert said(DEALS, stages={"Odd Phase": "open"}) == said(DEALS, stages={"*": "open"}) == []


def test_months_that_no_list_has_are_said() -> None:
    (text,) = said(DEALS, months="2026", stages={"*": "open"})
    assert text.startswith("months_unmet")
    assert "2026" in text
    assert said(GOALS, "2026目标.csv", months="2026") == []


def test_words_and_columns_that_no_list_has_are_said() -> None:
    paid = "回款编号,客户名称,回款日期,回款金额,状态\nP1,客A,2026-01-05,100,草稿\n"
    (text,) = said(paid, counts={"退货": "no", "草稿": "yes"})
    assert text.startswith("counts_unmet")
    assert text.count("“退货”") == 2
    assert "草稿" not in text
    (text,) = said(paid, counts={"草稿": "yes"}, years={"Closed": "2026"})
    assert text.startswith("years_unmet")


def test_a_word_of_another_column_is_no_status() -> None:
    paid = "回款编号,客户名称,回款日期,回款金额,状态\nP1,草稿,2026-01-05,100,已付\n"
    (text,) = said(paid, counts={"草稿": "no"})
    assert text.startswith("counts_unmet")


def test_a_day_that_has_not_come_is_refused(company: Company, tmp_path: Path) -> None:
    with pytest.raises(DayAhead):
        said(DEALS, as_of=date(2026, 11, 22), stages={"*": "open"})
    assert said(DEALS, as_of=TODAY, stages={"*": "open"}) == []
    ran = company("import", written(tmp_path, DEALS), "--stage", "*=open", "--as-of", "2135-01-01")
    assert ran.code == 1
    assert "2135-01-01" in ran.err
