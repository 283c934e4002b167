-- What was done for one deal, the newest first.
with population as (
    select
        activities.done_on, activities.kind, activities.subject, activities.outcome, activities.minutes, reps.rep
    from activities
    left join reps on reps.rep_key = activities.rep_key
    where activities.deal_id = $deal_id
)
select * from population order by done_on desc nulls last
