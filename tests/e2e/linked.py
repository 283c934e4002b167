"""What the server answers to a browser that opens a link, asked without one: the same messages over the same socket."""

from __future__ import annotations

from collections.abc import Iterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


def answers(address: str, stem: str, query: str = "lang=en", seconds: float = 150) -> list[ForwardMsg]:
    """All that a reader's first run sends.

    Args:
        address: of the server. stem: the page that the link names. query: what stands behind it.
        seconds: how long the server may be silent.
    """
    asked = BackMsg()
    asked.rerun_script.page_name = stem
    asked.rerun_script.query_string = query
    with connect(f"{address.replace('http', 'ws', 1)}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as to:  # type: ignore[list-item]
        to.send(asked.SerializeToString())
        got: list[ForwardMsg] = []
        while not got or got[-1].WhichOneof("type") != "script_finished":
            got.append(ForwardMsg.FromString(bytes(to.recv(timeout=seconds))))  # type: ignore[arg-type]
    return got


def titles(got: list[ForwardMsg]) -> Iterator[str]:
    """The headings among them."""
    for message in got:
        if message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == "heading":
            yield message.delta.new_element.heading.body


def check_link(address: str, stem: str, title: str) -> None:
    """A link leads to the page, inside the frame, and nobody is told that there is none."""
    got = answers(address, stem)
    kinds = {message.WhichOneof("type") for message in got}
    assert "page_not_found" not in kinds, stem
    assert title in set(titles(got)), (stem, set(titles(got)))
    assert any(
        message.delta.new_element.WhichOneof("type") == "page_link"
        for message in got
        if message.WhichOneof("type") == "delta"
    ), f"{stem}: no menu"
