"""The lobby of the weekly review: begin a meeting or come into one, what to prepare, and the meetings that were."""

from __future__ import annotations

import streamlit as st

from data.punctuation import sentences
from data.review import alert_register, held
from data.review.agenda import agenda
from data.review.alerts import synced_on
from data.review.asking import asked, teams, usual_view
from data.review.held import Review
from data.settings import settings
from metrics.errors import SalesError
from metrics.view import View
from ui import controls, navigation, numbers, session
from ui.guard import explain, guarded
from ui.review import agenda_form, calls, decide, hygiene, meeting, past, take
from ui.text import lang, plain, t

PERIODS = ("this_month", "this_quarter", "this_year")
_ALL = "~"
_TOLD = "lobby.told"


def lobby() -> None:
    """The page of the weekly review outside of a meeting."""
    st.title(t("page.weekly"), anchor=False)
    st.caption(t("page.help.weekly"))
    if session.as_of() is None:
        st.info(t("review.no_data"), icon=":material/upload_file:")
        navigation.page_link("upload", t("page.upload"), icon=":material/upload_file:")
        return
    if session.viewer().scope == "rep":
        st.info(t("review.not_yours"), icon=":material/lock:")
        return
    with session.reading() as seen:
        known = held.reviews(seen, session.viewer())
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)
    chosen = _chosen(known)
    if chosen is not None:
        with st.container(border=True), guarded():
            past.minutes(chosen)
            st.button(t("review.close"), key="review.close", on_click=_close, icon=":material/close:", type="tertiary")
    with guarded():
        _begin([one for one in known if one.state == "open"])
    _sections(known)


def _chosen(known: list[Review]) -> Review | None:
    text = st.query_params.get(past.MINUTES, "")
    found = next((one for one in known if str(one.id) == text), None)
    if text and found is None:
        st.caption(f":material/info: {t('review.unknown')}")
    return found


def _close() -> None:
    st.query_params.pop(past.MINUTES, None)


# ------------------------------------------------------------------------------------------------------------- to begin


def _begin(going_on: list[Review]) -> None:
    if settings().engine:
        st.info(t("review.elsewhere"), icon=":material/cloud:")
        return
    for one in going_on:
        _going_on(one)
    viewer = session.viewer()
    with session.reading() as seen:
        known = teams(seen, viewer)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            options = ([_ALL] if viewer.sees_all else []) + known
            team = controls.choice(
                "of", options, label=t("review.whose"),
                show=lambda one: t("review.all") if one == _ALL else one,
            ) if options else None  # fmt: skip
            preset = controls.choice(
                "span", PERIODS, label=t("review.span"), default="this_quarter", kind="segmented",
                show=lambda one: t(f"preset.{one}"),
            )  # fmt: skip
            of_team = None if team in (None, _ALL) else team
            st.button(
                t("review.begin"), type="primary", icon=":material/co_present:", key="review.begin", on_click=_begun,
                args=(preset, of_team),
            )  # fmt: skip
        _compared(preset, of_team, ahead=not going_on)


def _span() -> str:
    asked_for = st.query_params.get("span", "")
    return asked_for if asked_for in PERIODS else "this_quarter"


def _view(preset: str) -> View:
    usual = usual_view(session.today())
    return usual if preset == "this_quarter" else usual.with_period(preset)


def _compared(preset: str, team: str | None, *, ahead: bool) -> None:
    """What a meeting begun now would look back to, and how long it is planned to take; its chapters are made ahead."""
    with session.reading() as seen:
        of = asked(seen, session.viewer(), lang(), view=_view(preset), team=team)
        if ahead:
            meeting.prepare(_view(preset), of)
        minutes = sum(one.minutes for one in agenda(seen) if one.is_on)
        last = held.last_held(seen, of.team)
        known = alert_register.register(seen, session.viewer()) if synced_on(seen) else []
        risks = [one for one in known if one.is_open]
    key = "review.looks_back_last" if of.last_held else "review.looks_back_same" if last else "review.looks_back"
    before = numbers.day(last.as_of, lang()) if last else ""
    since, day = numbers.day(of.since, lang()), numbers.day(of.view.as_of, lang())
    planned = numbers.written(minutes, "number", lang())
    said = (t(key, since=since, day=day, held=before), t("review.planned", minutes=planned))
    st.caption(plain(sentences(said, lang())))
    if risks:
        new = numbers.written(sum(one.raised_on > of.since for one in risks), "count", lang())
        told = t("review.risks", count=numbers.written(len(risks), "count", lang()), new=new, since=since)
        navigation.page_link("alerts", plain(told), icon=":material/warning:")


def _begun(preset: str, team: str | None) -> None:
    try:
        with session.reading():
            meeting.begin(_view(preset), team)
    except SalesError as error:
        st.session_state[_TOLD] = error


def _going_on(one: Review) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"review.open.{one.id}"):
        chair = t("review.chaired", chair=one.chair) if one.chair else ""
        text = f"{past.title(one)} {t('review.is_open')} {chair}"
        st.markdown(f":material/pending: {plain(text.strip())}", width="stretch")
        st.button(
            t("review.go_on"), key=f"review.go_on.{one.id}", icon=":material/co_present:", on_click=meeting.enter,
            args=(one.id,), type="primary",
        )  # fmt: skip
        if one.as_of < session.today():
            st.button(t("review.end_old"), key=f"review.end.{one.id}", on_click=_end, args=(one.id,))
        with st.popover(t("review.drop"), icon=":material/delete:", key=f"review.drop_popover.{one.id}"):
            st.caption(t("review.drop_sure"))
            st.button(t("review.drop_do"), on_click=_drop, args=(one.id,), key=f"review.drop.{one.id}")


def _end(number: int) -> None:
    try:
        held.end(session.store(), session.viewer(), number)
    except SalesError as error:
        st.session_state[_TOLD] = error


def _drop(number: int) -> None:
    try:
        held.drop(session.store(), session.viewer(), number)
    except SalesError as error:
        st.session_state[_TOLD] = error


# -------------------------------------------------------------------------------------------------------- what is below


def _sections(known: list[Review]) -> None:
    """What is prepared before a meeting, and what is left of those that were; looked up once it is opened."""
    view = _view(_span())
    drawn = {
        "past": lambda: past.listed(known), "decisions": _decisions, "calls": lambda: calls.panel(view),
        "hygiene": lambda: hygiene.panel(view), "files": take.panel, "agenda": agenda_form.form,
    }  # fmt: skip
    names = {name: t(f"review.tab.{name}") for name in drawn}
    tabs = st.tabs(list(names.values()), key="review.tabs", on_change="rerun")
    for draw, place in zip(drawn.values(), tabs, strict=True):
        if place.open:
            with place, guarded():
                draw()


def _decisions() -> None:
    decide.desk(None, key="lobby.decide", listed_key="lobby.decided")
