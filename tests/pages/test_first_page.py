"""What is made ready before the first reader comes is what the first page then needs."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
import streamlit
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Message

from data.store import Store
from tests.pages.conftest import Open
from ui import drawn, warm
from ui.preload import NEEDED, Preload, links


def test_after_the_warm_up_the_first_page_asks_the_store_nothing_new(
    demo: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.answers.clear()
    warm.warm_up()
    assert len(demo.answers) > len(warm.DIMENSIONS)
    new: list[str] = []
    monkeypatch.setattr(demo.answers, "put", lambda question, _: new.append(question[1]))
    assert not open_page().exception
    assert not [statement for statement in new if "crm." in statement]


def test_every_program_named_beforehand_exists_and_is_named_once_with_all_that_it_imports() -> None:
    static = Path(streamlit.__file__).parent / "static"
    named = re.findall(r"<\./static/js/([^>]+\.js)>; rel=modulepreload", links().decode())
    assert sorted(name.split(".")[0] for name in named[: len(NEEDED)]) == sorted(NEEDED)
    assert len(named) == len(set(named))
    page = (static / "index.html").read_text()
    for name in named:
        program = (static / "static" / "js" / name).read_text()
        imported = set(re.findall(r'[;}\]]?(?:from|import)"\./([^"]+\.js)"', program))
        assert {other for other in imported if other not in page} <= set(named), name


def test_pages_carry_the_header_and_nothing_else_does() -> None:
    assert headers_of(HTMLResponse("<html>"))[b"link"] == links()
    assert b"link" not in headers_of(PlainTextResponse("ok"))
    assert b"link" not in headers_of(HTMLResponse("gone", status_code=404))


def headers_of(answer: Response) -> dict[bytes, bytes]:
    """The headers with which an answer of the app behind leaves the server."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Preload(answer)({"type": "http", "method": "GET", "path": "/"}, receive, send))
    return dict(sent[0]["headers"])


def test_the_first_page_in_english_draws_no_chart_anew_that_was_drawn_before(
    demo: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm.warm_up()
    made: list[str] = []
    make = drawn._made
    monkeypatch.setattr(drawn, "_made", lambda *given: made.append(given[1].__name__) or make(*given))
    assert not open_page().exception
    assert "changes" not in made
    assert "dots" not in made
    assert made.count("over_time") <= 2
