-- $from_on = datetime.date(2026, 3, 1)
-- $to_on = datetime.date(2026, 3, 31)
-- $before_from = datetime.date(2026, 2, 1)
-- $before_to = datetime.date(2026, 2, 15)
-- $span_from = datetime.date(2026, 2, 1)
-- $span_to = datetime.date(2026, 3, 31)
with deals as (
  select t.* from crm.deals as t
),
reps as (
  select t.* from crm.reps as t
),
customers as (
  select t.* from crm.customers as t
),
products as (
  select t.* from crm.products as t
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
    (status = 'won') and is_now as in_won_deals,
    (status in ('won', 'lost')) and is_now as in_closed_deals,
    (status = 'won') and is_before as in_won_deals_before,
    (status in ('won', 'lost')) and is_before as in_closed_deals_before
  from dated
),
population as (
  select
    counted.*,
    reps.rep as "rep"
  from counted
  left join reps on reps.rep_key = counted.rep_key
  where counted.in_won_deals or counted.in_closed_deals or counted.in_won_deals_before or counted.in_closed_deals_before
)
select customers.customer, products.product, population.*
from population
left join customers on customers.customer_key = population.customer_key
left join products on products.product_key = population.product_key
where (population.in_won_deals_before or population.in_closed_deals_before) and population."rep" is null
order by population.closed_on desc nulls last, population.deal_id;
