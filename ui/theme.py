"""The colours and fonts of the active theme, for everything that is drawn.

`.streamlit/config.toml` is the one place where they are written; this module reads it through Streamlit's own
configuration, so that a company's STREAMLIT_THEME_… variables reach the charts too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Mode = Literal["light", "dark"]
Signal = Literal["green", "red", "gray"]


@dataclass(frozen=True)
class Palette:
    """What a chart needs to look like the page around it. Colours are "#rrggbb"."""

    mode: Mode
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]
    """Ten steps from little to much."""
    diverging: tuple[str, ...]
    """Ten steps from bad (orange) through neutral to good (blue)."""
    good: str
    bad: str
    neutral: str
    text: str
    muted: str
    grid: str
    background: str
    font: str


def mode() -> Mode:
    """Light or dark, as the reader sees it now; light where nobody looks."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "light"
    return "dark" if st.context.theme.type == "dark" else "light"


def signal(name: Signal) -> str:
    """The colour in which Streamlit writes what is good, bad or neither."""
    return _option(mode(), f"{name}Color")


def palette(of: Mode | None = None) -> Palette:
    """The palette of the active theme, or of the one named."""
    return _palette(of or mode())


@cache
def _palette(of: Mode) -> Palette:
    diverging = _colours(of, "chartDivergingColors")
    return Palette(
        mode=of,
        categorical=_colours(of, "chartCategoricalColors"),
        sequential=_colours(of, "chartSequentialColors"),
        diverging=diverging,
        good=diverging[8],
        bad=diverging[1],
        neutral=_option(of, "grayColor"),
        text=_option(of, "textColor"),
        muted=_option(of, "grayColor"),
        grid=_option(of, "borderColor"),
        background=_option(of, "backgroundColor"),
        font=str(st.get_option("theme.font")),
    )


def _option(of: Mode, name: str) -> str:
    return str(st.get_option(f"theme.{of}.{name}"))


def _colours(of: Mode, name: str) -> tuple[str, ...]:
    return tuple(st.get_option(f"theme.{of}.{name}"))
