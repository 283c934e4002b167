-- What was done in some days, the newest first (metrics/customer.py).
with population as (
    select
        activities.done_on, activities.kind, activities.subject, activities.outcome, activities.minutes, reps.rep,
        activities.activity_id
    from activities
    left join reps on reps.rep_key = activities.rep_key
    where activities.done_on between $from_on and $to_on
)
select done_on, kind, subject, outcome, minutes, rep from population order by done_on desc, activity_id
