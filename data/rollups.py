"""What the first page asks of everybody, kept with rows that are alike as one: by month, and by day.

Which roll-ups there are stands in metrics/definitions/rollups.toml, how a question is answered from one in
metrics/rollups.py. They are written with the tables they stand on, in the same transaction (decision 0021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.in_place import in_place
from data.migrations import statement
from data.tables import tables
from metrics.base import base_tables
from metrics.catalog import RollUp, catalog, table
from metrics.query import kept_rows
from metrics.viewer import EVERYTHING

if TYPE_CHECKING:
    from datetime import date

    import duckdb

LEAST = 100_000
"""Rows that a table has at least where it is rolled up: fewer are read as quickly as they are."""
_ALSO = {"product": "deal_lines", "owner": "deal_owners"}
"""Where it is told among whom deals are shared out."""
_STEPS = {
    "first_leads": ("deals",), "visits": ("deals", "deal_stages", "stages"),
    "open_now": ("activities", "deal_stages", "stages"),
}  # fmt: skip
"""What else those stand on that are steps of questions, or what their table is written from."""
_MADE = {"share": "case when share = 0 then 0 when share = 1 then 1 else 0.5 end"}
"""Of a part of a deal it is asked only whether it is all, nothing, or something in between."""


def roll_up(cursor: duckdb.DuckDBPyConnection, rewritten: set[str] | None = None) -> None:
    """Write the roll-ups of tables that were written.

    Args:
        cursor: the writer's, with its transaction.
        rewritten: the tables that were; None for all.
    """
    held: dict[str, date | None] = dict(cursor.execute("select name, day from fold.rollups").fetchall())
    days = {day for day in held.values() if day is not None}
    is_past = bool(days) and _today(cursor) not in days
    stale = [
        rollup
        for rollup in catalog().rollups.values()
        if rewritten is None or rewritten & _sources(rollup) or (rollup.day and is_past)
    ]
    if not stale:
        return
    sources = list(dict.fromkeys(rollup.table for rollup in stale))
    counted = ", ".join(f"(select count(*) >= {LEAST} from crm.{name})" for name in sources)
    is_large = dict(zip(sources, cursor.execute(f"select {counted}").fetchall()[0], strict=True))
    for rollup in stale:
        _write(cursor, rollup, is_held=rollup.name in held, is_worth_it=is_large[rollup.table])


def make_tables(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of roll-ups that an older store does not have yet, empty: those are not kept."""
    for name in catalog().rollups:
        cursor.execute(statement(f"fold.rolled_{name}").replace("create table", "create table if not exists", 1))


def _sources(rollup: RollUp) -> set[str]:
    """The tables that its rows are made of."""
    also, shared = _STEPS.get(rollup.name, ()), (_ALSO[kind] for kind in rollup.shared)
    return {rollup.table, *also, *shared, *(via[0] for via in _looked_up(rollup).values())}


def _looked_up(rollup: RollUp) -> dict[str, tuple[str, str, str]]:
    """Dimensions that the table has only a key for: where each is looked up, its column there, and the condition."""
    found = {}
    for name in rollup.by:
        dim = catalog().dimensions.get(name)
        if dim is not None and dim.via is not None and name not in table(rollup.table).own:
            found[name] = (dim.via.table, dim.via.column, dim.via.match(rollup.source))
    return found


def _write(cursor: duckdb.DuckDBPyConnection, rollup: RollUp, *, is_held: bool, is_worth_it: bool) -> None:
    name = f"fold.rolled_{rollup.name}"
    if is_held or is_worth_it:
        cursor.execute(f"drop table if exists {name}")  # a new table is filled sooner than one whose rows are deleted
        cursor.execute(statement(name))
        cursor.execute("delete from fold.rollups where name = $1", [rollup.name])
    if not is_worth_it:
        return
    day = _today(cursor) if rollup.day else None
    if rollup.day and day is None:
        return
    made, params = (making(rollup), None) if day is None else _of_day(rollup, day)
    cursor.execute(made, params)
    if rollup.day is None or _are_told_apart(cursor, rollup):
        cursor.execute("insert into fold.rollups (name, day) values ($1, $2)", [rollup.name, day])


def _today(cursor: duckdb.DuckDBPyConnection) -> date | None:
    """The store's own day, as `Snapshot.as_of` has it (data/store.py)."""
    dated = [table.name for table in tables().values() if table.dated]
    query = "select max(as_of) from ops.uploads where not is_undone and table_name in (select unnest($dated))"
    day: date | None = cursor.execute(query, {"dated": dated}).fetchall()[0][0]
    return day


def _of_day(rollup: RollUp, day: date) -> tuple[str, dict[str, object]]:
    """The statement that fills a roll-up of one day: the steps of questions themselves, for all rows there are."""
    sql, params = kept_rows(rollup.name, day=day, **rollup.made_with).bound(EVERYTHING)
    return f"insert into fold.rolled_{rollup.name} by name {in_place(sql)}", params


