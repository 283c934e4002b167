-- What deals did within a period: the stage they had reached when it began and when it ended (metrics/funnel_bases.py).
-- One row per deal that was open on some day of it. `was`: the furthest stage before $from_on, 0 where the deal did not
-- exist yet; `furthest`: the furthest by $to_on, one more than the last for a won deal. What lies between was done in
-- the period. As in the cohort, skipped stages are passed and steps back undo nothing.
with alive as (
    select
        deals.*,
        case when deals.status = 'open' or deals.closed_on > $to_on then 'open' else deals.status end as status_then,
        $has_period and deals.status <> 'open' and deals.closed_on is null as is_undated
    from deals
    where (deals.status <> 'open' or not deals.is_gone)
        and (deals.created_on is null or deals.created_on <= $to_on)
        and (not $has_period or deals.closed_on is null or deals.closed_on >= $from_on)
),
unsettled as (  -- deals that came further, or to where they stand, later than either end: of the others it is kept how far
    select scoped_deals.deal_id
    from scoped_deals
    where coalesce(scoped_deals.reached_on, case when scoped_deals.reached_place is null then scoped_deals.stage_since end)
        >= case
            when $has_period and (scoped_deals.created_on is null or scoped_deals.created_on < $from_on)
                then cast($from_on as date)
            else cast(cast($to_on as date) + interval 1 day as date)
        end
        and (not $has_period or scoped_deals.closed_on is null or scoped_deals.closed_on >= $from_on)
),
seen as (  -- a visit without a day was going on when the deal was first seen: it came before everything
    select
        stage_visits.deal_id, max(stage_visits.place) as now,
        max(stage_visits.place) filter (
            where stage_visits.entered_on is null or stage_visits.entered_on < $from_on
        ) as before
    from stage_visits
    where stage_visits.deal_id in (select unsettled.deal_id from unsettled)
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $to_on)
        and (not $has_period or stage_visits.closed_on is null or stage_visits.closed_on >= $from_on)
    group by stage_visits.deal_id
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
                    seen.before, case when coalesce(alive.reached_on < $from_on, true) then alive.reached_place end, 1
                ),
                case  -- a deal without any visit has always been where it stands, unless it is known since when
                    when alive.stage_since < $from_on
                        or (alive.stage_since is null and seen.deal_id is null and alive.reached_place is null)
                        then coalesce(here.place, 1)
                    else 1
                end
            )
        end as was,
        case
            when alive.status_then = 'won' then ends.last_place + 1
            else greatest(
                here.place, seen.now,
                case when coalesce(alive.reached_on <= $to_on, true) then alive.reached_place end
            )
        end as furthest
    from alive
    left join seen on seen.deal_id = alive.deal_id
    left join places as here on here.stage = alive.stage and here.pipeline is not distinct from alive.pipeline
        and (alive.stage_since is null or alive.stage_since <= $to_on)
    left join ends on ends.pipeline is not distinct from alive.pipeline
)
select
    pipeline, was, furthest, status_then as status, is_undated, count(*) as deals, sum(coalesce(amount, 0)) as amount
from population
group by pipeline, was, furthest, status_then, is_undated
