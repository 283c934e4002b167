"""The truth: every upload, every row state it held, for ever. `crm` is folded from it.

A load only appends. Undoing sets a flag and folds again, so any upload can be taken back, not only the last.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.aliases import Alias, accept_alias, aliases, forget_alias
from data.effects import noted
from data.errors import UnknownUpload
from data.fold import fold
from data.progress import part, tell
from data.recording import record_all

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot, Store


__all__ = [
    "Alias",
    "Load",
    "Problem",
    "Upload",
    "accept_alias",
    "aliases",
    "forget_alias",
    "load",
    "problems",
    "redo",
    "undo",
    "uploads",
]


class Load(BaseModel):
    """One file, read and checked, on its way into one table.

    `rows` has one column per canonical field the file carried (typed as `tables.SQL_TYPES`), and `key` (text),
    `extra` (JSON text or null), `line` (where in the file). A field without a column keeps what earlier uploads
    said; a null clears it. `withdrawn` are rows of other uploads that this one takes the place of, as they stand
    from now on: the file does not hold them, so they are in no count of it. `refused` has `line`, `text`, `reasons`
    (list of text), `money` and `is_set_aside`; `unread` are the keys that could be read of them. `currency`: the
    company's own, where somebody said so of this file; else the one that most of its rows name.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    table: str
    profile: str
    file: str
    rows: pl.DataFrame
    withdrawn: pl.DataFrame | None = None
    original: bytes = b""
    refused: pl.DataFrame | None = None
    unread: tuple[str, ...] = ()
    mapping: dict[str, Any] = {}
    encoding: str | None = None
    as_of: date | None = None
    as_of_from: str | None = None
    is_full: bool | None = None
    who: str | None = None
    currency: str | None = None


class Upload(BaseModel):
    """One upload as the store remembers it. `set_aside` are footers and totals.

    `read = new + changed + same + refused`.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    file: str
    sha256: str
    bytes: int
    kept: str | None
    table: str
    profile: str
    columns: list[str]
    mapping: str
    encoding: str | None
    as_of: date | None
    as_of_from: str | None
    is_full: bool | None
    is_undone: bool
    who: str | None
    loaded_at: datetime
    read: int
    new: int
    changed: int
    same: int
    refused: int
    set_aside: int

    @property
    def withdrawn(self) -> tuple[int, float] | None:
        """Lines of earlier uploads that no longer count since this one has their place, and their money; None: none."""
        said = json.loads(self.mapping).get("withdrawn")
        return (int(said["rows"]), float(said["money"])) if said else None


log = logging.getLogger("sales.truth")
after_change: list[Callable[[Store], object]] = []
"""Called after each load, undo and redo, once it is there for everybody: quick, for the caller waits."""

_UPLOADS = 'select * exclude (table_name), table_name as "table" from ops.uploads'


def load(
    store: Store, loads: Iterable[Load], last: Callable[[duckdb.DuckDBPyConnection], None] | None = None
) -> list[Upload]:
    """Take in several files, all of them or none.

    Args:
        store: where they go.
        loads: the files; each is taken when the one before it is recorded.
        last: what else belongs to this change; where it fails, nothing is loaded.

    Raises:
        LoadInvalid: rows do not fit their table.
        StoreError: the disk is full, the store is locked…; nothing has changed then.
    """
    with store.writing() as cursor:
        ids: list[int] = []
        changed: set[str] = set()
        waiting = iter(loads)
        first = next(waiting, None)
        if first is None:
            return []
        with noted(cursor, store, "load", ids, first.who):
            rows = sum(load.rows.height for load in loads) if isinstance(loads, Sequence) else 0
            with part(0.0, 0.5):
                for upload_id, item in record_all(cursor, store, chain([first], waiting), rows=rows):
                    ids.append(upload_id)
                    changed.add(item.table)
            tell("folding", 0.55)
            fold(cursor, changed, newest=ids[-1] if len(ids) == 1 else None)
        tell("folding", 0.85)
        from data.quality_trend import keep_findings  # asks questions, as `noted` does: imported once all is written

        keep_findings(cursor, store, ids)
        if last is not None:
            last(cursor)
        loaded = _uploads(cursor, ids)
    _tell_change(store)
    return loaded


def _tell_change(store: Store) -> None:
    for follow in tuple(after_change):
        try:
            follow(store)
        except Exception:
            log.exception("what follows a change of the data failed; the change itself stands")


def undo(store: Store, upload_id: int, *, who: str | None = None) -> Upload:
    """Take an upload back: the store is then as if it had never been loaded.

    Raises:
        UnknownUpload: there is no such upload.
    """
    return _flag(store, upload_id, who, is_undone=True)


def redo(store: Store, upload_id: int, *, who: str | None = None) -> Upload:
    """Let an undone upload count again.

    Raises:
        UnknownUpload: there is no such upload.
    """
    return _flag(store, upload_id, who, is_undone=False)


def _flag(store: Store, upload_id: int, who: str | None, *, is_undone: bool) -> Upload:
    with store.writing() as cursor:
        before = _upload(cursor, upload_id)
        if before.is_undone != is_undone:
            shares = [int(one[0]) for one in cursor.execute(_SHARES, {"id": upload_id}).fetchall()]
            with noted(cursor, store, "undo" if is_undone else "redo", [upload_id, *shares], who):
                cursor.execute(
                    "update ops.uploads set is_undone = $flag where id in (select unnest($ids::bigint[]))",
                    {"flag": is_undone, "ids": [upload_id, *shares]},
                )
                fold(cursor, {before.table, *(["deal_owners"] if shares else [])})
    _tell_change(store)
    return before.model_copy(update={"is_undone": is_undone})


_SHARES = """
select shares.id from ops.uploads as deals join ops.uploads as shares
    on shares.sha256 = deals.sha256 and shares.file = deals.file and shares.profile = deals.profile
    and shares.table_name = 'deal_owners' and shares.id > deals.id
