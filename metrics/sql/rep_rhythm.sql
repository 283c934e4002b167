-- What was done in a period, by kind, week and day of the week: 0 is the day on which weeks begin (metrics/rhythm.py).
with population as (
    select
        activities.activity_id, activities.kind, activities.subject, activities.customer_key, activities.rep_key,
        activities.deal_id, activities.lead_id, activities.done_at, activities.done_on, activities.minutes,
        activities.outcome, calendar.week, date_diff('day', calendar.week, activities.done_on) as weekday
    from activities
    join calendar on calendar.day = activities.done_on
    where activities.done_on between $from_on and $to_on
)
select kind, week, weekday, count(*) as activities
from population
group by kind, week, weekday
order by kind nulls last, week, weekday
