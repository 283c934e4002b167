-- What was sold in each market within its days: order lines, returns taken off (metrics/market.py).
with held as (  -- the regions and products that there are, and their first days
    select
        coalesce(order_lines.region, '') as region_key, coalesce(order_lines.product_key, 0) as product_key, min(order_lines.ordered_on) as first_on
    from order_lines
    group by coalesce(order_lines.region, ''), coalesce(order_lines.product_key, 0)
),
population as (
    select
        order_lines.order_id, order_lines.line_no, order_lines.ordered_on, order_lines.customer_key, order_lines.rep_key,
        order_lines.product_key, order_lines.quantity, order_lines.amount, order_lines.is_return, covered.market,
        covered.region, covered.starts_on, covered.ends_on, covered.first_on
    from order_lines
    join covered on coalesce(order_lines.region, '') = covered.region_key
        and coalesce(order_lines.product_key, 0) = covered.product_key
        and order_lines.ordered_on between covered.starts_on and covered.ends_on
    where order_lines.ordered_on <= $until
)
select market, region, starts_on, ends_on, sum(coalesce(amount, 0)) as own, count(*) as sold, min(first_on) as first_on
from population
group by market, region, starts_on, ends_on
