"""What DuckDB is told about a statement before it runs: where base tables are read, and many names as one list.

A step that is read more than once is copied first, with every column and every row that any of its readers wants. For
a step that works something out that is right. A base table is only read through its filters: each reader that reads it
for itself takes its own columns, and its own conditions reach the file. So it is with deals shared out that are read
once: what is asked of few of them need not be worked out for all. The hint is DuckDB's: the SQL that is shown, and
other engines, do without.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from metrics.base import READINGS
from metrics.catalog import catalog

_STEP = re.compile(r"^((?:with )?(\w+) as )(\(\n  (select [^\n]*)\n\))", re.MULTILINE)
_SHARED_OUT = re.compile(r"^((?:with )?(\w+)_by_(?:product|owner) as )\(\n", re.MULTILINE)
_WORKS = re.compile(r" join |\(select | group by ", re.IGNORECASE)


@lru_cache(maxsize=2048)
def in_place(sql: str) -> str:
    """A statement, as `Query.bound` gives it, that copies none of the base tables which are but rows of one table."""
    named = {*catalog().tables, *READINGS}

    def told(step: re.Match[str]) -> str:
        begun, name, body, read = step.groups()
        return f"{begun}not materialized {body}" if name in named and not _WORKS.search(read) else step.group()

    def shared(step: re.Match[str]) -> str:
        begun, name = step.groups()
        is_once = len(re.findall(rf"(?<!select deal_id )\b(?:from|join) {name}\b", sql, re.IGNORECASE)) <= 1
        return f"{begun}not materialized (\n" if is_once and name in named else step.group()

    return _SHARED_OUT.sub(shared, _STEP.sub(told, sql))


_BOUND = re.compile(r"\$(\w+)")
_MANY = re.compile(r"\bin \(\$(\w+)_0(?:, \$\1_\d+){15,}\)")


def as_lists(sql: str, params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The same with a long list of values, each of which is bound by itself, bound as one.

    Of the hundreds of people of a team planning takes longer than reading: every value is a parameter to resolve, in
    each place where the list stands.
    """
    names = {match.group(1) for match in _MANY.finditer(sql)}
    if not names:
        return sql, params
    short = _MANY.sub(r"in (select unnest($\1_listed))", sql)
    left = set(_BOUND.findall(short))
    kept = {name: value for name, value in params.items() if name in left}
    found = {f"{name}_listed": [params[each] for each in params if _is_of(each, name)] for name in names}
    return short, kept | found


def _is_of(parameter: str, listed: str) -> bool:
    head, _, place = parameter.rpartition("_")
    return head == listed and place.isdigit()
