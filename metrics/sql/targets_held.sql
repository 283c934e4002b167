-- All versions of the targets of one measure for exactly these days, whoever they are for (metrics/target_standing.py).
with population as (
    select targets.*
    from targets
    where targets.measure = $goal and targets.starts_on = cast($from_on as date) and targets.ends_on = cast($to_on as date)
)
select
    scope, scope_value, is_own and (away_to is null or away_to <= cast($from_on as date)) as is_own,
    value, version, reason, set_on
from population
order by scope, scope_value nulls first, version, value
