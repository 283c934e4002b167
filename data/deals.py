"""Deals through time: what each said on every day, its visits to stages, and what it is today.

All read `states_deals` (data/states.py). With a temporary table `touched_deals` only those deals are written again; the
rest stay as they are. A full fold touches all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import columns, joins, money, region, renew, team

if TYPE_CHECKING:
    import duckdb

_KEYS = {"customer_key": "customer_of.key", "rep_key": "rep_of.key", "product_key": "product_of.key"}
_LIVES = "not coalesce(s.is_deleted, false) and s.merged_into is null"
_CLOSED_ON = "case when s.status <> 'open' then s.closed_on end"
_IMPORTED = """now_deal_stages where deal_id is not null and stage is not null
    and not coalesce(is_deleted, false) and merged_into is null"""
_ENTERED = f"""case
    when s.status <> 'open' then {_CLOSED_ON}
    when s.created_on > (select min(day) from at_deals) then s.created_on
end"""
"""When a deal entered the stage in which it was first seen: known only if it was created after the first upload (then
on creation), or is closed (then on closing)."""
_IS_VISIT = f"s.stage is not null and s.from_day < s.to_day and {_LIVES}"


def _said(table: str) -> dict[str, str]:
    """SQL of each column that a state tells by itself, as it stands in `table`."""
    own = {column: f"s.{column}" for column in columns("deal_versions")}
    return own | _KEYS | {
        "deal_id": "coalesce(s.deal_id, s.key)",
        "team": team(table),
        "region": region(table),
        "amount": money("amount"),
        "amount_original": "s.amount",
        "status": "coalesce(s.status, 'open')",
        "closed_on": _CLOSED_ON,
    }  # fmt: skip


def _select(chosen: dict[str, str], names: tuple[str, ...]) -> str:
    return ", ".join(f"{chosen[name]} as {name}" for name in names)


def write_deals(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool = False) -> None:
    """Write deal_versions, deal_stages and deals from `states_deals`."""
    _clear(cursor, only_touched=only_touched)
    _find_ends(cursor)
    _find_layered(cursor)
    _write_versions(cursor)
    _write_reconstructed(cursor)
    _write_stages(cursor, only_touched=only_touched)
    _write_today(cursor)
    _remember(cursor, only_touched=only_touched)


def _clear(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool) -> None:
    for table in ("deal_versions", "deal_stages", "deals"):
        if only_touched:
            cursor.execute(f"delete from crm.{table} where deal_id in (select deal_id from touched_ids)")
        else:
            renew(cursor, table)


def _find_ends(cursor: duckdb.DuckDBPyConnection) -> None:
    """`deal_ends` (key_no, day): the day from which a deal was deleted or merged, if it stayed so."""
    cursor.execute(
        f"""
        create or replace temp table deal_ends as
        with ended as (select key_no from states_deals as s where s.is_last and not ({_LIVES}))
        select key_no, coalesce(max(to_day) filter ({_LIVES}), min(from_day)) as day
        from states_deals as s semi join ended using (key_no) group by key_no
        """
    )


def _find_layered(cursor: duckdb.DuckDBPyConnection) -> None:
    """`layered_deals` (key_no, deal_id): deals whose visits only a look at their whole history tells.

    They have several states, or visits that a file brought. The others need no windows and joins over long texts. Where
    a deal's id is not the key of its row, two rows might be one deal: then all count as layered.
    """
    is_shared = cursor.execute("select exists(from states_deals where deal_id <> key)").fetchall()[0][0]
    cursor.execute(
        f"""
        create or replace temp table layered_deals as
        select key_no, coalesce(deal_id, key) as deal_id from states_deals semi join several_deals using (key_no)
        union
        select key_no, coalesce(deal_id, key) from states_deals
        where {"true" if is_shared else f"key in (select deal_id from {_IMPORTED})"}
        """
    )


def _write_versions(cursor: duckdb.DuckDBPyConnection) -> None:
    """Versions: a state that says what the one before it said, without a gap between them, continues it."""
    chosen = _select(_said("deal_versions"), columns("deal_versions")[:-3])
    if cursor.execute("select exists(from several_deals)").fetchall()[0][0]:
        _write_compared(cursor, chosen)
    cursor.execute(
        f"""
        insert into crm.deal_versions
        select {chosen}, s.from_day, s.to_day, false
        from states_deals as s anti join several_deals as several on several.key_no = s.key_no
        {joins("deal_versions")}
        where s.from_day < s.to_day and {_LIVES}
        """
    )


def _write_compared(cursor: duckdb.DuckDBPyConnection, chosen: str) -> None:
    """Versions of the deals with several states."""
    cursor.execute(
        f"""
        create or replace temp table stamped as
        select s.key_no, s.from_day, s.to_day, {chosen}
        from states_deals as s semi join several_deals as several on several.key_no = s.key_no
        {joins("deal_versions")}
        where s.from_day < s.to_day and {_LIVES}
        """
    )
    listed = ", ".join(columns("deal_versions")[:-3])
    cursor.execute(
        f"""
        insert into crm.deal_versions
        with compared as (
            select *, coalesce(row({listed}) is not distinct from lag(row({listed})) over w
                and from_day = lag(to_day) over w, false) as continues
            from stamped window w as (partition by key_no order by from_day)
        ),
        numbered as (
            select *, sum((not continues)::int) over (partition by key_no order by from_day) as version_no from compared
        ),
        spans as (select key_no, version_no, max(to_day) as seen_to from numbered group by key_no, version_no)
        select {listed}, from_day, spans.seen_to, false
        from numbered join spans using (key_no, version_no) where not continues
        """
    )


def _write_reconstructed(cursor: duckdb.DuckDBPyConnection) -> None:
    """One open state per deal for the days before the first upload: from its creation until it closed or was seen.

    Its stage then is known only if it was still open when first seen; what belongs to a closed deal is left out.
    """
    said = _said("deal_versions")
    still_open = "coalesce(s.status, 'open') = 'open'"
    said |= {"status": "'open'"} | dict.fromkeys(("closed_on", "lost_reason", "competitor"), "null")
    said |= {
        column: f"case when {still_open} then {said[column]} end"
        for column in ("stage", "probability", "forecast_category", "next_step", "last_activity_on")
    }
    first = "(select min(day) from at_deals)"
    cursor.execute(
        f"""
        insert into crm.deal_versions
        select {_select(said, columns("deal_versions")[:-3])},
            s.created_on, least({first}, coalesce({_CLOSED_ON}, {first})), true
        from states_deals as s {joins("deal_versions")}
        where s.is_first and {_LIVES} and s.created_on < {first}
            and ({still_open} or s.created_on < s.closed_on)
        """
    )


def _write_stages(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool) -> None:
    """Visits: those of imported history where a deal has any, else what the versions show."""
    cursor.execute(
        f"""
        create or replace temp table owners as
        select coalesce(s.deal_id, s.key) as deal_id, rep_of.key as rep_key,
            coalesce(ended.day, s.gone_day) as gone_on
        from states_deals as s {_rep_join()} left join deal_ends as ended on ended.key_no = s.key_no
        where s.is_last and s.key_no in (select key_no from layered_deals)
        """
    )
    _write_imported_stages(cursor, "and deal_id in (select deal_id from touched_ids)" if only_touched else "")
    if cursor.execute("select exists(from layered_deals)").fetchall()[0][0]:
        _write_seen_stages(cursor)
    cursor.execute(
        f"""
        insert into crm.deal_stages
        select coalesce(s.deal_id, s.key), s.stage, {_ENTERED}, s.gone_day, rep_of.key
        from states_deals as s anti join layered_deals as layered on layered.key_no = s.key_no {_rep_join()}
        where {_IS_VISIT}
        """
    )


def _write_seen_stages(cursor: duckdb.DuckDBPyConnection) -> None:
    """Visits of layered deals without imported history, from their versions. The first one: see `_ENTERED`."""
    cursor.execute(
        f"""
        insert into crm.deal_stages
        with seen as (
            select deal_id, stage, status, rep_key, created_on, closed_on, seen_from
            from crm.deal_versions
            where not is_reconstructed and deal_id in (select deal_id from layered_deals)
                and deal_id not in (select deal_id from {_IMPORTED})
        ),
        several as (select deal_id from seen group by deal_id having count(*) > 1),
        starts as (
            select *, lag(deal_id) over w is null as is_first from seen semi join several using (deal_id)
            window w as (partition by deal_id order by seen_from)
            qualify is_first or stage is distinct from lag(stage) over w
            union all
            select *, true as is_first from seen anti join several using (deal_id)
        ),
        visits as (
            select deal_id, stage, rep_key, seen_from, case
                when status <> 'open' then coalesce(closed_on, case when not is_first then seen_from end)
                when not is_first then seen_from
                when created_on > (select min(day) from at_deals) then created_on
            end as entered_on
            from starts
        )
        select deal_id, stage, entered_on,
            coalesce(lead(entered_on) over (partition by deal_id order by seen_from),
                case when lead(deal_id) over (partition by deal_id order by seen_from) is null then owners.gone_on end),
            visits.rep_key
        from visits left join owners using (deal_id) where stage is not null
        """
    )


def _rep_join() -> str:
    return """left join fold.rep_refs as rep_of
        on rep_of.id is not distinct from s.rep_id and rep_of.name is not distinct from s.rep"""


def _write_imported_stages(cursor: duckdb.DuckDBPyConnection, only: str) -> None:
    """Visits that a file brought. Their owner is the one of that day where the deal had several, else the one today."""
    cursor.execute(
        f"""
        insert into crm.deal_stages
        with visits as (
            select deal_id, stage, entered_on,
                coalesce(left_on, lead(entered_on) over (
                    partition by deal_id order by entered_on, left_on, stage)) as left_on
            from {_IMPORTED} {only}
        ),
        passed_on as (
            select deal_id from crm.deal_versions where deal_id in (select deal_id from visits)
            group by deal_id having count(distinct rep_key) > 1
        ),
        of_the_day as (
            select visits.deal_id, visits.stage, visits.entered_on, any_value(seen.rep_key) as rep_key
            from visits semi join passed_on using (deal_id)
            join crm.deal_versions as seen on seen.deal_id = visits.deal_id
                and seen.seen_from <= visits.entered_on and visits.entered_on < seen.seen_to
            group by all
        )
        select visits.*, coalesce(of_the_day.rep_key, owners.rep_key)
        from visits
        left join of_the_day using (deal_id, stage, entered_on)
        left join owners using (deal_id)
        """
    )


def _write_today(cursor: duckdb.DuckDBPyConnection) -> None:
    """Deals as they stand now, with what only their history can tell."""
    said = _said("deals") | {
        "push_count": "coalesce(pushes.push_count, 0)",
        "last_activity_on": "greatest(s.last_activity_on, active.last_on)",
        "stage_since": f"""case when s.key_no in (select key_no from layered_deals) then visit.entered_on
            when {_IS_VISIT} then {_ENTERED} end""",
        "cycle_days": f"{_CLOSED_ON} - s.created_on",
        "gone_on": "coalesce(ended.day, s.gone_day)",
        "is_gone": "coalesce(ended.day, s.gone_day) is not null",
        "extra": "s.extra",
    }
    cursor.execute(
        f"""
        insert into crm.deals
        with moved as (
            select deal_id, date_trunc('month', expected_close_on)
                > date_trunc('month', lag(expected_close_on) over (partition by deal_id order by seen_from)) as is_push
            from crm.deal_versions
            where not is_reconstructed
                and deal_id in (select coalesce(deal_id, key) from states_deals where not is_last)
        ),
        pushes as (select deal_id, count(*) as push_count from moved where is_push group by deal_id),
        active as (
            select deal_id, max(cast(done_at as date)) as last_on from now_activities
            where deal_id is not null and not coalesce(is_deleted, false) and merged_into is null group by deal_id
        ),
        visit as (
            select deal_id, stage, max(entered_on) as entered_on from crm.deal_stages
            where deal_id in (select deal_id from layered_deals) group by deal_id, stage
        )
        select {_select(said, columns("deals"))}
        from states_deals as s {joins("deals")}
        left join pushes on pushes.deal_id = coalesce(s.deal_id, s.key)
        left join active on active.deal_id = coalesce(s.deal_id, s.key)
        left join deal_ends as ended on ended.key_no = s.key_no
        left join visit on visit.deal_id = coalesce(s.deal_id, s.key) and visit.stage = s.stage
        where s.is_last
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
