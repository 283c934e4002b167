"""How a text is written with what it counts."""

from __future__ import annotations

import pytest

from metrics.errors import fill

WORDS = {"en": "{rows} rows say so, {others} new lines are there, {name} rows", "zh-CN": "{rows} 行"}


@pytest.mark.parametrize(
    ("rows", "others", "text"),
    [
        (1, "1", "1 row says so, 1 new line is there, 1 row"),
        (2, 1, "2 rows say so, 1 new line is there, 1 row"),
        (0, "1,001", "0 rows say so, 1,001 new lines are there, 1 row"),
    ],
)
def test_one_is_said_in_the_singular(rows: int, others: object, text: str) -> None:
    assert fill(WORDS, "en", {"rows": rows, "others": others, "name": 1}) == text
    assert fill(WORDS, "zh-CN", {"rows": rows}) == f"{rows} 行"
