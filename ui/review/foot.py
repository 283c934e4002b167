"""The lower edge of the stage: back and next, notes, decisions, what is new, and the end of the meeting."""

from __future__ import annotations

import streamlit as st

from data.review import held
from data.review.asking import teams
from data.review.chapter import Chapter
from data.review.held import MOST_LETTERS, Said
from metrics.errors import SalesError
from metrics.view import View
from ui import numbers, session
from ui.guard import explain, guarded
from ui.review import calls, decide, drawn, keeping, past, take
from ui.review import meeting as holding
from ui.review.meeting import Meeting
from ui.review.prepared import forget
from ui.text import lang, plain, t

EVERY = 15.0
"""Seconds between two looks whether new data were loaded."""
_NOTES, _TOLD = "meeting.notes_open", "meeting.told"


def foot(now: Meeting, chapter: Chapter | None) -> None:
    """Everything that is done in a meeting, in one line; the presenter's note above it where it is open."""
    with st.container(key="stage_foot", gap="xsmall"):
        _told(now)
        if st.session_state.get(_NOTES, False):
            _note(now)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stage_buttons"):
            _steps(now)
            if chapter is not None:
                _more_evidence(chapter)
                _said_here(now, chapter)
            st.toggle(t("meeting.notes"), key=_NOTES, help=t("meeting.notes_help"))
            st.space("stretch")
            _offer(now)
            if st.button(t("meeting.files"), key="meeting_files", icon=":material/download:", type="tertiary"):
                st.dialog(t("meeting.files_title"), width="large")(_taking)(now)
            _ends(now)


def _told(now: Meeting) -> None:
    error = st.session_state.pop(_TOLD, None) or keeping.failure(session.store(), now.review.id)
    if isinstance(error, SalesError):
        explain(error)


def _steps(now: Meeting) -> None:
    """Back and next; their keys are those of stage.js, which knows when somebody types."""
    ids = [one.id for one in now.order]
    for name, by, arrow in (("back", -1, "←"), ("next", 1, "→")):
        to = now.at + by
        is_there = 0 <= to < len(ids)
        st.button(
            t(f"meeting.{name}"), key=f"meeting_{name}", type="primary" if by > 0 else "secondary", on_click=_go,
            icon=f":material/arrow_{'forward' if by > 0 else 'back'}:", disabled=not is_there, args=(ids, by),
            help=f"{holding.step_name(ids[to])} ({arrow})" if is_there else None,
        )  # fmt: skip


def _go(ids: list[str], by: int) -> None:
    """So many steps from the one that is on now: of two quick clicks each counts."""
    here = holding.place(ids) + by
    if 0 <= here < len(ids):
        holding.go_to(ids[here])


def _more_evidence(chapter: Chapter) -> None:
    lots = len(drawn.lots(chapter))
    if lots < 2:
        return
    at = holding.part(lots)
    st.button(
        t("meeting.evidence", at=at + 1, of=lots), key="meeting_evidence", icon=":material/swap_horiz:",
        on_click=holding.turn, args=((at + 1) % lots,),
    )  # fmt: skip


def _said_here(now: Meeting, chapter: Chapter) -> None:
    """What is decided about what is on the wall, and of the landing what people say it will be."""
    if st.button(t("meeting.decide"), key="meeting_decide", icon=":material/add_task:"):
        st.dialog(t("meeting.decide_title"), width="large", on_dismiss="rerun")(_deciding)(now, chapter)
    if chapter.step == "landing" and st.button(t("meeting.call"), key="meeting_call", icon=":material/campaign:"):
        st.dialog(t("meeting.call_title"), width="large", on_dismiss="rerun")(_calling)(now)


def _deciding(now: Meeting, chapter: Chapter) -> None:
    _of_which(now)
    subjects = dict.fromkeys(subject for one in chapter.lists for subject in one.subjects if subject.kind != "none")
    decide.desk(
        now.review.id, list(subjects), team=now.review.team, key=f"meeting.{chapter.step}",
        listed_key="meeting.decided",
    )  # fmt: skip


def _calling(now: Meeting) -> None:
    asked = now.prepared.asked
    _of_which(now)
    if asked is not None:
        calls.panel(asked.view, since=asked.since, review_id=now.review.id, key="meeting.calls")


def _of_which(now: Meeting) -> None:
    """Says where what is opened here is of newer data than the wall."""
    with session.reading() as seen:
        if now.prepared.facts not in (-1, seen.facts):
            day = numbers.day(seen.as_of, lang())
            told = t("meeting.newer_here", day=day) if seen.as_of else t("meeting.gone")
            st.info(plain(told), icon=":material/update:")


# ---------------------------------------------------------------------------------------------------------------- notes


def said(now: Meeting) -> Said:
    """What the review has kept of this step."""
    return now.review.said.get(now.step.id, Said())


def say(now: Meeting, chapter: Chapter) -> None:
    """Keep what a step says of the meeting's own day; whoever only looks on at another's meeting keeps nothing.

    What the wall shows of newer data is of another day than the review.
    """
    viewer, day = session.viewer(), now.prepared.as_of
    upload, own = now.prepared.last_upload, now.prepared.own(chapter.step)
    finding = own.finding if isinstance(own, Chapter) else chapter.finding
    is_kept = said(now).finding == finding and day in (None, now.review.as_of)
    is_kept = is_kept and upload in (None, now.review.last_upload)
    if now.review.chair in (None, viewer.email) and not is_kept:
        keeping.keep(session.store(), viewer, now.review.id, chapter.step, finding=finding, as_of=day, upload=upload)


