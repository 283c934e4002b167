"""Deals through time: what each said on every day, its visits to stages, what it is today, what was done for it.

All read `states_deals` (data/states.py). With a temporary table `touched_deals` only those deals are written again; the
rest stay as they are. A full fold touches all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from data.facts import Beside, beside, columns, joins, key, renew
from data.migrations import statement
from data.order import order_of, uploaded
from data.tables import tables
from data.versions import (
    CLOSED_ON,
    FIRST_DAY,
    IS_SEEN,
    LIVES,
    find_compared,
    joins_in_deals,
    said,
    said_in_deals,
    select,
    write_versions,
)

if TYPE_CHECKING:
    import duckdb

_IMPORTED = """now_deal_stages where deal_id is not null and stage is not null
    and not coalesce(is_deleted, false) and merged_into is null"""
_ENTERED = f"""case
    when s.status <> 'open' then {CLOSED_ON}
    when s.created_on > {FIRST_DAY} then s.created_on
end"""
"""When a deal entered the stage in which it was first seen: known only if it was created after the first upload (then
on creation), or is closed (then on closing)."""


class _Known(NamedTuple):
    """What else there is for the history of deals to be told by: each thing costs joins and statements."""

    there: Beside
    has_visits: bool
    """Visits to stages were imported."""
    has_activities: bool
    has_compared: bool
    """Any deal has several states, or several rows."""

    @property
    def has_layers(self) -> bool:
        """The whole history of some deals has to be looked at; without that no step asks for such deals."""
        return self.has_compared or self.has_visits


def write_deals(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool = False) -> None:
    """Write deal_versions, deal_stages, deals and deal_touches from `states_deals`."""
    visits, activities = (order_of(cursor, tables()[name]).carried for name in ("deal_stages", "activities"))
    order = order_of(cursor, tables()["deals"])
    there = beside(cursor, order.carried)
    cursor.execute("set variable first_day = $1::date", [order.uploads[0].day if order.uploads else None])
    known = _Known(there, "deal_id" in visits, "deal_id" in activities, find_compared(cursor))
    _clear(cursor, only_touched=only_touched)
    if known.has_layers:
        _find_ends(cursor, known)
        write_versions(cursor, there, has_compared=known.has_compared)
        _find_layered(cursor, known)
    _write_stages(cursor, known, only_touched=only_touched)
    if known.has_activities:
        _find_done(cursor)
    _write_today(cursor, known)
    if "activities" in uploaded(cursor):
        _write_touches(cursor, known, only_touched=only_touched)
    _remember(cursor, only_touched=only_touched)


def _clear(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool) -> None:
    if only_touched:
        for table in ("fold.deal_versions", "crm.deal_stages", "crm.deals"):
            cursor.execute(f"delete from {table} where deal_id in (select deal_id from touched_ids)")
        return
    cursor.execute("drop table fold.deal_versions")
    cursor.execute(statement("fold.deal_versions"))
    renew(cursor, "deal_stages")
    renew(cursor, "deals")


def _find_ends(cursor: duckdb.DuckDBPyConnection, known: _Known) -> None:
    """`deal_ends` (key_no, day): the day from which a deal was deleted or merged, if it stayed so."""
    cursor.execute("create or replace temp table deal_ends (key_no bigint, day date)")
    if known.there.carried & {"is_deleted", "merged_into"}:
        cursor.execute(
            f"""
            insert into deal_ends
            with ended as (select key_no from states_deals as s where s.is_last and not ({LIVES}))
            select key_no, coalesce(max(to_day) filter ({LIVES}), min(from_day)) as day
            from states_deals as s semi join ended using (key_no) group by key_no
            """
        )


def _find_layered(cursor: duckdb.DuckDBPyConnection, known: _Known) -> None:
    """`layered_deals` (key_no, deal_id): deals whose visits only a look at their whole history tells.

    They are compared deals, or have visits that a file brought. The others need no windows and joins over long texts.
    """
    visited = f"""
        union
        select key_no, coalesce(deal_id, key) from states_deals
        where coalesce(deal_id, key) in (select deal_id from {_IMPORTED})"""
    cursor.execute(
        f"""
        create or replace temp table layered_deals as
        select distinct key_no, coalesce(deal_id, key) as deal_id
        from states_deals semi join compared_deals using (key_no) {visited if known.has_visits else ""}
        """
    )


def _write_stages(cursor: duckdb.DuckDBPyConnection, known: _Known, *, only_touched: bool) -> None:
    """Visits: those of imported history where a deal has any, else what the versions show."""
    if known.has_layers:
        _find_owners(cursor, known.there)
    if known.has_visits:
        _write_imported_stages(cursor, "and deal_id in (select deal_id from touched_ids)" if only_touched else "")
    if known.has_compared:
        _write_seen_stages(cursor, known)
    others = "anti join layered_deals as layered on layered.key_no = s.key_no" if known.has_layers else ""
    cursor.execute(
        f"""
        insert into crm.deal_stages
        select coalesce(s.deal_id, s.key), s.stage, {_ENTERED}, s.gone_day, {key("rep", known.there)}
        from states_deals as s {others}
        {_rep_join(known.there)}
        where s.stage is not null and {IS_SEEN}
        """
    )


def _find_owners(cursor: duckdb.DuckDBPyConnection, there: Beside) -> None:
    """`owners` (deal_id, rep_key, gone_on): who has each layered deal in the end, and when it was gone."""
    cursor.execute(
        f"""
        create or replace temp table owners as
        with ends as (
            select coalesce(s.deal_id, s.key) as deal_id, {key("rep", there)} as rep_key,
                coalesce(ended.day, s.gone_day) as gone_on, (s.from_place, s.key) as seen
            from states_deals as s {_rep_join(there)} left join deal_ends as ended on ended.key_no = s.key_no
            where s.is_last and s.key_no in (select key_no from layered_deals)
        )
        select deal_id, arg_max_null(rep_key, seen) as rep_key,
            case when count(*) = count(gone_on) then max(gone_on) end as gone_on
        from ends group by deal_id
        """
    )


def _write_seen_stages(cursor: duckdb.DuckDBPyConnection, known: _Known) -> None:
    """Visits of compared deals without imported history, from their versions. The first one: see `_ENTERED`.

    Of several rows of one deal that were seen on one day, the order of uploads decides, then the rows' keys.
    """
    only = f"where deal_id not in (select deal_id from {_IMPORTED})" if known.has_visits else ""
    cursor.execute(
        f"""
        insert into crm.deal_stages
        with seen as (
            select deal_id, stage, status, rep_key, created_on, closed_on, from_day, from_place, key
            from seen_deals {only}
        ),
        several as (select deal_id from seen group by deal_id having count(*) > 1),
        starts as (
            select *, lag(deal_id) over w is null as is_first from seen semi join several using (deal_id)
            window w as (partition by deal_id order by from_day, from_place, key)
            qualify is_first or stage is distinct from lag(stage) over w
            union all
            select *, true as is_first from seen anti join several using (deal_id)
        ),
        visits as (
            select deal_id, stage, rep_key, from_day, from_place, key, case
                when status <> 'open' then coalesce(closed_on, case when not is_first then from_day end)
                when not is_first then from_day
                when created_on > {FIRST_DAY} then created_on
            end as entered_on
            from starts
        )
        select deal_id, stage, entered_on,
            coalesce(lead(entered_on) over w, case when lead(deal_id) over w is null then owners.gone_on end),
            visits.rep_key
        from visits left join owners using (deal_id) where stage is not null
        window w as (partition by deal_id order by from_day, from_place, key)
        """
    )


def _rep_join(there: Beside) -> str:
    if not there.names("rep"):
        return ""
    return """left join fold.rep_refs as rep_of
        on rep_of.id is not distinct from s.rep_id and rep_of.name is not distinct from s.rep"""


_LISTED = f"""
    standing as (
        select coalesce(deal_id, key) as deal_id, arg_max(stage, (from_place, key)) as stage
        from states_deals where is_last group by all
    ),
    last_days as (select deal_id, max(entered_on) as entered_on from {_IMPORTED} {{only}} group by deal_id),
    listed as (
        select visits.deal_id, visits.stage, visits.entered_on, visits.left_on,
            coalesce(visits.entered_on = last_days.entered_on and visits.stage = standing.stage, false) as is_own
        from (from {_IMPORTED} {{only}}) as visits
        left join last_days using (deal_id) left join standing using (deal_id)
    )"""
"""Imported visits; of several on a deal's last day the one to the stage it stands in is its own, and the last."""


