-- `cohort_rows` with their kind as in cohort_told; `in_reach`: how many buckets after their first their cohort has gone through,
-- the last of them over; of
-- the cohort in which the record begins it is null, since nobody knows who of it had bought before.
select
    cohort_rows.*, case when cohort_rows.cohort <> since.bucket then buckets_over.last_no - cohort_rows.in_cohort_no end as in_reach,
    case
        when cohort_rows.bought_on is null then 'undated'
        when cohort_rows.customer_key is null then 'unassigned'
        when cohort_rows.cohort is null then 'only_returns'
        when cohort_rows.cohort < $first then 'earlier'
        when cohort_rows.nth < 0 then 'before_first'
        when cohort_members.customer_key is null then 'later'
        else 'cohort'
    end as kind
from cohort_rows
left join (
    select max(bucket_days.bucket_no) as last_no
    from bucket_days
    where bucket_days.bucket < $running
) as buckets_over on true
left join begun on true
left join bucket_days as since on since.day = begun.begun_on
left join cohort_members on cohort_members.customer_key = cohort_rows.customer_key
