-- Products bought in one order, pair by pair (metrics/baskets.py). An order is the different products of its lines that
-- are no returns; its size is how many these are. Pairs are of products that enough orders hold, the most ordered ones:
-- a pair cannot be in more orders than either of its products, so no pair with enough support is left out by that. The answer has three
-- kinds of rows: pairs (product, other_product); orders that hold a product, by size (product, size); all orders, by size.
with bought as (
    select distinct order_lines.order_id, order_lines.product_key
    from order_lines
    where order_lines.ordered_on between $from_on and $to_on
        and not order_lines.is_return and order_lines.product_key is not null
),
sizes as (
    select bought.order_id, count(*) as products
    from bought
    group by bought.order_id
),
ordered as (
    select bought.product_key, count(*) as orders
    from bought
    group by bought.product_key
),
ranked as (
    select ordered.product_key, ordered.orders, row_number() over (order by ordered.orders desc, ordered.product_key) as place
    from ordered
    where ordered.orders >= $least_orders
),
kept as (
    select ranked.product_key, ranked.orders, products.product
    from ranked
    left join products on products.product_key = ranked.product_key
    where ranked.place <= $most_products
),
held as (
    select bought.order_id, kept.product, sizes.products
    from bought
    join kept on kept.product_key = bought.product_key
    join sizes on sizes.order_id = bought.order_id
),
counted as (
    select one.product, other.product as other_product, cast(null as bigint) as size, count(*) as orders
    from held as one
    join held as other on other.order_id = one.order_id and other.product > one.product
    where one.products > 1
    group by one.product, other.product
    union all
    select held.product, cast(null as varchar) as other_product, held.products as size, count(*) as orders
    from held
    group by held.product, held.products
    union all
    select cast(null as varchar) as product, cast(null as varchar) as other_product, sizes.products as size, count(*) as orders
    from sizes
    group by sizes.products
),
population as (
    select order_lines.*, products.product
    from order_lines
    left join products on products.product_key = order_lines.product_key
    where order_lines.ordered_on between $from_on and $to_on
        and not order_lines.is_return and order_lines.product_key is not null
)
select counted.product, counted.other_product, counted.size, counted.orders
from counted
