"""The register of risks: every alert from when its rule fired until it cleared, in ops.alerts and ops.alert_events.

What fires on a day is told by the data alone (data/review/alert_rules.py); `sync` writes what became different to the
register, once for each load's day, and never changes what it wrote: an undo, or an older file loaded late, is another
event. An alert closes by itself when its rule fires no more, and opens again with its history when it fires again
within REOPENS days; later it is a new one. Owner, plan and state are people's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.clock import now
from data.effects import unsaved
from data.engines.errors import UploadsElsewhere
from data.review.alert_rules import LIMITS, Fired, fired, limits
from data.settings import settings
from data.tables import tables
from metrics.alerts import rules, version

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot, Store

State = Literal["new", "taken", "watched", "closed"]
Happened = Literal["raised", "changed", "cleared", "state", "plan", "owner", "limit"]
STATES: tuple[State, ...] = ("new", "taken", "watched", "closed")
REOPENS = 28
"""Days after it cleared within which an alert that fires again is the same."""
CAUGHT_UP, FIRST_LOOK = 8, 4
"""Days of loads that are looked at one by one when several were loaded since the last look; and at the first look."""
MOVED, MOVED_CHANCE = 0.1, 0.1
"""From this relative change of the amount, and change of the probability on, the evidence is another."""
_SYNCED = "alerts_synced"
_ALL = 2**62
_IN_EVIDENCE = ("label", "values", "reps", "looks_after", "or_earlier")


class Alert(BaseModel):
    """One alert. `values`: its evidence; `seen_on`: the day it is of. `reps`: whose rows it stands on, None: nobody's.

    `cleared_on`: since when its rule fires no more. `label`: how its subject is called, where not by `subject`.
    `looks_after`: its owner by the data; `owner` is another one where somebody said so. `or_earlier`: nobody had looked
    before the day it was raised on. `is_part`: how much is not for this viewer.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    rule: str
    kind: str
    subject: str | None
    raised_on: date
    cleared_on: date | None = None
    owner: str | None = None
    plan: str | None = None
    state: State = "new"
    seen_on: date
    label: str | None = None
    values: dict[str, Any] = {}
    reps: tuple[int | None, ...] = ()
    looks_after: str | None = None
    or_earlier: bool = False
    amount: float | None = None
    chance: float | None = None
    is_part: bool = False

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What tells it apart."""
        return self.rule, self.kind, self.subject

    @property
    def is_open(self) -> bool:
        """Its rule fires, and nobody closed it."""
        return self.cleared_on is None and self.state != "closed"


class Event(BaseModel):
    """Something that happened to an alert, on a day of the store. `who`: None is the data's own word.

    `limit`: a limit of its rule was changed meanwhile; `values` are those of the change (data/review/limit_history.py).
    """

    model_config = ConfigDict(frozen=True)

    alert_id: int
    happened_on: date
    event: Happened
    values: dict[str, Any] = {}
    amount: float | None = None
    chance: float | None = None
    remark: str | None = None
    who: str | None = None
    noted_at: datetime


# -------------------------------------------------------------------------------------------------------------- reading


def everything(seen: Snapshot, cleared: int | None = None) -> list[Alert]:
    """Every alert, for whoever sees all: data/review/alert_register.py shows them to viewers.

    Args:
        cleared: of those that cleared only the last so many.
    """
    rows = seen.frame(
        """
        select * from ops.alerts
        where cleared_on is null or id in (
            select id from ops.alerts where cleared_on is not null order by cleared_on desc, id desc limit $most
        )
        order by id
        """,
        {"most": _ALL if cleared is None else cleared},
    )
    return [_read(row) for row in rows.iter_rows(named=True)]


def of_number(seen: Snapshot, number: int) -> Alert | None:
    """The alert of this number."""
    rows = seen.frame("select * from ops.alerts where id = $id", {"id": number})
    return _read(rows.row(0, named=True)) if rows.height else None


def _read(row: Mapping[str, Any]) -> Alert:
    told = json.loads(row["evidence"] or "{}")
    return Alert(
        **{name: value for name, value in row.items() if name != "evidence"},
        **{name: told[name] for name in _IN_EVIDENCE if name in told},
    )


def events(seen: Snapshot, alert_id: int) -> list[Event]:
    """What happened to an alert, the latest first."""
    rows = seen.frame(
        "select * from ops.alert_events where alert_id = $id order by noted_at desc, happened_on desc", {"id": alert_id}
    )
    found = []
    for row in rows.iter_rows(named=True):
        values = json.loads(row.pop("evidence") or "{}").get("values", {})
        found.append(Event(**row, values=values))
    return found


def is_current(seen: Snapshot) -> bool:
    """Whether the register says what the store's data and limits say now."""
    return seen.as_of is None or _synced(seen).get("of") == _state(seen)


def synced_on(seen: Snapshot) -> date | None:
    """The day of the store that was looked at last; None before the first look."""
    told = _synced(seen).get("day")
    return date.fromisoformat(told) if told else None


