-- The payments in view of some days, the newest first (metrics/customer.py).
with population as (
    select payments.payment_id, payments.paid_on, payments.amount, payments.invoice_id, payments.contract_id, payments.status
    from payments
    where payments.paid_on between $from_on and $to_on
)
select * from population order by paid_on desc, payment_id
