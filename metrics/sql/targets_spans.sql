-- For which measures, whom and which days there are targets, and how many (metrics/target_trees.py).
with population as (
    select targets.* from targets
)
select measure, scope, starts_on, ends_on, count(*) as targets, max(version) as version, max(set_on) as set_on
from population
group by measure, scope, starts_on, ends_on
order by measure, scope, starts_on, ends_on
