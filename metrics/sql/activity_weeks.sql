-- What was done in a period, with its week and who did it (metrics/activity.py).
with population as (
    select
        activities.activity_id, calendar.week, reps.rep, activities.kind, activities.subject, customers.customer,
        activities.deal_id, activities.lead_id, activities.done_at, activities.done_on, activities.minutes,
        activities.outcome, activities.rep_key, activities.customer_key
    from activities
    join calendar on calendar.day = activities.done_on
    left join reps on reps.rep_key = activities.rep_key
    left join customers on customers.customer_key = activities.customer_key
    where activities.done_on between $from_on and $to_on
)
select week, rep, kind, count(*) as activities from population group by week, rep, kind
