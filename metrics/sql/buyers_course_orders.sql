-- Order lines bucket by bucket, by what their customers did against the bucket before: who is new, came back, buys more or
-- less, is gone (metrics/buyers_over_time.py). Whether somebody is new is a fact of all history: first_order_on, whatever is
-- filtered. Each row stands in its own bucket, and in the next one as what there was before.
with ever as (
    select customers.customer_key, customers.first_order_on as first_on
    from customers
),
begun as (
    select min(scoped_lines.ordered_on) as begun_on
    from scoped_lines
),
placed as (
    select order_lines.*, bucket_days.bucket as in_own_bucket, bucket_days.bucket_no as in_own_no, case when order_lines.is_return then 0 else 1 end as in_purchases
    from order_lines
    join bucket_days on bucket_days.day = order_lines.ordered_on
    where order_lines.ordered_on between $from_on and $day
),
population as (
    select course_rows.*
    from course_rows
)
select course_sums.*, begun.begun_on
from course_sums
left join begun on true
