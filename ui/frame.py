"""The frame around every page: who looks on, language, menu, search, filters, freshness; then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import address, controls, navigation, notices, search, session
from ui.guard import guarded
from ui.text import LANGUAGES, choose, lang, one_language, t

ICON = str(Path(__file__).parent / "icon.svg")


def frame() -> None:
    """One run of the script: everything inside reads one snapshot of the store, as one viewer."""
    with one_language():
        pages = navigation.registered()
        page, entry = navigation.chosen(pages)
        st.set_page_config(f"{page.title} · {t('app.name')}", ICON, layout="wide")
    with guarded(), session.reading():
        session.viewer()
        address.arrive()
        if entry.bare_by and entry.bare_by in st.query_params:
            _page(page)
            return
        _side(pages, entry.stem)
        notices.cut_short()
        notices.demo()
        is_empty = session.as_of() is None
        if entry.asks and not is_empty:
            controls.filter_bar(entry.stem)
        if entry.asks and is_empty:
            notices.empty()
        else:
            _page(page)


def _side(pages: navigation.Pages, stem: str) -> None:
    """Name, search, menu, freshness and language: in the sidebar, on a phone behind one button."""
    with navigation.side(stem):
        st.markdown(f"### :material/explore: {t('app.name')}")
        search.box(stem)
        navigation.menu(pages, notices.counts())
        st.space("small")
        notices.freshness()
        st.session_state["language"] = lang()
        st.segmented_control(
            t("menu.language"), tuple(LANGUAGES), format_func=LANGUAGES.__getitem__, key="language", required=True,
            label_visibility="collapsed", on_change=lambda: choose(st.session_state["language"]),
        )  # fmt: skip


def _page(page: StreamlitPage) -> None:
    """The page; whatever fails in it leaves the frame standing."""
    with guarded():
        page.run()


frame()
