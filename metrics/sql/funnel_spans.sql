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
unsettled as (  -- deals that came further, or to where they stand, later: of the others it is kept how far they came
    select told.deal_id
    from (
        select
            scoped_deals.deal_id, scoped_deals.created_on,
            coalesce(
                scoped_deals.reached_on, case when scoped_deals.reached_place is null then scoped_deals.stage_since end
            ) as reached_on
        from scoped_deals
    ) as told
    where (told.created_on between $from_on and $to_on and told.reached_on > $until)
        or (told.created_on between $before_from and $before_to and told.reached_on > $until_before)
),
seen as (
    select
        stage_visits.deal_id,
        max(case when stage_visits.entered_on is null or stage_visits.entered_on <= $until then stage_visits.place end) as now,
        max(
            case when stage_visits.entered_on is null or stage_visits.entered_on <= $until_before then stage_visits.place end
        ) as before
    from stage_visits
    where stage_visits.deal_id in (select unsettled.deal_id from unsettled)
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
            else greatest(
                here.place, case when asked.span = 'now' then seen.now else seen.before end,
                case when coalesce(asked.reached_on <= asked.until, true) then asked.reached_place end
            )
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
