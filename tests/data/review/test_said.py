"""What every file says of a report alike."""

from __future__ import annotations

from dataclasses import replace

from data.review.chapter import Chapter, Value
from data.review.said import Said
from tests.data.review.made import report


def test_of_what_when_and_for_whom() -> None:
    assert [label for label, _ in Said(report("zh-CN")).head()] == ["期间", "数据截至", "变化起始日", "团队", "查看者"]
    alone = Said(replace(report(), who="", team=None, last_held=False))
    assert [text for _, text in alone.head()][1:] == [
        "12 Jun 2026",
        "5 Jun 2026",
        "all",
        "somebody who sees everything",
    ]
    assert alone.title == "Weekly sales review"


def test_a_change_has_its_direction() -> None:
    said = Said(report())
    assert said.before(Value("a", 120.0, "money", before=100.0, before_label="May")) == "May: $100 ▲ +20%"
    assert said.before(Value("a", 0.2, "share", before=0.25)) == "Before: 25.0% ▼ -5 pp"
    assert said.before(Value("a", 5.0, "count", before=0.0)) == "Before: 0", "per cent of nothing are none"
    assert said.before(Value("a", 5.0, "count", before=5.0)) == "Before: 5 0%"
    assert not said.before(Value("a", 5.0, "count"))
    assert said.before(Value("a", None, "count", before=5.0)) == "Before: 5"


def test_each_number_is_defined_once() -> None:
    won = Value("Won", 1.0, "money", "won_amount")
    values = (won, replace(won, value=2.0), Value("Won", 1.0, "count", meaning="Deals."), Value("x", 1.0, "count"))
    told = Said(replace(report(), chapters=(Chapter("a", "A", "f", values=values),))).definitions()
    assert [label for label, _, _ in told] == ["Won", "Won"]
    assert [meaning for _, meaning, _ in told] == ["Amount of deals won, by closing date.", "Deals."]


def test_whether_it_is_good_news() -> None:
    said = Said(report("zh-CN"))
    assert [said.mark(Chapter("a", "A", "f", one)) for one in (True, False, None)] == ["✓ 向好", "! 需关注", ""]
