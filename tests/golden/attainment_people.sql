-- $f0_0 = 'Ann'
-- $f0_1 = 'Bob'
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
  select t.* from deals_by_owner as t left join crm.reps as reps on reps.rep_key = t.rep_key where (reps.rep in ($f0_0, $f0_1))
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

-- $goal = 'won_amount'
-- $from_on = datetime.date(2026, 3, 1)
-- $goal_scope = 'rep'
-- $goal_0 = 'Ann'
-- $goal_1 = 'Bob'
-- $to_on = datetime.date(2026, 3, 31)
-- $as_of = datetime.date(2026, 3, 15)
with targets as (
  select t.*, true as is_own, t.scope = 'company' as is_whole, 1 as wholes, false as is_below, cast(null as date) as away_to from crm.targets as t
),
calendar as (
  select t.* from crm.calendar as t
),
scoped_reps as (
  select t.* from crm.reps as t
),
withdrawn as (
  select targets.scope, coalesce(targets.scope_value, '') as owner, targets.starts_on, targets.ends_on, max(targets.version) as version
  from targets where targets.measure = $goal and targets.value = 0
  group by targets.scope, coalesce(targets.scope_value, ''), targets.starts_on, targets.ends_on
),
goals as (
  select targets.*, targets.away_to is not null and targets.away_to > cast($from_on as date) as is_moved from targets left join withdrawn on withdrawn.scope = targets.scope and withdrawn.owner = coalesce(targets.scope_value, '') and withdrawn.starts_on = targets.starts_on and withdrawn.ends_on = targets.ends_on where targets.measure = $goal and (withdrawn.version is null or targets.version > withdrawn.version) and targets.scope = $goal_scope and targets.is_own and targets.scope_value in ($goal_0, $goal_1)
),
there as (
  select reps.rep, reps.hired_on, reps.left_on from scoped_reps as reps where reps.hired_on > $from_on or reps.left_on < $to_on
),
away as (
  select there.rep as scope_value, cast($from_on as date) as starts_on, cast(coalesce(min(case when goals.starts_on < there.hired_on and goals.ends_on >= cast(there.hired_on - interval 1 day as date) then goals.starts_on end), there.hired_on) - interval 1 day as date) as ends_on
  from there join goals on goals.scope = 'rep' and goals.scope_value = there.rep and goals.starts_on <= $to_on and goals.ends_on >= $from_on
  where there.hired_on > $from_on group by there.rep, there.hired_on
  union all select there.rep as scope_value, cast(coalesce(max(case when goals.ends_on > there.left_on and goals.starts_on <= cast(there.left_on + interval 1 day as date) then goals.ends_on end), there.left_on) + interval 1 day as date) as starts_on, cast($to_on as date) as ends_on
  from there join goals on goals.scope = 'rep' and goals.scope_value = there.rep and goals.starts_on <= $to_on and goals.ends_on >= $from_on
  where there.left_on < $to_on group by there.rep, there.left_on
),
held as (
  select goals.scope_value, goals.starts_on, goals.ends_on, goals.version, goals.set_on, cast(goals.value as double) as value, false as is_away, goals.is_moved from goals
  union all select away.scope_value, away.starts_on, away.ends_on, 0, cast(null as date), cast(null as double), true, false from away
),
spans as (
  select distinct held.starts_on, held.ends_on from held where held.ends_on >= $from_on and held.starts_on <= $to_on
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
  select held.scope_value, held.is_moved, held.is_away, held.set_on, covered.goal_on, covered.days, covered.gone,
    cast(held.value as double) / nullif(cast(covered.workdays as double), 0) as goal,
    row_number() over (partition by held.scope_value, covered.goal_on order by held.is_away, covered.place, date_diff('day', held.starts_on, held.ends_on), held.version desc) as choice
  from held join covered on covered.starts_on = held.starts_on and covered.ends_on = held.ends_on
),
owned as (
  select choices.*, count(*) over (partition by choices.goal_on) as owners from choices where choices.choice = 1
),
population as (
  select owned.*, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.days else 0 end as days_once, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.gone else 0 end as gone_once
  from owned where owned.owners = 2
)
select sum(goal * cast(days as double)) as won_amount_goal, sum(goal * cast(gone as double)) as won_amount_goal_due, cast(coalesce(sum(days_once), 0) as bigint) as won_amount_goal_days, cast(coalesce(sum(gone_once), 0) as bigint) as won_amount_goal_gone, count(distinct case when is_moved then scope_value end) as won_amount_goal_moved, count(distinct case when is_away then scope_value end) as won_amount_goal_away, cast(coalesce(sum(case when is_away then days end), 0) as bigint) as won_amount_goal_away_days
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

