-- Order lines that are no returns, by the depth of their discount: the one of the line, else what its price lies under the
-- product's list price (metrics/discounts.py). Margins stand on the lines that have a cost.
with priced as (
    select
        order_lines.*,
        coalesce(
            order_lines.discount,
            1 - cast(order_lines.amount as double) / nullif(cast(order_lines.quantity * cast(products.list_price as double) as double), 0)
        ) as depth,
        cast(order_lines.amount as double) as revenue,
        cast(order_lines.amount as double) - cast(order_lines.cost as double) as margin
    from order_lines
    left join products on products.product_key = order_lines.product_key
    where order_lines.ordered_on between $from_on and $to_on and not order_lines.is_return
),
population as (
    select
        priced.*,
        case
            when priced.depth is null then 'unknown'
            when priced.depth <= $least_cut then 'none'
            when priced.depth <= 0.05 then 'to_5'
            when priced.depth <= 0.1 then 'to_10'
            when priced.depth <= 0.2 then 'to_20'
            when priced.depth <= 0.3 then 'to_30'
            else 'over_30'
        end as depth_band
    from priced
)
select
    population.depth_band, count(*) as lines, sum(population.revenue) as revenue,
    sum(case when population.depth < 1 then cast(population.revenue * population.depth as double) / nullif(cast(1 - population.depth as double), 0) end) as discount_worth,
    count(population.margin) as costed, sum(population.margin) as margin,
    sum(case when population.margin is not null then population.revenue end) as costed_revenue,
    sum(population.margin * population.margin) as margin_squares,
    sum(population.margin * population.revenue) as margin_revenue,
    sum(case when population.margin is not null then population.revenue * population.revenue end) as revenue_squares
from population
group by population.depth_band
