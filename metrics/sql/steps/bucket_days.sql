-- Days, the first day of the bucket of $grain that each belongs to, and the number of that bucket, which goes up by one.
select
    named.day, named.bucket, dense_rank() over (order by named.bucket) as bucket_no
from (
    select
        calendar.day,
        case cast($grain as varchar)
            when 'week' then calendar.week
            when 'month' then calendar.month
            when 'quarter' then calendar.quarter
            when 'year' then calendar.year
            when 'fiscal_quarter' then calendar.fiscal_quarter
            when 'fiscal_year' then calendar.fiscal_year
        end as bucket
    from calendar
) as named
