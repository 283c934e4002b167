"""Trainings on screen: those that were held, and what one has brought beside those who were not there."""

from __future__ import annotations

from math import isnan

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data import trainings as kept
from data.settings import settings
from metrics.errors import SalesError
from metrics.lines import in_line
from metrics.query import Result
from metrics.training import Training, outcome, trained
from metrics.view import View
from ui import controls, numbers, rows, session, show
from ui.contests_lists import measure_name, personal_measures
from ui.drawing import legend, under_pointer
from ui.guard import explain
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet
from ui.text import lang, plain, t

MOST_OTHERS = 200
"""Of those who were not there so many are drawn, evenly by their earlier level; all of them are counted."""
_TOLD = "trainings.told"


def section(view: View) -> None:
    """The training that the address names, or the last one: its effect on a measure; below, the list and the form."""
    with session.reading() as seen:
        viewer = session.viewer()
        listed, every = kept.visible(seen, viewer), kept.trainings(seen)
    measures = personal_measures()
    if not listed:
        st.info(t("trainings.none"), icon=":material/school:")
    elif measures:
        _chosen(listed, every, measures, view)
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)
    if settings().engine:
        st.caption(t("contests.elsewhere"))
    elif viewer.sees_all:
        _form(view)
    else:
        st.caption(t("settings.not_yours"))


def _chosen(listed: list[Training], every: list[Training], measures: list[str], view: View) -> None:
    named = {one.id: one for one in listed}
    texts = {id_: in_line(f"{one.training} · {numbers.day(one.held_on, lang())}") for id_, one in named.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = controls.choice("training", tuple(named), label=t("trainings.choose"), show=texts.__getitem__)
        first = "win_rate" if "win_rate" in measures else measures[0]
        of = controls.choice("of", measures, label=t("trainings.measure"), default=first, show=measure_name)
    one = named[chosen]
    whole = next(known for known in every if known.id == one.id)
    asked = trained(of, whole, view, every)
    show.question(asked, before_after, view, name="trained", found=what_it_brought)
    show.listed(asked, view, name="trained_people", shape=people)
    st.caption(plain(t("trainings.there", names=numbers.listed(list(one.reps), lang()))))
    if session.viewer().sees_all and not settings().engine:
        with st.popover(t("trainings.delete"), icon=":material/delete:", key="training.delete_popover"):
            st.caption(plain(t("trainings.delete_sure", name=one.training)))
            st.button(t("trainings.delete_do"), on_click=_remove, args=(one.id,), key="training.delete")


def _remove(number: int) -> None:
    try:
        done = kept.remove(session.store(), number)
        st.toast(plain(t("trainings.deleted", name=done.training)))
    except SalesError as error:
        st.session_state[_TOLD] = error


def _form(view: View) -> None:
    with st.expander(t("trainings.new"), icon=":material/add:"), st.form("trainings.form", border=False):
        with session.reading() as seen:
            names = [one for one in seen.values("rep", session.viewer()) if one]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("trainings.name"), key="training.name", max_chars=80)
            st.date_input(
                t("trainings.held_on"), value=view.as_of, key="training.held_on", format="YYYY-MM-DD", width=180
            )
        st.multiselect(t("trainings.reps"), names, key="training.reps", placeholder=t("trainings.reps_hint"))
        st.form_submit_button(t("trainings.add"), icon=":material/school:", on_click=_add)


def _add() -> None:
    given = st.session_state
    try:
        made = kept.add(
            session.store(), given["training.name"], given["training.held_on"], given["training.reps"],
            session.viewer().email or None,
        )  # fmt: skip
        st.query_params["training"] = str(made.id)
        st.toast(plain(t("trainings.added", name=made.training)), icon=":material/school:")
    except SalesError as error:
        given[_TOLD] = error


# -------------------------------------------------------------------------------------------------------------- drawing


