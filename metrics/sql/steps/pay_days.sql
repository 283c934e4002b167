-- Days, the first and the last day of the period of pay that each belongs to. Who is paid by which plan goes by the last.
select
    calendar.day,
    case cast($grain as varchar)
        when 'month' then calendar.month
        when 'quarter' then calendar.quarter
        when 'year' then calendar.year
        when 'fiscal_quarter' then calendar.fiscal_quarter
        when 'fiscal_year' then calendar.fiscal_year
    end as bucket,
    cast(
        case cast($grain as varchar)
            when 'month' then calendar.month + interval 1 month
            when 'quarter' then calendar.quarter + interval 3 month
            when 'year' then calendar.year + interval 12 month
            when 'fiscal_quarter' then calendar.fiscal_quarter + interval 3 month
            when 'fiscal_year' then calendar.fiscal_year + interval 12 month
        end - interval 1 day as date
    ) as last_on
from calendar
where calendar.day between $from_on and $to_on
