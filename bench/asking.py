"""What a question costs beside the same statement, and beside the plainest statement a person would write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb

from bench.results import Measured
from bench.stores import Scale, large
from bench.timing import in_turns
from data.store import open_store
from metrics.cuts import breakdown, breakdowns, pivot, total, trend
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING

_MS = 1000
_TIMES = 15
_AS_OF = date(2026, 6, 17)
_YEAR = View(from_on=date(2025, 1, 1), to_on=date(2025, 12, 31), as_of=_AS_OF)
_ALL = View(as_of=_AS_OF)
_BY_HAND: dict[str, tuple[Callable[[], Query], str]] = {
    "won amount in 2025": (
        lambda: total("won_amount", _YEAR),
        "select sum(amount) from crm.deals where status = 'won' and closed_on between '2025-01-01' and '2025-12-31'",
    ),
    "won amount by month": (
        lambda: trend("won_amount", "month", _ALL),
        """select date_trunc('month', closed_on), sum(amount) from crm.deals where status = 'won'
           group by all order by all""",
    ),
    "win rate by rep in 2025": (
        lambda: breakdown("win_rate", "rep", _YEAR),
        """select rep, sum((status = 'won')::int) / count(*) from crm.deals join crm.reps using (rep_key)
           where status in ('won', 'lost') and closed_on between '2025-01-01' and '2025-12-31'
           group by all order by 2""",
    ),
    "open amount today by stage": (
        lambda: breakdown("open_amount", "stage", _ALL),
        """select stage, sum(amount) from crm.deal_versions
           where status = 'open' and '2026-06-17' >= seen_from and '2026-06-17' < seen_to group by all order by 2""",
    ),
    "six breakdowns of won amount": (
        lambda: breakdowns("won_amount", ("rep", "team", "region", "product", "source", "tier"), _YEAR),
        """select rep, d.team, d.region, product, d.source, tier, sum(amount)
           from crm.deals as d left join crm.reps using (rep_key) left join crm.products using (product_key)
           left join crm.customers using (customer_key)
           where status = 'won' and closed_on between '2025-01-01' and '2025-12-31'
           group by grouping sets ((rep), (d.team), (d.region), (product), (d.source), (tier))""",
    ),
    "won amount by team and month": (
        lambda: pivot("won_amount", ("team", "month"), _ALL),
        """select team, date_trunc('month', closed_on), sum(amount) from crm.deals where status = 'won'
           group by all order by all""",
    ),
    "revenue by product in 2025": (
        lambda: breakdown("revenue", "product", _YEAR),
        """select product, sum(amount) from crm.order_lines join crm.products using (product_key)
           where ordered_on between '2025-01-01' and '2025-12-31' group by all order by 2""",
    ),
}


def measure(scale: Scale) -> Iterator[Measured]:
    """Ask each question three ways, in turns."""
    store = open_store(large(scale), create=False)
    with store.snapshot() as seen:
        cursor = seen._cursor
        for name, (make, by_hand) in _BY_HAND.items():
            query = make()
            bound = [part.bound(EVERYTHING) for part in query.parts]

            def ask(query: Query = query) -> None:
                store.answers.clear()
                seen.ask(query, EVERYTHING)

            def same(bound: list[tuple[str, dict[str, object]]] = bound) -> None:
                for sql, params in bound:
                    cursor.sql(sql, params=params).pl()

            ours, theirs = (taken * _MS for taken in in_turns(ask, same, _TIMES))
            yield Measured(
                "ask", name, ours, "ms", budget=1.15 * theirs + 1, beside="the same SQL", ratio=ours / theirs
            )
            ours, plain = (taken * _MS for taken in in_turns(ask, lambda sql=by_hand: _plain(cursor, sql), _TIMES))
            yield Measured("ask", name, ours, "ms", beside="SQL by hand", ratio=ours / plain)
    store.close()


def _plain(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    cursor.sql(sql).pl()
