-- How far deals came: one row per deal of the cohort, with the last open stage it reached (metrics/funnel.py).
-- A deal reached every stage up to the furthest it was in, whether it stopped there or skipped it; a won deal reached
-- all; steps back do not undo it. Of a deal that nobody saw in an open stage, `furthest` is not known.
-- Nothing after `$until` is counted: what was closed later is open (`status_then`), what came later is not there.
with unsettled as (  -- deals that came further, or to where they stand, later
    select cohort.*
    from cohort
    where coalesce(cohort.reached_on, case when cohort.reached_place is null then cohort.stage_since end) > $until
),
seen as (  -- the furthest stage a visit shows by then
    select stage_visits.deal_id, max(stage_visits.place) as furthest
    from stage_visits
    where stage_visits.deal_id in (select unsettled.deal_id from unsettled)
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $until)
    group by stage_visits.deal_id
),
asked as (  -- of nearly all it is kept how far they came; the visits of the others are looked at
    select cohort.*, cast(null as integer) as seen_place
    from cohort
    where coalesce(
        coalesce(cohort.reached_on, case when cohort.reached_place is null then cohort.stage_since end) <= $until, true
    )
    union all
    select unsettled.*, seen.furthest
    from unsettled
    left join seen on seen.deal_id = unsettled.deal_id
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
                here.place, asked.seen_place,
                case when coalesce(asked.reached_on <= $until, true) then asked.reached_place end
            )
        end as furthest
    from asked
    left join places as here on here.stage = asked.stage and here.pipeline is not distinct from asked.pipeline
        and (asked.stage_since is null or asked.stage_since <= $until)
    left join ends on ends.pipeline is not distinct from asked.pipeline
)
select
    pipeline, furthest, status_then as status, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where amount <> 0) as priced, sum(cast(amount as double) * cast(amount as double)) as squares,
    count(*) filter (where population.status <> population.status_then) as closed_later
from population
group by pipeline, furthest, status_then
