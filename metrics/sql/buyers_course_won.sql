-- Deals won bucket by bucket, by what their customers did against the bucket before: who is new, came back, buys more or
-- less, is gone (metrics/buyers_over_time.py). Whether somebody is new is a fact of all history: first_won_on, whatever is
-- filtered. Each row stands in its own bucket, and in the next one as what there was before.
with ever as (
    select customers.customer_key, customers.first_won_on as first_on
    from customers
),
begun as (
    select min(scoped_deals.closed_on) as begun_on
    from scoped_deals
    where scoped_deals.status = 'won'
),
placed as (
    select deals.*, bucket_days.bucket as in_own_bucket, bucket_days.bucket_no as in_own_no, 1 as in_purchases
    from deals
    join bucket_days on bucket_days.day = deals.closed_on
    where deals.status = 'won' and deals.closed_on between $from_on and $day
),
bought as (
    select placed.customer_key, placed.in_own_no, sum(placed.amount) as amount, sum(case when placed.in_purchases = 1 then 1 else 0 end) as purchases
    from placed
    group by placed.customer_key, placed.in_own_no
),
population as (
    select placed.*, course_kinds.bucket, course_kinds.kind as buying, 1 as in_now
    from placed
    join course_kinds on course_kinds.customer_key is not distinct from placed.customer_key
        and course_kinds.bucket_no = placed.in_own_no
    union all
    select placed.*, course_kinds.bucket, course_kinds.kind as buying, 0 as in_now
    from placed
    join course_kinds on course_kinds.customer_key is not distinct from placed.customer_key
        and course_kinds.bucket_no = placed.in_own_no + 1
)
select
    course_kinds.bucket, course_kinds.kind as buying,
    sum(case when course_kinds.kind = 'corrected' and course_kinds.met_now = 0 then 0 else 1 end) as customers,
    sum(course_kinds.amount_now) as amount_now, sum(course_kinds.amount_then) as amount_then, min(begun.begun_on) as begun_on
from course_kinds
left join begun on true
group by course_kinds.bucket, course_kinds.kind
