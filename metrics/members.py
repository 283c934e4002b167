"""A question file cut by a dimension of the members that its rows point to: their team, their industry."""

from __future__ import annotations

from dataclasses import replace

from metrics.base import Step
from metrics.catalog import Dimension
from metrics.query import Query


def with_member(query: Query, dim: Dimension) -> Query:
    """The same question with the value of `dim` in its population, looked up by the key the rows have."""
    via = dim.via
    if via is None:
        return query
    *before, last = query.steps
    joined = f'select reached.*, {via.table}.{via.column} as "{dim.id}"\nfrom reached'
    joined += f"\nleft join {via.table} on {via.match('reached')}"
    steps = (*before, Step("reached", last.sql), Step("population", joined))
    return replace(query, steps=steps, tables=tuple(dict.fromkeys((*query.tables, via.table))))