def _are_told_apart(cursor: duckdb.DuckDBPyConnection, rollup: RollUp) -> bool:
    """Whether each row has an id of its own: what is said of several of one id depends on who sees which of them."""
    key, kept = rollup.by[0], f"fold.rolled_{rollup.name}"
    of = f"crm.{rollup.table} where {key} in (select {key} from {kept})"
    alone = " and ".join(f"(select count(*) = count(distinct {key}) from {rows})" for rows in (kept, of))
    return bool(cursor.execute(f"select {alone}").fetchall()[0][0])


def making(rollup: RollUp) -> str:
    """The statement that fills a roll-up. Rows without a day stand with the months."""
    if rollup.steps:
        return _OF_STEPS[rollup.name]
    of, on, found = rollup.source, rollup.on, _looked_up(rollup)
    # Read as questions read it, by a viewer who sees everything: deals shared out, too.
    steps, _ = base_tables([of], (), EVERYTHING, rollup.shared)
    named = ",\n".join(f"{step.name} as ({step.sql})" for step in steps)
    if rollup.reading:
        columns = ", ".join(rollup.columns)
        return f"insert into fold.rolled_{rollup.name} ({columns}) with {named} select {columns} from {of}"
    joins = "".join(f" left join crm.{via} as {via} on {match}" for via, _, match in found.values())
    own = {name: _MADE.get(name, f"{of}.{name}") for name in rollup.by} | {
        name: f"{via}.{column}" for name, (via, column, _) in found.items()
    }
    said = own | {name: f"({condition})" for name, condition in rollup.flags.items()}
    listed = [*([f"{of}.{on}"] if on else ()), *(f"{value} as {name}" for name, value in said.items())]
    listed += [*(f"sum({of}.{name}) as {name}" for name in rollup.sums), "count(*) as n"]
    if on is None:
        return f"""
            insert into fold.rolled_{rollup.name} ({", ".join((*said, *rollup.sums, "n"))})
            with {named}
            select {", ".join(listed)} from {of} group by all
            """
    month = f"cast(date_trunc('month', {on}) as date)"
    kept = ", ".join(said)
    added = ", ".join(f"sum({name})" for name in (*rollup.sums, "n"))
    return f"""
        insert into fold.rolled_{rollup.name} ({", ".join(("in_month", "is_month", on, kept, *rollup.sums, "n"))})
        with {named},
        days as (select {", ".join(listed)} from {of}{joins} group by all)
        select {month}, true, {month}, {kept}, {added} from days group by all
        union all
        select {month}, false, {on}, {", ".join((kept, *rollup.sums, "n"))} from days where {on} is not null
        order by 2 desc, 3
        """


# As metrics/sql/steps/first_leads.sql orders them, on any day. Most deals and leads name each other, so that one join
# tells the leads of nearly all; the few leads beside them are put in order with those of their deals.
_FIRST_LEADS = """
insert into fold.rolled_first_leads by name
with paired as (
    select deals.deal_id, deals.source as deal_source, deals.status, deals.amount, deals.created_on, deals.closed_on,
        leads.lead_id, leads.deal_id as named, leads.source, leads.created_on as lead_on
    from crm.deals as deals
    full join crm.leads as leads on leads.lead_id = deals.lead_id
    where deals.deal_id is not null or leads.deal_id is not null
),
beside as (  -- named by a lead that they do not name
    select named as deal_id, lead_id, source, lead_on
    from paired
    where named is not null and named is distinct from deal_id
),
several as (
    select deal_id, lead_id, source, lead_on from beside
    union
    select deal_id, lead_id, source, lead_on from paired
    where lead_id is not null and deal_id in (select deal_id from beside)
),
placed as (
    select *,
        row_number() over (partition by deal_id order by lead_on nulls last, lead_id) as place,
        row_number() over (partition by deal_id order by lead_on nulls first, lead_id) as back
    from several
)
select
    paired.deal_source, paired.status, paired.amount, paired.created_on, paired.closed_on,
    coalesce(firsts.lead_id, paired.lead_id) is not null as has_lead,
    case when firsts.deal_id is null then paired.source else firsts.source end as lead_source,
    case when firsts.deal_id is null then paired.lead_on else firsts.lead_on end as lead_on,
    undated.deal_id is not null as has_undated, undated.source as undated_source, 1 as n
from paired
left join placed as firsts on firsts.deal_id = paired.deal_id and firsts.place = 1
left join placed as undated on undated.deal_id = paired.deal_id and undated.back = 1 and undated.lead_on is null
where paired.deal_id is not null
"""

# A visit without an end of its own took until its deal was decided (metrics/sql/steps/decided_visits.sql); `is_left`
# are those with one (metrics/sql/steps/won_stays.sql).
_VISITS = """
insert into fold.rolled_visits by name
select pipeline, stage, status, closed_on,
    greatest(date_diff('day', entered_on, coalesce(left_on, closed_on)), 0) as days,
    coalesce(left_on >= entered_on, false) as is_left,
    count(*) filter (where is_furthest) as furthest, count(*) as n
from crm.stage_visits
where status <> 'open' and closed_on is not null
group by all
"""

_OF_STEPS = {"first_leads": _FIRST_LEADS, "visits": _VISITS}
"""The statements that fill those which stand in for steps of questions."""
