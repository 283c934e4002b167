-- What customers did in each bucket, and for how much, now and in the bucket before (metrics/buyers_over_time.py).
select
    course_kinds.bucket, course_kinds.kind as buying,
    sum(case when course_kinds.kind = 'corrected' and course_kinds.met_now = 0 then 0 else 1 end) as customers,
    sum(course_kinds.amount_now) as amount_now, sum(course_kinds.amount_then) as amount_then
from course_kinds
group by course_kinds.bucket, course_kinds.kind
