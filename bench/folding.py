"""What it costs to keep everything: sizes, taking in the newest export, and folding all of them anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from bench.results import Measured
from bench.stores import WEEKS, Scale, copied, large, remove
from bench.timing import seconds
from data.fold import fold
from data.store import Store, open_store
from data.truth import Load, load

_MB = 1_000_000
_BLOCK = 262_144


def measure(scale: Scale) -> Iterator[Measured]:
    """Measure a copy of the large store, which is thrown away."""
    whole = large(scale)
    path = copied(whole)
    store = open_store(path, create=False)
    exports = f"{WEEKS} exports × {scale.name} deals"
    try:
        yield Measured("fold", f"whole store: {exports}, {scale.lines} order lines", whole.stat().st_size / _MB, "MB")
        for table, what in (("deals_rows", "states"), ("deals_seen", "sightings")):
            yield Measured("fold", f"{what} of {exports}", _size(store, table) / _MB, "MB")
        newest = _newest(store)
        taken = seconds(lambda: load(store, [newest]))
        yield Measured("fold", f"newest export of {scale.name} deals, 3 % changed", taken, "s")
        for tables, what in (({"deals"}, exports), ({"order_lines"}, f"{scale.lines} order lines")):
            yield Measured(
                "fold", f"full refold of {what}", seconds(lambda changed=tables: _refold(store, changed)), "s"
            )
        yield Measured("fold", "full refold of every table", seconds(lambda: _refold(store, None)), "s")
    finally:
        store.close()
        remove(path)


def _refold(store: Store, changed: set[str] | None) -> None:
    with store.writing() as cursor:
        fold(cursor, changed)


def _size(store: Store, table: str) -> int:
    """Bytes of the blocks that hold a table of `ops`."""
    with store.snapshot() as seen:
        sql = "select count(distinct block_id) from pragma_storage_info('ops." + table + "') where persistent"
        return int(seen.frame(sql).item()) * _BLOCK


def _newest(store: Store) -> Load:
    """The last export of deals, a week later: some deals have a new amount, stage or day."""
    with store.snapshot() as seen:
        columns = seen.frame(
            "select columns from ops.uploads where table_name = 'deals' order by as_of desc, id desc limit 1"
        ).item()
        listed = ", ".join(f'r."{name}"' for name in columns)
        rows = seen.frame(
            f"""
            select {listed}, r.key from ops.deals_rows as r join ops.deals_seen using (row_no)
            where upload_id = (select arg_max(id, as_of) from ops.uploads where table_name = 'deals')
            """
        )
        last = seen.frame("select max(as_of) from ops.uploads where table_name = 'deals'").item()
    changed = pl.int_range(pl.len()) % 33 == 0
    moved = rows.with_columns(
        next_step=pl.when(changed).then(pl.lit("Call again")).otherwise("next_step"),
        amount=pl.when(changed).then(pl.col("amount") + 100).otherwise("amount"),
    )
    return Load(
        table="deals",
        profile="demo",
        file="newest.csv",
        rows=moved.with_columns(line=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)),
        as_of=last + timedelta(days=7),
        as_of_from="file name",
        is_full=True,
        who="bench",
    )
