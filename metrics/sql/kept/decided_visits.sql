-- decided_visits of all deals, from what the store keeps of them by the day they were decided on (metrics/rollups.py).
select
    visits.pipeline, visits.stage, visits.status, visits.days, cast(sum(visits.n) as bigint) as n,
    cast(sum(visits.furthest) as bigint) as furthest
from visits
where visits.closed_on <= $until
group by visits.pipeline, visits.stage, visits.status, visits.days
