-- Every product's sales in the last year and the year before, since when and until when it sold, on how many days and
-- with which pauses, and what it sold in recent days (metrics/life.py). Returns are taken off the money, and off the pieces. Stock knows no teams and customers,
-- and a record begins where it begins: pieces and the first day are of all lines in scope, whatever the filters.
with grouped as (
    select
        order_lines.product_key, round(cast(order_lines.customer_key as double) * $groups_a_key) as customers,
        min(case when not order_lines.is_return then order_lines.ordered_on end) as first_sold_on,
        max(case when not order_lines.is_return then order_lines.ordered_on end) as last_sold_on,
        sum(case when order_lines.ordered_on >= $from_on then order_lines.amount end) as amount_now,
        sum(case when order_lines.ordered_on between $before_from and $before_to then order_lines.amount end) as amount_then,
        sum(case when order_lines.ordered_on >= $from_on
            then cast(order_lines.amount as double) * cast(order_lines.amount as double) end) as alone_now,
        sum(case when order_lines.ordered_on between $before_from and $before_to
            then cast(order_lines.amount as double) * cast(order_lines.amount as double) end) as alone_then,
        count(*) filter (where order_lines.ordered_on >= $from_on) as lines_now,
        count(*) filter (where order_lines.ordered_on between $before_from and $before_to) as lines_then
    from order_lines
    where order_lines.product_key is not null and order_lines.ordered_on <= $day
    group by order_lines.product_key, round(cast(order_lines.customer_key as double) * $groups_a_key)
),
sold as (
    select
        grouped.product_key, min(grouped.first_sold_on) as first_sold_on, max(grouped.last_sold_on) as last_sold_on,
        sum(grouped.amount_now) as amount_now, sum(grouped.amount_then) as amount_then,
        sum(case when grouped.customers is null then grouped.alone_now
            else cast(grouped.amount_now as double) * cast(grouped.amount_now as double) end) as squares_now,
        sum(case when grouped.customers is null then grouped.alone_then
            else cast(grouped.amount_then as double) * cast(grouped.amount_then as double) end) as squares_then,
        sum(grouped.lines_now) as lines_now, sum(grouped.lines_then) as lines_then
    from grouped
    group by grouped.product_key
),
sold_days as (
    select order_lines.product_key, order_lines.ordered_on
    from order_lines
    where order_lines.product_key is not null and order_lines.ordered_on <= $day and not order_lines.is_return
    group by order_lines.product_key, order_lines.ordered_on
),
paused as (
    select
        sold_days.product_key, sold_days.ordered_on,
        lag(sold_days.ordered_on) over (partition by sold_days.product_key order by sold_days.ordered_on) as previous_on
    from sold_days
),
rhythm as (
    select
        paused.product_key, count(*) as days_sold,
        max(date_diff('day', paused.previous_on, paused.ordered_on)) as longest_pause
    from paused
    group by paused.product_key
),
paced as (
    select
        scoped_lines.product_key, min(case when not scoped_lines.is_return then scoped_lines.ordered_on end) as first_on,
        sum(case when scoped_lines.ordered_on >= $from_day
            then case when scoped_lines.is_return then -abs(scoped_lines.quantity) else scoped_lines.quantity end end) as pieces
    from scoped_lines
    where scoped_lines.product_key is not null and scoped_lines.ordered_on <= $day
    group by scoped_lines.product_key
),
recorded as (
    select min(paced.first_on) as begun_on
    from paced
),
counted as (
    select
        stock.product_key, stock.quantity, stock.counted_on,
        rank() over (partition by stock.product_key, stock.warehouse order by stock.counted_on desc) as place
    from stock
    where stock.counted_on <= $day
),
stocked as (
    select counted.product_key, sum(counted.quantity) as stock, min(counted.counted_on) as counted_on
    from counted
    where counted.place = 1
    group by counted.product_key
),
met as (
    select sold.product_key from sold
    union
    select stocked.product_key from stocked
),
population as (
    select order_lines.*, products.product, products.category
    from order_lines
    left join products on products.product_key = order_lines.product_key
    where order_lines.product_key is not null and order_lines.ordered_on between $before_from and $day
)
select
    products.product, products.category, sold.first_sold_on, sold.last_sold_on, sold.amount_now, sold.amount_then,
    sold.squares_now, sold.squares_then, sold.lines_now, sold.lines_then, paced.pieces, paced.first_on,
    recorded.begun_on, stocked.stock, stocked.counted_on, rhythm.days_sold, rhythm.longest_pause
from met
cross join recorded
left join sold on sold.product_key = met.product_key
left join rhythm on rhythm.product_key = met.product_key
left join paced on paced.product_key = met.product_key
left join stocked on stocked.product_key = met.product_key
left join products on products.product_key = met.product_key