def _note(now: Meeting) -> None:
    step, number = now.step.id, now.review.id
    key = f"meeting.note.{number}.{step}"
    stands = keeping.not_kept_yet(session.store(), number, step)
    waits = stands is not None
    stands = said(now).note if stands is None else stands
    state = st.session_state
    has_failed = f"{key}.failed" in state  # what was typed stays, and is kept below what stands by then
    if (
        state.get(f"{key}.seen") != stands and not has_failed
    ):  # somebody else wrote meanwhile, or it was put below theirs
        state[key] = state[f"{key}.seen"] = stands
    state.setdefault(key, stands)
    st.text_area(
        t("meeting.note_of", step=holding.step_name(step)), key=key, height=110, max_chars=MOST_LETTERS,
        on_change=_noted, args=(number, step, key, state.get(f"{key}.failed", stands)),
        placeholder=t("meeting.note_hint"), label_visibility="collapsed",
    )  # fmt: skip
    if waits:
        st.caption(t("meeting.note_waits"))
    elif not has_failed and state.pop(f"{key}.wrote", stands) != stands:
        st.caption(f":material/group: {t('meeting.note_joined')}")


def _noted(number: int, step: str, key: str, stood: str) -> None:
    state = st.session_state
    state[f"{key}.wrote"] = str(state[key]).strip()
    try:
        keeping.keep(
            session.store(), session.viewer(), number, step, text=state[key], instead_of=stood,
            patience=keeping.PATIENCE,
        )  # fmt: skip
        state.pop(f"{key}.failed", None)
    except SalesError as error:
        state[_TOLD], state[f"{key}.failed"] = error, stood


# ------------------------------------------------------------------------------------------- what is loaded meanwhile


@st.fragment(run_every=EVERY)
def _offer(now: Meeting) -> None:
    """A quiet line once there are newer data; nobody is moved to them unasked."""
    with guarded(), session.reading() as seen:
        if now.prepared.facts in (-1, seen.facts):
            return
        day, is_gone = numbers.day(seen.as_of, lang()), seen.as_of is None
        if st.button(
            plain(t("meeting.take_gone" if is_gone else "meeting.take", day=day)), key="meeting_take", type="tertiary",
            icon=":material/update:", help=plain(t("meeting.gone" if is_gone else "meeting.newer", day=day)),
        ):  # fmt: skip
            holding.take_new(now)
            st.rerun()


# -------------------------------------------------------------------------------------------------------------- the end


def _taking(now: Meeting) -> None:
    noted = {step: one.note for step, one in now.review.said.items() if one.note}
    take.menu(now.prepared, noted=noted, name="meeting.files")


def _ends(now: Meeting) -> None:
    is_last = now.at + 1 == len(now.order)
    if st.button(
        t("meeting.finish"), key="meeting_finish", icon=":material/flag:", type="primary" if is_last else "secondary"
    ):
        st.dialog(t("meeting.finish_title"), width="large")(_finishing)(now)
    st.button(
        t("meeting.leave"), key="meeting_leave", icon=":material/logout:", type="tertiary", on_click=_left,
        args=(now,), help=t("meeting.leave_help"),
    )  # fmt: skip


def _left(now: Meeting) -> None:
    holding.stop_clock(now.review.id)
    holding.leave()


def _finishing(now: Meeting) -> None:
    """What will stand in the minutes, then the end, or the end and the next team."""
    if holding.named() != now.review.id or _TOLD in st.session_state:
        st.rerun()  # it was ended, or could not be: the page behind says so
    with guarded():
        with session.reading() as seen:
            kept = held.review(seen, session.viewer(), now.review.id)
            known, view = teams(seen, session.viewer()), holding.view_of(now.review, seen)
        past.said(kept, [one.id for one in now.order])
        following = next_team(known, now.review.team)
        with st.container(horizontal=True):
            st.button(
                t("meeting.end"),
                key="meeting_end",
                type="primary",
                icon=":material/flag:",
                on_click=_ended,
                args=(now,),
            )
            if following is not None:
                st.button(
                    t("meeting.end_and", team=plain(following)), key="meeting_end_and", icon=":material/skip_next:",
                    on_click=_ended, args=(now, view, following),
                )  # fmt: skip


def _ended(now: Meeting, view: View | None = None, following: str | None = None) -> None:
    try:
        end(now)
        if view is not None:
            holding.begin(view, following)
    except SalesError as error:
        st.session_state[_TOLD] = error


def next_team(known: list[str], team: str | None) -> str | None:
    """The team whose turn it is after this one; None where all are reviewed at once, and after the last."""
    if team not in known:
        return None
    at = known.index(team) + 1
    return known[at] if at < len(known) else None


def end(now: Meeting) -> None:
    """End the review: what each step says of its day stands in its minutes, whether it was looked at or not."""
    store, viewer, number = session.store(), session.viewer(), now.review.id
    holding.stop_clock(number)
    with session.reading() as seen:
        if seen.facts == now.prepared.facts:
            now.prepared.all_again(seen)
    for one in now.order:
        made = now.prepared.own(one.id)
        if isinstance(made, Chapter):
            keeping.keep(
                store, viewer, number, one.id, finding=made.finding, as_of=now.prepared.as_of,
                upload=now.prepared.last_upload,
            )  # fmt: skip
    keeping.all_kept()
    held.end(store, viewer, number)
    forget(lambda key: isinstance(key, tuple) and key[:2] == (str(store.path), number))
    holding.leave()
    st.query_params["minutes"] = str(number)
