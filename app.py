"""The server: `streamlit run app.py`. It owns the store from start to stop; `ui/frame.py` is what people see."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from data import handover, watch
from data.current import current
from data.review import alert_watch
from metrics.errors import SalesError
from ui import warm
from ui.guard import explain
from ui.preload import Preload
from ui.review import prepared

log = logging.getLogger("sales.app")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Open the store before the first reader comes, let the command line find us, and watch the folder for exports.

    A store that cannot be opened does not stop the server: the frame tells each reader what to do about it.
    """
    try:
        handover.announce(current(), int(st.get_option("server.port")))
    except SalesError as error:
        log.error("%s", error.text("en"))  # noqa: TRY400 - the sentence says all; there is no bug to trace
    warm.begin()
    watch.start()
    alert_watch.begin()
    alert_watch.catch_up(current)
    yield
    alert_watch.end()
    prepared.end()
    watch.stop()
    handover.retire()


app = st.App(
    Path(__file__).parent / "ui" / "frame.py",
    lifespan=lifespan,
    routes=handover.routes(),
    middleware=[Middleware(Preload)],
    on_script_error=explain,
)
