"""The steps from each schema of a store to the next.

A change of `schema.sql` or `tables.py` adds a step here, with a test that takes a store of the former schema through
it. Steps are never changed after a release: stores out there have run them.
"""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """One change of schema: what it is for, and its statements."""

    why: str
    statements: tuple[str, ...]


_VIEW_OF_VERSIONS = """
create view crm.deal_versions as
select * from fold.deal_versions
union all
select deal_id, deal, pipeline, deal_type, customer_key, rep_key, seen_team, region, product_key, source, campaign,
    lead_id, stage, status, amount, amount_original, currency, probability, forecast_category, created_on,
    expected_close_on, closed_on, lost_reason, competitor, next_step, seen_activity_on, seen_from, seen_to, false
from crm.deals where seen_from is not null
union all
select deal_id, deal, pipeline, deal_type, customer_key, rep_key, seen_team, region, product_key, source, campaign,
    lead_id, case when status = 'open' then stage end, 'open', amount, amount_original, currency,
    case when status = 'open' then probability end, case when status = 'open' then forecast_category end,
    created_on, expected_close_on, null, null, null, case when status = 'open' then next_step end,
    case when status = 'open' then seen_activity_on end, created_on, rebuilt_to, true
from crm.deals where rebuilt_to is not null
"""

_PLACES_OF_5 = """
insert into crm.places
select
    lines.pipeline, stages.stage,
    row_number() over (partition by lines.pipeline order by min(stages.position), stages.stage)::integer as place,
    min(stages.label_en) as label_en, min(stages.label_zh) as label_zh
from (select distinct pipeline from crm.deals) as lines
join crm.stages as stages on stages.pipeline is null or stages.pipeline is not distinct from lines.pipeline
where stages.status = 'open'
group by lines.pipeline, stages.stage
"""

_VISITS_OF_5 = """
insert into crm.stage_visits
with placed as (
    select visits.deal_id, visits.stage, places.place, visits.entered_on, visits.left_on,
        deals.pipeline, deals.status, deals.created_on, deals.closed_on, deals.is_gone
    from crm.deal_stages as visits
    join (
        select distinct on (deal_id) * from crm.deals
        order by deal_id, seen_to desc nulls last, seen_from desc nulls last, status, stage, deal, amount
    ) as deals on deals.deal_id = visits.deal_id
    join crm.places as places on places.stage = visits.stage and places.pipeline is not distinct from deals.pipeline
),
walked as (  -- a visit without a day was going on when the deal was first seen
    select *, lead(place) over w as next_place, lead(entered_on) over w as next_on,
        row_number() over (partition by deal_id, place order by entered_on nulls first, left_on nulls last) as nth,
        max(place) over (partition by deal_id) as last_place
    from placed
    window w as (partition by deal_id order by entered_on nulls first, left_on nulls last, place)
)
select deal_id, pipeline, stage, place, nth = 1 as is_first, place = last_place and nth = 1 as is_furthest, entered_on,
    coalesce(left_on, case when next_place is null then closed_on end) as left_on, next_place, next_on,
    status, created_on, closed_on, is_gone
from walked
"""

_STAGE_ROWS_OF_6 = """row_no bigint not null, key_no bigint not null, key varchar not null, hash ubigint not null,
    pipeline varchar, stage varchar, position integer, status varchar, probability double, max_days integer,
    label_en varchar, label_zh varchar, required varchar, forecast_category varchar, means varchar, is_deleted boolean,
    merged_into varchar, extra varchar"""

# Rows are told apart by the hash of their fields in order: with three fields more it is another one.
_HELD_STAGES_OF_6 = """
insert into ops.stages_rows
select row_no, key_no, key, hash(pipeline, stage, position, status, probability, max_days, label_en, label_zh,
        null::varchar, null::varchar, null::varchar, is_deleted, merged_into, extra),
    pipeline, stage, position, status, probability, max_days, label_en, label_zh,
    null, null, null, is_deleted, merged_into, extra
from ops.stages_rows_of_5
"""

_STAGES_OF_6 = """
update crm.stages set told_by = 'file' where exists (
    select 1 from ops.stages_rows as told
    where told.stage = stages.stage and told.pipeline is not distinct from stages.pipeline)
"""

