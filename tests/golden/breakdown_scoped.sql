with deals as (
  select t.closed_on, t.status, t.amount, t.customer_key from crm.deals as t where t.rep_key in (1, 2)
),
customers as (
  select t.customer_key, t.customer from crm.customers as t where t.rep_key in (1, 2) or t.customer_key in (select m.customer_key from (select m.customer_key from crm.deals as m where m.rep_key in (1, 2) union all select m.customer_key from crm.deal_versions as m where m.rep_key in (1, 2) union all select m.customer_key from crm.activities as m where m.rep_key in (1, 2) union all select m.customer_key from crm.order_lines as m where m.rep_key in (1, 2) union all select m.customer_key from crm.invoices as m where m.rep_key in (1, 2) union all select m.customer_key from crm.payments as m where m.rep_key in (1, 2) union all select m.customer_key from crm.payment_plans as m where m.rep_key in (1, 2) union all select m.customer_key from crm.quotes as m where m.rep_key in (1, 2) union all select m.customer_key from crm.contracts as m where m.rep_key in (1, 2) union all select m.customer_key from crm.surveys as m where m.rep_key in (1, 2) union all select m.customer_key from crm.tickets as m where m.rep_key in (1, 2)) as m)
),
counted as (
  select
    deals.*,
    (status = 'won') as in_won_amount
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
    coalesce(sum(amount) filter (where in_won_amount), 0) as won_amount
from population
group by "customer"
order by won_amount desc nulls last, "customer" nulls last;

-- $as_of = datetime.date(2026, 3, 15)
with activities as (
  select t.done_on, t.customer_key from crm.activities as t where t.rep_key in (1, 2)
),
customers as (
  select t.customer_key, t.customer from crm.customers as t where t.rep_key in (1, 2) or t.customer_key in (select m.customer_key from (select m.customer_key from crm.deals as m where m.rep_key in (1, 2) union all select m.customer_key from crm.deal_versions as m where m.rep_key in (1, 2) union all select m.customer_key from crm.activities as m where m.rep_key in (1, 2) union all select m.customer_key from crm.order_lines as m where m.rep_key in (1, 2) union all select m.customer_key from crm.invoices as m where m.rep_key in (1, 2) union all select m.customer_key from crm.payments as m where m.rep_key in (1, 2) union all select m.customer_key from crm.payment_plans as m where m.rep_key in (1, 2) union all select m.customer_key from crm.quotes as m where m.rep_key in (1, 2) union all select m.customer_key from crm.contracts as m where m.rep_key in (1, 2) union all select m.customer_key from crm.surveys as m where m.rep_key in (1, 2) union all select m.customer_key from crm.tickets as m where m.rep_key in (1, 2)) as m)
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
