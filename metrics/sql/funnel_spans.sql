-- How far deals of two spans of time came, each seen after as many days: one row per deal and span (metrics/funnel_spans.py).
-- `span`: now, created in $from_on – $to_on and seen at the end of $until; before, created in $before_from – $before_to
-- and seen at the end of $until_before. How far a deal came is told as in funnel.sql.
with spans as (
    select 'now' as span, cast($from_on as date) as from_on, cast($to_on as date) as to_on, cast($until as date) as until
    union all
    select 'before', cast($before_from as date), cast($before_to as date), cast($until_before as date)
),
asked as (
    select
        deals.*, spans.span, spans.until,
        case when deals.status = 'open' or deals.closed_on > spans.until then 'open' else deals.status end as status_then
    from deals
    join spans on deals.created_on between spans.from_on and spans.to_on and deals.created_on <= spans.until
    where (deals.status <> 'open' or not deals.is_gone)
        and (deals.created_on between $from_on and $to_on or deals.created_on between $before_from and $before_to)
),
furthest as (  -- of deals that were not won by then: the furthest stage, and whether they got there later
    select
        stage_visits.deal_id, stage_visits.place,
        coalesce(
            (stage_visits.created_on between $from_on and $to_on and stage_visits.entered_on > $until)
            or (stage_visits.created_on between $before_from and $before_to and stage_visits.entered_on > $until_before),
            false
        ) as is_later
    from stage_visits
    where stage_visits.is_furthest
        and (
            (
                stage_visits.created_on between $from_on and $to_on
                and (stage_visits.status <> 'won' or stage_visits.closed_on > $until)
            )
            or (
                stage_visits.created_on between $before_from and $before_to
                and (stage_visits.status <> 'won' or stage_visits.closed_on > $until_before)
            )
        )
),
seen as (  -- those that got there later had come less far: only of them all visits are looked at
    select furthest.deal_id, furthest.place as now, furthest.place as before
    from furthest
    where not furthest.is_later
    union all
    select
        stage_visits.deal_id,
        max(case when stage_visits.entered_on is null or stage_visits.entered_on <= $until then stage_visits.place end),
        max(
            case when stage_visits.entered_on is null or stage_visits.entered_on <= $until_before then stage_visits.place end
        )
    from stage_visits
    where stage_visits.deal_id in (select furthest.deal_id from furthest where furthest.is_later)
        and (
            stage_visits.created_on between $from_on and $to_on
            or stage_visits.created_on between $before_from and $before_to
        )
    group by stage_visits.deal_id
),
ends as (
    select places.pipeline, max(places.place) as last_place from places group by places.pipeline
),
population as (
    select
        asked.*,
        case
            when asked.status_then = 'won' then ends.last_place
            when here.place > coalesce(case when asked.span = 'now' then seen.now else seen.before end, 0) then here.place
            else case when asked.span = 'now' then seen.now else seen.before end
        end as furthest
    from asked
    left join seen on seen.deal_id = asked.deal_id
    left join places as here on here.stage = asked.stage and here.pipeline is not distinct from asked.pipeline
        and (asked.stage_since is null or asked.stage_since <= asked.until)
    left join ends on ends.pipeline is not distinct from asked.pipeline
)
select
    pipeline, span, furthest, status_then as status, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where amount <> 0) as priced, sum(cast(amount as double) * cast(amount as double)) as squares
from population
group by pipeline, span, furthest, status_then
