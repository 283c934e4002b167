-- The invoices in view that somebody owes on a day, or that were issued in some days (metrics/customer.py); what is owed is
-- told as the measures "outstanding" and "overdue" tell it.
with settled as (
    select
        invoice_payments.invoice_id, sum(invoice_payments.amount) as paid, max(invoice_payments.paid_on) as last_paid_on
    from invoice_payments
    where invoice_payments.paid_on is null or invoice_payments.paid_on <= $day
    group by invoice_payments.invoice_id
),
population as (
    select
        invoices.invoice_id, invoices.issued_on, invoices.due_on, invoices.amount, coalesce(settled.paid, 0) as paid,
        settled.last_paid_on, invoices.amount - coalesce(settled.paid, 0) as owed
    from invoices
    left join settled on settled.invoice_id = invoices.invoice_id
    where invoices.issued_on <= $day
        and (invoices.issued_on between $from_on and $to_on or invoices.amount <> coalesce(settled.paid, 0))
)
select
    invoice_id, issued_on, due_on, amount, paid, last_paid_on, owed,
    case when owed > 0 and due_on < $day then date_diff('day', due_on, cast($day as date)) end as late_days
from population
order by late_days desc nulls last, issued_on desc, invoice_id