_PLACES_OF_6 = """
update crm.places set probability = stages.probability, max_days = stages.max_days from crm.stages
where stages.stage = places.stage and (stages.pipeline is null or stages.pipeline is not distinct from places.pipeline)
"""

_TARGET_ROWS_OF_8 = """row_no bigint not null, key_no bigint not null, key varchar not null, hash ubigint not null,
    measure varchar, scope varchar, scope_value varchar, starts_on date, ends_on date, value double, version integer,
    reason varchar, set_on date, is_deleted boolean, merged_into varchar, extra varchar"""

# As with the stages of schema 6: one field more makes another hash.
_HELD_TARGETS_OF_8 = """
insert into ops.targets_rows
select row_no, key_no, key, hash(measure, scope, scope_value, starts_on, ends_on, value, version, reason, null::date,
        is_deleted, merged_into, extra),
    measure, scope, scope_value, starts_on, ends_on, value, version, reason, null, is_deleted, merged_into, extra
from ops.targets_rows_of_7
"""

_SHARED = "is_main boolean, share double, amount decimal(38,4), deal_amount decimal(38,4)"
_MONTHS = "in_month date, is_month boolean not null"
_ROLLUPS_OF_10 = {
    "deals_by_unit": f"{_MONTHS}, closed_on date, status varchar, region varchar, source varchar, industry varchar,"
    " amount decimal(38,4)",
    "deals_by_product": f"{_MONTHS}, closed_on date, status varchar, product_key bigint, {_SHARED}",
    "deals_by_owner": f"{_MONTHS}, closed_on date, status varchar, rep_key bigint, team varchar, {_SHARED}",
    "deals_seen": "seen_from date, seen_to date, is_reconstructed boolean, status varchar, is_known boolean,"
    " amount decimal(38,4)",
    "leads": f"{_MONTHS}, created_on date, rep_key bigint, team varchar, region varchar, is_converted boolean",
    "activities": f"{_MONTHS}, done_on date, rep_key bigint, team varchar, region varchar",
    "order_lines": f"{_MONTHS}, ordered_on date, rep_key bigint, team varchar, region varchar, amount decimal(38,4)",
    "payments": f"{_MONTHS}, paid_on date, rep_key bigint, team varchar, region varchar, amount decimal(38,4)",
}

_REACHED_OF_11 = """
update crm.deals set reached_place = visits.place, reached_on = visits.entered_on from crm.stage_visits as visits
where visits.deal_id = deals.deal_id and visits.is_furthest and (visits.status <> 'open'
    or visits.next_place is not null or exists(from ops.uploads where table_name = 'deal_stages')
    or exists(from ops.deals_rows where deal_id <> key))
"""

_TOUCHED_OF_11 = (
    """
    create or replace temp table kinds_done as
    select deals.rowid as deal_no, activities.kind,
        count(*) filter (activities.done_on <= deals.closed_on) as touches,
        min(activities.done_on) filter (activities.done_on >= deals.created_on) as first_on
    from crm.activities as activities join crm.deals as deals on deals.deal_id = activities.deal_id
    where activities.done_on is not null group by all
    """,
    """
    update crm.deals set touches = nullif(done.touches, 0), first_done_on = done.first_on
    from (select deal_no, sum(touches) as touches, min(first_on) as first_on from kinds_done group by deal_no) as done
    where done.deal_no = deals.rowid
    """,
    """
    insert into crm.deal_touches
    select deals.deal_id, kind, first_on, deals.status, deals.created_on, deals.closed_on, deals.gone_on
    from kinds_done join crm.deals as deals on deals.rowid = deal_no where first_on is not null
    """,
    "drop table kinds_done",
)

