"""A known stage with a number before or a further word behind is that stage, and is said; the unsure is asked."""

from __future__ import annotations

import pytest

from tests.data.ingest.test_plan import codes, planned, rows

DEALS = "Deal ID,Deal,Company,Owner,Stage,Amount,Created,Close Date\n1,A,Acme,Ann,{},12,2026-01-05,2026-03-01\n"
READ = {
    "won": ("Closed Won - Expansion", "Closed Won (Renewal)", "6. Closed - Won", "赢单 Won"),
    "lost": ("Closed Lost - Price", "Closed Lost: No budget", "输单-无预算"),
    "open": ("3、方案报价", "Negotiation - Legal", "谈判 Negotiation"),
}
UNSURE = (
    *("Proposal - lost", "Won (unconfirmed)", "赢单（待确认）", "Closed Won/Lost", "Won back"),
    "Closed won (not paid)",
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
