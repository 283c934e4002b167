-- $from_on = datetime.date(2026, 1, 1)
-- $to_on = datetime.date(2026, 12, 31)
with deals as (
  select t.closed_on, t.status from crm.deals as t
),
dated as (
  select deals.* from deals where closed_on between $from_on and $to_on
),
counted as (
  select
    dated.*,
    (status = 'won') as in_won_deals,
    (status in ('won', 'lost')) as in_closed_deals
  from dated
),
population as (
  select
    counted.*,
    cast(date_trunc('quarter', counted.closed_on) as date) as "quarter"
  from counted
  where counted.in_won_deals or counted.in_closed_deals
)
select
    "quarter",
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate
from population
group by "quarter"
order by "quarter" nulls last;

-- $goal = 'win_rate'
-- $from_on = datetime.date(2026, 1, 1)
-- $to_on = datetime.date(2026, 12, 31)
with targets as (
  select t.*, true as is_own, t.scope = 'company' as is_whole, 1 as wholes, false as is_below, cast(null as date) as away_to from crm.targets as t
),
calendar as (
  select t.* from crm.calendar as t
),
withdrawn as (
  select targets.scope, coalesce(targets.scope_value, '') as owner, targets.starts_on, targets.ends_on, max(targets.version) as version
  from targets where targets.measure = $goal and targets.value = 0
  group by targets.scope, coalesce(targets.scope_value, ''), targets.starts_on, targets.ends_on
),
goals as (
  select targets.* from targets left join withdrawn on withdrawn.scope = targets.scope and withdrawn.owner = coalesce(targets.scope_value, '') and withdrawn.starts_on = targets.starts_on and withdrawn.ends_on = targets.ends_on where targets.measure = $goal and (withdrawn.version is null or targets.version > withdrawn.version) and targets.is_whole
),
spans as (
  select calendar.quarter as "quarter", min(calendar.day) as first_on, max(calendar.day) as last_on from calendar where calendar.day between $from_on and $to_on group by calendar.quarter
),
versions as (
  select spans."quarter", goals.*, row_number() over (partition by goals.scope_value, goals.starts_on order by goals.version desc) as choice
  from goals join spans on goals.starts_on = spans.first_on and goals.ends_on = spans.last_on
),
population as (
  select versions.* from versions where versions.choice = 1 and versions.wholes = 1
)
select population."quarter", max(value) as win_rate_goal, count(distinct case when is_below then scope_value end) as win_rate_goal_sum
from population
group by population."quarter";

-- $from_on = datetime.date(2026, 1, 1)
-- $to_on = datetime.date(2026, 12, 31)
-- $as_of = datetime.date(2026, 3, 15)
with calendar as (
  select t.* from crm.calendar as t
),
population as (
  select calendar.* from calendar where calendar.is_workday and calendar.day between $from_on and $to_on
)
select "quarter", count(*) as workdays, count(*) filter (where day <= $as_of) as workdays_gone
from population
group by "quarter";

with deals as (
  select t.closed_on, t.status, t.cycle_days from crm.deals as t
),
population as (
  select
    (status = 'won') as is_0,
    (status = 'lost') as is_1,
    (status in ('won', 'lost')) as is_2,
    (status in ('won', 'lost') and cycle_days is not null) as is_3
  from deals where deals.closed_on is null
)
select count(*) filter (where is_0) as undated_0, count(*) filter (where is_1) as undated_1, count(*) filter (where is_2) as undated_2, count(*) filter (where is_3) as undated_3 from population;
