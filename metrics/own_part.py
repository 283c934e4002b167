"""What the money of deals is to somebody who sees a part of them: what is credited to their people, and no more.

Cut or filtered by salesperson or team, money is shared out among those with a share in a deal (decision 0005). Somebody
whose row scope is a team or a person asks about that team or person even where no filter says so. So that they get the
number that everybody else gets for them, their money of deals is always shared out (decision 0023).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from metrics import shares
from metrics.catalog import Dimension, promoted
from metrics.population import Population, compiled
from metrics.query import Query
from metrics.reads import Reads, reads
from metrics.viewer import Viewer


def usual(query: Query) -> Query:
    """The same question asked of everybody's rows, whoever looks: by what is usual here, one's own rows are weighed.

    Only for sums that go into a reckoning and are not shown; the rows behind them keep to the viewer's scope.
    """
    return replace(query, of_all=True, others=tuple(replace(other, of_all=True) for other in query.others))


def own_part(query: Query, viewer: Viewer) -> Query:
    """The same statement with deals shared out among people, where the viewer has a row scope and it asks for money.

    Args:
        query: one statement of a question (Query.parts), or the rows behind a number of it.
    """
    if viewer.sees_all or query.of_all:
        return query
    if query.population is None:
        return replace(query, shared=query.own) if query.own and query.own != query.shared else query
    return _own_part(query, promoted())


@lru_cache(maxsize=1024)
def _own_part(
    query: Query,
    own: tuple[Dimension, ...],  # noqa: ARG001 - filters mean what the store at hand says
) -> Query:
    asked = query.population
    if asked is None or "owner" in asked.shared:
        return query
    shared = shares.among(asked.parts, ("rep", *(kind for kind in asked.shared if kind == "product")))
    if "owner" not in shared:
        return query
    instead = asked._replace(shared=shared)
    return _over(query, asked, instead)


def _over(query: Query, asked: Population, instead: Population) -> Query:
    """The statement, or the rows behind it, over another population of the same columns and more."""
    found, made = compiled(asked), compiled(instead)
    if query.steps != found.steps:
        return replace(query, shared=instead.shared)
    answer = query.answer
    if answer.startswith(found.answer):
        answer = made.answer + answer.removeprefix(found.answer)
    return replace(
        query,
        steps=made.steps,
        answer=answer,
        shared=instead.shared,
        population=instead,
        reads=_both(query.reads, reads(instead)),
    )


def _both(known: Reads, more: Reads) -> Reads:
    """The columns that either reads of each table; of a table that the first reads whole, all."""
    wanted = dict(more)
    return tuple((name, tuple(dict.fromkeys((*columns, *wanted.get(name, ()))))) for name, columns in known)
