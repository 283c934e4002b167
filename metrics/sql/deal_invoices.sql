-- The invoices of one deal and what was paid of them.
with population as (
    select
        invoices.invoice_id, invoices.issued_on, invoices.due_on, invoices.amount, invoices.paid, invoices.paid_on,
        invoices.status
    from invoices
    where invoices.deal_id = $deal_id
)
select * from population order by issued_on
