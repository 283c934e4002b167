"""One risk on screen: what it stands on, its rows, what happened to it, whose it is and what is planned."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.review import alert_register as kept
from data.review import alert_words as words
from data.review import limit_history
from data.review.alert_register import MOST_LETTERS, Shown
from data.review.alert_rules import limits, view_on
from data.review.alerts import STATES, Alert
from data.review.errors import UnknownAlert
from data.settings import settings
from metrics.alerts import rules
from metrics.errors import SalesError
from metrics.view import View
from ui import drill, navigation, numbers, session
from ui.guard import explain, guarded
from ui.review.alerts import PARAMETER, sign
from ui.review.cited import Cited
from ui.review.decide import form as decide
from ui.text import lang, plain, t

_PAGES = {"deal": ("deal", "id"), "rep": ("rep", "name"), "customer": ("customer", "name")}
_TOLD = "alert.told"


def chosen(found: Sequence[Alert]) -> None:
    """The risk that the address names, among those that the reader may see."""
    asked = st.query_params.get(PARAMETER)
    if not asked:
        return
    one = next((one for one in found if str(one.id) == asked), None)
    if one is None and not settings().engine:
        one = _unlisted(asked)
    if one is None:
        st.info(t("alerts.unknown"), icon=":material/search_off:")
        return
    _one(one)


def _unlisted(number: str) -> Alert | None:
    """One that is told with another, such as a person's with their team's: its address still opens it."""
    try:
        with session.reading() as seen:
            return kept.alert(seen, session.viewer(), int(number))
    except (ValueError, UnknownAlert):
        return None


@st.fragment
def _one(one: Alert) -> None:
    with guarded(), session.reading() as seen, st.container(border=True):
        view = view_on(seen)
        if not settings().engine:
            one = kept.alert(seen, session.viewer(), one.id)  # as it is now: this part may be run alone
        told = kept.shown(one, lang(), view, session.currency())
        if view is not None:
            _head(told, view, seen.facts)
        if settings().engine:
            st.caption(t("alerts.elsewhere"))
            return
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{t('alerts.said')}**")
            _form(one)
        with right:
            st.markdown(f"**{t('alerts.history')}**")
            for event in kept.history(seen, session.viewer(), one.id):
                who = f" ({event.who})" if event.who else ""
                said = words.happened(event, one.rule, lang(), session.currency())
                st.markdown(plain(f"{numbers.day(event.happened_on, lang())} · {said}{who}"))
        st.markdown(f"**{t('alerts.decide')}**")
        decide(None, [told.about] if told.about.kind != "none" else [], key="alert.decide")


def _head(told: Shown, view: View, facts: int) -> None:
    """What it is, in words, with the number at stake and the way to its rows."""
    one, rule = told.alert, rules().get(told.alert.rule)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(f"{told.rule} · {told.subject}"), anchor=False, width="content")
        st.space("stretch")
        if one.kind in _PAGES and one.subject:
            stem, name = _PAGES[one.kind]
            navigation.page_link(stem, t(f"alerts.to_{one.kind}"), icon=":material/open_in_new:", **{name: one.subject})
        st.button(t("alerts.close"), icon=":material/close:", type="tertiary", on_click=_close, key="alert.close")
    facts_of = [
        f"{sign(one)} {told.state}",
        t("alerts.raised_earlier" if one.or_earlier else "alerts.raised", day=numbers.day(one.raised_on, lang())),
        *([t("alerts.cleared", day=numbers.day(one.cleared_on, lang()))] if one.cleared_on else []),
        t("alerts.stake", amount=numbers.written(one.amount, "money", lang(), session.currency())),
        t("alerts.likely", chance=numbers.written(one.chance, "share", lang())),
        t("alerts.whose", owner=one.owner or "—"),
    ]
    st.markdown(plain(" · ".join(facts_of)))
    st.markdown(f"**{plain(told.evidence)}**")
    if one.amount is None or one.chance is None:
        st.caption(t("alerts.not_known"))
    if rule is None:
        return
    st.caption(plain(f"{rule.meaning.text(lang())} {_limits(one.rule)}"))
    if told.source is None:
        if one.kind == "data":
            navigation.page_link("quality", t("page.quality"), icon=":material/fact_check:")
        return
    if st.button(t("alerts.rows"), icon=":material/table_rows:", key="alert.rows"):
        query, column, at = told.source
        cited = Cited(
            query, "alerts", query.view or view, at=at, column=column, label=f"{told.rule} · {told.subject}",
            meaning=rule.meaning.text(lang()), facts=facts,
        )  # fmt: skip
        drill.opened(cited, "rows")


def _limits(rule: str) -> str:
    """The limits of a rule as they stand, with who changed them and when."""
    with session.reading() as seen:
        changed = limits(seen).get(rule, {})
        said = limit_history.last(limit_history.changes(seen, "alerts"))
    told = [
        limit_history.told(f"{rule}.{name}", changed.get(name, one.usual), said.get(f"{rule}.{name}"), lang())
        for name, one in rules()[rule].limits.items()
    ]
    return t("alerts.limits_now", limits=numbers.listed(told, lang())) if told else ""


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


# -------------------------------------------------------------------------------------------------------------- saying


def _form(one: Alert) -> None:
    key = f"alert.{one.id}"
    with st.form(f"{key}.form", border=False):
        states = list(STATES)
        names = {state: words.state(state, lang()) for state in states}
        st.segmented_control(
            t("alerts.state"), states, default=one.state, format_func=names.__getitem__, key=f"{key}.state",
            required=True,
        )  # fmt: skip
        with session.reading() as seen:
            people = [name for name in seen.values("rep", session.viewer()) if name]
            people += [name for name in seen.values("manager", session.viewer()) if name and name not in people]
        if one.owner and one.owner not in people:
            people.insert(0, one.owner)
        st.selectbox(
            t("alerts.owner"), people, index=people.index(one.owner) if one.owner else None, key=f"{key}.owner",
            accept_new_options=True, placeholder=t("decide.owner_hint"),
        )  # fmt: skip
        st.text_area(t("alerts.plan"), value=one.plan or "", key=f"{key}.plan", max_chars=MOST_LETTERS, height=100)
        st.form_submit_button(t("alerts.save"), icon=":material/save:", on_click=_say, args=(one.id, key))
    told = st.session_state.pop(_TOLD, None)
    if isinstance(told, SalesError):
        explain(told)
    elif told == one.id:
        st.markdown(f":green[:material/check_circle:] {plain(t('alerts.saved'))}")


def _say(number: int, key: str) -> None:
    given = st.session_state
    try:
        kept.change(
            session.store(), session.viewer(), number, owner=given[f"{key}.owner"] or "", plan=given[f"{key}.plan"],
            state=given[f"{key}.state"],
        )  # fmt: skip
        given[_TOLD] = number
    except SalesError as error:
        given[_TOLD] = error
