"""A known stage with a number before or a further word behind is that stage, and is said; the unsure is asked."""

from __future__ import annotations

import pytest

from tests.data.ingest.test_plan import codes, planned, rows

DEALS = "Deal ID,Deal,Company,Owner,Stage,Amount,Created,Close Date\n1,A,Acme,Ann,{},12,2026-01-05,2026-03-01\n"
READ = {
    "won": (
        "Closed Won - Expansion",
        "Closed Won - Q1 2026",
        "赢单（续约）",
        "Closed Won (Renewal)",
        "6. Closed - Won",
        "赢单 Won",
    ),
    "lost": ("Closed Lost - Price", "Closed Lost: No budget", "输单-无预算"),
    "open": ("3、方案报价", "2. Negotiation", "谈判 Negotiation"),
}
UNSURE = (
    *("Proposal - lost", "Won (unconfirmed)", "赢单（待确认）", "Closed Won/Lost", "Won back"),
    *("Closed won (not paid)", "Closed Won by competitor", "Closed Won: FALSE", "Won | 否", "赢单：否", "Won?"),
    *(
        "赢单（作废）",
        "赢单-已退款",
        "Closed Won - withdrawn",
        "Closed Won - awaiting signature",
        "Closed Won/Expansion",
    ),
    *("Proposal - rejected", "Proposal: accepted", "报价-客户拒绝", "谈判 - 中标", "Negotiation - Legal"),
    *("输单：否", "Lost: No", "Lost - reactivated", "Closed Lost (won by Acme)"),
)


@pytest.mark.parametrize(("status", "stage"), [(status, stage) for status, stages in READ.items() for stage in stages])
def test_a_known_stage_with_more_around_it_is_that_stage(status: str, stage: str) -> None:
    found = planned(DEALS.format(stage))
    assert rows(found)["status"].to_list() == [status]
    assert rows(found)["stage"].to_list() == [stage], "it is called as the company calls it"
    assert "stages_varied" in codes(found)
    assert rows(planned(DEALS.format(stage), stages={stage: "open"}))["status"].to_list() == ["open"]


@pytest.mark.parametrize("stage", UNSURE)
def test_what_may_be_otherwise_is_asked(stage: str) -> None:
    assert [question.code for question in planned(DEALS.format(stage)).questions] == ["ask_stage"]


def test_a_stage_that_asks_is_what_a_person_says() -> None:
    assert rows(planned(DEALS.format("Won?"), stages={"Won?": "won"}))["status"].to_list() == ["won"]


def test_stages_beyond_those_shown_are_counted() -> None:
    head, line = DEALS.format("Proposal").splitlines()
    lines = [line.replace("Proposal", f"Closed Won - {year}").replace("1,A", f"{year},A") for year in range(2000, 2021)]
    (said,) = [one for one in planned("\n".join([head, *lines])).warnings if one.code == "stages_varied"]
    assert "(+1)" in said.text("en")
