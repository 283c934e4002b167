-- The cohort of each customer: the bucket of their first day in all history, by the question's own `lived`.
select lived.customer_key, bucket_days.bucket as cohort, bucket_days.bucket_no as in_cohort_no
from lived
join bucket_days on bucket_days.day = lived.first_on
