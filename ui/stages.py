"""Stages on screen: the list as it stands, presets, an editor, and what would come of a change before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from data import stages as told
from data.presets import fitted, kept_apart, presets
from data.settings import settings
from data.stage_list import CATEGORIES, REQUIRABLE, STATUSES, Stage, from_toml, stage_of, to_toml
from data.stages import Preview, Standing
from data.truth import undo
from metrics.errors import SalesError
from ui import numbers, rows, session, show
from ui.guard import explain
from ui.text import lang, plain, t

_WISHED = "stages.wished"
_OF_ALL = ("stages.open_deals", "stages.open_amount")
_TOLD = "stages.told"
Wished = tuple[str, tuple[Stage, ...], Preview]


@st.fragment
def section() -> None:
    """The stages, and the ways to change them; every change is shown first, and is an upload that can be undone."""
    show.section(t("stages.title"), t("stages.help"))
    if settings().engine:
        st.caption(t("stages.elsewhere"))
        return
    with session.reading() as seen:
        now, lines, last = told.standing(seen), told.pipelines(seen), told.last(seen)
    if now:
        shown = _table(now)
        hidden = () if session.viewer().sees_all else _OF_ALL  # counted over everybody's deals
        show.listing(shown.drop(t(name) for name in hidden), key="stages.now", alt=t("stages.title"))
    else:
        st.caption(t("stages.none"))
    if not session.viewer().sees_all:
        st.caption(t("settings.not_yours"))
        return
    untold = [one.stage for one in now if one.told_by is None]
    if untold and len(untold) < len(now):
        st.caption(plain(t("stages.untold", stages=numbers.listed(untold, lang()))))
    if guessed := told.guessed(now):
        st.caption(plain(t("stages.guessed", stages=numbers.listed(guessed, lang()))))
    line = _pipeline(lines)
    by_preset, by_hand, by_file = st.tabs([t("stages.by_preset"), t("stages.by_hand"), t("stages.by_file")])
    with by_preset:
        _from_preset(now, line)
    with by_hand:
        _from_editor(now, line)
    with by_file:
        _from_file(now)
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)
    _rehearsed()
    if last is not None:
        st.button(t("stages.undo"), icon=":material/undo:", on_click=_undo, args=(last,), key="stages.undo")


def _table(stages: Iterable[Standing]) -> pl.DataFrame:
    """The stages in the reader's language."""
    currency = session.currency()
    listed = [
        {
            t("stages.pipeline"): one.pipeline or t("stages.every"),
            t("stages.stage"): one.stage,
            t("stages.label"): (one.label_zh if lang() == "zh-CN" else one.label_en) or one.stage,
            t("stages.status"): t(f"value.status.{one.status}"),
            t("stages.probability"): _shared(one.probability),
            t("stages.max_days"): one.max_days,
            t("stages.required"): numbers.listed([rows.heading(name) for name in one.required], lang()) or None,
            t("stages.category"): t(f"value.forecast_category.{one.forecast_category}")
            if one.forecast_category
            else None,
            t("stages.means"): numbers.listed(list(one.means), lang()) or None,
            t("stages.told_by"): t(f"stages.by.{one.told_by or 'deals'}"),
            t("stages.open_deals"): one.open_deals,
            t("stages.open_amount"): numbers.written(one.open_amount, "money", lang(), currency),
        }
        for one in stages
    ]
    frame = pl.DataFrame(listed, infer_schema_length=None)
    return frame.select(name for name in frame.columns if frame[name].null_count() < frame.height)


def _shared(probability: float | None) -> str | None:
    return None if probability is None else numbers.written(probability, "share", lang())


def _pipeline(lines: Sequence[str]) -> str | None:
    """Of which pipeline a change is; with one or none there is nothing to choose."""
    if len(lines) < 2:
        return None
    chosen: str | None = st.selectbox(
        t("stages.pipeline"), [None, *lines], format_func=lambda name: name or t("stages.every"), key="stages.line",
        width=320,
    )  # fmt: skip
    return chosen


# ------------------------------------------------------------------------------------------------------------- wishing


def _from_preset(now: Sequence[Standing], line: str | None) -> None:
    known = presets()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            t("stages.preset"), list(known), format_func=lambda id_: known[id_].label.text(lang()), key="stages.preset",
            width=360,
        )  # fmt: skip
        st.button(
            t("stages.look"), icon=":material/preview:", key="stages.look_preset", on_click=_wish,
            args=(known[name].label.text(lang()), fitted(known[name], now, line)),
        )  # fmt: skip
    st.caption(plain(" → ".join(stage.label.text(lang()) for stage in known[name].stages)))
    if apart := kept_apart(known[name], now, line):
        st.caption(plain(t("stages.kept_apart", stages=numbers.listed(apart, lang()))))


def _from_editor(now: Sequence[Standing], line: str | None) -> None:
    """The list as a sheet: a row per stage, in order; rows can be added, changed and taken away."""
    here = [one for one in now if line is None or one.pipeline in (None, line)]
    st.caption(t("stages.edit_help"))
    edited: Any = st.data_editor(
        _sheet(here), num_rows="dynamic", hide_index=True, key=f"stages.sheet.{line}.{hash(tuple(here))}",
        column_config=_columns([*here, *now]), width="stretch",
    )  # fmt: skip
    if st.button(t("stages.look"), icon=":material/preview:", key="stages.look_sheet"):
        others = [one for one in now if one.told_by is not None and one not in here]
        try:
            read = tuple(_read(row) for row in edited.iter_rows(named=True) if row["stage"])
            _wish(t("stages.by_hand"), told.among(read, now, others))
        except SalesError as error:
            st.session_state[_TOLD] = error


