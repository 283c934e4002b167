-- The question's own `dated` (what was bought, by whom) by the cohort of its customer, and by how many buckets later it is, `nth`
-- (metrics/cohorts.py); of cohorts before $first neither matters. `is_before`: on a day before the customer's first, whatever the
-- bucket, where only returns are.
select
    dated.*, cohort_born.cohort, cohort_born.in_reach,
    case when dated.bought_on < cohort_born.first_on then 1 else 0 end as is_before,
    case when cohort_born.cohort >= $first then bucket_days.bucket end as bucket,
    case when cohort_born.cohort >= $first then bucket_days.bucket_no - cohort_born.in_cohort_no end as nth
from dated
left join cohort_born on cohort_born.customer_key = dated.customer_key
left join bucket_days on bucket_days.day = dated.bought_on
