"""Titles of pages and of their parts."""

from __future__ import annotations

import streamlit as st

from metrics.beside import days_ahead
from metrics.view import View
from ui.text import lang, plain


def title(text: str, view: View | None = None) -> None:
    """The page's title, and below it the view as a sentence."""
    st.title(plain(text), anchor=False)
    if view is not None:
        st.caption(plain(view.sentence(lang())))
        for said in days_ahead(view):
            st.info(plain(said.text(lang())), icon=":material/event_upcoming:")


def section(text: str, help_text: str | None = None) -> None:
    """A heading inside a page."""
    st.subheader(plain(text), anchor=False, help=help_text)
