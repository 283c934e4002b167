"""A meeting that is being held: its review, where in it one is, and the chapters that it shows."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from data.clock import now
from data.review import held
from data.review.agenda import Planned, agenda, steps
from data.review.asking import asked, usual_view
from data.review.chapter import Asked
from data.review.held import Review
from data.settings import settings
from data.store import Snapshot, Store
from metrics.view import View
from metrics.viewer import Viewer
from ui import address, session
from ui.review import keeping
from ui.review.prepared import Prepared, Wanted, drafted, places, prepared, renewed
from ui.text import lang

MEETING, STEP, PART = "meeting", "step", "part"
_SHOWN = "meeting.shown"
_CLOCK = "meeting.clock"
_SEEN = "meeting.seen"
_PREPARED = "meeting.prepared"
_DRAFT = 0
"""Instead of a review's number: of a meeting that nobody has begun."""


@dataclass(frozen=True)
class Meeting:
    """What one run of the script shows of a meeting."""

    review: Review
    prepared: Prepared
    at: int
    now: int
    """The version of what questions read that the store has now."""

    @property
    def order(self) -> tuple[Planned, ...]:
        """The steps, in the order in which they are held."""
        return self.prepared.wanted.order

    @property
    def step(self) -> Planned:
        """The step that is on."""
        return self.order[self.at]

    @property
    def is_of_now(self) -> bool:
        """Whether what is shown is of the store's present version."""
        return self.prepared.facts in (-1, self.now)


def step_name(step: str) -> str:
    """A step of the agenda, in the reader's language."""
    return steps()[step].label.text(lang())


