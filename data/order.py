"""The uploads of a table in order: by as-of day, unknown days first, then by number; those undone left out.

There are few uploads, and many statements that need their order: it is worked out here, from one plain question, and
written into the temporary table `at_<t>`. The window functions for it took DuckDB longer to plan than a small load.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from data.once import rows

if TYPE_CHECKING:
    import duckdb

    from data.tables import Table

_UNKNOWN = date.min
_TYPES = {"day": "date", "is_full": "boolean"}


class Placed(NamedTuple):
    """An upload in its place.

    `layout` numbers the sets of fields that files carried, `gone_at` is the place of the next full export of its
    profile, `epoch` grows with the days from which on equal rows mean something else.
    """

    id: int
    place: int
    day: date
    profile_no: int
    layout: int
    is_full: bool
    epoch: int
    gone_at: int | None


class Order(NamedTuple):
    """The uploads of a table that count, in order, and the fields that each layout carries."""

    uploads: tuple[Placed, ...]
    layouts: dict[int, frozenset[str]]
    undone: int
    """How many other uploads of the table there are, which do not count."""

    @property
    def carried(self) -> frozenset[str]:
        """The fields that any of the uploads carried; all others are null in every row."""
        return frozenset().union(*self.layouts.values())

    @property
    def profiles(self) -> int:
        """How many profiles the uploads are of."""
        return len({upload.profile_no for upload in self.uploads})

    def before(self, day: date | None, upload_id: int) -> Order:
        """What comes before an upload that was just added. Its `gone_at` still speak of what comes later."""
        kept = tuple(upload for upload in self.uploads if (upload.day, upload.id) < (day or _UNKNOWN, upload_id))
        known = {upload.layout for upload in kept}
        layouts = {layout: fields for layout, fields in self.layouts.items() if layout in known}
        return Order(kept, layouts, self.undone + len(self.uploads) - len(kept) + 1)


def order_of(cursor: duckdb.DuckDBPyConnection, table: Table, *, by_epoch: bool = False) -> Order:
    """The uploads of a table in order; with `by_epoch`, `epoch` counts the days of the temporary table `epoch_days`."""
    held = _held(cursor).get(table.name, [])
    found = sorted((upload for upload in held if not upload[-1]), key=lambda upload: (upload[3] or _UNKNOWN, upload[0]))
    turns = sorted(day for (day,) in cursor.execute("from epoch_days").fetchall()) if by_epoch else []
    profiles, layouts = dict[str, int](), dict[frozenset[str], int]()
    next_full: dict[str, int] = {}
    uploads: list[Placed] = []
    for place in range(len(found), 0, -1):
        upload_id, profile, columns, day, is_full, _ = found[place - 1]
        uploads.append(
            Placed(
                upload_id,
                place,
                day or _UNKNOWN,
                profiles.setdefault(profile, len(profiles) + 1),
                layouts.setdefault(frozenset(columns), len(layouts) + 1),
                is_full,
                bisect_right(turns, day or _UNKNOWN),
                next_full.get(profile),
            )
        )
        if is_full:
            next_full[profile] = place
    return Order(
        tuple(reversed(uploads)), {number: fields for fields, number in layouts.items()}, len(held) - len(found)
    )


def uploaded(cursor: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables that ever held something, undone or not; all others are empty."""
    return set(_held(cursor))


def ever_carried(cursor: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """The fields that any upload of a table ever carried, undone or not; all others are null in every row."""
    return {field for upload in _held(cursor).get(table, []) for field in upload[2]}


def _held(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Every upload by its table: number, profile, fields, as-of day, whether it is full, whether it is undone."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, *upload in rows(
        cursor,
        "select table_name, id, profile, columns, as_of, coalesce(is_full, false), is_undone from ops.uploads",
    ):
        found.setdefault(name, []).append(tuple(upload))
    return found


def write_order(cursor: duckdb.DuckDBPyConnection, table: Table, order: Order) -> None:
    """Make `at_<t>` (id, place, day, profile_no, layout, is_full, epoch, gone_at) of an order."""
    columns = {name: [upload[at] for upload in order.uploads] for at, name in enumerate(Placed._fields)}
    listed = ", ".join(f"unnest(${name}::{_TYPES.get(name, 'bigint')}[]) as {name}" for name in columns)
    cursor.execute(f"create or replace temp table at_{table.name} as select {listed}", columns)
