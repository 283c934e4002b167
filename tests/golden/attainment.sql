-- $from_on = datetime.date(2026, 3, 1)
-- $to_on = datetime.date(2026, 3, 31)
-- $before_from = datetime.date(2026, 2, 1)
-- $before_to = datetime.date(2026, 2, 15)
-- $span_from = datetime.date(2026, 2, 1)
-- $span_to = datetime.date(2026, 3, 31)
with deals_by_owner as (
  select t.deal_id, t.status, t.closed_on, case when s.deal_id is null or s.is_main then t.rep_key else s.rep_key end as rep_key, case when s.deal_id is null or s.is_main then t.team else s.team end as team, t.product_key, case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4)) - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount, t.amount as deal_amount, cast(case when s.deal_id is null then 1 else s.to_share - s.from_share end as double) as share, coalesce(s.is_main, true) as is_main
  from crm.deals as t left join crm.owner_shares as s on s.deal_id = t.deal_id
),
deals as (
  select t.* from deals_by_owner as t
),
dated as (
  select
    deals.*,
    closed_on between $from_on and $to_on as is_now,
    closed_on between $before_from and $before_to as is_before
  from deals
  where closed_on between $span_from and $span_to
),
counted as (
  select
    dated.*,
    (status = 'won') and share <> 0 and is_now as in_won_amount,
    (status = 'won') and share <> 0 and is_before as in_won_amount_before
  from dated
),
population as (
  select
    counted.*
  from counted
  where counted.in_won_amount or counted.in_won_amount_before
)
select
    "team",
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    coalesce(sum(amount) filter (where in_won_amount_before), 0) as won_amount_before,
    count(*) filter (where share <> 1) as shared_out_closed_on
from population
group by "team"
order by "team" nulls last;

-- $goal = 'won_amount'
-- $goal_scope = 'team'
-- $from_on = datetime.date(2026, 3, 1)
-- $to_on = datetime.date(2026, 3, 31)
-- $as_of = datetime.date(2026, 3, 15)
with targets as (
  select t.*, true as is_own, t.scope = 'company' as is_whole, 1 as wholes, false as is_below, cast(null as date) as away_to from crm.targets as t
),
calendar as (
  select t.* from crm.calendar as t
),
teams as (
  select t.* from crm.teams as t
),
upper_teams as (
  select distinct teams.parent as team from teams where teams.parent is not null
),
placed_goals as (
  select targets.*, 1 as of_teams, upper_teams.team is not null as is_wider
  from targets left join upper_teams on targets.scope = 'team' and upper_teams.team = targets.scope_value
),
withdrawn as (
  select targets.scope, coalesce(targets.scope_value, '') as owner, targets.starts_on, targets.ends_on, max(targets.version) as version
  from targets where targets.measure = $goal and targets.value = 0
  group by targets.scope, coalesce(targets.scope_value, ''), targets.starts_on, targets.ends_on
),
goals as (
  select placed_goals.* from placed_goals left join withdrawn on withdrawn.scope = placed_goals.scope and withdrawn.owner = coalesce(placed_goals.scope_value, '') and withdrawn.starts_on = placed_goals.starts_on and withdrawn.ends_on = placed_goals.ends_on where placed_goals.measure = $goal and (withdrawn.version is null or placed_goals.version > withdrawn.version) and placed_goals.scope = $goal_scope and placed_goals.is_own
),
spans as (
  select distinct goals.starts_on, goals.ends_on from goals where goals.ends_on >= $from_on and goals.starts_on <= $to_on
),
workdays as (
  select spans.starts_on, spans.ends_on, count(*) as days
  from spans join calendar on calendar.is_workday and calendar.day between spans.starts_on and spans.ends_on
  group by spans.starts_on, spans.ends_on
),
days as (
  select calendar.day as on_day, max(spans.starts_on) as begun, min(spans.ends_on) as until
  from calendar join spans on calendar.day between spans.starts_on and spans.ends_on
  where calendar.is_workday and calendar.day between $from_on and $to_on group by calendar.day
),
parts as (
  select min(days.on_day) as goal_on, count(*) as days, sum(case when days.on_day <= $as_of then 1 else 0 end) as gone
  from days group by days.begun, days.until
),
covered as (
  select workdays.starts_on, workdays.ends_on, workdays.days as workdays, parts.goal_on, parts.days, parts.gone,
    case when workdays.starts_on = $from_on and workdays.ends_on = $to_on then 0 else 1 end as place
  from workdays join parts on parts.goal_on between workdays.starts_on and workdays.ends_on
),
choices as (
  select goals.scope_value, goals.is_wider, goals.of_teams, goals.set_on, covered.goal_on, covered.days, covered.gone,
    cast(goals.value as double) / nullif(cast(covered.workdays as double), 0) as goal,
    row_number() over (partition by goals.scope_value, covered.goal_on order by covered.place, date_diff('day', goals.starts_on, goals.ends_on), goals.version desc) as choice
  from goals join covered on covered.starts_on = goals.starts_on and covered.ends_on = goals.ends_on
),
population as (
  select choices.* from choices where choices.choice = 1
)
select population.scope_value as "team", sum(goal * cast(days as double)) as won_amount_goal, sum(goal * cast(gone as double)) as won_amount_goal_due, cast(coalesce(sum(days), 0) as bigint) as won_amount_goal_days, cast(coalesce(sum(gone), 0) as bigint) as won_amount_goal_gone, max(case when is_wider then 1 else 0 end) as won_amount_goal_wider
from population
group by population.scope_value;