-- $goal = 'won_amount'
-- $from_on = datetime.date(2026, 2, 1)
-- $goal_scope = 'rep'
-- $goal_0 = 'Ann'
-- $goal_1 = 'Bob'
-- $to_on = datetime.date(2026, 2, 28)
-- $as_of = datetime.date(2026, 2, 15)
with targets as (
  select t.*, true as is_own, t.scope = 'company' as is_whole, 1 as wholes, false as is_below, cast(null as date) as away_to from crm.targets as t
),
calendar as (
  select t.* from crm.calendar as t
),
scoped_reps as (
  select t.* from crm.reps as t
),
withdrawn as (
  select targets.scope, coalesce(targets.scope_value, '') as owner, targets.starts_on, targets.ends_on, max(targets.version) as version
  from targets where targets.measure = $goal and targets.value = 0
  group by targets.scope, coalesce(targets.scope_value, ''), targets.starts_on, targets.ends_on
),
goals as (
  select targets.*, targets.away_to is not null and targets.away_to > cast($from_on as date) as is_moved from targets left join withdrawn on withdrawn.scope = targets.scope and withdrawn.owner = coalesce(targets.scope_value, '') and withdrawn.starts_on = targets.starts_on and withdrawn.ends_on = targets.ends_on where targets.measure = $goal and (withdrawn.version is null or targets.version > withdrawn.version) and targets.scope = $goal_scope and targets.is_own and targets.scope_value in ($goal_0, $goal_1)
),
there as (
  select reps.rep, reps.hired_on, reps.left_on from scoped_reps as reps where reps.hired_on > $from_on or reps.left_on < $to_on
),
away as (
  select there.rep as scope_value, cast($from_on as date) as starts_on, cast(coalesce(min(case when goals.starts_on < there.hired_on and goals.ends_on >= cast(there.hired_on - interval 1 day as date) then goals.starts_on end), there.hired_on) - interval 1 day as date) as ends_on
  from there join goals on goals.scope = 'rep' and goals.scope_value = there.rep and goals.starts_on <= $to_on and goals.ends_on >= $from_on
  where there.hired_on > $from_on group by there.rep, there.hired_on
  union all select there.rep as scope_value, cast(coalesce(max(case when goals.ends_on > there.left_on and goals.starts_on <= cast(there.left_on + interval 1 day as date) then goals.ends_on end), there.left_on) + interval 1 day as date) as starts_on, cast($to_on as date) as ends_on
  from there join goals on goals.scope = 'rep' and goals.scope_value = there.rep and goals.starts_on <= $to_on and goals.ends_on >= $from_on
  where there.left_on < $to_on group by there.rep, there.left_on
),
held as (
  select goals.scope_value, goals.starts_on, goals.ends_on, goals.version, goals.set_on, cast(goals.value as double) as value, false as is_away, goals.is_moved from goals
  union all select away.scope_value, away.starts_on, away.ends_on, 0, cast(null as date), cast(null as double), true, false from away
),
spans as (
  select distinct held.starts_on, held.ends_on from held where held.ends_on >= $from_on and held.starts_on <= $to_on
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
  select held.scope_value, held.is_moved, held.is_away, held.set_on, covered.goal_on, covered.days, covered.gone,
    cast(held.value as double) / nullif(cast(covered.workdays as double), 0) as goal,
    row_number() over (partition by held.scope_value, covered.goal_on order by held.is_away, covered.place, date_diff('day', held.starts_on, held.ends_on), held.version desc) as choice
  from held join covered on covered.starts_on = held.starts_on and covered.ends_on = held.ends_on
),
owned as (
  select choices.*, count(*) over (partition by choices.goal_on) as owners from choices where choices.choice = 1
),
population as (
  select owned.*, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.days else 0 end as days_once, case when row_number() over (partition by owned.goal_on order by owned.scope_value) = 1 then owned.gone else 0 end as gone_once
  from owned where owned.owners = 2
)
select sum(goal * cast(days as double)) as won_amount_goal, sum(goal * cast(gone as double)) as won_amount_goal_due, cast(coalesce(sum(days_once), 0) as bigint) as won_amount_goal_days, cast(coalesce(sum(gone_once), 0) as bigint) as won_amount_goal_gone, count(distinct case when is_moved then scope_value end) as won_amount_goal_moved, count(distinct case when is_away then scope_value end) as won_amount_goal_away, cast(coalesce(sum(case when is_away then days end), 0) as bigint) as won_amount_goal_away_days, max(case when population.set_on > $as_of then 1 else 0 end) as won_amount_goal_later
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

-- $f0_0 = 'Ann'
-- $f0_1 = 'Bob'
with deals_by_owner as (
  select t.deal_id, t.status, t.closed_on, t.cycle_days, case when s.deal_id is null or s.is_main then t.rep_key else s.rep_key end as rep_key, case when s.deal_id is null or s.is_main then t.team else s.team end as team, t.product_key, case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4)) - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount, t.amount as deal_amount, cast(case when s.deal_id is null then 1 else s.to_share - s.from_share end as double) as share, coalesce(s.is_main, true) as is_main
  from crm.deals as t left join crm.owner_shares as s on s.deal_id = t.deal_id
),
deals as (
  select t.* from deals_by_owner as t left join crm.reps as reps on reps.rep_key = t.rep_key where (reps.rep in ($f0_0, $f0_1))
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