def _write_imported_stages(cursor: duckdb.DuckDBPyConnection, only: str) -> None:
    """Visits that a file brought. Their owner is the one of that day where the deal had several, else the one today.

    Histories of CRMs repeat the stage whenever another field of the deal changed: that is one visit, as long as
    no file says that the deal had left meanwhile. Of several on a deal's last day, the stage in which it stands is the
    last; the others' order, which only the stages can tell, is left to data/visits.py.
    """
    cursor.execute(
        f"""
        insert into crm.deal_stages
        with {_LISTED.format(only=only)},
        told as (
            select deal_id, stage, entered_on, left_on, is_own,
                lag(stage) over w is distinct from stage or lag(left_on) over w < entered_on as is_start,
                lead(stage) over w is distinct from stage or left_on < lead(entered_on) over w as is_end
            from listed window w as (partition by deal_id order by entered_on, left_on, is_own, stage)
        ),
        bounds as (
            select deal_id, stage, entered_on, is_own, is_start,
                case when is_end then left_on else lead(left_on) over w end as left_on
            from told where is_start or is_end
            window w as (partition by deal_id order by entered_on, left_on, is_own, stage, is_start desc)
        ),
        visits as (
            select deal_id, stage, entered_on,
                coalesce(left_on, lead(entered_on) over (
                    partition by deal_id order by entered_on, left_on, is_own, stage)) as left_on
            from bounds where is_start
        ),
        owned as (
            select deal_id, rep_key, seen_from, seen_to from fold.deal_versions
            union all select deal_id, rep_key, from_day, seen_to from seen_deals where is_today
        ),
        passed_on as (
            select deal_id from owned where deal_id in (select deal_id from visits)
            group by deal_id having count(distinct rep_key) > 1
        ),
        of_the_day as (
            select visits.deal_id, visits.stage, visits.entered_on,
                arg_max(owned.rep_key, (seen_from, owned.rep_key)) as rep_key
            from visits semi join passed_on using (deal_id)
            join owned on owned.deal_id = visits.deal_id
                and owned.seen_from <= visits.entered_on and visits.entered_on < owned.seen_to
            group by all
        )
        select visits.*, coalesce(of_the_day.rep_key, owners.rep_key)
        from visits
        left join of_the_day using (deal_id, stage, entered_on)
        left join owners using (deal_id)
        """
    )


