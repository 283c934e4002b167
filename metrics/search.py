"""Find a deal, a customer or a person by a part of its name. What a viewer may not see is not found."""

from __future__ import annotations

from metrics.query import Query, Step

MOST = 8
"""Found of each kind; more than a list can show asks for another letter."""

_QUESTIONS = {
    "deals": (
        "select deal_id as id, coalesce(deal, deal_id) as name, status, amount from deals"
        " where lower(deal) like $pattern or lower(deal_id) like $pattern"
    ),
    "customers": (
        "select customer_id as id, customer as name from customers"
        " where lower(customer) like $pattern or lower(customer_id) like $pattern"
    ),
    "reps": "select rep_id as id, rep as name, team from scoped_reps where lower(rep) like $pattern",
}
KINDS = tuple(_QUESTIONS)


def search(kind: str, words: str, most: int = MOST, *, is_open_first: bool = False) -> Query:
    """The first `most` + 1 members of a kind whose name holds `words`, so that the reader can be told of more.

    Args:
        kind: one of KINDS.
        words: what somebody typed; it is bound, never spliced. `%` and `_` stand for any letters, as in SQL.
        most: how many are shown.
        is_open_first: of deals, those that are still worked on before those that are over.
    """
    order = "case when status = 'open' then 0 else 1 end, name" if is_open_first else "name"
    return Query(
        steps=(Step("population", _QUESTIONS[kind]),),
        answer=f"select * from population order by {order} limit {int(most) + 1}",
        params=(("pattern", f"%{words.strip().lower()}%"),),
        tables=("scoped_reps" if kind == "reps" else kind,),
    )
