-- Deals decided until a day, and of how many it is known through which open stages they came (metrics/odds.py).
with open_stages as (
    select distinct stages.stage from stages where stages.status = 'open'
),
known as (
    select distinct deal_stages.deal_id
    from deal_stages
    join open_stages on open_stages.stage = deal_stages.stage
),
population as (
    select
        deals.deal_id, deals.pipeline, deals.status, deals.closed_on,
        case when known.deal_id is null then 0 else 1 end as is_known
    from deals
    left join known on known.deal_id = deals.deal_id
    where deals.status <> 'open' and deals.closed_on <= $until
)
select
    pipeline, count(*) as decided, count(*) filter (where status = 'won') as won,
    count(*) filter (where is_known = 1) as known
from population
group by pipeline
