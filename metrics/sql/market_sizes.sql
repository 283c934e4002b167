-- Sizes of markets and what competitors sell there, as the list says (metrics/market.py).
with population as (
    select
        market.market, market.region, market.starts_on, market.ends_on, market.size, market.competitor,
        market.competitor_amount
    from market
    where market.size > 0 and market.starts_on <= market.ends_on
        and (not $has_period or (market.starts_on <= $to_on and market.ends_on >= $from_on))
        and market.starts_on <= $until
)
select
    market, region, starts_on, ends_on, competitor, max(size) as size, min(size) as least_size,
    sum(competitor_amount) as competitor_amount
from population
group by market, region, starts_on, ends_on, competitor
