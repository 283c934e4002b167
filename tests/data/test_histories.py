"""Random histories: whatever the order of loading and whatever was undone, the store is that of a replay in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data import truth
from data.fold import fold
from data.store import Store, open_store
from tests.data.reference_fold import Sent, reference
from tests.small import empty_at

TOGETHER = 60
"""Groups of companies per store: they share nothing but the calendar, so that 300 histories fit into a minute."""
PARTS = 5
"""Tests that share the histories out, so that no worker is left alone with all of them."""
ALIKE = 1
"""Companies of a group: they load on the same days in the same layouts, each what happened to it, in one file."""

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
    "places",
    "stage_visits",
    "deal_touches",
    "stages",
    "teams",
    "calendar",
)


def _day(chance: Random) -> date | None:
    return None if chance.random() < 0.3 else START + timedelta(chance.randint(-60, 90))


def _row(chance: Random) -> dict[str, Any]:
    return {
        "rep": chance.choice(["Ann", "Bo", None]),
        "rep_id": chance.choice(["1", "2", None]),
        "customer": chance.choice(["X", "x ", None]),
        "stage": chance.choice(["Lead", "Offer", None]),
        "status": chance.choice(["open", "open", "won", "lost"]),
        "amount": chance.choice([None, 1, 2]),
        "created_on": _day(chance),
        "expected_close_on": _day(chance),
        "closed_on": _day(chance),
        "is_deleted": chance.choice([None, None, None, True]),
    }


def _upload(chance: Random) -> Sent:
    often = chance.choice((0.0, *[0.6] * 12))  # now and then a file without rows
    return Sent(
        profile=chance.choice(["p", "p", "q"]),
        as_of=START + timedelta(7 * chance.randrange(6)),
        is_full=chance.choice([True, True, False, None]),
        fields=chance.choice([LAYOUTS[0], *LAYOUTS]),
        rows={
            f"{key}{company}.": _of_company(f"{company}.", _row(chance))
            for company in range(ALIKE)
            for key in "abc"
            if chance.random() < often
        },
    )


def _histories(chance: Random) -> list[list[tuple[Sent, bool]]]:
    """Histories of `TOGETHER` groups of companies: uploads, and whether each is undone afterwards."""
    return [[(_upload(chance), chance.random() < 0.3) for _ in range(chance.randint(1, 4))] for _ in range(TOGETHER)]


def _frame(sent: Sent) -> pl.DataFrame:
    columns: dict[str, Any] = {"key": list(sent.rows), "deal_id": list(sent.rows)}
    columns |= {name: [said.get(name) for said in sent.rows.values()] for name in sent.fields}
    return pl.DataFrame(columns, schema={name: TYPES.get(name, pl.String()) for name in columns})


def as_load(sent: Sent) -> truth.Load:
    return truth.Load(
        table="deals", profile=sent.profile, file="deals.csv", rows=_frame(sent), as_of=sent.as_of, is_full=sent.is_full
    )


def _of_company(mark: object, said: dict[str, Any]) -> dict[str, Any]:
    """The row with the names of one company."""
    return said | {name: f"{said[name]}{mark}" for name in ("rep", "rep_id", "customer") if said.get(name) is not None}


def of_group(number: int, sent: Sent) -> Sent:
    """The upload with names, keys and profile of one group, so that groups share nothing."""
    rows = {f"{key}{number}": _of_company(number, said) for key, said in sent.rows.items()}
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
    opened = open_store(empty_at(folder / "one.duckdb")), open_store(empty_at(folder / "two.duckdb"))
    yield opened
    for store in opened:
        store.close()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=max(1, settings.default.max_examples // 40 // PARTS), deadline=None, phases=[Phase.generate]
)  # 300 histories; 3,000 in `make fuzz`
@given(number=st.integers(0, 2**32))
def test_any_order_and_any_undo_give_the_store_of_a_replay_in_order(
    stores: tuple[Store, Store], part: int, number: int
) -> None:
    seed = number * PARTS + part
    chance = Random(seed)
    groups = _histories(chance)
    store, replayed = stores
    empty(store)
    empty(replayed)
    sent = [(of_group(number, item), undone) for number, group in enumerate(groups) for item, undone in group]
    if seed % 2 == 0:  # then the days before the first upload are none, and nothing is reconstructed
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
        taken_back = [upload_id for upload_id, (_, undone) in zip(ids, sent, strict=True) if undone]
        cursor.execute("update ops.uploads set is_undone = id in (select unnest($ids::bigint[]))", {"ids": taken_back})
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
    assert sorted(_joined(versions.rows()), key=repr) == sorted(
        ((key, *version.values()) for key, deal in expected.items() for version in deal.versions), key=repr
    )
    assert sorted(deals.rows(), key=repr) == sorted(
        ((key, *deal.today.values()) for key, deal in expected.items() if deal.today), key=repr
    )


def _joined(versions: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Versions as the reference has them: it does not tell whose a deal was, so that a new owner starts none there."""
    found: list[tuple[Any, ...]] = []
    for version in sorted(versions, key=lambda row: (row[0], row[-1], row[-3])):
        *said, seen_from, seen_to, is_rebuilt = version
        if found and found[-1][:-3] == tuple(said) and found[-1][-2:] == (seen_from, is_rebuilt) and not is_rebuilt:
            found[-1] = (*said, found[-1][-3], seen_to, is_rebuilt)
        else:
            found.append(version)
    return found
