-- Markets with any day in a period, without one all of them; of which products: a market that is named like a product or
-- a category is that one's, any other all products' (metrics/market.py).
select market.market, market.region, market.starts_on, market.ends_on, products.product_key
from market
left join products on lower(trim(market.market)) in (lower(trim(products.product)), lower(trim(products.category)))
where market.size > 0 and market.starts_on <= market.ends_on
    and (not $has_period or (market.starts_on <= $to_on and market.ends_on >= $from_on))
    and market.starts_on <= $until
group by market.market, market.region, market.starts_on, market.ends_on, products.product_key
