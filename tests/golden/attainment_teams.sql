-- $f0_0 = 'North'
-- $f0_1 = 'South'
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
  select t.* from deals_by_owner as t where (t.team in ($f0_0, $f0_1))
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
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    coalesce(sum(amount) filter (where in_won_amount_before), 0) as won_amount_before,
    count(*) filter (where share <> 1) as shared_out_closed_on
from population;

-- $goal_0 = 'North'
-- $goal_1 = 'South'
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
scoped_reps as (
  select t.* from crm.reps as t
),
rep_teams as (
  select t.* from crm.rep_teams as t
),
picked as (
  select teams.team, teams.parent from teams where teams.team in ($goal_0, $goal_1)
),
tops as (
  select told.team, told.starts_on, told.ends_on, told.of_teams, told.is_below
  from (select borne.measure, borne.starts_on, borne.ends_on, borne.team, count(*) over (partition by borne.measure, borne.starts_on, borne.ends_on) as of_teams, parents.team is not null as is_below from (select lines.team, bearers.measure, bearers.starts_on, bearers.ends_on, max(lines.up) as up from (select p0.team, p0.team as over_team, 0 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p0.team is not null union all select p0.team, p1.team as over_team, 1 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p1.team is not null union all select p0.team, p2.team as over_team, 2 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p2.team is not null union all select p0.team, p3.team as over_team, 3 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p3.team is not null union all select p0.team, p4.team as over_team, 4 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p4.team is not null) as lines join (select distinct asked.measure, asked.starts_on, asked.ends_on, given.scope_value as team from (select distinct measure, starts_on, ends_on from targets where scope = 'team' and value <> 0) as asked join (select distinct measure, scope_value, starts_on, ends_on from targets where scope = 'team' and value <> 0) as given on given.measure = asked.measure and given.starts_on <= asked.ends_on and given.ends_on >= asked.starts_on) as bearers on bearers.team = lines.over_team group by lines.team, bearers.measure, bearers.starts_on, bearers.ends_on) as borne join (select borne.measure, borne.starts_on, borne.ends_on, count(*) as teams from (select lines.team, bearers.measure, bearers.starts_on, bearers.ends_on, max(lines.up) as up from (select p0.team, p0.team as over_team, 0 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p0.team is not null union all select p0.team, p1.team as over_team, 1 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p1.team is not null union all select p0.team, p2.team as over_team, 2 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p2.team is not null union all select p0.team, p3.team as over_team, 3 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p3.team is not null union all select p0.team, p4.team as over_team, 4 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p4.team is not null) as lines join (select distinct asked.measure, asked.starts_on, asked.ends_on, given.scope_value as team from (select distinct measure, starts_on, ends_on from targets where scope = 'team' and value <> 0) as asked join (select distinct measure, scope_value, starts_on, ends_on from targets where scope = 'team' and value <> 0) as given on given.measure = asked.measure and given.starts_on <= asked.ends_on and given.ends_on >= asked.starts_on) as bearers on bearers.team = lines.over_team group by lines.team, bearers.measure, bearers.starts_on, bearers.ends_on) as borne join (select distinct mine.team from picked as mine left join picked as lower on lower.parent = mine.team left join (select reps.team from scoped_reps as reps where reps.team is not null and reps.left_on is null union select rep_teams.team from rep_teams where rep_teams.team is not null) as workers on workers.team = mine.team where lower.team is null or workers.team is not null) as needed on needed.team = borne.team group by borne.measure, borne.starts_on, borne.ends_on) as covered on covered.measure = borne.measure and covered.starts_on = borne.starts_on and covered.ends_on = borne.ends_on join (select count(*) as teams from (select distinct mine.team from picked as mine left join picked as lower on lower.parent = mine.team left join (select reps.team from scoped_reps as reps where reps.team is not null and reps.left_on is null union select rep_teams.team from rep_teams where rep_teams.team is not null) as workers on workers.team = mine.team where lower.team is null or workers.team is not null) as needed) as wanted on wanted.teams = covered.teams join picked as mine on mine.team = borne.team left join picked as parents on parents.team = mine.parent where borne.up = 0) as told where told.measure = $goal
),
left_out as (
  select count(*) as below
  from teams join picked on picked.team = teams.parent
  left join picked as mine on mine.team = teams.team
  where mine.team is null
),
placed_goals as (
  select targets.*, tops.of_teams, tops.is_below as is_sum, left_out.below > 0 as is_wider
  from targets join tops on targets.scope = 'team' and tops.team = targets.scope_value
  and tops.starts_on = targets.starts_on and tops.ends_on = targets.ends_on
  cross join left_out
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
  select goals.scope_value, goals.is_wider, goals.of_teams, goals.is_sum, goals.set_on, covered.goal_on, covered.days, covered.gone,
    cast(goals.value as double) / nullif(cast(covered.workdays as double), 0) as goal,
    row_number() over (partition by goals.scope_value, covered.goal_on order by covered.place, date_diff('day', goals.starts_on, goals.ends_on), goals.version desc) as choice
  from goals join covered on covered.starts_on = goals.starts_on and covered.ends_on = goals.ends_on
),
owned as (
  select choices.*, count(*) over (partition by choices.goal_on) as owners, min(choices.of_teams) over (partition by choices.goal_on) as min_owners, max(choices.of_teams) over (partition by choices.goal_on) as max_owners from choices where choices.choice = 1
),
population as (
  select owned.*, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.days else 0 end as days_once, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.gone else 0 end as gone_once
  from owned where owned.owners = owned.of_teams and owned.min_owners = owned.max_owners
)
select sum(goal * cast(days as double)) as won_amount_goal, sum(goal * cast(gone as double)) as won_amount_goal_due, cast(coalesce(sum(days_once), 0) as bigint) as won_amount_goal_days, cast(coalesce(sum(gone_once), 0) as bigint) as won_amount_goal_gone, count(distinct case when is_wider then scope_value end) as won_amount_goal_wider, count(distinct case when is_sum then scope_value end) as won_amount_goal_sum
from population;

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

