"""How high rows of sentences are, so that nothing is clipped; how amounts are written; which row was touched."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from ui.rows import MOST_HEIGHT, OPEN, ROW_HEIGHT, _column, _highest, _lines, chosen_row


@pytest.mark.parametrize(
    ("text", "lines"),
    [("Open.", 1), ("a" * 78, 1), ("a" * 80, 2), ("单" * 39, 1), ("单" * 41, 2), ("a" * 9_000, 4), (None, 1)],
)
def test_the_longest_sentence_says_how_high_rows_are(text: str | None, lines: int) -> None:
    assert _lines(pl.Series(["b", text], dtype=pl.String), 520) == lines


def test_what_is_no_text_takes_one_line() -> None:
    assert _lines(pl.Series([None], dtype=pl.Null), 520) == _lines(pl.Series([1.5]), 520) == 1


def test_what_was_high_enough_for_all_rows_stays_so() -> None:
    assert _highest(20 * ROW_HEIGHT, 2 * ROW_HEIGHT) == 40 * ROW_HEIGHT
    assert _highest(MOST_HEIGHT, ROW_HEIGHT) == MOST_HEIGHT
    assert _highest(MOST_HEIGHT, 4 * ROW_HEIGHT) >= 6 * 4 * ROW_HEIGHT  # what scrolls shows some rows


@pytest.mark.parametrize(
    ("rows", "cells", "row"),
    [([3], [], 3), ([], [(4, "customer")], 4), ([], [(4, OPEN)], None), ([], [], None)],
)
def test_a_row_is_its_box_or_any_of_its_cells_but_the_link(
    rows: list[int], cells: list[tuple[int, str]], row: int | None
) -> None:
    assert chosen_row({"selection": {"rows": rows, "columns": [], "cells": cells}}) == row


@pytest.mark.parametrize(
    ("amounts", "written"),
    [
        ([9951.8, 10197.49], "%,.2f"),
        ([9951.0, None, 10197.0], "localized"),
        ([9951, 10197], "localized"),
        ([Decimal("9951.80"), Decimal("2.00"), None], "%,.2f"),
        ([Decimal("9951.00")], "localized"),
        ([float("nan"), 1.0], "localized"),
        ([None], "localized"),
    ],
)
def test_amounts_have_cents_where_one_of_their_column_has(amounts: list[object], written: str) -> None:
    values = pl.Series("amount", amounts, strict=False)
    column = _column(values if values.dtype != pl.Null else values.cast(pl.Float64), "money")
    assert column["type_config"]["format"] == written
