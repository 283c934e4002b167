"""Reviews that are being held, and that were: kept in ops.reviews.

A review keeps the store's day of what it showed last: the next one starts there, once this one was ended. Several
people may hold one review at once: whoever begins another of the same team on the same day comes into the one that is
open. Who sees everything may read all reviews; a manager those of their teams; a salesperson none: they name others.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from data.clock import now
from data.effects import unsaved
from data.review.actions import keep_verdicts
from data.review.agenda import Planned, agenda, steps
from data.review.errors import (
    ReviewLeftOpen,
    ReviewNeedsTeam,
    ReviewNoteTooLong,
    ReviewOver,
    ReviewsNotYours,
    UnknownReview,
    UnknownStep,
)
from data.viewers import names_now
from metrics.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.review.chapter import Asked
    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

MOST_LETTERS = 8_000
"""Of a presenter's note on one step."""

_WEEK = timedelta(days=7)

State = Literal["open", "held", "dropped"]


class Said(BaseModel):
    """What one step said then: its finding, the presenter's note, and the seconds it took."""

    model_config = ConfigDict(frozen=True)

    finding: str = ""
    note: str = ""
    seconds: float = 0.0


class Review(BaseModel):
    """One review. `team`: None is of all. `since`: the day it was compared with. `said`: by id of the step.

    `agenda`: the company's when it was begun, by which it goes until it is over, whatever is changed meanwhile.
    `last_upload`: the last one that its numbers hold; None: they are of the store as it was when it was begun.
    `as_of`: the store's day that its numbers are of. `held_on`: the day it was begun by the clock.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    held_on: date
    as_of: date
    since: date | None
    team: str | None
    address: str
    chair: str | None
    state: State
    said: dict[str, Said]
    agenda: tuple[Planned, ...] = ()
    last_upload: int | None = None
    begun_at: datetime
    ended_at: datetime | None

    @field_validator("agenda", mode="before")
    @classmethod
    def _planned(cls, told: object) -> object:
        """Steps that are no more are left out."""
        if not isinstance(told, str):
            return told or ()
        return [one for one in json.loads(told) if one["id"] in steps()]

    @field_validator("said", mode="before")
    @classmethod
    def _read(cls, told: object) -> object:
        return json.loads(told) if isinstance(told, str) else told


# -------------------------------------------------------------------------------------------------------------- reading


def reviews(seen: Snapshot, viewer: Viewer) -> list[Review]:
    """The reviews that a viewer may read, dropped ones too: the latest first."""
    return [one for one in _all(seen) if _may_read(viewer, one.team)]


def review(seen: Snapshot, viewer: Viewer, number: int) -> Review:
    """The review of this number.

    Raises:
        UnknownReview: there is none, or it is not for this viewer.
    """
    for one in reviews(seen, viewer):
        if one.id == number:
            return one
    raise UnknownReview(id=number)


def open_review(seen: Snapshot, viewer: Viewer, team: str | None) -> Review | None:
    """The review of this team that was begun and neither ended nor dropped."""
    return next((one for one in reviews(seen, viewer) if one.state == "open" and one.team == team), None)


def last_held(seen: Snapshot, team: str | None, before: date | None = None) -> Review | None:
    """The last review that was held of a team, or where it had none, of all. For any viewer: only its days are said.

    Args:
        team: None: of all. before: only reviews whose numbers are of an earlier day than this.
    """
    held = [one for one in _all(seen) if one.state == "held" and (before is None or one.as_of < before)]
    held.sort(key=lambda one: (one.as_of, one.id), reverse=True)
    of_team = (one for one in held if one.team == team)
    return next(of_team, None) or next((one for one in held if one.team is None), None)


def noted(seen: Snapshot, asked: Asked, kind: str = "weekly") -> dict[str, str]:
    """What was noted in the review of a weekly report, by step: of the last one held in its week, by whom may read it.

    Args:
        asked: of what the report is; its week ends on the day of its view. kind: others than weekly ones hold no notes.
    """
    day = asked.view.as_of
    held = [
        one for one in reviews(seen, asked.viewer)
        if one.state == "held" and one.team == asked.team and day - _WEEK < one.as_of <= day
    ] if kind == "weekly" else []  # fmt: skip
    last = max(held, key=lambda one: (one.as_of, one.id), default=None)
    return {step: said.note for step, said in last.said.items() if said.note} if last else {}


def _all(seen: Snapshot) -> list[Review]:
    """Every review, the latest first; teams by their names of today."""
    rows = list(seen.frame("select * from ops.reviews order by begun_at desc, id desc").iter_rows(named=True))
    named = [row["team"] for row in rows if row["team"] is not None]
    called = dict(zip(named, names_now(seen, named), strict=True)) if named else {}
    return [Review.model_validate({**row, "team": called.get(row["team"])}) for row in rows]


def _may_read(viewer: Viewer, team: str | None) -> bool:
    return viewer.sees_all or (viewer.scope == "teams" and team in viewer.teams)


# -------------------------------------------------------------------------------------------------------------- holding


def begin(store: Store, viewer: Viewer, asked: Asked, *, address: str = "") -> Review:
    """Begin a review, or come into the one of the same team that is open.

    Args:
        asked: of what (`data.review.asking.asked`): its team, day and the day before are kept.
        address: the view as in an address, so that the minutes lead back to it.

    Raises:
        ReviewsNotYours: a salesperson holds none. ReviewNeedsTeam: a manager of several teams named none of them.
        ReviewLeftOpen: an earlier one of the team, of older numbers, was never ended: it is ended or dropped first.
    """
    if viewer.scope == "rep":
        raise ReviewsNotYours
    if not _may_read(viewer, asked.team):
        raise ReviewNeedsTeam(known=", ".join(viewer.teams))
    moment = now()  # to the microsecond: what was loaded before it and after is told apart
    with store.snapshot() as seen:  # to come into one changes nothing
        if other := _to_join(seen, viewer, asked, moment.date()):
            return other
    with store.noting() as cursor:
        seen = unsaved(store, cursor)
        if other := _to_join(seen, viewer, asked, moment.date()):
            return other
        number = int(seen.frame("select coalesce(max(id), 0) + 1 as id from ops.reviews").item())
        begun = Review(
            id=number, held_on=moment.date(), as_of=asked.view.as_of, since=asked.since, team=asked.team,
            address=address, chair=viewer.email or None, state="open", said={}, agenda=agenda(seen), begun_at=moment,
            ended_at=None,
        )  # fmt: skip
        cursor.execute(
            """
            insert into ops.reviews by name
            select $id as id, $held_on as held_on, $as_of as as_of, $since as since, $team as team,
                $address as address, $chair as chair, $state as state, '{}' as said, $agenda as agenda,
                $begun_at as begun_at
            """,
            {
                **begun.model_dump(exclude={"said", "agenda", "last_upload", "ended_at"}),
                "agenda": json.dumps([one.model_dump() for one in begun.agenda], ensure_ascii=False),
            },
        )
    return begun


def _to_join(seen: Snapshot, viewer: Viewer, asked: Asked, today: date) -> Review | None:
    """The open review of the same team, unless it is one of older numbers that was forgotten."""
    other = open_review(seen, viewer, asked.team)
    if other and other.as_of < asked.view.as_of and other.held_on < today:
        raise ReviewLeftOpen(id=other.id, day=other.held_on)
    return other


def note(  # noqa: PLR0913 - what is None stays as it is
    store: Store,
    viewer: Viewer,
    number: int,
    step: str,
    *,
    finding: str | None = None,
    as_of: date | None = None,
    upload: int | None = None,
    text: str | None = None,
    instead_of: str | None = None,
    seconds: float | None = None,
) -> Review:
    """Keep what a step said, what the presenter notes of it, or how long it took; what is None stays as it is.

    Args:
        finding: the step's sentence as it was shown. Only while the review is open. as_of: the store's day that it is
            of, from now on the review's: newer data may have been taken since it was begun.
        upload: the last one that the finding holds, so that the next review lists those behind it.
        text: the presenter's note; minutes are corrected after the review, too.
        instead_of: the note that the writer saw. Where another one stands by now, the new one is put below it, so that
            nobody's words are lost. None: whatever stands is replaced.
        seconds: used in all, as the writer's clock has it; of two clocks the one that shows more counts.

    Raises:
        UnknownReview, UnknownStep. ReviewOver: it was dropped, or for a finding, ended.
        ReviewNoteTooLong: more than MOST_LETTERS.
    """
    if step not in steps():
        raise UnknownStep(name=step, suggestion=nearest(step, steps()), known=", ".join(steps()))

    def change(kept: Review) -> dict[str, object]:
        if kept.state == "dropped" or (finding is not None and kept.state != "open"):
            raise ReviewOver(id=number)
        was = kept.said.get(step, Said())
        noted = was.note if text is None else _joined(was.note, text.strip(), instead_of)
        if len(noted) > MOST_LETTERS:
            raise ReviewNoteTooLong(most=MOST_LETTERS)
        now_said = Said(
            finding=was.finding if finding is None else finding,
            note=noted,
            seconds=max(was.seconds, seconds or 0.0) if kept.state == "open" else was.seconds,
        )
        is_of = kept.as_of if finding is None or as_of is None else as_of
        last = kept.last_upload if finding is None or upload is None else upload
        return {"said": {**kept.said, step: now_said}, "as_of": is_of, "last_upload": last}

    return _changed(store, viewer, number, change)


def end(store: Store, viewer: Viewer, number: int) -> Review:
    """End a review: from now on it is one that was held, and the next one starts where it looked from.

    Whoever ends it second finds it ended. What the data say of open decisions on this day is kept in their history.

    Raises:
        UnknownReview. ReviewOver: it was dropped.
    """

    def change(kept: Review) -> dict[str, object]:
        if kept.state == "dropped":
            raise ReviewOver(id=number)
        return {"state": "held", "ended_at": kept.ended_at or now().replace(microsecond=0)}

    ended = _changed(store, viewer, number, change)
    keep_verdicts(store)
    return ended


def drop(store: Store, viewer: Viewer, number: int) -> Review:
    """Drop a review, also one that was ended by mistake: it counts as never held. What was decided in it stays.

    Raises:
        UnknownReview.
    """

    def change(kept: Review) -> dict[str, object]:
        return {"state": "dropped", "ended_at": kept.ended_at or now().replace(microsecond=0)}

    return _changed(store, viewer, number, change)


def _joined(stands: str, text: str, instead_of: str | None) -> str:
    """The note that is kept: the new text, below one that somebody else wrote meanwhile."""
    if instead_of is None or stands in ("", instead_of.strip(), text):
        return text
    added = text.removeprefix(instead_of.strip()).strip() if instead_of.strip() else text
    return f"{stands}\n{added}" if added and added not in stands else stands


def _changed(store: Store, viewer: Viewer, number: int, change: Callable[[Review], dict[str, object]]) -> Review:
    """One review changed in one transaction, so that of two people who write at once none undoes the other."""
    with store.noting() as cursor:
        kept = review(unsaved(store, cursor), viewer, number)
        changed = kept.model_copy(update=change(kept))
        said = json.dumps({step: one.model_dump() for step, one in changed.said.items()}, ensure_ascii=False)
        cursor.execute(
            "update ops.reviews set state = $state, ended_at = $ended_at, said = $said, as_of = $as_of,"
            " last_upload = $last_upload where id = $id",
            {**changed.model_dump(include={"state", "ended_at", "as_of", "last_upload"}), "said": said, "id": number},
        )
    return changed
