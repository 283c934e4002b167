-- What the company's calendar gives each month to work with, until a day: days, working days, and those within two weeks
-- of a Spring Festival where that is a holiday (metrics/ahead.py).
with kept as (
    select count(*) as festivals from calendar where calendar.days_to_festival = 0 and calendar.festival is not null
),
population as (
    select calendar.week, calendar.month, calendar.is_workday,
        kept.festivals > 0 and abs(calendar.days_to_festival) <= 14 as is_festive
    from calendar
    cross join kept
    where calendar.day <= cast($to_on as date)
)
select
    month as starts_on,
    count(*) as days,
    count(*) filter (where is_workday) as workdays,
    count(*) filter (where is_workday and is_festive) as festive
from population
group by month
order by month
