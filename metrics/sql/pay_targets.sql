-- Targets of people for periods of pay (metrics/pay.py). The target that was set for exactly that period is the quota,
-- whatever else covers its days: a month's target says nothing about the quarter's. Where there is none, targets of other
-- spans are spread over working days as in metrics/attainment.py (of several that cover a day the shortest span holds, of
-- the same span the highest version), and only where they cover every working day of the period; a part is no quota.
-- What was withdrawn (set to 0) is none.
with withdrawn as (
    select targets.scope_value as rep, targets.starts_on, targets.ends_on, max(targets.version) as version
    from targets
    where targets.measure = $goal and targets.scope = 'rep' and targets.value = 0
    group by targets.scope_value, targets.starts_on, targets.ends_on
),
goals as (
    select targets.scope_value as rep, targets.starts_on, targets.ends_on, targets.value, targets.version
    from targets
    left join withdrawn on withdrawn.rep = targets.scope_value
        and withdrawn.starts_on = targets.starts_on and withdrawn.ends_on = targets.ends_on
    where targets.measure = $goal and targets.scope = 'rep' and targets.is_own
        and targets.starts_on <= $to_on and targets.ends_on >= $from_on
        and (withdrawn.version is null or targets.version > withdrawn.version)
),
periods as (
    select pay_days.bucket, min(pay_days.day) as first_on, max(pay_days.day) as final_on
    from pay_days
    group by pay_days.bucket
),
placed as (
    select
        goals.rep, goals.starts_on, goals.ends_on, goals.value, goals.version, periods.bucket,
        case when goals.starts_on = periods.first_on and goals.ends_on = periods.final_on then 1 else 0 end as is_exact
    from goals
    join periods on goals.starts_on <= periods.final_on and goals.ends_on >= periods.first_on
),
kinds as (
    select
        placed.rep, placed.bucket, max(placed.is_exact) as has_exact,
        max(case when placed.is_exact = 1 then placed.version end) as last_version
    from placed
    group by placed.rep, placed.bucket
),
told as (
    select placed.rep, placed.bucket, cast(max(placed.value) as double) as value
    from placed
    join kinds on kinds.rep = placed.rep and kinds.bucket = placed.bucket and kinds.last_version = placed.version
    where placed.is_exact = 1
    group by placed.rep, placed.bucket
),
spans as (
    select distinct placed.starts_on, placed.ends_on
    from placed
    join kinds on kinds.rep = placed.rep and kinds.bucket = placed.bucket and kinds.has_exact = 0
),
worked as (
    select spans.starts_on, spans.ends_on, count(*) as days
    from spans
    join calendar on calendar.is_workday and calendar.day between spans.starts_on and spans.ends_on
    group by spans.starts_on, spans.ends_on
),
daily as (
    select
        placed.rep, placed.bucket, cast(placed.value as double) / nullif(cast(worked.days as double), 0) as value,
        row_number() over (
            partition by placed.rep, calendar.day
            order by date_diff('day', placed.starts_on, placed.ends_on), placed.version desc
        ) as choice
    from placed
    join kinds on kinds.rep = placed.rep and kinds.bucket = placed.bucket and kinds.has_exact = 0
    join worked on worked.starts_on = placed.starts_on and worked.ends_on = placed.ends_on
    join pay_days on pay_days.bucket = placed.bucket
        and pay_days.day between placed.starts_on and placed.ends_on
    join calendar on calendar.day = pay_days.day and calendar.is_workday
),
due as (
    select pay_days.bucket, count(*) as days
    from pay_days
    join calendar on calendar.day = pay_days.day and calendar.is_workday
    group by pay_days.bucket
),
population as (
    select told.rep, told.bucket, told.value from told
    union all
    select daily.rep, daily.bucket, sum(daily.value) as value
    from daily
    join due on due.bucket = daily.bucket
    where daily.choice = 1
    group by daily.rep, daily.bucket, due.days
    having count(*) = due.days
)
select population.rep, population.bucket, population.value from population where population.value is not null
