-- Leads of the last year that have not become a deal and are not found to be none (metrics/look_alikes.py).
with population as (
    select
        followed.lead_id, followed.lead, followed.rep_key, reps.rep, followed.industry, followed.region, followed.source,
        followed.campaign, followed.status, followed.created_on
    from followed
    left join reps on reps.rep_key = followed.rep_key
    where followed.furthest < 3 and followed.outcome = 'open'
)
select 
    population.lead_id, population.lead, population.rep, population.industry, population.region, population.source,
    population.created_on
from population