where deals.id = $id and deals.table_name = 'deals' and not exists(
    from ops.uploads as again where again.sha256 = deals.sha256 and again.table_name = 'deals'
        and again.id > deals.id and again.id < shares.id
)
"""
"""The shares that the owners' column of a list of deals gave: half of a cell never holds alone."""


def uploads(seen: Snapshot) -> list[Upload]:
    """Every upload, undone ones too, in the order they were loaded."""
    return [Upload(**row) for row in seen.frame(f"{_UPLOADS} order by id").iter_rows(named=True)]


def _upload(cursor: duckdb.DuckDBPyConnection, upload_id: int) -> Upload:
    found = _uploads(cursor, [upload_id])
    if not found:
        raise UnknownUpload(id=str(upload_id))
    return found[0]


def _uploads(cursor: duckdb.DuckDBPyConnection, ids: list[int]) -> list[Upload]:
    listed = f"{_UPLOADS} where id in (select unnest($ids::bigint[])) order by id"
    asked = cursor.execute(listed, {"ids": ids})
    names = [column[0] for column in asked.description]
    return [Upload(**dict(zip(names, row, strict=True))) for row in asked.fetchall()]


class Problem(BaseModel):
    """Something in today's data that a person should look at. `code` names it, `rows` and `money` say how much."""

    model_config = ConfigDict(frozen=True)

    code: str
    subject: str
    rows: int
    money: Decimal


_PROBLEMS = """
select 'no_rate' as code, currency as subject, count(*) as rows,
    coalesce(sum(amount_original), 0)::decimal(18,4) as money
from crm.deals where amount is null and amount_original is not null group by currency
union all
select 'ambiguous', rep, count(*), coalesce(sum(amount), 0)::decimal(18,4)
from crm.deals join crm.reps using (rep_key) where rep like 'ambiguous: %' group by rep
union all
select 'ambiguous', customer, count(*), coalesce(sum(amount), 0)::decimal(18,4)
from crm.deals join crm.customers using (customer_key) where customer like 'ambiguous: %' group by customer
union all
select 'closed_without_day', status, count(*), coalesce(sum(amount), 0)::decimal(18,4)
from crm.deals where status <> 'open' and closed_on is null group by status
order by money desc, code, subject
"""


def problems(seen: Snapshot) -> list[Problem]:
    """What the fold could not settle: amounts without a rate, names that several bear, closings without a day."""
    return [Problem(**row) for row in seen.frame(_PROBLEMS).iter_rows(named=True)]
