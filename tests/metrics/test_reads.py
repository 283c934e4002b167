"""The columns a definition names are those the parser finds, whether it is asked or not."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from metrics.catalog import catalog
from metrics.reads import _told, mentioned

OTHERS = (
    "extract(year from x) = 2026", "x > interval 1 day", "day < date '2026-01-01'", "a.b = 1", "x::int", '"x" = 1',
    "max(x) filter (where y)", "x || y = 'z'", "x is not distinct from y", "current_date > x", "(select x from y)",
    "a and(b or not(c))", "x <> -1", "x in (y, 'it''s')", "case when a then b else c end", "1e5 > x",
)  # fmt: skip


def defined() -> list[str]:
    """Every expression of the catalogue's measures."""
    measures = catalog().measures.values()
    rules = [rule for one in measures if (rule := one.refuse_when)]
    texts = [text for one in measures for text in (one.where, one.of)]
    return sorted({text for text in [*texts, *(text for rule in rules for text in (rule.where, rule.no))] if text})


@pytest.mark.parametrize("expression", [*defined(), *OTHERS])
def test_the_columns_are_those_that_the_parser_finds(expression: str) -> None:
    found = sqlglot.parse_one(expression, read="duckdb").find_all(exp.Column)
    expected = tuple(sorted({column.name for column in found})) if expression != "true" else ()
    assert mentioned(expression) == expected


def test_no_definition_needs_the_parser() -> None:
    assert [text for text in defined() if text != "true" and _told(text) is None] == []
