-- How far deals came: one row per deal of the cohort, with the last open stage it reached (metrics/funnel.py).
-- A deal reached every stage up to the furthest it was in, whether it stopped there or skipped it; a won deal reached
-- all; steps back do not undo it. Of a deal that nobody saw in an open stage, `furthest` is not known.
-- Nothing after `$until` is counted: what was closed later is open (`status_then`), what came later is not there.
with later as (  -- deals of which something is dated after the day: seldom any, but from a past day
    select stage_visits.deal_id
    from stage_visits
    where (stage_visits.entered_on > $until or stage_visits.closed_on > $until)
        and (not $has_period or stage_visits.created_on between $from_on and $to_on)
),
seen as (  -- the furthest stage a visit shows by then; of most deals that is the furthest of all. Won deals need none
    select stage_visits.deal_id, max(stage_visits.place) as furthest
    from stage_visits
    where (
        (stage_visits.is_furthest and stage_visits.status <> 'won')
        or stage_visits.deal_id in (select later.deal_id from later)
    )
        and (not $has_period or stage_visits.created_on between $from_on and $to_on)
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
            when seen.furthest is null or here.place > seen.furthest then here.place
            else seen.furthest
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
