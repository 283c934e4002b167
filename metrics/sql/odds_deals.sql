-- Deals decided until a day; through which open stages they came, their visits say (metrics/odds.py).
with population as (
    select deals.deal_id, deals.pipeline, deals.status, deals.closed_on
    from deals
    where deals.status <> 'open' and deals.closed_on <= $until
)
select pipeline, count(*) as decided, count(*) filter (where status = 'won') as won
from population
group by pipeline
