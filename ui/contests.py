"""Contests on screen: one chosen, how it stands and its race, settled or not; who organises makes, settles, deletes."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data import contests as kept
from data.settings import settings
from metrics.catalog import measure
from metrics.contests import Contest
from metrics.errors import SalesError
from metrics.lines import in_line
from metrics.period import Period
from metrics.query import Query
from metrics.view import View
from metrics.viewer import Viewer
from ui import contests_form, controls, numbers, rows, session, show
from ui.contests_lists import measure_name
from ui.contests_race import lines, raced, who_leads
from ui.guard import explain
from ui.reader import look, period_name
from ui.text import lang, plain, t

_TOLD = "contests.told"
_FINAL = {"rank": "standing_rank", "member": "member", "team": "team", "line": "yardstick", "score": "score"}


def section(view: View) -> None:
    """The contest that the address names, or the one that ends last; below, the form of whoever may make one."""
    with session.reading() as seen:
        listed = kept.visible(seen, session.viewer())
    if not listed:
        st.info(t("contests.none"), icon=":material/emoji_events:")
    else:
        named = {one.id: one for one in listed}
        chosen = controls.choice(
            "contest", tuple(named), label=t("contests.choose"), show=lambda id_: in_line(named[id_].name)
        )
        _shown(named[chosen], view)
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)
    if settings().engine:
        st.caption(t("contests.elsewhere"))
    elif session.viewer().sees_all:
        contests_form.form(view, _TOLD)
    else:
        st.caption(t("settings.not_yours"))


def _shown(one: Contest, view: View) -> None:
    """What it is about, and how it stands as far as the reader may see."""
    who = [*one.teams, *one.reps] or [t(f"contests.every_{one.unit}")]
    days = period_name(Period(one.from_on, one.to_on), lang())
    st.markdown(plain(t("contests.about_one", measure=measure_name(one.measure), days=days,
                        who=numbers.listed(who, lang()), rule=t(f"contests.rule_{one.rule}"))))  # fmt: skip
    if one.prizes:
        st.markdown(f":material/emoji_events: {plain(one.prizes)}")
    with session.reading() as seen:
        viewer = session.viewer()
        standing, race, as_whom = kept.asked(seen, one, view, viewer)
        final = kept.final(seen, one, viewer) if one.final is not None else None
    if final is not None:
        _settled(one, final)
    else:
        _standing(standing, race, as_whom, view)
    if viewer.sees_all and not settings().engine:
        _buttons(one, view)


def _standing(standing: Query, race: Query, as_whom: Viewer, view: View) -> None:
    """How it stands now; of what others did, whoever sees a whole standing beyond their scope sees the scores only."""
    if as_whom == session.viewer():
        show.listed(standing, view, name="contest", found=who_leads, shape=lines)
        show.question(race, raced, view, name="contest_race")
        return
    with session.reading() as seen:
        result = seen.ask(standing, as_whom)
    if found := who_leads(result, look(view)):
        st.markdown(f"**{plain(found)}**")
    shown = rows.presented(lines(result.frame, look(view)))
    headed = {name: rows.heading(name) for name in shown.columns}
    show.listing(shown, key="contest.open", alt=t("question.contest"), headings=headed)
    for remark in result.notes:
        st.caption(plain(remark.text(lang())))


def _settled(one: Contest, final: pl.DataFrame) -> None:
    """The standing as it was settled."""
    day = numbers.day(one.as_of, lang())
    st.markdown(f"**{plain(t('contests.settled', day=day))}**")
    headed = {name: t(f"column.{key}") for name, key in _FINAL.items()} | {"value": measure_name(one.measure)}
    show.listing(final, key="contest.final", alt=t("question.contest"), headings=headed, units=_units(one))


def _units(one: Contest) -> dict[str, str]:
    """A score is the sum itself, or a share of the target or of the own past."""
    unit = measure(one.measure).unit
    return {"value": unit, "line": unit, "score": unit if one.rule == "absolute" else "share"}


def _buttons(one: Contest, view: View) -> None:
    with st.container(horizontal=True):
        if one.final is None and view.as_of >= one.to_on:
            st.button(t("contests.settle"), icon=":material/verified:", on_click=_settle, args=(one.id,),
                      help=t("contests.settle_help"), key="contest.settle")  # fmt: skip
        with st.popover(t("contests.delete"), icon=":material/delete:", key="contest.delete_popover"):
            st.caption(plain(t("contests.delete_sure", name=one.name)))
            st.button(t("contests.delete_do"), on_click=_forget, args=(one.id,), key="contest.delete")


def _settle(id_: str) -> None:
    try:
        done = kept.settle(session.store(), id_)
        st.toast(plain(t("contests.is_settled", name=done.name)), icon=":material/verified:")
    except SalesError as error:
        st.session_state[_TOLD] = error


def _forget(id_: str) -> None:
    try:
        done = kept.forget(session.store(), id_)
        st.toast(plain(t("contests.is_deleted", name=done.name)))
    except SalesError as error:
        st.session_state[_TOLD] = error
