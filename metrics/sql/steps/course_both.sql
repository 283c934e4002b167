-- What each customer brought in a bucket and in the one before (metrics/buyers_over_time.py).
select
    sides.customer_key, sides.bucket_no, coalesce(sum(sides.amount_now), 0) as amount_now,
    coalesce(sum(sides.amount_then), 0) as amount_then, sum(sides.bought_now) as bought_now, sum(sides.bought_then) as bought_then,
    sum(sides.met_now) as met_now
from (
    select
        course_bought.customer_key, course_bought.in_own_no as bucket_no, course_bought.amount as amount_now, cast(0 as decimal(18, 4)) as amount_then,
        course_bought.purchases as bought_now, 0 as bought_then, 1 as met_now
    from course_bought
    union all
    select
        course_bought.customer_key, course_bought.in_own_no + 1 as bucket_no, cast(0 as decimal(18, 4)) as amount_now, course_bought.amount as amount_then,
        0 as bought_now, course_bought.purchases as bought_then, 0 as met_now
    from course_bought
) as sides
group by sides.customer_key, sides.bucket_no
