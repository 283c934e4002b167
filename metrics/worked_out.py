"""What is worked out of a long answer, once for as long as the answer is remembered.

A result of a long answer is made anew on every run (metrics/finish.py); where that takes longer than a page may, the
work is remembered by the answer itself.
"""

from __future__ import annotations

import polars as pl

from metrics.query import Query


class Asked:
    """An answer as a key: the very same frame, of a question with the same values and view; frames do not change."""

    __slots__ = ("frame", "query")

    def __init__(self, query: Query, frame: pl.DataFrame) -> None:
        self.query, self.frame = query, frame

    def __hash__(self) -> int:
        return hash((id(self.frame), self.query.params, self.query.view))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Asked) or self.frame is not other.frame:
            return False
        return (self.query.params, self.query.view) == (other.query.params, other.query.view)
