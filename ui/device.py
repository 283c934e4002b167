"""On what a page is looked at."""

from __future__ import annotations

import streamlit as st


def on_phone() -> bool:
    """Whether the browser says that it is a phone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
