"""Loading, counting, undoing; spellings; the short way of the newest upload."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from data import errors, newest, truth
from data.fold import fold
from data.originals import original
from data.store import Store

CRM = (
    "reps", "customers", "products", "deals", "deal_versions", "deal_stages", "stages", "places", "stage_visits",
    "deal_touches", "teams", "calendar",
)  # fmt: skip


def deals(values: dict[str, Any], day: int = 5, **more: Any) -> truth.Load:
    rows = pl.DataFrame({"key": list(values), "amount": list(values.values())})
    given = {"profile": "p", "file": "deals.csv", "original": b"key,amount", "as_of": date(2026, 1, day)} | more
    return truth.Load(table="deals", rows=rows, **given)


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.snapshot() as seen:
        return {table: sorted(seen.frame(f"from crm.{table}").rows(), key=repr) for table in CRM}


def counts(upload: truth.Upload) -> tuple[int, ...]:
    assert upload.read == upload.new + upload.changed + upload.same + upload.refused
    return upload.read, upload.new, upload.changed, upload.same, upload.refused


def test_counts_say_what_an_upload_brought(store: Store) -> None:
    assert counts(truth.load(store, [deals({"a": 1, "b": 2})])[0]) == (2, 2, 0, 0, 0)
    assert counts(truth.load(store, [deals({"a": 1, "b": 2})])[0]) == (2, 0, 0, 2, 0)  # the same file twice
    assert counts(truth.load(store, [deals({"a": 9, "b": 2, "c": 3}, 12)])[0]) == (3, 1, 1, 1, 0)
    assert counts(truth.load(store, [deals({"a": 1}, 19)])[0]) == (1, 0, 1, 0, 0)  # back to what it was once


def test_an_older_file_is_compared_with_what_held_before_its_day(store: Store) -> None:
    truth.load(store, [deals({"a": 1}, 5)])
    truth.load(store, [deals({"a": 2}, 19)])
    assert counts(truth.load(store, [deals({"a": 1}, 12)])[0]) == (1, 0, 0, 1, 0)
    assert counts(truth.load(store, [deals({"a": 2}, 8)])[0]) == (1, 0, 1, 0, 0)


def test_only_the_fields_a_file_carries_are_compared(store: Store) -> None:
    truth.load(store, [deals({"a": 1})])
    rows = pl.DataFrame({"key": ["a"], "amount": [1], "stage": ["Offer"]})
    assert counts(truth.load(store, [deals({}, 12).model_copy(update={"rows": rows})])[0]) == (1, 0, 1, 0, 0)
    assert counts(truth.load(store, [deals({"a": 1}, 19)])[0]) == (1, 0, 0, 1, 0)


def test_of_rows_with_one_key_the_last_holds_and_the_others_are_kept_as_refused(store: Store) -> None:
    rows = pl.DataFrame({"key": ["a", "a", "a", "b"], "amount": [1, 2, 2, 5], "line": [2, 3, 4, 5]})
    made = truth.load(store, [deals({}).model_copy(update={"rows": rows})])[0]
    assert counts(made) == (4, 2, 0, 1, 1)
    with store.snapshot() as seen:
        assert seen.frame("select line, reasons, money from ops.refused_rows").rows() == [
            (2, ["key_repeated"], Decimal(1))
        ]
        assert sorted(seen.frame("select amount from crm.deals")["amount"]) == [2, 5]


def test_undo_of_any_upload_is_exact_and_redo_too(store: Store) -> None:
    first = truth.load(store, [deals({"a": 1, "b": 2}, 5, is_full=True)])[0]
    truth.load(store, [deals({"a": 3}, 19, is_full=True)])
    held = everything(store)
    middle = truth.load(store, [deals({"a": 2, "c": 7}, 12, is_full=True)])[0]
    with_middle = everything(store)
    assert with_middle != held
    assert truth.undo(store, middle.id).is_undone
    assert everything(store) == held
    truth.redo(store, middle.id)
    assert everything(store) == with_middle
    for upload_id in (middle.id, first.id, first.id + 1):
        truth.undo(store, upload_id)
    assert all(not rows for rows in everything(store).values())
    assert counts(truth.load(store, [deals({"a": 1})])[0]) == (1, 1, 0, 0, 0)  # undone uploads do not make a key known
    with pytest.raises(errors.UnknownUpload):
        truth.undo(store, 99)


def test_several_files_are_one_transaction(store: Store) -> None:
    version = store.version()
    with pytest.raises(errors.LoadInvalid):
        truth.load(store, [deals({"a": 1}), deals({"a": 1}).model_copy(update={"table": "nonsense"})])
    with pytest.raises(errors.LoadInvalid):
        truth.load(store, [deals({}).model_copy(update={"rows": pl.DataFrame({"key": ["a"], "nonsense": [1]})})])
    assert store.version() == version
    truth.load(store, [deals({"a": 1}), deals({"a": 2}, 12)])
    assert store.version() == version + 1


def test_originals_are_kept_as_they_were(store: Store) -> None:
    made = truth.load(store, [deals({"a": 1}, original=b"\xff\x00bytes")])[0]
    assert made.kept is not None
    assert original(store, made.kept) == b"\xff\x00bytes"


def test_the_stores_day_is_that_of_dated_facts_that_count(store: Store) -> None:
    people = truth.Load(
        table="reps", profile="p", file="r", rows=pl.DataFrame({"key": ["1"], "rep": ["A"]}), as_of=date(2027, 1, 1)
    )
    made = truth.load(store, [deals({"a": 1}, 5), deals({"a": 1}, 12), people])
    with store.snapshot() as seen:
        assert seen.as_of == date(2026, 1, 12)
    truth.undo(store, made[1].id)
    with store.snapshot() as seen:
        assert seen.as_of == date(2026, 1, 5)


# ------------------------------------------------------------------------------------------------------------ spellings


def _sold(*products: str) -> truth.Load:
    rows = pl.DataFrame(
        {"key": [str(n) for n, _ in enumerate(products)], "product": list(products), "amount": [10] * len(products)}
    )
    return truth.Load(table="deals", profile="p", file="d", rows=rows, as_of=date(2026, 1, 5))


def _products(store: Store) -> dict[str, int]:
    with store.snapshot() as seen:
        sql = (
            "select product, sum(amount)::int as money from crm.deals join crm.products using (product_key) group by 1"
        )
        return dict(seen.frame(sql).rows())


def test_names_that_differ_in_spelling_only_are_suggested_and_stay_apart_until_accepted(store: Store) -> None:
    listed = truth.Load(
        table="products", profile="p", file="p", rows=pl.DataFrame({"key": ["GTX Pro"], "product": ["GTX Pro"]})
    )
    truth.load(store, [listed, _sold("GTXPro", "ｇｔｘ-pro", "GTXPro", "GTX Pro", "MG")])
    with store.snapshot() as seen:
        found = [(item.alias, item.canonical, item.rows, item.money, item.is_accepted) for item in truth.aliases(seen)]
    assert found == [("GTXPro", "GTX Pro", 2, Decimal(20), False), ("ｇｔｘ-pro", "GTX Pro", 1, Decimal(10), False)]
    assert _products(store) == {"GTXPro": 20, "ｇｔｘ-pro": 10, "GTX Pro": 10, "MG": 10}
    before = everything(store)

    truth.accept_alias(store, "product", "GTXPro", "GTX Pro")
    assert _products(store) == {"ｇｔｘ-pro": 10, "GTX Pro": 30, "MG": 10}
    with store.snapshot() as seen:
        accepted = [(item.alias, item.rows, item.money) for item in truth.aliases(seen) if item.is_accepted]
    assert accepted == [("GTXPro", 2, Decimal(20))]
    truth.forget_alias(store, "product", "GTXPro")
    assert everything(store) == before


def test_an_alias_that_leads_back_to_itself_is_refused(store: Store) -> None:
    truth.accept_alias(store, "product", "a", "b")
    for kind, alias, canonical in (("product", "b", "a"), ("product", "c", "c"), ("colour", "a", "b")):
        with pytest.raises(errors.AliasInvalid):
            truth.accept_alias(store, kind, alias, canonical)


# ------------------------------------------------------------------------------------------------------- the short way


@pytest.mark.slow
def test_the_short_way_leads_where_the_full_fold_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight weekly exports of fifty deals, with changes, disappearances, returns, new people and deletions."""
    taken: list[bool] = []
    real = newest.fold_newest

    def watched(cursor: Any, upload_id: int) -> set[str]:
        left = real(cursor, upload_id)
        taken.append(not left)
        return left

    monkeypatch.setattr(newest, "fold_newest", watched)
    chance = random.Random(4)
    deals_now = {str(number): _random_deal(chance, number) for number in range(50)}
    for week in range(8):
        for key in chance.sample(sorted(deals_now), 6):
            deals_now[key] = _random_deal(chance, week)
        shown = [row | {"key": key} for key, row in deals_now.items() if chance.random() > 0.05]
        rows = pl.DataFrame(
            shown, schema_overrides={"closed_on": pl.Date, "is_deleted": pl.Boolean}, infer_schema_length=None
        )
        day = date(2026, 1, 5) + timedelta(7 * (week // 2) if week > 5 else 7 * week)
        load = truth.Load(
            table="deals", profile="p", file="d", rows=rows, as_of=max(day, date(2026, 1, 5)), is_full=week != 3
        )
        if week > 5:
            load = load.model_copy(update={"as_of": date(2026, 2, 9)})  # several of one day
        truth.load(store, [load])
        quick = everything(store)
        with store.writing() as cursor:
            fold(cursor)
        assert everything(store) == quick, week
    assert sum(taken) == 7  # all but the first


def _random_deal(chance: random.Random, number: int) -> dict[str, Any]:
    is_won = chance.random() < 0.3
    return {
        "stage": chance.choice("ABC"),
        "rep": f"Rep {chance.randrange(number + 3)}",
        "customer": chance.choice(["X", "Y", f"New {number}", None]),
        "amount": chance.randrange(5),
        "status": "won" if is_won else "open",
        "created_on": date(2025, 12, 1) + timedelta(chance.randrange(60)),
        "expected_close_on": date(2026, chance.randrange(1, 6), 15),
        "closed_on": date(2026, 1, 31) if is_won else None,
        "is_deleted": True if chance.random() < 0.1 else None,
    }
