-- Invoices that are overdue on `$day`, with how long; and what was invoiced since `$from_on`, beside which money is much
-- or little (metrics/receivables.py). What is owed is told as the measures "outstanding" and "overdue" tell it.
with settled as (
    select invoice_payments.invoice_id, sum(invoice_payments.amount) as paid_then
    from invoice_payments
    where invoice_payments.paid_on is null or invoice_payments.paid_on <= $day
    group by invoice_payments.invoice_id
),
owed as (
    select
        invoices.invoice_id, invoices.customer_key, invoices.rep_key, invoices.issued_on, invoices.due_on, invoices.amount,
        invoices.amount - coalesce(settled.paid_then, 0) as owed
    from invoices
    left join settled on settled.invoice_id = invoices.invoice_id
    where invoices.issued_on <= $day and invoices.amount - coalesce(settled.paid_then, 0) <> 0
),
unpaid as (
    select owed.customer_key, sum(owed.owed) as outstanding
    from owed
    group by owed.customer_key
),
billed as (
    select
        sum(case when invoices.issued_on >= $from_on then invoices.amount end) as invoiced,
        min(invoices.issued_on) as since
    from invoices
    where invoices.issued_on <= $day and invoices.amount > 0
),
population as (
    select
        owed.invoice_id, customers.customer, reps.rep, owed.issued_on, owed.due_on, owed.amount, owed.owed,
        date_diff('day', owed.due_on, cast($day as date)) as late_days,
        date_diff('day', owed.due_on, cast($day as date)) >= $least_days as is_late,
        unpaid.outstanding, billed.invoiced, billed.since
    from owed
    cross join billed
    left join unpaid on unpaid.customer_key is not distinct from owed.customer_key
    left join customers on customers.customer_key = owed.customer_key
    left join reps on reps.rep_key = owed.rep_key
    where owed.owed > 0 and owed.due_on < $day
)
select
    customer, sum(owed) as overdue, sum(case when is_late then owed end) as late, max(late_days) as days,
    max(outstanding) as outstanding, max(invoiced) as invoiced, max(since) as since
from population
group by customer