def named() -> int | None:
    """The meeting that the address names."""
    text = st.query_params.get(MEETING, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def opened(number: int) -> Meeting:
    """The meeting of the address, with its chapters being made.

    Raises:
        UnknownReview: there is none, or it is not for this reader.
    """
    with session.reading() as seen:
        review = held.review(seen, session.viewer(), number)
        wanted = _wanted(seen, review)
        mine = _shown(wanted, _key(seen.store, review, _DRAFT, wanted.order), seen.facts)
        ids = [one.id for one in mine.wanted.order]
        at = place(ids)
        mine.again(ids[at], seen)
        return Meeting(review, mine, at, seen.facts)


def _shown(wanted: Wanted, draft: Hashable, facts: int) -> Prepared:
    """What this reader has been shown so far stays; whoever comes in later sees what the meeting does."""
    shown: dict[object, Prepared] = st.session_state.setdefault(_SHOWN, {})
    mine = shown.get(wanted.key)
    if mine is None or (mine.is_dropped and not mine.is_over):
        shown.clear()
        mine = shown[wanted.key] = prepared(wanted, st.query_params.get(STEP), draft=draft, facts=facts)
    return mine


def place(ids: list[str]) -> int:
    """The place of the step that the address names among these; the first where it names none of them."""
    step = st.query_params.get(STEP, "")
    return ids.index(step) if step in ids else 0


def part(lots: int) -> int:
    """Which lot of evidence the address names."""
    text = st.query_params.get(PART, "")
    return int(text) % lots if text.isascii() and text.isdigit() and len(text) < 4 else 0


def turn(to: int) -> None:
    """Another lot of evidence of the same step."""
    if to:
        st.query_params[PART] = str(to)
    else:
        st.query_params.pop(PART, None)


def take_new(meeting: Meeting) -> None:
    """Show the meeting on the store as it is now."""
    fresh = renewed(meeting.prepared.wanted, meeting.prepared, meeting.step.id)
    st.session_state[_SHOWN] = {fresh.wanted.key: fresh}


def go_to(step: str) -> None:
    """Another step of the same meeting, at its first evidence: the address says it."""
    st.query_params.pop(PART, None)
    st.query_params[STEP] = step


def begin(view: View, team: str | None) -> Review:
    """Begin a review of a team or of all, and open its meeting.

    Raises:
        SalesError: as `held.begin` and `asking.asked`.
    """
    with session.reading() as seen:
        of = asked(seen, session.viewer(), lang(), view=view, team=team)
    begun = held.begin(session.store(), session.viewer(), of, address=_address(view))
    enter(begun.id)
    return begun


def prepare(view: View, of: Asked) -> None:
    """Have a meeting prepared that nobody has begun, so that its first step is there when somebody does.

    Args:
        view: as it would be begun with. of: what is asked of it.
    """
    day, moment = of.view.as_of, now()
    review = Review(
        id=_DRAFT, held_on=day, as_of=day, since=of.since, team=of.team, address=_address(view), chair=None,
        state="open", said={}, begun_at=moment, ended_at=None,
    )  # fmt: skip
    wanted = _wanted(of.seen, review)
    drafted(wanted, of.seen.facts, st.session_state.get(_PREPARED))
    st.session_state[_PREPARED] = wanted.key


def _address(view: View) -> str:
    return urlencode(address.parameters(view))


def enter(number: int) -> None:
    """Open a meeting at its first step."""
    st.query_params.pop(STEP, None)
    st.query_params.pop("minutes", None)
    st.query_params[MEETING] = str(number)


def leave() -> None:
    """Back to the lobby; the review stays as it is."""
    for name in (MEETING, STEP, PART):
        st.query_params.pop(name, None)


def view_of(review: Review, seen: Snapshot) -> View:
    """The view that a review was begun with, on the store's day."""
    fixed, day = settings(), seen.as_of or review.as_of
    params = dict(parse_qsl(review.address))
    params.pop("as_of", None)
    if not params:
        return usual_view(day)
    return View.from_url(
        params, as_of=day, fiscal_start=fixed.fiscal_start, week_start=fixed.week_start,
        headline=fixed.headline_measure,
    )[0]  # fmt: skip


def _wanted(seen: Snapshot, review: Review) -> Wanted:
    viewer, language, order = session.viewer(), lang(), places(review.agenda or agenda(seen))
    key = _key(seen.store, review, review.id, order)
    return Wanted(seen.store, key, order, partial(_asked, viewer, language, review))


def _key(store: Store, review: Review, number: int, order: tuple[Planned, ...]) -> Hashable:
    return (
        str(store.path), number, session.viewer(), lang(), review.since, review.team, review.address,
        tuple((one.id, tuple(sorted(one.limits.items()))) for one in order),
    )  # fmt: skip


def _asked(viewer: Viewer, language: str, review: Review, seen: Snapshot) -> Asked:
    """On whichever snapshot the chapters are made: the same review, of the store's day then."""
    view = view_of(review, seen)
    return asked(seen, viewer, language, view=view, since=review.since, team=review.team)


# ---------------------------------------------------------------------------------------------------------------- clock


@dataclass
class _Clock:
    review: int
    step: str
    begun: float
    before: float

    @property
    def seconds(self) -> float:
        return self.before + time.monotonic() - self.begun


def spent(meeting: Meeting) -> dict[str, float]:
    """Seconds used for each step so far, this one's running; what another step took until now is kept."""
    said = meeting.review.said
    kept = {one.id: said[one.id].seconds if one.id in said else 0.0 for one in meeting.order}
    clock: _Clock | None = st.session_state.get(_CLOCK)
    here = meeting.step.id
    if clock is None or (clock.review, clock.step) != (meeting.review.id, here):
        stop_clock(meeting.review.id)
        mine: dict[str, float] = st.session_state.setdefault(f"{_CLOCK}.{meeting.review.id}", {})
        clock = _Clock(meeting.review.id, here, time.monotonic(), max(kept.get(here, 0.0), mine.get(here, 0.0)))
        st.session_state[_CLOCK] = clock
    mine = st.session_state.get(f"{_CLOCK}.{meeting.review.id}", {})
    return {step: max(seconds, mine.get(step, 0.0)) for step, seconds in kept.items()} | {here: clock.seconds}


def stop_clock(number: int) -> None:
    """Keep what the clock shows: when a step, or the meeting, is left."""
    clock: _Clock | None = st.session_state.pop(_CLOCK, None)
    if clock is None or clock.review != number:
        return
    st.session_state.setdefault(f"{_CLOCK}.{number}", {})[clock.step] = clock.seconds
    keeping.keep(session.store(), session.viewer(), number, clock.step, seconds=clock.seconds)


def visited(meeting: Meeting) -> set[str]:
    """The steps that were shown, in this session or as the review says."""
    shown: set[str] = st.session_state.setdefault(f"{_SEEN}.{meeting.review.id}", set())
    shown.add(meeting.step.id)
    return shown | set(meeting.review.said)
