"""The browser told at once which of Streamlit's programs the first page needs.

It would ask for each only when the first element of its kind arrives, and then for what that one imports: for the
chart library, nearly five megabytes, that is after everything else, and three times a server that draws a page must
answer in between. Named in the header of the page itself, all of them are fetched and compiled beside it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NEEDED = ("PlotlyChart", "Metric", "Html", "Button", "Selectbox", "PageLink", "ButtonGroup", "TextInput")
_STATIC = Path(streamlit.__file__).parent / "static"
_PROGRAMS = _STATIC / "static" / "js"
_IMPORTED = re.compile(rb'(?:from|import)"\./([\w.-]+\.js)"')
_HEAD = 16_384
"""Bytes at the beginning of a program that hold all its imports: they stand first."""


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
    """The header: the programs that exist under these names in this version of Streamlit, with their hashes.

    They come after what the page itself names: that connects to the server, which draws while the browser reads on.
    """
    how = "rel=modulepreload; fetchpriority=low; crossorigin"
    return ", ".join(f"<./static/js/{name}>; {how}" for name in programs()).encode()


def programs() -> list[str]:
    """The files of NEEDED and of all that these import, without those that the page itself names."""
    page = (_STATIC / "index.html").read_bytes()
    found = [file.name for name in NEEDED for file in sorted(_PROGRAMS.glob(f"{name}.*.js"))]
    for name in found:  # which grows meanwhile
        with (_PROGRAMS / name).open("rb") as program:
            imported = _IMPORTED.findall(program.read(_HEAD))
        found += [
            other.decode() for other in dict.fromkeys(imported) if other not in page and other.decode() not in found
        ]
    return found