-- $goal_0 = 'North'
-- $goal_1 = 'South'
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
scoped_reps as (
  select t.* from crm.reps as t
),
rep_teams as (
  select t.* from crm.rep_teams as t
),
picked as (
  select teams.team, teams.parent from teams where teams.team in ($goal_0, $goal_1)
),
tops as (
  select told.team, told.starts_on, told.ends_on, told.of_teams, told.is_below
  from (select borne.measure, borne.starts_on, borne.ends_on, borne.team, count(*) over (partition by borne.measure, borne.starts_on, borne.ends_on) as of_teams, parents.team is not null as is_below from (select lines.team, bearers.measure, bearers.starts_on, bearers.ends_on, max(lines.up) as up from (select p0.team, p0.team as over_team, 0 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p0.team is not null union all select p0.team, p1.team as over_team, 1 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p1.team is not null union all select p0.team, p2.team as over_team, 2 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p2.team is not null union all select p0.team, p3.team as over_team, 3 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p3.team is not null union all select p0.team, p4.team as over_team, 4 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p4.team is not null) as lines join (select distinct asked.measure, asked.starts_on, asked.ends_on, given.scope_value as team from (select distinct measure, starts_on, ends_on from targets where scope = 'team' and value <> 0) as asked join (select distinct measure, scope_value, starts_on, ends_on from targets where scope = 'team' and value <> 0) as given on given.measure = asked.measure and given.starts_on <= asked.ends_on and given.ends_on >= asked.starts_on) as bearers on bearers.team = lines.over_team group by lines.team, bearers.measure, bearers.starts_on, bearers.ends_on) as borne join (select borne.measure, borne.starts_on, borne.ends_on, count(*) as teams from (select lines.team, bearers.measure, bearers.starts_on, bearers.ends_on, max(lines.up) as up from (select p0.team, p0.team as over_team, 0 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p0.team is not null union all select p0.team, p1.team as over_team, 1 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p1.team is not null union all select p0.team, p2.team as over_team, 2 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p2.team is not null union all select p0.team, p3.team as over_team, 3 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p3.team is not null union all select p0.team, p4.team as over_team, 4 as up from picked as p0 left join picked as p1 on p1.team = p0.parent left join picked as p2 on p2.team = p1.parent left join picked as p3 on p3.team = p2.parent left join picked as p4 on p4.team = p3.parent where p4.team is not null) as lines join (select distinct asked.measure, asked.starts_on, asked.ends_on, given.scope_value as team from (select distinct measure, starts_on, ends_on from targets where scope = 'team' and value <> 0) as asked join (select distinct measure, scope_value, starts_on, ends_on from targets where scope = 'team' and value <> 0) as given on given.measure = asked.measure and given.starts_on <= asked.ends_on and given.ends_on >= asked.starts_on) as bearers on bearers.team = lines.over_team group by lines.team, bearers.measure, bearers.starts_on, bearers.ends_on) as borne join (select distinct mine.team from picked as mine left join picked as lower on lower.parent = mine.team left join (select reps.team from scoped_reps as reps where reps.team is not null and reps.left_on is null union select rep_teams.team from rep_teams where rep_teams.team is not null) as workers on workers.team = mine.team where lower.team is null or workers.team is not null) as needed on needed.team = borne.team group by borne.measure, borne.starts_on, borne.ends_on) as covered on covered.measure = borne.measure and covered.starts_on = borne.starts_on and covered.ends_on = borne.ends_on join (select count(*) as teams from (select distinct mine.team from picked as mine left join picked as lower on lower.parent = mine.team left join (select reps.team from scoped_reps as reps where reps.team is not null and reps.left_on is null union select rep_teams.team from rep_teams where rep_teams.team is not null) as workers on workers.team = mine.team where lower.team is null or workers.team is not null) as needed) as wanted on wanted.teams = covered.teams join picked as mine on mine.team = borne.team left join picked as parents on parents.team = mine.parent where borne.up = 0) as told where told.measure = $goal
),
left_out as (
  select count(*) as below
  from teams join picked on picked.team = teams.parent
  left join picked as mine on mine.team = teams.team
  where mine.team is null
),
placed_goals as (
  select targets.*, tops.of_teams, tops.is_below as is_sum, left_out.below > 0 as is_wider
  from targets join tops on targets.scope = 'team' and tops.team = targets.scope_value
  and tops.starts_on = targets.starts_on and tops.ends_on = targets.ends_on
  cross join left_out
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
  select goals.scope_value, goals.is_wider, goals.of_teams, goals.is_sum, goals.set_on, covered.goal_on, covered.days, covered.gone,
    cast(goals.value as double) / nullif(cast(covered.workdays as double), 0) as goal,
    row_number() over (partition by goals.scope_value, covered.goal_on order by covered.place, date_diff('day', goals.starts_on, goals.ends_on), goals.version desc) as choice
  from goals join covered on covered.starts_on = goals.starts_on and covered.ends_on = goals.ends_on
),
owned as (
  select choices.*, count(*) over (partition by choices.goal_on) as owners, min(choices.of_teams) over (partition by choices.goal_on) as min_owners, max(choices.of_teams) over (partition by choices.goal_on) as max_owners from choices where choices.choice = 1
),
population as (
  select owned.*, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.days else 0 end as days_once, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.gone else 0 end as gone_once
  from owned where owned.owners = owned.of_teams and owned.min_owners = owned.max_owners
)
select sum(goal * cast(days as double)) as won_amount_goal, sum(goal * cast(gone as double)) as won_amount_goal_due, cast(coalesce(sum(days_once), 0) as bigint) as won_amount_goal_days, cast(coalesce(sum(gone_once), 0) as bigint) as won_amount_goal_gone, count(distinct case when is_wider then scope_value end) as won_amount_goal_wider, count(distinct case when is_sum then scope_value end) as won_amount_goal_sum, max(case when population.set_on > $as_of then 1 else 0 end) as won_amount_goal_later
from population;

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