def _state(seen: Snapshot) -> list[object]:
    """What decides which rules fire: data, limits, the rules themselves, and what the company calls a year and week."""
    limits = seen.frame("select value from ops.settings where name = $name", {"name": LIMITS})
    known = settings()
    return [
        seen.facts, limits.item() if limits.height else None, version(), known.fiscal_start, known.week_start,
        known.headline_measure,
    ]  # fmt: skip


def _synced(seen: Snapshot) -> dict[str, Any]:
    found = seen.frame("select value from ops.settings where name = $name", {"name": _SYNCED})
    told: dict[str, Any] = json.loads(found.item()) if found.height else {}
    return told


def now_open(seen: Snapshot) -> list[Alert]:
    """The open alerts of this very snapshot: as the register has them, or where it is behind, as a look now would."""
    known = everything(seen)
    if not is_current(seen) and seen.as_of is not None:
        known, _ = settled(known, *fired(seen), seen.as_of)
    return [one for one in known if one.is_open]


# -------------------------------------------------------------------------------------------------------------- settlin


def settled(
    known: Sequence[Alert],
    firing: Iterable[Fired],
    failed: set[str],
    day: date,
    *,
    fresh: Collection[str] = (),
    limited: Collection[str] = (),
) -> tuple[list[Alert], list[tuple[Alert, Happened, str | None]]]:
    """The register after a look on a day, and what happened: pure.

    Args:
        known: the register. firing: what fires. failed: rules that could not be asked: theirs stay as they are.
        day: that was looked at. fresh: rules not asked so right before it: what fires may have done so earlier.
        limited: rules whose limit was changed right before it.
    """
    after = {one.id: one for one in known}
    standing = {one.key: one for one in known if one.cleared_on is None}
    happened: list[tuple[Alert, Happened, str | None]] = []
    met = set()
    for one in firing:
        met.add(one.key)
        before = standing.get(one.key) or _lately(known, one.key, day)
        told = _told(one, day)
        if before is None:
            alert = Alert(
                id=max(after, default=0) + 1, raised_on=day, owner=one.owner, or_earlier=one.rule in fresh, **told
            )
            happened.append((alert, "raised", None))
        elif before.cleared_on is not None:
            state = "new" if before.state == "closed" else before.state
            alert = before.model_copy(update={**told, **_owned(before, one), "cleared_on": None, "state": state})
            happened.append((alert, "raised", "again"))
        else:
            alert = before.model_copy(update={**told, **_owned(before, one)})
            if is_other(before, alert):
                happened.append((alert, "changed", None))
        after[alert.id] = alert
    for old in standing.values():
        if old.key not in met and old.rule not in failed:
            closed: State = "watched" if old.state == "watched" else "closed"
            alert = old.model_copy(update={"cleared_on": day, "state": closed})
            why = _why(old, day, limited)
            happened.append((alert, "cleared", why))
            after[alert.id] = alert
    return list(after.values()), happened


def _why(old: Alert, day: date, limited: Collection[str]) -> str | None:
    """Why it fires no more, where that is not that its reason is gone."""
    if day < old.raised_on:
        return "taken_back"
    if old.rule not in rules():
        return "rule_gone"
    return "limit" if old.rule in limited else None


def _told(one: Fired, day: date) -> dict[str, Any]:
    return {
        "rule": one.rule, "kind": one.kind, "subject": one.subject, "seen_on": day, "label": one.label,
        "values": one.values, "reps": one.reps, "amount": one.amount, "chance": one.chance, "looks_after": one.owner,
    }  # fmt: skip


def _owned(before: Alert, one: Fired) -> dict[str, Any]:
    """It goes with its subject to whoever looks after that, unless somebody said whose it is."""
    return {"owner": one.owner} if before.owner == before.looks_after else {}


def _lately(known: Sequence[Alert], key: tuple[str, str, str | None], day: date) -> Alert | None:
    """The one of the same rule and subject that cleared last, if not long ago."""
    past = [one for one in known if one.key == key and one.cleared_on and abs((day - one.cleared_on).days) <= REOPENS]
    return max(past, key=lambda one: (one.cleared_on or day, one.id), default=None)


def is_other(before: Alert, after: Alert) -> bool:
    """Whether the evidence changed so much that it is worth an event: money, probability, or what it says."""
    if (before.amount is None) != (after.amount is None) or (before.chance is None) != (after.chance is None):
        return True
    moved = abs((after.amount or 0) - (before.amount or 0)) >= MOVED * max(abs(before.amount or 0), 1.0)
    if moved or abs((after.chance or 0) - (before.chance or 0)) >= MOVED_CHANCE:
        return True
    said = ("reason", "customer", "why", "stage")
    return any(before.values.get(name) != after.values.get(name) for name in said)


# -------------------------------------------------------------------------------------------------------------- writing


