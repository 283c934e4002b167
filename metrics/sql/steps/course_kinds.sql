-- What became of each customer between a bucket and the one before: kinds as in moved.sql, bucket by bucket. In the
-- running one nobody is lost yet.
select
    course_both.*, starts.bucket,
    case
        when course_both.customer_key is null then 'unassigned'
        when course_both.bought_now = 0 and course_both.bought_then = 0 then 'corrected'
        when course_both.bought_now = 0 and starts.bucket >= $running then 'not_yet'
        when course_both.bought_now = 0 then 'lost'
        when course_both.bought_then > 0 and course_both.amount_now > course_both.amount_then then 'expanding'
        when course_both.bought_then > 0 and course_both.amount_now < course_both.amount_then then 'shrinking'
        when course_both.bought_then > 0 then 'steady'
        when coalesce(ever.first_on >= starts.bucket, true) then 'new'
        else 'returned'
    end as kind
from course_both
join (
    select distinct bucket_days.bucket, bucket_days.bucket_no
    from bucket_days
    where bucket_days.bucket >= $first and bucket_days.bucket <= $day
) as starts on starts.bucket_no = course_both.bucket_no
left join ever on ever.customer_key = course_both.customer_key