-- $f0_0 = 'North'
-- $f0_1 = 'South'
with deals_by_owner as (
  select t.deal_id, t.status, t.closed_on, t.cycle_days, case when s.deal_id is null or s.is_main then t.rep_key else s.rep_key end as rep_key, case when s.deal_id is null or s.is_main then t.team else s.team end as team, t.product_key, case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4)) - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount, t.amount as deal_amount, cast(case when s.deal_id is null then 1 else s.to_share - s.from_share end as double) as share, coalesce(s.is_main, true) as is_main
  from crm.deals as t left join crm.owner_shares as s on s.deal_id = t.deal_id
),
deals as (
  select t.* from deals_by_owner as t where (t.team in ($f0_0, $f0_1))
),
population as (
  select
    (status = 'won') as is_0,
    (status = 'lost') as is_1,
    (status in ('won', 'lost')) as is_2,
    (status in ('won', 'lost') and cycle_days is not null) as is_3
  from deals where deals.closed_on is null and deals.is_main
)
select count(*) filter (where is_0) as undated_0, count(*) filter (where is_1) as undated_1, count(*) filter (where is_2) as undated_2, count(*) filter (where is_3) as undated_3 from population;

with deals as (
  select t.closed_on from crm.deals as t
),
population as (
  select deals.closed_on from deals
)
select min(closed_on) as first_on from population;