def _write_today(cursor: duckdb.DuckDBPyConnection, known: _Known) -> None:
    """Deals as they stand now, with what only their history can tell.

    One that was deleted or merged is none any more, whatever it had won: only its versions show that it was there. One
    that is no longer listed stays: what it had won or lost is counted on.
    """
    here, has_done = f"when s.stage is not null and {IS_SEEN} then {_ENTERED} end", known.has_activities
    has_pushes = known.has_compared and "expected_close_on" in known.there.carried
    told = (
        said("deals", known.there)
        | said_in_deals(known.there, has_compared=known.has_compared)
        | {
            "push_count": "coalesce(pushes.push_count, 0)" if has_pushes else "0",
            "last_activity_on": "greatest(s.last_activity_on, active.last_on)" if has_done else "s.last_activity_on",
            "touches": "active.touches" if has_done else "null",
            "first_done_on": "active.first_on" if has_done else "null",
            "reached_place": "null",  # until visits are in order (data/visits.py)
            "reached_on": "null",
            "stage_since": f"case when s.key_no in (select key_no from layered_deals) then visit.entered_on {here}"
            if known.has_layers
            else f"case {here}",
            "cycle_days": f"{CLOSED_ON} - s.created_on",
            "gone_on": "s.gone_day",
            "is_gone": "s.gone_day is not null",
            "extra": "s.extra",
        }
    )
    steps = [
        *((_PUSHES,) if has_pushes else ()),
        *((_ACTIVE,) if has_done else ()),
        *((_VISIT,) if known.has_layers else ()),
    ]
    cursor.execute(
        f"""
        insert into crm.deals ({", ".join(columns("deals"))})
        {"with" if steps else ""} {", ".join(step for step, _ in steps)}
        select {select(told, columns("deals"))}
        from states_deals as s {joins("deals", known.there)}
        {joins_in_deals(known.there, has_compared=known.has_compared)} {" ".join(join for _, join in steps)}
        where s.is_last and {LIVES}
        """
    )


