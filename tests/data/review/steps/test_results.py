"""Results of a company whose won deals have no closing date: a nought says what it leaves out, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data import truth
from data.review.asking import asked
from data.review.measured import measured
from data.review.steps import results
from data.review.words import Words
from data.store import Store
from metrics.cuts import total
from metrics.notes import note
from metrics.viewer import EVERYTHING
from tests.data.written import sent


@pytest.fixture
def three(store: Store) -> Store:
    """Two open deals, and one that was won nobody knows when."""
    made = {"created_on": date(2026, 10, 1), "rep": "Ann Lee"}
    truth.load(store, [sent(
        "deals",
        made | {"deal_id": "a", "status": "open", "stage": "Proposal", "amount": 50_000},
        made | {"deal_id": "b", "status": "open", "stage": "Qualification", "amount": 20_000},
        made | {"deal_id": "c", "status": "won", "stage": "Won", "amount": 30_000},
        as_of="10-20", is_full=True,
    )])  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("lang", "finding", "note"),
    [
        (
            "en",
            "Won amount: 0. The period leaves out what has no date (deals: 1).",
            "Won amount, Win rate, Average deal won: the period leaves out what has no closing date (deals: 1).",
        ),
        (
            "zh-CN",
            "赢单金额：0。另有 1 条商机没有日期，未计入本期。",
            "赢单金额、赢单率、平均赢单金额：有 1 条商机没有关闭日期，未计入所选时间段。",
        ),
    ],
)
def test_a_nought_says_what_it_leaves_out_and_notes_say_it_once(
    three: Store, lang: str, finding: str, note: str
) -> None:
    with three.snapshot() as seen:
        told = results.chapter(asked(seen, EVERYTHING, lang))
    assert told.finding == finding
    assert [one for one in told.notes if "1" in one] == [note]


@pytest.mark.parametrize("code", ["begins", "nothing_before"])
def test_a_number_that_is_not_shown_has_one_reason(three: Store, code: str) -> None:
    """That nothing is known of the days before is no reason for a number of today."""
    with three.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
        result = seen.ask(total(("average_won_amount",), of.view), EVERYTHING)
    begun = note(code, measure="average_won_amount", from_on=date(2026, 10, 1))
    found = measured(replace(result, notes=[begun, *result.notes]), Words(of, "results"))["average_won_amount"]
    assert found.value is None
    assert found.why == "Average deal won: the period leaves out what has no closing date (deals: 1)."
