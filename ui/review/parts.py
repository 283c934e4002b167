"""The parts of the stage that need the browser itself: clock, keys, full screen, copies; and lists that fit a wall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from ui.theme import palette

_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_BAR = st.components.v2.component(
    "sales_review_stage", html=_read("stage.html"), css=_read("stage.css"), js=_read("stage.js")
)
_LIST = st.components.v2.component(
    "sales_review_list", html=_read("list.html"), css=_read("list.css"), js=_read("list.js")
)

_STYLE = """
<style>
header[data-testid="stHeader"], [data-testid="stSidebar"], .st-key-stage_style { display: none !important }
[data-testid="stLayoutWrapper"]:has(> .st-key-stage_style) { display: none !important }
[data-testid="stLayoutWrapper"]:has(> .st-key-stage_drawer) { position: absolute; left: -9999px; width: 30rem;
  visibility: hidden }
.st-key-stage [data-testid="stBaseButton-tertiary"] { min-height: 0; padding: 0; text-align: left }
.st-key-stage [data-testid="stMetricDelta"] + div * { white-space: normal }
.st-key-stage_tail p { color: MUTED; font-size: 0.875rem }
.st-key-stage_where { color: MUTED }
[data-testid="stMainBlockContainer"] { padding-top: 0.75rem !important }
.st-key-stage_values div:has(> [data-testid="stMetricDelta"]) { flex-wrap: wrap }
@media (max-width: 599px) {
  .st-key-stage_values [data-testid="stMetricValue"], .st-key-stage_values [data-testid="stMetricValue"] * {
    font-size: 1.3rem; white-space: normal; overflow: visible; overflow-wrap: anywhere }
}
@media (min-width: 900px) {
  html { font-size: clamp(15px, min(1.354vw, 2.407vh), 44px) !important }
  [data-testid="stMainBlockContainer"] { padding: 0.5rem 1.5rem 0 !important; max-width: none }
  .st-key-stage { gap: 0.45rem }
  .st-key-stage_head h1 { line-height: 1.18; padding: 0 }
  .st-key-stage_head [data-testid="stMarkdownContainer"] { margin-bottom: 0 }
  .st-key-stage_finding_long h1 { font-size: 1.6rem !important }
  .st-key-stage_finding_longest h1 { font-size: 1.55rem !important }
  .st-key-stage_head p { margin: 0 }
  [role="dialog"] code { font-size: 0.8rem !important }
  [role="dialog"] [class*="st-key-drawer"] [data-testid="stElementToolbar"] { right: 11rem }
  .st-key-stage_buttons [data-testid="stBaseButton-tertiary"] { min-height: 2.5rem }
  .st-key-meeting_take button { white-space: nowrap }
  .st-key-stage_head ul { margin: 0.1rem 0 0; padding-left: 1.2rem }
  .st-key-stage_further_short ul { display: grid; grid-template-columns: repeat(2, auto); justify-content: start;
    column-gap: 3.5rem }
  .st-key-stage_further_short ul:has(li:nth-child(3)) { grid-auto-flow: column; grid-template-rows: repeat(2, auto) }
  .st-key-stage_head li { margin: 0.05rem 0 0; line-height: 1.3; break-inside: avoid }
  .st-key-stage_values [data-testid="stVerticalBlock"] { padding: 0.35rem 0.8rem }
  .st-key-stage_values button p { font-size: 0.8rem; line-height: 1.25 }
  .st-key-stage_values [data-testid="stMetricValue"] { font-size: 1.6rem; line-height: 1.3 }
  .st-key-stage_evidence { height: var(--stage-room, 45vh) !important; min-height: 0 !important; overflow: hidden;
    flex-wrap: nowrap !important; flex: none !important }
  .st-key-stage_evidence .stElementContainer:has(.js-plotly-plot),
  .st-key-stage_evidence [data-testid="stFullScreenFrame"]:has(.js-plotly-plot),
  .st-key-stage_evidence [data-testid="stPlotlyChart"] {
    height: calc(var(--stage-room, 45vh) - 2.3rem) !important; min-height: 0 !important; flex: none !important }
  .st-key-calls_tall, .st-key-calls_tall .stElementContainer, .st-key-calls_tall [data-testid="stFullScreenFrame"],
  .st-key-calls_tall [data-testid="stDataFrame"], .st-key-calls_tall [data-testid="stDataFrameResizable"],
  .st-key-calls_tall [data-testid="stDataFrameResizable"] > div {
    height: max(14rem, 100vh - 21.5rem) !important; min-height: 0 !important; flex: none !important }
  .st-key-calls_tall div:has(> .dvn-scroller), .st-key-calls_tall .dvn-scroller { height: 100% !important;
    min-height: 0 !important }
  .st-key-stage_foot { position: fixed; left: 0; right: 0; bottom: 0; z-index: 9; padding: 0.3rem 1.5rem 0.5rem;
    background: GROUND }
}
</style>
"""
"""One rem is 26 pixels at 1920 × 1080 and moves with the screen, so that what fits one wall fits any."""


def style() -> None:
    """Make the page a stage: no header, no menu, and letters that are read across a room."""
    colours = palette()
    told = _STYLE.replace("GROUND", colours.background).replace("MUTED", colours.muted)
    with st.container(key="stage_style"):  # a style alone would stand among the toasts, and be replaced by the next
        st.html(f"<span></span>{told}")


def bar(data: Mapping[str, Any], on_go: Callable[[str], None]) -> None:
    """The upper edge of the stage.

    Args:
        data: what it says (stage.js). on_go: what happens when another step is chosen, with its id.
    """
    key = "stage_bar"

    def chosen() -> None:
        step = st.session_state[key].go
        if isinstance(step, str):
            on_go(step)

    _BAR(key=key, data=dict(data), on_go_change=chosen)


def listing(data: Mapping[str, Any], key: str) -> int | None:
    """A list (list.js); returns the row that has just been chosen, -1 for what is not listed.

    Args:
        data: heads, rows as read, how many more there are. key: names it.
    """
    chosen = _LIST(key=key, data=dict(data), on_row_change=lambda: None).row
    return int(chosen) if isinstance(chosen, int | float) else None
