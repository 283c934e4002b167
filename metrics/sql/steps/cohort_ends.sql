-- The number of the last bucket that is over, and the bucket in which the record begins, by the question's own `begun`.
select
    max(case when bucket_days.bucket < $running then bucket_days.bucket_no end) as last_no,
    max(case when bucket_days.day = begun.begun_on then bucket_days.bucket end) as since
from bucket_days
left join begun on true
