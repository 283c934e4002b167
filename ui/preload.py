"""The browser told at once which of Streamlit's programs the first page needs.

It would ask for each only when the first element of its kind arrives: for the chart library, nearly five megabytes,
that is after everything else. Named in the header of the page itself, they are fetched and compiled beside it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NEEDED = ("PlotlyChart", "Metric", "Html", "Button", "Selectbox", "PageLink", "ButtonGroup", "TextInput")
_PROGRAMS = Path(streamlit.__file__).parent / "static" / "static" / "js"


class Preload:
    """Adds a `Link` header to every page that is served; nothing else is touched."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message["headers"] = [*message["headers"], (b"link", links())]
            await send(message)

        await self.app(scope, receive, marked)


def _is_page(message: Message) -> bool:
    return message["status"] == 200 and any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"]
    )


@cache
def links() -> bytes:
    """The header: the programs that exist under these names in this version of Streamlit, with their hashes."""
    files = [file.name for name in NEEDED for file in sorted(_PROGRAMS.glob(f"{name}.*.js"))]
    return ", ".join(f"<./static/js/{name}>; rel=modulepreload; crossorigin" for name in files).encode()
