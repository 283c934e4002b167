-- Rows (the question's own `placed`) by what their customers did: each in its own bucket, and in the next one as what there
-- was before (metrics/buyers_over_time.py).
select placed.*, course_kinds.bucket, course_kinds.kind as buying, 1 as in_now
from placed
join course_kinds on course_kinds.customer_key is not distinct from placed.customer_key
    and course_kinds.bucket_no = placed.in_own_no
union all
select placed.*, course_kinds.bucket, course_kinds.kind as buying, 0 as in_now
from placed
join course_kinds on course_kinds.customer_key is not distinct from placed.customer_key
    and course_kinds.bucket_no = placed.in_own_no + 1
