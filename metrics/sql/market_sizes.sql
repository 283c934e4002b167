-- Sizes of markets and what competitors sell there, as the list says (metrics/market.py).
with named as (  -- those that are of a product or of a category
    select market.market
    from market
    join products on lower(trim(market.market)) in (lower(trim(products.product)), lower(trim(products.category)))
    group by market.market
),
population as (
    select
        market.market, market.region, market.starts_on, market.ends_on, market.size, market.competitor,
        market.competitor_amount, case when named.market is null then 0 else 1 end as is_named
    from market
    left join named on named.market = market.market
    where market.size > 0 and market.starts_on <= market.ends_on
        and (not $has_period or (market.starts_on <= $to_on and market.ends_on >= $from_on))
        and market.starts_on <= $until
)
select
    market, region, starts_on, ends_on, competitor, max(size) as size, min(size) as least_size,
    sum(competitor_amount) as competitor_amount, max(is_named) as is_named
from population
group by market, region, starts_on, ends_on, competitor
