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
    pipeline, stage, days, cast(sum(n) as bigint) as decided,
    cast(coalesce(sum(n) filter (where status = 'won'), 0) as bigint) as won,
    cast(sum(furthest) as bigint) as furthest  -- every deal with visits has one that went furthest
from decided_visits group by pipeline, stage, days
