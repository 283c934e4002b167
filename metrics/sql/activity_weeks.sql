-- What was done in a period, with its week and who did it (metrics/activity.py).
with done as (
    select activities.*, calendar.week, reps.rep
    from activities
    join calendar on calendar.day = activities.done_on
    left join reps on reps.rep_key = activities.rep_key
    where activities.done_on between $from_on and $to_on
),
counted as (  -- the same, counted without being read one by one
    select calendar.week, counted_activities.kind, reps.rep, counted_activities.n
    from counted_activities
    join calendar on calendar.day = counted_activities.done_on
    left join reps on reps.rep_key = counted_activities.rep_key
    where counted_activities.done_on between $from_on and $to_on
),
population as (  -- with names, for the rows
    select
        done.activity_id, done.week, done.rep, done.kind, done.subject, customers.customer, done.deal_id, done.lead_id,
        done.done_at, done.done_on, done.minutes, done.outcome, done.rep_key, done.customer_key
    from done
    left join customers on customers.customer_key = done.customer_key
)
select week, kind, cast(sum(n) as bigint) as activities from counted group by week, kind
