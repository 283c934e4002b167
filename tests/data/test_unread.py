"""Records whose rows stay out are listed all the same: a full export does not end them, and they say what they said."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from data import ingest, truth
from data.fold import fold
from data.ingest import Options
from data.store import Store, open_store
from tests.data.written import FOR_EVER, d, rows, sent, written

SPANS = "select deal_id, stage, seen_from, seen_to from crm.deal_versions where not is_reconstructed order by all"
ONE, TWO = {"deal_id": "1", "stage": "A"}, {"deal_id": "2", "stage": "A"}


def _full(*listed: dict[str, str], as_of: str, unread: tuple[str, ...] = ()) -> truth.Load:
    return sent("deals", *listed, as_of=as_of, is_full=True, unread=unread)


def test_a_deal_listed_in_a_row_that_stays_out_goes_on_as_it_was(store: Store) -> None:
    truth.load(store, [_full(ONE, TWO, as_of="01-05")])
    truth.load(store, [_full(TWO, as_of="01-12", unread=("1", "9"))])
    going_on = [("1", "A", d("01-05"), FOR_EVER), ("2", "A", d("01-05"), FOR_EVER)]
    assert rows(store, SPANS) == going_on
    with store.writing() as cursor:  # the short way of the newest upload and the whole fold say the same
        fold(cursor)
    assert rows(store, SPANS) == going_on
    truth.load(store, [_full(TWO, as_of="01-19")])
    assert rows(store, "select deal_id, gone_on from crm.deals where is_gone") == [("1", d("01-19"))]
    truth.undo(store, 2)
    assert rows(store, "select deal_id, gone_on from crm.deals where is_gone") == [("1", d("01-19"))]
    assert rows(store, SPANS)[0] == ("1", "A", d("01-05"), d("01-19"))


def test_a_deal_that_was_gone_is_listed_again_by_such_a_row(store: Store) -> None:
    truth.load(store, [_full(ONE, TWO, as_of="01-05")])
    truth.load(store, [_full(TWO, as_of="01-12")])
    truth.load(store, [_full(TWO, as_of="01-19", unread=("1",))])
    assert rows(store, SPANS)[:2] == [("1", "A", d("01-05"), d("01-12")), ("1", "A", d("01-19"), FOR_EVER)]


def test_what_such_a_row_stands_for_is_what_was_said_before_it_in_any_order_of_loading(store: Store) -> None:
    """On 19 January the deal is in B, as on the 12th, also where that was loaded last; on the 26th it is gone."""
    moved = {"deal_id": "1", "stage": "B"}
    uploads = [
        _full(ONE, TWO, as_of="01-05"),
        _full(moved, TWO, as_of="01-12"),
        _full({"deal_id": "2", "stage": "A", "source": "web"}, as_of="01-19", unread=("1",)),  # another layout
        _full(TWO, as_of="01-26"),
    ]
    for nth, order in enumerate(permutations(uploads)):
        if nth % 5:  # five of the twenty-four
            continue
        ids = [made.id for load in order for made in truth.load(store, [load])]
        spans = [row for row in rows(store, SPANS) if row[0] == "1"]
        assert spans == [("1", "A", d("01-05"), d("01-12")), ("1", "B", d("01-12"), d("01-26"))]
        for upload_id in ids:
            truth.undo(store, upload_id)


FIRST = """Deal ID,Deal Name,Amount,Stage,Created Date
1,North,450000,Qualification,2026-01-05
2,South,100,Qualification,2026-01-06
"""
LATER = FIRST.replace("450000", "about 45w")


def test_a_full_export_ends_no_deal_whose_row_it_refuses(store: Store, tmp_path: Path) -> None:
    for day, text in (("02", FIRST), ("09", LATER)):
        file = written(tmp_path, text, f"deals_2026-03-{day}.csv")
        with store.snapshot() as seen:
            plan = ingest.plan([file], Options(is_full=True), seen)
        assert "full_ends" not in {remark.code for remark in plan.files[0].warnings}
        made = ingest.run(store, plan)
    assert made[0].refused == 1
    assert rows(store, "select sum(amount) from crm.deals where not is_gone") == [(450100,)]


def test_a_store_from_before_takes_a_file_with_such_rows_and_drops_deleted_deals(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    truth.load(store, [_full(ONE, TWO, as_of="01-05")])
    store.close()
    with duckdb.connect(path) as database:  # as schema 6 had it, with deal 2 deleted
        database.execute("drop table ops.unread_keys")
        database.execute("update ops.deals_rows set is_deleted = true where deal_id = '2'")
        database.execute("update crm.deals set is_gone = true, seen_from = null where deal_id = '2'")
        database.execute("update ops.version set schema = 6")
    store = open_store(path)
    assert rows(store, "select deal_id from crm.deals") == [("1",)]
    truth.load(store, [_full(TWO, as_of="01-12", unread=("1",))])
    assert rows(store, "select deal_id, is_gone from crm.deals") == [("1", False)]
    store.close()


@pytest.mark.parametrize("keys", [(), ("7",)])
def test_keys_that_nobody_knows_change_nothing(store: Store, keys: tuple[str, ...]) -> None:
    truth.load(store, [_full(ONE, as_of="01-05", unread=keys)])
    truth.load(store, [_full(ONE, as_of="01-12", unread=keys)])
    assert rows(store, SPANS) == [("1", "A", d("01-05"), FOR_EVER)]
