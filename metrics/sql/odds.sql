-- How visits to open stages ended, of deals decided until a day: the own history that odds are made of (metrics/odds.py).
-- A visit counts as long as the deal was in the stage; of a deal that came twice each visit counts.
with population as (
    select
        stage_visits.deal_id, stage_visits.pipeline, stage_visits.stage, stage_visits.entered_on, stage_visits.left_on,
        stage_visits.closed_on, stage_visits.status, stage_visits.is_furthest,
        greatest(date_diff('day', stage_visits.entered_on, coalesce(stage_visits.left_on, stage_visits.closed_on)), 0)
            as days
    from stage_visits
    where stage_visits.status <> 'open' and stage_visits.closed_on <= $until
)
select
    pipeline, stage, days, count(*) as decided, count(*) filter (where status = 'won') as won,
    count(*) filter (where is_furthest) as furthest  -- every deal with visits has one that went furthest
from population group by pipeline, stage, days