STEPS: tuple[Step, ...] = (
    Step(
        "the state of today is stored once, in deals: deal_versions is a view of it and of the states before",
        (
            "create table fold.deal_versions as from crm.deal_versions",
            "drop table crm.deal_versions",
            "alter table crm.deals add column seen_from date",
            "alter table crm.deals add column seen_to date",
            "alter table crm.deals add column seen_team varchar",
            "alter table crm.deals add column seen_activity_on date",
            "alter table crm.deals add column rebuilt_to date",
            _VIEW_OF_VERSIONS,
        ),
    ),
    Step(
        "what a load did and found is kept, members can be joined, deals are shared out; stores of this schema that are"
        " younger have some of it",
        (
            """
            create table if not exists ops.effects (upload_id bigint not null, change_no bigint not null,
                action varchar not null, who varchar, changed_at timestamp not null, measure varchar not null,
                before double, after double)
            """,
            """
            create table if not exists ops.findings (upload_id bigint not null, code varchar not null,
                aspect varchar not null, table_name varchar not null, rows bigint not null, "of" bigint not null)
            """,
            "alter table fold.rep_refs add column if not exists is_merged boolean",
            "alter table fold.customer_refs add column if not exists is_merged boolean",
            "alter table fold.product_refs add column if not exists is_merged boolean",
            """
            create table if not exists crm.product_shares (deal_id varchar not null, product_key bigint,
                from_share double not null, to_share double not null, is_main boolean not null)
            """,
            """
            create table if not exists crm.owner_shares (deal_id varchar not null, rep_key bigint, team varchar,
                from_share double not null, to_share double not null, is_main boolean not null)
            """,
        ),
    ),
    Step(
        "the trend of data quality says what was at stake",
        ("alter table ops.findings add column if not exists money decimal(38, 4)",),
    ),
    Step(
        "the visits of deals to open stages are put in order once per upload, not by every question",
        (
            """
            create or replace table crm.places (pipeline varchar, stage varchar not null, place integer not null,
                label_en varchar, label_zh varchar)
            """,
            """
            create or replace table crm.stage_visits (deal_id varchar not null, pipeline varchar,
                stage varchar not null, place integer not null, is_first boolean not null,
                is_furthest boolean not null, entered_on date, left_on date, next_place integer, next_on date,
                status varchar not null, created_on date, closed_on date, is_gone boolean not null)
            """,
            _PLACES_OF_5,
            _VISITS_OF_5,
        ),
    ),
    Step(
        "stages can be configured: what a stage requires, its forecast category, and the names it is called by",
        (
            "alter table ops.stages_rows rename to stages_rows_of_5",
            f"create table ops.stages_rows ({_STAGE_ROWS_OF_6})",
            _HELD_STAGES_OF_6,
            "drop table ops.stages_rows_of_5",
            *(
                f"alter table crm.stages add column if not exists {field} varchar"
                for field in ("required", "forecast_category", "told_by")
            ),
            *(
                f"alter table crm.places add column if not exists {field}"
                for field in ("probability double", "max_days integer", "required varchar", "forecast_category varchar")
            ),
            "create table if not exists fold.stage_names (alias varchar not null, canonical varchar not null)",
            _STAGES_OF_6,
            _PLACES_OF_6,
        ),
    ),
    Step(
        "keys of refused rows are kept, and deals that were deleted or merged are none any more",
        (
            "create table if not exists ops.unread_keys (upload_id bigint not null, key varchar not null)",
            """
            delete from crm.deals where is_gone and seen_from is null and deal_id in (
                select coalesce(deal_id, key) from ops.deals_rows where is_deleted or merged_into is not null)
            """,
            "delete from crm.stage_visits where deal_id not in (select deal_id from crm.deals)",
        ),
    ),
    Step(
        "a target says when it was decided; pay that was settled and trainings that were held are kept",
        (
            "alter table ops.targets_rows rename to targets_rows_of_7",
            f"create table ops.targets_rows ({_TARGET_ROWS_OF_8})",
            _HELD_TARGETS_OF_8,
            "drop table ops.targets_rows_of_7",
            "alter table crm.targets add column if not exists set_on date",
            """
            create table if not exists ops.pay_statements (id bigint not null, plan_id varchar not null,
                rep varchar not null, from_on date not null, to_on date not null, as_of date, plan varchar not null,
                lines varchar not null, amount decimal(18,4) not null, who varchar, noted_at timestamp not null)
            """,
            """
            create table if not exists ops.trainings (id bigint not null, training varchar not null,
                held_on date not null, reps varchar[] not null, who varchar, noted_at timestamp not null)
            """,
        ),
    ),
    Step(
        "reviews, their decisions and calls, and a register of risks are kept; what questions read has a version of its"
        " own, so that a note leaves answers as they were",
        (
            "alter table ops.version add column if not exists facts bigint",
            "update ops.version set facts = version",
            *(f"drop table if exists ops.{table}" for table in ("reviews", "actions", "alerts")),
            """
            create table if not exists ops.reviews (id bigint not null, held_on date not null, as_of date not null,
                since date, team varchar, address varchar not null, chair varchar, state varchar not
                null, said varchar not null, begun_at timestamp not null, ended_at timestamp)
            """,
            """
            create table if not exists ops.actions (id bigint not null, review_id bigint, kind varchar not null,
                subject varchar, what varchar not null, owner varchar, due_on date, expected varchar,
                before varchar, decided_on date not null, state varchar not null, who varchar, noted_at
                timestamp not null)
            """,
            """
            create table if not exists ops.action_checks (id bigint not null, action_id bigint not null, checked_on
                date not null, outcome varchar not null, evidence varchar, is_by_hand boolean not null, who
                varchar, noted_at timestamp not null)
            """,
            """
            create table if not exists ops.forecast_calls (id bigint not null, review_id bigint, said_on date not
                null, from_on date not null, to_on date not null, scope varchar not null, scope_value
                varchar, commit_amount decimal(18,4), best_case decimal(18,4), remark varchar, who
                varchar, noted_at timestamp not null)
            """,
            """
            create table if not exists ops.alerts (id bigint not null, rule varchar not null, kind varchar not null,
                subject varchar, raised_on date not null, cleared_on date, owner varchar, plan varchar,
                state varchar not null, seen_on date not null, evidence varchar, amount decimal(18,4), chance double)
            """,
            """
            create table if not exists ops.alert_events (alert_id bigint not null, happened_on date not null, event
                varchar not null, evidence varchar, amount decimal(18,4), chance double, remark varchar,
                who varchar, noted_at timestamp not null)
            """,
        ),
    ),
    Step(
        "what the first page asks of everybody is kept by month and day, and what activities tell; a review keeps"
        " its agenda and the last upload",
        (
            "alter table ops.reviews add column if not exists agenda varchar",
            "alter table ops.reviews add column if not exists last_upload bigint",
            "create table if not exists fold.rollups (name varchar not null)",
            *(
                f"create table if not exists fold.rolled_{name} ({columns}, n bigint not null)"
                for name, columns in _ROLLUPS_OF_10.items()
            ),
            """
            create or replace table crm.activity_days (kind varchar, done_on date not null, is_of_deal boolean not null)
            """,
            """
            insert into crm.activity_days
            select distinct kind, done_on, deal_id is not null from crm.activities where done_on is not null
            order by all
            """,
            "alter table crm.leads add column if not exists first_done_at timestamp",
            """
            update crm.leads set first_done_at = done.done_at
            from (select lead_id, min(done_at) as done_at from crm.activities group by lead_id) as done
            where done.lead_id = leads.lead_id
            """,
        ),
    ),
    Step(
        "how far deals came and how often deals were touched is kept with them, and when each kind of activity"
        " was first done for them",
        (
            *(
                f"alter table crm.deals add column if not exists {field}"
                for field in ("reached_place integer", "reached_on date", "touches integer", "first_done_on date")
            ),
            """
            create or replace table crm.deal_touches (deal_id varchar not null, kind varchar, first_on date not null,
                status varchar not null, created_on date not null, closed_on date, gone_on date)
            """,
            _REACHED_OF_11,
            *_TOUCHED_OF_11,
        ),
    ),
    Step(
        "visits of decided deals are kept with like rows as one, by the day of the decision",
        (
            """
            create table if not exists fold.rolled_visits (pipeline varchar, stage varchar not null,
                status varchar not null, closed_on date not null, days bigint, is_left boolean not null,
                furthest bigint not null, n bigint not null)
            """,
        ),
    ),
    Step(
        "what visits, activities and earlier states say of the deals open today is kept with each; activities are"
        " rolled up by kind, too",
        (
            "drop table if exists fold.rolled_activities",  # made and filled anew as it is now (data/migrations.py)
            "delete from fold.rollups where name = 'activities'",
            "alter table fold.rollups add column if not exists day date",
            """
            create table if not exists fold.rolled_open_now (deal_id varchar not null, stage_now varchar, stage_on date,
                stage_here varchar, here_on date, touched_on date, pushes bigint, most decimal(18,4), n bigint not null)
            """,
        ),
    ),
)
"""STEPS[n] takes a store of schema n + 1 to schema n + 2."""
