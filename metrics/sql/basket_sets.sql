-- Small sets of products that are in one order, or that one customer bought in the period (metrics/basket_sets.py). What
-- holds products is an order (where there are no orders, a won deal) or a customer; its size is how many different ones it
-- holds. Sets are of the most held products. What holds the same of these products is counted as one kind; which they are is
-- written as the bits of a number, which a double can still tell apart: of fifty products at most. The answer has two kinds
-- of rows: the products looked at (place), and the kinds (size, bits).
with bought as (
    select distinct
        case when $by_customer then cast(sold_in_view.customer_key as varchar) else sold_in_view.sale_id end as holder,
        sold_in_view.product_key
    from sold_in_view
    where sold_in_view.sold_on between $from_on and $to_on
        and (not $by_customer or sold_in_view.customer_key is not null)
),
held as (
    select bought.product_key, count(*) as holders
    from bought
    group by bought.product_key
),
ranked as (
    select held.product_key, held.holders, row_number() over (order by held.holders desc, held.product_key) as place
    from held
    where held.holders >= $least_orders
),
kept as (
    select
        ranked.product_key, ranked.place, ranked.holders, products.product, products.category,
        cast(pow(2, ranked.place - 1) as bigint) as bit
    from ranked
    left join products on products.product_key = ranked.product_key
    where ranked.place <= $most_products
),
sizes as (
    select
        bought.holder, count(*) as size, cast(sum(coalesce(kept.bit, 0)) as double) as bits
    from bought
    left join kept on kept.product_key = bought.product_key
    group by bought.holder
),
met as (
    select bought.holder, kept.product
    from bought
    join kept on kept.product_key = bought.product_key
),
counted as (
    select count(*) as order_lines
    from scoped_lines
),
population as (
    select
        case when $by_customer then cast(sold_in_view.customer_key as varchar) else sold_in_view.sale_id end as holder,
        products.product, sold_in_view.*
    from sold_in_view
    left join products on products.product_key = sold_in_view.product_key
    where sold_in_view.sold_on between $from_on and $to_on
        and (not $by_customer or sold_in_view.customer_key is not null)
)
select
    kept.place, kept.product, kept.category, cast(null as bigint) as size, cast(null as double) as bits,
    kept.holders, counted.order_lines
from kept
cross join counted
union all
select
    cast(null as bigint) as place, cast(null as varchar) as product, cast(null as varchar) as category, sizes.size,
    sizes.bits, count(*) as holders, cast(null as bigint) as order_lines
from sizes
group by sizes.size, sizes.bits
