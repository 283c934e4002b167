"""On what a page is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_settled: ContextVar[list[bool] | None] = ContextVar("phone", default=None)


def on_phone() -> bool:
    """Whether the browser says that it is a phone's."""
    settled = _settled.get()
    if settled is None:
        return _says_so()
    if not settled:
        settled.append(_says_so())
    return settled[0]


@contextmanager
def one_device() -> Iterator[None]:
    """Inside, the browser is asked once: every block of a page wants to know, and all headers are read for it."""
    kept = _settled.set([])
    try:
        yield
    finally:
        _settled.reset(kept)


def _says_so() -> bool:
    if get_script_run_ctx(suppress_warning=True) is None:  # nobody looks: the server warms up
        return False
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
