-- Deals won bucket by bucket, by what their customers did against the bucket before: who is new, came back, buys more or
-- less, is gone (metrics/buyers_over_time.py). Whether somebody is new is a fact of all history: first_won_on, whatever is
-- filtered. Each row stands in its own bucket, and in the next one as what there was before.
with ever as (
    select customers.customer_key, customers.first_won_on as first_on
    from customers
),
begun as (
    select min(scoped_credit.closed_on) as begun_on
    from scoped_credit
    where scoped_credit.status = 'won'
),
placed as (
    select deals.*, bucket_days.bucket as in_own_bucket, bucket_days.bucket_no as in_own_no, 1 as in_purchases
    from deals
    join bucket_days on bucket_days.day = deals.closed_on
    where deals.status = 'won' and deals.closed_on between $from_on and $day
),
population as (
    select course_rows.*
    from course_rows
)
select course_sums.*, begun.begun_on
from course_sums
left join begun on true
