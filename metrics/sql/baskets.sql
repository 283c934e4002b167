-- Products bought in one order, pair by pair (metrics/baskets.py). An order is the different products of its lines that
-- are no returns; its size is how many these are. Pairs are of products that enough orders hold, the most ordered ones:
-- a pair cannot be in more orders than either of its products, so no pair with enough support is left out by that.
-- The answer has three kinds of rows: pairs (product, other_product); orders that hold a product, by size (product,
-- size); all orders, by size. Orders and products meet by numbers: by their names, millions would take half as long again.
with bought as (
    select distinct order_lines.order_id, order_lines.product_key
    from order_lines
    where order_lines.ordered_on between $from_on and $to_on
        and not order_lines.is_return and order_lines.product_key is not null
),
sizes as (
    select bought.order_id, count(*) as products, row_number() over (order by bought.order_id) as order_no
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
    select ranked.product_key, ranked.place, products.product
    from ranked
    left join products on products.product_key = ranked.product_key
    where ranked.place <= $most_products
),
held as (
    select sizes.order_no, sizes.products, kept.place, kept.product, bought.order_id
    from bought
    join kept on kept.product_key = bought.product_key
    join sizes on sizes.order_id = bought.order_id
),
counted as (
    select one.place, other.place as other_place, cast(null as bigint) as size, count(*) as orders
    from held as one
    join held as other on other.order_no = one.order_no and other.place > one.place
    where one.products > 1
    group by one.place, other.place
    union all
    select held.place, cast(null as bigint) as other_place, held.products as size, count(*) as orders
    from held
    group by held.place, held.products
    union all
    select cast(null as bigint) as place, cast(null as bigint) as other_place, sizes.products as size, count(*) as orders
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
select one.product, other.product as other_product, counted.size, counted.orders
from counted
left join kept as one on one.place = counted.place
left join kept as other on other.place = counted.other_place
