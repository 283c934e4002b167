"""Pages of people where more than 2,000 sell: the large store with everybody's work shared out among several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.pages import timed
from bench.results import Measured
from bench.stores import WEEKS, Scale, copied, large, remove
from data.current import switch
from data.rollups import roll_up
from ui.navigation import PAGES

if TYPE_CHECKING:
    import duckdb

    from data.store import Store

PEOPLE = 2_000
"""Salespeople there are at least."""
_WORK = {
    "crm.deals": "deal_id",
    "fold.deal_versions": "deal_id",
    "crm.deal_stages": "deal_id",
    "crm.deal_owners": "deal_id",
    "crm.owner_shares": "deal_id",
    "crm.activities": "coalesce(deal_id, activity_id)",
    "crm.leads": "coalesce(deal_id, lead_id)",
}
"""What is shared out, and by what: all that belongs to a deal goes to whom the deal goes to. Orders stay theirs."""


def measure(scale: Scale) -> Iterator[Measured]:
    """Run the pages of people on a copy of the large store, which is thrown away."""
    path = copied(large(scale))
    store = switch(path)
    try:
        on = f"{shared_out(store):,} salespeople, {scale.name} deals × {WEEKS} exports"
        for entry in PAGES:
            if entry.asks and entry.section == "people":
                yield from timed(store, entry, "people", on)
    finally:
        store.close()
        remove(path)


def shared_out(store: Store) -> int:
    """Put as many people of the same team in the place of each as PEOPLE takes, and tell how many there are then.

    Targets are divided equally; roll-ups are made anew.
    """
    with store.writing() as cursor:
        (known,) = cursor.execute("select count(*) from crm.reps").fetchone() or (1,)
        parts = -(-PEOPLE // known)
        cursor.execute(
            "create temp table crowd as select rep_key as was, part, case when part = 0 then rep_key"
            " else cast(hash(rep_key, part) % 4611686018427387903 as bigint) end as rep_key"
            f" from crm.reps, range({parts}) as numbers(part)"
        )
        _hire(cursor, parts)
        for table, by in _WORK.items():
            cursor.execute(
                f"update {table} as one set rep_key = crowd.rep_key from crowd"
                f" where crowd.was = one.rep_key and crowd.part = hash({by}) % {parts}"
            )
        cursor.execute("drop table crowd")
        roll_up(cursor, {"reps", *(name.partition(".")[2] for name in _WORK)})
        return int(known) * parts


def _hire(cursor: duckdb.DuckDBPyConnection, parts: int) -> None:
    """The people, their teams and their targets."""
    named = "rep_id || '-' || part as rep_id, rep || ' ' || part as rep"
    met = "join crowd on crowd.was = one.rep_key and crowd.part > 0"
    cursor.execute(f"update crm.targets set value = value / {parts} where scope = 'rep' and measure not like '%_rate'")
    cursor.execute(
        "insert into crm.targets select one.* replace (scope_value || ' ' || part as scope_value)"
        f" from crm.targets as one, range(1, {parts}) as numbers(part) where scope = 'rep'"
    )
    cursor.execute(
        f"insert into crm.rep_teams select one.* replace (crowd.rep_key as rep_key) from crm.rep_teams as one {met}"
    )
    cursor.execute(
        f"insert into crm.reps select one.* replace (crowd.rep_key as rep_key, {named}) from crm.reps as one {met}"
    )
