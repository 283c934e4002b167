"""Columns of lists: wide enough for what must not be broken, and as tall as what is in them."""

from __future__ import annotations

import pytest

from data.review.chapter import Head, Listing
from data.review.columns import Grid
from data.review.letters import ems

GRID = Grid(12.0, size=12.0, leading=1.2, pad=0.07, above=0.07)
LISTING = Listing("l", "L", "", (Head("stage", "Stage"), Head("told", "Why")), ())


def test_a_column_is_as_wide_as_its_longest_word() -> None:
    """In a wider font, too, though nine in ten of its texts are shorter and the text beside could use all the room."""
    cells = [["Won", "word " * 60]] * 20 + [["Contracting", "word " * 60]]
    assert GRID.widths(LISTING, ["Stage", "Why"], cells)[0] >= GRID.inches(1.1 * ems("Contracting"))


def test_columns_fill_the_whole_width() -> None:
    for cells in ([["a", "b"]], [["a", "word " * 90]], [["x" * 200, "y" * 200]]):
        assert sum(GRID.widths(LISTING, ["Stage", "Why"], cells)) == pytest.approx(12.0)


def test_a_row_is_as_tall_as_its_longest_cell_up_to_the_most_lines() -> None:
    one = GRID.height(["a", "b"], [2.0, 2.0])
    assert one == pytest.approx(12 * 1.2 / 72 + 0.14)
    assert GRID.height(["a", "word " * 500], [2.0, 2.0]) == pytest.approx(3 * 12 * 1.2 / 72 + 0.14)
