-- How far deals of two spans of time came, each seen after as many days: one row per deal and span (metrics/funnel_spans.py).
-- `span`: now, created in $from_on – $to_on and seen at the end of $until; before, created in $before_from – $before_to
-- and seen at the end of $until_before. How far a deal came is told as in funnel.sql.
with told as (  -- since when a deal has come so far, or stood where it stands: until then it had come less far
    select
        deals.*,
        coalesce(deals.reached_on, case when deals.reached_place is null then deals.stage_since end) as settled_on
    from deals
    where deals.status <> 'open' or not deals.is_gone
),
settled as (  -- of nearly all it is kept how far they came
    select told.*, 'now' as span, cast($until as date) as until, cast(null as integer) as seen_place
    from told
    where told.created_on between $from_on and $to_on and told.created_on <= $until
        and (told.settled_on is null or told.settled_on <= $until)
    union all
    select told.*, 'before', cast($until_before as date), cast(null as integer)
    from told
    where told.created_on between $before_from and $before_to and told.created_on <= $until_before
        and (told.settled_on is null or told.settled_on <= $until_before)
),
unsettled as (
    select told.*, 'now' as span, cast($until as date) as until
    from told
    where told.created_on between $from_on and $to_on and told.created_on <= $until and told.settled_on > $until
    union all
    select told.*, 'before', cast($until_before as date)
    from told
    where told.created_on between $before_from and $before_to and told.created_on <= $until_before
        and told.settled_on > $until_before
),
seen as (  -- the visits of the others are looked at
    select 'now' as span, stage_visits.deal_id, max(stage_visits.place) as place
    from stage_visits
    where stage_visits.deal_id in (select unsettled.deal_id from unsettled where unsettled.span = 'now')
        and stage_visits.created_on between $from_on and $to_on
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $until)
    group by stage_visits.deal_id
    union all
    select 'before', stage_visits.deal_id, max(stage_visits.place)
    from stage_visits
    where stage_visits.deal_id in (select unsettled.deal_id from unsettled where unsettled.span = 'before')
        and stage_visits.created_on between $before_from and $before_to
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $until_before)
    group by stage_visits.deal_id
),
asked as (
    select settled.* from settled
    union all
    select unsettled.*, seen.place
    from unsettled
    left join seen on seen.deal_id = unsettled.deal_id and seen.span = unsettled.span
),
ends as (
    select places.pipeline, max(places.place) as last_place from places group by places.pipeline
),
counted as (
    select
        asked.*,
        case when asked.status = 'open' or asked.closed_on > asked.until then 'open' else asked.status end as status_then
    from asked
),
population as (
    select
        counted.*,
        case
            when counted.status_then = 'won' then ends.last_place
            else greatest(
                here.place, counted.seen_place,
                case when coalesce(counted.reached_on <= counted.until, true) then counted.reached_place end
            )
        end as furthest
    from counted
    left join places as here on here.stage = counted.stage and here.pipeline is not distinct from counted.pipeline
        and (counted.stage_since is null or counted.stage_since <= counted.until)
    left join ends on ends.pipeline is not distinct from counted.pipeline
)
select
    pipeline, span, furthest, status_then as status, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where amount <> 0) as priced, sum(cast(amount as double) * cast(amount as double)) as squares
from population
group by pipeline, span, furthest, status_then
