-- The working days of each week of a period, from the first day on which activity is on record to the last, whoever did
-- it: what was not recorded was not quiet (metrics/activity.py).
with recorded as (
    select min(known_activities.done_on) as first_on, max(known_activities.done_on) as last_on from known_activities
),
population as (
    select calendar.week, calendar.day, calendar.is_workday
    from calendar
    cross join recorded
    where calendar.day between greatest(recorded.first_on, cast($from_on as date)) and least(recorded.last_on, cast($to_on as date))
)
select week, count(*) filter (where is_workday) as workdays, count(*) as days from population group by week
