-- The cohort of each customer: the bucket of their first day in all history, by the question's own `lived`. `in_reach`: how many
-- buckets after their first the cohort has gone through, the last of them over; of the cohort in which the record begins it is
-- null, since nobody knows who of it had bought before.
select
    lived.customer_key, lived.first_on, bucket_days.bucket as cohort, bucket_days.bucket_no as in_cohort_no,
    case when bucket_days.bucket <> cohort_ends.since then cohort_ends.last_no - bucket_days.bucket_no end as in_reach
from lived
join bucket_days on bucket_days.day = lived.first_on
left join cohort_ends on true
