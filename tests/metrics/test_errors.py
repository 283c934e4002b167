"""How a text is written with what it counts."""

from __future__ import annotations

import pytest

from metrics.errors import fill
from ui.answers import words

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


def test_pages_say_one_customer_too() -> None:
    assert words("question.next_product_found", "en", count="1", rules="0").startswith("1 customer has an offer")
    assert words("question.next_product_found", "en", count="11", rules="1").startswith("11 customers have an offer")
    assert words("question.next_product_found", "zh-CN", count="1", rules="0").startswith("1 ")
