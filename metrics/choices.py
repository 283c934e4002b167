"""What there is to choose from in a filter."""

from __future__ import annotations

from functools import lru_cache

from metrics.base import Step
from metrics.catalog import Dimension, catalog, dimension
from metrics.query import Query


def values_of(dim: str | Dimension) -> Query:
    """The values of a dimension in all tables that have it, None among them where rows have none: for filters."""
    return _values_query(dimension(dim))


@lru_cache(maxsize=256)
def _values_query(dim: Dimension) -> Query:
    name = dim.id
    tables = [spec for spec in catalog().tables.values() if spec.scope == "rep" and spec.has(dim)]
    selects, read = [], [spec.name for spec in tables]
    if dim.via is not None and dim.is_promoted:  # only through rows that one may see
        joined = f"left join {dim.via.table} on "
        selects = [
            f"select distinct {dim.via.table}.{name} as value from {spec.name} {joined}{dim.via.match(spec.name)}"
            for spec in tables
            if spec.name != "deal_versions"  # of deals that have left one's rows since, too
        ]
        listed = "\n  union all ".join(selects)
        return Query(
            (Step("population", listed),), "select distinct value from population", tables=(*read, dim.via.table)
        )
    if dim.via is not None:
        members = "scoped_reps" if dim.via.table == "reps" else dim.via.table  # who is here today, not who may be named
        selects.append(f"select {members}.{dim.via.column} as value from {members}")
        read.append(members)
    for spec in tables:
        here = " where deal_versions.is_in_scope" if spec.name == "deal_versions" else ""  # others are blank there
        if name in spec.own:
            selects.append(f"select distinct {spec.name}.{name} as value from {spec.name}{here}")
        elif dim.via is not None:
            none = f"from {spec.name}{here}{' and' if here else ' where'} {spec.name}.{dim.via.key} is null"
            selects.append(f"select distinct cast(null as varchar) as value {none}")
    listed = "\n  union all ".join(selects) or "select cast(null as varchar) as value where false"
    return Query((Step("population", listed),), "select distinct value from population", tables=tuple(read))
