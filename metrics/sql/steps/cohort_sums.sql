-- `cohort_rows` by customer and bucket.
select
    cohort_rows.customer_key, cohort_rows.cohort, cohort_rows.bucket, cohort_rows.n,
    case when cohort_rows.bought_on is null then 1 else 0 end as is_undated,
    sum(cohort_rows.amount) as amount, sum(cohort_rows.purchased) as purchases
from cohort_rows
group by
    cohort_rows.customer_key, cohort_rows.cohort, cohort_rows.bucket, cohort_rows.n,
    case when cohort_rows.bought_on is null then 1 else 0 end
