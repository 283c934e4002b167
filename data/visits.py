"""The ways of deals through the open stages: what funnel, odds and the bottleneck are counted from.

All of it follows from crm.deals, crm.deal_stages and crm.stages alone. It is written once per upload, since to order
millions of visits takes seconds and every page of the process asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import columns, renew
from data.once import rows
from data.order import order_of, uploaded
from data.tables import tables

if TYPE_CHECKING:
    import duckdb

_PLACES = """
with offered as (  -- what names the pipeline beats what is said of all
    select lines.pipeline, stages.* exclude (pipeline),
        row_number() over (partition by lines.pipeline, stage order by stages.pipeline nulls last, position) as choice
    from (select distinct pipeline from crm.deals) as lines
    join crm.stages as stages on stages.pipeline is null or stages.pipeline is not distinct from lines.pipeline
)
select pipeline, stage, row_number() over (partition by pipeline order by position, stage)::integer as place,
    label_en, label_zh, probability, max_days, required, forecast_category
from offered where choice = 1 and status = 'open'
"""

_ONE_ROW_EACH = """(
        select distinct on (deal_id) * from crm.deals
        order by deal_id, seen_to desc nulls last, seen_from desc nulls last, status, stage, deal, amount
    )"""
"""Of several rows that are one deal, the one seen last speaks."""

_VISITS = """
with placed as (
    select visits.deal_id, visits.stage, places.place, visits.entered_on, visits.left_on,
        deals.pipeline, deals.status, deals.created_on, deals.closed_on, deals.is_gone,
        coalesce(deals.stage = visits.stage, false) and visits.left_on is null as is_own
    from crm.deal_stages as visits
    join {deals} as deals on deals.deal_id = visits.deal_id
    join crm.places as places on places.stage = visits.stage and places.pipeline is not distinct from deals.pipeline
    {only}
),
ordered as ({ordered}),
walked as (  -- a visit without a day was going on when the deal was first seen
    select *, lead(place) over w as next_place, lead(entered_on) over w as next_on,
        row_number() over (partition by deal_id, place order by entered_on nulls first, left_on nulls last) as nth,
        max(place) over (partition by deal_id) as last_place
    from ordered
    window w as (partition by deal_id order by entered_on nulls first, left_on nulls last, place)
)
select deal_id, pipeline, stage, place, nth = 1 as is_first, place = last_place and nth = 1 as is_furthest, entered_on,
    coalesce(left_on, case when next_place is null then closed_on end) as left_on, next_place, next_on,
    status, created_on, closed_on, is_gone
from walked
"""

_AS_THEY_ARE = "from placed"
_BY_PLACE = """
    select * replace (case
            when entered_on is null or count(*) over a_day = 1 then left_on
            when row_number() over (a_day order by is_own, place) < count(*) over a_day then entered_on
            when not bool_or(left_on is null) over a_day then max(left_on) over a_day
        end as left_on)
    from placed window a_day as (partition by deal_id, entered_on)
"""
"""Of several visits on one day all but the last took no time. Files give days without hours, so the order is that of
the stages; the stage in which the deal stands is the last."""


_ONLY_VISITS = """
select deals.deal_id, deals.pipeline, deals.stage, places.place, true, true, deals.stage_since,
    coalesce(deals.gone_on, deals.closed_on), null, null, deals.status, deals.created_on, deals.closed_on, deals.is_gone
from crm.deals as deals
join crm.places as places on places.stage = deals.stage and places.pipeline is not distinct from deals.pipeline
where deals.seen_from is not null
"""
"""The same where no deal has more than one: then the deals tell it by themselves."""


def have_one_visit(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether no deal can have more than the visit to the stage in which it stands.

    There is one upload of them, no row is another one's deal, and no file brought visits. Nothing is to be put in order
    then, and a first upload of a million deals need not wait for that.
    """
    is_alone = len(order_of(cursor, tables()["deals"]).uploads) == 1
    return is_alone and "deal_stages" not in uploaded(cursor) and not share_deals(cursor)


def share_deals(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether the key of any row of deals is not the id of its deal, so that several rows may be one deal."""
    return bool(rows(cursor, "select exists(from ops.deals_rows where deal_id <> key)")[0][0])


def write_visits(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool = False, is_shared: bool = True) -> None:
    """Write crm.places, the open stages of each pipeline in order, and crm.stage_visits, the visits of deals to them.

    In crm.deals it is written how far they came.

    Args:
        cursor: the writer's.
        only_touched: only those of the deals in the temporary table `touched_ids`, where the stages are still in their
            places; the others stay as they are.
    """
    moved = _write_places(cursor)
    only = "where visits.deal_id in (select deal_id from touched_ids)" if only_touched and not moved else ""
    if only:
        cursor.execute("delete from crm.stage_visits where deal_id in (select deal_id from touched_ids)")
    else:
        renew(cursor, "stage_visits")
    if not only and have_one_visit(cursor):
        cursor.execute(f"insert into crm.stage_visits {_ONLY_VISITS}")
    else:
        _write_several(cursor, only, is_shared=is_shared)
    _write_reached(cursor, only_touched=bool(only), is_shared=is_shared)


def _write_several(cursor: duckdb.DuckDBPyConnection, only: str, *, is_shared: bool) -> None:
    """Visits put in order. `only` chooses the deals."""
    deals = _ONE_ROW_EACH if is_shared else "crm.deals"
    some = "select exists(from crm.deal_stages where left_on = entered_on)"
    ordered = _BY_PLACE if cursor.execute(some).fetchall()[0][0] else _AS_THEY_ARE
    cursor.execute(f"insert into crm.stage_visits {_VISITS.format(deals=deals, only=only, ordered=ordered)}")


def _write_reached(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool, is_shared: bool) -> None:
    """How far deals came: of touched ones nothing is said yet, of all others what was so before.

    Where the visits are those that deals themselves show, open ones that came no further than where they stand are left
    out: a first upload has no others, and would join a million rows for what they say already.
    """
    if not only_touched:
        cursor.execute("update crm.deals set reached_place = null, reached_on = null where reached_place is not null")
    some = "and deals.deal_id in (select deal_id from touched_ids)" if only_touched else ""
    stands = "visits.status = 'open' and visits.next_place is null"
    left_out = "" if is_shared or "deal_stages" in uploaded(cursor) else f"and not ({stands})"
    cursor.execute(
        f"""
        update crm.deals set reached_place = visits.place, reached_on = visits.entered_on
        from crm.stage_visits as visits
        where visits.deal_id = deals.deal_id and visits.is_furthest {left_out} {some}
        """
    )


def _write_places(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Write crm.places; whether any stage has another place than before."""
    cursor.execute(f"create or replace temp table new_places as {_PLACES}")
    named = ", ".join(columns("places"))
    now, before = (set(cursor.execute(f"select {named} from {of}").fetchall()) for of in ("new_places", "crm.places"))
    if now == before:
        return False
    renew(cursor, "places")
    cursor.execute(f"insert into crm.places select {named} from new_places")
    at = [columns("places").index(name) for name in ("pipeline", "stage", "place")]
    return {tuple(row[i] for i in at) for row in now} != {tuple(row[i] for i in at) for row in before}
