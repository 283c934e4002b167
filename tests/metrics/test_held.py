"""What is remembered of long answers: made once for the same frames, and what it says with it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.cuts import total
from metrics.held import Frames, remembered
from metrics.notes import Note, note
from metrics.query import Query
from tests.metrics.conftest import view


def test_it_is_made_once_for_the_same_frames() -> None:
    made = []

    def finish(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
        made.append(query)
        notes.append(note("no_stock"))
        return frames[0].head(1)

    quick, query = remembered(finish), total("won_deals", view())
    one, other = pl.DataFrame({"x": [1, 2]}), pl.DataFrame({"x": [1, 2]})
    for frame, times in ((one, 1), (one, 1), (other, 2), (one, 2)):
        notes: list[Note] = []
        assert quick(query, [frame], notes).height == 1
        assert [said.code for said in notes] == ["no_stock"]
        assert len(made) == times
    assert len({Frames((one,)), Frames((other,))}) == 2
    assert len({Frames((one,)), Frames((one,))}) == 1