_SHEET: dict[str, Any] = {
    "stage": pl.String, "pipeline": pl.String, "label_en": pl.String, "label_zh": pl.String, "status": pl.String,
    "probability": pl.Float64, "max_days": pl.Int64, "required": pl.List(pl.String), "forecast_category": pl.String,
    "means": pl.List(pl.String),
}  # fmt: skip


def _sheet(stages: Sequence[Standing]) -> pl.DataFrame:
    listed = [one.model_dump(include=set(_SHEET)) for one in stages]
    percent = (100 * pl.col("probability")).alias("probability")
    return pl.DataFrame(listed, schema=_SHEET, infer_schema_length=None).with_columns(percent)


def _columns(stages: Sequence[Standing]) -> dict[str, Any]:
    names = sorted({name for one in stages for name in (one.stage, *one.means)})
    column = st.column_config
    return {
        "stage": column.TextColumn(t("stages.stage"), required=True, max_chars=200),
        "pipeline": column.TextColumn(t("stages.pipeline"), help=t("stages.pipeline_help"), max_chars=200),
        "label_en": column.TextColumn(t("stages.label_en"), max_chars=200),
        "label_zh": column.TextColumn(t("stages.label_zh"), max_chars=200),
        "status": column.SelectboxColumn(
            t("stages.status"), options=STATUSES, format_func=lambda name: t(f"value.status.{name}"), default="open",
            required=True,
        ),
        "probability": column.NumberColumn(t("stages.probability"), min_value=0, max_value=100, format="%.0f %%"),
        "max_days": column.NumberColumn(t("stages.max_days"), min_value=1, max_value=3650, step=1),
        "required": column.MultiselectColumn(t("stages.required"), options=REQUIRABLE, format_func=rows.heading),
        "forecast_category": column.SelectboxColumn(
            t("stages.category"), options=CATEGORIES, format_func=lambda name: t(f"value.forecast_category.{name}"),
        ),
        "means": column.MultiselectColumn(t("stages.means"), options=names, help=t("stages.means_help")),
    }  # fmt: skip


def _read(row: dict[str, object]) -> Stage:
    """A row of the sheet as a stage."""
    blank = {name: value for name, value in row.items() if value not in (None, "")}
    probability = blank.get("probability")
    if isinstance(probability, int | float):
        blank["probability"] = probability / 100
    return stage_of(blank)


def _from_file(now: Sequence[Standing]) -> None:
    st.caption(t("stages.file_help"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            t("stages.export"), to_toml(now), "stages.toml", "application/toml", icon=":material/download:",
            key="stages.export", on_click="ignore", disabled=not now,
        )  # fmt: skip
    given = st.file_uploader(t("stages.import"), type="toml", key="stages.file", max_upload_size=1)
    if given is not None and st.button(t("stages.look"), icon=":material/preview:", key="stages.look_file"):
        try:
            _wish(given.name, from_toml(given.getvalue().decode("utf-8", "replace")))
        except SalesError as error:
            st.session_state[_TOLD] = error


def _wish(name: str, stages: tuple[Stage, ...]) -> None:
    """Work out what would come of these stages, to be shown until they are applied or dropped."""
    try:
        st.session_state[_WISHED] = (name, stages, told.preview(session.store(), stages))
    except SalesError as error:
        _discard()
        st.session_state[_TOLD] = error


# ----------------------------------------------------------------------------------------------------- looking, doing


def _rehearsed() -> None:
    """What would come of the change that is wished for, and the two buttons."""
    wished: Wished | None = st.session_state.get(_WISHED)
    if wished is None:
        return
    name, stages, found = wished
    with st.container(border=True):
        st.markdown(f"**{plain(t('stages.would', name=name))}**")
        show.listing(_table(found.after), key="stages.after", alt=t("stages.would", name=name))
        for sentence in _sentences(found):
            st.caption(plain(sentence))
        with st.container(horizontal=True):
            st.button(
                t("stages.apply"), icon=":material/check:", type="primary", on_click=_apply,
                args=(name, stages), key="stages.apply",
            )  # fmt: skip
            st.button(t("stages.discard"), icon=":material/close:", on_click=_discard, key="stages.discard")


def _sentences(found: Preview) -> list[str]:
    deals = numbers.exact(sum(one.deals for one in found.after), "count", lang())
    amount = numbers.written(sum(one.open_amount for one in found.after), "money", lang(), session.currency())
    told_ = [t("stages.other_steps" if found.has_other_steps else "stages.same", deals=deals, amount=amount)]
    if found.untold:
        told_.append(t("stages.untold", stages=numbers.listed([one.stage for one in found.untold], lang())))
    told_ += [
        t("stages.differs", stage=one.stage, status=t(f"value.status.{one.status}"), count=one.differing)
        for one in found.differing
    ]
    return told_


def _discard() -> None:
    st.session_state.pop(_WISHED, None)


def _apply(name: str, stages: tuple[Stage, ...]) -> None:
    _discard()
    try:
        told.apply(session.store(), stages, t("stages.file_name", name=name), who=session.viewer().email or None)
        st.toast(plain(t("stages.applied", name=name)), icon=":material/check_circle:")
    except SalesError as error:
        st.session_state[_TOLD] = error


def _undo(upload: int) -> None:
    try:
        undo(session.store(), upload, who=session.viewer().email or None)
    except SalesError as error:
        st.session_state[_TOLD] = error
