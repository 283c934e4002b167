"""The agenda of reviews on screen: which steps, in which order, for how long, and from where on something counts."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from data.punctuation import paired
from data.review import limit_history
from data.review.agenda import MOST_MINUTES, Planned, agenda, plan, steps
from data.settings import settings
from metrics.errors import SalesError
from ui import numbers, session
from ui.guard import explain
from ui.review import meeting
from ui.review.alert_limits import MOST_CHANGES
from ui.text import has, lang, plain, t

_TOLD, _ROUND = "agenda.told", "agenda.round"


def form() -> None:
    """The agenda; for those who see everything to change, for others to read."""
    with session.reading() as seen:
        planned, said = agenda(seen), limit_history.changes(seen, "agenda")
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)
    if settings().engine or not session.viewer().sees_all:
        _read_only(planned)
        _changes(said)
        return
    turn = st.session_state.setdefault(_ROUND, 0)
    with st.form(f"agenda.form.{turn}", border=False):
        edited = st.data_editor(
            _frame(planned), key=f"agenda.steps.{turn}", hide_index=True, num_rows="fixed", column_config=_columns(),
            disabled=("step", "help"), width="stretch",
        )  # fmt: skip
        limits = _limits(planned, turn)
        with st.container(horizontal=True):
            saved = st.form_submit_button(t("agenda.save"), icon=":material/save:", type="primary")
            usual = st.form_submit_button(t("agenda.usual"), icon=":material/restart_alt:")
    if saved:
        _save(in_order(planned, edited.to_dict("records") if hasattr(edited, "to_dict") else edited, limits))
    elif usual:
        _save([])
    _changes(said)


def _changes(said: list[limit_history.Change]) -> None:
    """Who changed what of it, the latest first."""
    if said:
        st.markdown(f"**{t('agenda.changed')}**")
        lines = [f"{limit_history.by(one, lang())} · {_changed(one)}" for one in said[:MOST_CHANGES]]
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def _changed(one: limit_history.Change) -> str:
    """A change in words: "Deals to talk about, minutes: 15 → 20"."""
    step, _, of = one.name.partition(".")
    if step == "order":
        now = [meeting.step_name(id_) for id_ in str(one.becomes).split() if id_ in steps()]
        return paired(t("agenda.order"), " · ".join(now), lang())
    name = meeting.step_name(step) if step in steps() else step
    if of.startswith("limits."):
        limit = of.removeprefix("limits.")
        unit = steps()[step].unit(limit) if step in steps() else "number"
        return paired(limit_name(step, limit), f"{_said(one.was, unit)} → {_said(one.becomes, unit)}", lang())
    label = t("agenda.minutes") if of == "minutes" else t("agenda.is_on")
    return paired(f"{name} · {label}", f"{_said(one.was)} → {_said(one.becomes)}", lang())


def _said(value: limit_history.Said, unit: str = "number") -> str:
    if isinstance(value, bool):
        return t("agenda.yes" if value else "agenda.no")
    return _number(float(value), unit) if value is not None else "—"


def _read_only(planned: tuple[Planned, ...]) -> None:
    lines = [
        f"{plain(meeting.step_name(one.id))} · {t('agenda.minutes_of', minutes=_number(one.minutes))}"
        for one in planned
        if one.is_on
    ]
    st.markdown("\n".join(f"1. {line}" for line in lines))
    st.caption(t("settings.not_yours"))


def _number(value: float, unit: str = "number") -> str:
    return numbers.written(value, unit, lang())


def _frame(planned: tuple[Planned, ...]) -> Any:  # noqa: ANN401 - pandas is Streamlit's, and carries no types here
    return pl.DataFrame(
        {
            "is_on": [one.is_on for one in planned],
            "place": list(range(1, len(planned) + 1)),
            "step": [meeting.step_name(one.id) for one in planned],
            "minutes": [float(one.minutes) for one in planned],
            "help": [steps()[one.id].help.text(lang()) for one in planned],
        }
    ).to_pandas()


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "is_on": config.CheckboxColumn(t("agenda.is_on"), width="small"),
        "place": config.NumberColumn(t("agenda.place"), min_value=1, step=1, width="small", required=True),
        "step": config.TextColumn(t("agenda.step")),
        "minutes": config.NumberColumn(t("agenda.minutes"), min_value=0.5, max_value=float(MOST_MINUTES), step=0.5,
                                       width="small", required=True),
        "help": config.TextColumn(t("agenda.help"), width="large"),
    }  # fmt: skip


def _limits(planned: tuple[Planned, ...], turn: int) -> dict[str, dict[str, float]]:
    """The thresholds of the steps that have any."""
    given: dict[str, dict[str, float]] = {}
    if any(one.limits for one in planned):
        st.markdown(f"**{t('agenda.limits')}**")
    for one in planned:
        if not one.limits:
            continue
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, value in one.limits.items():
                given.setdefault(one.id, {})[name] = _limit(one.id, name, value, f"agenda.{one.id}.{name}.{turn}")
    return given


def _limit(step: str, name: str, value: float, key: str) -> float:
    """The field of one threshold and what stands in it; shares are typed in per cent."""
    unit = steps()[step].unit(name)
    usual, label = _number(steps()[step].limits[name], unit), limit_name(step, name)
    if unit == "number":
        return float(st.number_input(
            label, value=float(value), min_value=0.0, step=1.0, format="%g", key=key, width=320,
            help=t("alerts.usual", value=usual),
        ))  # fmt: skip
    typed = st.number_input(
        f"{label} (%)", value=round(min(value, 1.0) * 100, 6), min_value=0.0, max_value=100.0, step=1.0, format="%g",
        key=key, width=320, help=t("alerts.usual", value=usual),
    )  # fmt: skip
    return round(float(typed) / 100, 8)


def limit_name(step: str, name: str) -> str:
    """A threshold in words; of a step that is newer than these words its own name."""
    key = f"agenda.limit.{step}.{name}"
    return t(key) if has(key) else paired(meeting.step_name(step), name.replace("_", " "), lang())


def in_order(
    planned: tuple[Planned, ...], edited: list[dict[str, Any]], limits: dict[str, dict[str, float]]
) -> list[dict[str, Any]]:
    """The agenda as it was typed: by the places that were given, of two of one place the one that stood first.

    Args:
        planned: as it was. edited: its rows as typed, in its order: is_on, place, minutes. limits: by step and name.
    """
    rows = [
        (row["place"], at, {"id": one.id, "minutes": row["minutes"], "is_on": bool(row["is_on"]),
                            "limits": limits.get(one.id, {})})
        for at, (one, row) in enumerate(zip(planned, edited, strict=True))
    ]  # fmt: skip
    return [told for _, _, told in sorted(rows, key=lambda row: row[:2])]


def _save(told: list[dict[str, Any]]) -> None:
    try:
        plan(session.store(), session.viewer(), told)
        st.session_state[_ROUND] += 1  # the table begins anew from what is kept
        st.toast(t("agenda.saved" if told else "agenda.reset"))
    except SalesError as error:
        st.session_state[_TOLD] = error
    st.rerun()
