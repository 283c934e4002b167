-- All versions of the targets of one measure for spans within these days (data/targets.py).
with population as (
    select targets.*
    from targets
    where targets.measure = $goal
        and targets.starts_on >= cast($from_on as date) and targets.ends_on <= cast($to_on as date)
)
select measure, scope, scope_value, starts_on, ends_on, value, version, reason, set_on
from population
order by scope, scope_value nulls first, starts_on, ends_on, version, value
