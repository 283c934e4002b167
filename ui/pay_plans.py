"""The plans of pay on screen: in words, and as a text that is checked and whose effect is shown before it is saved."""

from __future__ import annotations

import streamlit as st

from data import pay_plans
from data.pay_example import example
from data.punctuation import paired
from data.settings import settings
from metrics.errors import SalesError, fill
from metrics.pay import compared
from metrics.pay_file import from_toml, to_toml
from metrics.pay_plan import Plan, words
from metrics.period import DAY, add_months, bucket_start
from metrics.view import View
from ui import numbers, session, show
from ui import pay as drawn
from ui.pay_desk import TOLD, told
from ui.text import lang, plain, t

_MOST_LETTERS = 40_000
_WISHED, _TEXT = "pay.wished", "pay.text"


def section(held: tuple[Plan, ...]) -> None:
    """The plans in words; for those who see everything a text to change them in, and what a change would have paid."""
    if not held:
        st.caption(t("pay.no_plans"))
    for plan in reversed(held):
        with st.container(border=True):
            st.markdown(f"**{plain(plan.label.text(lang()))}** · {plain(_when(plan))}")
            st.markdown(
                "\n".join(paired(f"- **{plain(name)}**", plain(text), lang()) for name, text in _in_words(plan).items())
            )
    if session.viewer().sees_all:
        _editor(held)


def _when(plan: Plan) -> str:
    """From when until when a plan holds."""
    first = numbers.day(plan.from_on, lang())
    return t("pay.since", day=first) if plan.to_on is None else f"{first} – {numbers.day(plan.to_on, lang())}"


def _in_words(plan: Plan) -> dict[str, str]:
    said = words()

    def word(kind: str, name: str) -> str:
        return fill(said[kind][name], lang(), {})

    told = {
        t("pay.whom"): numbers.listed([*plan.teams, *plan.reps], lang()) or t("pay.everybody"),
        t("column.pay_measure"): t("pay.basis", measure=word("measures", plan.measure), day=word("days", plan.on),
                                   credit=word("credits", plan.credit), every=word("periods", plan.period)),
        t("pay.tiers"): _tiers(plan),
        t("pay.mode"): word("modes", plan.mode),
    }  # fmt: skip
    if plan.cap is not None:
        told[t("pay.cap")] = numbers.exact(plan.cap, "money", lang(), session.currency())
    if plan.needs_target and plan.ramp:
        shares = numbers.listed([numbers.share(float(one), lang(), 0) for one in plan.ramp], lang())
        told[t("pay.relief")] = t("pay.ramp", shares=shares)
    return told


def _tiers(plan: Plan) -> str:
    """Thresholds and rates: "from 0 %: 0.5 %; from 60 %: 1 %"; accelerators behind them."""
    parts = []
    for tier in plan.tiers:
        at = (
            t("pay.of_target", share=numbers.share(float(tier.at), lang(), 0))
            if plan.tiers_by == "attainment"
            else numbers.written(float(tier.at), "money", lang(), session.currency())
        )
        parts.append(t("pay.tier", at=at, rate=numbers.share(float(tier.rate), lang(), 2)))
    parts += [
        t("pay.faster", at=numbers.share(float(one.over), lang(), 0), times=f"{one.times:f}")
        for one in plan.accelerators
    ]
    return t("pay.semicolon").join(parts)


@st.fragment
def _editor(held: tuple[Plan, ...]) -> None:
    """The plans as text, checked before anything else; what they would have paid; then saved, or dropped."""
    show.section(t("pay.edit"), t("pay.edit_help"))
    if settings().engine:
        st.caption(t("stages.elsewhere"))
        return
    if _TEXT not in st.session_state:
        st.session_state[_TEXT] = _begin(held)
    st.text_area(t("pay.text"), key=_TEXT, height=320, max_chars=_MOST_LETTERS, label_visibility="collapsed")
    with st.container(horizontal=True):
        st.button(t("pay.look"), icon=":material/preview:", key="pay.look", on_click=_look)
        st.button(t("pay.begin_again"), icon=":material/undo:", key="pay.again", on_click=_again, type="tertiary")
        st.download_button(
            t("pay.export"), st.session_state[_TEXT], "pay-plans.toml", "application/toml", key="pay.export",
            icon=":material/download:", on_click="ignore", type="tertiary",
        )  # fmt: skip
    told()
    wished: tuple[Plan, ...] | None = st.session_state.get(_WISHED)
    if wished is not None:
        _effect(held, wished)
        with st.container(horizontal=True):
            st.button(t("pay.save"), icon=":material/check:", type="primary", key="pay.save", on_click=_save)
            st.button(t("stages.discard"), icon=":material/close:", key="pay.drop", on_click=_drop)


def _begin(held: tuple[Plan, ...]) -> str:
    with session.reading() as seen:
        return to_toml(pay_plans.versions(seen)) if held else example(seen)


def _effect(held: tuple[Plan, ...], wished: tuple[Plan, ...]) -> None:
    """What the plans of the text would have paid for the last four quarters that are over."""
    if not held:
        st.caption(t("pay.nothing_to_compare"))
        return
    today = session.today()
    last = bucket_start(today, "quarter") - DAY
    view = View(as_of=today, from_on=add_months(last + DAY, -12), to_on=last, fiscal_start=settings().fiscal_start)
    asked = compared(held, wished, view)
    show.question(asked, drawn.changed, view, name="pay_change", found=drawn.who_gains, of=drawn.PayOf)
    show.listed(asked, view, name="pay_changes", of=drawn.PayOf)


def _look() -> None:
    """Take the text for what is wished, where it can be used."""
    st.session_state.pop(_WISHED, None)
    try:
        with session.reading() as seen:
            read = from_toml(st.session_state[_TEXT])
            pay_plans.checked_here(seen, read)
            st.session_state[_WISHED] = read
    except SalesError as error:
        st.session_state[TOLD] = error


def _again() -> None:
    for name in (_WISHED, _TEXT):
        st.session_state.pop(name, None)


def _drop() -> None:
    st.session_state.pop(_WISHED, None)


def _save() -> None:
    """Save what was looked at; plans that the text no longer names are withdrawn."""
    wished: tuple[Plan, ...] = st.session_state.pop(_WISHED, ())
    who = session.viewer().email or None
    try:
        pay_plans.replace_all(session.store(), wished, who)
        st.toast(t("pay.saved"), icon=":material/check_circle:")
        st.session_state.pop(_TEXT, None)
    except SalesError as error:
        st.session_state[TOLD] = error
