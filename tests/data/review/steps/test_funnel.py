"""The step "funnel": what was lost, and whether the win rate moved beyond chance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data import truth
from data.review.steps import funnel
from data.store import Store
from tests.data.review.told import AFTER, held_then, say, values_of
from tests.data.written import sent


def test_what_was_lost_since(weeks: Store) -> None:
    held_then(weeks)
    told = say(weeks, "funnel")
    assert (
        told.further[-1] == "Lost since 12 May 2026: one deal, 3,000 by its last amount. "
        "Named once: Price (3,000); no reason more often."
    )
    assert told.lists[0].rows == (("Deal lost", None, "Bob", "Price", 3000.0, date(2026, 5, 15)),)
    told = say(weeks, "funnel", since=date(2026, 5, 16))
    assert told.further[-1] == "No deal was lost since 16 May 2026."
    assert not told.lists


@pytest.mark.parametrize("falls", [False, True])
def test_a_year_is_told_where_the_period_shows_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, falls: bool
) -> None:
    """A young quarter has few decided deals: what a stage lost over twelve months is said before it, with its note."""
    _closed(store, (20, 80) if falls else (20, 30), (45, 55) if falls else (22, 28))
    row = {"place": 1, "decided.n": 200, "decided": 0.4, "others.n": 190, "others": 0.8, "expected_loss": 80_000.0}
    answers = iter([None, funnel._Loss(row, None, "Talk")])
    monkeypatch.setattr(funnel, "_largest", lambda *_: next(answers))
    told = say(store, "funnel")
    said = (told.finding, *told.further)
    year, young = said[falls], said[falls + 1]
    assert year == (
        "Over twelve months: Bottleneck: Talk. Of 200 deals created in 20 May 2025 – 19 May 2026 and decided there"
        " 40.0% moved on, against 80.0% of 190 created in 20 May 2024 – 19 May 2025, when as old; at that rate"
        " about 80K more would be won."
    )
    assert "created in 1 Apr – 19 May 2026" in young
    assert told.is_good is False
    assert said[0].startswith("Win rate fell") is falls


def test_deals_lost_without_amounts_are_listed_from_the_last(store: Store) -> None:
    lost = [
        {"deal_id": f"{at}", "status": "lost", "stage": "Lost", "created_on": date(2026, 4, 2),
         "closed_on": date(2026, 5, 14 + at), "amount": amount}
        for at, amount in enumerate((None, None, 0))
    ]  # fmt: skip
    truth.load(store, [sent("deals", *lost, as_of=AFTER, is_full=True)])
    (listing,) = say(store, "funnel").lists
    assert (listing.title, [row[0] for row in listing.rows]) == ("Deals lost last", ["2", "1", "0"])
    assert "amount" not in [head.name for head in listing.heads]


def _closed(store: Store, now: tuple[int, int], before: tuple[int, int]) -> None:
    """Deals won and lost in this quarter, and in the same days of the one before."""
    days = {"2026-04-20": now, "2026-01-01": before}
    load = sent("deals", *(
        {"deal_id": f"{closed}{status}{at}", "status": status, "stage": status, "amount": 10,
         "created_on": date.fromisoformat(closed) - timedelta(days=60), "closed_on": date.fromisoformat(closed)}
        for closed, counts in days.items() for status, count in zip(("won", "lost"), counts, strict=True)
        for at in range(count)
    ), {"deal_id": "x", "status": "open", "stage": "Talk", "created_on": date(2026, 4, 2)},
        as_of=AFTER, is_full=True)  # fmt: skip
    truth.load(store, [load])


def test_a_win_rate_that_fell_is_no_matter_of_chance(store: Store) -> None:
    """ "No stage stands out … within chance" stood beside a win rate that had halved: of other deals."""
    _closed(store, (20, 80), (45, 55))
    told = say(store, "funnel")
    assert told.finding.startswith(
        "Win rate fell beyond chance, also at equal age of the deals: 20.0% of deals closed (20 of 100), against 45.0%"
    )
    assert told.is_good is False
    assert "created in" in told.further[0]
    assert "赢单率下降" in say(store, "funnel", "zh-CN").finding


def test_a_win_rate_within_chance_is_not_led_with(store: Store) -> None:
    _closed(store, (20, 30), (22, 28))
    told = say(store, "funnel")
    assert "created in" in told.finding
    assert told.is_good is None


def test_a_win_rate_that_rose_is_good(store: Store) -> None:
    _closed(store, (60, 40), (30, 70))
    told = say(store, "funnel")
    assert told.finding.startswith("Win rate rose beyond chance, also at equal age of the deals: 60.0%")
    assert told.is_good is True


def test_a_win_rate_that_only_the_age_of_deals_moved_is_not_called_a_fall(store: Store) -> None:
    """Of deals 20 days old 1 in 10 is won, of those 90 days old 8 in 10, then and now; now more young ones close."""
    counts = {("2026-04-20", 20): 100, ("2026-04-20", 90): 50, ("2026-01-01", 20): 50, ("2026-01-01", 90): 100}
    truth.load(store, [sent("deals", *(
        {"deal_id": f"{closed}{age}{at}", "status": status, "stage": status, "amount": 10, "closed_on": day,
         "created_on": day - timedelta(days=age)}
        for (closed, age), count in counts.items() for at in range(count) for day in [date.fromisoformat(closed)]
        for status in ["won" if at % 10 < (1 if age == 20 else 8) else "lost"]
    ), as_of=AFTER, is_full=True)])  # fmt: skip
    told = say(store, "funnel")
    assert "Win rate" not in told.finding
    assert told.is_good is None
    assert (
        "Win rate is 33.3% of deals closed (50 of 150), against 56.7% (85 of 150) in 1 Jan – 18 Feb 2026;"
        " among deals that closed at the same age the difference is within chance."
    ) in told.further
    assert any("差异在偶然范围内" in one for one in say(store, "funnel", "zh-CN").further)


def test_nothing_is_held_against_days_that_are_only_partly_covered(store: Store) -> None:
    """Its own note says that no change is shown, and the headline showed one."""
    truth.load(store, [sent("deals", *(
        {"deal_id": f"{at}", "status": "won", "stage": "Won", "amount": 100, "created_on": date.fromisoformat(day),
         "closed_on": date.fromisoformat(day)}
        for at, day in enumerate(("2026-02-10", "2026-02-12", "2026-04-20"))
    ), as_of=AFTER, is_full=True)])  # fmt: skip
    told = say(store, "results")
    assert any("only partly covered" in note for note in told.notes)
    assert told.finding == "Won amount: 100."
    assert values_of(told)["Won amount"].before is None
    assert not any("200" in text for text in told.further)
