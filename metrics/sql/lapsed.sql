-- Customers by their orders of some years up to a day: how long ago the last one was, and how long their pauses used to be
-- (metrics/buyers.py). Number and pauses of orders are facts of all history, whatever is filtered. Few customers have had
-- orders enough; the lines of only those are added up.
with often as (
    select distinct order_lines.customer_key
    from order_lines
    where order_lines.ordered_on between $from_on and $day and order_lines.order_no >= $least_orders
),
ordered as (
    select
        order_lines.customer_key,
        max(order_lines.ordered_on) as ordered_on,
        max(order_lines.order_no) - min(order_lines.order_no) + 1 as orders,
        max(date_diff('day', order_lines.previous_on, order_lines.ordered_on)) as longest_pause,
        sum(order_lines.amount) as amount
    from order_lines
    join often on often.customer_key = order_lines.customer_key
    where order_lines.ordered_on between $from_on and $day and not order_lines.is_return
    group by order_lines.customer_key
),
population as (
    select order_lines.*, customers.customer, customers.tier
    from order_lines
    left join customers on customers.customer_key = order_lines.customer_key
    where order_lines.ordered_on between $from_on and $day
        and not order_lines.is_return and order_lines.customer_key is not null
)
select
    customers.customer, customers.tier, ordered.ordered_on,
    date_diff('day', ordered.ordered_on, cast($day as date)) as days_since,
    ordered.longest_pause, ordered.orders, ordered.amount
from ordered
left join customers on customers.customer_key = ordered.customer_key
where ordered.orders >= $least_orders
