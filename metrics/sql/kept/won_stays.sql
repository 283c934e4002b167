-- won_stays of all deals, from what the store keeps of their visits by the day they were decided on (metrics/rollups.py).
select visits.pipeline, visits.stage, visits.days, cast(sum(visits.n) as bigint) as n
from visits
where visits.status = 'won' and visits.is_left and visits.closed_on <= $day
group by visits.pipeline, visits.stage, visits.days
