"""What a reader answers about the files of one upload, and how long that holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

_KEPT = "upload.answers"


class Answers(dict[str, Any]):
    """Answers by the names that Options has for them.

    Attributes:
        turn: part of the key of every widget that answers: one of answers that were forgotten must not speak again.
        files: the ids of the files that lay there when the last answer was given.
        steps: the answers as they were before each of them, the last one as they are.
    """

    def __init__(self, turn: int = 0, steps: list[dict[str, Any]] | None = None) -> None:
        self.turn = turn
        self.files: frozenset[str] = frozenset()
        self.steps = steps or [{}]
        super().__init__(self.steps[-1])

    def key(self, *parts: object) -> str:
        """The key of a widget that answers."""
        return ".".join(str(part) for part in (*parts, self.turn))

    def note(self, files: frozenset[str]) -> None:
        """Note an answer that came since the last call, and the files that it was given for."""
        if dict(self) != self.steps[-1]:
            self.steps.append(dict(self))
            self.files = files


def of(files: Collection[str]) -> Answers:
    """The answers about these files, by their ids: none where nothing is left of the files they were given for."""
    kept: Answers = st.session_state.setdefault(_KEPT, Answers())
    if kept.files and kept.files.isdisjoint(files):
        kept = forget()
    kept.note(frozenset(files))
    return kept


def take_back() -> None:
    """Return to what was answered before the last answer."""
    kept: Answers = st.session_state[_KEPT]
    made = st.session_state[_KEPT] = Answers(kept.turn + 1, kept.steps[:-1])
    made.files = kept.files


def forget() -> Answers:
    """Begin without answers."""
    kept: Answers = st.session_state.get(_KEPT, Answers())
    made = st.session_state[_KEPT] = Answers(kept.turn + 1)
    return made
