-- The working days of each week on which each salesperson was there: who did anything in the period, or held an
-- open deal in it, so that those who did nothing are seen too (metrics/activity.py).
with sellers as (
    select counted_activities.rep_key
    from counted_activities
    where counted_activities.done_on between $from_on and $to_on
    union
    select deals_seen.rep_key
    from deals_seen
    where deals_seen.status = 'open' and deals_seen.seen_from <= $to_on and deals_seen.seen_to > $from_on
        and deals_seen.rep_key is not null  -- nobody is not idle
),
population as (
    select calendar.week, calendar.day, calendar.is_workday, reps.rep
    from calendar
    cross join sellers
    left join reps on reps.rep_key = sellers.rep_key
    where calendar.day between $from_on and $to_on
        and (reps.hired_on is null or calendar.day >= reps.hired_on)
        and (reps.left_on is null or calendar.day <= reps.left_on)
)
select week, rep, count(*) filter (where is_workday) as workdays from population group by week, rep
