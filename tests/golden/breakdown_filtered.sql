-- $f0_0 = 'metal'
-- $from_on = datetime.date(2026, 1, 1)
-- $to_on = datetime.date(2026, 12, 31)
with deals as (
  select t.closed_on, t.status, t.rep_key, t.customer_key from crm.deals as t left join crm.customers as customers on customers.customer_key = t.customer_key where (customers.industry in ($f0_0) or customers.industry is null)
),
reps as (
  select t.rep_key, t.rep from crm.reps as t
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
    reps.rep as "rep"
  from counted
  left join reps on reps.rep_key = counted.rep_key
  where counted.in_won_deals or counted.in_closed_deals
)
select
    "rep",
    count(*) filter (where in_won_deals) as won_deals,
    count(*) filter (where in_closed_deals) as closed_deals,
    cast(count(*) filter (where in_won_deals) as double) / nullif(cast(count(*) filter (where in_closed_deals) as double), 0) as win_rate
from population
group by "rep"
order by win_rate desc nulls last, "rep" nulls last
limit 10;

-- $f0_0 = 'metal'
with deals as (
  select t.closed_on, t.status, t.cycle_days, t.customer_key from crm.deals as t left join crm.customers as customers on customers.customer_key = t.customer_key where (customers.industry in ($f0_0) or customers.industry is null)
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
