"""The rules of the register on screen, and their limits: those who see everything change them for everybody."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.punctuation import paired
from data.review import limit_history
from data.review.alert_rules import limits, set_limit
from data.review.alert_watch import soon
from data.settings import settings
from data.wording import wording
from metrics.alerts import Limit, rules
from metrics.errors import SalesError, fill
from ui import numbers, rows, session
from ui.guard import explain, guarded
from ui.text import lang, plain, t

_TOLD = "alert_limits.told"
MOST_CHANGES = 20
"""Changes of limits that are listed below the form, the latest first."""


def form() -> None:
    """Every rule in words, and what can be changed about it."""
    with st.expander(t("alerts.rules"), icon=":material/rule:", key="alerts.rules", on_change="rerun") as place:
        if place.open:
            with guarded():
                _rules()


def _rules() -> None:
    judged = {name: fill(text, lang(), {}) for name, text in wording("review/alerts")["judged"].items()}
    frame = pl.DataFrame([
        {t("alerts.rule"): rule.label.text(lang()), t("alerts.told_by"): judged[rule.judged],
         "evidence": rule.meaning.text(lang())}
        for rule in rules().values()
    ])  # fmt: skip
    rows.grid(frame.rename({"evidence": "advice"}), key="alerts.rules_grid", alt=t("alerts.rules"))
    if settings().engine:
        return
    if not session.viewer().sees_all:
        st.caption(t("settings.not_yours"))
        return
    with session.reading() as seen:
        changed, said = limits(seen), limit_history.changes(seen, "alerts")
    last = limit_history.last(said)
    with st.form("alert_limits.form", border=False):
        st.caption(t("alerts.limits_help"))
        with st.grid(3, min_column_width=260, gap="small"):
            for rule in rules().values():
                for name, one in rule.limits.items():
                    key = f"{rule.id}.{name}"
                    value = changed.get(rule.id, {}).get(name)
                    _field(rule.label.text(lang()), key, one, value, last.get(key))
        st.form_submit_button(t("alerts.limits_save"), icon=":material/save:", on_click=_save)
    told = st.session_state.pop(_TOLD, None)
    if isinstance(told, SalesError):
        explain(told)
    elif told:
        st.markdown(f":green[:material/check_circle:] {t('alerts.saved')}")
    if said:
        st.markdown(f"**{t('alerts.limits_changed')}**")
        lines = [f"{limit_history.by(one, lang())} · {limit_history.what(one, lang())}" for one in said[:MOST_CHANGES]]
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def _field(rule: str, key: str, one: Limit, value: float | None, change: limit_history.Change | None) -> None:
    """Shares are typed in per cent."""
    times = 100.0 if one.unit == "share" else 1.0
    unit = {"share": " (%)", "days": f" ({t('alerts.days')})"}.get(one.unit, "")
    usual = numbers.written(one.usual, one.unit, lang())
    st.number_input(
        paired(rule, f"{one.label.text(lang())}{unit}", lang()),
        value=round((one.usual if value is None else value) * times, 6),
        min_value=one.least * times, max_value=one.most * times, step=1.0, key=f"limit.{key}",
        help=t("alerts.usual", value=usual) + (f" · {limit_history.by(change, lang())}" if change else ""),
    )  # fmt: skip


def _save() -> None:
    """Only what was changed is written; then the rules are asked anew."""
    store, viewer = session.store(), session.viewer()
    try:
        with store.snapshot() as seen:
            known = limits(seen)
        for rule in rules().values():
            for name, one in rule.limits.items():
                typed = float(st.session_state[f"limit.{rule.id}.{name}"])
                value = round(typed / (100.0 if one.unit == "share" else 1.0), 8)
                if value != known.get(rule.id, {}).get(name, one.usual):
                    set_limit(store, viewer, rule.id, name, value)
        soon(store)
        st.session_state[_TOLD] = True
    except SalesError as error:
        st.session_state[_TOLD] = error
