-- Who bought in their first bucket, within the filters: the members of cohorts.
select cohort_sums.customer_key
from cohort_sums
where cohort_sums.nth = 0 and cohort_sums.purchases > 0