def sync(store: Store) -> int:
    """Bring the register up to date, once for each day of the loads since the last look. How much happened.

    Raises:
        StoreError: nothing can be written here.
    """
    with store.snapshot() as seen:
        if is_current(seen):
            return 0
        state, (days, is_joined) = _state(seen), _days(seen)
        looks = [(day, *fired(seen, day)) for day in days]
    with store.noting() as cursor:
        inside = unsaved(store, cursor)
        if _synced(inside).get("of") == state or not looks:
            return 0  # somebody else did meanwhile
        count, limits_now = 0, limits(inside)
        fresh, limited = _not_asked(inside, is_joined=is_joined), _limited(inside)
        for day, found, failed in looks:
            fresh, limited = (fresh, limited) if day == looks[0][0] else (set(), set())
            after, happened = settled(everything(inside), found, failed, day, fresh=fresh, limited=limited)
            _write(cursor, after, happened, day)
            count += len(happened)
        told = json.dumps({"of": state, "day": looks[-1][0].isoformat(), "rules": list(rules()), "limits": limits_now})
        cursor.execute("delete from ops.settings where name = $name", {"name": _SYNCED})
        cursor.execute("insert into ops.settings values ($name, $value)", {"name": _SYNCED, "value": told})
        return count


def _not_asked(seen: Snapshot, *, is_joined: bool) -> set[str]:
    """The rules that the last look did not ask as they are now: new ones, and those with another limit than then."""
    last = _synced(seen)
    if not is_joined:
        return set(rules())
    return (set(rules()) - set(last.get("rules", rules()))) | _limited(seen)


def _limited(seen: Snapshot) -> set[str]:
    """The rules that have another limit than at the last look."""
    then, now = _synced(seen).get("limits"), limits(seen)
    if then is None:
        return set()
    return {rule for rule in rules() if then.get(rule, {}) != now.get(rule, {})}


def bring_up(store: Store) -> None:
    """The same for commands that read the register; where nothing can be written, what fires is told without it."""
    try:
        sync(store)
    except UploadsElsewhere:
        return


def _days(seen: Snapshot) -> tuple[list[date], bool]:
    """The days to look at, of the loads since the last look and the store's own; and whether they join on to that."""
    if seen.as_of is None:
        return [], True
    last = synced_on(seen)
    dated = [table.name for table in tables().values() if table.dated]
    found = seen.frame(
        "select distinct as_of from ops.uploads where not is_undone and as_of is not null and table_name in"
        " (select unnest($dated)) order by as_of",
        {"dated": dated},
    ).get_column("as_of").to_list()  # fmt: skip
    since = [day for day in found if (last is None or day > last) and day < seen.as_of]
    most = FIRST_LOOK if last is None else CAUGHT_UP
    return [*since[-most:], seen.as_of], last is not None and len(since) <= most


def _write(
    cursor: duckdb.DuckDBPyConnection, after: Sequence[Alert], happened: Sequence[tuple[Alert, Happened, str | None]],
    day: date,
) -> None:  # fmt: skip
    """The register as it is now, and what led there."""
    touched = {one.id for one, *_ in happened}
    rows = [_row(one) for one in after if one.id in touched or one.seen_on == day]
    if rows:
        cursor.register("alerts_now", pl.DataFrame(rows, _ROW, orient="row").to_arrow())
        cursor.execute("delete from ops.alerts where id in (select id from alerts_now)")
        cursor.execute("insert into ops.alerts by name from alerts_now")
        cursor.unregister("alerts_now")
    if happened:
        when = now()
        told = [
            {"alert_id": one.id, "happened_on": day, "event": event, "evidence": _evidence(one), "amount": one.amount,
             "chance": one.chance, "remark": remark, "who": None, "noted_at": when}
            for one, event, remark in happened
        ]  # fmt: skip
        cursor.register("alerts_told", pl.DataFrame(told, _EVENT, orient="row").to_arrow())
        cursor.execute("insert into ops.alert_events by name from alerts_told")
        cursor.unregister("alerts_told")


def _row(one: Alert) -> dict[str, Any]:
    told = one.model_dump(exclude={*_IN_EVIDENCE, "is_part"})
    return {**told, "evidence": _evidence(one)}


def _evidence(one: Alert) -> str:
    return json.dumps({name: getattr(one, name) for name in _IN_EVIDENCE}, ensure_ascii=False)


_ROW: dict[str, Any] = {
    "id": pl.Int64, "rule": pl.String, "kind": pl.String, "subject": pl.String, "raised_on": pl.Date,
    "cleared_on": pl.Date, "owner": pl.String, "plan": pl.String, "state": pl.String, "seen_on": pl.Date,
    "evidence": pl.String, "amount": pl.Float64, "chance": pl.Float64,
}  # fmt: skip
_EVENT: dict[str, Any] = {
    "alert_id": pl.Int64, "happened_on": pl.Date, "event": pl.String, "evidence": pl.String, "amount": pl.Float64,
    "chance": pl.Float64, "remark": pl.String, "who": pl.String, "noted_at": pl.Datetime,
}  # fmt: skip