_PUSHES = (
    """moved as (
            select key_no, date_trunc('month', expected_close_on)
                > date_trunc('month', lag(expected_close_on) over (partition by key_no order by from_day)) as is_push
            from seen_deals
        ),
        pushes as (select key_no, count(*) as push_count from moved where is_push group by key_no)""",
    "left join pushes on pushes.key_no = s.key_no",
)
_ACTIVE = (
    """active as (
            select key_no, max(last_on) as last_on, nullif(sum(touches), 0) as touches, min(first_on) as first_on
            from kinds_done group by key_no
        )""",
    "left join active on active.key_no = s.key_no",
)
_VISIT = (
    """visit as (
            select deal_id, stage, max(entered_on) as entered_on from crm.deal_stages
            where deal_id in (select deal_id from layered_deals) group by deal_id, stage
        )""",
    "left join visit on visit.deal_id = coalesce(s.deal_id, s.key) and visit.stage = s.stage",
)
"""What only the history of a deal, or other tables, can tell of it: a step, and the join to it."""


def _find_done(cursor: duckdb.DuckDBPyConnection) -> None:
    """`kinds_done` (key_no, kind, last_on, touches, first_on): what was done for each deal, by kind of activity.

    `touches` are those until it was closed, `first_on` is the first day since it was created.
    """
    cursor.execute(
        f"""
        create or replace temp table kinds_done as
        with done as (
            select deal_id, kind, cast(done_at as date) as day from now_activities
            where deal_id is not null and done_at is not null
                and not coalesce(is_deleted, false) and merged_into is null
        ),
        listed as (
            select s.key_no, coalesce(s.deal_id, s.key) as deal_id, s.created_on, {CLOSED_ON} as closed_on
            from states_deals as s where s.is_last and {LIVES}
        )
        select key_no, kind, max(day) as last_on, count(*) filter (day <= closed_on) as touches,
            min(day) filter (day >= created_on) as first_on
        from done join listed using (deal_id) group by key_no, kind
        """
    )


def _write_touches(cursor: duckdb.DuckDBPyConnection, known: _Known, *, only_touched: bool) -> None:
    """`crm.deal_touches`: the first activity of each kind since a deal was created."""
    if only_touched:
        cursor.execute("delete from crm.deal_touches where deal_id in (select deal_id from touched_ids)")
    else:
        renew(cursor, "deal_touches")
    if known.has_activities:
        cursor.execute(
            f"""
            insert into crm.deal_touches
            select coalesce(s.deal_id, s.key), done.kind, done.first_on, coalesce(s.status, 'open'), s.created_on,
                {CLOSED_ON}, s.gone_day
            from kinds_done as done join states_deals as s on s.key_no = done.key_no
            where s.is_last and done.first_on is not null
            """
        )


def _remember(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool) -> None:
    """`fold.deals_now`: what the next upload is compared with."""
    if only_touched:
        cursor.execute("delete from fold.deals_now where key_no in (select key_no from touched_deals)")
    else:
        cursor.execute("truncate fold.deals_now")
    cursor.execute(
        "insert into fold.deals_now select key_no, row_no, gone_day is not null from states_deals where is_last"
    )
