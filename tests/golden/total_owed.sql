-- $at = datetime.date(2026, 3, 15)
with invoices as (
  select t.invoice_id, t.issued_on, t.amount, t.due_on from crm.invoices as t
),
invoice_payments as (
  select t.invoice_id, t.paid_on, t.amount from crm.payments as t
),
moments as (
  select cast($at as date) as at_day
),
settled as (
  select moments.at_day, invoice_payments.invoice_id, sum(invoice_payments.amount) as paid_then
  from invoice_payments join moments on invoice_payments.paid_on is null or invoice_payments.paid_on <= moments.at_day
  group by moments.at_day, invoice_payments.invoice_id
),
standing as (
  select
    invoices.*,
    moments.at_day,
    invoices.amount - coalesce(settled.paid_then, 0) as owed
  from invoices join moments on invoices.issued_on <= moments.at_day
  left join settled on settled.invoice_id = invoices.invoice_id and settled.at_day = moments.at_day
),
counted as (
  select
    standing.*,
    (owed <> 0) as in_outstanding,
    (owed > 0 and due_on < at_day) as in_overdue
  from standing
),
population as (
  select
    counted.*
  from counted
  where counted.in_outstanding or counted.in_overdue
)
select
    coalesce(sum(owed) filter (where in_outstanding), 0) as outstanding,
    coalesce(sum(owed) filter (where in_overdue), 0) as overdue
from population;
