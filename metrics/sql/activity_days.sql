-- The working days of each week on which each salesperson was there: who did anything in the period, or holds an open
-- deal, so that those who did nothing are seen too (metrics/activity.py).
with sellers as (
    select activities.rep_key from activities where activities.done_on between $from_on and $to_on
    union
    select deals.rep_key from deals where deals.status = 'open' and not deals.is_gone
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