-- $from_on = datetime.date(2026, 3, 1)
-- $to_on = datetime.date(2026, 3, 31)
-- $as_of = datetime.date(2026, 3, 15)
with calendar as (
  select t.* from crm.calendar as t
),
population as (
  select calendar.* from calendar where calendar.is_workday and calendar.day between $from_on and $to_on
)
select count(*) as workdays, count(*) filter (where day <= $as_of) as workdays_gone
from population;

-- $goal = 'won_amount'
-- $goal_scope = 'team'
-- $from_on = datetime.date(2026, 2, 1)
-- $to_on = datetime.date(2026, 2, 28)
-- $as_of = datetime.date(2026, 2, 15)
with targets as (
  select t.*, true as is_own, t.scope = 'company' as is_whole, 1 as wholes, false as is_below, cast(null as date) as away_to from crm.targets as t
),
calendar as (
  select t.* from crm.calendar as t
),
teams as (
  select t.* from crm.teams as t
),
upper_teams as (
  select distinct teams.parent as team from teams where teams.parent is not null
),
placed_goals as (
  select targets.*, 1 as of_teams, upper_teams.team is not null as is_wider
  from targets left join upper_teams on targets.scope = 'team' and upper_teams.team = targets.scope_value
),
withdrawn as (
  select targets.scope, coalesce(targets.scope_value, '') as owner, targets.starts_on, targets.ends_on, max(targets.version) as version
  from targets where targets.measure = $goal and targets.value = 0
  group by targets.scope, coalesce(targets.scope_value, ''), targets.starts_on, targets.ends_on
),
goals as (
  select placed_goals.* from placed_goals left join withdrawn on withdrawn.scope = placed_goals.scope and withdrawn.owner = coalesce(placed_goals.scope_value, '') and withdrawn.starts_on = placed_goals.starts_on and withdrawn.ends_on = placed_goals.ends_on where placed_goals.measure = $goal and (withdrawn.version is null or placed_goals.version > withdrawn.version) and placed_goals.scope = $goal_scope and placed_goals.is_own
),
spans as (
  select distinct goals.starts_on, goals.ends_on from goals where goals.ends_on >= $from_on and goals.starts_on <= $to_on
),
workdays as (
  select spans.starts_on, spans.ends_on, count(*) as days
  from spans join calendar on calendar.is_workday and calendar.day between spans.starts_on and spans.ends_on
  group by spans.starts_on, spans.ends_on
),
days as (
  select calendar.day as on_day, max(spans.starts_on) as begun, min(spans.ends_on) as until
  from calendar join spans on calendar.day between spans.starts_on and spans.ends_on
  where calendar.is_workday and calendar.day between $from_on and $to_on group by calendar.day
),
parts as (
  select min(days.on_day) as goal_on, count(*) as days, sum(case when days.on_day <= $as_of then 1 else 0 end) as gone
  from days group by days.begun, days.until
),
covered as (
  select workdays.starts_on, workdays.ends_on, workdays.days as workdays, parts.goal_on, parts.days, parts.gone,
    case when workdays.starts_on = $from_on and workdays.ends_on = $to_on then 0 else 1 end as place
  from workdays join parts on parts.goal_on between workdays.starts_on and workdays.ends_on
),
choices as (
  select goals.scope_value, goals.is_wider, goals.of_teams, goals.set_on, covered.goal_on, covered.days, covered.gone,
    cast(goals.value as double) / nullif(cast(covered.workdays as double), 0) as goal,
    row_number() over (partition by goals.scope_value, covered.goal_on order by covered.place, date_diff('day', goals.starts_on, goals.ends_on), goals.version desc) as choice
  from goals join covered on covered.starts_on = goals.starts_on and covered.ends_on = goals.ends_on
),
population as (
  select choices.* from choices where choices.choice = 1
)
select population.scope_value as "team", sum(goal * cast(days as double)) as won_amount_goal, sum(goal * cast(gone as double)) as won_amount_goal_due, cast(coalesce(sum(days), 0) as bigint) as won_amount_goal_days, cast(coalesce(sum(gone), 0) as bigint) as won_amount_goal_gone, max(case when is_wider then 1 else 0 end) as won_amount_goal_wider, max(case when population.set_on > $as_of then 1 else 0 end) as won_amount_goal_later
from population
group by population.scope_value;

-- $from_on = datetime.date(2026, 2, 1)
-- $to_on = datetime.date(2026, 2, 28)
-- $as_of = datetime.date(2026, 2, 15)
with calendar as (
  select t.* from crm.calendar as t
),
population as (
  select calendar.* from calendar where calendar.is_workday and calendar.day between $from_on and $to_on
)
select count(*) as workdays, count(*) filter (where day <= $as_of) as workdays_gone
from population;

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

with deals as (
  select t.closed_on from crm.deals as t
),
population as (
  select deals.closed_on from deals
)
select min(closed_on) as first_on from population;
