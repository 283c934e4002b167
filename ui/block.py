"""What every block of a page with a drawing has: its title, what it says, and the drawing that hears clicks."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from ui import clicks, drill
from ui.text import plain, t

_CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}


def header(title: str, found: str | None, subject: drill.Subject, key: str) -> None:
    """What is drawn (a click opens all behind it) and, below, what it says."""
    opens = st.button(
        plain(title), key=f"{key}.details", type="tertiary", help=t("show.details"), icon=":material/chevron_right:",
        icon_position="right", wrap=True,
    )  # fmt: skip
    if found:
        st.markdown(f"**{plain(found)}**")
    if opens:
        drill.opened(subject)


def plot(figure: go.Figure, key: str, *, alt: str) -> str | None:
    """Show a figure; returns the mark the reader has just clicked."""
    st.plotly_chart(
        figure, key=clicks.widget(key), on_select=clicks.keeps(key, drill.clicked), selection_mode="points",
        config=_CONFIG, alt=alt,
    )  # fmt: skip
    mark: str | None = clicks.take(key)
    return mark
