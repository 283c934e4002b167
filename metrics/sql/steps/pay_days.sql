-- Days and the period of pay that each belongs to.
select
    calendar.day,
    case cast($grain as varchar)
        when 'month' then calendar.month
        when 'quarter' then calendar.quarter
        when 'year' then calendar.year
        when 'fiscal_quarter' then calendar.fiscal_quarter
        when 'fiscal_year' then calendar.fiscal_year
    end as bucket
from calendar
where calendar.day between $from_on and $to_on
