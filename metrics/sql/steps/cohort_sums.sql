-- `cohort_rows` by customer and bucket.
select
    cohort_rows.customer_key, cohort_rows.cohort, cohort_rows.nth, cohort_rows.is_before,
    case when cohort_rows.bought_on is null then 1 else 0 end as is_undated,
    sum(cohort_rows.amount) as amount, sum(case when cohort_rows.in_purchases = 1 then 1 else 0 end) as purchases
from cohort_rows
group by
    cohort_rows.customer_key, cohort_rows.cohort, cohort_rows.nth, cohort_rows.is_before,
    case when cohort_rows.bought_on is null then 1 else 0 end
