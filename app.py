"""The server: `streamlit run app.py`. It owns the store from start to stop; `ui/frame.py` is what people see.

Here is imported only what it takes to answer at all: the store, and all that asks it, are imported while the first
browser is still fetching the page's programs (ui/starting.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from data import handover
from ui import starting
from ui.preload import Preload


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Begin what the server does beside answering, and end it with the server."""
    begun = starting.begin(int(st.get_option("server.port")))
    yield
    starting.end(begun)


app = st.App(
    Path(__file__).parent / "ui" / "frame.py",
    lifespan=lifespan,
    routes=handover.routes(),
    middleware=[Middleware(Preload)],
    on_script_error=starting.explain,
)
