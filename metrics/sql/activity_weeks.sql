-- What was done in a period, with its week and who did it (metrics/activity.py).
with done as (
    select activities.*, calendar.week, reps.rep
    from activities
    join calendar on calendar.day = activities.done_on
    left join reps on reps.rep_key = activities.rep_key
    where activities.done_on between $from_on and $to_on
),
population as (  -- with names, for the rows; the counts below need none
    select
        done.activity_id, done.week, done.rep, done.kind, done.subject, customers.customer, done.deal_id, done.lead_id,
        done.done_at, done.done_on, done.minutes, done.outcome, done.rep_key, done.customer_key
    from done
    left join customers on customers.customer_key = done.customer_key
)
select week, kind, count(*) as activities from done group by week, kind
