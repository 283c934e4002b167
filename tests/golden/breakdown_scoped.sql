-- $in_team_0 = 'North'
with deals_by_owner as (
  select t.deal_id, t.customer_key, t.status, t.closed_on, case when s.deal_id is null or s.is_main then t.rep_key else s.rep_key end as rep_key, case when s.deal_id is null or s.is_main then t.team else s.team end as team, t.product_key, case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4)) - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount, t.amount as deal_amount, cast(case when s.deal_id is null then 1 else s.to_share - s.from_share end as double) as share, coalesce(s.is_main, true) as is_main
  from crm.deals as t left join crm.owner_shares as s on s.deal_id = t.deal_id
),
deals as (
  select t.* from deals_by_owner as t where t.team in ($in_team_0)
),
customers as (
  select t.customer_key, t.customer from crm.customers as t where t.rep_key in (1, 2) or t.customer_key in (select m.customer_key from (select m.customer_key from crm.deals as m where m.team in ($in_team_0) union all select m.customer_key from crm.deal_versions as m where m.team in ($in_team_0) union all select m.customer_key from crm.activities as m where m.team in ($in_team_0) union all select m.customer_key from crm.order_lines as m where m.team in ($in_team_0) union all select m.customer_key from crm.invoices as m where m.team in ($in_team_0) union all select m.customer_key from crm.payments as m where m.team in ($in_team_0) union all select m.customer_key from crm.payment_plans as m where m.team in ($in_team_0) union all select m.customer_key from crm.quotes as m where m.team in ($in_team_0) union all select m.customer_key from crm.contracts as m where m.team in ($in_team_0) union all select m.customer_key from crm.surveys as m where m.team in ($in_team_0) union all select m.customer_key from crm.tickets as m where m.team in ($in_team_0) union all select m.customer_key from crm.deals as m where m.deal_id in (select m.deal_id from crm.owner_shares as m where m.team in ($in_team_0))) as m)
),
counted as (
  select
    deals.*,
    (status = 'won') and share <> 0 as in_won_amount
  from deals
),
population as (
  select
    counted.*,
    customers.customer as "customer"
  from counted
  left join customers on customers.customer_key = counted.customer_key
  where counted.in_won_amount
)
select
    "customer",
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount,
    count(*) filter (where share <> 1) as shared_out_closed_on
from population
group by "customer"
order by won_amount desc nulls last, "customer" nulls last;

-- $in_team_0 = 'North'
-- $as_of = datetime.date(2026, 3, 15)
with activities as (
  select t.done_on, t.customer_key from crm.activities as t where t.team in ($in_team_0)
),
customers as (
  select t.customer_key, t.customer from crm.customers as t where t.rep_key in (1, 2) or t.customer_key in (select m.customer_key from (select m.customer_key from crm.deals as m where m.team in ($in_team_0) union all select m.customer_key from crm.deal_versions as m where m.team in ($in_team_0) union all select m.customer_key from crm.activities as m where m.team in ($in_team_0) union all select m.customer_key from crm.order_lines as m where m.team in ($in_team_0) union all select m.customer_key from crm.invoices as m where m.team in ($in_team_0) union all select m.customer_key from crm.payments as m where m.team in ($in_team_0) union all select m.customer_key from crm.payment_plans as m where m.team in ($in_team_0) union all select m.customer_key from crm.quotes as m where m.team in ($in_team_0) union all select m.customer_key from crm.contracts as m where m.team in ($in_team_0) union all select m.customer_key from crm.surveys as m where m.team in ($in_team_0) union all select m.customer_key from crm.tickets as m where m.team in ($in_team_0) union all select m.customer_key from crm.deals as m where m.deal_id in (select m.deal_id from crm.owner_shares as m where m.team in ($in_team_0))) as m)
),
counted as (
  select
    activities.*,
    (done_on is null or done_on <= $as_of) as in_activities
  from activities
),
population as (
  select
    counted.*,
    customers.customer as "customer"
  from counted
  left join customers on customers.customer_key = counted.customer_key
  where counted.in_activities
)
select
    "customer",
    count(*) filter (where in_activities) as activities
from population
group by "customer";
