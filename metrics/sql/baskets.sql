-- Products bought in one order, pair by pair (metrics/baskets.py). An order is the different products of its lines that
-- are no returns, whatever products are filtered; its size is how many these are. Pairs are of products that enough orders
-- hold, the most ordered ones: a pair cannot be in more orders than either of its products, so no pair with enough support
-- is left out by that. The answer has three kinds of rows: pairs (product, other_product); orders that hold a product, by
-- size (product, size); all orders, by size. Orders that hold the same of these products are counted as one kind, of which
-- one is looked into: kinds are few where orders are millions. What an order holds of them is written as the bits of four
-- numbers, fifty products in each, which a double can still tell apart; more than two hundred are not looked at.
with bought as (
    select distinct whole_orders.order_id, whole_orders.product_key
    from whole_orders
    where whole_orders.ordered_on between $from_on and $to_on
        and not whole_orders.is_return and whole_orders.product_key is not null
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
    select ranked.product_key, ranked.place, products.product, products.category
    from ranked
    left join products on products.product_key = ranked.product_key
    where ranked.place <= $most_products
),
held as (
    select bought.order_id, kept.place, kept.product
    from bought
    join kept on kept.product_key = bought.product_key
),
bits as (
    select
        kept.product_key,
        case when kept.place <= 50 then cast(pow(2, kept.place - 1) as bigint) else 0 end as bits_1,
        case when kept.place > 50 and kept.place <= 100 then cast(pow(2, kept.place - 51) as bigint) else 0 end as bits_2,
        case when kept.place > 100 and kept.place <= 150 then cast(pow(2, kept.place - 101) as bigint) else 0 end as bits_3,
        case when kept.place > 150 then cast(pow(2, kept.place - 151) as bigint) else 0 end as bits_4
    from kept
),
sizes as (
    select
        bought.order_id, count(*) as products, sum(bits.bits_1) as bits_1, sum(bits.bits_2) as bits_2,
        sum(bits.bits_3) as bits_3, sum(bits.bits_4) as bits_4
    from bought
    left join bits on bits.product_key = bought.product_key
    group by bought.order_id
),
alike as (
    select
        sizes.products, min(sizes.order_id) as order_id, count(*) as orders
    from sizes
    group by sizes.products, sizes.bits_1, sizes.bits_2, sizes.bits_3, sizes.bits_4
),
contents as (
    select alike.order_id, alike.products, alike.orders, held.place
    from alike
    join held on held.order_id = alike.order_id
),
counted as (
    select one.place, other.place as other_place, cast(null as bigint) as size, sum(one.orders) as orders
    from contents as one
    join contents as other on other.order_id = one.order_id and other.place > one.place
    group by one.place, other.place
    union all
    select contents.place, cast(null as bigint) as other_place, contents.products as size, sum(contents.orders) as orders
    from contents
    group by contents.place, contents.products
    union all
    select cast(null as bigint) as place, cast(null as bigint) as other_place, alike.products as size, sum(alike.orders) as orders
    from alike
    group by alike.products
),
population as (
    select whole_orders.*, products.product
    from whole_orders
    left join products on products.product_key = whole_orders.product_key
    where whole_orders.ordered_on between $from_on and $to_on
        and not whole_orders.is_return and whole_orders.product_key is not null
)
select one.product, other.product as other_product, one.category, counted.size, counted.orders
from counted
left join kept as one on one.place = counted.place
left join kept as other on other.place = counted.other_place
