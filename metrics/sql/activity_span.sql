-- The working days of each week of a period, from the first day on which those in view did anything to the last on which
-- activity is on record, whoever did it, or the last of them left: what was not recorded was not quiet, nor were weeks in
-- which nobody was there (metrics/activity.py).
with recorded as (
    select max(known_activities.done_on) as last_on from known_activities
),
there as (
    select
        min(counted_activities.done_on) as first_on,
        case when count(*) filter (where reps.left_on is null) = 0 then max(reps.left_on) end as left_on
    from counted_activities
    left join reps on reps.rep_key = counted_activities.rep_key
),
population as (
    select calendar.week, calendar.day, calendar.is_workday
    from calendar
    cross join recorded
    cross join there
    where calendar.day between greatest(there.first_on, cast($from_on as date))
        and least(recorded.last_on, there.left_on, cast($to_on as date))
)
select week, count(*) filter (where is_workday) as workdays, count(*) as days from population group by week
