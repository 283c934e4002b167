"""A click on a chart or table, taken exactly once.

Streamlit keeps a selection and would report the second click on the same mark as a deselection. So a click is kept in
the session under the block's own name, taken from there once, and the widget gets a new name for the next click.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def widget(key: str) -> str:
    """The name of the widget in this round."""
    return f"{key}.{st.session_state.setdefault(f'{key}.round', 0)}"


def keeps(key: str, read: Callable[[Any], object]) -> Callable[[], None]:
    """A callback that keeps what `read` finds in the widget's state, and begins the next round."""
    name = widget(key)

    def keep() -> None:
        found = read(st.session_state[name])
        if found is not None:
            st.session_state[f"{key}.click"] = found
            st.session_state[f"{key}.round"] += 1

    return keep


def take(key: str) -> Any:  # noqa: ANN401 - what was kept: a mark, a row, a cell
    """What was clicked since the last run, once; else None."""
    return st.session_state.pop(f"{key}.click", None)
