"""Which columns of its base tables a question reads.

Tables here have up to forty columns and a question reads a handful: a statement that names only those is bound in a
fraction of the time, and says at its top what it stands on. Rows behind a number are asked for with all their columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from metrics.catalog import dimension, table

if TYPE_CHECKING:
    from metrics.population import Population

Reads = tuple[tuple[str, tuple[str, ...]], ...]
"""Base tables and the columns read of each; a table that is not named is read whole."""

_MADE = frozenset({"owed", "at_day"})
"""Columns that measures mention and a step makes: what an invoice owes on a day (metrics/population.py)."""
_STOCKS = {
    "seen": ("seen_from", "seen_to", "is_reconstructed"), "owed": ("invoice_id", "issued_on", "amount"),
    "unclosed": ("opened_on", "closed_on"),
}  # fmt: skip
"""What a stock is worked out from."""
_PARTS = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?\b)|[()<>=,+*/-]"
    r"|\b(?P<word>[a-z_][a-z0-9_]*)\b(?P<called>\s*\()?|(?P<other>\S))\s*"
)
_WORDS = frozenset("and or not in is null between like case when then else end true false as double".split())
_CALLED = frozenset("abs cast coalesce date_diff decimal in lower nullif trim and or not when then else".split())
_VALUES = frozenset("current_date current_time current_timestamp localtime localtimestamp".split())
_PAYMENTS = ("invoice_id", "paid_on", "amount")


@lru_cache(maxsize=1024)
def reads(asked: Population, filtered_by: tuple[str, ...] = ()) -> Reads:
    """What a population reads of its own table and of those its dimensions are looked up in.

    Args:
        asked: what is counted.
        filtered_by: dimensions that a table shared out is filtered by, once it is (metrics/shares.py).
    """
    spec, lookups = table(asked.table), dict[str, dict[str, None]]()
    needed = dict.fromkeys((*_mentioned_in(asked), *filtering(asked.table, (*asked.by, *filtered_by))))
    for via in (dimension(name).via for name in asked.by if name not in spec.own):
        if via is not None:
            lookups.setdefault(via.table, {}).update(dict.fromkeys((*via.key.split(), via.column)))
    if asked.stock == "owed":
        lookups["invoice_payments"] = dict.fromkeys(_PAYMENTS)
    if asked.grains:
        lookups["calendar"] = dict.fromkeys(("day", *(name for name in asked.grains if name != "day")))
    own = tuple(needed) or spec.id[:1]
    return ((asked.source, own), *((name, tuple(columns)) for name, columns in lookups.items()))


def filtering(name: str, dimensions: Iterable[str]) -> tuple[str, ...]:
    """The columns of a table by which it is cut or filtered: a dimension of its own, or the key to look it up by."""
    spec, found = table(name), dict[str, None]()
    for one in map(dimension, dimensions):
        if one.kind == "grain" or not spec.has(one):
            continue
        found |= dict.fromkeys(one.via.key.split() if one.via is not None and one.id not in spec.own else (one.id,))
    return tuple(found)


def _mentioned_in(asked: Population) -> list[str]:
    """The columns that days, conditions and aggregates name."""
    rules = [rule for one in asked.asked if (rule := one.refuse_when)]
    texts = [text for part in asked.parts for text in (part.where, part.of or "")]
    texts += [text for rule in rules for text in (rule.where, rule.no)]
    named = [name for text in texts for name in mentioned(text) if name not in _MADE]
    return [*([asked.on] if asked.on else ()), *_STOCKS.get(asked.stock or "", ()), *named]


@lru_cache(maxsize=1024)
def mentioned(expression: str) -> tuple[str, ...]:
    """The columns that an expression of a definition names, sorted."""
    if not expression or expression == "true":
        return ()
    told = _told(expression)
    if told is not None:
        return told
    import sqlglot  # to import the parser takes as long as to ask some twenty questions
    from sqlglot import exp

    found = sqlglot.parse_one(expression, read="duckdb").find_all(exp.Column)
    return tuple(dict.fromkeys(sorted(column.name for column in found)))


def _told(expression: str) -> tuple[str, ...] | None:
    """The same without a parser, where all but columns are words that nearly every definition is made of; else None."""
    columns: set[str] = set()
    is_after_column = False
    for part in _PARTS.finditer(expression):
        word, is_called = part["word"], part["called"] is not None
        is_column = bool(word) and not is_called and word not in _WORDS
        is_unknown = part["other"] or (is_called and word not in _CALLED) or word in _VALUES
        if is_unknown or (is_after_column and (is_column or part["text"])):  # as in: interval 1 day, date '2026-01-01'
            return None
        if is_column:
            columns.add(word)
        is_after_column = is_column or (is_after_column and part["number"] is not None)
    return tuple(sorted(columns))
