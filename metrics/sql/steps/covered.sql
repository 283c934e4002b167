-- Each market by the regions and products it holds (the question's own `held`), so that rows find theirs at once
-- (metrics/market.py).
select markets.market, markets.region, markets.starts_on, markets.ends_on, held.region_key, held.product_key, held.first_on
from markets
join held on coalesce(markets.region, held.region_key) = held.region_key
    and coalesce(markets.product_key, held.product_key) = held.product_key
