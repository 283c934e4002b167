"""What the fold makes of a few rows through time, worked out by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from data import truth
from data.store import Store
from tests.data.written import FOR_EVER, d, one, rows, sent

VERSIONS = "select stage, seen_from, seen_to from crm.deal_versions where not is_reconstructed order by seen_from"


def test_equal_sightings_are_one_version_and_a_change_starts_another(store: Store) -> None:
    for day, stage in (("01-05", "A"), ("01-12", "A"), ("01-19", "B")):
        truth.load(store, [sent("deals", {"deal_id": "1", "stage": stage}, as_of=day)])
    assert rows(store, VERSIONS) == [("A", d("01-05"), d("01-19")), ("B", d("01-19"), FOR_EVER)]
    assert rows(store, "select stage, entered_on, left_on from crm.deal_stages order by stage") == [
        ("A", None, d("01-19")),  # it was there already when first seen
        ("B", d("01-19"), None),
    ]
    assert one(store, "select stage_since from crm.deals") == d("01-19")


def test_an_older_export_loaded_later_falls_into_its_place(store: Store) -> None:
    for day, stage in (("01-05", "A"), ("01-19", "C"), ("01-12", "B")):
        truth.load(store, [sent("deals", {"deal_id": "1", "stage": stage}, as_of=day)])
    assert [stage for stage, *_ in rows(store, VERSIONS)] == ["A", "B", "C"]
    assert one(store, "select stage from crm.deals") == "C"


def test_a_column_that_is_absent_leaves_the_value_and_a_blank_clears_it(store: Store) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1", "source": "web", "stage": "A"}, as_of="01-05")])
    truth.load(store, [sent("deals", {"deal_id": "1", "stage": "B"}, as_of="01-12")])
    assert rows(store, "select source, stage from crm.deals") == [("web", "B")]
    truth.load(store, [sent("deals", {"deal_id": "1", "source": None, "stage": "B"}, as_of="01-19")])
    assert rows(store, "select source, stage from crm.deals") == [(None, "B")]


def test_a_full_export_ends_what_it_lacks_until_it_is_seen_again(store: Store) -> None:
    both = ({"deal_id": "1", "stage": "A"}, {"deal_id": "2", "stage": "A"})
    truth.load(store, [sent("deals", *both, as_of="01-05", is_full=True)])
    truth.load(store, [sent("deals", both[0], as_of="01-12", is_full=True)])
    assert rows(store, "select deal_id, is_gone, gone_on from crm.deals order by all") == [
        ("1", False, None),
        ("2", True, d("01-12")),
    ]
    truth.load(store, [sent("deals", *both, as_of="01-19", is_full=True)])
    assert one(store, "select is_gone from crm.deals where deal_id = '2'") is False
    spans = "select seen_from, seen_to from crm.deal_versions where deal_id = '2' order by all"
    assert rows(store, spans) == [(d("01-05"), d("01-12")), (d("01-19"), FOR_EVER)]


@pytest.mark.parametrize("more", [{"is_full": False}, {"is_full": None}, {"is_full": True, "profile": "other"}])
def test_a_part_or_another_profile_ends_nothing(store: Store, more: dict[str, Any]) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1"}, {"deal_id": "2"}, as_of="01-05", is_full=True)])
    truth.load(store, [sent("deals", {"deal_id": "1"}, as_of="01-12", **more)])
    assert one(store, "select count(*) from crm.deals where is_gone") == 0


def test_deleted_and_merged_deals_are_none_any_more_but_were_there(store: Store) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1", "status": "won"}, {"deal_id": "2"}, as_of="01-05")])
    ended = ({"deal_id": "1", "is_deleted": True}, {"deal_id": "2", "merged_into": "3"}, {"deal_id": "3"})
    truth.load(store, [sent("deals", *ended, as_of="01-12")])
    assert rows(store, "select deal_id from crm.deals") == [("3",)]
    seen = "select deal_id, status, seen_from, seen_to from crm.deal_versions where deal_id <> '3' order by 1"
    assert rows(store, seen) == [("1", "won", d("01-05"), d("01-12")), ("2", "open", d("01-05"), d("01-12"))]
    truth.undo(store, 2)
    assert rows(store, "select deal_id, status from crm.deals order by 1") == [("1", "won"), ("2", "open")]


def test_a_deal_that_is_no_longer_listed_keeps_what_it_won(store: Store) -> None:
    won = {"deal_id": "1", "status": "won", "closed_on": d("01-02")}
    truth.load(store, [sent("deals", won, {"deal_id": "2"}, as_of="01-05", is_full=True)])
    truth.load(store, [sent("deals", {"deal_id": "2"}, as_of="01-12", is_full=True)])
    assert rows(store, "select status, gone_on from crm.deals where deal_id = '1'") == [("won", d("01-12"))]


def test_states_before_the_first_upload_are_rebuilt_from_dates(store: Store) -> None:
    won = {"deal_id": "1", "status": "won", "stage": "Won", "created_on": d("01-02"), "closed_on": d("01-20")}
    still = {"deal_id": "2", "status": "open", "stage": "A", "created_on": d("01-10"), "closed_on": None}
    later = {"deal_id": "3", "status": "open", "stage": "A", "created_on": d("03-01"), "closed_on": None}
    truth.load(store, [sent("deals", won, still, as_of="02-01")])
    truth.load(store, [sent("deals", later, as_of="03-08")])
    rebuilt = (
        "select deal_id, status, stage, seen_from, seen_to from crm.deal_versions where is_reconstructed order by 1"
    )
    assert rows(store, rebuilt) == [
        ("1", "open", None, d("01-02"), d("01-20")),  # which stage it was in then is not known
        ("2", "open", "A", d("01-10"), d("02-01")),
    ]
    assert one(store, "select cycle_days from crm.deals where deal_id = '1'") == 18


def test_push_count_counts_moves_to_a_later_month(store: Store) -> None:
    for day, close in (
        ("01-05", "01-31"),
        ("01-12", "02-10"),
        ("01-19", "02-20"),
        ("01-26", "01-31"),
        ("02-02", "03-01"),
    ):
        row = {"deal_id": "1", "expected_close_on": d(close)}
        truth.load(store, [sent("deals", row, as_of=day)])
    assert one(store, "select push_count from crm.deals") == 2  # January to February, January to March


def test_closing_days_count_only_while_closed(store: Store) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1", "status": "open", "closed_on": d("01-31")}, as_of="01-05")])
    assert one(store, "select closed_on from crm.deals") is None


def test_imported_history_goes_before_what_versions_show(store: Store) -> None:
    visits = [
        {"deal_id": deal, "stage": stage, "entered_on": d(day)}
        for deal, stage, day in (("1", "A", "01-02"), ("1", "B", "01-09"))
    ]
    load = sent("deal_stages", *visits)
    load = load.model_copy(update={"rows": load.rows.with_columns(key=pl.Series(["1A", "1B"]))})
    first = sent(
        "deals",
        {"deal_id": "1", "stage": "B", "rep": "Ann"},
        {"deal_id": "2", "stage": "A", "rep": "Bo"},
        as_of="01-12",
    )
    truth.load(store, [first, load])
    found = """select deal_id, stage, entered_on, v.left_on, rep
        from crm.deal_stages as v left join crm.reps using (rep_key) order by 1, 2"""
    assert rows(store, found) == [
        ("1", "A", d("01-02"), d("01-09"), "Ann"),
        ("1", "B", d("01-09"), None, "Ann"),
        ("2", "A", None, None, "Bo"),
    ]
    assert rows(store, "select stage_since from crm.deals order by deal_id") == [(d("01-09"),), (None,)]


def test_a_stage_said_again_because_something_else_changed_is_one_visit(store: Store) -> None:
    seen = [
        ("A", "01-01", None), ("A", "01-03", None), ("B", "01-05", None), ("B", "01-06", "01-09"),
        ("B", "01-12", None), ("A", "01-20", None), ("A", "01-21", None),
    ]  # fmt: skip
    visits = [
        {"deal_id": "1", "stage": stage, "entered_on": d(day), "left_on": d(left) if left else None}
        for stage, day, left in seen
    ]
    load = sent("deal_stages", *visits)
    load = load.model_copy(update={"rows": load.rows.with_columns(key=pl.Series([day for _, day, _ in seen]))})
    truth.load(store, [sent("deals", {"deal_id": "1", "stage": "A"}, as_of="01-22"), load])
    assert rows(store, "select stage, entered_on, left_on from crm.deal_stages order by entered_on") == [
        ("A", d("01-01"), d("01-05")),
        ("B", d("01-05"), d("01-09")),
        ("B", d("01-12"), d("01-20")),  # it had left meanwhile: the file says so
        ("A", d("01-20"), None),
    ]
    ways = "select stage, next_place, is_first, is_furthest from crm.stage_visits order by entered_on"
    assert rows(store, ways) == [
        ("A", 2, True, False), ("B", 2, True, True), ("B", 1, False, False), ("A", None, False, False),
    ]  # fmt: skip


@pytest.mark.parametrize("order", [1, -1])
def test_rows_of_one_deal_seen_on_one_day_pass_it_on_in_the_order_of_uploads_and_keys(store: Store, order: int) -> None:
    first = [{"deal": "k1", "deal_id": "D", "stage": "Lead"}, {"deal": "k2", "deal_id": "D", "stage": "Offer"}]
    second = {"deal": "k0", "deal_id": "D", "stage": "Won"}
    third = {"deal": "k1", "deal_id": "D", "stage": "Demo"}
    truth.load(store, [sent("deals", *first[::order], as_of="01-05"), sent("deals", second, as_of="01-05")])
    truth.load(store, [sent("deals", third, as_of="01-12")])
    visits = "select stage, entered_on, left_on from crm.deal_stages order by all"
    assert rows(store, visits) == [
        ("Demo", d("01-12"), None),
        ("Lead", None, d("01-05")),
        ("Offer", d("01-05"), d("01-05")),
        ("Won", d("01-05"), d("01-12")),
    ]
    shown = "select deal, stage, stage_since from crm.deals order by all"  # the rows that the newest upload lacks stay
    assert rows(store, shown) == [
        ("k0", "Won", d("01-05")),
        ("k1", "Demo", d("01-12")),
        ("k2", "Offer", d("01-05")),
    ]
    assert rows(store, "select count(*), count(distinct stage) from crm.stage_visits") == [(4, 4)]
