"""What finishes make of long answers, remembered beside the frames it was made of.

Answers of many rows are not remembered once finished (metrics/finish.py), since a result holds all of them. Where what
is made is short, and to make it takes a while, it is remembered here instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps

import polars as pl

from metrics.notes import Note
from metrics.query import Query

Finish = Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]


class Frames(tuple[pl.DataFrame, ...]):
    """Frames as a key: the same objects, since frames do not change."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(tuple(map(id, self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frames) and list(map(id, self)) == list(map(id, other))


def remembered(finish: Finish, most: int = 12) -> Finish:
    """The same finish, which remembers the last `most` frames that it made, with what they say about themselves."""

    @lru_cache(maxsize=most)
    def made(query: Query, frames: Frames) -> tuple[pl.DataFrame, tuple[Note, ...]]:
        notes: list[Note] = []
        return finish(query, frames, notes), tuple(notes)

    @wraps(finish)
    def told(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
        frame, said = made(query, Frames(frames))
        notes += said
        return frame

    return told
