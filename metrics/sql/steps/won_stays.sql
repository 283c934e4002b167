-- How long deals that were won by `$day` stood in each stage, and how many did so long (metrics/signals.py).
select
    scoped_visits.pipeline, scoped_visits.stage,
    date_diff('day', scoped_visits.entered_on, scoped_visits.left_on) as days, count(*) as n
from scoped_visits
where scoped_visits.status = 'won' and scoped_visits.closed_on <= $day
    and scoped_visits.left_on >= scoped_visits.entered_on
group by scoped_visits.pipeline, scoped_visits.stage,
    date_diff('day', scoped_visits.entered_on, scoped_visits.left_on)
