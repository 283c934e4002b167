-- How far deals came: one row per deal of the cohort, with the last open stage it reached (metrics/funnel.py).
-- A deal reached every stage up to the furthest it was in, whether it stopped there or skipped it; a won deal reached
-- all; steps back do not undo it. Of a lost deal that nobody saw in an open stage, `furthest` is not known.
with places as (  -- the open stages of each pipeline, numbered from 1 on
    select
        lines.pipeline, stages.stage,
        row_number() over (partition by lines.pipeline order by min(stages.position), stages.stage) as place
    from (select distinct deals.pipeline from deals) as lines
    join stages on stages.pipeline is null or stages.pipeline is not distinct from lines.pipeline
    where stages.status = 'open'
    group by lines.pipeline, stages.stage
),
cohort as (
    select deals.*
    from deals
    where (deals.status <> 'open' or not deals.is_gone)
        and (not $has_period or deals.created_on between $from_on and $to_on)
),
seen as (  -- the furthest stage a visit shows
    select deal_stages.deal_id, max(places.place) as furthest
    from deal_stages
    join cohort on cohort.deal_id = deal_stages.deal_id
    join places on places.stage = deal_stages.stage and places.pipeline is not distinct from cohort.pipeline
    group by deal_stages.deal_id
),
ends as (
    select places.pipeline, max(places.place) as last_place from places group by places.pipeline
),
population as (
    select
        cohort.*,
        case
            when cohort.status = 'won' then ends.last_place
            when cohort.status = 'open' then greatest(coalesce(seen.furthest, 1), coalesce(here.place, 1))
            else seen.furthest
        end as furthest
    from cohort
    left join seen on seen.deal_id = cohort.deal_id
    left join places as here on here.stage = cohort.stage and here.pipeline is not distinct from cohort.pipeline
    left join ends on ends.pipeline is not distinct from cohort.pipeline
)
select
    pipeline, furthest, status, count(*) as deals, sum(coalesce(amount, 0)) as amount,
    count(*) filter (where amount <> 0) as priced
from population
group by pipeline, furthest, status
