"""What loading and undoing did to the headline numbers: their values before and after, kept with the upload.

The numbers are those of the catalogue, over all time and all rows, each seen from the store's day of then: what the
overview shows without a period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from data.clock import now
from data.settings import settings

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot, Store

Action = Literal["load", "undo", "redo"]
_FOLLOWED = ("won_amount", "open_amount", "win_rate", "revenue", "collected")


class Effect(BaseModel):
    """What one change did to one number; None where there was nothing to count."""

    model_config = ConfigDict(frozen=True)

    measure: str
    before: float | None
    after: float | None


class Change(BaseModel):
    """One load, undo or redo of an upload.

    `together`: the uploads that were loaded in one go, this one among them; they share what they did.
    """

    model_config = ConfigDict(frozen=True)

    upload_id: int
    change_no: int
    action: Action
    who: str | None
    changed_at: datetime
    together: tuple[int, ...]
    effects: tuple[Effect, ...]


def followed() -> tuple[str, ...]:
    """The measures that are written down: the company's headline measure and the usual ones, each once."""
    return tuple(dict.fromkeys((settings().headline_measure, *_FOLLOWED)))


@contextmanager
def noted(
    cursor: duckdb.DuckDBPyConnection, store: Store, action: Action, ids: list[int], who: str | None
) -> Iterator[None]:
    """Write down what the block does to the headline numbers. `ids` may be filled inside the block."""
    seen = unsaved(store, cursor)
    before = _last_written(seen) or headline(seen)
    yield
    seen = unsaved(store, cursor)
    after = headline(seen)
    when = now()
    names = list(before | after)
    numbers = [before.get(name) for name in names], [after.get(name) for name in names]
    cursor.execute(
        """
        insert into ops.effects
        select id, $2, $3, $4, $5, effects.*
        from (select unnest($1::bigint[]) as id),
            (select unnest($6::varchar[]), unnest($7::double[]), unnest($8::double[])) as effects
        """,
        (ids, seen.version, action, who, when, names, *numbers),
    )


def unsaved(store: Store, cursor: duckdb.DuckDBPyConnection) -> Snapshot:
    """What the store holds inside an unfinished change; answers are forgotten at once, for it may be rolled back."""
    from data.store import Snapshot

    return Snapshot(store, cursor, remembers=False)


def headline(seen: Snapshot) -> dict[str, float | None]:
    """The followed measures whose tables hold rows, over all time."""
    if seen.as_of is None:
        return {}
    from metrics.cuts import total  # with all that asking takes, which the first load of a store does without
    from metrics.view import View
    from metrics.viewer import EVERYTHING

    wanted = {name: _tables_of(name) for name in followed()}
    held = holding_rows(seen, set().union(*wanted.values()))
    measures = tuple(name for name, needed in wanted.items() if needed <= held)
    if not measures:
        return {}
    frame = seen.ask(total(measures, View(as_of=seen.as_of)), EVERYTHING).frame
    return {name: None if frame[name][0] is None else float(frame[name][0]) for name in measures}


def _last_written(seen: Snapshot) -> dict[str, float | None]:
    """The headline numbers as the change just before this one left them, when that one wrote them down."""
    written = seen.frame(
        "select distinct measure, after from ops.effects where change_no = $change", {"change": seen.version - 1}
    )
    found = dict(written.iter_rows())
    return found if settings().headline_measure in found else {}


def _tables_of(name: str) -> set[str]:
    from metrics.catalog import measure

    return {part.table for part in measure(name).parts if part.table}


def holding_rows(seen: Snapshot, names: set[str]) -> set[str]:
    """Which of these tables hold rows. As `Snapshot.filled`, whose estimates know nothing of uncommitted rows."""
    asked = [f"select '{name}' as name where exists(from crm.{name})" for name in sorted(names)]
    return set(seen.frame(" union all ".join(asked))["name"]) if asked else set()


_CHANGES = """
with together as (
    select change_no, list(distinct upload_id order by upload_id) as ids from ops.effects group by change_no
)
select upload_id, change_no, action, who, changed_at, ids as together,
    list({'measure': measure, 'before': before, 'after': after}) as effects
from ops.effects join together using (change_no)
group by all order by change_no, upload_id
"""


def changes(seen: Snapshot) -> list[Change]:
    """Every load, undo and redo in the order in which they were done."""
    return [Change(**row) for row in seen.frame(_CHANGES).iter_rows(named=True)]


def of_upload(known: Sequence[Change], upload_id: int) -> tuple[Effect, ...]:
    """What loading this upload did, in the order of `followed`; nothing for a store that did not write it down yet."""
    for change in known:
        if change.upload_id == upload_id and change.action == "load":
            order = {name: place for place, name in enumerate(followed())}
            return tuple(sorted(change.effects, key=lambda effect: order.get(effect.measure, len(order))))
    return ()
