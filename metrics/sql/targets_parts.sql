-- What the targets for spans within these days add up to, by whom they are for and how long the spans are: months beside
-- their quarter, weeks beside their month (metrics/target_trees.py). Of each span the highest version holds;
-- one of 0 took the target back, where more is better.
with placed as (
    select
        targets.*,
        date_diff('day', targets.starts_on, targets.ends_on) + 1 as days,
        row_number() over (
            partition by targets.scope, targets.scope_value, targets.starts_on, targets.ends_on
            order by targets.version desc, targets.value desc
        ) as choice
    from targets
    where targets.measure = $goal
        and targets.starts_on >= cast($from_on as date) and targets.ends_on <= cast($to_on as date)
),
population as (
    select
        placed.*,
        case when days <= 7 then 'week' when days <= 31 then 'month' when days <= 92 then 'quarter' else 'year' end as part
    from placed
    where placed.choice = 1 and (placed.value <> 0 or $is_low_better)
)
select scope, scope_value, part, count(*) as targets, sum(days) as days, sum(value) as value
from population
group by scope, scope_value, part
order by scope, scope_value nulls first, part
