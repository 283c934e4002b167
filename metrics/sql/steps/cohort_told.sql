-- What customers brought by bucket, each sum in its cohort or among what is in none that is shown, by its kind.
select
    named.kind, case when named.kind = 'cohort' then named.cohort end as cohort,
    case when named.kind = 'cohort' then named.nth end as nth, named.customer_key, named.amount, named.purchases
from (
    select
        cohort_sums.*,
        case
            when cohort_sums.is_undated = 1 then 'undated'
            when cohort_sums.customer_key is null then 'unassigned'
            when cohort_sums.cohort is null then 'only_returns'
            when cohort_sums.is_before = 1 then 'before_first'
            when cohort_sums.cohort < $first then 'earlier'
            when cohort_members.customer_key is null then 'later'
            else 'cohort'
        end as kind
    from cohort_sums
    left join cohort_members on cohort_members.customer_key = cohort_sums.customer_key
) as named
