-- Who bought which products in the years before three days, and what they bought then (metrics/next_product.py): the view's
-- day, so many days before it ($then), and as many before that ($before). Of each customer and product: whether it was
-- bought in the year up to each of the three days, and in the days from the first to the second and from the second to the
-- third. Products are those that most customers had on the view's day, and those that most had on the second. All sales in scope are read, whatever is filtered; filters choose whose suggestions are listed (is_chosen). Which
-- products a customer has is written as the bits of two numbers, fifty products in each, which a double can still tell
-- apart. The answer has two kinds of rows: the products looked at (place), and the customers.
with held as (
    select
        sold_in_scope.customer_key, sold_in_scope.product_key,
        max(case when sold_in_scope.sold_on >= $year_from then 1 else 0 end) as has_now,
        max(case when sold_in_scope.sold_on > $then then 1 else 0 end) as got_then,
        max(case when sold_in_scope.sold_on >= $then_from and sold_in_scope.sold_on <= $then then 1 else 0 end) as has_then,
        max(case when sold_in_scope.sold_on > $before and sold_in_scope.sold_on <= $then then 1 else 0 end) as got_before,
        max(case when sold_in_scope.sold_on <= $before then 1 else 0 end) as has_before,
        sum(case when sold_in_scope.sold_on >= $year_from then 1 else 0 end) as lines_now,
        sum(case when sold_in_scope.sold_on >= $then_from and sold_in_scope.sold_on <= $then then 1 else 0 end) as lines_then,
        sum(case when sold_in_scope.sold_on <= $before then 1 else 0 end) as lines_before,
        sum(case when sold_in_scope.sold_on > $then then sold_in_scope.amount end) as amount_then,
        sum(case when sold_in_scope.sold_on >= $year_from then sold_in_scope.amount end) as amount_now,
        max(sold_in_scope.sold_on) as sold_on,
        max(case when sold_in_scope.sold_on <= $then then sold_in_scope.sold_on end) as sold_then_on
    from sold_in_scope
    where sold_in_scope.sold_on between $before_from and $day
    group by sold_in_scope.customer_key, sold_in_scope.product_key
),
ordered as (
    select
        held.product_key, sum(held.has_now) as customers, sum(held.has_then) as customers_then,
        max(held.sold_on) as sold_on, max(held.sold_then_on) as sold_then_on,
        median(case when held.got_then = 1 and held.has_then = 0 then cast(held.amount_then as double) end) as usual_amount
    from held
    group by held.product_key
),
ranked as (
    select
        ordered.product_key, ordered.customers, ordered.sold_on, ordered.sold_then_on, ordered.usual_amount,
        row_number() over (order by ordered.customers desc, ordered.product_key) as rank_now,
        row_number() over (order by ordered.customers_then desc, ordered.product_key) as rank_then
    from ordered
),
placed as (
    select
        ranked.product_key, ranked.customers, ranked.sold_on, ranked.sold_then_on, ranked.usual_amount,
        ranked.rank_then, ranked.rank_now <= $most_products as is_now, ranked.rank_then <= $most_products as is_then,
        row_number() over (order by ranked.rank_now) as place
    from ranked
    where ranked.rank_now <= $most_products or ranked.rank_then <= $most_products
),
kept as (
    select
        placed.*, products.product, products.category,
        case when placed.place <= 50 then cast(pow(2, placed.place - 1) as bigint) else 0 end as bit_1,
        case when placed.place > 50 then cast(pow(2, placed.place - 51) as bigint) else 0 end as bit_2
    from placed
    left join products on products.product_key = placed.product_key
),
chosen as (
    select distinct order_lines.customer_key
    from order_lines
    where order_lines.ordered_on between $year_from and $day and not order_lines.is_return
    union
    select distinct deals.customer_key
    from deals
    where deals.status = 'won' and deals.closed_on between $year_from and $day
),
states as (
    select
        held.customer_key, sum(held.lines_now) as lines_now, sum(held.lines_then) as lines_then,
        sum(held.lines_before) as lines_before, cast(sum(held.amount_now) as double) as year_amount,
        cast(sum(held.has_now * coalesce(kept.bit_1, 0)) as double) as has_now_1,
        cast(sum(held.has_now * coalesce(kept.bit_2, 0)) as double) as has_now_2,
        cast(sum(held.got_then * coalesce(kept.bit_1, 0)) as double) as got_then_1,
        cast(sum(held.got_then * coalesce(kept.bit_2, 0)) as double) as got_then_2,
        cast(sum(held.has_then * coalesce(kept.bit_1, 0)) as double) as has_then_1,
        cast(sum(held.has_then * coalesce(kept.bit_2, 0)) as double) as has_then_2,
        cast(sum(held.got_before * coalesce(kept.bit_1, 0)) as double) as got_before_1,
        cast(sum(held.got_before * coalesce(kept.bit_2, 0)) as double) as got_before_2,
        cast(sum(held.has_before * coalesce(kept.bit_1, 0)) as double) as has_before_1,
        cast(sum(held.has_before * coalesce(kept.bit_2, 0)) as double) as has_before_2
    from held
    left join kept on kept.product_key = held.product_key
    group by held.customer_key
),
begun as (
    select min(sold_in_scope.sold_on) as begun_on
    from sold_in_scope
),
counted as (
    select count(*) as order_lines
    from scoped_lines
),
population as (
    select sold_in_scope.*, customers.customer, products.product
    from sold_in_scope
    left join customers on customers.customer_key = sold_in_scope.customer_key
    left join products on products.product_key = sold_in_scope.product_key
    where sold_in_scope.sold_on between $then_from and $day
)
select
    kept.place, kept.product, kept.category, kept.is_now, kept.is_then, kept.rank_then, kept.sold_on, kept.sold_then_on,
    kept.usual_amount, begun.begun_on,
    counted.order_lines, cast(null as varchar) as customer, cast(null as boolean) as is_chosen,
    cast(null as double) as lines_now, cast(null as double) as lines_then, cast(null as double) as lines_before,
    cast(null as double) as year_amount,
    cast(null as double) as has_now_1, cast(null as double) as has_now_2,
    cast(null as double) as got_then_1, cast(null as double) as got_then_2,
    cast(null as double) as has_then_1, cast(null as double) as has_then_2,
    cast(null as double) as got_before_1, cast(null as double) as got_before_2,
    cast(null as double) as has_before_1, cast(null as double) as has_before_2
from kept
cross join begun
cross join counted
union all
select
    cast(null as bigint) as place, cast(null as varchar) as product, cast(null as varchar) as category,
    cast(null as boolean) as is_now, cast(null as boolean) as is_then, cast(null as bigint) as rank_then,
    cast(null as date) as sold_on,
    cast(null as date) as sold_then_on, cast(null as double) as usual_amount,
    cast(null as date) as begun_on, cast(null as bigint) as order_lines, customers.customer,
    chosen.customer_key is not null as is_chosen, cast(states.lines_now as double) as lines_now,
    cast(states.lines_then as double) as lines_then, cast(states.lines_before as double) as lines_before,
    states.year_amount, states.has_now_1, states.has_now_2, states.got_then_1, states.got_then_2,
    states.has_then_1, states.has_then_2, states.got_before_1, states.got_before_2, states.has_before_1, states.has_before_2
from states
left join customers on customers.customer_key = states.customer_key
left join chosen on chosen.customer_key = states.customer_key
