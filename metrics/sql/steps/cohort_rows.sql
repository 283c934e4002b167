-- The question's own `dated` (what was bought, by whom) by the cohort of its customer, `lived` (first day in all history), and
-- by how many buckets later it is, `n` (metrics/cohorts.py). Of cohorts before $first neither matters.
select
    dated.*, born.bucket as cohort, born.bucket_no as cohort_no,
    case when born.bucket >= $first then bucket_days.bucket end as bucket,
    case when born.bucket >= $first then bucket_days.bucket_no - born.bucket_no end as n
from dated
left join lived on lived.customer_key = dated.customer_key
left join bucket_days as born on born.day = lived.first_on
left join bucket_days on bucket_days.day = dated.bought_on
