-- Deals as they stood in open stages on days of the past, and how many of them were won within `$horizon` days from then
-- on (metrics/landing.py).
with population as (
    select
        moments.at_day, stage_visits.deal_id, stage_visits.pipeline, stage_visits.stage, stage_visits.status,
        stage_visits.closed_on, date_diff('day', stage_visits.entered_on, moments.at_day) as days,
        case
            when stage_visits.status = 'won' and date_diff('day', moments.at_day, stage_visits.closed_on) <= $horizon
                then 1 else 0
        end as is_won
    from stage_visits
    join moments on date_diff('day', stage_visits.entered_on, moments.at_day) >= 0  -- `<=` had them all put in order
        and (stage_visits.left_on is null or stage_visits.left_on > moments.at_day)
        and (stage_visits.closed_on is null or stage_visits.closed_on > moments.at_day)
    where (stage_visits.status <> 'open' or not stage_visits.is_gone)
        and stage_visits.entered_on <= $back_1 and (stage_visits.left_on is null or stage_visits.left_on > $back_13)
)
select at_day, pipeline, stage, days, count(*) as deals, count(*) filter (where is_won = 1) as won
from population
group by at_day, pipeline, stage, days
