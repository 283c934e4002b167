"""Answers about thousands of people, remembered: to judge them takes longer than to ask for their numbers.

metrics/finish.py remembers small answers only, of which there are many; of these a page has one or two, and shows them
in a drawing and in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import polars as pl

from metrics.notes import Note
from metrics.query import Query

Finish = Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]
_MOST = 8


class _Held(tuple[pl.DataFrame, ...]):
    """Frames as a key: the same objects, since frames do not change."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(tuple(map(id, self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and list(map(id, self)) == list(map(id, other))


def remembered(finish: Finish) -> Finish:
    """The same finish, its last answers remembered by question and frames."""

    @lru_cache(maxsize=_MOST)
    def made(query: Query, held: _Held) -> tuple[pl.DataFrame, tuple[Note, ...]]:
        notes: list[Note] = []
        return finish(query, held, notes), tuple(notes)

    def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
        frame, said = made(query, _Held(frames))
        notes += said
        return frame

    return finished
