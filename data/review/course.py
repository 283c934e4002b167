"""What deals were like from day to day, as far as uploads say: what decisions about them are judged by.

Read with everything's eyes; who may be told is decided elsewhere (data/review/subjects.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data.store import Snapshot

_STATES = """
select v.deal_id, v.deal, v.pipeline, v.stage, v.status, cast(v.amount as double) as amount, v.expected_close_on,
    v.closed_on, v.next_step, v.last_activity_on, v.seen_from, v.seen_to, r.rep
from crm.deal_versions as v left join crm.reps as r on r.rep_key = v.rep_key
where v.deal_id in (select unnest($ids)) and v.seen_from <= $day and not v.is_reconstructed
order by v.deal_id, v.seen_from
"""
_VISITS = """
select deal_id, stage, entered_on from crm.deal_stages
where deal_id in (select unnest($ids)) and entered_on <= $day order by entered_on
"""
_TOUCHES = """
select distinct deal_id, done_on from crm.activities
where deal_id in (select unnest($ids)) and done_on <= $day order by done_on
"""
_HELD = """
with rows_of as (
    select row_no, coalesce(deal_id, key) as deal_id from ops.deals_rows
    where coalesce(deal_id, key) in (select unnest($ids))
)
select distinct rows_of.deal_id, uploads.id, uploads.as_of
from rows_of
join ops.deals_seen as seen on seen.row_no = rows_of.row_no
join ops.uploads as uploads on uploads.id = seen.upload_id
where not uploads.is_undone and uploads.as_of <= $day
"""
_GUESSED = """
select p.pipeline, p.stage from crm.places as p
join (
    select pipeline from crm.places group by pipeline having count(*) > 1 and count(distinct probability) < count(*)
) as unsure on unsure.pipeline is not distinct from p.pipeline
where not exists (
    from crm.stages as s where s.stage = p.stage and s.told_by is not null
        and (s.pipeline is null or s.pipeline is not distinct from p.pipeline)
)
"""
_THERE = "select deal_id from crm.deals where deal_id in (select unnest($ids))"


@dataclass(frozen=True)
class State:
    """What a deal said from `seen_from` until the day before `seen_to`."""

    pipeline: str | None
    stage: str | None
    status: str
    amount: float | None
    close_on: date | None
    closed_on: date | None
    next_step: str | None
    activity_on: date | None
    seen_from: date
    seen_to: date


@dataclass(frozen=True)
class Course:
    """One deal up to a day.

    `deal`, `rep`: its name and whose it was, last. `states`: the oldest first. `places`: open stages by pipeline, by
    their number; `guessed`: those of which neither a list nor a probability tells the place. `visits`: stage and day it
    was entered. `touches`: days with an activity. `held`: the uploads that held it (number, day). `is_there`: whether
    it is still among the deals, gone or not.
    """

    deal: str | None = None
    rep: str | None = None
    states: tuple[State, ...] = ()
    places: dict[tuple[str | None, str], int] = field(default_factory=dict)
    guessed: frozenset[tuple[str | None, str]] = frozenset()
    visits: tuple[tuple[str, date], ...] = ()
    touches: tuple[date, ...] = ()
    held: tuple[tuple[int, date], ...] = ()
    is_there: bool = True

    def at(self, day: date) -> State | None:
        """What it said on a day; None where it was not there."""
        return next((one for one in self.states if one.seen_from <= day < one.seen_to), None)

    def place(self, pipeline: str | None, stage: str | None) -> int | None:
        """The number of an open stage of a pipeline; None of any other."""
        return self.places.get((pipeline, stage)) if stage is not None else None

    def is_guess(self, pipeline: str | None, stage: str | None) -> bool:
        """Whether the place of an open stage only follows from a known list or from what deals show."""
        return (pipeline, stage) in self.guessed


def courses(seen: Snapshot, ids: Sequence[str], day: date) -> dict[str, Course]:
    """The courses of these deals up to a day; one that nothing is known of is empty."""
    if not ids:
        return {}
    each = list(dict.fromkeys(ids))
    asked: dict[str, Any] = {"ids": each, "day": day}
    states, visits, touches, held = (_by_deal(seen, sql, asked) for sql in (_STATES, _VISITS, _TOUCHES, _HELD))
    there = set(seen.frame(_THERE, {"ids": each})["deal_id"])
    places, unsure = places_of(seen), guessed_of(seen)
    return {
        id_: Course(
            deal=states[id_][-1]["deal"] if id_ in states else None,
            rep=states[id_][-1]["rep"] if id_ in states else None,
            states=tuple(_state(row) for row in states.get(id_, [])),
            places=places,
            guessed=unsure,
            visits=tuple((row["stage"], row["entered_on"]) for row in visits.get(id_, [])),
            touches=tuple(row["done_on"] for row in touches.get(id_, [])),
            held=tuple((row["id"], row["as_of"]) for row in held.get(id_, [])),
            is_there=id_ in there,
        )
        for id_ in each
    }


def places_of(seen: Snapshot) -> dict[tuple[str | None, str], int]:
    """The open stages of every pipeline, numbered from 1 on."""
    found = seen.frame("select pipeline, stage, place from crm.places order by pipeline, place")
    return {(row["pipeline"], row["stage"]): row["place"] for row in found.iter_rows(named=True)}


def guessed_of(seen: Snapshot) -> frozenset[tuple[str | None, str]]:
    """The open stages whose place nobody told: it may be another one after the next upload."""
    return frozenset((pipeline, stage) for pipeline, stage in seen.frame(_GUESSED).iter_rows())


def _by_deal(seen: Snapshot, sql: str, asked: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in seen.frame(sql, asked).iter_rows(named=True):
        found.setdefault(row["deal_id"], []).append(row)
    return found


def _state(row: dict[str, Any]) -> State:
    return State(
        row["pipeline"], row["stage"], row["status"], row["amount"], row["expected_close_on"], row["closed_on"],
        row["next_step"], row["last_activity_on"], row["seen_from"], row["seen_to"],
    )  # fmt: skip
