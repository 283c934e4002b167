"""Random histories: whatever the order of loading and whatever was undone, the store is that of a replay in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data import truth
from data.fold import fold
from data.store import Store, open_store
from tests.data.reference_fold import Sent, reference

TOGETHER = 30
"""Histories per store: each of companies that share nothing but the calendar, so that 300 fit into a minute."""

START = date(2026, 1, 31)
SHOWN = ("stage", "status", "amount", "created_on", "expected_close_on", "closed_on", "rep", "customer")
LAYOUTS = (
    ("rep", "customer", "stage", "status", "amount", "created_on", "expected_close_on", "closed_on", "is_deleted"),
    ("rep", "rep_id", "stage", "amount", "created_on", "expected_close_on", "status"),
    ("customer", "amount"),
)
TYPES = {
    "amount": pl.Decimal(18, 4), "created_on": pl.Date, "expected_close_on": pl.Date, "closed_on": pl.Date,
    "is_deleted": pl.Boolean,
}  # fmt: skip
CRM = (
    "reps",
    "rep_teams",
    "customers",
    "products",
    "deals",
    "deal_versions",
    "deal_stages",
    "stages",
    "teams",
    "calendar",
)

days = st.integers(0, 5).map(lambda week: START + timedelta(7 * week))
maybe_day = st.one_of(st.none(), st.integers(-60, 90).map(lambda days: START + timedelta(days)))
row = st.fixed_dictionaries(
    {
        "rep": st.sampled_from(["Ann", "Bo", None]),
        "rep_id": st.sampled_from(["1", "2", None]),
        "customer": st.sampled_from(["X", "x ", None]),
        "stage": st.sampled_from(["Lead", "Offer", None]),
        "status": st.sampled_from(["open", "open", "won", "lost"]),
        "amount": st.sampled_from([None, 1, 2]),
        "created_on": maybe_day,
        "expected_close_on": maybe_day,
        "closed_on": maybe_day,
        "is_deleted": st.sampled_from([None, None, None, True]),
    }
)
upload = st.builds(
    Sent,
    profile=st.sampled_from(["p", "p", "q"]),
    as_of=days,
    is_full=st.sampled_from([True, True, False, None]),
    fields=st.sampled_from([LAYOUTS[0], *LAYOUTS]),
    rows=st.dictionaries(st.sampled_from("abc"), row, max_size=3),
)
history = st.lists(st.tuples(upload, st.booleans()), min_size=1, max_size=4)


def _frame(sent: Sent) -> pl.DataFrame:
    columns: dict[str, Any] = {"key": list(sent.rows), "deal_id": list(sent.rows)}
    columns |= {name: [said.get(name) for said in sent.rows.values()] for name in sent.fields}
    return pl.DataFrame(columns, schema={name: TYPES.get(name, pl.String()) for name in columns})


def as_load(sent: Sent) -> truth.Load:
    return truth.Load(
        table="deals", profile=sent.profile, file="deals.csv", rows=_frame(sent), as_of=sent.as_of, is_full=sent.is_full
    )


def of_company(number: int, sent: Sent) -> Sent:
    """The upload with names, keys and profile of one company, so that companies share nothing."""

    def named(value: Any) -> Any:
        return f"{value}{number}" if isinstance(value, str) else value

    names = ("rep", "rep_id", "customer")
    rows = {
        f"{key}{number}": said | {name: named(said[name]) for name in names if name in said}
        for key, said in sent.rows.items()
    }
    return Sent(f"{sent.profile}{number}", sent.as_of, sent.is_full, sent.fields, rows)


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.snapshot() as seen:
        return {table: sorted(seen.frame(f"from crm.{table}").rows(), key=repr) for table in CRM}


def empty(store: Store) -> None:
    with store.writing() as cursor:
        cursor.execute("delete from ops.uploads")
        cursor.execute("delete from ops.deals_rows")
        cursor.execute("delete from ops.deals_seen")
        fold(cursor, {"deals"})


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    folder: Path = tmp_path_factory.mktemp("histories")
    opened = open_store(folder / "one.duckdb"), open_store(folder / "two.duckdb")
    yield opened
    for store in opened:
        store.close()


@pytest.mark.slow
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(history, min_size=TOGETHER, max_size=TOGETHER), st.randoms(use_true_random=False), st.booleans())
def test_any_order_and_any_undo_give_the_store_of_a_replay_in_order(stores, companies, chance, has_undated):
    store, replayed = stores
    empty(store)
    empty(replayed)
    sent = [(of_company(number, item), undone) for number, company in enumerate(companies) for item, undone in company]
    if has_undated:
        sent[0] = (
            Sent(sent[0][0].profile, None, *[getattr(sent[0][0], n) for n in ("is_full", "fields", "rows")]),
            False,
        )
    chance.shuffle(sent)
    cut = len(sent) // 2
    ids = []
    for batch in (sent[:cut], sent[cut:]):
        if batch:
            ids += [made.id for made in truth.load(store, [as_load(item) for item, _ in batch])]
    with store.writing() as cursor:  # what undo does, for many at once
        for upload_id, (_, undone) in zip(ids, sent, strict=True):
            cursor.execute("update ops.uploads set is_undone = $u where id = $id", {"u": undone, "id": upload_id})
        fold(cursor, {"deals"})

    kept = [item for item, undone in sent if not undone]
    in_order = sorted(kept, key=lambda item: (item.as_of is not None, item.as_of or date.min))
    if in_order:
        truth.load(replayed, [as_load(item) for item in in_order])

    found = everything(store)
    assert found == everything(replayed)
    _agrees_with_reference(store, kept)


def _agrees_with_reference(store: Store, kept: list[Sent]) -> None:
    fields = [name for name in SHOWN if name not in ("rep", "customer")]
    told = reference(kept, tuple(fields))
    expected = {key: deal for key, deal in told.items() if deal.versions or deal.today}
    with store.snapshot() as seen:
        listed = ", ".join(fields)
        versions = seen.frame(f"select deal_id, {listed}, seen_from, seen_to, is_reconstructed from crm.deal_versions")
        deals = seen.frame(f"select deal_id, {listed}, is_gone, gone_on, push_count from crm.deals")
    assert sorted(versions.rows(), key=repr) == sorted(
        ((key, *version.values()) for key, deal in expected.items() for version in deal.versions), key=repr
    )
    assert sorted(deals.rows(), key=repr) == sorted(
        ((key, *deal.today.values()) for key, deal in expected.items()), key=repr
    )
