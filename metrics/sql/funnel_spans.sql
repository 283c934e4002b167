-- How far deals of two spans of time came, each seen after as many days: one row per deal and span (metrics/funnel_spans.py).
-- `span`: now, created in $from_on – $to_on and seen at the end of $until; before, created in $before_from – $before_to
-- and seen at the end of $until_before. How far a deal came is told as in funnel.sql.
with cohorts as (
    select deals.*, 'now' as span, cast($until as date) as until
    from deals
    where deals.created_on between $from_on and $to_on and deals.created_on <= $until
    union all
    select deals.*, 'before' as span, cast($until_before as date) as until
    from deals
    where deals.created_on between $before_from and $before_to and deals.created_on <= $until_before
),
asked as (
    select
        cohorts.*,
        case when cohorts.status = 'open' or cohorts.closed_on > cohorts.until then 'open' else cohorts.status end
            as status_then
    from cohorts
    where cohorts.status <> 'open' or not cohorts.is_gone
),
seen as (
    select asked.deal_id, asked.span, max(stage_visits.place) as furthest
    from asked
    join stage_visits on stage_visits.deal_id = asked.deal_id
        and (stage_visits.entered_on is null or stage_visits.entered_on <= asked.until)
    where asked.status_then <> 'won'
    group by asked.deal_id, asked.span
),
ends as (
    select places.pipeline, max(places.place) as last_place from places group by places.pipeline
),
population as (
    select
        asked.*,
        case
            when asked.status_then = 'won' then ends.last_place
            when seen.furthest is null or here.place > seen.furthest then here.place
            else seen.furthest
        end as furthest
    from asked
    left join seen on seen.deal_id = asked.deal_id and seen.span = asked.span
    left join places as here on here.stage = asked.stage and here.pipeline is not distinct from asked.pipeline
        and (asked.stage_since is null or asked.stage_since <= asked.until)
    left join ends on ends.pipeline is not distinct from asked.pipeline
)
select
    pipeline, span, furthest, status_then as status, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where amount <> 0) as priced, sum(cast(amount as double) * cast(amount as double)) as squares
from population
group by pipeline, span, furthest, status_then
