"""The register of risks on screen: how old it is, and the list by rule; a row of it opens one risk below."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.contents import filled
from data.review import alert_register as kept
from data.review import alert_watch
from data.review import alert_words as words
from data.review.alerts import Alert, is_current, now_open, synced_on
from data.settings import settings
from metrics.alerts import rules
from ui import beside, clicks, controls, numbers, rows, session
from ui.guard import guarded
from ui.navigation import page_link
from ui.text import lang, t

PARAMETER = "alert"
ALL = "all"
WHICH = ("open", "cleared")
_KEY = "alerts.grid"
_HIGHEST = 620
_WHOLE = 1_000
"""From here on amounts are shown without decimals."""
_EVERY = 2.0
"""Seconds between two looks whether the register is up to date."""


def standing() -> None:
    """Of which day the register is; where it is behind the data it is brought up to date meanwhile."""
    with session.reading() as seen:
        store, is_behind, day = seen.store, not is_current(seen), synced_on(seen)
    if settings().engine or session.as_of() is None:
        return
    told = t("alerts.as_of", day=numbers.day(day, lang()), count=len(rules())) if day else t("alerts.first_look")
    st.caption(told)
    if is_behind:
        alert_watch.soon(store).hurry().join(beside.AT_ONCE)
        _waiting(is_first=day is None)


@st.fragment(run_every=_EVERY)
def _waiting(*, is_first: bool) -> None:
    """Once the look is over, the page is run again with what it found; of a first look nothing is shown from before."""
    store = session.store()
    if alert_watch.is_looking(store):
        if not is_first:
            st.info(t("alerts.behind"), icon=":material/update:")
        return
    with store.snapshot() as seen:  # not the page's, which is of before
        is_over = is_current(seen)
    if is_over:
        st.rerun()


def register() -> list[Alert]:
    """The list, by rule. Returns what it holds, those that cleared included."""
    with session.reading() as seen:
        viewer, is_empty = session.viewer(), seen.as_of is None
        is_known = bool(settings().engine) or synced_on(seen) is not None
        if settings().engine:  # nothing is written there: what fires is told by the data
            found = kept.ranked(kept.visible(seen, viewer, now_open(seen)))
        else:
            found = kept.register(seen, viewer, with_cleared=True)
        has_rows = bool(filled(seen))
    if is_empty:
        st.info(t("alerts.undated" if has_rows else "alerts.no_data"), icon=":material/upload_file:")
        page_link("upload", t("page.upload"), icon=":material/upload_file:")
        return []
    if not is_known:  # the first look is under way: that nothing is listed does not mean that nothing fires
        return []
    if not viewer.sees_all:
        st.info(t("alerts.own"), icon=":material/visibility:")
    _listed(found)
    return found


@st.fragment
def _listed(found: Sequence[Alert]) -> None:
    """Open ones, or those that are over; a click opens one below."""
    with guarded():
        which = controls.choice(
            "which", WHICH, label=t("alerts.which"), show=lambda one: t(f"alerts.which_{one}"), kind="segmented"
        )
        of_it = [one for one in found if one.is_open is (which == "open")]
        counts = {rule: sum(one.rule == rule for one in of_it) for rule in dict.fromkeys(one.rule for one in of_it)}
        if len(counts) > 1:
            rule = controls.choice(
                "rule", (ALL, *counts), label=t("alerts.rule"), kind="pills",
                show=lambda one: f"{_rule(one)} · {counts.get(one, len(of_it))}",
            )  # fmt: skip
            of_it = [one for one in of_it if rule in {ALL, one.rule}]
        if not of_it:
            st.success(t(f"alerts.none_{which}"), icon=":material/check_circle:")
            return
        _grid(of_it, which)
        place = clicks.take(_KEY)
        if place is not None and place < len(of_it):
            st.query_params[PARAMETER] = str(of_it[place].id)
            st.rerun()


def _rule(rule: str) -> str:
    return t("alerts.all") if rule == ALL else words.rule_name(rule, lang())


def _grid(of_it: Sequence[Alert], which: str) -> None:
    """Most at stake first. The amount is weighed by its probability for the order only: both are shown."""
    currency = session.currency()
    told = [kept.shown(one, lang(), None, currency) for one in of_it]
    frame = pl.DataFrame(
        [
            {
                t("alerts.state"): f"{sign(one.alert)} {one.state}", t("alerts.rule"): one.rule,
                t("alerts.about"): one.subject,
                t("alerts.since"): one.alert.raised_on, t("alerts.cleared_on"): one.alert.cleared_on,
                "evidence": one.evidence,
                t("alerts.amount"): _rounded(one.alert.amount), t("alerts.chance"): _percent(one.alert.chance),
                t("alerts.owner"): one.alert.owner, t("alerts.plan"): one.alert.plan,
            }
            for one in told
        ],
        {
            t("alerts.state"): pl.String, t("alerts.rule"): pl.String, t("alerts.about"): pl.String,
            t("alerts.since"): pl.Date, t("alerts.cleared_on"): pl.Date, "evidence": pl.String,
            t("alerts.amount"): pl.Float64, t("alerts.chance"): pl.Float64, t("alerts.owner"): pl.String,
            t("alerts.plan"): pl.String,
        },
    )  # fmt: skip
    if which == "open":
        frame = frame.drop(t("alerts.cleared_on"))
    rows.grid(
        frame, key=_KEY, alt=t("page.alerts"), units={t("alerts.amount"): "money", t("alerts.chance"): "share"},
        reads=rows.chosen_row, height=_HIGHEST,
    )  # fmt: skip
    st.caption(t("alerts.pick"))
    if days := {one.alert.raised_on for one in told if one.alert.or_earlier}:
        st.caption(
            t("alerts.or_earlier", day=numbers.listed([numbers.day(day, lang()) for day in sorted(days)], lang()))
        )


def _rounded(amount: float | None) -> float | None:
    """What is at stake is an estimate: no cents of thousands."""
    return amount if amount is None or abs(amount) < _WHOLE else round(amount)


def _percent(chance: float | None) -> float | None:
    """A share of some thousand simulated futures says no more than per cent."""
    return None if chance is None else round(chance, 2)


_SIGNS = {"new": "●", "taken": "▶", "watched": "◐", "closed": "○"}


def sign(one: Alert) -> str:
    """The sign of a state; its word always stands beside it."""
    return _SIGNS[one.state]
