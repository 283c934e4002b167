-- How far deals came: one row per deal of the cohort, with the last open stage it reached (metrics/funnel.py).
-- A deal reached every stage up to the furthest it was in, whether it stopped there or skipped it; a won deal reached
-- all; steps back do not undo it. Of a deal that nobody saw in an open stage, `furthest` is not known.
-- Nothing after `$until` is counted: what was closed later is open (`status_then`), what came later is not there.
with unsettled as (  -- deals that came further, or to where they stand, later: of the others it is kept how far they came
    select scoped_deals.deal_id
    from scoped_deals
    where (
        scoped_deals.reached_on > $until or (scoped_deals.reached_place is null and scoped_deals.stage_since > $until)
    )
        and (not $has_period or scoped_deals.created_on between $from_on and $to_on)
),
seen as (  -- the furthest stage a visit shows by then
    select stage_visits.deal_id, max(stage_visits.place) as furthest
    from stage_visits
    where stage_visits.deal_id in (select unsettled.deal_id from unsettled)
        and (stage_visits.entered_on is null or stage_visits.entered_on <= $until)
    group by stage_visits.deal_id
),
ends as (
    select places.pipeline, max(places.place) as last_place from places group by places.pipeline
),
population as (
    select
        cohort.*,
        case
            when cohort.status_then = 'won' then ends.last_place
            else greatest(
                here.place, seen.furthest,
                case when coalesce(cohort.reached_on <= $until, true) then cohort.reached_place end
            )
        end as furthest
    from cohort
    left join seen on seen.deal_id = cohort.deal_id
    left join places as here on here.stage = cohort.stage and here.pipeline is not distinct from cohort.pipeline
        and (cohort.stage_since is null or cohort.stage_since <= $until)
    left join ends on ends.pipeline is not distinct from cohort.pipeline
)
select
    pipeline, furthest, status_then as status, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where amount <> 0) as priced, sum(cast(amount as double) * cast(amount as double)) as squares,
    count(*) filter (where population.status <> population.status_then) as closed_later
from population
group by pipeline, furthest, status_then
