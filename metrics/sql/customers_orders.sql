-- Order lines of two spans by customer: who is new, came back, buys more or less, is gone (metrics/buyers.py). Whether somebody
-- is new is a fact of all history: first_order_on, whatever is filtered. The two spans may overlap.
with spans as (
    select
        order_lines.*,
        case when order_lines.ordered_on between $from_on and $to_on then 1 else 0 end as is_now,
        case when order_lines.ordered_on between $before_from and $before_to then 1 else 0 end as is_then
    from order_lines
    where order_lines.ordered_on between $span_from and $span_to
),
bought as (
    select
        spans.customer_key,
        coalesce(sum(case when spans.is_now = 1 then spans.amount end), 0) as amount_now,
        coalesce(sum(case when spans.is_then = 1 then spans.amount end), 0) as amount_then,
        count(*) filter (where spans.is_now = 1 and not spans.is_return) as bought_now,
        count(*) filter (where spans.is_then = 1 and not spans.is_return) as bought_then
    from spans
    where spans.is_now = 1 or spans.is_then = 1
    group by spans.customer_key
),
ever as (
    select customers.customer_key, customers.customer, customers.first_order_on as first_on
    from customers
),
population as (
    select spans.*, moved.customer, moved.kind as buying
    from spans
    left join moved on moved.customer_key is not distinct from spans.customer_key
    where spans.is_now = 1 or spans.is_then = 1
)
select
    moved.kind as buying, count(*) as customers, sum(moved.amount_then) as amount_then, sum(moved.amount_now) as amount_now
from moved
group by moved.kind
