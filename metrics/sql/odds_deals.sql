-- Deals decided until a day, and of how many it is known through which open stages they came (metrics/odds.py).
with known as (  -- every deal with visits has one that went furthest
    select stage_visits.pipeline, count(*) as deals
    from stage_visits
    where stage_visits.is_furthest and stage_visits.status <> 'open' and stage_visits.closed_on <= $until
    group by stage_visits.pipeline
),
population as (
    select deals.deal_id, deals.pipeline, deals.status, deals.closed_on
    from deals
    where deals.status <> 'open' and deals.closed_on <= $until
)
select
    population.pipeline, count(*) as decided, count(*) filter (where population.status = 'won') as won,
    coalesce(max(known.deals), 0) as known
from population
left join known on known.pipeline is not distinct from population.pipeline
group by population.pipeline
