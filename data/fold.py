"""`crm` from the truth: always what all uploads that count say, in the order of their as-of days.

The fold is a function of the set of uploads alone. A table is written anew when it changed, or when what its rows point
to did. An upload that is the newest of deals takes a short way (data/newest.py), tested to lead to the same place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.calendar import write_calendar
from data.currency import kept, settle
from data.deals import write_deals
from data.derived import SPECIAL, write_deal_lines, write_teams
from data.dimensions import write_fields
from data.epochs import find_epochs
from data.facts import write
from data.members import KINDS, TABLE_OF, find_pairs, resolve
from data.once import unchanged
from data.order import Order, ever_carried, order_of, uploaded
from data.people import write_customers, write_lifetimes, write_members
from data.renaming import SAID
from data.rollups import roll_up
from data.shares import write_shares
from data.stage_names import renamed
from data.states import FOR_EVER, find_now, find_states
from data.tables import REFERENCES, tables
from data.visits import share_deals, write_visits

if TYPE_CHECKING:
    import duckdb

_MEMBERS = frozenset(TABLE_OF.values())
_ORDER = [name for name in tables() if name not in {*_MEMBERS, "teams", "invoices"}] + [
    "invoices"
]  # after their payments
_FEEDS = {
    "activities": {"deals", "leads"},
    "deal_stages": {"deals"},
    "deals": {"deal_lines", "stages"},
    "payments": {"invoices"},
    "fx_rates": {name for name, table in tables().items() if "currency" in table.fields and name != "fx_rates"},
}
"""Which tables take something over from which."""


def fold(cursor: duckdb.DuckDBPyConnection, changed: set[str] | None = None, newest: int | None = None) -> None:
    """Write what changed in `crm`.

    Args:
        cursor: the writer's, with its transaction.
        changed: the tables whose uploads changed, None for all. Accepted aliases change the table of their kind.
        newest: the upload that was just added, if it is the only one.
    """
    if settle(cursor):  # every amount is in another currency now
        changed, newest = None, None
    with unchanged():
        if (changed is None or "stages" in changed) and renamed(cursor) and changed is not None:
            changed = changed | set(SAID["stage"])
        orders = prepare(cursor, changed)
        if newest is not None and changed == {"deals"}:
            from data.newest import fold_newest

            changed = fold_newest(cursor, newest)
        if changed is None or changed:
            _Fold(cursor, orders).run(changed)


class _Fold:
    """One run: remembers which temporary views are there already."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, orders: dict[str, Order]) -> None:
        self._cursor = cursor
        self._orders = orders
        self._uploaded = uploaded(cursor)
        """The tables that ever held something; the others are empty, and need not be written."""
        self._needed = set(self._uploaded)
        """The tables whose rows are read, if only to find that there are none any more."""

    def run(self, changed: set[str] | None) -> None:
        self._needed |= changed or set()
        named = set(KINDS) if changed is None else {kind for kind in KINDS if TABLE_OF[kind] in changed}
        changed = self._uploaded if changed is None else changed
        for name in sorted(changed):
            named |= find_pairs(self._cursor, name, self._make_ready(name).carried)
        kinds, following = self._resolve_members(named)
        rewritten = _closure(changed | following) & (changed | self._uploaded | {"stages"})
        for name in [name for name in _ORDER if name in rewritten]:
            self._make_ready(name)
            self._write(name)
        if rewritten & {"deals", "deal_lines", "deal_owners"}:
            write_shares(self._cursor)
        if rewritten & {"deals", "stages"}:
            write_visits(self._cursor, is_shared=share_deals(self._cursor))
        finish(self._cursor, kinds, rewritten)

    def _make_ready(self, name: str) -> Order:
        if name not in self._orders:
            order = self._orders[name] = order_of(self._cursor, tables()[name], by_epoch=name == "deals")
            if name in self._needed:
                (find_states if name == "deals" else find_now)(self._cursor, tables()[name], order)
        return self._orders[name]

    def _resolve_members(self, named: set[str]) -> tuple[set[str], set[str]]:
        """Give every reference of these kinds its key; the kinds in the end, and the tables whose rows must follow."""
        kinds = set(named)
        following: set[str] = set()
        for kind in REFERENCES:  # reps first: customers have owners
            if kind in kinds:
                self._make_ready(TABLE_OF[kind])
                if resolve(self._cursor, kind) | write_members(self._cursor, kind):
                    following |= _pointing_to(kind)
                    kinds |= {"customer"} if kind == "rep" else set()
        if "customer" not in kinds:
            self._cursor.execute(
                "create or replace temp table accounts as select customer_key, region from crm.customers"
            )
        return kinds, following

    def _write(self, name: str) -> None:
        if name == "deals":
            self._make_ready("deal_stages")
            self._make_ready("activities")
            write_deals(self._cursor)
        elif name in SPECIAL:
            for source in SPECIAL[name].reads:
                self._make_ready(source)
            SPECIAL[name].write(self._cursor)
        elif name != "deal_stages":  # written with the deals
            write(self._cursor, name)


