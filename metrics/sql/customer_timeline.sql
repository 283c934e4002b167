-- What happened with the customers in view in some days, day by day (metrics/customer.py): one entry per order, deal
-- begun, won or lost, activity, contract, invoice, payment, answer and ticket; `lane` is what it is about.
with ordered as (
    select order_lines.order_id, order_lines.is_return, min(order_lines.ordered_on) as day, sum(order_lines.amount) as amount
    from order_lines
    where order_lines.ordered_on between $from_on and $to_on
    group by order_lines.order_id, order_lines.is_return
),
population as (
    select
        ordered.day, case when ordered.is_return then 'return' else 'order' end as lane, ordered.order_id as what,
        ordered.amount, cast(null as varchar) as who, cast(null as double) as score
    from ordered
    union all
    select deals.created_on, 'created', coalesce(deals.deal, deals.deal_id), deals.amount, reps.rep, cast(null as double)
    from deals
    left join reps on reps.rep_key = deals.rep_key
    where deals.created_on between $from_on and $to_on
    union all
    select deals.closed_on, deals.status, coalesce(deals.deal, deals.deal_id), deals.amount, reps.rep, cast(null as double)
    from deals
    left join reps on reps.rep_key = deals.rep_key
    where deals.closed_on between $from_on and $to_on and deals.status in ('won', 'lost')
    union all
    select
        activities.done_on, 'activity', coalesce(activities.subject, activities.outcome, activities.kind),
        cast(null as decimal(18, 4)), reps.rep, cast(null as double)
    from activities
    left join reps on reps.rep_key = activities.rep_key
    where activities.done_on between $from_on and $to_on
    union all
    select
        contracts.signed_on, 'contract', coalesce(contracts.contract, contracts.contract_id), contracts.amount,
        cast(null as varchar), cast(null as double)
    from contracts
    where contracts.signed_on between $from_on and $to_on
    union all
    select
        invoices.issued_on, 'invoice', invoices.invoice_id, invoices.amount, cast(null as varchar), cast(null as double)
    from invoices
    where invoices.issued_on between $from_on and $to_on
    union all
    select
        payments.paid_on, 'payment', coalesce(payments.invoice_id, payments.payment_id), payments.amount,
        cast(null as varchar), cast(null as double)
    from payments
    where payments.paid_on between $from_on and $to_on
    union all
    select
        surveys.answered_on, 'survey', lower(trim(surveys.kind)), cast(null as decimal(18, 4)), cast(null as varchar),
        surveys.score
    from surveys
    where surveys.answered_on between $from_on and $to_on and surveys.score is not null
    union all
    select
        tickets.opened_on, 'ticket', coalesce(tickets.kind, tickets.ticket_id), cast(null as decimal(18, 4)),
        tickets.severity, cast(null as double)
    from tickets
    where tickets.opened_on between $from_on and $to_on
)
select day, lane, what, amount, score, who from population order by day desc, lane, what