def before_after(result: Result, look: Look) -> go.Figure | None:
    """Everybody by the level before (along) and after (up); the line is what others of a level reached."""
    frame = result.frame
    if frame.is_empty():
        return None
    unit, sheet = result.query.measures[0].unit, Sheet()
    span = frame.select("then_level", "now_level", "hoped")
    ends = frame.sort("then_level").select("then_level", "hoped")
    sheet.add_scatter(
        x=[ends.item(0, 0), ends.item(-1, 0)], y=[ends.item(0, 1), ends.item(-1, 1)], mode="lines", hoverinfo="skip",
        name=look.words("trainings.line"), line={"width": 2, "dash": "dot", "color": look.palette.muted},
    )  # fmt: skip
    for is_there, name in ((False, "trainings.others"), (True, "trainings.trained")):
        part = _thinned(frame.filter(pl.col("is_trained") == is_there), is_there=is_there)
        sheet.add_scatter(
            x=part.get_column("then_level").to_list(), y=part.get_column("now_level").to_list(), mode="markers",
            name=look.words(name), hoverinfo="text",
            marker={"size": 13 if is_there else 10, "color": look.colour(1) if is_there else look.quiet,
                    "symbol": "diamond" if is_there else "circle"},
            customdata=[mark_of("now_level", rep, rep=rep) for rep in part.get_column("rep")],
            hovertext=[_says(row, unit, look) for row in part.iter_rows(named=True)],
        )  # fmt: skip
    low, high = (float(np.asarray(end(span.to_numpy()))) for end in (np.min, np.max))
    places, texts = numbers.ticks(min(low, 0.0), high, unit, look.lang, at_most=5)
    edge = (high - low) * 0.05
    axis = {"tickvals": places, "ticktext": texts, "gridcolor": look.palette.grid, "zeroline": False,
            "fixedrange": True, "automargin": True, "range": [low - edge, high + edge]}  # fmt: skip
    sheet.update_xaxes(title={"text": look.words("trainings.before")}, **axis)
    sheet.update_yaxes(title={"text": look.words("trainings.after")}, **axis)
    sheet.update_layout(height=420)
    return legend(sheet, shows=True, look=look)


def _thinned(frame: pl.DataFrame, *, is_there: bool) -> pl.DataFrame:
    if is_there or frame.height <= MOST_OTHERS:
        return frame
    every = np.linspace(0, frame.height - 1, MOST_OTHERS).astype(int).tolist()
    return frame.sort("then_level", "rep").select(pl.all().gather(every))


def _says(row: dict[str, object], unit: str, look: Look) -> str:
    values = {name: numbers.written(row[name], unit, look.lang, look.currency)  # type: ignore[arg-type]
              for name in ("then_level", "now_level", "hoped")}  # fmt: skip
    key = "contests.levels" if unit == "share" else "contests.levels_a_day"
    return under_pointer(str(row["rep"]), look.words(key, **values))


def what_it_brought(result: Result, look: Look) -> str | None:
    """The effect with its interval; in words where it cannot be told from none."""
    if result.frame.is_empty():
        return None
    of = result.query.measures[0]
    found = outcome(result.frame, is_rate=of.ratio is not None)
    if isnan(found.low):
        return None
    values = {"effect": _signed(found.effect, of.unit, look, with_unit=True)}
    values |= {name: _signed(value, of.unit, look) for name, value in (("low", found.low), ("high", found.high))}
    key = "none" if found.low <= 0 <= found.high else "more" if found.effect > 0 else "less"
    return look.words(f"question.trained_{key}", measure=of.label.text(look.lang), **values)


def _signed(value: float, unit: str, look: Look, *, with_unit: bool = False) -> str:
    """A difference with its sign: of rates in points, else per working day."""
    is_rate, sign = unit == "share", "+" if value > 0 else ""
    text = f"{100 * value:.1f}" if is_rate else numbers.written(value, unit, look.lang, look.currency)
    if not with_unit:
        return sign + text
    return look.words("contests.points" if is_rate else "trainings.a_day", value=sign + text)


def people(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """Everybody judged, the trained first."""
    return rows.presented(frame).select("rep", "is_trained", "then_level", "hoped", "now_level", "above", "counted")
