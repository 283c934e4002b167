-- Order lines that are no returns, by the depth of their discount: the one of the line, else what its price lies under the
-- product's list price (metrics/discounts.py). Margins stand on the lines that have a cost. What is given away is worth its
-- list price. List prices have no currency: whether any other is in use is told by deals.
with rates as (
    select count(*) as rates
    from scoped_deals
    where scoped_deals.amount_original is not null and scoped_deals.amount is distinct from scoped_deals.amount_original
),
priced as (
    select
        order_lines.*, cast(order_lines.quantity * cast(products.list_price as double) as double) as at_list,
        cast(order_lines.amount as double) as revenue,
        cast(order_lines.amount as double) - cast(order_lines.cost as double) as margin
    from order_lines
    left join products on products.product_key = order_lines.product_key
    where order_lines.ordered_on between $from_on and $to_on and not order_lines.is_return
),
told as (
    select
        priced.*, coalesce(priced.discount, 1 - cast(priced.revenue as double) / nullif(priced.at_list, 0)) as depth,
        case
            when priced.discount is null or priced.discount = 1 then priced.at_list - priced.revenue
            when priced.discount < 1 then cast(priced.revenue * priced.discount as double) / nullif(1 - priced.discount, 0)
        end as worth
    from priced
),
population as (
    select
        told.*,
        case
            when told.depth is null then 'unknown'
            when told.depth <= $least_cut then 'none'
            when told.depth <= 0.05 then 'to_5'
            when told.depth <= 0.1 then 'to_10'
            when told.depth <= 0.2 then 'to_20'
            when told.depth <= 0.3 then 'to_30'
            else 'over_30'
        end as depth_band
    from told
)
select
    population.depth_band, count(*) as lines, sum(population.revenue) as revenue,
    sum(case when population.depth > $least_cut then population.worth when population.worth is not null then 0 end) as discount_worth,
    sum(case when population.depth < -$least_cut then -population.worth when population.worth is not null then 0 end) as premium_worth,
    count(*) filter (where population.depth is not null and population.worth is null) as unvalued,
    count(*) filter (where population.depth is not null and population.discount is null) as listed,
    count(population.margin) as costed, sum(population.margin) as margin,
    sum(case when population.margin is not null then population.revenue end) as costed_revenue,
    sum(population.margin * population.margin) as margin_squares,
    sum(population.margin * population.revenue) as margin_revenue,
    sum(case when population.margin is not null then population.revenue * population.revenue end) as revenue_squares,
    max(rates.rates) as rates
from population
cross join rates
group by population.depth_band
