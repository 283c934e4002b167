-- What deals did within a period: the stage they had reached when it began and when it ended (metrics/funnel_bases.py).
-- One row per deal that was open on some day of it. `was`: the furthest stage before $from_on, 0 where the deal did not
-- exist yet; `furthest`: the furthest by $to_on, one more than the last for a won deal. What lies between was done in
-- the period. As in the cohort, skipped stages are passed and steps back undo nothing.
with asked as (
    select
        deals.*,
        case when deals.status = 'open' or deals.closed_on > $to_on then 'open' else deals.status end as status_then,
        $has_period and deals.status <> 'open' and deals.closed_on is null as is_undated,
        -- since when it has come so far, or stood where it stands: until then it had come less far
        coalesce(deals.reached_on, case when deals.reached_place is null then deals.stage_since end) as settled_on
    from deals
    where (deals.status <> 'open' or not deals.is_gone)
        and (deals.created_on is null or deals.created_on <= $to_on)
        and (not $has_period or deals.closed_on is null or deals.closed_on >= $from_on)
),
older as (  -- than the period, of which nobody knows by what is kept of them how far they had come when it began
    select asked.*
    from asked
    where $has_period and (asked.created_on is null or asked.created_on < $from_on) and asked.settled_on >= $from_on
),
later as (  -- and when it ended, of those created in it
    select asked.*
    from asked
    where (not $has_period or asked.created_on >= $from_on) and asked.settled_on > $to_on
),
unsettled as (
    select older.*, true as is_older from older
    union all
    select later.*, false from later
),
seen as (  -- their visits; one without a day was going on when the deal was first seen: it came before everything
    select
        true as is_older, stage_visits.deal_id, max(stage_visits.place) as now,
        max(stage_visits.place) filter (
            where stage_visits.entered_on is null or stage_visits.entered_on < $from_on
        ) as before
    from stage_visits
    where stage_visits.deal_id in (select older.deal_id from older)
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $to_on)
        and (stage_visits.created_on is null or stage_visits.created_on < $from_on)
        and (stage_visits.closed_on is null or stage_visits.closed_on >= $from_on)
    group by stage_visits.deal_id
    union all
    select false, stage_visits.deal_id, max(stage_visits.place), cast(null as integer)
    from stage_visits
    where stage_visits.deal_id in (select later.deal_id from later)
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $to_on)
    group by stage_visits.deal_id
),
alive as (  -- of nearly all it is kept how far they came
    select
        asked.*, false as is_older, cast(null as integer) as seen_now, cast(null as integer) as seen_before, false as is_seen
    from asked
    where asked.settled_on is null
        or asked.settled_on < case
            when $has_period and (asked.created_on is null or asked.created_on < $from_on) then cast($from_on as date)
            else cast(cast($to_on as date) + interval 1 day as date)
        end
    union all
    select unsettled.*, seen.now, seen.before, seen.deal_id is not null
    from unsettled
    left join seen on seen.deal_id = unsettled.deal_id and seen.is_older = unsettled.is_older
),
ends as (
    select places.pipeline, max(places.place) as last_place from places group by places.pipeline
),
population as (
    select
        alive.*,
        case
            when not $has_period or alive.created_on >= $from_on then 0
            else greatest(
                coalesce(
                    alive.seen_before, case when coalesce(alive.reached_on < $from_on, true) then alive.reached_place end, 1
                ),
                case  -- a deal without any visit has always been where it stands, unless it is known since when
                    when alive.stage_since < $from_on
                        or (alive.stage_since is null and not alive.is_seen and alive.reached_place is null)
                        then coalesce(here.place, 1)
                    else 1
                end
            )
        end as was,
        case
            when alive.status_then = 'won' then ends.last_place + 1
            else greatest(
                here.place, alive.seen_now,
                case when coalesce(alive.reached_on <= $to_on, true) then alive.reached_place end
            )
        end as furthest
    from alive
    left join places as here on here.stage = alive.stage and here.pipeline is not distinct from alive.pipeline
        and (alive.stage_since is null or alive.stage_since <= $to_on)
    left join ends on ends.pipeline is not distinct from alive.pipeline
)
select
    pipeline, was, furthest, status_then as status, is_undated, count(*) as deals, sum(coalesce(amount, 0)) as amount
from population
group by pipeline, was, furthest, status_then, is_undated
