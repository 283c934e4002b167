"""Versions of deals: what each said from one day to another, as `crm.deal_versions` shows it.

The version of today stands in `crm.deals` already, and so do the days before the first upload of a deal that was seen
in one state only: `crm.deal_versions` is a view that reads them there. `fold.deal_versions` holds the others, those of
*compared* deals: deals with several states, or with several rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import DAY, Beside, columns, joins, key, money, region, team
from data.visits import share_deals

if TYPE_CHECKING:
    import duckdb

LIVES = "not coalesce(s.is_deleted, false) and s.merged_into is null"
IS_SEEN = f"(s.from_day < s.to_day and {LIVES})"
"""The state held a day: without that it is no version."""
CLOSED_ON = "case when s.status <> 'open' then s.closed_on end"
FIRST_DAY = "getvariable('first_day')"
"""The day of the first upload of deals; `write_deals` sets it (data/deals.py)."""
_STILL_OPEN = "coalesce(s.status, 'open') = 'open'"
_IS_CREATED_BEFORE = f"(s.created_on < {FIRST_DAY} and ({_STILL_OPEN} or s.created_on < s.closed_on))"
_IS_REBUILT = f"({LIVES} and {_IS_CREATED_BEFORE})"
_REBUILT_TO = f"least({FIRST_DAY}, coalesce({CLOSED_ON}, {FIRST_DAY}))"


def said(table: str, there: Beside) -> dict[str, str]:
    """SQL of each column that a state tells by itself, as it stands in `table`."""
    own = {column: f"s.{column}" for column in columns("deal_versions")}
    return own | {f"{kind}_key": key(kind, there) for kind in ("customer", "rep", "product")} | {
        "deal_id": "coalesce(s.deal_id, s.key)",
        "team": team(table, there),
        "region": region(table, there),
        "amount": money("amount", there),
        "amount_original": "s.amount",
        "status": "coalesce(s.status, 'open')",
        "closed_on": CLOSED_ON,
    }  # fmt: skip


def select(chosen: dict[str, str], names: tuple[str, ...]) -> str:
    """The columns as a select list."""
    return ", ".join(f"{chosen[name]} as {name}" for name in names)


def said_in_deals(there: Beside, *, has_compared: bool) -> dict[str, str]:
    """SQL of the columns by which a row of `crm.deals` is a version; needs `joins_in_deals`."""
    has_team = there.names("rep") and there.teams
    since = "coalesce(span.from_day, s.from_day)" if has_compared else "s.from_day"
    alone = "s.key_no not in (select key_no from compared_deals)" if has_compared else "true"
    return {
        "seen_from": f"case when {IS_SEEN} then {since} end",
        "seen_to": f"case when {IS_SEEN} then s.to_day end",
        "seen_team": "coalesce(s.team, team_then.team)" if has_team else "s.team",
        "seen_activity_on": "s.last_activity_on",
        "rebuilt_to": f"case when {alone} and {_IS_REBUILT} then {_REBUILT_TO} end",
    }


def joins_in_deals(there: Beside, *, has_compared: bool) -> str:
    """SQL of what `said_in_deals` needs."""
    span = "left join version_spans as span on span.key_no = s.key_no and span.is_today" if has_compared else ""
    if not (there.names("rep") and there.teams):
        return span
    return f"""{span}
    left join crm.rep_teams as team_then on team_then.rep_key = rep_of.key
        and team_then.from_on <= {DAY["deal_versions"]} and team_then.to_on > {DAY["deal_versions"]}"""


def write_versions(cursor: duckdb.DuckDBPyConnection, there: Beside, *, has_compared: bool) -> None:
    """Write the versions that `crm.deals` will not hold, and make `seen_deals`, the history of compared deals."""
    _compare(cursor, there)
    if has_compared:
        listed = ", ".join(columns("deal_versions")[:-3])
        cursor.execute(
            f"""
            insert into fold.deal_versions
            select {listed}, from_day, seen_to, false from seen_deals where not is_today
            """
        )
        _write_rebuilt(cursor)


def find_compared(cursor: duckdb.DuckDBPyConnection) -> bool:
    """`compared_deals` (key_no). Where a deal's id is not the key of its row, several rows may be one deal.

    Returns:
        Whether there is any.
    """
    is_shared = "exists(from states_deals where deal_id <> key)" if share_deals(cursor) else "false"
    shared, several = cursor.execute(f"select {is_shared}, exists(from several_deals)").fetchall()[0]
    rows_of_one = """
        union
        select key_no from states_deals where coalesce(deal_id, key) in (
            select coalesce(deal_id, key) from states_deals group by all having count(distinct key_no) > 1)"""
    cursor.execute(f"create or replace temp table compared_deals as from several_deals {rows_of_one if shared else ''}")
    if not shared:
        return bool(several)
    return bool(cursor.execute("select exists(from compared_deals)").fetchall()[0][0])


def _compare(cursor: duckdb.DuckDBPyConnection, there: Beside) -> None:
    """`seen_deals`: a state that says what the one before it said, without a gap between them, continues its version.

    Columns: those of deal_versions but its last three, and key_no, key, from_place, from_day, seen_to, is_today. Two
    states say the same when their hashes are equal, as two uploaded rows do (data/recording.py).
    """
    names = columns("deal_versions")[:-3]
    listed = ", ".join(names)
    cursor.execute(
        f"""
        create or replace temp table stamped as
        with told as (
            select s.key_no, s.key, s.from_place, s.from_day, s.to_day, s.is_first, s.is_last,
                s.from_day < s.to_day as is_seen, {select(said("deal_versions", there), names)}
            from states_deals as s semi join compared_deals as compared on compared.key_no = s.key_no
            {joins("deal_versions", there)}
            where {LIVES} and (s.is_first or s.from_day < s.to_day)
        )
        select *, hash({listed}) as content from told
        """
    )
    cursor.execute(
        """
        create or replace temp table version_spans as
        with compared as (
            select key_no, from_day, to_day, is_last,
                coalesce(content = lag(content) over w and from_day = lag(to_day) over w, false) as continues
            from stamped where is_seen window w as (partition by key_no order by from_day)
        ),
        numbered as (
            select *, sum((not continues)::int) over (partition by key_no order by from_day) as version_no from compared
        )
        select key_no, min(from_day) as from_day, max(to_day) as seen_to, bool_or(is_last) as is_today
        from numbered group by key_no, version_no
        """
    )
    cursor.execute(
        f"""
        create or replace temp view seen_deals as
        select {listed}, key_no, key, from_place, from_day, seen_to, is_today
        from (from stamped where is_seen) join version_spans using (key_no, from_day)
        """
    )


def _write_rebuilt(cursor: duckdb.DuckDBPyConnection) -> None:
    """One open state per deal for the days before the first upload: from its creation until it closed or was seen.

    Its stage then is known only if it was still open when first seen; what belongs to a closed deal is left out.
    """
    told = {column: column for column in columns("deal_versions")[:-3]}
    told |= {"status": "'open'"} | dict.fromkeys(("closed_on", "lost_reason", "competitor"), "null")
    told |= {
        column: f"case when status = 'open' then {column} end"
        for column in ("stage", "probability", "forecast_category", "next_step", "last_activity_on")
    }
    cursor.execute(
        f"""
        insert into fold.deal_versions
        select {", ".join(told.values())}, s.created_on, {_REBUILT_TO}, true
        from stamped as s where s.is_first and {_IS_CREATED_BEFORE}
        """
    )
