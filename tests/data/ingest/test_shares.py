"""Shares and per cent: what numbers can be either way is asked with what each reading would make of them."""

from __future__ import annotations

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.remember import layouts
from data.store import open_store
from tests.command_line import Company
from tests.data.ingest.test_plan import TODAY, planned, rows

DEALS = "Deal ID,Deal Name,Amount,{name},Stage,Close Date\n{rows}"


def deals(*said: str, name: str = "Probability") -> str:
    return DEALS.format(
        name=name, rows="".join(f"{at},D{at},100,{cell},Open,2026-12-02\n" for at, cell in enumerate(said))
    )


@pytest.mark.parametrize(
    ("name", "said", "read"),
    [
        ("Probability", ["20", "1", "100"], [0.2, 0.01, 1.0]),
        ("Probability", ["0.2", "1", "0"], [0.2, 1.0, 0.0]),
        ("Probability", ["20%", "0.5%", "50"], [0.2, 0.005, 0.5]),
        ("Probability (%)", ["0", "20", "100"], [0.0, 0.2, 1.0]),
        ("Probability (%)", ["0", "20%", ""], [0.0, 0.2, None]),
    ],
)
def test_what_the_numbers_prove(name: str, said: list[str], read: list[float | None]) -> None:
    plan = planned(deals(*said, name=name))
    assert not plan.questions
    assert rows(plan)["probability"].to_list() == pytest.approx(read)


@pytest.mark.parametrize(
    ("name", "said", "percent", "share"),
    [
        ("Probability", ["0.5", "1", "50"], [0.005, 0.01, 0.5], [0.5, 1.0, 0.5]),
        ("Probability (%)", ["0.5", "0.9", "1"], [0.005, 0.009, 0.01], [0.5, 0.9, 1.0]),
        ("Probability", ["50%", "0.4", "100%"], [0.5, 0.004, 1.0], [0.5, 0.4, 1.0]),
    ],
)
def test_what_they_leave_open_is_asked(name: str, said: list[str], percent: list[float], share: list[float]) -> None:
    plan = planned(deals(*said, name=name))
    (question,) = plan.questions
    assert (question.code, question.flag, question.choices) == ("ask_shares", "--shares", ("percent", "share"))
    assert question.samples["percent"] != question.samples["share"]
    assert "--shares" in question.text("zh-CN")
    assert rows(planned(deals(*said, name=name), shares="percent"))["probability"].to_list() == pytest.approx(percent)
    assert rows(planned(deals(*said, name=name), shares="share"))["probability"].to_list() == pytest.approx(share)


def test_the_answer_is_of_the_layout() -> None:
    told = ingest.plan([Source("a.csv", deals("0.5", "50").encode())], Options(today=TODAY, shares="share"))
    (layout,) = layouts(told)
    assert layout.shares == "share"


GOALS = "销售人员,月份,赢率目标,赢单数目标\n张三,2026-01,{0},5\n李四,2026-01,{1},6\n王五,2026-01,{2},60\n"
WIN_RATE = {"赢率目标": "win_rate", "赢单数目标": "won_deals"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (("30%", "40%", "35%"), [0.3, 0.4, 0.35]),
        (("30", "40", "35"), [0.3, 0.4, 0.35]),
        (("0.3", "0.4", "0.35"), [0.3, 0.4, 0.35]),
        (("30%", "40", "35"), [0.3, 0.4, 0.35]),
    ],
)
def test_goals_of_a_share_are_read_as_shares_are(said: tuple[str, ...], read: list[float]) -> None:
    plan = planned(GOALS.format(*said), goals=WIN_RATE)
    assert not plan.questions
    goals = rows(plan).sort("scope_value", maintain_order=True)
    assert sorted(goals.filter(goals["measure"] == "win_rate")["value"]) == pytest.approx(sorted(read))
    assert sorted(goals.filter(goals["measure"] == "won_deals")["value"]) == [5, 6, 60]


def test_goals_of_a_share_that_may_be_either_are_asked() -> None:
    text = GOALS.format("30%", "0.4", "35")
    (question,) = planned(text, goals=WIN_RATE).questions
    assert (question.code, question.flag) == ("ask_shares", "--shares")
    said = rows(planned(text, goals=WIN_RATE, shares="share"))
    assert sorted(said.filter(said["measure"] == "win_rate")["value"]) == pytest.approx([0.3, 0.35, 0.4])


def test_how_goals_of_a_share_are_read_is_remembered(company: Company) -> None:
    file = company.path.parent / "goals.csv"
    file.write_text(GOALS.format("30%", "0.4", "35"), encoding="utf-8")
    said = ("--goal", "赢率目标=win_rate", "--goal", "赢单数目标=won_deals")
    assert company("import", file, *said).code == 3, "what 0.4 beside 35 is, is asked"
    company.load(file, *said, "--shares", "share")
    file.write_text(GOALS.format("31%", "0.5", "36"), encoding="utf-8")
    company.load(file)
    with open_store(company.path, create=False).snapshot() as seen:
        found = seen.frame("select value from crm.targets where measure = 'win_rate' and version = 2 order by value")
    assert found["value"].to_list() == pytest.approx([0.31, 0.36, 0.5])
