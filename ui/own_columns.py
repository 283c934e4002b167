"""Columns of the company's own on screen: which are dimensions, and which could be."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data import dimensions as own
from ui import session, show
from ui.guard import guarded
from ui.text import plain, t


def section() -> None:
    """What nobody mapped, to be made a dimension of filters and Explore; and the way back."""
    show.section(t("settings.own_columns"), t("settings.own_columns_help"))
    if not session.viewer().sees_all:
        st.caption(t("settings.not_yours"))
        return
    with session.reading() as seen:
        promoted, columns = own.listed(seen), own.columns(seen)
    if promoted:
        titles = {"id": "settings.own_id", "table": "settings.own_table", "field": "settings.own_column"}
        rows = [{t(title): str(row[name]) for name, title in titles.items()} for row in promoted]
        show.listing(pl.DataFrame(rows), key="settings.own", alt=t("settings.own_columns"))
        _withdrawing([str(row["id"]) for row in promoted])
    taken = {(row["table"], row["field"]) for row in promoted}
    left = [one for one in columns if (one.table, one.field) not in taken]
    if left:
        _promoting(left)
    elif not promoted:
        st.caption(t("settings.own_none"))


def _promoting(left: list[own.Column]) -> None:
    with st.form("settings.own_form", border=True):
        with st.container(horizontal=True):
            texts = {one: t("settings.own_choice", table=one.table, field=one.field, count=one.values) for one in left}
            st.selectbox(t("settings.own_column"), left, format_func=texts.__getitem__, key="own.column", width=420)
            st.text_input(t("settings.own_id"), key="own.id", max_chars=40, placeholder="segment", width=200)
        with st.container(horizontal=True):
            st.text_input(t("settings.own_label_en"), key="own.en", max_chars=80, width=200)
            st.text_input(t("settings.own_label_zh"), key="own.zh", max_chars=80, width=200)
        st.form_submit_button(t("settings.own_promote"), icon=":material/add:", on_click=_promote)


def _promote() -> None:
    given = st.session_state
    chosen: own.Column = given["own.column"]
    with guarded():
        name = own.promote(
            session.store(), chosen.table, chosen.field,
            *(given[key].strip() or None for key in ("own.id", "own.en", "own.zh")),
        )  # fmt: skip
        st.toast(plain(t("settings.own_promoted", name=name)))


def _withdrawing(names: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("settings.own_id"), names, key="own.withdraw", label_visibility="collapsed", width=320)
        st.button(t("settings.own_withdraw"), icon=":material/remove:", on_click=_withdraw, key="own.withdrawing")


def _withdraw() -> None:
    name = str(st.session_state["own.withdraw"])
    with guarded():
        own.withdraw(session.store(), name)
        st.toast(plain(t("settings.own_withdrawn", name=name)))
