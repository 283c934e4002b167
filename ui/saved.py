"""Saved views in the filter bar: keep the present page and address under a name, open one, delete one."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from data.saved_views import SavedView, forget_view, save_view, saved_views
from ui import session
from ui.navigation import PAGES, registered
from ui.text import plain, t


def popover(page: str) -> None:
    """The list of saved views, and a form to save the present one."""
    with st.popover(t("saved.title"), icon=":material/bookmark:", key="saved_popover"):
        views = session.once("saved views", saved_views)
        if not views:
            st.caption(t("saved.none"))
        for saved in views:
            _line(saved)
        with st.form("saved_form", border=False, clear_on_submit=True):
            st.text_input(t("saved.name"), key="saved_name", max_chars=80)
            st.form_submit_button(t("saved.save"), on_click=_save, args=(page,), icon=":material/bookmark_add:")


def _line(saved: SavedView) -> None:
    if saved.page not in {entry.stem for entry in PAGES}:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.page_link(registered()[saved.page], label=plain(saved.name), query_params=dict(parse_qsl(saved.query)))
        st.button(
            "", icon=":material/delete:", type="tertiary", help=plain(t("saved.delete", name=saved.name)),
            key=f"forget_{saved.id}", on_click=_forget, args=(saved,),
        )  # fmt: skip


def _save(page: str) -> None:
    name = str(st.session_state["saved_name"]).strip()
    if not name:
        st.toast(t("saved.needs_name"), icon=":material/info:")
        return
    save_view(session.store(), name, page, urlencode(st.query_params.to_dict()), session.viewer().email)
    st.toast(plain(t("saved.saved", name=name)), icon=":material/bookmark_added:")


def _forget(saved: SavedView) -> None:
    forget_view(session.store(), saved.id)
    st.toast(plain(t("saved.deleted", name=saved.name)))
