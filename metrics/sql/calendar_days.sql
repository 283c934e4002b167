-- The company's calendar, day by day: what is worked, and how far the Spring Festival is (metrics/workdays.py).
with population as (
    select calendar.day, calendar.is_workday, calendar.festival, calendar.days_to_festival
    from calendar
    where calendar.day between cast($from_on as date) and cast($to_on as date)
)
select day, is_workday, festival, days_to_festival from population order by day
