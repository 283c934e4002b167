-- Visits to open stages of deals decided until `$until`, alike as one: how long they took, how many they are, how many of
-- them the furthest of their deal (metrics/odds.py). A visit counts as long as the deal was in the stage.
select
    stage_visits.pipeline, stage_visits.stage, stage_visits.status,
    greatest(date_diff('day', stage_visits.entered_on, coalesce(stage_visits.left_on, stage_visits.closed_on)), 0)
        as days,
    count(*) as n, count(*) filter (where stage_visits.is_furthest) as furthest
from stage_visits
where stage_visits.status <> 'open' and stage_visits.closed_on <= $until
group by
    stage_visits.pipeline, stage_visits.stage, stage_visits.status,
    greatest(date_diff('day', stage_visits.entered_on, coalesce(stage_visits.left_on, stage_visits.closed_on)), 0)
