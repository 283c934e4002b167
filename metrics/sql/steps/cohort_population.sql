-- `cohort_rows` with their kind as in cohort_told; `reach`: how many buckets after their first their cohort has gone through,
-- the last of them over.
select
    cohort_rows.*, buckets_over.last_no - cohort_rows.cohort_no as reach,
    case
        when cohort_rows.bought_on is null then 'undated'
        when cohort_rows.customer_key is null then 'unassigned'
        when cohort_rows.cohort is null then 'only_returns'
        when cohort_rows.cohort < $first then 'earlier'
        when cohort_rows.n < 0 then 'before_first'
        when cohort_members.customer_key is null then 'later'
        else 'cohort'
    end as kind
from cohort_rows
left join (
    select max(bucket_days.bucket_no) as last_no
    from bucket_days
    where bucket_days.bucket < $running
) as buckets_over on true
left join cohort_members on cohort_members.customer_key = cohort_rows.customer_key
