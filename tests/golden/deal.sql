-- $deal_id = 'd01'
with deals as (
  select t.* from crm.deals as t where t.rep_key in (1, 2)
),
reps as (
  select t.* from crm.reps as t where t.rep_key in (1, 2)
),
customers as (
  select t.* from crm.customers as t where t.rep_key in (1, 2) or t.customer_key in (select m.customer_key from crm.deals as m where m.rep_key in (1, 2) union all select m.customer_key from crm.deal_versions as m where m.rep_key in (1, 2) union all select m.customer_key from crm.activities as m where m.rep_key in (1, 2) union all select m.customer_key from crm.order_lines as m where m.rep_key in (1, 2) union all select m.customer_key from crm.invoices as m where m.rep_key in (1, 2) union all select m.customer_key from crm.payments as m where m.rep_key in (1, 2) union all select m.customer_key from crm.payment_plans as m where m.rep_key in (1, 2) union all select m.customer_key from crm.quotes as m where m.rep_key in (1, 2) union all select m.customer_key from crm.contracts as m where m.rep_key in (1, 2) union all select m.customer_key from crm.surveys as m where m.rep_key in (1, 2) union all select m.customer_key from crm.tickets as m where m.rep_key in (1, 2))
),
products as (
  select t.* from crm.products as t
),
population as (
  SELECT
  deals.*,
  customers.customer,
  reps.rep,
  products.product
FROM deals
LEFT JOIN customers
  ON customers.customer_key = deals.customer_key
LEFT JOIN reps
  ON reps.rep_key = deals.rep_key
LEFT JOIN products
  ON products.product_key = deals.product_key
WHERE
  deals.deal_id = $deal_id
)
SELECT
  *
FROM population;