def prepare(cursor: duckdb.DuckDBPyConnection, changed: set[str] | None = None) -> dict[str, Order]:
    """Make what every run needs: the uploads of people and of rates, and the days on which either changed.

    Returns:
        The orders of the tables that are ready now; what never was uploaded has no rows that anybody reads.
    """
    needed = uploaded(cursor) | (changed or set())
    orders = {name: order_of(cursor, tables()[name]) for name in ("reps", "fx_rates", "teams")}
    for name in orders.keys() & needed:
        find_now(cursor, tables()[name], orders[name])
    if "reps" in needed:
        find_states(cursor, tables()["reps"], orders["reps"])
    cursor.execute("set variable reporting_currency = $1::varchar", [kept(cursor)])
    has_rates = bool(orders["fx_rates"].uploads)
    _find_rates(cursor, has_any=has_rates)
    find_epochs(cursor, has_rates=has_rates, has_lists=len(orders["reps"].uploads) > 1)
    return orders


def _find_rates(cursor: duckdb.DuckDBPyConnection, *, has_any: bool) -> None:
    """`rate_spans` (currency, from_on, rate, to_on): from which day to which each rate holds."""
    cursor.execute("create or replace temp table rate_spans (currency varchar, from_on date, rate double, to_on date)")
    if has_any:
        cursor.execute(
            f"""
            insert into rate_spans
            select currency, from_on, rate,
                coalesce(lead(from_on) over (partition by currency order by from_on), {FOR_EVER}) as to_on
            from now_fx_rates
            where not coalesce(is_deleted, false) and merged_into is null
                and currency is not null and from_on is not null and rate is not null
            qualify row_number() over (partition by currency, from_on order by place desc, key desc) = 1
            """
        )


def _pointing_to(kind: str) -> set[str]:
    return {name for name, table in tables().items() if kind in table.references}


def _closure(changed: set[str]) -> set[str]:
    """The tables, and all that take something over from them."""
    reached = set(changed)
    while True:
        further = reached.union(*(_FEEDS.get(name, set()) for name in reached))
        if further == reached:
            return reached
        reached = further


def follow_deals(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write the tables that take something over from the deals in the temporary table `touched_ids`."""
    for name in sorted(_FEEDS["deals"] & (uploaded(cursor) | {"stages"})):
        for source in {name, *SPECIAL[name].reads} & uploaded(cursor):
            find_now(cursor, tables()[source], order_of(cursor, tables()[source]))
        if name == "deal_lines":
            write_deal_lines(cursor, only_touched=True)
        else:
            SPECIAL[name].write(cursor)


def finish(cursor: duckdb.DuckDBPyConnection, kinds: set[str], rewritten: set[str]) -> None:
    """Write what is known only when all facts are: lifetimes, the teams there are, the calendar, what is rolled up.

    Args:
        cursor: the writer's.
        kinds: of members that were resolved.
        rewritten: the tables that were.
    """
    if "customer" in kinds:
        write_customers(cursor)
    elif rewritten & {"deals", "order_lines"}:
        write_lifetimes(cursor)
    if ("rep" in kinds or rewritten & {"deals", "teams"}) and _tells_teams(cursor):
        write_teams(cursor)
    write_calendar(cursor)
    write_fields(cursor)
    roll_up(cursor, rewritten | ({"customers"} if "customer" in kinds else set()))


def _tells_teams(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether any upload ever named teams: else there are none, and never were."""
    return bool({"reps", "teams"} & uploaded(cursor)) or "team" in ever_carried(cursor, "deals")
