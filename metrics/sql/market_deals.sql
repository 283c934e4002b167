-- What was won in each market within its days (metrics/market.py).
with held as (  -- the regions and products that there are, and their first days
    select
        coalesce(deals.region, '') as region_key, coalesce(deals.product_key, 0) as product_key,
        min(least(deals.created_on, deals.closed_on)) as first_on
    from deals
    group by coalesce(deals.region, ''), coalesce(deals.product_key, 0)
),
population as (
    select
        deals.deal_id, deals.deal, deals.customer_key, deals.rep_key, deals.product_key, deals.status, deals.amount,
        deals.created_on, deals.closed_on, covered.market, covered.region, covered.starts_on, covered.ends_on, covered.first_on
    from deals
    join covered on coalesce(deals.region, '') = covered.region_key and coalesce(deals.product_key, 0) = covered.product_key
        and deals.closed_on between covered.starts_on and covered.ends_on
    where deals.status = 'won' and deals.closed_on <= $until
)
select market, region, starts_on, ends_on, sum(coalesce(amount, 0)) as own, count(*) as sold, min(first_on) as first_on
from population
group by market, region, starts_on, ends_on
