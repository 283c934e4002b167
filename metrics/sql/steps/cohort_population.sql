-- `cohort_rows` with their kind as in cohort_told.
select
    cohort_rows.*,
    case
        when cohort_rows.bought_on is null then 'undated'
        when cohort_rows.customer_key is null then 'unassigned'
        when cohort_rows.cohort is null then 'only_returns'
        when cohort_rows.is_before = 1 then 'before_first'
        when cohort_rows.cohort < $first then 'earlier'
        when cohort_members.customer_key is null then 'later'
        else 'cohort'
    end as kind
from cohort_rows
left join cohort_members on cohort_members.customer_key = cohort_rows.customer_key
